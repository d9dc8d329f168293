//! The terminal that measures: it answers what a plain one answers, and knows when each byte came.

use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use crate::home::Home;
use crate::pty::{PATIENCE, Pty, Size, whole};
use crate::usage::Usage;

pub const SIZE: Size = (120, 40);

/// So long nothing comes any more: what a key wrote is over.
pub const QUIET: Duration = Duration::from_millis(50);
/// The details beside a list follow when the cursor rests, which they are waited for.
pub const RESTED: Duration = Duration::from_millis(250);
/// A key may be answered as late as this.
const SILENT: Duration = Duration::from_millis(400);
/// A list may take as long as this to be there as a whole.
const LONG: Duration = Duration::from_mins(10);
/// A program comes to rest within this, or it never does.
const COMES_TO_REST: Duration = Duration::from_mins(1);

/// In front of the time at which a program is executed, and behind it.
const MARK: (&str, &str) = ("\x1b]7777;", "\x07");

/// What is asked, and what a plain terminal answers.
const ANSWERS: [(&str, &str); 5] = [
    ("\x1b]11;?\x1b\\", "\x1b]11;rgb:1010/1010/1414\x1b\\"),
    ("\x1b[>0q", "\x1bP>|XTerm(388)\x1b\\"),
    ("\x1b[16t", "\x1b[6;16;8t"),
    ("\x1b[?1004$p", "\x1b[?1004;2$y"),
    ("\x1b[c", "\x1b[?62;22c"),
];

/// Writes down what time it is and becomes the program.
pub fn launch(command: &[String]) -> Result<()> {
    let (program, args) = command.split_first().context("no command")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    let mark = format!("{}{now}{}", MARK.0, MARK.1);
    rustix::io::write(rustix::stdio::stdout(), mark.as_bytes())?;
    Err(Command::new(program).args(args).exec()).context("cannot be executed")
}

/// A program in it.
pub struct Terminal {
    pub pty: Pty,
    /// When it was executed.
    began: Instant,
    /// So many bytes stand before what it wrote itself.
    head: usize,
    /// So many were looked at for questions.
    heard: usize,
}

/// What came after a key.
pub struct Reply {
    /// So long after it so many bytes were there.
    come: Vec<(Duration, usize)>,
    pub written: Vec<u8>,
    pub before: vt100::Screen,
    pub after: vt100::Screen,
}

impl Reply {
    pub fn first(&self) -> Option<Duration> {
        self.come.first().map(|(after, _)| *after)
    }

    pub fn last(&self) -> Option<Duration> {
        self.come.last().map(|(after, _)| *after)
    }

    /// When the screen looked different to these eyes from one moment to the next.
    pub fn changes<T: PartialEq>(&self, look: impl Fn(&str) -> T) -> Vec<Duration> {
        let (rows, cols) = self.before.size();
        let mut parser = vt100::Parser::new(rows, cols, 0);
        parser.process(self.before.state_formatted().as_bytes());
        let mut changes = Vec::new();
        let mut seen = look(&parser.screen().contents());
        play(parser, &self.written, &self.come, |after, screen| {
            let now = look(screen);
            if now != seen {
                changes.push(after);
                seen = now;
            }
            true
        });
        changes
    }
}

/// Shows once more what was written, as it came, for as long as it is looked at.
fn play<T: Copy>(
    mut parser: vt100::Parser,
    written: &[u8],
    come: &[(T, usize)],
    mut look: impl FnMut(T, &str) -> bool,
) {
    let mut done = 0;
    for (at, end) in come {
        let new = &written[done..*end];
        let new = &new[..whole(new)];
        parser.process(new);
        done += new.len();
        if !look(*at, &parser.screen().contents()) {
            return;
        }
    }
}

impl Terminal {
    /// The program itself, in this home.
    pub fn start(home: &Home) -> Result<Self> {
        Self::run(home, &[crate::PROGRAM])
    }

    /// The floor.
    pub fn floor(home: &Home) -> Result<Self> {
        let me = std::env::current_exe()?;
        Self::run(home, &[&me.to_string_lossy(), crate::floor::NAME])
    }

