//! What the queue tells: what a job's end changes in the lists, and what is said of it.

use std::sync::Arc;
use std::time::Instant;

use crate::app::State;
use crate::app::effect::Effect;
use crate::app::modal::doubt::DoubtSheet;
use crate::app::modal::left::LeftSheet;
use crate::app::modal::view::Tone;
use crate::domain::SafeText;
use crate::transfer::job::{Direction, Job, JobId, JobState};
use crate::transfer::stopped_words;

impl State {
    /// So many files did not come into the queue.
    pub(crate) fn on_refused(&mut self, count: usize, reason: &str, now: Instant) {
        let files = if count == 1 { "file" } else { "files" };
        let reason = SafeText::prose(reason);
        let text = format!("{count} {files} could not be queued: {reason}");
        self.notices.say(Tone::Bad, text, now);
    }

    /// How the queue stands, told at the start and when it was looked at again. What earlier runs
    /// left is offered once; it is no news.
    pub(crate) fn on_queue(
        &mut self,
        jobs: Vec<Arc<Job>>,
        left: &[JobId],
        works: bool,
        now: Instant,
    ) -> Vec<Effect> {
        let first = !jobs.is_empty();
        for job in jobs {
            self.transfers.put(job, now);
        }
        self.transfers.leave(left);
        let gone = self.transfers.elsewhere && works;
        self.transfers.elsewhere = !works;
        if gone {
            let text = "The other assetdeck is gone: this one works on the transfers now";
            self.notices.say(Tone::Plain, text, now);
        }
        if first && works && !left.is_empty() {
            if self.is_idle() {
                let sheet = LeftSheet::new(self, now);
                self.open_modal(sheet);
            } else {
                let text = format!(
                    "{} of an earlier run are not finished{}",
                    left.len(),
                    self.keymap.says("; ", "transfers", "shows them")
                );
                self.notices.say(Tone::Plain, text, now);
            }
        }
        Vec::new()
    }

    /// The process that works on the queue was stopped, or goes on.
    pub(crate) fn on_worker_stopped(&mut self, process: Option<u32>, now: Instant) -> Vec<Effect> {
        self.transfers.stopped = process;
        if let Some(process) = process {
            let text = format!("Another assetdeck {}", stopped_words(process));
            self.notices.say(Tone::Warning, text, now);
        }
        Vec::new()
    }

    /// Nothing is open or begun that a sheet could take keys from.
    fn is_idle(&self) -> bool {
        self.modals.is_empty() && self.filtering.is_none() && self.pending.is_empty()
    }

    /// A file whose outcome only the user can settle: asked at once where nothing else is going on.
    fn offer(&mut self, job: &Job, now: Instant) {
        if self.is_idle() {
            self.open_modal(DoubtSheet::new(job.id, now));
        }
    }

    /// A job was added or changed: when it ends, the lists it touches are asked again, and what
    /// happened is said.
    pub(crate) fn on_job(&mut self, job: &Arc<Job>, now: Instant) -> Vec<Effect> {
        let before = self.transfers.put(Arc::clone(job), now);
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
                    text = format!("{text}. But: {}", SafeText::sentence(warning));
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
                let shows = self.keymap.says(". ", "transfers", "shows it");
                let again = self
                    .keymap
                    .says(", ", "transfer-retry", "there tries again");
                let again = if shows.is_empty() {
                    String::new()
                } else {
                    again
                };
                if let Some(message) = self.notices.all.back_mut() {
                    message.text = format!("{name}: {error}{shows}{again}");
                }
            }
            JobState::InDoubt(error) => {
                self.notices.fail(error, now);
                let shows = self.keymap.says("; ", "transfers", "shows it");
                if let Some(message) = self.notices.all.back_mut() {
                    message.text =
                        format!("{name}: the answer was lost, so it may be there or not{shows}");
                }
                self.offer(job, now);
            }
            JobState::Unlisted { reason } => {
                let reason = SafeText::prose(reason);
                let text = format!("{name} was sent, but {reason}");
                self.notices.say(Tone::Bad, text, now);
                self.offer(job, now);
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
                let rows = opened.segments.list.rows();
                rows.one(id.as_str())?.name()
            }
        };
        Some(SafeText::prose(&name).into_string())
    }
}
