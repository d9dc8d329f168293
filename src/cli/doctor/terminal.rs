//! The terminal: what it is, what lies around it, and how copies and pictures get to it.

use std::io::IsTerminal as _;
use std::path::Path;

use super::{Check, shown};
use crate::runtime::desktop::Place;
use crate::runtime::tmux::{Clipboard, Tmux};

const OF: &str = "terminal";

/// Everything that the environment and a tmux around us tell. What only the terminal itself knows is
/// asked by the screen.
pub fn checks(var: impl Fn(&str) -> Option<String> + Copy) -> Vec<Check> {
    let tmux = var("TMUX").map(|_| Tmux::ask(var));
    let mut checks = vec![itself(var)];
    checks.extend(around(var, tmux.as_ref()));
    checks.extend([
        colours(var),
        locale(var),
        clipboard(var, tmux.as_ref()),
        pictures(var, tmux.as_ref()),
        links(var),
    ]);
    checks
}

fn itself(var: impl Fn(&str) -> Option<String>) -> Check {
    let term = var("TERM").unwrap_or_default();
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok();
    let size = size.filter(|size| size.ws_col > 0);
    let size = size.map_or_else(String::new, |size| {
        format!(", {} columns and {} rows", size.ws_col, size.ws_row)
    });
    if !std::io::stderr().is_terminal() && !std::io::stdout().is_terminal() {
        return Check::limited(OF, "kind", "there is none: this runs in a pipe or a job")
            .advice("Commands work; for the screen start assetdeck in a terminal.");
    }
    if matches!(term.as_str(), "" | "dumb" | "unknown") {
        return Check::limited(OF, "kind", format!("TERM is “{}”, which cannot move a cursor", shown(&term)))
            .advice("Set TERM to what the terminal is, such as xterm-256color; `assetdeck --plain` works in any.");
    }
    Check::works(OF, "kind", format!("{}{size}", shown(&term)))
}

/// tmux or screen.
fn around(var: impl Fn(&str) -> Option<String>, tmux: Option<&Option<Tmux>>) -> Option<Check> {
    match tmux {
        Some(None) => Some(
            Check::limited(OF, "tmux", "TMUX is set, and tmux does not answer")
                .advice("Start assetdeck inside the tmux that runs now: an old shell keeps an old address."),
        ),
        Some(Some(tmux)) if !tmux.passes => Some(
            Check::limited(OF, "tmux", "allow-passthrough is off: it holds pictures back")
                .advice("Put `set -g allow-passthrough on` into ~/.tmux.conf, then `tmux source ~/.tmux.conf`."),
        ),
        Some(Some(_)) => Some(Check::works(OF, "tmux", "it hands on what is for the terminal outside")),
        None => var("STY").map(|_| {
            Check::limited(OF, "screen", "GNU screen lets no pictures through")
                .advice("For pictures use tmux with allow-passthrough, or no screen in between.")
        }),
    }
}

fn colours(var: impl Fn(&str) -> Option<String>) -> Check {
    let term = var("TERM").unwrap_or_default();
    let said = var("COLORTERM").unwrap_or_default();
    if var("NO_COLOR").is_some() {
        return Check::limited(OF, "colours", "none, since NO_COLOR is set")
            .advice("Unset NO_COLOR for colours; nothing is said by colour alone.");
    }
    if matches!(said.as_str(), "truecolor" | "24bit") || term.contains("direct") {
        return Check::works(OF, "colours", "any");
    }
    let many = term.contains("256color") || term.contains("kitty") || term.contains("ghostty");
    let found = if many { "256" } else { "16 at the most" };
    Check::limited(OF, "colours", format!("{found}: COLORTERM does not tell of true colour"))
        .advice("If your terminal has true colour, set COLORTERM=truecolor (over SSH: SendEnv and AcceptEnv COLORTERM).")
}

fn locale(var: impl Fn(&str) -> Option<String>) -> Check {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let Some((name, value)) = { set }.find_map(|name| Some((name, var(name)?))) else {
        return Check::works(OF, "locale", "none is set; UTF-8 is taken for granted");
    };
    let lower = value.to_lowercase();
    if lower.contains("utf-8") || lower.contains("utf8") {
        Check::works(OF, "locale", format!("{name}={}", shown(&value)))
    } else {
        Check::limited(
            OF,
            "locale",
            format!(
                "{name}={} is not UTF-8: all is drawn in ASCII",
                shown(&value)
            ),
        )
        .advice("Set LANG=C.UTF-8, or another locale that ends with UTF-8.")
    }
}

