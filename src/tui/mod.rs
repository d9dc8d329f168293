//! The terminal: modes, signals, events, and the loop that turns them into frames.

pub mod ask;
mod copy;
mod event;
mod hangup;
mod ink;
mod keys;
mod means;
mod pace;
mod paper;
mod pen;
mod pictures;
pub mod report;
mod sources;
mod start;
mod terminal;
mod told;

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use self::ask::Asking;
use self::copy::Copying;
use self::hangup::Notice;
use self::keys::Heard;
use self::pace::Pace;
use self::report::Reporter;
use self::sources::{Came, Sources};
pub use self::start::{Exit, Opened, Start};
use self::terminal::Screen;
pub use self::terminal::TuiError;
use crate::app::key::Input;
pub use crate::app::keymap::Keymap;
use crate::app::modal::view::Tone;
use crate::app::msg::Signal;
use crate::app::{Effect, Msg, StartOptions, State};
use crate::domain::text::spell_in_ascii;
use crate::domain::{Looks, drill};
use crate::picture::Preference;
use crate::runtime::Runtime;
use crate::runtime::desktop::Place;
use crate::runtime::tmux::Tmux;
use crate::ui::theme::Theme;
use crate::ui::{ViewState, draw};

/// At most so many messages are taken between two frames.
const BATCH: usize = 256;
/// No two frames are closer than this.
const FRAME: Duration = Duration::from_millis(16);
/// How long leaving may take when a signal asked for it.
const HURRY: Duration = Duration::from_millis(1200);
/// The same when the terminal is gone and nothing is under way: what only signs out is not worth a
/// program that stays behind a lost line.
const AT_ONCE: Duration = Duration::from_millis(40);
/// The signal that tells of our own return may be this late.
const ECHO: Duration = Duration::from_millis(500);

/// Shows the screen until it is left. Must run on the main thread, inside a runtime with worker
/// threads; the terminal is given back whatever happens.
pub async fn run(start: Start) -> Result<Exit, TuiError> {
    let var = |name: &str| std::env::var(name).ok();
    terminal::check(var("TERM").as_deref())?;
    let theme = Theme::from_env(&start.looks, start.shape.ascii, var);
    if theme.ascii() {
        spell_in_ascii();
    }
    let (inbox, messages) = unbounded_channel();
    let reporter = Reporter::new(start.reports, var);
    let mut view = ViewState::new(theme, TimeZone::UTC);
    if ask::prints(var) {
        view.links.turn_off();
    }
    let mut screen = Screen::open(reporter.debt(), view.links.clone())?;
    let notices = hangup::watch(screen.restore())?;
    let (heard, events) = unbounded_channel();
    let reading = event::read(heard.clone())?;
    let size = screen.terminal.size()?;
    let now = Instant::now();
    let options = StartOptions {
        save_to: start.files_at.clone(),
        files_at: start.files_at,
        home: std::env::home_dir(),
        size: (size.width, size.height),
        ascii: theme.ascii(),
        desktop: matches!(Place::here(), Place::Desktop),
        patterns: start.patterns,
    };
    let mut state = State::new(start.connector.accounts(), options);
    state.time = Timestamp::now();
    state.pictures.on = start.pictures.enabled;
    state.keymap = start.keymap;
    let first = state.start(now);
    // Before the first request, and before the journal of transfers is open.
    paint(&mut screen, &state, &mut view, now)?;
    let (asking, questions) = Asking::begin(var);
    // Behind the frame, so that no terminal can hold it up.
    screen.aside(&questions)?;
    let mut sources = Sources::new(notices, messages, events);
    let opened = tokio::select! {
        opened = start.opening => opened.map_err(io::Error::other)?,
        Some(status) = sources.leave() => return Ok(Exit::Signalled(status)),
    };
    view.clock.zone = opened.zone;
    for msg in opened.recalled.0 {
        state.update(msg, now);
    }
    if let Some(notice) = opened.notice {
        state.notices.say(Tone::Plain, notice, now);
    }
    let mut tui = Tui {
        state,
        began: now,
        asking,
        tmux: None,
        pace: Pace::new(start.shape.slow),
        looks: start.looks,
        preference: start.pictures,
        view,
        runtime: Runtime::new(
            start.connector,
            opened.transfers,
            opened.index,
            start.program,
            inbox.clone(),
        ),
        inbox,
        heard,
        reporter,
        drawn: None,
        ticked: None,
        resumed: None,
    };
    // The window may have changed meanwhile.
    tui.resize(&screen, now)?;
    event::ask_tmux(tui.heard.clone());
    let exit = match tui.perform(first, &mut screen)? {
        Some(exit) => exit,
        None => tui.turn(&mut screen, &mut sources).await?,
    };
    if exit == Exit::Quit {
        tui.hear_out(&mut sources).await;
    }
    // Before the last calls, so that the user sees at once that the key was heard, and what is typed
    // meanwhile reaches the shell.
    drop(reading);
    drop(screen);
    let idle = tui.state.transfers.counts().running == 0;
    let goodbye = tui.runtime.shutdown();
    match exit {
        Exit::Quit => tokio::select! {
            () = goodbye => {}
            // Asked once more: without the wait.
            Some(_) = sources.leave() => {}
        },
        Exit::Signalled(status) => {
            let patience = if idle && status == hangup::STATUS {
                AT_ONCE
            } else {
                HURRY
            };
            let _ = tokio::time::timeout(patience, goodbye).await;
        }
    }
    Ok(exit)
}

