//! One box to find anything: words in all that was listed, on every account; Enter goes there.

use std::time::Instant;

use super::confirm::hint;
use super::rows::Cursor;
use super::search::Search;
use super::view::{Block, ModalView, Room, RowView, Tone, say, toned};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::effect::{Effect, RequestId};
use crate::app::key::{Code, Input};
use crate::app::msg::Msg;
use crate::domain::filter::Filter;
use crate::domain::{Asset, Hit, Hits, SafeText, Thing};

/// The most that are shown: who wants more types another letter.
const MOST: usize = 200;

#[derive(Debug, Default)]
pub struct Find {
    search: Search,
    /// Where what is typed is wrong.
    wrong: Option<String>,
    hits: Hits,
    /// What they are the hits of.
    of: Option<Filter>,
    asked: Option<RequestId>,
    /// Why the last look came to nothing.
    failed: Option<String>,
}

impl Find {
    /// Looks for what is typed now.
    fn look(&mut self, state: &mut State) -> Vec<Effect> {
        let filter = match Filter::parse(self.search.text()) {
            Ok(filter) => filter,
            Err(error) => {
                self.wrong = Some(error.to_string());
                return Vec::new();
            }
        };
        let beyond = filter.beyond_find();
        self.wrong = beyond.map(|(why, it)| format!("{why}; {it} as the filter of a list does"));
        if self.wrong.is_some() {
            return Vec::new();
        }
        if self.of.as_ref() == Some(&filter) {
            return Vec::new();
        }
        let mut effects: Vec<Effect> = state.forget(self.asked.take()).into_iter().collect();
        if filter.is_empty() {
            self.hits.best.clear();
        } else {
            let id = state.request_for_modal();
            self.asked = Some(id);
            let (filter, most) = (filter.clone(), MOST);
            effects.push(Effect::Find { id, filter, most });
        }
        self.of = Some(filter);
        self.failed = None;
        effects
    }
}

/// What a hit is called, and where it is.
fn row(state: &State, hit: &Hit) -> RowView {
    let (name, mut place) = match &hit.thing {
        Thing::Container(it) => (it.name.clone(), it.folders.clone()),
        Thing::Segment(_, it) => (it.name(), Vec::new()),
        Thing::Asset(it) => (it.name.clone(), within(it)),
    };
    if !matches!(hit.thing, Thing::Container(_)) {
        place.splice(0..0, hit.container.clone());
    }
    place.insert(0, hit.account.as_str().to_owned());
    let place: Vec<String> = { place.iter() }
        .map(|part| SafeText::name(part).into_string())
        .collect();
    let kind = match &hit.thing {
        Thing::Container(_) => { state.browse.account(&hit.account) }
            .map_or("", |account| account.info.spec.container.one),
        Thing::Segment(..) => "segment",
        Thing::Asset(_) => "asset",
    };
    let matched = match hit.field {
        Some(field) if field != "name" => format!(" by {field}"),
        _ => String::new(),
    };
    RowView {
        marked: false,
        left: SafeText::name(&name).into_string(),
        right: format!("{kind}{matched} · {}", place.join(" / ")),
        tone: Tone::Plain,
        refused: None,
    }
}

/// Locale and folder of an asset.
fn within(asset: &Asset) -> Vec<String> {
    let locale = asset.locale.as_ref().map(|it| it.as_str().to_owned());
    let folder = (!asset.folder.is_root()).then(|| asset.folder.to_string());
    locale.into_iter().chain(folder).collect()
}

impl Modal for Find {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if let Input::Key(key) = input {
            match key.code {
                Code::Esc => return Reply::close(),
                Code::Enter => {
                    return match self.hits.best.get(self.search.cursor.at).cloned() {
                        Some(hit) => Reply::close().with(state.visit(hit, now)),
                        None => Reply::stay(),
                    };
                }
                _ => {}
            }
        }
        let rows = self.hits.best.len();
        if self.search.input(input, rows, state.page()) {
            let effects = self.look(state);
            return Reply::stay().with(effects);
        }
        Reply::stay()
    }

    fn message(&mut self, msg: &Msg, _: &mut State, _: Instant) -> Reply {
        if let Msg::Found { id, hits } = msg
            && self.asked == Some(*id)
        {
            self.asked = None;
            match hits {
                Ok(hits) => self.hits = hits.clone(),
                Err(why) => {
                    self.hits = Hits::default();
                    self.failed = Some(why.clone());
                }
            }
            self.search.cursor = Cursor::default();
        }
        Reply::stay()
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        let mut effects: Vec<Effect> = state.forget(self.asked.take()).into_iter().collect();
        effects.push(Effect::EndFind);
        effects
    }

    fn moves(&self) -> bool {
        self.asked.is_some()
    }

    fn view(&self, state: &State) -> ModalView {
        let empty = match (&self.failed, &self.of) {
            _ if self.wrong.is_some() => String::new(),
            _ if self.asked.is_some() => "Looking …".to_owned(),
            (Some(why), _) => format!("Looking failed: {}.", SafeText::prose(why)),
            (_, Some(filter)) if !filter.is_empty() && self.hits.among == 0 => {
                "Nothing was listed yet on this machine: what the panes have shown can be found."
                    .to_owned()
            }
            (_, Some(filter)) if !filter.is_empty() => {
                "Nothing that was listed on this machine fits; \
                 a list on its way is found once it is whole. Esc leaves."
                    .to_owned()
            }
            _ => "Names, keys, texts, folders, tags of all that was listed, on every account."
                .to_owned(),
        };
        let mut blocks = vec![
            self.search.field(
                "Find",
                "a word, or a field such as locale:de",
                self.wrong.clone(),
            ),
            Block::List {
                rows: self.hits.best.iter().map(|hit| row(state, hit)).collect(),
                cursor: self.search.cursor.at,
                focused: true,
                empty,
            },
        ];
        if !self.hits.best.is_empty() {
            let (shown, all) = (self.hits.best.len(), self.hits.all);
            let mut words = vec![toned(format!("{all} of {}", self.hits.among), Tone::Dim)];
            if shown < all {
                words.push(say(format!(
                    ", the best {shown} are shown: another letter leaves fewer"
                )));
            }
            blocks.push(Block::Line(words));
        }
        ModalView {
            title: "Find anything".to_owned(),
            room: Room::Full,
            danger: false,
            blocks,
            hints: vec![
                hint("Enter", "go there"),
                hint("↑/↓", "choose"),
                hint("Esc", "leave"),
            ],
        }
    }
}
