//! Asking for what the matrix does not know: batch by batch, after many calls were asked about.

use std::collections::{HashSet, VecDeque};
use std::time::Instant;

use super::CoverageSheet;
use crate::app::State;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::modal::confirm::Answering;
use crate::app::modal::view::Tone;
use crate::app::msg::Answer;
use crate::domain::SegmentId;
use crate::transfer::job::{Direction, Job};
use crate::transfer::tree::SEGMENTS_AT_ONCE;

/// Up to so many calls are made without a question.
const FEW: usize = 3;

/// So many calls in a row that fail end the asking.
const IN_VAIN: usize = 3;

/// What is asked.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// What was kept of the segments is awaited.
    recalling: Option<RequestId>,
    /// It has come.
    recalled: bool,
    /// The call on its way.
    call: Option<(RequestId, Vec<SegmentId>)>,
    waiting: VecDeque<SegmentId>,
    /// What waits for a yes.
    pub proposed: Vec<SegmentId>,
    /// How many were to be asked when it began.
    pub of: usize,
    /// What the call waits for before it is made again.
    pub waits: Option<String>,
    in_vain: usize,
    /// Everything was asked for once, or the user wants no more.
    begun: bool,
}

impl Asking {
    pub const fn moves(&self) -> bool {
        self.call.is_some()
    }

    /// So many are still to be answered.
    pub fn left(&self) -> usize {
        let call = self.call.as_ref().map_or(0, |(_, segments)| segments.len());
        call + self.waiting.len()
    }

    /// Asks no more; what is not awaited any more.
    pub fn stop(&mut self) -> Option<RequestId> {
        self.waiting.clear();
        self.proposed.clear();
        self.waits = None;
        self.call.take().map(|it| it.0).or(self.recalling.take())
    }

    fn add(&mut self, segments: Vec<SegmentId>) {
        let mut asked: HashSet<SegmentId> = self.waiting.iter().cloned().collect();
        asked.extend(self.call.iter().flat_map(|it| it.1.iter().cloned()));
        for segment in segments {
            if asked.insert(segment.clone()) {
                self.waiting.push_back(segment);
            }
        }
        self.of = self.left();
        self.in_vain = 0;
    }
}

/// How many calls so many segments are.
pub(super) const fn calls(segments: usize) -> usize {
    segments.div_ceil(SEGMENTS_AT_ONCE)
}

impl CoverageSheet {
    /// Asks for these segments, or how many calls that takes.
    pub(super) fn want(&mut self, segments: Vec<SegmentId>, now: Instant) {
        if calls(segments.len()) > FEW {
            self.asking.proposed = segments;
            self.question = Some(Answering::new(now));
        } else {
            self.asking.add(segments);
        }
    }

    /// The answer to the question about many calls.
    pub(super) fn answered(&mut self, yes: bool) {
        self.question = None;
        let proposed = std::mem::take(&mut self.asking.proposed);
        if yes {
            self.asking.add(proposed);
        }
    }

    /// The next call, unless one is on its way; the first time all that is not known.
    pub(super) fn go_on(&mut self, state: &mut State, now: Instant) -> Vec<Effect> {
        let listed = self.opened(state).is_some_and(|opened| {
            let segments = &opened.segments;
            let whole = segments.remote.pending().is_none() && segments.is_whole();
            whole && opened.locales().is_some()
        });
        if listed && !self.asking.begun && self.asking.recalling.is_none() {
            let unknown = self.matrix.not_asked();
            if !unknown.is_empty() && !self.asking.recalled {
                return vec![self.recall(unknown, state)];
            }
            self.asking.begun = true;
            self.want(unknown, now);
        }
        if self.asking.call.is_some() || self.asking.waiting.is_empty() {
            return Vec::new();
        }
        let some = self.asking.waiting.len().min(SEGMENTS_AT_ONCE);
        let segments: Vec<SegmentId> = self.asking.waiting.drain(..some).collect();
        let id = state.request_for_modal();
        self.asking.call = Some((id, segments.clone()));
        vec![Effect::Load {
            id,
            account: self.account.clone(),
            what: Load::Sweep(self.container.clone(), segments),
            patient: true,
            recall: false,
        }]
    }

    /// What was kept of these segments costs no call, and comes first.
    fn recall(&mut self, segments: Vec<SegmentId>, state: &mut State) -> Effect {
        let id = state.request_for_modal();
        self.asking.recalling = Some(id);
        Effect::Load {
            id,
            account: self.account.clone(),
            what: Load::Kept(self.container.clone(), segments),
            patient: false,
            recall: false,
        }
    }

    /// An answer, if it is to the call on its way: it becomes known to the panes too.
    pub(super) fn take(&mut self, id: RequestId, answer: &Answer, state: &mut State, now: Instant) {
        if self.asking.recalling.take_if(|it| *it == id).is_some() {
            self.asking.recalled = true;
            // It is all of the answer.
            state.forget(Some(id));
            if let Answer::KeptMarks(kept) = answer
                && let Some(opened) = state.opened_mut(&self.account, &self.container)
            {
                opened.recall_marks(kept.clone(), now);
            }
            return;
        }
        if self
            .asking
            .call
            .as_ref()
            .is_none_or(|(call, _)| *call != id)
        {
            return;
        }
        self.asking.waits = None;
        if let Answer::Waits(why) = answer {
            self.asking.waits = Some(why.clone());
            return;
        }
        let Some((_, segments)) = self.asking.call.take() else {
            return;
        };
        let Answer::Marks(result) = answer else {
            return;
        };
        if let Err(error) = result {
            self.asking.in_vain += 1;
            if error.is_refusal() || self.asking.in_vain == IN_VAIN {
                let left = self.asking.waiting.len();
                self.asking.stop();
                let text = format!("{left} segments were not asked: {error}");
                state.notices.say(Tone::Bad, text, now);
            }
        } else {
            self.asking.in_vain = 0;
        }
        if let Some(opened) = state.opened_mut(&self.account, &self.container) {
            opened.learn_marks(segments, result.clone(), now);
        }
    }

    /// Something was sent to a segment of this document: its answer is asked anew.
    pub(super) fn sent(&mut self, job: &Job) {
        let here = job.account == self.account && *job.scope.container() == self.container;
        if !here || job.direction != Direction::Up || !job.state.is_over() {
            return;
        }
        if let Some(segment) = job.scope.segment() {
            self.asking.add(vec![segment.clone()]);
        }
    }
}
