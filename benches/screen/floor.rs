//! What the machine itself takes: a program that only draws lines and moves a bar over them, one write
//! for a key.

use std::fmt::Write as _;

use anyhow::Result;
use rustix::io::{read, write};
use rustix::stdio::{stdin, stdout};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// The argument that makes this program be the floor.
pub const NAME: &str = "floor";

/// Lines that it draws.
const LINES: usize = 40;

/// Runs until its terminal is gone.
pub fn run() -> Result<()> {
    let mut settings = tcgetattr(stdin())?;
    settings.make_raw();
    tcsetattr(stdin(), OptionalActions::Now, &settings)?;
    let mut frame = String::from("\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H");
    for line in 0..LINES {
        write!(
            frame,
            "{}{}",
            if line == 0 { "" } else { "\r\n" },
            text(line)
        )?;
    }
    write(stdout(), frame.as_bytes())?;
    let mut bar = 0;
    let mut keys = [0; 1024];
    while read(stdin(), &mut keys[..])? > 0 {
        let from = bar;
        bar = (bar + 1) % LINES;
        let (from_row, row) = (from + 1, bar + 1);
        let moved = format!(
            "\x1b[{from_row}H{}\x1b[K\x1b[{row}H\x1b[7m{:120}\x1b[m",
            text(from),
            text(bar)
        );
        write(stdout(), moved.as_bytes())?;
    }
    Ok(())
}

fn text(line: usize) -> String {
    format!("asset-{line:06}.png  {} kB", 10 + line)
}
