//! Opening a link: on a desktop through its launcher, elsewhere not at all and said so.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::child::{settled, this_program, without_keys};
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
        match launch(&command) {
            Ok(()) => return Ok(()),
            Err(Some(failed)) => reason = failed,
            Err(None) => {}
        }
    }
    Err(reason)
}

/// The word behind the program's name that makes it the process between us and a launcher.
pub const WORD: &str = "__launch";

/// How that process ends where the launcher did not; what shells say of the same.
const NO_LAUNCHER: u8 = 127;
const NOT_STARTED: u8 = 126;
const BY_SIGNAL: u8 = 125;

/// Starts a launcher by a process in a session of its own: no text browser gets at our terminal, and
/// what stops us does not stop the browser, which is nobody's child once that process is gone.
/// `Err(None)` when the launcher does not exist.
fn launch(command: &Command) -> Result<(), Option<String>> {
    let mut between = Command::new(this_program());
    between
        .arg(WORD)
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        between.current_dir(folder);
    }
    let status = without_keys(&mut between)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let not_started = |why: &str| Err(Some(format!("the browser did not start{why}")));
    let failed = |how: &str| Err(Some(format!("the program that opens links failed ({how})")));
    match status.map(|it| it.code()) {
        Ok(Some(0)) => Ok(()),
        Ok(Some(code)) if code == i32::from(NO_LAUNCHER) => Err(None),
        Ok(Some(code)) if code == i32::from(NOT_STARTED) => not_started(""),
        Ok(Some(code)) if code != i32::from(BY_SIGNAL) => failed(&format!("status {code}")),
        Ok(_) => failed("a signal"),
        Err(error) => not_started(&format!(": {error}")),
    }
}

/// What the process between does: starts the launcher, waits for as long as one may take, and ends as it
/// did. Whoever calls has left our session.
pub fn between(launcher: &OsStr, arguments: &[OsString]) -> u8 {
    let mut command = Command::new(launcher);
    let mut child = match command.args(arguments).spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return NO_LAUNCHER,
        Err(_) => return NOT_STARTED,
    };
    match settled(&mut child, LAUNCHER) {
        Ok(Some(status)) => status
            .code()
            .map_or(BY_SIGNAL, |code| u8::try_from(code).unwrap_or(BY_SIGNAL)),
        // It is a browser, and stays open.
        Ok(None) => 0,
        Err(_) => NOT_STARTED,
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
