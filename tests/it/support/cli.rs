//! The real program as a command: arguments in, standard output, standard error and exit code out.

use std::process::Command;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use super::home::Home;
use super::program::Program;

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
            judged(&value);
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

/// Holds a line to what `assetdeck schema` promises of it.
#[track_caller]
pub fn judged(line: &Value) {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let text = include_str!("../../../assets/schema.json");
        let schema = serde_json::from_str(text).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("it is a schema")
    });
    assert!(SCHEMA.is_valid(line), "no line of the schema: {line:#}");
}

/// Runs `assetdeck` in this home to its end.
#[track_caller]
pub fn run(home: &Home, args: &[&str]) -> Ran {
    run_with(home, args, b"")
}

/// The same, with bytes on standard input.
#[track_caller]
pub fn run_with(home: &Home, args: &[&str], input: &[u8]) -> Ran {
    Program::start(home, args, input).end()
}

/// Runs any command to its end, or fails when it hangs.
#[track_caller]
pub fn run_command(command: Command, args: &[&str], input: &[u8]) -> Ran {
    Program::start_command(command, args, input).end()
}

/// `assetdeck` with its environment, for what is started in another way.
pub fn command(home: &Home, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(home.env())
        .current_dir(home.path());
    command
}
