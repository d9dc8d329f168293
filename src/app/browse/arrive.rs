//! Answers on their way into the panes.

use std::time::Instant;

use super::{Asked, Known, LocaleChoice, Opened, StateFilter, TypeRow};
use crate::api::{ApiError, Middle};
use crate::app::State;
use crate::app::effect::{Effect, RequestId};
use crate::app::list::RowId;
use crate::app::modal::view::Tone;
use crate::app::msg::{Answer, Batch, Came};
use crate::app::remote::{Arrived, Fetched, Remote};
use crate::domain::{Asset, AssetScope, Keepable, SafeText, Segment, Shelf, TypeChoice};

impl State {
    /// An awaited answer, and what it was asked for.
    pub(crate) fn arrived(
        &mut self,
        id: RequestId,
        asked: Asked,
        answer: Answer,
        now: Instant,
    ) -> Vec<Effect> {
        match (asked, answer) {
            (Asked::Containers(account), Answer::Held(held)) => {
                if let Some(account) = self.browse.account_mut(&account) {
                    account.containers.wait(id, Some(held));
                }
                self.rebuild_places();
            }
            (
                Asked::Segments(account, container) | Asked::Texts(account, container),
                Answer::Held(held),
            ) => {
                if let Some(opened) = self.opened_mut(&account, &container) {
                    opened.segments.remote.wait(id, Some(held));
                    opened.texts.wait(id, Some(held));
                }
            }
            (Asked::Assets(account, scope), Answer::Held(held)) => {
                if let Some(opened) = self.opened_mut(&account, scope.container()) {
                    opened.assets.remote.wait(id, Some(held));
                }
            }
            (Asked::Containers(account), Answer::Containers(page)) => {
                if let Some(account) = self.browse.account_mut(&account) {
                    account.arrive(id, page.map(Arrived::from), now);
                }
                self.rebuild_places();
            }
            (Asked::Container(account, container), Answer::Container(result)) => {
                if let Some(opened) = self.opened_mut(&account, &container) {
                    opened.container.answer(id, result.map(Box::new));
                }
            }
            (Asked::Segments(account, container), Answer::ChangedTexts(rows)) => {
                if let Some(opened) = self.opened_mut(&account, &container)
                    && !opened.take_told(rows)
                {
                    return self.load_texts(&account, &container, true, now);
                }
                // They may stand in another order now.
                self.timers.marks(now);
            }
            (Asked::Segments(account, container), Answer::Segments(page)) => {
                let last = page.as_ref().is_ok_and(|page| !page.more);
                let fresh = page.as_ref().is_ok_and(|page| page.came == Came::Fresh);
                let Some(opened) = self.opened_mut(&account, &container) else {
                    return Vec::new();
                };
                // The new ones have the texts of those that were shown; they may have changed as well.
                let anew = fresh && opened.segments.remote.value().is_some();
                let again = page.as_ref().is_ok_and(|page| page.came == Came::Anew);
                let before = opened.segments.list.current_id();
                opened.segments.arrive(id, page.map(Arrived::from), now);
                let first = opened.scope.is_none();
                let moved = opened.segments.list.current_id() != before;
                opened.refresh_lens();
                self.timers.marks(now);
                if moved && !first {
                    self.timers.follow(now);
                }
                if again {
                    let text = "It changed since loading was stopped, and is listed anew";
                    self.notices.say(Tone::Plain, text, now);
                }
                let mut effects = Vec::new();
                if first && self.is_open(&account, &container) {
                    effects.extend(self.show_segment(now));
                }
                if last {
                    effects.extend(self.load_texts(&account, &container, anew, now));
                }
                return effects;
            }
            (Asked::Texts(account, container), Answer::SegmentTexts(result)) => {
                if let Some(opened) = self.opened_mut(&account, &container) {
                    let mut taken = true;
                    let result = result.map(|rows| {
                        taken = opened.take_told(rows);
                        Fetched {
                            at: now,
                            total: None,
                            seal: None,
                        }
                    });
                    opened.texts.answer(id, result);
                    if !taken {
                        return self.load_texts(&account, &container, true, now);
                    }
                    // They may stand in another order now.
                    self.timers.marks(now);
                }
            }
            (Asked::Assets(account, scope), Answer::Assets(page)) => {
                if let Some(opened) = self.opened_mut(&account, scope.container())
                    && opened.scope.as_ref() == Some(&scope)
                {
                    opened.assets.arrive(id, page.map(Arrived::from), now);
                    opened.assets_changed(now);
                }
            }
            (Asked::Marks(account, container), Answer::KeptMarks(kept)) => {
                if let Some(opened) = self.opened_mut(&account, &container) {
                    opened.recall_marks(kept, now);
                }
            }
            (Asked::Marks(account, container), Answer::Marks(result)) => {
                if let Some(opened) = self.opened_mut(&account, &container) {
                    opened.take_marks(id, result, now);
                }
                return self.ask_marks(now);
            }
            (Asked::Update(account, scope, name), Answer::Updated(result)) => {
                match result {
                    Ok(asset) => {
                        let name = SafeText::name(&asset.name);
                        self.notices
                            .say(Tone::Good, format!("{name} was changed"), now);
                    }
                    Err(error) => self.say_failed(&name, &error, now),
                }
                self.touch(&account, &scope, now);
            }
            (Asked::Delete(account, scope, name), Answer::Deleted(result)) => {
                match result {
                    Ok(()) => {
                        let name = SafeText::name(&name);
                        self.notices.say(
                            Tone::Good,
                            format!("{name} was deleted; the service does not list it any more"),
                            now,
                        );
                    }
                    Err(error) => self.say_failed(&name, &error, now),
                }
                self.touch(&account, &scope, now);
            }
            // An answer of another kind than was asked: the request has ended all the same.
            (asked, _) => self.mismatch(id, &asked),
        }
        Vec::new()
    }

