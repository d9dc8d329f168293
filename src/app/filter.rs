//! The filter line of a pane: what is typed is applied at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::State;
use super::browse::{Opened, Pane};
use super::edit;
use super::effect::Effect;
use super::key::{Code, Key};
use super::modal::view::Tone;
use crate::api::Middle;
use crate::domain::filter::{
    Filter, FilterError, Held, Identicals, Orphans, Rows, Sizes, Twins, Usage,
};
use crate::domain::{Asset, Digests, SegmentId};

impl State {
    pub(super) fn edit_filter(&mut self, key: Key, now: Instant) -> Vec<Effect> {
        match key.code {
            Code::Esc => {
                self.end_filter(true, now);
                return Vec::new();
            }
            // What is wrong cannot be kept.
            Code::Enter if self.filter_error().is_some() => return Vec::new(),
            Code::Enter => {
                self.end_filter(false, now);
                self.tell_of_scan(now);
                return Vec::new();
            }
            Code::Down => return self.scroll(self.browse.focus, 1, now),
            Code::Up => return self.scroll(self.browse.focus, -1, now),
            Code::Tab | Code::BackTab => {
                self.end_filter(false, now);
                return self.on_pane_key(key, now);
            }
            _ => {}
        }
        let Some(mut line) = self.filtering.take() else {
            return Vec::new();
        };
        if edit::key(&mut line, key) {
            self.apply_filter(line.value(), now);
        }
        self.filtering = Some(line);
        Vec::new()
    }

    /// Shows what fits the text. While it is wrong, the rows stay as they were.
    pub(super) fn apply_filter(&mut self, text: &str, now: Instant) {
        let time = self.time;
        let pane = self.browse.focus;
        let usage = self.usage_here();
        let set = match (pane, self.browse.open_mut()) {
            (Pane::Places, _) => self.browse.places.set_filter(text, time),
            (_, None) => Ok(()),
            (Pane::Middle, Some(opened)) => match opened.spec.middle {
                Middle::Segments => opened.filter_segments(text, time),
                Middle::Types => opened.types.set_filter(text, time),
            },
            (_, Some(opened)) => opened.filter_assets(text, time, usage),
        };
        if set.is_ok() && pane == Pane::Middle {
            self.cursor_moved(pane, now);
        }
    }

    /// Where the assets of the open account are used, once that was scanned for.
    fn usage_here(&self) -> Option<Arc<Usage>> {
        let account = self.browse.account(&self.browse.open()?.account)?;
        account.usage.clone()
    }

    /// Says why nothing is shown where a filter asks for what nobody scanned for or read yet.
    fn tell_of_scan(&mut self, now: Instant) {
        let Ok(filter) = Filter::parse(self.current_filter()) else {
            return;
        };
        let spec = self.browse.open().map(|opened| opened.spec);
        let rows = match (self.browse.focus, spec.map(|spec| spec.middle)) {
            (Pane::Places, _) => Some((Rows::Containers, "accounts and what they hold")),
            (Pane::Middle, Some(Middle::Segments)) => Some((Rows::Segments, "segments")),
            (Pane::Assets, _) => Some((Rows::Assets, "assets")),
            _ => None,
        };
        if let Some(why) = rows.and_then(|(rows, noun)| filter.beyond(rows, noun)) {
            self.notices.say(Tone::Plain, why, now);
            return;
        }
        let asks = filter.asks_usage();
        if let (Pane::Assets, true, Some(opened)) = (
            self.browse.focus,
            filter.asks_contents(),
            self.browse.open(),
        ) {
            let text = match opened.unread().len() {
                0 => None,
                1 => Some("The contents of 1 asset were not read yet; : identical does it".into()),
                many => Some(format!(
                    "The contents of {many} assets were not read yet; : identical does it"
                )),
            };
            if let Some(text) = text {
                self.notices.say(Tone::Plain, text, now);
            }
        }
        let noun = spec.and_then(|spec| spec.capabilities.used_in.as_ref());
        if let (true, None, Some(noun)) = (asks, self.usage_here(), noun) {
            let text = format!("The {} were not scanned yet; : orphans does it", noun.many);
            self.notices.say(Tone::Plain, text, now);
        }
    }

