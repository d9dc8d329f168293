//! The loop: takes what came, carries out what that asks of the terminal, and draws.

use std::time::{Duration, Instant};

use crossterm::event::Event;
use jiff::Timestamp;

use super::copy::Copying;
use super::hangup::Notice;
use super::keys::Heard;
use super::sources::{Came, Sources};
use super::terminal::{self, Screen, TuiError};
use super::{Exit, Tui, event, paint};
use crate::app::key::Input;
use crate::app::modal::view::Tone;
use crate::app::{Effect, Msg};
use crate::domain::drill;

/// At most so many messages are taken between two frames.
const BATCH: usize = 256;
/// No two frames are closer than this.
const FRAME: Duration = Duration::from_millis(16);
/// While rows are looked at beside the keys, none but the first frame and the last are closer than this: what is in
/// between only counts.
const COUNTS: Duration = Duration::from_millis(50);
/// The signal that tells of our own return may be this late.
const ECHO: Duration = Duration::from_millis(500);
/// Woken behind a shell, the signal to leave that woke us may be this late.
const BEHIND: Duration = Duration::from_millis(200);

impl Tui {
    pub(super) async fn turn(
        &mut self,
        screen: &mut Screen,
        sources: &mut Sources,
    ) -> Result<Exit, TuiError> {
        // When what has changed since the last frame has to be on the screen.
        let mut due = Some(Instant::now());
        loop {
            let at_once = self.state.unfinished().then(Instant::now);
            let wake = match self.behind {
                None => [due, self.deadline(), at_once].into_iter().flatten().min(),
                until => until,
            };
            let mut came = Some(sources.next(wake).await);
            let mut left = BATCH;
            while let Some(one) = came {
                let now = Instant::now();
                let works = matches!(one, Came::Deadline) && self.state.unfinished();
                let wait = if calm(&one) && !works {
                    self.pace.pulse(now)
                } else {
                    FRAME
                };
                let back = self.behind.is_some();
                let changed = !matches!(one, Came::Deadline) || works || back || self.ticks(now);
                if let Some(exit) = self.take(one, screen, now)? {
                    return Ok(exit);
                }
                if changed {
                    let counts = works && self.state.unfinished();
                    let wait = if counts { COUNTS } else { wait };
                    let at = self.drawn.map_or(now, |drawn| drawn + wait);
                    due = Some(due.map_or(at, |due| due.min(at)));
                }
                left -= 1;
                came = if left > 0 { sources.ready() } else { None };
            }
            if self.behind.is_some() {
                continue;
            }
            let now = Instant::now();
            if due.is_some_and(|due| due <= now) {
                self.frame(screen, now)?;
                due = None;
            }
            let aside = self.reporter.tell(&self.state.transfers.run(), now);
            if !aside.is_empty() {
                screen.aside(&aside)?;
            }
        }
    }

    /// Tells the state something whose effects ask nothing of the terminal.
    pub(super) fn tell(&mut self, msg: Msg, now: Instant) {
        for effect in self.state.update(msg, now) {
            self.runtime.run(effect);
        }
    }

    /// When the state wants its next tick; never so soon after the last one that a deadline which
    /// does not move could take a processor.
    fn deadline(&self) -> Option<Instant> {
        let wanted = self.state.deadline()?;
        Some(
            self.ticked
                .map_or(wanted, |ticked| wanted.max(ticked + FRAME)),
        )
    }

