//! What a tmux around us lets through: it is asked, and nothing of it is changed.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::child::feed;

/// How long it may take to take a text.
const PATIENCE: Duration = Duration::from_secs(2);

/// What tmux does about the clipboard of the terminal outside, its `set-clipboard`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clipboard {
    /// Programs may set it.
    On,
    /// Only tmux itself sets it, by its own commands.
    #[default]
    External,
    Off,
}

/// What a tmux around us says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tmux {
    /// It hands on what is meant for the terminal outside.
    pub passes: bool,
    pub clipboard: Clipboard,
    /// The terminal outside draws sixels, and tmux knows.
    pub sixel: bool,
    /// The terminal outside, by its own word.
    pub outside: String,
}

impl Tmux {
    /// Asks it; takes as long as it takes. Nothing of it is changed.
    pub fn ask(var: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let run = |arguments: &[&str]| {
            let output = client(&var)?
                .args(arguments)
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .output()
                .ok()?;
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            output.status.success().then_some(text)
        };
        // A pane may have its own; an old one does not know the option, and hands nothing on.
        let own = run(&["show", "-pqv", "allow-passthrough"]).filter(|it| !it.is_empty());
        let passes = own.or_else(|| run(&["show", "-gqv", "allow-passthrough"]));
        let client = run(&[
            "display-message",
            "-p",
            "#{client_termname} #{client_termtype} #{client_termfeatures}",
        ])?;
        let clipboard = match run(&["show", "-sqv", "set-clipboard"]).as_deref() {
            Some("on") => Clipboard::On,
            Some("off") => Clipboard::Off,
            _ => Clipboard::External,
        };
        Some(Self {
            clipboard,
            passes: passes.is_some_and(|it| it == "on" || it == "all"),
            sixel: client.to_ascii_lowercase().contains("sixel"),
            outside: client,
        })
    }
}

/// The command that speaks to the tmux around us; `None` outside one.
fn client(var: &impl Fn(&str) -> Option<String>) -> Option<Command> {
    let socket = var("TMUX").filter(|it| !it.is_empty())?;
    let mut command = Command::new("tmux");
    // Only what it needs: secrets may be in our environment.
    command.env_clear().env("TMUX", socket);
    for name in [
        "TMUX_PANE",
        "PATH",
        "HOME",
        "TERM",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
    ] {
        if let Some(value) = var(name) {
            command.env(name, value);
        }
    }
    Some(command)
}

/// Gives tmux a text for its own buffer, and if `outside` by it to the clipboard of the terminal
/// around it: with its usual settings it takes neither from a program's sequences. Blocks for at
/// most two seconds.
pub fn copy(var: impl Fn(&str) -> Option<String>, text: &str, outside: bool) -> Result<(), String> {
    let Some(mut command) = client(&var) else {
        return Err("there is no tmux".to_owned());
    };
    command.arg("load-buffer");
    if outside {
        // Known from 3.2 on; an older one fails and says so.
        command.arg("-w");
    }
    command.arg("-");
    match feed(command, text, PATIENCE) {
        Ok(true) => Ok(()),
        Ok(false) => Err("tmux is not found".to_owned()),
        Err(why) => Err(format!("tmux: {why}")),
    }
}
