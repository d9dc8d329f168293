//! Opening a link: on a desktop through its launcher, elsewhere not at all and said so.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::child::{settled, without_keys};
use crate::domain::WebLink;

/// How long a launcher may take before it is taken for a browser that stays open.
const LAUNCHER: Duration = Duration::from_millis(1500);

/// Where the program runs, as far as links are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Desktop,
    /// Over SSH or without a display: a browser would open where nobody looks.
    Remote,
}

impl Place {
    /// Decides by the environment, before anything is started: launchers report success over SSH
    /// while the user sees nothing.
    pub fn from_env(var: impl Fn(&str) -> bool) -> Self {
        if var("SSH_CONNECTION") || var("SSH_TTY") || var("SSH_CLIENT") {
            return Self::Remote;
        }
        if cfg!(target_os = "macos") || var("DISPLAY") || var("WAYLAND_DISPLAY") {
            return Self::Desktop;
        }
        Self::Remote
    }

    pub fn here() -> Self {
        Self::from_env(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
    }
}

/// An address as a launcher may get it: never one that carries a signature, since the command line is
/// public.
fn checked(address: &str) -> Result<String, String> {
    let link = WebLink::parse(address).map_err(|error| error.to_string())?;
    if link.signed() {
        return Err(
            "this link is signed and would show in the process list; copy it instead".to_owned(),
        );
    }
    Ok(link.as_str().to_owned())
}

/// Sends a link to the desktop's browser. Blocks for at most a second and a half per launcher. Success
/// means only that a launcher took it.
pub fn open_link(address: &str, place: Place) -> Result<(), String> {
    let url = checked(address)?;
    if place == Place::Remote {
        return Err("there is no desktop here; copy the link instead".to_owned());
    }
    let mut reason = "no program that opens links was found here".to_owned();
    for command in open::commands(&url) {
        match launch(command) {
            Ok(()) => return Ok(()),
            Err(Some(failed)) => reason = failed,
            Err(None) => {}
        }
    }
    Err(reason)
}

/// `Err(None)` when the launcher does not exist.
fn launch(mut command: Command) -> Result<(), Option<String>> {
    use std::os::unix::process::CommandExt as _;
    // Its own group: what stops us must not stop the browser.
    without_keys(&mut command)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = command.spawn().map_err(|error| {
        (error.kind() != std::io::ErrorKind::NotFound)
            .then(|| format!("the browser did not start: {error}"))
    })?;
    match settled(&mut child, LAUNCHER) {
        Ok(Some(status)) if !status.success() => {
            let code = status
                .code()
                .map_or_else(|| "a signal".to_owned(), |code| format!("status {code}"));
            Err(Some(format!(
                "the program that opens links failed ({code})"
            )))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(Some(format!("the browser did not start: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_signature_reaches_a_launcher() {
        for bad in [
            "file:///etc/passwd",
            "https://host/a?X-Amz-Signature=abc",
            "https://host/a?X-Amz-Credential=abc",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
        let made = checked("https://ex\u{e4}mple.com/a b?q='\"").unwrap();
        assert_eq!(made, "https://xn--exmple-cua.com/a%20b?q=%27%22");
    }

    #[test]
    fn over_ssh_nothing_is_started() {
        let set = |names: &'static [&str]| move |name: &str| names.contains(&name);
        assert_eq!(
            Place::from_env(set(&["DISPLAY", "SSH_CONNECTION"])),
            Place::Remote
        );
        assert_eq!(Place::from_env(set(&["DISPLAY"])), Place::Desktop);
        assert!(
            open_link("https://example.com", Place::Remote)
                .unwrap_err()
                .contains("copy")
        );
    }
}
