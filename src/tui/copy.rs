//! A text for the user's clipboard, which may be on another machine than we are: by the desktop's own
//! program where there is a desktop, else by the terminal, through whatever lies in between.

use std::fmt::Write as _;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::mpsc::UnboundedSender;

use super::keys::Heard;
use crate::app::Msg;
use crate::app::msg::{CopyWay, Desktop};
use crate::domain::size_words;
use crate::runtime::clipboard;
use crate::runtime::tmux::{self, Clipboard, Tmux};

/// The longest text that terminals take for their clipboard, in bytes before it is encoded.
const LONGEST: usize = 74_000;
/// Every screen hands on a string of this length; the oldest cut off what exceeds 256 bytes.
const SCREEN_PIECE: usize = 76;

/// A copy on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    pub text: String,
    pub what: String,
}

impl Copying {
    fn came(self, way: CopyWay, result: Result<(), String>) -> Msg {
        let Self { text, what } = self;
        Msg::Desktop {
            did: Desktop::Copied { what, text, way },
            result,
        }
    }
}

/// What lies between us and the user's clipboard.
pub struct Around<'a> {
    pub var: &'a dyn Fn(&str) -> Option<String>,
    /// We run on the user's own desktop.
    pub desktop: bool,
    /// The terminal's own name, as far as it was told.
    pub name: Option<&'a str>,
    /// `None` outside tmux, and as long as it has not said anything.
    pub tmux: Option<&'a Tmux>,
}

/// A program that takes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Desktop,
    /// `outside`: for the terminal around it, too.
    Tmux {
        outside: bool,
    },
}

/// How a copy goes.
#[derive(Debug, PartialEq)]
pub enum Route {
    /// Write these, and tell the state this.
    Sequences {
        text: String,
        came: Msg,
    },
    Program(Copying, Program),
}

impl Around<'_> {
    fn set(&self, name: &str) -> bool {
        (self.var)(name).is_some_and(|value| !value.is_empty())
    }

    /// Both stand around us, and screen nearer. Each leaves the other's variables; a tmux tells its name, or
    /// gives its terminal one that screen never has.
    fn screen_within_tmux(&self, term: &str) -> bool {
        let tmux_is_nearer =
            term.starts_with("tmux") || self.name.is_some_and(|name| name.starts_with("tmux"));
        self.set("TMUX") && self.set("STY") && !tmux_is_nearer
    }

    /// Chooses the way; `programs` are tried once.
    pub fn route(&self, copying: Copying, programs: bool) -> Route {
        if programs && self.desktop {
            return Route::Program(copying, Program::Desktop);
        }
        let told = |text: String, came| Route::Sequences { text, came };
        if copying.text.len() > LONGEST {
            let why = format!(
                "a terminal's clipboard takes no more than {}",
                size_words(LONGEST as u64)
            );
            return told(String::new(), copying.came(CopyWay::Terminal, Err(why)));
        }
        let osc = format!("\x1b]52;c;{}\x07", STANDARD.encode(&copying.text));
        let term = (self.var)("TERM").unwrap_or_default();
        let in_tmux = self.set("TMUX");
        if self.screen_within_tmux(&term) {
            // What tmux takes an envelope for ends screen's: only what needs none gets through both. A
            // tmux that stands within screen after all takes the second.
            let both = format!("{}{osc}", through_screen(&osc));
            return match self.tmux {
                Some(tmux) if programs && tmux.clipboard != Clipboard::On => {
                    let outside = tmux.clipboard == Clipboard::External;
                    Route::Program(copying, Program::Tmux { outside })
                }
                _ => told(both, copying.came(CopyWay::Screen, Ok(()))),
            };
        }
        match self.tmux.filter(|_| in_tmux) {
            Some(tmux) if tmux.passes => {
                return told(through_tmux(&osc), copying.came(CopyWay::Tmux, Ok(())));
            }
            Some(tmux) if tmux.clipboard == Clipboard::On => {
                return told(osc, copying.came(CopyWay::Tmux, Ok(())));
            }
            // It takes nothing from a program's sequences, but from its own command.
            Some(tmux) if programs => {
                let outside = tmux.clipboard == Clipboard::External;
                return Route::Program(copying, Program::Tmux { outside });
            }
            _ => {}
        }
        let told_tmux = self.name.is_some_and(|name| name.starts_with("tmux"));
        if in_tmux || told_tmux || term.starts_with("tmux") {
            // Which of the two it takes is not known; both say the same.
            let both = format!("{}{osc}", through_tmux(&osc));
            told(both, copying.came(CopyWay::Tmux, Ok(())))
        } else if self.set("STY") {
            told(through_screen(&osc), copying.came(CopyWay::Screen, Ok(())))
        } else if term.starts_with("screen") && self.name.is_none() {
            // On another machine than we are, and perhaps a tmux of the old kind.
            let all = format!("{}{}{osc}", through_screen(&osc), through_tmux(&osc));
            told(all, copying.came(CopyWay::Screen, Ok(())))
        } else if term == "linux" || term.starts_with("vt") {
            let why = "this terminal has no clipboard".to_owned();
            told(String::new(), copying.came(CopyWay::Terminal, Err(why)))
        } else {
            told(osc, copying.came(CopyWay::Terminal, Ok(())))
        }
    }
}

