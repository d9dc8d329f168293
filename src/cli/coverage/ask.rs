//! Asking for the assets of many segments, batch by batch; what cannot be asked is named, and the
//! others go on.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{MissedTickBehavior, interval};

use crate::api::{ApiError, Provider};
use crate::cli::failure::{Failure, Tally};
use crate::cli::output::Output;
use crate::cli::prompt;
use crate::cli::session::Known;
use crate::cli::stop::Stop;
use crate::domain::{Asset, ContainerId, Entry, Segment, SegmentId};
use crate::transfer::patient::Patient;
use crate::transfer::tree::{MANY_CALLS, SEGMENTS_AT_ONCE};

/// So many batches in a row that fail end the asking: each of them has waited out what may pass.
const IN_VAIN: usize = 3;

/// How often the line of progress is drawn.
const REDRAW: Duration = Duration::from_millis(250);

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
    pub known: &'a Known,
    pub patient: &'a Patient,
    pub container: &'a ContainerId,
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
        let calls = segments.len().div_ceil(SEGMENTS_AT_ONCE);
        let many = segments.len();
        let what = self.what(many);
        stop.or(prompt::may(output, self.yes, calls, &what)).await?;
        // A question has said it.
        let asked = !self.yes && calls >= MANY_CALLS;
        if calls > 1 && !asked && !output.is_quiet() {
            output.note(&format!("{what} takes {calls} calls"));
        }
        // What waits is said between two lines of progress, which only one may draw.
        let (tell, mut told) = unbounded_channel();
        let patient = Patient::new(self.patient.provider(), move |pause| {
            // The one who listens is gone only when nobody waits any more.
            let _ = tell.send(pause.to_string());
        });
        let patient = patient.reached();
        let mut answers = Answers::default();
        let mut beat = interval(REDRAW);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut in_vain = 0;
        for (number, batch) in segments.chunks(SEGMENTS_AT_ONCE).enumerate() {
            let ids: Vec<SegmentId> = batch.iter().map(|it| it.id.clone()).collect();
            let asking = stop.or(async {
                let mut call = std::pin::pin!(patient.assets_of_segments(self.container, &ids));
                loop {
                    tokio::select! {
                        answer = &mut call => break Ok(answer),
                        Some(pause) = told.recv() => output.note(&pause),
                        _ = beat.tick(), if calls > 1 && !output.is_quiet() => {
                            let asked = number * SEGMENTS_AT_ONCE;
                            output.draw(&[format!(
                                "{asked} of {many} segments asked, call {} of {calls}",
                                number + 1
                            )]);
                        }
                    }
                }
            });
            match asking.await? {
                Ok(entries) => {
                    in_vain = 0;
                    tally.done += batch.len();
                    answers.take(&ids, entries);
                }
                Err(error) if error.is_refusal() && tally.done == 0 => return Err(error.into()),
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
        Ok(answers)
    }

    /// What is asked, and what the service allows.
    fn what(&self, segments: usize) -> String {
        let spec = self.known.info.spec;
        let allowed = match spec.capabilities.calls_an_hour {
            Some(calls) => format!(" ({} allows about {calls} calls an hour)", spec.label),
            None => String::new(),
        };
        format!("Asking for the assets of {segments} segments{allowed}")
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
        for id in segments {
            self.heard.insert(id.clone(), Some(Vec::new()));
        }
        for entry in entries {
            let Entry::Read(asset) = entry else {
                self.unreadable += 1;
                continue;
            };
            let list = asset.scope.segment().and_then(|id| self.heard.get_mut(id));
            if let Some(Some(list)) = list {
                list.push(asset);
            }
        }
    }
}