    fn run(home: &Home, command: &[&str]) -> Result<Self> {
        let me = std::env::current_exe()?;
        let args = [&["launch"], command].concat();
        let me = me.to_string_lossy();
        let pty = Pty::spawn(home.env(), home.path(), &me, &args, SIZE);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let output = String::from_utf8_lossy(&pty.output()).into_owned();
            let marked = output.split_once(MARK.0);
            if let Some((time, _)) = marked.and_then(|(_, rest)| rest.split_once(MARK.1)) {
                let head = MARK.0.len() + time.len() + MARK.1.len();
                let at = UNIX_EPOCH + Duration::from_nanos(time.parse()?);
                let ago = SystemTime::now().duration_since(at).unwrap_or_default();
                let began = Instant::now().checked_sub(ago).context("an instant")?;
                return Ok(Self {
                    pty,
                    began,
                    head,
                    heard: head,
                });
            }
            if !pty.wait_more(output.len(), deadline) {
                bail!("{command:?} was not started: {output}");
            }
        }
    }

    /// Reads until nothing has come for so long; for the first of it, behind so many bytes, it waits as
    /// long as `first`.
    fn settle_behind(&mut self, from: usize, quiet: Duration, first: Duration) {
        let mut seen = from;
        let mut deadline = Instant::now() + first;
        loop {
            self.answer();
            if let Some(last) = self.pty.arrivals(seen).last() {
                seen = last.bytes;
                deadline = last.at + quiet;
            }
            if !self.pty.wait_more(seen, deadline) {
                return;
            }
        }
    }

    /// Reads until nothing has come for so long.
    pub fn settle(&mut self, quiet: Duration) {
        self.settle_behind(self.pty.written(), quiet, quiet);
    }

    /// Reads until for so long nothing came and no thread woke, or a minute is over.
    pub fn rest(&mut self, quiet: Duration) -> Result<()> {
        let deadline = Instant::now() + COMES_TO_REST;
        loop {
            let (before, written) = (self.usage()?, self.pty.written());
            self.settle(quiet);
            let still = self.pty.written() == written;
            if still && self.usage()?.naps_since(&before) == 0 || Instant::now() > deadline {
                return Ok(());
            }
        }
    }

    /// Reads until the screen is so.
    pub fn wait(&mut self, what: &str, is: impl Fn(&str) -> bool) -> Result<()> {
        let deadline = Instant::now() + LONG;
        loop {
            let seen = self.pty.written();
            self.answer();
            let screen = self.pty.screen();
            if is(&screen) {
                return Ok(());
            }
            if !self.pty.wait_more(seen, deadline) {
                bail!("waited for {what}; the screen:\n{screen}");
            }
        }
    }

    /// Answers what was asked since the last time.
    fn answer(&mut self) {
        loop {
            let new = self.pty.output_behind(self.heard);
            let asked = ANSWERS.iter().filter_map(|(question, answer)| {
                let parts = new.windows(question.len());
                let at = { parts }
                    .enumerate()
                    .find(|it| it.1 == question.as_bytes())?
                    .0;
                Some((at + question.len(), *answer))
            });
            let Some((end, answer)) = asked.min() else {
                // The beginning of a question may be the end of this.
                self.heard += new.len().saturating_sub(16);
                return;
            };
            self.heard += end;
            self.pty.send(answer);
        }
    }

    /// When the screen was so for the first time.
    pub fn shown_at(&self, is: impl Fn(&str) -> bool) -> Option<Instant> {
        let (rows, cols) = self.pty.cells().size();
        let parser = vt100::Parser::new(rows, cols, 0);
        let mut shown = None;
        let written = self.pty.output_behind(self.head);
        play(parser, &written, &self.come(self.head), |at, screen| {
            shown = is(screen).then_some(at);
            shown.is_none()
        });
        shown
    }

    /// When what stands behind so many bytes came, and how many were there then.
    fn come(&self, from: usize) -> Vec<(Instant, usize)> {
        let arrivals = self.pty.arrivals(from).into_iter();
        arrivals.map(|it| (it.at, it.bytes - from)).collect()
    }

    /// How long after it was executed that was.
    pub fn shown(&self, is: impl Fn(&str) -> bool) -> Option<Duration> {
        self.shown_at(is)
            .map(|at| at.saturating_duration_since(self.began))
    }

    /// Presses keys and reads until what they wrote is over.
    pub fn press(&mut self, keys: &str, quiet: Duration) -> Reply {
        self.after(quiet, |pty| pty.send(keys))
    }

    /// Makes the window this size and reads until what that wrote is over.
    pub fn resize(&mut self, size: Size) -> Reply {
        self.after(RESTED, |pty| pty.resize(size))
    }

    fn after(&mut self, quiet: Duration, does: impl FnOnce(&mut Pty)) -> Reply {
        let before = self.pty.cells();
        let from = self.pty.written();
        let begun = Instant::now();
        does(&mut self.pty);
        self.settle_behind(from, quiet, SILENT.max(quiet));
        let come = self.come(from).into_iter();
        let after = |at: Instant| at.saturating_duration_since(begun);
        Reply {
            come: come.map(|(at, bytes)| (after(at), bytes)).collect(),
            written: self.pty.output_behind(from),
            before,
            after: self.pty.cells(),
        }
    }

    /// What the system knows of the program.
    pub fn usage(&self) -> Result<Usage> {
        Usage::of(self.pty.pid()).context("the program is gone")
    }

    /// Leaves the program, as a user does.
    pub fn leave(mut self) -> Result<()> {
        self.pty.send("q");
        match self.pty.exit_code(PATIENCE) {
            0 => Ok(()),
            code => bail!("it ended with {code}"),
        }
    }
}