/// As tmux hands it on to the terminal around it, where it is allowed to.
fn through_tmux(sequence: &str) -> String {
    let inner = sequence.replace('\x1b', "\x1b\x1b");
    format!("\x1bPtmux;{inner}\x1b\\")
}

/// As screen hands it on: in pieces, each in an envelope that screen takes off.
fn through_screen(sequence: &str) -> String {
    let mut text = String::new();
    // ASCII only, so that every byte is a character.
    for piece in sequence.as_bytes().chunks(SCREEN_PIECE) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\x1bP{}\x1b\\", String::from_utf8_lossy(piece));
    }
    text
}

/// Lets a program take it, in a thread of its own, and tells what came of it.
pub fn by_program(
    copying: Copying,
    program: Program,
    inbox: UnboundedSender<Msg>,
    heard: UnboundedSender<Vec<Heard>>,
) {
    let take = move || {
        let text = &copying.text;
        let taken = match program {
            Program::Desktop => clipboard::copy(text).map(CopyWay::Desktop),
            Program::Tmux { outside } => {
                let way = if outside {
                    CopyWay::Tmux
                } else {
                    CopyWay::TmuxBuffer
                };
                tmux::copy(|name| std::env::var(name).ok(), text, outside).map(|()| way)
            }
        };
        // The loop holds the other ends.
        match taken {
            Ok(way) => {
                let _ = inbox.send(copying.came(way, Ok(())));
            }
            Err(why) => {
                tracing::info!(%why, "the copy goes by the terminal");
                let _ = heard.send(vec![Heard::NotCopied(copying)]);
            }
        }
    };
    let started = thread::Builder::new().name("copy".to_owned()).spawn(take);
    if let Err(error) = started {
        tracing::warn!(%error, "no thread to copy");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "\x1b]52;c;aGVsbG8=\x07";

    fn route(env: &[(&str, &str)], name: Option<&str>, tmux: Option<&Tmux>, first: bool) -> Route {
        let var = |wanted: &str| {
            let found = env.iter().find(|(name, _)| *name == wanted)?;
            Some(found.1.to_owned())
        };
        let around = Around {
            var: &var,
            desktop: first && env.iter().any(|(name, _)| *name == "DISPLAY"),
            name,
            tmux,
        };
        let copying = Copying {
            text: "hello".to_owned(),
            what: "name".to_owned(),
        };
        around.route(copying, first)
    }

    fn written(route: Route) -> (String, CopyWay, bool) {
        match route {
            Route::Sequences {
                text,
                came:
                    Msg::Desktop {
                        did: Desktop::Copied { way, .. },
                        result,
                    },
            } => (text, way, result.is_ok()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bare_terminal_gets_it_plain_and_one_without_a_clipboard_not_at_all() {
        let xterm = written(route(&[("TERM", "xterm-256color")], None, None, true));
        assert_eq!(xterm, (PLAIN.to_owned(), CopyWay::Terminal, true));
        let console = written(route(&[("TERM", "linux")], None, None, true));
        assert_eq!(console, (String::new(), CopyWay::Terminal, false));
    }

    #[test]
    fn tmux_gets_it_the_way_it_takes_it() {
        let env = [("TERM", "tmux-256color"), ("TMUX", "/tmp/x,1,0")];
        let wrapped = "\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\";
        let tmux = |passes, clipboard| Tmux {
            passes,
            clipboard,
            ..Tmux::default()
        };
        let ask = |tmux: &Tmux, first| route(&env, Some("tmux 3.4"), Some(tmux), first);
        let passes = tmux(true, Clipboard::External);
        assert_eq!(written(ask(&passes, true)).0, wrapped);
        let on = tmux(false, Clipboard::On);
        assert_eq!(written(ask(&on, true)).0, PLAIN);
        for (clipboard, outside) in [(Clipboard::External, true), (Clipboard::Off, false)] {
            let usual = tmux(false, clipboard);
            let Route::Program(_, program) = ask(&usual, true) else {
                panic!("{clipboard:?}")
            };
            assert_eq!(program, Program::Tmux { outside });
            // The command failed: an old tmux.
            let both = written(ask(&usual, false)).0;
            assert_eq!(both, format!("{wrapped}{PLAIN}"));
        }
        let silent = written(route(&env, None, None, true)).0;
        assert_eq!(silent, format!("{wrapped}{PLAIN}"));
    }

    #[test]
    fn screen_gets_it_in_pieces_that_make_the_whole() {
        let env = [("TERM", "screen-256color"), ("STY", "1.pts")];
        let around = Around {
            var: &|wanted| {
                let found = env.iter().find(|(name, _)| *name == wanted)?;
                Some(found.1.to_owned())
            },
            desktop: false,
            name: None,
            tmux: None,
        };
        let text = "x".repeat(1000);
        let long = Copying {
            text: text.clone(),
            what: "name".to_owned(),
        };
        let (sent, way, _) = written(around.route(long, true));
        assert_eq!(way, CopyWay::Screen);
        let pieces: Vec<&str> = sent.split("\x1bP").skip(1).collect();
        assert!(pieces.iter().all(|piece| piece.len() <= SCREEN_PIECE + 2));
        let whole: String = pieces
            .iter()
            .map(|it| it.trim_end_matches("\x1b\\"))
            .collect();
        assert_eq!(whole, format!("\x1b]52;c;{}\x07", STANDARD.encode(&text)));
    }

    #[test]
    fn the_nearer_of_screen_and_tmux_decides() {
        let env = |term| [("TERM", term), ("TMUX", "/tmp/x,1,0"), ("STY", "1.pts")];
        let in_screen = "\x1bP\x1b]52;c;aGVsbG8=\x07\x1b\\";
        let tmux = |clipboard| Tmux {
            passes: true,
            clipboard,
            ..Tmux::default()
        };
        // screen within tmux: tmux's own envelope would end screen's.
        let screen = env("screen.tmux-256color");
        let on = tmux(Clipboard::On);
        let usual = tmux(Clipboard::External);
        for tmux in [None, Some(&on)] {
            let (sent, way, _) = written(route(&screen, None, tmux, true));
            assert_eq!(
                (sent, way),
                (format!("{in_screen}{PLAIN}"), CopyWay::Screen)
            );
        }
        let by_tmux = route(&screen, None, Some(&usual), true);
        assert!(matches!(
            by_tmux,
            Route::Program(_, Program::Tmux { outside: true })
        ));
        let failed = written(route(&screen, None, Some(&usual), false)).0;
        assert_eq!(failed, format!("{in_screen}{PLAIN}"));
        // tmux within screen.
        for (term, name) in [("tmux-256color", None), ("screen", Some("tmux 3.4"))] {
            let (sent, way, _) = written(route(&env(term), name, Some(&on), true));
            assert!(
                sent.starts_with("\x1bPtmux;") && way == CopyWay::Tmux,
                "{sent}"
            );
        }
    }

    #[test]
    fn a_desktop_has_programs_for_it_and_the_terminal_is_next() {
        let env = [("TERM", "xterm"), ("DISPLAY", ":0")];
        let first = route(&env, None, None, true);
        assert!(matches!(first, Route::Program(_, Program::Desktop)));
        assert_eq!(written(route(&env, None, None, false)).0, PLAIN);
    }

    #[test]
    fn what_is_too_long_is_refused_with_the_reason() {
        let around = Around {
            var: &|_| None,
            desktop: false,
            name: None,
            tmux: None,
        };
        let long = Copying {
            text: "x".repeat(LONGEST + 1),
            what: "report".to_owned(),
        };
        assert_eq!(written(around.route(long, true)).0, "");
    }
}