fn clipboard(var: impl Fn(&str) -> Option<String>, tmux: Option<&Option<Tmux>>) -> Check {
    const NAME: &str = "clipboard";
    if place(&var) == Place::Desktop {
        let program = ["wl-copy", "xclip", "xsel", "pbcopy"].into_iter();
        return match { program }.find(|name| installed(name, &var)) {
            Some(program) => Check::works(OF, NAME, format!("the desktop's, by {program}")),
            None => Check::limited(
                OF,
                NAME,
                "no program for the desktop's clipboard; the terminal is asked to copy",
            )
            .advice("Install wl-clipboard (Wayland) or xclip (X11)."),
        };
    }
    match tmux.and_then(Option::as_ref) {
        Some(tmux) if !tmux.passes && tmux.clipboard == Clipboard::Off => {
            Check::limited(OF, NAME, "tmux's own buffer: its set-clipboard is off").advice(
                "Put `set -s set-clipboard on` into ~/.tmux.conf to reach your own machine.",
            )
        }
        Some(_) => Check::works(
            OF,
            NAME,
            "the terminal's own (OSC 52), through tmux; no terminal answers whether it took it",
        ),
        None if var("TERM").is_some_and(|term| term == "linux") => {
            Check::limited(OF, NAME, "the console has none")
                .advice("The message shows what was to be copied.")
        }
        None => Check::works(
            OF,
            NAME,
            "the terminal's own (OSC 52); no terminal answers whether it took it",
        ),
    }
}

fn pictures(var: impl Fn(&str) -> Option<String>, tmux: Option<&Option<Tmux>>) -> Check {
    const NAME: &str = "pictures";
    let is = |name: &str, words: &[&str]| {
        var(name).is_some_and(|value| words.iter().any(|word| value.to_lowercase().contains(word)))
    };
    match tmux {
        Some(Some(tmux)) if tmux.sixel => return Check::works(OF, NAME, "sixel, drawn by tmux"),
        Some(Some(tmux)) if tmux.passes && is_any(&tmux.outside, &["kitty", "ghostty"]) => {
            return Check::works(OF, NAME, "the kitty protocol, through tmux");
        }
        Some(_) => {
            return Check::limited(
                OF,
                NAME,
                "half blocks: inside this tmux no picture protocol gets through",
            )
            .advice("Turn allow-passthrough on in kitty or Ghostty, or leave tmux.");
        }
        None => {}
    }
    if var("STY").is_some() {
        return Check::limited(OF, NAME, "half blocks: screen lets nothing else through");
    }
    if is("TERM", &["kitty", "ghostty"]) || is("TERM_PROGRAM", &["ghostty", "kitty"]) {
        return Check::works(OF, NAME, "the kitty protocol");
    }
    if is("TERM_PROGRAM", &["iterm", "wezterm"]) || is("LC_TERMINAL", &["iterm2"]) {
        return Check::works(OF, NAME, "the iTerm2 protocol");
    }
    Check::limited(OF, NAME, "half blocks, unless the terminal tells the screen of kitty or sixel when asked")
        .advice("kitty, Ghostty, WezTerm, iTerm2 and foot show real pictures; `protocol` under [pictures] forces one.")
}

fn links(var: impl Fn(&str) -> Option<String>) -> Check {
    match place(&var) {
        Place::Desktop => Check::works(OF, "links", "opened by this desktop's browser"),
        Place::Remote => Check::limited(OF, "links", "shown and copied: there is no desktop here to open them")
            .advice("Click them with Ctrl or Cmd where the terminal knows links, or press `o` twice for a QR code."),
    }
}

fn place(var: impl Fn(&str) -> Option<String>) -> Place {
    Place::from_env(|name| var(name).is_some())
}

fn is_any(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

fn installed(program: &str, var: impl Fn(&str) -> Option<String>) -> bool {
    let path = var("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    fn with(
        vars: &'static [(&'static str, &'static str)],
    ) -> impl Fn(&str) -> Option<String> + Copy {
        move |name| {
            let found = vars.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    fn tmux(passes: bool, clipboard: Clipboard) -> Tmux {
        Tmux {
            passes,
            clipboard,
            ..Tmux::default()
        }
    }

    #[test]
    fn each_trouble_has_its_own_advice() {
        let none = with(&[]);
        let closed = around(none, Some(&Some(tmux(false, Clipboard::On)))).unwrap();
        assert!(closed.state == State::Limited && closed.advice.contains("allow-passthrough on"));
        let open = around(none, Some(&Some(tmux(true, Clipboard::On)))).unwrap();
        assert_eq!(open.state, State::Works);
        let gone = around(none, Some(&None)).unwrap();
        assert!(gone.found.contains("does not answer"));
        assert!(
            around(with(&[("STY", "1")]), None)
                .unwrap()
                .found
                .contains("screen")
        );
        let few = colours(with(&[("TERM", "xterm-256color")]));
        assert!(few.state == State::Limited && few.advice.contains("COLORTERM=truecolor"));
        assert_eq!(
            colours(with(&[("COLORTERM", "truecolor")])).state,
            State::Works
        );
        assert!(
            colours(with(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]))
                .found
                .contains("NO_COLOR")
        );
        assert_eq!(locale(with(&[("LANG", "de_DE.UTF-8")])).state, State::Works);
        let c = locale(with(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]));
        assert!(c.state == State::Limited && c.advice.contains("UTF-8"));
        let off = clipboard(none, Some(&Some(tmux(false, Clipboard::Off))));
        assert!(off.advice.contains("set-clipboard"), "{off:?}");
    }
}
