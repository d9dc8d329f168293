//! When the state needs a tick, and what the tick does. At rest there is no deadline.

use std::time::{Duration, Instant};

use super::State;
use super::effect::Effect;

/// How fast a spinner turns; also how often rates are drawn anew.
const SPIN: Duration = Duration::from_millis(120);
/// How long a begun chord waits for its next key: long enough to read its hints.
const CHORD: Duration = Duration::from_secs(4);
/// How long the first Ctrl-C waits for the second.
pub const INTERRUPT: Duration = Duration::from_secs(2);
/// How long the cursor rests before the assets of the segment under it are asked.
const FOLLOW: Duration = Duration::from_millis(220);
/// How long it rests before the marks of the segments in view are asked.
const MARKS: Duration = Duration::from_millis(300);
/// How long it rests before the details follow it. Longer than a held key's pace.
const REST: Duration = Duration::from_millis(120);
/// How long several finished uploads are waited for before their list is asked again.
const RELOAD: Duration = Duration::from_millis(150);
/// How often what counts down is counted.
const COUNT: Duration = Duration::from_secs(1);

/// How long it rests before a picture is fetched.
const PICTURE: Duration = Duration::from_millis(250);

/// Moments that a tick is needed at.
#[derive(Debug, Default)]
pub struct Timers {
    spin: Option<Instant>,
    chord: Option<Instant>,
    interrupt: Option<Instant>,
    follow: Option<Instant>,
    marks: Option<Instant>,
    reload: Option<Instant>,
    rest: Option<Instant>,
    count: Option<Instant>,
    picture: Option<Instant>,
}

impl Timers {
    pub fn spin(&mut self, now: Instant) {
        self.spin.get_or_insert(now + SPIN);
    }

    pub fn chord(&mut self, now: Option<Instant>) {
        self.chord = now.map(|now| now + CHORD);
    }

    pub fn interrupt(&mut self, now: Instant) {
        self.interrupt = Some(now + INTERRUPT);
    }

    /// A first Ctrl-C was pressed less than two seconds ago.
    pub fn interrupted(&self, now: Instant) -> bool {
        self.interrupt.is_some_and(|until| now < until)
    }

    pub fn follow(&mut self, now: Instant) {
        self.follow = Some(now + FOLLOW);
        self.marks = Some(now + MARKS);
    }

    pub fn followed(&mut self) {
        self.follow = None;
    }

    pub fn marks(&mut self, now: Instant) {
        self.marks = Some(now + MARKS);
    }

    pub fn rest(&mut self, now: Instant) {
        self.rest = Some(now + REST);
    }

    pub fn picture_again(&mut self, now: Instant) {
        self.picture.get_or_insert(now + PICTURE);
    }

    pub fn picture(&mut self, now: Option<Instant>) {
        self.picture = now.map(|now| now + PICTURE);
    }

    pub fn reload(&mut self, now: Instant) {
        self.reload = Some(now + RELOAD);
    }
}

/// Takes a moment away if it has come.
fn due(moment: &mut Option<Instant>, now: Instant) -> bool {
    let due = moment.is_some_and(|moment| moment <= now);
    if due {
        *moment = None;
    }
    due
}

impl State {
    /// When the next `Msg::Tick` is needed; `None` at rest.
    pub fn deadline(&self) -> Option<Instant> {
        let timers = &self.timers;
        let spin = timers.spin.filter(|_| self.moving());
        [
            spin,
            timers.chord,
            timers.interrupt,
            timers.follow,
            timers.marks,
            timers.reload,
            timers.rest,
            timers.count,
            timers.picture,
            self.notices.until(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Keeps the spinner's next turn in step with whether anything moves.
    pub(super) fn tend_spinner(&mut self, now: Instant) {
        if self.moving() {
            self.timers.spin(now);
        } else {
            self.timers.spin = None;
        }
    }

    /// Keeps what counts down on screen in step, a second at a time, and only while it is seen; the
    /// end of an account's pause changes the strip.
    pub(super) fn tend_count(&mut self, now: Instant) {
        let release = self.transfers.next_release(self.time);
        let counts = self.transfers.counts().waiting > 0 || release.is_some();
        let seen = self.transfers.open && (counts || self.transfers.elsewhere);
        let wanted = if seen {
            Some(now + COUNT)
        } else {
            release.map(|then| now + crate::domain::until(then, self.time))
        };
        self.timers.count = wanted.map(|at| self.timers.count.map_or(at, |set| set.min(at)));
    }

    pub(super) fn tick(&mut self, now: Instant) -> Vec<Effect> {
        if due(&mut self.timers.spin, now) {
            self.spinner = self.spinner.wrapping_add(1);
        }
        if due(&mut self.timers.chord, now) {
            self.pending.clear();
        }
        due(&mut self.timers.interrupt, now);
        self.transfers.meters.tick(now);
        if due(&mut self.timers.rest, now) {
            self.browse.held = None;
        }
        self.notices.expire(now);
        let mut effects = Vec::new();
        if due(&mut self.timers.follow, now) {
            effects.extend(self.show_segment(now));
        }
        if due(&mut self.timers.marks, now) {
            effects.extend(self.ask_marks(now));
        }
        if due(&mut self.timers.count, now) && self.transfers.open && self.transfers.elsewhere {
            effects.push(Effect::RefreshQueue);
        }
        if due(&mut self.timers.reload, now) {
            // What was sent may stand on a page that came before.
            effects.extend(self.load_assets_anew(now));
        }
        if due(&mut self.timers.picture, now) {
            effects.extend(self.ask_pictures());
        }
        effects
    }
}