    fn is_open(
        &self,
        account: &crate::domain::AccountName,
        container: &crate::domain::ContainerId,
    ) -> bool {
        self.browse
            .open()
            .is_some_and(|it| it.account == *account && it.id == *container)
    }

    fn say_failed(&mut self, name: &str, error: &ApiError, now: Instant) {
        self.notices.fail(error, now);
        if let Some(message) = self.notices.all.back_mut() {
            message.text = format!("{}: {error}", SafeText::name(name));
        }
    }

    fn mismatch(&mut self, id: RequestId, asked: &Asked) {
        let error = ApiError::new(
            "read the answer",
            crate::api::ApiErrorKind::Decode,
            "the answer is of another kind than was asked",
        );
        match asked {
            Asked::Containers(account) => {
                if let Some(account) = self.browse.account_mut(account) {
                    account.containers.answer(id, Err(error));
                }
                self.rebuild_places();
            }
            Asked::Container(account, container)
            | Asked::Segments(account, container)
            | Asked::Texts(account, container)
            | Asked::Marks(account, container) => {
                if let Some(opened) = self.opened_mut(account, container) {
                    opened.fail(id, &error);
                }
            }
            Asked::Assets(account, scope) => {
                if let Some(opened) = self.opened_mut(account, scope.container()) {
                    opened.fail(id, &error);
                }
            }
            Asked::Update(..) | Asked::Delete(..) | Asked::Picture | Asked::Modal => {}
        }
    }
}

impl<T: Keepable, S: From<Shelf<T>>> From<Batch<T>> for Arrived<S> {
    fn from(batch: Batch<T>) -> Self {
        Self {
            rows: batch.entries.into(),
            more: batch.more,
            next: batch.next,
            total: batch.total,
            came: batch.came,
            seal: batch.seal,
        }
    }
}

impl Opened {
    pub(crate) fn loading(&self) -> bool {
        self.container.pending().is_some()
            || self.texts.pending().is_some()
            || self.segments.remote.pending().is_some()
            || self.assets.remote.pending().is_some()
            || !self.asking.is_empty()
    }

    /// Ends every wait; returns what is not awaited any more.
    pub(crate) fn stop(&mut self) -> Vec<RequestId> {
        let mut ids: Vec<RequestId> = self.asking.drain().map(|(id, _)| id).collect();
        ids.extend(self.container.pending());
        ids.extend(self.texts.pending());
        ids.extend(self.segments.remote.pending());
        ids.extend(self.assets.remote.pending());
        self.container.give_up();
        self.texts.give_up();
        self.segments.remote.give_up();
        self.assets.remote.give_up();
        ids
    }

    fn fail(&mut self, id: RequestId, error: &ApiError) {
        self.container.answer(id, Err(error.clone()));
        self.texts.answer(id, Err(error.clone()));
        self.segments.remote.answer(id, Err(error.clone()));
        self.assets.remote.answer(id, Err(error.clone()));
        self.asking.remove(&id);
    }

