//! Transfers as the screen knows them: the strip, and what their end changes in the lists.

use std::time::Instant;

use super::State;
use super::effect::Effect;
use super::modal::view::Tone;
use crate::domain::{Entry, SafeText};
use crate::transfer::job::{Direction, Job, JobId, JobState};
use crate::transfer::{Meters, Total};

impl State {
    /// A job was added or changed: when it ends, the lists it touches are asked again, and what
    /// happened is said.
    pub(crate) fn on_job(&mut self, job: &Job, now: Instant) -> Vec<Effect> {
        let before = self.transfers.put(job.clone(), now);
        let ended = job.state.is_over() && before.is_none_or(|before| !before.state.is_over());
        if !ended {
            return Vec::new();
        }
        let name = SafeText::name(&job.name);
        let up = job.direction == Direction::Up;
        if up && job.state != JobState::Cancelled {
            self.touch(&job.account, &job.scope, now);
        }
        match &job.state {
            JobState::Done { asset, path } => {
                let place = SafeText::prose(&job.place);
                let mut text = match (up, path) {
                    (false, Some(path)) => {
                        format!(
                            "{name} was saved as {}",
                            SafeText::name(&path.to_string_lossy())
                        )
                    }
                    (false, None) => format!("{name} was saved"),
                    (true, _) => match self.where_listed(job) {
                        Some(listed) if job.place.is_empty() => {
                            format!("{name} is listed in {listed}")
                        }
                        Some(listed) => format!("{name} is listed in {listed} ({place})"),
                        None => format!("{name} is listed"),
                    },
                };
                for warning in &job.warnings {
                    text = format!("{text}. But: {}", SafeText::prose(warning));
                }
                let tone = if job.warnings.is_empty() {
                    Tone::Good
                } else {
                    Tone::Warning
                };
                self.notices.say(tone, text, now);
                if let Some(asset) = asset.as_ref().filter(|_| up) {
                    self.want_asset(&job.account, asset);
                }
            }
            JobState::Failed(error) => {
                self.notices.fail(error, now);
                if let Some(message) = self.notices.all.back_mut() {
                    message.text = format!("{name}: {error}. t shows it, r there tries again");
                }
            }
            JobState::InDoubt(error) => {
                self.notices.fail(error, now);
                if let Some(message) = self.notices.all.back_mut() {
                    message.text = format!(
                        "{name}: the answer was lost, so it may be there or not; t shows it"
                    );
                }
            }
            JobState::Unlisted { reason } => {
                let reason = SafeText::prose(reason);
                let text = format!("{name} was sent, but {reason}");
                self.notices.say(Tone::Bad, text, now);
            }
            JobState::Cancelled => {
                self.notices
                    .say(Tone::Plain, format!("{name} was cancelled"), now);
            }
            JobState::Queued | JobState::Running(_) | JobState::Waiting { .. } => {}
        }
        Vec::new()
    }

    /// The segment's or container's name that an uploaded file is listed in, as far as it is known.
    fn where_listed(&self, job: &Job) -> Option<String> {
        let opened = self.opened(&job.account, job.scope.container())?;
        let name = match job.scope.segment() {
            None => opened.info().name.clone(),
            Some(id) => {
                let rows = opened.segments.list.rows().iter();
                let found = rows.filter_map(Entry::read).find(|it| it.id == *id);
                found?.name()
            }
        };
        Some(SafeText::prose(&name).into_string())
    }
}

/// Every job of this session, in the order they were added.
#[derive(Debug, Default)]
pub struct Transfers {
    pub jobs: Vec<Job>,
    pub meters: Meters,
}

/// What the strip at the lower right says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Strip {
    /// Jobs that are not cancelled.
    pub total: usize,
    pub done: usize,
    pub running: usize,
    pub queued: usize,
    /// Failed, in doubt or not listed.
    pub failed: usize,
    /// How far the run is.
    pub run: Total,
}

impl Transfers {
    /// Puts a job in, or its new state.
    pub fn put(&mut self, job: Job, now: Instant) -> Option<Job> {
        self.meters.put(&job, now);
        if let Some(known) = self.jobs.iter_mut().find(|known| known.id == job.id) {
            return Some(std::mem::replace(known, job));
        }
        self.jobs.push(job);
        None
    }

    /// Jobs that are not over.
    pub fn unfinished(&self) -> usize {
        self.jobs.iter().filter(|job| !job.state.is_over()).count()
    }

    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// The share that is through, 0 to 1.
    pub fn ratio(&self, job: &Job) -> f64 {
        match (&job.state, job.size) {
            (JobState::Done { .. }, _) => 1.0,
            (_, Some(size)) if size > 0 => share(self.meters.of(job).bytes, size),
            _ => 0.0,
        }
    }

    pub fn strip(&self) -> Strip {
        let mut strip = Strip {
            run: self.meters.total(),
            ..Strip::default()
        };
        for job in &self.jobs {
            match &job.state {
                JobState::Cancelled => continue,
                JobState::Queued | JobState::Waiting { .. } => strip.queued += 1,
                JobState::Running(_) => strip.running += 1,
                JobState::Done { .. } => strip.done += 1,
                JobState::Failed(_) | JobState::InDoubt(_) | JobState::Unlisted { .. } => {
                    strip.failed += 1;
                }
            }
            strip.total += 1;
        }
        strip
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share for a bar; nobody sees the 53rd bit"
)]
fn share(bytes: u64, of: u64) -> f64 {
    bytes as f64 / of as f64
}
