//! Pictures of what is looked at: which are wanted, whether they are on their way, and why there is
//! none.

mod counterpart;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use super::State;
use super::action::current_asset;
use super::browse::Asked;
use super::effect::{Effect, RequestId};
use super::modal::view::Tone;
use super::msg::Answer;
use crate::domain::{AccountName, Asset, AssetKey, AssetScope, Entry, size_words};
use crate::picture::{Drawn, Room, Way};

/// What the terminal can do, as far as it is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    /// `None`: nothing but words.
    pub way: Option<Way>,
    /// A cell's width and height in pixels.
    pub cell: (u16, u16),
    /// At most so many bytes are sent for one picture.
    pub send: usize,
    /// At most so many bytes are fetched for one.
    pub fetch: u64,
    /// Why the way is not a better one, in a few words.
    pub why: Option<String>,
}

/// Everything about pictures. Off until told otherwise.
#[derive(Debug, Default)]
pub struct Pictures {
    pub on: bool,
    /// Beside the asset its counterpart in the source language.
    pub beside: bool,
    pub means: Option<Means>,
    /// Columns and rows that the details have for each picture; `None` while they show none.
    pub room: Option<(u16, u16)>,
    /// The asset that the details speak of: they stay as they are while the cursor moves.
    subject: Option<(AssetScope, AssetKey)>,
    looked: Vec<Looked>,
    kept: Kept,
}

/// One picture that is looked at.
#[derive(Debug)]
struct Looked {
    wanted: Wanted,
    state: Fetching,
}

#[derive(Debug)]
enum Fetching {
    /// Until the cursor has rested.
    Waiting,
    Asked(RequestId),
    Ready(Arc<Drawn>),
    Failed(String),
}

/// What makes one picture another one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    account: AccountName,
    scope: AssetScope,
    key: AssetKey,
    size: Option<u64>,
    modified: Option<String>,
    room: Room,
}

/// Pictures that were drawn, the one used last at the end.
#[derive(Debug, Default)]
struct Kept(Vec<(Wanted, Arc<Drawn>)>);

/// So many bytes of pictures are kept to go back to.
const KEPT: usize = 8 << 20;

impl Kept {
    fn find(&mut self, wanted: &Wanted) -> Option<Arc<Drawn>> {
        let at = self.0.iter().position(|(it, _)| it == wanted)?;
        let entry = self.0.remove(at);
        let drawn = Arc::clone(&entry.1);
        self.0.push(entry);
        Some(drawn)
    }

    fn keep(&mut self, wanted: Wanted, drawn: Arc<Drawn>) {
        self.0.push((wanted, drawn));
        let mut bytes: usize = self.0.iter().map(|(_, drawn)| drawn.weight()).sum();
        while bytes > KEPT && self.0.len() > 1 {
            bytes -= self.0.remove(0).1.weight();
        }
    }
}

/// One picture for the details pane to show.
#[derive(Debug)]
pub struct Shown<'a> {
    pub asset: Cow<'a, Asset>,
    pub sight: Sight,
}

/// What is to be seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// It is on its way.
    Coming,
    Ready(Arc<Drawn>),
    /// Why there is none, in one sentence. Foreign text in it is not yet made safe.
    None(String),
}

/// Whether a file is a picture that can be drawn, by its type and name: `None` when it is none.
fn drawable(asset: &Asset) -> Option<Result<(), String>> {
    let ending = asset
        .name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_ascii_lowercase();
    let kind = asset.content_type.as_deref().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.strip_prefix("image/").unwrap_or_default();
    let known = |it: &str| matches!(it, "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp");
    if known(&ending) || known(kind) {
        return Some(Ok(()));
    }
    let other = |it: &str| {
        matches!(
            it,
            "svg" | "svg+xml" | "avif" | "heic" | "heif" | "tif" | "tiff" | "ico" | "psd" | "jxl"
        )
    };
    let named = [kind, ending.as_str()].into_iter().find(|it| other(it));
    let named = named.or((!kind.is_empty()).then_some(kind))?;
    let name = named.trim_end_matches("+xml").to_ascii_uppercase();
    Some(Err(format!("{name} pictures are not drawn here")))
}

