//! What a tmux around us lets through: it is asked, and nothing of it is changed.

use std::process::{Command, Stdio};

/// What a tmux around us says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tmux {
    /// It hands on what is meant for the terminal outside.
    pub passes: bool,
    /// The terminal outside draws sixels, and tmux knows.
    pub sixel: bool,
    /// The terminal outside, by its own word.
    pub outside: String,
}

impl Tmux {
    /// Asks it; takes as long as it takes. Nothing of it is changed.
    pub fn ask(var: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let socket = var("TMUX").filter(|it| !it.is_empty())?;
        let pane = var("TMUX_PANE").unwrap_or_default();
        let run = |arguments: &[&str]| {
            let mut command = Command::new("tmux");
            // Only what it needs: secrets may be in our environment.
            command
                .env_clear()
                .env("TMUX", &socket)
                .env("TMUX_PANE", &pane);
            for name in ["PATH", "HOME", "TERM", "LANG", "LC_ALL", "LC_CTYPE"] {
                if let Some(value) = var(name) {
                    command.env(name, value);
                }
            }
            let output = command
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
        Some(Self {
            passes: passes.is_some_and(|it| it == "on" || it == "all"),
            sixel: client.to_ascii_lowercase().contains("sixel"),
            outside: client,
        })
    }
}