    /// What is wrong with the filter that is being typed.
    pub fn filter_error(&self) -> Option<FilterError> {
        Filter::parse(self.filtering.as_ref()?.value()).err()
    }

    pub(crate) fn end_filter(&mut self, clear: bool, now: Instant) {
        self.filtering = None;
        self.keep_words(false);
        if clear {
            self.apply_filter("", now);
        }
    }
}

impl Opened {
    /// Filters the segments: what is known of their assets first, where the filter asks for it.
    fn filter_segments(&mut self, text: &str, time: Timestamp) -> Result<(), FilterError> {
        let asks = Filter::parse(text)?.asks_assets();
        if asks != self.segments.list.lens().held.is_some() {
            let mut lens = self.segments.list.lens().clone();
            lens.held = asks.then(|| self.held());
            self.segments.list.set_lens(lens);
        }
        self.segments.list.set_filter(text, time)
    }

    /// Filters the assets: what they share with one another and what uses them first, where the filter
    /// asks for it.
    fn filter_assets(
        &mut self,
        text: &str,
        time: Timestamp,
        usage: Option<Arc<Usage>>,
    ) -> Result<(), FilterError> {
        let filter = Filter::parse(text)?;
        let usage = usage.filter(|_| filter.asks_usage());
        let twins = filter.asks_twins();
        let same_usage = match (&usage, &self.usage) {
            (Some(new), Some(old)) => Arc::ptr_eq(new, old),
            (new, old) => new.is_none() && old.is_none(),
        };
        if twins != self.assets.list.lens().twins.is_some() || !same_usage {
            self.usage = usage;
            self.compare(twins);
        }
        self.assets.list.set_filter(text, time)
    }

    /// Brings up to date what the assets share with one another and which of them nothing uses, once
    /// all of them are there.
    pub(crate) fn compare_again(&mut self) {
        let twins = self.assets.list.lens().twins.is_some();
        let compares = twins || self.usage.is_some() || !self.digests.is_empty();
        if compares && self.assets.remote.pending().is_none() {
            self.compare(twins);
        }
    }

    /// More was read of the assets.
    pub(crate) fn learn_contents(&mut self, digests: Digests) {
        self.digests.join(digests);
        self.compare_again();
    }

    /// Those assets that may hold what another holds, and were not read.
    pub(crate) fn unread(&self) -> Vec<Asset> {
        let rows = self.assets.list.rows();
        let all = || rows.read();
        Sizes::among(&all).unread(&self.digests, all())
    }

    fn compare(&mut self, twins: bool) {
        let mut lens = self.assets.list.lens().clone();
        let rows = self.assets.list.rows();
        lens.twins = twins.then(|| Arc::new(Twins::among(|| rows.read())));
        let digests = Some(&self.digests).filter(|digests| !digests.is_empty());
        lens.identicals =
            digests.map(|digests| Arc::new(Identicals::among(digests, || rows.read())));
        let usage = self.usage.as_deref();
        lens.orphans = usage.map(|usage| Arc::new(Orphans::among(usage, || rows.read())));
        self.assets.list.set_lens(lens);
    }

    /// What the segments hold that were asked.
    pub(crate) fn held(&self) -> Arc<HashMap<SegmentId, Option<Held>>> {
        let known = self.known.iter().map(|(id, known)| {
            let held = known.result.as_ref().ok();
            let held =
                held.map(|rows| Held::of(rows.kinds().map(|(kind, _)| kind.locale.as_ref())));
            (id.clone(), held)
        });
        Arc::new(known.collect())
    }
}
