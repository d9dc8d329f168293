//! The places that the rows of the plan sheet go to: sorted by the list of a downloaded tree, listed
//! call by call, and named.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::PlanSheet;
use crate::api::Middle;
use crate::app::browse::Opened;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::modal::goal::Goal;
use crate::app::msg::Answer;
use crate::app::{Instant, State};
use crate::domain::{
    Address, Asset, AssetScope, ContainerId, Entry, Idents, Locale, SafeText, SegmentId,
};
use crate::transfer::plan::Fill;
use crate::transfer::tree::{Astray, Batch, MANIFEST, SEGMENTS_AT_ONCE};
use crate::transfer::{Chosen, Wishes};

/// One call.
#[derive(Debug)]
enum Call {
    /// What a container's locales are.
    Container(ContainerId),
    /// What is at these places of one container.
    Assets(ContainerId, Vec<AssetScope>),
}

/// Asking what is at the places, one call at a time.
#[derive(Debug, Default)]
pub(super) struct Looking {
    /// The call on its way.
    asked: Option<(RequestId, Call)>,
    waiting: VecDeque<Call>,
    found: Vec<Arc<Asset>>,
    /// What the call waits for before it is made again.
    pub waits: Option<String>,
    /// A call failed since the looking began.
    pub failed: bool,
}

/// What an answer means for the sheet.
#[derive(Debug)]
pub(super) enum Looked {
    /// It was not asked here.
    Nothing,
    /// More of it follows.
    More,
    /// The container's locales, or why not.
    Container(ContainerId, Result<Vec<Locale>, String>),
    /// All of these places, or why not.
    Places(Vec<AssetScope>, Result<Vec<Arc<Asset>>, String>),
}

impl Looking {
    pub const fn moves(&self) -> bool {
        self.asked.is_some()
    }

    /// What is not awaited any more.
    pub fn stop(&mut self) -> Option<RequestId> {
        self.waiting.clear();
        self.found.clear();
        self.failed = false;
        self.waits = None;
        self.asked.take().map(|(id, _)| id)
    }

    pub fn take(&mut self, id: RequestId, answer: &Answer) -> Looked {
        if self.asked.as_ref().is_some_and(|(asked, _)| *asked == id) {
            self.waits = None;
        }
        match &self.asked {
            Some((asked, _))
                if *asked == id
                    && let Answer::Waits(why) = answer =>
            {
                self.waits = Some(why.clone());
                return Looked::More;
            }
            Some((asked, Call::Container(container))) if *asked == id => {
                let container = container.clone();
                self.asked = None;
                let Answer::Container(result) = answer else {
                    return Looked::Nothing;
                };
                let locales = result
                    .as_ref()
                    .map(|it| it.locales.clone().unwrap_or_default());
                let locales = locales.map_err(ToString::to_string);
                self.failed |= locales.is_err();
                return Looked::Container(container, locales);
            }
            Some((asked, Call::Assets(..))) if *asked == id => {}
            _ => return Looked::Nothing,
        }
        let more = match answer {
            Answer::Assets(Ok(page)) => {
                let read = page.entries.read().map(Cow::into_owned);
                self.found.extend(read.map(Arc::new));
                Ok(page.more)
            }
            Answer::Marks(Ok(entries)) => {
                let read = entries.iter().filter_map(Entry::read).cloned();
                self.found.extend(read.map(Arc::new));
                Ok(false)
            }
            Answer::Assets(Err(error)) | Answer::Marks(Err(error)) => Err(error.to_string()),
            _ => return Looked::Nothing,
        };
        let result = match more {
            Ok(true) => return Looked::More,
            Ok(false) => Ok(std::mem::take(&mut self.found)),
            Err(why) => {
                self.failed = true;
                Err(why)
            }
        };
        match self.asked.take() {
            Some((_, Call::Assets(_, places))) => Looked::Places(places, result),
            _ => Looked::Nothing,
        }
    }
}

