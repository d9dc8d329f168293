//! A system call of the program that fails, or at which it is killed: the first one, the second …

use std::path::PathBuf;

use super::bus::{installed, skip};
use super::cli::{Ran, command, run_command};
use super::home::Home;

/// What happens at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The program dies before the call is carried out.
    Killed,
    /// It fails once, with this error.
    Fails(&'static str),
    /// It fails from then on.
    KeepsFailing(&'static str),
}

/// Which call meets its fate.
#[derive(Clone, Debug)]
pub struct Meddling<'a> {
    /// Names of system calls, separated by commas.
    pub calls: &'a str,
    /// Only calls on these files and folders, by name or by handle; where there are none, on any.
    pub on: &'a [PathBuf],
    pub fate: Fate,
    /// Which one: 1 is the first. Each thread counts for itself.
    pub nth: u32,
}

/// Whether `strace` is there. Where not, this test proves nothing, which is said; with `CI=true` it
/// fails.
pub fn ready() -> bool {
    let there = installed("strace");
    if !there {
        skip("strace is not installed");
    }
    there
}

/// Runs `assetdeck` to its end under this fate; also whether the call ever came.
#[track_caller]
pub fn run_meddled(home: &Home, meddling: &Meddling, args: &[&str]) -> (Ran, bool) {
    let log = home.path().join("strace.log");
    let Meddling { calls, nth, .. } = meddling;
    let fate = match meddling.fate {
        Fate::Killed => format!("inject={calls}:signal=KILL:when={nth}"),
        Fate::Fails(error) => format!("inject={calls}:error={error}:when={nth}"),
        Fate::KeepsFailing(error) => format!("inject={calls}:error={error}:when={nth}+"),
    };
    let mut command = command(home, "strace");
    command.args(["-f", "-qq", "-o"]).arg(&log);
    if meddling.fate != Fate::Killed {
        // Spares all other calls the stop. A signal is not sent that way.
        command.arg("--seccomp-bpf");
    }
    for path in meddling.on {
        command.arg("-P").arg(path);
    }
    command
        .arg(format!("--trace={calls}"))
        .args(["-e", &fate])
        .arg(env!("CARGO_BIN_EXE_assetdeck"))
        .args(args);
    let ran = run_command(command, args, b"");
    let log = std::fs::read_to_string(&log).unwrap_or_default();
    let came = match meddling.fate {
        Fate::Killed => ran.code.is_none(),
        Fate::Fails(_) | Fate::KeepsFailing(_) => log.contains("(INJECTED)"),
    };
    (ran, came)
}
