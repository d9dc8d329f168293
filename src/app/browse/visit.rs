//! Going to one thing wherever it is: its container is opened, and the cursors come to it as soon as
//! each list is there.

use std::time::Instant;

use super::{LocaleChoice, Pane, PlaceId, Spot};
use crate::api::Middle;
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::list::RowId;
use crate::app::modal::view::Tone;
use crate::app::remote::{Fetched, Remote};
use crate::domain::{
    AccountName, Asset, AssetKey, AssetScope, Container, ContainerId, Entry, Hit, SafeText,
    SegmentId, Thing, TypeChoice,
};

/// What the user went to, until the service has said whether it is there.
#[derive(Debug)]
pub struct Visit {
    account: AccountName,
    container: ContainerId,
    segment: Option<SegmentId>,
    asset: Option<AssetKey>,
    /// What it is called; foreign text.
    name: String,
    since: Instant,
}

/// The lists on the way to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Container,
    Segment,
    Asset,
}

/// What a list says of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    There,
    /// It is there as yet: the list is on its way.
    SoFar,
    /// An answer is awaited.
    Coming,
    /// It is missing in a list of before, which has to be asked for anew.
    Missing,
    /// It is missing in the list of now.
    Gone,
    /// It is missing in the list of before, and there is no newer one.
    Untold,
    /// There is no list, which says why.
    Nothing,
}

fn seen(remote: &Remote<Fetched>, found: bool, rows: usize, since: Instant) -> Seen {
    match remote {
        Remote::Loading { .. } if found => Seen::SoFar,
        Remote::Loading { .. } | Remote::NotAsked => Seen::Coming,
        _ if found => Seen::There,
        Remote::Loaded(fetched) if fetched.at >= since => Seen::Gone,
        Remote::Loaded(_) => Seen::Missing,
        Remote::Failed { .. } if rows > 0 => Seen::Untold,
        Remote::Failed { .. } => Seen::Nothing,
    }
}

impl State {
    /// Shows what was found.
    pub(crate) fn visit(&mut self, hit: Hit, now: Instant) -> Vec<Effect> {
        let account = hit.account;
        let id = hit.thing.container().clone();
        let known = self.browse.account(&account).and_then(|it| {
            let mut read = it.rows.iter().filter_map(Entry::read);
            read.find(|container| container.id == id).cloned()
        });
        let container = match (known, &hit.thing) {
            (Some(container), _) => container,
            (None, Thing::Container(container)) => container.clone(),
            (None, _) => Container::bare(id.clone(), hit.container.unwrap_or_default()),
        };
        let at = { self.browse.accounts.iter() }.position(|it| it.info.name == account);
        let Some(at) = at else {
            return Vec::new();
        };
        self.browse.places.clear_filter();
        let place = PlaceId::Container(account.clone(), id.clone());
        self.browse.places.want(place);
        let mut effects = self.open_container(at, container, now);
        match hit.thing {
            Thing::Container(container) => {
                self.focus(Pane::Middle, now);
                self.browse.visit = Some(Visit {
                    account,
                    container: id,
                    segment: None,
                    asset: None,
                    name: container.name,
                    since: now,
                });
            }
            Thing::Segment(_, segment) => {
                let name = segment.name();
                effects.extend(self.go_to_segment(segment.id.clone(), now));
                self.focus(Pane::Middle, now);
                self.browse.visit = Some(Visit {
                    account,
                    container: id,
                    segment: Some(segment.id),
                    asset: None,
                    name,
                    since: now,
                });
            }
            Thing::Asset(asset) => {
                let Asset {
                    scope, key, name, ..
                } = *asset;
                effects.extend(self.visit_asset(&scope, key, name, now));
            }
        }
        effects
    }

    /// Puts the cursor on an asset of the open container.
    pub(crate) fn visit_asset(
        &mut self,
        scope: &AssetScope,
        key: AssetKey,
        name: String,
        now: Instant,
    ) -> Vec<Effect> {
        let Some(account) = self.browse.open().map(|it| it.account.clone()) else {
            return Vec::new();
        };
        let effects = match scope {
            AssetScope::Container(_) => Vec::new(),
            AssetScope::Segment(_, segment) => self.go_to_segment(segment.clone(), now),
        };
        self.seek_asset(scope, key.clone());
        self.focus(Pane::Assets, now);
        self.browse.visit = Some(Visit {
            account,
            container: scope.container().clone(),
            segment: scope.segment().cloned(),
            asset: Some(key),
            name,
            since: now,
        });
        effects
    }

    /// Puts the cursor on a segment of the open container, and shows its assets.
    pub(crate) fn go_to_segment(&mut self, segment: SegmentId, now: Instant) -> Vec<Effect> {
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        opened.segments.list.clear_filter();
        opened.filter_state(None);
        opened.segments.list.want(RowId::Read(segment));
        self.show_segment(now)
    }

