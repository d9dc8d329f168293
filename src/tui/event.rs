//! The terminal's events on their way to the model: what we use survives, the rest is dropped here.

use std::io::{self, PipeReader, PipeWriter};
use std::thread;
use std::time::Duration;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use tokio::sync::mpsc::UnboundedSender;

use super::hangup::{Tty, Waited};
use super::keys::{Heard, Keys};
use super::terminal::in_front;
use crate::app::key::{Code, Input, Key, MouseInput};
use crate::domain::drill;
use crate::runtime::tmux::Tmux;
use crate::ui::ViewState;

/// Between two looks whether the terminal is ours again.
const BEHIND: Duration = Duration::from_millis(20);

/// Reads the terminal until it is dropped: what is typed from then on is for whoever has the terminal
/// next, a shell mostly.
pub struct Reading {
    /// Its end is what the thread sees.
    _held: PipeWriter,
}

/// Begins to read what the terminal sends, in a thread of its own: reading blocks.
pub fn read(sender: UnboundedSender<Vec<Heard>>) -> io::Result<Reading> {
    let tty = Tty::input()?;
    let (over, held) = io::pipe()?;
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            let last = LastWord(&sender);
            read_all(&tty, &over, last.0);
        })?;
    Ok(Reading { _held: held })
}

/// Says that nobody reads any more, however that came about.
struct LastWord<'a>(&'a UnboundedSender<Vec<Heard>>);

impl Drop for LastWord<'_> {
    fn drop(&mut self) {
        let _ = self.0.send(vec![Heard::Deaf]);
    }
}

/// Asks the tmux around us, if there is one, in a thread of its own: it may take its time.
pub fn ask_tmux(sender: UnboundedSender<Vec<Heard>>) {
    let var = |name: &str| std::env::var(name).ok();
    if var("TMUX").is_none_or(|it| it.is_empty()) {
        return;
    }
    let started = thread::Builder::new()
        .name("tmux".to_owned())
        .spawn(move || {
            if let Some(tmux) = Tmux::ask(var) {
                let _ = sender.send(vec![Heard::Tmux(tmux)]);
            }
        });
    if let Err(error) = started {
        tracing::warn!(%error, "no thread to ask tmux");
    }
}

fn read_all(tty: &Tty, over: &PipeReader, sender: &UnboundedSender<Vec<Heard>>) {
    let mut keys = Keys::default();
    let mut bytes = [0; 4096];
    loop {
        let mut heard = Vec::new();
        match tty.wait(keys.patience(), over) {
            Waited::Over | Waited::Gone => return,
            Waited::Nothing => keys.give_up(|one| heard.push(one)),
            // It is for the shell in front of us; reading it would stop us.
            Waited::Input if !in_front() => thread::sleep(BEHIND),
            Waited::Input => match tty.read(&mut bytes) {
                Ok(length) => {
                    drill::point("keys");
                    let bytes = bytes.get(..length).unwrap_or_default();
                    keys.feed(bytes, |one| heard.push(one));
                }
                Err(_) => return,
            },
        }
        // In one piece, so that keys that came at once are one frame.
        if !heard.is_empty() && sender.send(heard).is_err() {
            return;
        }
    }
}

/// What an event means to the model; `None` for those it does not know. The terminal's size comes
/// another way.
pub fn input(event: Event, view: &mut ViewState) -> Option<Input> {
    match event {
        Event::Key(key) => self::key(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Mouse(mouse) => self::mouse(mouse, view).map(Input::Mouse),
        // Heard by who tells of the end of transfers.
        Event::FocusGained | Event::FocusLost | Event::Resize(..) => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    // A held key repeats as presses do.
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
    if !known.contains(event.modifiers) {
        return None;
    }
    let code = match event.code {
        KeyCode::Char(c) if c.is_control() => return None,
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::F(number) => Code::F(number),
        _ => return None,
    };
    let key = Key {
        code,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        alt: event.modifiers.contains(KeyModifiers::ALT),
        shift: event.modifiers.contains(KeyModifiers::SHIFT),
    };
    Some(key.normal())
}

fn mouse(event: MouseEvent, view: &mut ViewState) -> Option<MouseInput> {
    let hit = view.hit(event.column, event.row);
    match event.kind {
        MouseEventKind::Drag(MouseButton::Left) => {
            return view.dragged(event.column).map(MouseInput::Drag);
        }
        MouseEventKind::Down(MouseButton::Left) => view.grab(hit.map(|(target, _)| target)),
        MouseEventKind::Up(_) => view.grab(None),
        _ => {}
    }
    let (target, row) = hit?;
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(MouseInput::Click { target, row }),
        MouseEventKind::ScrollUp => Some(MouseInput::Wheel {
            target,
            down: false,
        }),
        MouseEventKind::ScrollDown => Some(MouseInput::Wheel { target, down: true }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEventState;

    fn press(code: KeyCode, modifiers: KeyModifiers, kind: KeyEventKind) -> Option<String> {
        let event = KeyEvent {
            code,
            modifiers,
            kind,
            state: KeyEventState::NONE,
        };
        key(event).map(|key| key.to_string())
    }

    #[test]
    fn keys_come_in_one_spelling() {
        let press = |code, modifiers| press(code, modifiers, KeyEventKind::Press);
        let char = |c| KeyCode::Char(c);
        assert_eq!(press(char('G'), KeyModifiers::SHIFT).unwrap(), "G");
        assert_eq!(press(char('D'), KeyModifiers::CONTROL).unwrap(), "C-d");
        assert_eq!(press(KeyCode::Tab, KeyModifiers::SHIFT).unwrap(), "S-Tab");
        assert_eq!(
            press(KeyCode::BackTab, KeyModifiers::SHIFT).unwrap(),
            "S-Tab"
        );
        assert_eq!(press(char('q'), KeyModifiers::SUPER), None);
        assert_eq!(press(char('\u{7}'), KeyModifiers::NONE), None);
        assert_eq!(press(KeyCode::Null, KeyModifiers::NONE), None);
    }

    #[test]
    fn a_release_is_no_key_and_a_repeat_is_one() {
        let held = |kind| press(KeyCode::Char('j'), KeyModifiers::NONE, kind);
        assert_eq!(held(KeyEventKind::Release), None);
        assert_eq!(held(KeyEventKind::Repeat).unwrap(), "j");
    }
}
