//! Programs of the system that are started for one small thing: with a clean environment, and never
//! waited for longer than that thing may take.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::domain::is_ours;

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// This program itself. By its handle where there is one: the file may be replaced while we run.
pub fn this_program() -> PathBuf {
    let handle = PathBuf::from("/proc/self/exe");
    if handle.exists() {
        handle
    } else {
        std::env::current_exe().unwrap_or_default()
    }
}

/// Takes our own variables out of what the program gets: keys are for us alone.
pub fn without_keys(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if is_ours(&name) {
            command.env_remove(name);
        }
    }
    command
}

/// Waits for its end, but not longer than this; `None`: it still runs.
pub fn settled(child: &mut Child, within: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if begun.elapsed() > within => return Ok(None),
            None => std::thread::sleep(LOOK),
        }
    }
}

/// Starts a program, gives it a text on its standard input, and waits for its end. One that takes
/// longer than this is ended. Errors are sentences; `NotFound` is told apart as `Ok(false)`.
pub fn feed(mut command: Command, text: &str, within: Duration) -> Result<bool, String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.to_string()),
    };
    if let Some(mut stdin) = child.stdin.take() {
        let text = text.to_owned();
        // In a thread of its own: a program that reads nothing must not hold us up.
        std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    }
    let ended = settled(&mut child, within).map_err(|error| error.to_string())?;
    match ended {
        Some(status) if status.success() => Ok(true),
        Some(status) => Err(match status.code() {
            Some(code) => format!("it failed with status {code}"),
            None => "it was ended by a signal".to_owned(),
        }),
        None => {
            let _ = child.kill();
            let _ = child.wait();
            Err("it did not come to an end".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_or_the_reason_told() {
        let fed = |script: &str, within| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            feed(command, "hello", within)
        };
        let long = Duration::from_secs(20);
        assert_eq!(fed("[ \"$(cat)\" = hello ]", long), Ok(true));
        assert!(fed("exit 3", long).unwrap_err().contains("status 3"));
        let hangs = fed("exec sleep 60", Duration::from_millis(50));
        assert!(hangs.unwrap_err().contains("end"));
        let none = feed(Command::new("/nonexistent/program"), "x", long);
        assert_eq!(none, Ok(false));
    }
}