    /// The request that only the third pane waits for.
    pub(crate) fn awaited_alone(&self) -> Option<RequestId> {
        let pending = self.assets.remote.pending();
        pending.filter(|id| !self.asking.contains_key(id))
    }

    /// The third pane turns to another place; returns the request that is now pointless.
    pub(crate) fn change_scope(&mut self, scope: AssetScope) -> Option<RequestId> {
        let before = self.awaited_alone();
        let sought = { self.sought.take() }.filter(|(of, _)| *of == scope);
        self.scope = Some(scope);
        let sort = self.assets.list.sort();
        let mut lens = self.assets.list.lens().clone();
        (lens.twins, lens.identicals) = (None, None);
        self.assets = crate::app::remote::Listing::default();
        self.assets.list.set_sort(sort);
        self.assets.list.set_lens(lens);
        if let Some((_, key)) = sought {
            self.assets.list.want(RowId::Read(key));
        }
        before
    }

    /// Shows what is known of the segment's assets; says whether that was asked in this session.
    pub(crate) fn show_known(&mut self) -> bool {
        let segment = self.scope.as_ref().and_then(AssetScope::segment);
        let Some(Known {
            at,
            result: Ok(rows),
            kept,
            failed,
        }) = segment.and_then(|id| self.known.get(id))
        else {
            return false;
        };
        let (rows, at, old) = (rows.clone(), *at, *kept || failed.is_some());
        self.assets.show(rows, at);
        !old
    }

    /// Takes the segments that are shown with their keys and texts; says whether it is these.
    fn take_told(&mut self, rows: Shelf<Segment>) -> bool {
        let same = self.segments.list.rows().alike(&rows);
        if same {
            self.segments.list.replace(rows);
        }
        same
    }

    /// What follows from the third pane's rows: the types with their counts, the segment's mark.
    pub(crate) fn assets_changed(&mut self, now: Instant) {
        self.compare_again();
        match self.spec.middle {
            Middle::Types => {
                self.types.replace(types(self.assets.list.rows()));
                self.follow_type();
            }
            Middle::Segments => {
                let segment = self.scope.as_ref().and_then(AssetScope::segment).cloned();
                let result = match &self.assets.remote {
                    Remote::Loaded(_) => Ok(self.assets.list.rows().clone()),
                    Remote::Failed { error, .. } => Err(error.clone()),
                    _ => return,
                };
                match (segment, result) {
                    (Some(segment), Err(error)) => self.failed(segment, &error, now),
                    (Some(segment), Ok(rows)) => {
                        self.learn(segment, Known::of(Ok(rows), now));
                    }
                    (None, _) => {}
                }
                self.refresh_lens();
            }
        }
    }

    /// The type under the cursor of the second pane filters the third.
    pub(crate) fn follow_type(&mut self) {
        let kind = self.types.current().map(|row| row.choice.clone());
        let mut lens = self.assets.list.lens().clone();
        lens.kind = kind.unwrap_or_default();
        self.assets.list.set_lens(lens);
    }

    pub(crate) fn filter_locale(&mut self, locale: LocaleChoice) {
        let mut lens = self.assets.list.lens().clone();
        lens.locale = locale;
        self.assets.list.set_lens(lens);
    }

    pub(crate) fn filter_state(&mut self, state: Option<StateFilter>) {
        let mut lens = self.segments.list.lens().clone();
        lens.state = state;
        self.segments.list.set_lens(lens);
        self.refresh_lens();
    }

    /// Brings what the segments' filters know of their assets up to date.
    pub(crate) fn refresh_lens(&mut self) {
        let mut lens = self.segments.list.lens().clone();
        if self.segments.list.asks_assets() {
            lens.held = Some(self.held());
            self.segments.list.set_lens(lens.clone());
        }
        let Some(state) = lens.state else {
            return;
        };
        let passes = |known: &Known| match (&known.result, state) {
            (Ok(rows), StateFilter::With) => !rows.is_empty(),
            (Ok(rows), StateFilter::Without) => rows.is_empty(),
            (result, StateFilter::Failed) => result.is_err(),
            (Err(_), _) => false,
        };
        lens.ids = self
            .known
            .iter()
            .filter(|(_, known)| passes(known))
            .map(|(id, _)| id.as_str())
            .collect();
        self.segments.list.set_lens(lens);
    }
}

/// The types of the assets, each with its count.
fn types(assets: &Shelf<Asset>) -> Vec<TypeRow> {
    TypeChoice::counts(assets)
        .into_iter()
        .map(|(choice, count)| TypeRow { choice, count })
        .collect()
}
