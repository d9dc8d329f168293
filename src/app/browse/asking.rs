//! Asking for segments, assets and marks; asking again; stopping.

use std::time::{Duration, Instant};

use super::{Asked, Opened, Pane, StateFilter};
use crate::api::Middle;
use crate::app::State;
use crate::app::effect::{Effect, Load};
use crate::app::list::RowId;
use crate::app::modal::view::Tone;
use crate::app::remote::Remote;
use crate::domain::{AccountName, AssetScope, ContainerId, Entry, Idents, SegmentId};

/// The most segments whose marks are asked at once.
const MARKS: usize = 80;
/// A second refresh this soon after one means more than the first.
const TWICE: Duration = Duration::from_secs(5);
/// So many calls are made for a filter without a question.
const FEW: usize = 3;

impl State {
    /// `anew`: all of them, whatever the service says of its last change.
    pub(crate) fn load_segments(&mut self, anew: bool, now: Instant) -> Vec<Effect> {
        let Some((account, container)) = self
            .browse
            .open()
            .map(|it| (it.account.clone(), it.id.clone()))
        else {
            return Vec::new();
        };
        let id = self.request(Asked::Segments(account.clone(), container.clone()));
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        let fetched = opened.segments.remote.value();
        let seal = fetched.and_then(|fetched| fetched.seal.clone());
        let seal = seal.filter(|_| !anew);
        if anew {
            opened.segments.begin_anew();
        }
        let from = opened.segments.next().cloned();
        let shown = opened.segments.list.rows().clone();
        let before = opened.segments.ask(id, now);
        let what = Load::Segments(container, seal, from, shown);
        self.load(before, id, account, what)
    }

    /// Asks for keys and texts of segments, where the listing left them out; `anew` also those that
    /// are known.
    pub(crate) fn load_texts(
        &mut self,
        account: &AccountName,
        container: &ContainerId,
        anew: bool,
        now: Instant,
    ) -> Vec<Effect> {
        let needed = self.opened(account, container).is_some_and(|opened| {
            let lacks = || opened.texts.pending().is_none() && opened.lacks_texts();
            opened.spec.capabilities.segment_texts && (anew || lacks())
        });
        if !needed {
            return Vec::new();
        }
        let id = self.request(Asked::Texts(account.clone(), container.clone()));
        let Some(opened) = self.opened_mut(account, container) else {
            return Vec::new();
        };
        let rows = opened.segments.list.rows().clone();
        let before = opened.texts.ask(id, now);
        let what = Load::SegmentTexts(container.clone(), rows);
        self.load(before, id, account.clone(), what)
    }

    /// Asks for the assets of the third pane, behind those that came where it was stopped.
    pub(crate) fn load_assets(&mut self, now: Instant) -> Vec<Effect> {
        let place = self
            .browse
            .open()
            .and_then(|it| Some((it.account.clone(), it.scope.clone()?)));
        let Some((account, scope)) = place else {
            return Vec::new();
        };
        let id = self.request(Asked::Assets(account.clone(), scope.clone()));
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        let from = opened.assets.next().cloned();
        let before = opened.awaited_alone();
        opened.assets.ask(id, now);
        self.load(before, id, account, Load::Assets(scope, from))
    }

    /// Shows the assets of the segment under the cursor: what is known of them, else asked for.
    pub(crate) fn show_segment(&mut self, now: Instant) -> Vec<Effect> {
        self.timers.followed();
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        if opened.spec.middle != Middle::Segments {
            return Vec::new();
        }
        let Some(RowId::Read(segment)) = opened.segments.list.current_id() else {
            return Vec::new();
        };
        let scope = AssetScope::Segment(opened.id.clone(), segment.clone());
        let same = opened.scope.as_ref() == Some(&scope);
        if same && !matches!(opened.assets.remote, Remote::NotAsked) {
            return Vec::new();
        }
        let before = opened.change_scope(scope);
        let known = opened.show_known();
        let mut effects: Vec<Effect> = self.drop_request(before).into_iter().collect();
        self.browse.details_top = 0;
        if known {
            return effects;
        }
        match self.browse.open_mut() {
            Some(opened) if let Some(batch) = opened.batch_of(&segment) => {
                opened.assets.ask(batch, now);
            }
            _ => effects.extend(self.load_assets(now)),
        }
        effects
    }

    /// Asks for the marks of segments around the cursor that were not asked yet.
    pub(crate) fn ask_marks(&mut self, now: Instant) -> Vec<Effect> {
        let page = self.page();
        let Some(opened) = self.browse.open() else {
            return Vec::new();
        };
        // One at a time: the answer looks again at what is in view by then.
        if opened.spec.middle != Middle::Segments || !opened.asking.is_empty() {
            return Vec::new();
        }
        let list = &opened.segments.list;
        let first = list.cursor().saturating_sub(page);
        let end = (list.cursor() + page).min(list.shown().len());
        let in_view = (first..end).filter_map(|place| list.row(place));
        // A filter by state has to know the state of all of them; of a long document somebody has to
        // ask for that.
        let all = list.lens().state.is_some() && opened.not_asked() <= FEW * MARKS;
        let rows = list.rows();
        let count = if all { rows.len() } else { 0 };
        let fresh = opened
            .known
            .iter()
            .filter(|(_, known)| all && !known.is_due(now));
        let fresh: Idents = fresh.map(|(id, _)| id.as_str()).collect();
        let others = { 0..count }
            .filter(|at| rows.is_among(*at, &fresh) == Some(false))
            .filter_map(|at| rows.get(at));
        // The third pane asks for those of its segment.
        let awaited = opened.assets.remote.pending();
        let awaited = awaited.and_then(|_| opened.scope.as_ref()?.segment());
        let mut segments: Vec<SegmentId> = Vec::new();
        for segment in in_view.chain(others).filter_map(Entry::seen) {
            let known = opened.known.get(&segment.id);
            let due = known.is_none_or(|known| known.is_due(now));
            let awaited = awaited.is_some_and(|it| *it == segment.id);
            if due && !awaited && !segments.contains(&segment.id) {
                segments.push(segment.id.clone());
            }
            if segments.len() == MARKS {
                break;
            }
        }
        if segments.is_empty() {
            return Vec::new();
        }
        let (account, container) = (opened.account.clone(), opened.id.clone());
        let id = self.request(Asked::Marks(account.clone(), container.clone()));
        if let Some(opened) = self.browse.open_mut() {
            opened.asking.insert(id, segments.clone());
        }
        self.load(None, id, account, Load::Marks(container, segments))
    }