/// The chosen files by the place they go to, and what each list was good for; else why they cannot
/// go there, in one safe sentence.
pub(super) fn sorted(
    goal: &Goal,
    chosen: Vec<Chosen>,
    by: &Fill,
) -> Result<(Vec<Batch>, Vec<String>), String> {
    let to = match &goal.to {
        Some(scope) => Address::of_scope(goal.account.clone(), scope),
        None => Address::account(goal.account.clone()),
    };
    let (mut batches, mut said) = (Vec::new(), Vec::new());
    for one in chosen {
        let path = one.path.file_name().unwrap_or(one.path.as_os_str());
        let path = SafeText::name(&path.to_string_lossy());
        let (some, used) = one
            .batches(&to, goal.spec, by)
            .map_err(|astray| format!("{path}: {}", sentence(goal, &astray)))?;
        batches.extend(some);
        said.extend(used.map(|used| format!("{path}: {used}")));
    }
    Ok((batches, said))
}

fn sentence(goal: &Goal, astray: &Astray) -> String {
    let one = goal.spec.container.one;
    match (astray, goal.spec.middle) {
        (Astray::Many(places), Middle::Segments) => format!(
            "its files are of {places} segments, as {MANIFEST} in it says; go to the {one} in the \
             first pane and press u there, to send each file to its own segment"
        ),
        (Astray::Many(places), Middle::Types) => format!(
            "its files are of {places} {}, as {MANIFEST} in it says; upload the folder of each by \
             itself",
            goal.spec.container.many
        ),
        (Astray::Elsewhere(address), _) => format!(
            "{MANIFEST} in it is of {address}; go to the place that its files are to go to, and \
             press u there"
        ),
        (Astray::Nowhere, _) => {
            format!("nothing says to which {one} its files belong; go to one, and press u there")
        }
    }
}

impl PlanSheet {
    /// What was chosen, with a list of a downloaded tree among it; else why it cannot go there, in
    /// one safe sentence.
    pub fn of_trees(
        state: &mut State,
        goal: Goal,
        chosen: Vec<Chosen>,
        now: Instant,
    ) -> Result<(Self, Vec<Effect>), String> {
        let usual = goal.usual(state);
        let (fill, usual) = (
            Fill::Standing(usual.patterns.clone()),
            usual.wishes(false, false),
        );
        let backs: Vec<_> = chosen.iter().filter_map(|one| one.back.clone()).collect();
        let (batches, said) = sorted(&goal, chosen, &fill)?;
        let (mut sheet, effects) =
            Self::open(state, goal, batches, (Wishes::default(), usual), now);
        sheet.said = said;
        for back in backs {
            sheet.plan.recall(back.memory(&sheet.goal.account));
        }
        Ok((sheet, effects))
    }

    /// Asks anew what is at every place of the plan.
    pub(super) fn look(&mut self, state: &mut State) -> Vec<Effect> {
        let mut effects: Vec<Effect> = state.forget(self.looking.stop()).into_iter().collect();
        effects.extend(self.recall());
        let places = self.plan.scopes();
        self.await_places(places, state);
        effects.extend(self.ask_next(state));
        effects
    }

    /// Asks what is at the places that an edit added.
    pub(super) fn look_further(&mut self, state: &mut State) -> Vec<Effect> {
        let known = |scope: &AssetScope| {
            let asked = self.looking.asked.iter().map(|(_, call)| call);
            let mut calls = asked.chain(&self.looking.waiting);
            calls.any(|call| matches!(call, Call::Assets(_, places) if places.contains(scope)))
        };
        let mut places = self.plan.unlisted();
        places.retain(|scope| !known(scope));
        self.await_places(places, state);
        let recalled = self.recall();
        recalled.into_iter().chain(self.ask_next(state)).collect()
    }

    /// Asks what is remembered of uploads to containers that it was not asked of yet.
    fn recall(&mut self) -> Option<Effect> {
        let mut containers = self.containers();
        containers.retain(|container| self.recalled.insert(container.clone()));
        (!containers.is_empty()).then(|| Effect::ReadMemory {
            account: self.goal.account.clone(),
            containers: containers.into_iter().collect(),
        })
    }

