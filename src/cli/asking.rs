//! Asking for the assets of many segments, batch by batch; what cannot be asked is named, and the
//! others go on.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::{ApiError, Provider as _};
use crate::cli::failure::{Exit, Failure, Tally};
use crate::cli::output::Output;
use crate::cli::prompt;
use crate::cli::series::Series;
use crate::cli::stop::Stop;
use crate::domain::{Allowance, Asset, ContainerId, Entry, Segment, SegmentId, time_words};
use crate::index::{Index, Owner};
use crate::transfer::patient::Patient;
use crate::transfer::tree::{MANY_CALLS, SEGMENTS_AT_ONCE};

/// So many batches in a row that fail end the asking: each of them has waited out what may pass.
const IN_VAIN: usize = 3;

/// How long what was heard may take to be on disk at the end.
const DISK: Duration = Duration::from_secs(5);

/// What is known of the segments.
#[derive(Debug, Default)]
pub struct Answers {
    /// Of those that were asked; failed ones have none.
    pub heard: HashMap<SegmentId, Option<Vec<Asset>>>,
    /// Entries that could not be read, whose segment nobody knows.
    pub unreadable: usize,
}

/// What the calls are made with.
pub struct Asking<'a> {
    /// What the service is called.
    pub label: &'static str,
    pub allowance: Option<Allowance>,
    pub patient: &'a Patient,
    /// Where the answers are kept.
    pub index: &'a Index,
    pub owner: Owner,
    pub container: &'a ContainerId,
    /// Answers that are kept and not older are as good as asking.
    pub max_age: Duration,
    /// Make many calls without a question.
    pub yes: bool,
}

impl Asking<'_> {
    /// Asks for the assets of these segments, after it was said what that takes.
    pub async fn ask(
        &self,
        output: &mut Output,
        stop: &mut Stop,
        segments: &[Segment],
        tally: &mut Tally,
    ) -> Result<Answers, Failure> {
        let mut answers = Answers::default();
        let (rest, oldest) = self.recall(segments, &mut answers);
        if let Some(oldest) = oldest {
            let kept = match segments.len() - rest.len() {
                1 => "1 segment was".to_owned(),
                kept => format!("{kept} segments were"),
            };
            let oldest = time_words(oldest);
            output.mention(&format!("{kept} asked before, up to {oldest} ago"));
        }
        tally.done += segments.len() - rest.len();
        let mut asked = self
            .ask_rest(output, stop, &rest, &mut answers, tally)
            .await;
        self.index.settle(DISK);
        if let Err(failure) = &mut asked
            && failure.exit == Exit::Stopped
            && self.index.keeps()
            && !answers.heard.is_empty()
        {
            failure.hint = format!(
                "{} of {} segments are asked and kept: with `--max-age 1440` it goes on where it \
                 stopped.",
                answers.heard.len(),
                segments.len()
            );
        }
        asked.map(|()| answers)
    }

    /// Takes what is kept and young enough; the segments that are left, and how old the oldest answer is.
    fn recall(
        &self,
        segments: &[Segment],
        answers: &mut Answers,
    ) -> (Vec<Segment>, Option<Duration>) {
        let mut oldest = None;
        if self.max_age.is_zero() {
            return (segments.to_vec(), oldest);
        }
        let ids: Vec<SegmentId> = segments.iter().map(|it| it.id.clone()).collect();
        let now = Timestamp::now();
        for mark in self.index.marks(&self.owner, self.container, &ids) {
            let age = Duration::try_from(now.duration_since(mark.at)).unwrap_or_default();
            if age <= self.max_age {
                answers.take(&[mark.segment], mark.assets);
                oldest = oldest.max(Some(age));
            }
        }
        let rest = segments.iter();
        let rest = rest.filter(|it| !answers.heard.contains_key(&it.id));
        (rest.cloned().collect(), oldest)
    }

    async fn ask_rest(
        &self,
        output: &mut Output,
        stop: &mut Stop,
        segments: &[Segment],
        answers: &mut Answers,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let calls = segments.len().div_ceil(SEGMENTS_AT_ONCE);
        let many = segments.len();
        if many == 0 {
            return Ok(());
        }
        let what = self.what(many);
        stop.or(prompt::may(output, self.yes, calls, &what)).await?;
        // A question has said it.
        let asked = !self.yes && calls >= MANY_CALLS;
        if calls > 1 && !asked {
            output.mention(&format!("{what} takes {calls} calls"));
        }
        let (patient, mut series) = Series::of(self.patient);
        let mut in_vain = 0;
        let before = tally.done;
        for (number, batch) in segments.chunks(SEGMENTS_AT_ONCE).enumerate() {
            let ids: Vec<SegmentId> = batch.iter().map(|it| it.id.clone()).collect();
            let progress = (calls > 1).then(|| {
                let asked = number * SEGMENTS_AT_ONCE;
                let call = number + 1;
                format!("{asked} of {many} segments asked, call {call} of {calls}")
            });
            let call = patient.assets_of_segments(self.container, &ids);
            let asking = async { Ok(series.call(output, progress, call).await) };
            match stop.or(asking).await? {
                Ok(entries) => {
                    in_vain = 0;
                    tally.done += batch.len();
                    let index = self.index;
                    index.keep_marks(&self.owner, self.container, &ids, &entries);
                    // A call is worth more than a write: whatever ends us now costs the next one at the most.
                    index.settle(DISK);
                    answers.take(&ids, entries);
                }
                Err(error) if error.is_refusal() && tally.done == before => {
                    return Err(error.into());
                }
                Err(error) => {
                    in_vain += 1;
                    output.note(&not_asked(batch, &error));
                    for id in ids {
                        tally.failed += 1;
                        answers.heard.insert(id, None);
                    }
                }
            }
            let left = many.saturating_sub((number + 1) * SEGMENTS_AT_ONCE);
            if in_vain == IN_VAIN && left > 0 {
                output.note(&format!(
                    "{IN_VAIN} calls in a row failed; {left} more segments were not asked"
                ));
                tally.failed += left;
                break;
            }
        }
        output.lift();
        Ok(())
    }

    /// What is asked, and what the service allows.
    fn what(&self, segments: usize) -> String {
        let allowed = match self.allowance {
            Some(it) => {
                let (label, calls) = (self.label, it.calls);
                format!(" ({label} allows about {calls} calls {})", it.in_time())
            }
            None => String::new(),
        };
        format!("Asking for the assets of {segments} segments{allowed}")
    }
}

/// Counts so many entries that could not be read, and says so.
pub fn tell_unreadable(output: &mut Output, tally: &mut Tally, unreadable: usize) {
    if unreadable > 0 {
        tally.failed += unreadable;
        output.note(&format!(
            "{unreadable} entries could not be read; what they hold may be called missing"
        ));
    }
}

/// Which segments a call was for that failed, and why.
fn not_asked(batch: &[Segment], error: &ApiError) -> String {
    let number = |segment: Option<&Segment>| segment.map_or(0, |it| it.position);
    match batch {
        [one] => format!("segment {} could not be asked: {error}", one.position),
        _ => format!(
            "segments {} to {} could not be asked: {error}",
            number(batch.first()),
            number(batch.last())
        ),
    }
}

impl Answers {
    /// Each of the segments has the assets that name it, or none.
    fn take(&mut self, segments: &[SegmentId], entries: Vec<Entry<Asset>>) {
        let parted = Asset::by_segment(segments, entries);
        self.unreadable += parted.unreadable;
        let heard = { parted.assets.into_iter() }.map(|(id, assets)| (id, Some(assets)));
        self.heard.extend(heard);
    }
}
