//! How far transfers are: bytes, rate and time left, of each and of a run of them. Nothing here
//! reads a clock.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::job::{Direction, Job, JobId, JobState};

/// The rate is a mean over this long; what has not moved for as long has no rate.
const WINDOW: Duration = Duration::from_secs(6);
/// Counts that come closer together than this are one sample.
const GRAIN: Duration = Duration::from_millis(200);
/// No rate is told of less than this.
const SHORTEST: Duration = Duration::from_millis(500);
/// What takes longer has no time left that would mean anything.
const LONGEST: Duration = Duration::from_hours(100);

/// The rate of one count that grows.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    /// The newest stands last; the first may be older than the window.
    samples: VecDeque<(Instant, u64)>,
    latest: Option<(Instant, u64)>,
}

impl Meter {
    /// Takes the count as it is now. A smaller one is a new try, and a time before the last one
    /// counts as that.
    pub fn put(&mut self, count: u64, now: Instant) {
        let now = match self.latest {
            Some((at, before)) => {
                if count < before {
                    self.samples.clear();
                } else if count > before && now.saturating_duration_since(at) > WINDOW {
                    // It goes on after it stood still: the pause says nothing of the rate to come.
                    self.samples.clear();
                }
                now.max(at)
            }
            None => now,
        };
        self.latest = Some((now, count));
        let last = self.samples.back();
        if last.is_none_or(|(at, _)| now.duration_since(*at) >= GRAIN) {
            self.samples.push_back((now, count));
        }
        let left_behind = |(at, _): &(Instant, u64)| now.duration_since(*at) >= WINDOW;
        while self.samples.get(1).is_some_and(left_behind) {
            self.samples.pop_front();
        }
    }

    /// The last count.
    pub fn count(&self) -> u64 {
        self.latest.map_or(0, |(_, count)| count)
    }

    /// Bytes a second; `None` at the beginning and when nothing moved for a while.
    pub fn rate(&self, now: Instant) -> Option<u64> {
        let latest = self.latest?;
        let (at, count) = latest;
        let now = now.max(at);
        let inside = |at: Instant| now.duration_since(at) < WINDOW;
        // From the last sample before the window, else from the first in it.
        let before = self.samples.iter().rev().find(|(at, _)| !inside(*at));
        let still = Some(&latest).filter(|_| !inside(at));
        let (since, base) = still.or(before).or(self.samples.front())?;
        let span = now.duration_since(*since);
        if span < SHORTEST {
            return None;
        }
        let moved = u128::from(count.saturating_sub(*base));
        let rate = moved * 1_000_000_000 / span.as_nanos();
        u64::try_from(rate).ok().filter(|rate| *rate > 0)
    }
}

/// How long the rest takes at this rate, in whole seconds; `None` when that cannot be said. Where no byte
/// is left it is the service that is waited for, of which no rate tells.
fn time_left(rest: u64, rate: Option<u64>) -> Option<Duration> {
    let rate = rate.filter(|rate| *rate > 0 && rest > 0)?;
    let left = Duration::from_secs(rest.div_ceil(rate));
    Some(left).filter(|left| *left <= LONGEST)
}

/// How far one transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gauge {
    pub bytes: u64,
    /// `None` when it is not known.
    pub size: Option<u64>,
    /// Bytes a second.
    pub rate: Option<u64>,
    pub left: Option<Duration>,
}

/// How far a run of transfers is. Those that failed or were cancelled are not part of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// All of the run.
    pub files: usize,
    pub running: usize,
    /// Queued, paused, or before another try.
    pub waiting: usize,
    pub done: usize,
    /// Failed, in doubt or not listed.
    pub failed: usize,
    pub cancelled: usize,
    /// Those that are not over, by direction.
    pub going_up: usize,
    pub going_down: usize,
    pub bytes: u64,
    /// Of so many, as far as sizes are known.
    pub of: u64,
    /// Transfers that are not over and whose size is not known.
    pub unsized_files: usize,
    /// Bytes a second.
    pub rate: Option<u64>,
    pub left: Option<Duration>,
}

impl Total {
    /// Nothing more will happen by itself.
    pub const fn is_over(&self) -> bool {
        self.running == 0 && self.waiting == 0
    }

