//! A program held at a point on its way: the service stands still there until it is told to go on.

use std::time::Duration;

use serde_json::Value;

use super::cli::Ran;
use super::home::Home;
use super::program::Program;
use super::server::Server;
use super::wait::until;

/// More than any request of these tests waits by itself.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than any test, in milliseconds.
pub const LONG: u64 = 600_000;

/// How far a program came whose service was told to stand still somewhere.
pub enum Held {
    /// It is there, and waits.
    There(Program),
    /// The fault fired, and there was nothing to stand still in: an answer without a body.
    Passed,
    /// There is no such point: it came to its end.
    Whole(Ran),
}

/// Runs a command until the service stands still where the script says.
#[track_caller]
pub fn hold(server: &Server, home: &Home, script: &Value, args: &[&str]) -> Held {
    hold_program(server, script, || Program::start(home, args, b""))
}

/// The same, with a program that is started in another way.
#[track_caller]
pub fn hold_program(server: &Server, script: &Value, start: impl FnOnce() -> Program) -> Held {
    server.faults(script.clone());
    let mut program = start();
    let mut ended = false;
    let came = until(PATIENCE, || {
        ended = program.has_ended();
        ended || server.holds_one()
    });
    assert!(came, "neither there nor over: {script}");
    if !ended {
        Held::There(program)
    } else if server.state()["faults"]["script"][0]["fired"] == 0 {
        Held::Whole(program.end())
    } else {
        Held::Passed
    }
}
