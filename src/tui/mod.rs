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
mod turn;

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use self::ask::Asking;
pub use self::hangup::{LastResort, PATIENCE, endings};
use self::keys::Heard;
use self::pace::Pace;
use self::report::Reporter;
use self::sources::Sources;
pub use self::start::{Exit, Opened, Start};
use self::terminal::Screen;
pub use self::terminal::{TuiError, has_shell, in_a_moment};
pub use crate::app::keymap::Keymap;
use crate::app::modal::view::Tone;
use crate::app::{Msg, StartOptions, State};
use crate::domain::text::spell_in_ascii;
use crate::domain::{Looks, drill};
use crate::picture::Preference;
use crate::runtime::Runtime;
use crate::runtime::desktop::Place;
use crate::runtime::tmux::Tmux;
use crate::ui::theme::Theme;
use crate::ui::{ViewState, draw};

/// How long leaving may take when a signal asked for it.
const HURRY: Duration = Duration::from_millis(1200);
/// The same when the terminal is gone and nothing is under way: what only signs out is not worth a
/// program that stays behind a lost line.
const AT_ONCE: Duration = Duration::from_millis(40);

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
    let mut screen = Screen::open(reporter.debt(), view.links.clone(), !start.shape.no_mouse)?;
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
        usuals: start.usuals,
    };
    let mut state = State::new(start.connector.accounts(), options);
    state.time = Timestamp::now();
    state.pictures.on = start.pictures.enabled;
    state.mouse = !start.shape.no_mouse;
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
        behind: None,
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
    /// The terminal is a shell's and nothing may touch it; we are stopped then, unless it comes to us.
    behind: Option<Instant>,
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
