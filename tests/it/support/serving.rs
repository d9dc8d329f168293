//! The demo's server in a process of its own, as a script starts it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::home::Home;
use super::pty::PATIENCE;
use super::wait::until;
use super::wire::ask;

/// It is killed when nobody stopped it.
pub struct Serving {
    child: Child,
    /// What it said of how to use it.
    pub ready: Value,
}

impl Serving {
    /// Starts it in this home with these arguments, and waits until it listens.
    pub fn start(home: &Home, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assetdeck"))
            .args(["demo", "--serve"])
            .args(args)
            .env_clear()
            .envs(home.env())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
        stdout.read_line(&mut line).expect("one line");
        let ready = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        Self { child, ready }
    }

    /// Where both services are.
    pub fn origin(&self) -> &str {
        let origin = self.ready["segmentflow"]["base_url"].as_str();
        origin.expect("an address")
    }

    /// The variables that hold the keys.
    pub fn env(&self) -> impl Iterator<Item = (&str, &str)> {
        let env = self.ready["env"].as_object().expect("variables");
        env.iter()
            .map(|(name, value)| (name.as_str(), value.as_str().expect("text")))
    }

    /// What the services hold, and how often they were called.
    pub fn state(&self) -> Value {
        ask(self.origin(), "GET", "/__demo/state", &[], b"").json()
    }

    /// Tells it to end, and waits until it is gone.
    pub fn stop(&mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).expect("a process id");
        kill_process(pid, Signal::TERM).expect("the signal is delivered");
        let gone = until(PATIENCE, || self.child.try_wait().expect("asked").is_some());
        assert!(gone, "the server ignores SIGTERM");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