    /// Which ways the rest goes.
    pub const fn arrows(&self) -> &'static str {
        match (self.going_up, self.going_down) {
            (_, 0) => "↑",
            (0, _) => "↓",
            _ => "↑↓",
        }
    }

    /// Whole per cent of the bytes: 100 only when all is over, `None` when some sizes are not known
    /// or there are no bytes.
    pub fn percent(&self) -> Option<u8> {
        if self.unsized_files > 0 || self.of == 0 {
            return None;
        }
        let share = u128::from(self.bytes) * 100 / u128::from(self.of);
        let most = if self.is_over() { 100 } else { 99 };
        Some(u8::try_from(share).unwrap_or(most).min(most))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl Part {
    const fn of(state: &JobState) -> Self {
        match state {
            JobState::Queued | JobState::Waiting { .. } => Self::Waiting,
            JobState::Running(_) => Self::Running,
            JobState::Done { .. } => Self::Done,
            JobState::Failed(_) | JobState::InDoubt(_) | JobState::Unlisted { .. } => Self::Failed,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

/// What one transfer adds to the total.
#[derive(Debug, Clone, Copy)]
struct Share {
    part: Part,
    direction: Direction,
    bytes: u64,
    size: Option<u64>,
}

/// Every transfer of a run, which begins with the first that is added while none is under way, and
/// lasts until the next one begins.
#[derive(Debug, Clone, Default)]
pub struct Meters {
    shares: HashMap<JobId, Share>,
    /// Of those that run.
    each: HashMap<JobId, Meter>,
    total: Total,
    /// All that moved, again and again where there were several tries.
    moved: u64,
    whole: Meter,
    now: Option<Instant>,
}

impl Meters {
    /// Takes a transfer in, or its new state. One that is over already when it is first seen is not
    /// part of the run.
    pub fn put(&mut self, job: &Job, now: Instant) {
        let now = self.tick(now);
        let part = Part::of(&job.state);
        let known = self.shares.get(&job.id).copied();
        if known.is_none() && job.state.is_over() {
            return;
        }
        if self.total.is_over() && !job.state.is_over() {
            self.begin(now);
        }
        let before = self.shares.get(&job.id).copied();
        let bytes = match part {
            Part::Running => before.map_or(0, |before| before.bytes),
            Part::Done => job.size.or(before.map(|it| it.bytes)).unwrap_or(0),
            Part::Waiting | Part::Failed | Part::Cancelled => 0,
        };
        if part == Part::Running {
            let meter = self.each.entry(job.id).or_default();
            if meter.count() == 0 {
                // Asking for a link is no part of the time that the bytes take.
                *meter = Meter::default();
                meter.put(0, now);
            }
        } else {
            self.each.remove(&job.id);
        }
        let share = Share {
            part,
            direction: job.direction,
            bytes,
            size: job.size,
        };
        self.replace(job.id, before, share, now);
    }

    /// Counts bytes of a transfer that runs; a smaller number is a new try.
    pub fn bytes(&mut self, id: JobId, bytes: u64, now: Instant) {
        let now = self.tick(now);
        let Some(before) = self.shares.get(&id).copied() else {
            return;
        };
        if before.part != Part::Running {
            return;
        }
        self.each.entry(id).or_default().put(bytes, now);
        self.replace(id, Some(before), Share { bytes, ..before }, now);
    }

    /// Lets time go on, which ends the rate of what stands still. Answers with the latest moment
    /// that was ever told.
    pub fn tick(&mut self, now: Instant) -> Instant {
        let now = self.now.map_or(now, |before| before.max(now));
        self.now = Some(now);
        now
    }

    /// How far a transfer is.
    pub fn of(&self, job: &Job) -> Gauge {
        let bytes = self.shares.get(&job.id).map_or(0, |share| share.bytes);
        let meter = self.each.get(&job.id);
        let rate = meter.zip(self.now).and_then(|(it, now)| it.rate(now));
        let left = job
            .size
            .filter(|_| meter.is_some())
            .and_then(|size| time_left(size.saturating_sub(bytes), rate));
        Gauge {
            bytes,
            size: job.size,
            rate,
            left,
        }
    }

    /// How far the run is.
    pub fn total(&self) -> Total {
        let mut total = self.total;
        if total.is_over() {
            return total;
        }
        total.rate = self.now.and_then(|now| self.whole.rate(now));
        if total.unsized_files == 0 {
            total.left = time_left(total.of.saturating_sub(total.bytes), total.rate);
        }
        total
    }

    fn begin(&mut self, now: Instant) {
        *self = Self {
            now: self.now,
            ..Self::default()
        };
        self.whole.put(0, now);
    }

    fn replace(&mut self, id: JobId, before: Option<Share>, share: Share, now: Instant) {
        if let Some(before) = before {
            self.add(before, false);
        }
        self.add(share, true);
        self.shares.insert(id, share);
        let gone = before.map_or(0, |before| before.bytes);
        self.moved = self.moved.saturating_add(share.bytes.saturating_sub(gone));
        self.whole.put(self.moved, now);
    }

    /// Adds a share to the total, or takes it away.
    fn add(&mut self, share: Share, more: bool) {
        let count = |number: &mut usize| {
            *number = if more {
                number.saturating_add(1)
            } else {
                number.saturating_sub(1)
            };
        };
        let sum = |number: &mut u64, by: u64| {
            *number = if more {
                number.saturating_add(by)
            } else {
                number.saturating_sub(by)
            };
        };
        let total = &mut self.total;
        count(&mut total.files);
        count(match share.part {
            Part::Waiting => &mut total.waiting,
            Part::Running => &mut total.running,
            Part::Done => &mut total.done,
            Part::Failed => &mut total.failed,
            Part::Cancelled => &mut total.cancelled,
        });
        if matches!(share.part, Part::Waiting | Part::Running) {
            count(match share.direction {
                Direction::Up => &mut total.going_up,
                Direction::Down => &mut total.going_down,
            });
        }
        match share.part {
            Part::Failed | Part::Cancelled => {}
            part => {
                sum(&mut total.bytes, share.bytes);
                sum(&mut total.of, share.size.unwrap_or(share.bytes));
                if share.size.is_none() && part != Part::Done {
                    count(&mut total.unsized_files);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