    fn await_places(&mut self, places: impl IntoIterator<Item = AssetScope>, state: &State) {
        self.refuse_lost(state);
        let lost = self.lost(state);
        let places = places.into_iter().filter(|it| !lost.contains(it));
        let mut by_container: BTreeMap<ContainerId, Vec<AssetScope>> = BTreeMap::new();
        for scope in places {
            let container = scope.container().clone();
            by_container.entry(container).or_default().push(scope);
        }
        let has_locales = self.goal.spec.capabilities.locales;
        let waiting = &mut self.looking.waiting;
        for (container, places) in by_container {
            // One that is open is asked beside the sheet.
            let open = state.opened(&self.goal.account, &container).is_some();
            if has_locales && !open && !self.located.contains(&container) {
                waiting.push_back(Call::Container(container.clone()));
            }
            let calls = places.chunks(SEGMENTS_AT_ONCE);
            waiting.extend(calls.map(|it| Call::Assets(container.clone(), it.to_vec())));
        }
    }

    /// The next call, unless one is on its way.
    pub(super) fn ask_next(&mut self, state: &mut State) -> Option<Effect> {
        if self.looking.asked.is_some() {
            return None;
        }
        let call = self.looking.waiting.pop_front()?;
        let id = state.request_for_modal();
        let what = match &call {
            Call::Container(container) => Load::Container(container.clone()),
            Call::Assets(container, places) => match places.as_slice() {
                [one] => Load::Assets(one.clone(), None),
                several => {
                    let segments = several.iter().filter_map(AssetScope::segment);
                    Load::Marks(container.clone(), segments.cloned().collect())
                }
            },
        };
        self.looking.asked = Some((id, call));
        Some(Effect::Load {
            id,
            account: self.goal.account.clone(),
            what,
            patient: true,
            recall: false,
        })
    }

    /// Tells the plan the locales of a container; without them nothing goes there.
    pub(super) fn set_container(
        &mut self,
        container: &ContainerId,
        result: Result<Vec<Locale>, String>,
    ) {
        match result {
            Ok(locales) => self.learn_locales(container, locales),
            Err(why) => {
                let waiting = &mut self.looking.waiting;
                waiting.retain(|call| !matches!(call, Call::Assets(of, _) if of == container));
                for scope in self.plan.scopes() {
                    if scope.container() == container {
                        self.plan.set_unlistable(&scope, why.clone());
                    }
                }
            }
        }
    }

    /// Tells the plan what these places hold.
    pub(super) fn set_listings(
        &mut self,
        places: &[AssetScope],
        result: Result<Vec<Arc<Asset>>, String>,
    ) {
        let found = match result {
            Ok(found) => found,
            Err(why) => {
                for scope in places {
                    self.plan.set_unlistable(scope, why.clone());
                }
                return;
            }
        };
        self.plan.set_listings(places, found);
    }

    /// Learns what the segments of the rows are called.
    pub(super) fn name_segments(&mut self, state: &State) {
        let scopes = self.plan.scopes();
        let mut named = HashMap::new();
        for container in self.containers() {
            let Some(opened) = state.opened(&self.goal.account, &container) else {
                continue;
            };
            let rows = opened.segments.list.rows();
            let ids = scopes.iter().filter_map(AssetScope::segment);
            let ids: Idents = ids.map(SegmentId::as_str).collect();
            let found = rows.places(&ids).filter_map(|at| rows.get(at));
            for segment in found.filter_map(Entry::seen) {
                let scope = AssetScope::Segment(container.clone(), segment.id.clone());
                if scopes.contains(&scope) {
                    named.insert(scope, segment.name());
                }
            }
        }
        self.segments = named;
    }

    /// Rows for a segment that is not there cannot be sent.
    pub(super) fn refuse_lost(&mut self, state: &State) {
        for scope in self.lost(state) {
            let why = format!(
                "this {} has no segment {} any more; choose another one",
                self.goal.spec.container.one,
                SafeText::name(scope.segment().map_or("", SegmentId::as_str))
            );
            self.plan.set_unlistable(&scope, why);
        }
    }

    /// Segments of rows that are not there: all are listed, and these are not among them.
    fn lost(&self, state: &State) -> BTreeSet<AssetScope> {
        let mut lost = BTreeSet::new();
        for container in self.containers() {
            let opened = state.opened(&self.goal.account, &container);
            let Some(there) = opened.and_then(Opened::all_segments) else {
                continue;
            };
            let mut gone = self.plan.scopes();
            gone.retain(|scope| {
                let segment = scope.segment();
                *scope.container() == container
                    && segment.is_some_and(|it| !there.holds(it.as_str()))
            });
            lost.append(&mut gone);
        }
        lost
    }
}