impl State {
    /// The pictures of the details pane, one or two; none where the asset is no picture.
    pub fn pictures(&self) -> Vec<Shown<'_>> {
        if !self.pictures.on {
            return Vec::new();
        }
        let Some(asset) = self.pictured() else {
            return Vec::new();
        };
        if drawable(&asset).is_none() && !self.pictures.beside {
            return Vec::new();
        }
        let other = self
            .pictures
            .beside
            .then(|| match self.counterpart(&asset) {
                Ok(other) => self.shown(other),
                Err(why) => Shown {
                    asset: asset.clone(),
                    sight: Sight::None(why.to_owned()),
                },
            });
        std::iter::once(self.shown(asset)).chain(other).collect()
    }

    /// The asset that the details speak of.
    fn pictured(&self) -> Option<Cow<'_, Asset>> {
        if self.browse.held.is_none() {
            return current_asset(self);
        }
        let (scope, key) = self.pictures.subject.as_ref()?;
        self.asset_of(scope, key)
    }

    fn asset_of(&self, scope: &AssetScope, key: &AssetKey) -> Option<Cow<'_, Asset>> {
        let rows = self.browse.open()?.assets.list.rows();
        let asset = rows
            .get(rows.find(key.as_str(), 0)?)
            .and_then(Entry::seen)?;
        (asset.scope == *scope).then_some(asset)
    }

    fn shown<'a>(&self, asset: Cow<'a, Asset>) -> Shown<'a> {
        let sight = match self.wish(&asset) {
            Err(why) => Sight::None(why),
            Ok(None) => Sight::Coming,
            Ok(Some(wanted)) => {
                let looked = self.pictures.looked.iter().find(|it| it.wanted == wanted);
                match looked.map(|it| &it.state) {
                    Some(Fetching::Ready(drawn)) => Sight::Ready(Arc::clone(drawn)),
                    Some(Fetching::Failed(why)) => Sight::None(why.clone()),
                    _ => Sight::Coming,
                }
            }
        };
        Shown { asset, sight }
    }

    /// What would be asked for this asset: a reason when it is not to be drawn, and nothing while
    /// it is not known how.
    fn wish(&self, asset: &Asset) -> Result<Option<Wanted>, String> {
        match drawable(asset) {
            None => return Err("it is no picture".to_owned()),
            Some(Err(why)) => return Err(why),
            Some(Ok(())) => {}
        }
        let (Some(means), Some(opened)) = (&self.pictures.means, self.browse.open()) else {
            return Ok(None);
        };
        let Some(way) = means.way else {
            let why = means.why.clone();
            return Err(why.unwrap_or_else(|| "this terminal shows no pictures".to_owned()));
        };
        if let Some(size) = asset.size.filter(|size| *size > means.fetch) {
            let (size, most) = (size_words(size), size_words(means.fetch));
            return Err(format!(
                "{size} are more than the {most} fetched for a preview"
            ));
        }
        let Some(cells) = self.pictures.room else {
            return Ok(None);
        };
        Ok(Some(Wanted {
            account: opened.account.clone(),
            scope: asset.scope.clone(),
            key: asset.key.clone(),
            size: asset.size,
            modified: asset.modified.clone(),
            room: Room {
                way,
                cells,
                cell: means.cell,
                send: means.send,
            },
        }))
    }

    /// Keeps what is fetched in step with what is looked at: what is not any more is cancelled at
    /// once, what is new is asked for when the cursor has rested.
    pub(super) fn tend_pictures(&mut self, now: Instant) -> Vec<Effect> {
        if self.browse.held.is_some() {
            return self.stop_pictures();
        }
        let subject = current_asset(self).map(|it| (it.scope.clone(), it.key.clone()));
        self.pictures.subject = subject;
        let wanted = self.wanted_pictures();
        let same = wanted.len() == self.pictures.looked.len()
            && wanted
                .iter()
                .zip(&self.pictures.looked)
                .all(|(wanted, looked)| *wanted == looked.wanted);
        let waits = |it: &Looked| matches!(it.state, Fetching::Waiting);
        if same {
            if self.pictures.looked.iter().any(waits) {
                self.timers.picture_again(now);
            }
            return Vec::new();
        }
        let mut before = std::mem::take(&mut self.pictures.looked);
        let mut waiting = false;
        for wanted in wanted {
            let state = match before.iter().position(|it| it.wanted == wanted) {
                Some(at) => before.swap_remove(at).state,
                None => match self.pictures.kept.find(&wanted) {
                    Some(drawn) => Fetching::Ready(drawn),
                    None => Fetching::Waiting,
                },
            };
            waiting |= matches!(state, Fetching::Waiting);
            self.pictures.looked.push(Looked { wanted, state });
        }
        self.timers.picture(waiting.then_some(now));
        let mut effects = Vec::new();
        for looked in before {
            if let Fetching::Asked(id) = looked.state {
                effects.extend(self.drop_request(Some(id)));
            }
        }
        effects
    }

    /// The cursor moves: nothing that is on its way is wanted, and what is there stays.
    fn stop_pictures(&mut self) -> Vec<Effect> {
        self.timers.picture(None);
        let mut stopped = Vec::new();
        for looked in &mut self.pictures.looked {
            if let Fetching::Asked(id) = looked.state {
                looked.state = Fetching::Waiting;
                stopped.push(id);
            }
        }
        stopped
            .into_iter()
            .filter_map(|id| self.drop_request(Some(id)))
            .collect()
    }

    fn wanted_pictures(&self) -> Vec<Wanted> {
        if !self.pictures.on || self.pictures.room.is_none() {
            return Vec::new();
        }
        let shown = self.pictures();
        let mut wanted: Vec<Wanted> = Vec::new();
        for asset in shown.iter().map(|shown| &shown.asset) {
            if let Ok(Some(one)) = self.wish(asset)
                && !wanted.contains(&one)
            {
                wanted.push(one);
            }
        }
        wanted
    }

    /// The cursor has rested: asks for what is looked at and not there.
    pub(super) fn ask_pictures(&mut self) -> Vec<Effect> {
        let Some(fetch) = self.pictures.means.as_ref().map(|means| means.fetch) else {
            return Vec::new();
        };
        let mut effects = Vec::new();
        for at in 0..self.pictures.looked.len() {
            let Some(looked) = self.pictures.looked.get(at) else {
                continue;
            };
            if !matches!(looked.state, Fetching::Waiting) {
                continue;
            }
            let wanted = looked.wanted.clone();
            let Some(asset) = self
                .asset_of(&wanted.scope, &wanted.key)
                .map(Cow::into_owned)
            else {
                continue;
            };
            let id = self.request(Asked::Picture);
            if let Some(looked) = self.pictures.looked.get_mut(at) {
                looked.state = Fetching::Asked(id);
            }
            effects.push(Effect::Picture {
                id,
                account: wanted.account,
                asset: Box::new(asset),
                room: wanted.room,
                fetch,
            });
        }
        effects
    }

    pub(super) fn picture_arrived(&mut self, id: RequestId, answer: Answer) {
        let Answer::Picture(result) = answer else {
            return;
        };
        let looked = self.pictures.looked.iter_mut();
        let mut asked = looked.filter(|it| matches!(it.state, Fetching::Asked(it) if it == id));
        let Some(looked) = asked.next() else {
            return;
        };
        match result {
            Ok(drawn) => {
                looked.state = Fetching::Ready(Arc::clone(&drawn));
                let wanted = looked.wanted.clone();
                self.pictures.kept.keep(wanted, drawn);
            }
            Err(why) => looked.state = Fetching::Failed(why),
        }
    }

    /// `p`.
    pub(super) fn toggle_pictures(&mut self, now: Instant) {
        self.pictures.on = !self.pictures.on;
        let text = if self.pictures.on {
            "Pictures are shown"
        } else {
            self.pictures.beside = false;
            "Pictures are off"
        };
        self.notices.say(Tone::Plain, text, now);
    }
}

#[cfg(test)]
mod tests;