struct Tui {
    state: State,
    began: Instant,
    tmux: Option<Tmux>,
    preference: Preference,
    pace: Pace,
    looks: Looks,
    /// What the terminal is asked, and what it told.
    asking: Asking,
    view: ViewState,
    runtime: Runtime,
    inbox: UnboundedSender<Msg>,
    heard: UnboundedSender<Vec<Heard>>,
    reporter: Reporter,
    /// When the last frame was drawn.
    drawn: Option<Instant>,
    /// When the state last had a tick.
    ticked: Option<Instant>,
    /// When we last came back from a suspension of our own.
    resumed: Option<Instant>,
}

impl Tui {
    async fn turn(&mut self, screen: &mut Screen, sources: &mut Sources) -> Result<Exit, TuiError> {
        // When what has changed since the last frame has to be on the screen.
        let mut due = Some(Instant::now());
        loop {
            let at_once = self.state.unfinished().then(Instant::now);
            let wake = [due, self.deadline(), at_once].into_iter().flatten().min();
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
                let changed = !matches!(one, Came::Deadline) || works || self.ticks(now);
                if let Some(exit) = self.take(one, screen, now)? {
                    return Ok(exit);
                }
                if changed {
                    let at = self.drawn.map_or(now, |drawn| drawn + wait);
                    due = Some(due.map_or(at, |due| due.min(at)));
                }
                left -= 1;
                came = if left > 0 { sources.ready() } else { None };
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
    fn tell(&mut self, msg: Msg, now: Instant) {
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
                screen.reopen()?;
                self.resize(screen, now)?;
                Msg::Signal(Signal::Resumed)
            }
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
    fn perform(
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
                        self.resize(screen, now)?;
                    } else {
                        let text = "There is no shell to go back to; q leaves";
                        self.state.notices.say(Tone::Warning, text, Instant::now());
                    }
                }
                Effect::Copy { text, what } => self.copy(screen, Copying { text, what }, true)?,
                effect => self.runtime.run(effect),
            }
        }
        Ok(None)
    }

    /// Tells the state the terminal's size of now. A new size asks nothing of the terminal, so its
    /// effects are the runtime's.
    fn resize(&mut self, screen: &Screen, now: Instant) -> Result<(), TuiError> {
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

/// Shows the state.
fn paint(
    screen: &mut Screen,
    state: &State,
    view: &mut ViewState,
    now: Instant,
) -> Result<(), TuiError> {
    drill::point("draw");
    view.clock.now = Timestamp::now();
    let wanted = screen.terminal.backend().pictures.wanted.clone();
    screen.terminal.draw(|frame| {
        draw(frame, state, view, now);
        wanted.set(view.pictures.clone());
    })?;
    let farewell = screen.terminal.backend().pictures.farewell();
    screen.restore().farewell(farewell);
    Ok(())
}

/// It only makes something turn or count.
const fn calm(came: &Came) -> bool {
    matches!(
        came,
        Came::Deadline | Came::Msg(Msg::Progress { .. } | Msg::Tick)
    )
}