    /// Shows all assets of the third pane, and puts its cursor on one of this scope as soon as it shows
    /// that.
    fn seek_asset(&mut self, scope: &AssetScope, key: AssetKey) {
        let Some(opened) = self.browse.open_mut() else {
            return;
        };
        opened.assets.list.clear_filter();
        opened.filter_locale(LocaleChoice::All);
        if opened.spec.middle == Middle::Types {
            opened.types.clear_filter();
            opened.types.want(TypeChoice::All);
            opened.follow_type();
        }
        if opened.scope.as_ref() == Some(scope) {
            opened.assets.list.want(RowId::Read(key));
        } else {
            opened.sought = Some((scope.clone(), key));
        }
    }

    /// After an input: who went elsewhere is not told what became of what was wanted.
    pub(crate) fn stay_on_visit(&mut self, visit: Option<Visit>, before: Spot) {
        if self.browse.visit.is_none() && self.spot() == before {
            self.browse.visit = visit;
        }
    }

    /// Says that what the user went to is gone, as soon as its service has said so: another one that
    /// the cursor comes to stand on must not be taken for it.
    pub(crate) fn seek_on(&mut self, now: Instant) -> Vec<Effect> {
        let Some(visit) = self.browse.visit.take() else {
            return Vec::new();
        };
        let mut coming = false;
        for level in [Level::Container, Level::Segment, Level::Asset] {
            let (found, many) = self.look_for(&visit, level);
            match found {
                Seen::There => {}
                Seen::SoFar => coming = true,
                Seen::Coming => {
                    self.browse.visit = Some(visit);
                    return Vec::new();
                }
                Seen::Missing => {
                    let effects = self.ask_level(&visit, level, now);
                    // Who cannot be asked now is asked later.
                    self.browse.visit = Some(visit);
                    return effects;
                }
                Seen::Gone | Seen::Untold => {
                    self.say_gone(&visit, level, found, many, now);
                    return Vec::new();
                }
                Seen::Nothing => return Vec::new(),
            }
        }
        if coming {
            self.browse.visit = Some(visit);
        }
        Vec::new()
    }

    /// What the list of this level says of the thing, and what its service calls those in the list to
    /// the left of it.
    fn look_for(&self, visit: &Visit, level: Level) -> (Seen, &'static str) {
        let account = self.browse.account(&visit.account);
        let many = account.map_or("", |it| it.info.spec.container.many);
        let opened = self.opened(&visit.account, &visit.container);
        match (level, account, opened) {
            (Level::Container, Some(account), _) => {
                let mut rows = account.rows.iter().filter_map(Entry::read);
                let found = rows.any(|row| row.id == visit.container);
                let rows = account.rows.len();
                (seen(&account.containers, found, rows, visit.since), many)
            }
            (Level::Segment, _, Some(opened)) => {
                let Some(segment) = &visit.segment else {
                    return (Seen::There, many);
                };
                let rows = opened.segments.list.rows();
                let found = rows.find(segment.as_str(), 0).is_some();
                let remote = &opened.segments.remote;
                (seen(remote, found, rows.len(), visit.since), many)
            }
            (Level::Asset, _, Some(opened)) => {
                let Some(asset) = &visit.asset else {
                    return (Seen::There, many);
                };
                let many = match opened.spec.middle {
                    Middle::Segments => "segments",
                    Middle::Types => "types",
                };
                let scope = opened.scope.as_ref();
                if scope.and_then(AssetScope::segment) != visit.segment.as_ref() {
                    return (Seen::Coming, many);
                }
                let rows = opened.assets.list.rows();
                let found = rows.find(asset.as_str(), 0).is_some();
                let remote = &opened.assets.remote;
                (seen(remote, found, rows.len(), visit.since), many)
            }
            (_, None, _) | (_, _, None) => (Seen::Nothing, many),
        }
    }

    /// Asks anew for the list of a level.
    fn ask_level(&mut self, visit: &Visit, level: Level, now: Instant) -> Vec<Effect> {
        let mut accounts = self.browse.accounts.iter();
        let at = accounts.position(|it| it.info.name == visit.account && it.ready());
        match (level, at) {
            (_, None) => Vec::new(),
            (Level::Container, Some(at)) => self.load_containers(at, now),
            (Level::Segment, Some(_)) => self.load_segments(false, now),
            (Level::Asset, Some(_)) => self.load_assets_anew(now),
        }
    }

    /// The focus goes to a pane where no key does to another what was meant for this.
    fn say_gone(
        &mut self,
        visit: &Visit,
        level: Level,
        seen: Seen,
        many: &'static str,
        now: Instant,
    ) {
        self.browse.places.want_no_more();
        if let Some(opened) = self.opened_mut(&visit.account, &visit.container) {
            opened.sought = None;
            opened.segments.list.want_no_more();
            opened.assets.list.want_no_more();
        }
        let pane = match level {
            Level::Container | Level::Segment => Pane::Places,
            Level::Asset => Pane::Middle,
        };
        self.browse.zoom = false;
        self.focus(pane, now);
        let name = SafeText::name(&visit.name);
        let text = match (seen, level, &visit.asset) {
            (Seen::Untold, ..) => {
                format!("{name} was not listed before, and asking again failed")
            }
            (_, Level::Segment, Some(_)) => {
                format!("{name} and its segment are not listed any more")
            }
            _ => format!("{name} is not listed any more"),
        };
        let text = format!("{text}; the cursor is back in the {many}");
        self.notices.say(Tone::Warning, text, now);
    }
}