    /// Shows the segments in a state; says when that of many is not known.
    pub(crate) fn show_state(&mut self, filter: Option<StateFilter>, now: Instant) {
        let Some(opened) = self.browse.open_mut() else {
            return;
        };
        opened.filter_state(filter);
        let unknown = opened.not_asked();
        if filter.is_some() && unknown > FEW * MARKS {
            let text = format!(
                "{unknown} segments were not asked for their assets and are not among these; the \
                 coverage of the document asks for all"
            );
            self.notices.say(Tone::Warning, text, now);
        }
    }

    /// `R`: asks again for what the focused pane shows.
    pub(crate) fn refresh(&mut self, now: Instant) -> Vec<Effect> {
        match self.browse.focus {
            Pane::Places => match self.account_here() {
                Some(at) if self.browse.accounts[at].ready() => self.load_containers(at, now),
                Some(at) => self.connect(at),
                None => Vec::new(),
            },
            Pane::Middle => self.refresh_segments(now),
            Pane::Assets => self.refresh_assets(now),
            Pane::Details => match self.browse.subject {
                Pane::Middle => self.refresh_segments(now),
                Pane::Places => Vec::new(),
                _ => self.refresh_assets(now),
            },
        }
    }

    /// Whether this is asked for twice in a row.
    fn refreshed_twice(&mut self, now: Instant) -> bool {
        let opened = self.browse.open_mut();
        let before = opened.and_then(|it| it.refreshed.replace(now));
        before.is_some_and(|at| now.saturating_duration_since(at) < TWICE)
    }

    /// Asked for twice in a row, all are listed anew, also behind those that came before it was stopped.
    fn refresh_assets(&mut self, now: Instant) -> Vec<Effect> {
        let types = self.browse.open().map(|it| it.spec.middle) == Some(Middle::Types);
        if types && self.refreshed_twice(now) {
            self.load_assets_anew(now)
        } else {
            self.load_assets(now)
        }
    }

    pub(crate) fn load_assets_anew(&mut self, now: Instant) -> Vec<Effect> {
        if let Some(opened) = self.browse.open_mut() {
            opened.assets.begin_anew();
        }
        self.load_assets(now)
    }

    /// Asked for twice in a row, everything is listed again, whatever the service says of changes.
    fn refresh_segments(&mut self, now: Instant) -> Vec<Effect> {
        let twice = self.refreshed_twice(now);
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        if twice {
            opened.assets.begin_anew();
        }
        let anew = twice && opened.spec.middle == Middle::Segments;
        if anew {
            let text = "Listing all segments anew, also those that did not change";
            self.notices.say(Tone::Plain, text, now);
        }
        self.refresh_opened(anew, now)
    }

    /// Stops everything that loads into the panes; old data comes back. Also says what is gone on with.
    pub(crate) fn stop_loading(&mut self) -> (Vec<Effect>, String) {
        let mut ids = Vec::new();
        let said = self.browse.open().map_or_else(String::new, Opened::stopped);
        for account in &mut self.browse.accounts {
            ids.extend(account.containers.pending());
            account.containers.give_up();
        }
        for opened in &mut self.browse.opened {
            ids.extend(opened.stop());
        }
        self.rebuild_places();
        let dropped = ids.into_iter().filter_map(|id| self.drop_request(Some(id)));
        let dropped: Vec<Effect> = dropped.collect();
        let said = if dropped.is_empty() {
            String::new()
        } else {
            format!("Stopped loading. {said}")
        };
        (dropped, said)
    }

    /// A list that an upload, change or deletion touched is asked again soon.
    pub(crate) fn touch(
        &mut self,
        account: &AccountName,
        scope: &AssetScope,
        now: Instant,
    ) -> bool {
        let current = self
            .browse
            .open()
            .is_some_and(|it| it.account == *account && it.id == *scope.container());
        let Some(opened) = self.opened_mut(account, scope.container()) else {
            return false;
        };
        if let Some(segment) = scope.segment() {
            opened.unlearn(segment);
        }
        let shown = opened.scope.as_ref() == Some(scope);
        if !current {
            opened.stale = true;
            return false;
        }
        if shown {
            self.timers.reload(now);
        }
        self.timers.marks(now);
        shown
    }

    /// Puts the cursor of the assets pane on this asset as soon as it is listed there, unless the
    /// user went elsewhere since it was sent.
    pub(crate) fn want_asset(&mut self, account: &AccountName, asset: &crate::domain::Asset) {
        if let Some(opened) = self.browse.open_mut()
            && opened.account == *account
            && opened.scope.as_ref() == Some(&asset.scope)
        {
            opened
                .assets
                .list
                .want_expected(RowId::Read(asset.key.clone()));
        }
    }
}
