//! The desktop's own clipboard, by the small program that each desktop has for it: a library would
//! have to stay running for what was copied to stay.

use std::process::Command;
use std::time::Duration;

use super::child::{feed, without_keys};

/// How long such a program may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A program and its arguments.
type Program = (&'static str, &'static [&'static str]);

/// The programs that could do it here, best first.
fn programs(var: impl Fn(&str) -> bool) -> Vec<Program> {
    let mut programs: Vec<Program> = Vec::new();
    if cfg!(target_os = "macos") {
        programs.push(("pbcopy", &[]));
    }
    if var("WAYLAND_DISPLAY") {
        programs.push(("wl-copy", &[]));
    }
    if var("DISPLAY") {
        programs.push(("xclip", &["-selection", "clipboard", "-in"]));
        programs.push(("xsel", &["--clipboard", "--input"]));
    }
    programs
}

/// Gives a text to the desktop's clipboard and says which program took it. Blocks for at most two
/// seconds for each program; the text is never on a command line.
pub fn copy(text: &str) -> Result<&'static str, String> {
    let mut reason = "there is no program for the desktop's clipboard".to_owned();
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    for (name, arguments) in programs(set) {
        let mut command = Command::new(name);
        without_keys(command.args(arguments));
        match feed(command, text, PATIENCE) {
            Ok(true) => return Ok(name),
            Ok(false) => {}
            Err(why) => reason = format!("{name}: {why}"),
        }
    }
    Err(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn each_desktop_has_its_programs() {
        let names = |set: &'static [&'static str]| {
            let found = programs(|name| set.contains(&name));
            found.iter().map(|(name, _)| *name).collect::<Vec<_>>()
        };
        assert_eq!(names(&["DISPLAY"]), ["xclip", "xsel"]);
        assert_eq!(
            names(&["WAYLAND_DISPLAY", "DISPLAY"]),
            ["wl-copy", "xclip", "xsel"]
        );
        assert!(names(&[]).is_empty());
    }
}