    fn ticks(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|at| at <= now)
    }

    fn take(
        &mut self,
        came: Came,
        screen: &mut Screen,
        now: Instant,
    ) -> Result<Option<Exit>, TuiError> {
        let msg = match came {
            Came::Notice(Notice::Leave(status)) => return Ok(Some(Exit::Signalled(status))),
            Came::Notice(Notice::Suspend) => return self.perform(vec![Effect::Suspend], screen),
            Came::Notice(Notice::Resumed) => {
                if self.resumed.take().is_some_and(|at| now < at + ECHO) {
                    return Ok(None);
                }
                // Stopped from outside, with the modes of whoever had the terminal meanwhile.
                self.come_back(screen, now)?;
                return Ok(None);
            }
            Came::Notice(Notice::Resized) if self.behind.is_some() => return Ok(None),
            Came::Notice(Notice::Resized) => {
                // Also when the size is what it was: in between, the terminal may have cut and
                // wrapped what stood there.
                screen.forget()?;
                self.resize(screen, now)?;
                return Ok(None);
            }
            Came::Deaf | Came::Heard(Heard::Deaf) => return Err(TuiError::Deaf),
            Came::Msg(msg) => msg,
            Came::Heard(Heard::Event(event @ (Event::FocusGained | Event::FocusLost))) => {
                self.reporter.turned_to(event == Event::FocusGained);
                return Ok(None);
            }
            Came::Heard(Heard::Event(event)) => match event::input(event, &mut self.view) {
                Some(input) => {
                    drill::point("input");
                    Msg::Input(input)
                }
                None => return Ok(None),
            },
            Came::Heard(Heard::Answer(answer)) => {
                self.answered(answer, screen, now)?;
                return Ok(None);
            }
            Came::Heard(Heard::NotCopied(copying)) => {
                self.copy(screen, copying, false)?;
                return Ok(None);
            }
            Came::Heard(Heard::Tmux(tmux)) => {
                self.tmux = Some(tmux);
                self.know(screen, now);
                return Ok(None);
            }
            Came::Deadline if self.behind.take().is_some() => {
                if !terminal::in_front() {
                    Screen::stop_behind()?;
                }
                self.come_back(screen, Instant::now())?;
                return Ok(None);
            }
            Came::Deadline if self.ticks(now) => {
                self.ticked = Some(now);
                Msg::Tick
            }
            Came::Deadline if self.state.unfinished() => Msg::GoOn,
            Came::Deadline => return Ok(None),
        };
        self.state.time = Timestamp::now();
        let effects = self.state.update(msg, now);
        self.perform(effects, screen)
    }

    /// Carries effects out: those of the terminal here, the others by the runtime.
    pub(super) fn perform(
        &mut self,
        effects: Vec<Effect>,
        screen: &mut Screen,
    ) -> Result<Option<Exit>, TuiError> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(Some(Exit::Quit)),
                Effect::Redraw => screen.forget()?,
                Effect::Mouse(on) => screen.mouse(on)?,
                Effect::Suspend => {
                    if screen.suspend()? {
                        let now = Instant::now();
                        self.resumed = Some(now);
                        self.come_back(screen, now)?;
                    } else {
                        let leaves = self.state.keymap.says("; ", "quit", "leaves");
                        let text = format!("There is no shell to go back to{leaves}");
                        self.state.notices.say(Tone::Warning, text, Instant::now());
                    }
                }
                Effect::Copy { text, what } => self.copy(screen, Copying { text, what }, true)?,
                effect => self.runtime.run(effect),
            }
        }
        Ok(None)
    }

    /// We were stopped and go on: takes the terminal over, unless a shell has it. It may have woken us
    /// only to be ended.
    fn come_back(&mut self, screen: &mut Screen, now: Instant) -> Result<(), TuiError> {
        if terminal::in_front() {
            self.behind = None;
            screen.reopen()?;
            self.resize(screen, now)
        } else {
            self.behind = Some(now + BEHIND);
            Ok(())
        }
    }

    /// Tells the state the terminal's size of now. A new size asks nothing of the terminal, so its
    /// effects are the runtime's.
    pub(super) fn resize(&mut self, screen: &Screen, now: Instant) -> Result<(), TuiError> {
        let size = screen.terminal.size()?;
        self.tell(Msg::Input(Input::Resize(size.width, size.height)), now);
        // A font of another size is a new size, too.
        self.know(screen, now);
        Ok(())
    }

    fn frame(&mut self, screen: &mut Screen, now: Instant) -> Result<(), TuiError> {
        paint(screen, &self.state, &mut self.view, now)?;
        if self.state.pictures.room != self.view.picture_room {
            self.tell(Msg::PictureRoom(self.view.picture_room), now);
        }
        if self.pace.took(screen.terminal.backend().took(), now) {
            let text = "This line is slow: what moves is drawn twice a second; --slow says so from the start";
            self.state.notices.say(Tone::Plain, text, now);
        }
        self.drawn = Some(Instant::now());
        Ok(())
    }
}

/// It only makes something turn or count.
const fn calm(came: &Came) -> bool {
    matches!(
        came,
        Came::Deadline | Came::Msg(Msg::Progress { .. } | Msg::Tick)
    )
}
