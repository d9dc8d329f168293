//! The real program as a command: arguments in, standard output, standard error and exit code out.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::home::Home;
use super::wait::until;

/// How long a command may take before it counts as hanging.
const DEADLINE: Duration = Duration::from_mins(1);

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub args: Vec<String>,
    pub stdout: String,
    pub stderr: String,
    /// None when a signal ended it.
    pub code: Option<i32>,
}

impl Ran {
    /// Holds the exit code; shows everything when it differs.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "assetdeck {}\n--- stdout\n{}\n--- stderr\n{}",
            self.args.join(" "),
            self.stdout,
            self.stderr
        );
        self
    }

    /// The lines of standard output as JSON objects.
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        let parse = |line: &str| {
            let value: Value = serde_json::from_str(line)
                .unwrap_or_else(|e| panic!("{e} in {line:?}\n--- stderr\n{}", self.stderr));
            assert!(value.is_object(), "not an object: {line}");
            value
        };
        self.stdout.lines().map(parse).collect()
    }

    /// The one line of standard error that holds all of these.
    #[track_caller]
    pub fn complains(&self, parts: &[&str]) {
        let hits = self
            .stderr
            .lines()
            .filter(|line| parts.iter().all(|part| line.contains(part)));
        assert_eq!(
            hits.count(),
            1,
            "one line with {parts:?} in:\n{}",
            self.stderr
        );
    }
}

/// Runs `assetdeck` in this home to its end.
#[track_caller]
pub fn run(home: &Home, args: &[&str]) -> Ran {
    run_with(home, args, b"")
}

/// The same, with bytes on standard input.
#[track_caller]
pub fn run_with(home: &Home, args: &[&str], input: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assetdeck"));
    command
        .args(args)
        .env_clear()
        .envs(home.env())
        .current_dir(home.path());
    run_command(command, args, input)
}

/// Runs any command to its end, or fails when it hangs.
#[track_caller]
pub fn run_command(mut command: Command, args: &[&str], input: &[u8]) -> Ran {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let input = input.to_vec();
    std::thread::spawn(move || {
        // A program that does not read its input closes it; that is its right.
        let _ = stdin.write_all(&input);
    });
    let stdout = collect(child.stdout.take().expect("stdout"));
    let stderr = collect(child.stderr.take().expect("stderr"));
    let mut status = None;
    let ended = until(DEADLINE, || {
        status = child.try_wait().expect("the child can be asked");
        status.is_some()
    });
    if !ended {
        let _ = child.kill();
        let _ = child.wait();
    }
    let ran = Ran {
        args: args.iter().map(ToString::to_string).collect(),
        stdout: stdout.join().expect("stdout is read"),
        stderr: stderr.join().expect("stderr is read"),
        code: status.and_then(|status| status.code()),
    };
    assert!(ended, "hung for {DEADLINE:?}: {ran:#?}");
    ran
}

fn collect(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
