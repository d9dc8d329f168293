//! One command measured: wall time, processor time of the command alone, and its peak memory.
//!
//! A process of its own starts the command and asks the system about its ended children: so the
//! figures are that command's, to the microsecond, whatever else was measured before.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// What one run took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Run {
    /// Seconds.
    pub wall: f64,
    /// Seconds, user and system.
    pub cpu: f64,
    /// KiB.
    pub peak: f64,
}

/// Runs the command and prints what it took, as JSON.
pub fn inside(command: &[String]) -> Result<()> {
    let (program, args) = command.split_first().context("no command")?;
    let begun = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    let wall = begun.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let run = Run {
        wall,
        cpu: micros as f64 / 1e6,
        peak: usage.max_rss() as f64,
    };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// Runs a command in a measuring process.
pub fn run(command: &[String], env: &[(String, String)]) -> Result<Run> {
    let output = Command::new(std::env::current_exe()?)
        .arg("measure")
        .arg("--")
        .args(command)
        .env_clear()
        .envs(env.iter().map(|(name, value)| (name, value)))
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let end: String = said.lines().rev().take(5).collect::<Vec<_>>().join(" | ");
        bail!("{}: {end}", command[0]);
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Seconds, short.
pub fn seconds(value: f64) -> String {
    if value < 0.1 {
        format!("{:.1} ms", value * 1000.0)
    } else {
        format!("{value:.2} s")
    }
}
