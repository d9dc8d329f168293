//! The terminal's events on their way to the model: what we use survives, the rest is dropped here.

use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::hangup::{Tty, wait};
use crate::app::key::{Code, Input, Key, MouseInput};
use crate::ui::ViewState;

/// The largest paste that is taken, in bytes; what exceeds it is no list of files any more.
const LARGEST_PASTE: usize = 1 << 20;
/// An answer's pieces come closer together than keys do.
const ANSWER: Duration = Duration::from_millis(50);
/// How long crossterm may look for the rest of what has just come.
const REST: Duration = Duration::from_millis(1);

/// Begins to read keys, in a thread of its own: reading blocks.
pub fn read() -> std::io::Result<UnboundedReceiver<Event>> {
    let (sender, receiver) = unbounded_channel();
    let tty = Tty::input()?;
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || read_all(&tty, &sender))?;
    Ok(receiver)
}

/// Waits for input ourselves and lets crossterm read only when there is some: on a terminal that is
/// gone its own waiting never ends and takes a whole processor.
fn read_all(tty: &Tty, sender: &UnboundedSender<Event>) {
    let mut answers = Answers::default();
    while wait(tty, true) {
        while let Ok(true) = crossterm::event::poll(REST) {
            let Ok(event) = crossterm::event::read() else {
                return;
            };
            if !answers.holds(&event, Instant::now()) && sender.send(event).is_err() {
                return;
            }
        }
    }
}

/// Terminals answer questions, of whatever program ran before us, as if keys were typed. crossterm
/// takes the beginning of such a string for Alt with a key and gives the rest as plain keys.
#[derive(Debug, Default)]
struct Answers {
    /// When the last piece of a string came that has not ended yet.
    inside: Option<Instant>,
}

impl Answers {
    /// The event is part of a terminal's answer.
    fn holds(&mut self, event: &Event, now: Instant) -> bool {
        let Event::Key(key) = event else {
            return false;
        };
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let inside = self.inside.is_some_and(|at| now < at + ANSWER);
        self.inside = match key.code {
            // ESC ] and ESC P, _, ^, X begin a string; ESC \ and BEL end it.
            KeyCode::Char(']' | 'P' | '_' | '^' | 'X') if alt => Some(now),
            KeyCode::Char('\\') if alt => None,
            KeyCode::Char('g') if key.modifiers == KeyModifiers::CONTROL && inside => None,
            _ if inside => Some(now),
            _ => {
                self.inside = None;
                return false;
            }
        };
        true
    }
}

/// What an event means to the model; `None` for those it does not know. The terminal's size comes
/// another way.
pub fn input(event: Event, view: &ViewState) -> Option<Input> {
    match event {
        Event::Key(key) => self::key(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(paste(text))),
        Event::Mouse(mouse) => self::mouse(mouse, view).map(Input::Mouse),
        Event::FocusGained => Some(Input::FocusGained),
        Event::FocusLost => Some(Input::FocusLost),
        Event::Resize(..) => None,
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

fn paste(mut text: String) -> String {
    if text.len() > LARGEST_PASTE {
        let end = (0..=LARGEST_PASTE)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default();
        text.truncate(end);
    }
    text
}

fn mouse(event: MouseEvent, view: &ViewState) -> Option<MouseInput> {
    let (target, row) = view.hit(event.column, event.row)?;
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

    #[test]
    fn an_answer_of_the_terminal_is_no_key() {
        let mut answers = Answers::default();
        let begun = Instant::now();
        let mut kept = |code, modifiers, after: u64| {
            let event = Event::Key(KeyEvent::new(code, modifiers));
            !answers.holds(&event, begun + Duration::from_millis(after))
        };
        let (none, alt, ctrl) = (KeyModifiers::NONE, KeyModifiers::ALT, KeyModifiers::CONTROL);
        assert!(kept(KeyCode::Char('d'), none, 0));
        assert!(!kept(KeyCode::Char(']'), alt, 0));
        assert!(!kept(KeyCode::Char('d'), none, 1));
        assert!(!kept(KeyCode::Char('g'), ctrl, 2), "its end");
        assert!(kept(KeyCode::Char('d'), none, 3));
        assert!(!kept(KeyCode::Char('P'), alt | KeyModifiers::SHIFT, 4));
        assert!(!kept(KeyCode::Char('1'), none, 5));
        assert!(!kept(KeyCode::Char('\\'), alt, 6), "its end");
        assert!(kept(KeyCode::Char('d'), none, 7));
        assert!(!kept(KeyCode::Char(']'), alt, 8));
        assert!(kept(KeyCode::Char('d'), none, 500), "it was cut off");
    }

    #[test]
    fn a_paste_has_an_end() {
        let long = paste("ä".repeat(LARGEST_PASTE));
        assert_eq!(long.len(), LARGEST_PASTE);
        assert_eq!(
            paste("a\u{1b}b\n".to_owned()),
            "a\u{1b}b\n",
            "it is untouched"
        );
    }
}
