//! The real program in a real pseudo-terminal, and someone who types and reads.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::home::Home;
use super::sequences;
use super::wait::until;

/// How long anything visible may take on a busy two-core machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Longer than any test.
const FOREVER: Duration = Duration::from_hours(1);

/// What the terminal has seen so far.
struct Seen {
    parser: vt100::Parser,
    /// Every byte the program ever wrote.
    bytes: Vec<u8>,
    /// When they came.
    arrivals: Vec<Arrival>,
    /// So many marks came through.
    marks: usize,
    ended: bool,
}

/// Bytes came in.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "`benches/screen` asks")]
pub struct Arrival {
    pub at: Instant,
    /// So many were there then.
    pub bytes: usize,
}

/// Written behind what a program wrote last, to know when all of it was read. Shows nothing.
const MARK: u8 = 0;

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
    /// Tells the reader to let go of its side of the terminal at the next byte.
    let_go: AtomicBool,
    /// Tells the reader to take nothing for a while.
    idle: AtomicBool,
}

/// A program on a terminal of its own.
pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    /// Kept open so that settings can still be read after the program has gone.
    slave: Option<Box<dyn SlavePty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: RefCell<Box<dyn Child + Send + Sync>>,
    shared: Arc<Shared>,
    tty: PathBuf,
    before: String,
    /// It is the program itself, whose every sequence is judged.
    ours: bool,
    /// So many marks were written.
    marks: Cell<usize>,
}

/// Columns × rows.
pub type Size = (u16, u16);

fn pty_size((cols, rows): Size) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Pty {
    /// Starts `assetdeck` with these arguments on a terminal of this size.
    pub fn start(home: &Home, args: &[&str], size: Size) -> Self {
        Self::spawn(
            home.env(),
            home.path(),
            env!("CARGO_BIN_EXE_assetdeck"),
            args,
            size,
        )
    }

    /// Starts any program, with exactly this environment.
    pub fn spawn(
        env: Vec<(String, String)>,
        folder: &std::path::Path,
        program: &str,
        args: &[&str],
        size: Size,
    ) -> Self {
        let pair = native_pty_system()
            .openpty(pty_size(size))
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in env {
            command.env(name, value);
        }
        command.cwd(folder);
        let tty = pair.master.tty_name().expect("the terminal has a name");
        let before = settings(&tty);
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let (cols, rows) = size;
        let parser = vt100::Parser::new(nonzero(rows), nonzero(cols), 0);
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen {
                parser,
                bytes: Vec::new(),
                arrivals: Vec::new(),
                marks: 0,
                ended: false,
            }),
            changed: Condvar::new(),
            let_go: AtomicBool::new(false),
            idle: AtomicBool::new(false),
        });
        let reader = pair.master.try_clone_reader().expect("a reader");
        drain(reader, Arc::clone(&shared));
        Self {
            writer: Some(pair.master.take_writer().expect("a writer")),
            master: Some(pair.master),
            slave: Some(pair.slave),
            child: RefCell::new(child),
            shared,
            tty,
            before,
            ours: program == env!("CARGO_BIN_EXE_assetdeck"),
            marks: Cell::new(0),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared
            .seen
            .lock()
            .expect("the reader has not panicked")
    }

    /// The screen as text, one line per row.
    pub fn screen(&self) -> String {
        self.seen().parser.screen().contents()
    }

    /// A copy of the screen with colours and modes.
    pub fn cells(&self) -> vt100::Screen {
        self.seen().parser.screen().clone()
    }

    /// Every byte written so far.
    pub fn output(&self) -> Vec<u8> {
        self.output_behind(0)
    }

    /// Every byte written behind so many.
    pub fn output_behind(&self, bytes: usize) -> Vec<u8> {
        self.seen().bytes[bytes..].to_vec()
    }

    /// How many bytes were written so far.
    pub fn written(&self) -> usize {
        self.seen().bytes.len()
    }

    /// When those behind so many bytes came.
    #[allow(dead_code, reason = "`benches/screen` asks")]
    pub fn arrivals(&self, bytes: usize) -> Vec<Arrival> {
        let seen = self.seen();
        let from = seen.arrivals.partition_point(|it| it.bytes <= bytes);
        seen.arrivals[from..].to_vec()
    }

    /// Waits until more than so many bytes were written; false when the time is over, or the terminal.
    #[allow(dead_code, reason = "`benches/screen` asks")]
    pub fn wait_more(&self, bytes: usize, deadline: Instant) -> bool {
        let mut seen = self.seen();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if seen.bytes.len() > bytes {
                return true;
            }
            if left.is_zero() || seen.ended {
                return false;
            }
            let waited = self.shared.changed.wait_timeout(seen, left);
            seen = waited.expect("the reader lives").0;
        }
    }

    /// Whether this was ever written, sequences included.
    pub fn has_written(&self, text: &str) -> bool {
        let seen = self.seen();
        let mut parts = seen.bytes.windows(text.len());
        parts.any(|part| part == text.as_bytes())
    }

    /// Waits until this was written, sequences included.
    #[track_caller]
    pub fn wait_written(&self, text: &str) {
        let written = until(PATIENCE, || self.has_written(text));
        let screen = self.screen();
        assert!(written, "never wrote {text:?}; the screen:\n{screen}");
    }

    /// Waits until the screen satisfies a condition; a time-out shows the screen.
    #[track_caller]
    pub fn wait_for(&self, what: &str, condition: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut last_look = false;
        let mut seen = self.seen();
        loop {
            let screen = seen.parser.screen().contents();
            if condition(&screen) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            // What it wrote last may come after its end is known: one more look, then give up.
            let gone = self
                .child
                .borrow_mut()
                .try_wait()
                .expect("it can be asked")
                .is_some();
            if left.is_zero() || last_look {
                let why = if last_look {
                    ", and the program ended"
                } else {
                    ""
                };
                // Let go first, or the reader would panic as well.
                drop(seen);
                panic!("waited for {what}{why}; the screen:\n{screen}");
            }
            last_look = gone;
            let pause = left.min(Duration::from_millis(500));
            seen = self
                .shared
                .changed
                .wait_timeout(seen, pause)
                .expect("the reader lives")
                .0;
        }
    }

    /// Waits until this text is on the screen.
    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait_for(&format!("{text:?}"), |screen| screen.contains(text));
    }

    /// Waits until this text is no longer on the screen.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) {
        self.wait_for(&format!("no {text:?}"), |screen| !screen.contains(text));
    }

    /// Waits until some row holds all of these.
    #[track_caller]
    pub fn wait_row(&self, parts: &[&str]) {
        self.wait_for(&format!("a row with {parts:?}"), |screen| {
            screen
                .lines()
                .any(|row| parts.iter().all(|part| row.contains(part)))
        });
    }

    /// Types these bytes.
    pub fn send(&mut self, bytes: &str) {
        let writer = self.writer.as_mut().expect("the terminal is open");
        writer
            .write_all(bytes.as_bytes())
            .and_then(|()| writer.flush())
            .expect("typing works");
    }

    /// Types keys by name, separated by spaces: `j`, `Enter`, `Esc`, `Tab`, `S-Tab`, `Space`, `BS`,
    /// `Up`, `Down`, `Left`, `Right`, `Home`, `End`, `PgUp`, `PgDn`, `Del`, `F1`, `C-x`.
    pub fn send_keys(&mut self, keys: &str) {
        for key in keys.split(' ').filter(|key| !key.is_empty()) {
            let bytes = match key {
                "Enter" => "\r".into(),
                "Esc" => "\x1b".into(),
                "Tab" => "\t".into(),
                "S-Tab" => "\x1b[Z".into(),
                "Space" => " ".into(),
                "BS" => "\x7f".into(),
                "Up" => "\x1b[A".into(),
                "Down" => "\x1b[B".into(),
                "Right" => "\x1b[C".into(),
                "Left" => "\x1b[D".into(),
                "Home" => "\x1b[H".into(),
                "End" => "\x1b[F".into(),
                "PgUp" => "\x1b[5~".into(),
                "PgDn" => "\x1b[6~".into(),
                "Del" => "\x1b[3~".into(),
                "F1" => "\x1bOP".into(),
                _ => match key.strip_prefix("C-").and_then(|rest| rest.bytes().next()) {
                    Some(letter) => char::from(letter & 0x1f).to_string(),
                    None => key.to_owned(),
                },
            };
            self.send(&bytes);
        }
    }

    /// Types keys again and again until the screen follows: for what takes no key for a moment.
    #[track_caller]
    pub fn press_until(&mut self, keys: &str, what: &str, condition: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            self.send_keys(keys);
            if until(Duration::from_millis(400), || condition(&self.screen())) {
                return;
            }
        }
        panic!("pressed {keys} for {what}; the screen:\n{}", self.screen());
    }

    /// Pastes text the way a terminal does that knows bracketed paste.
    pub fn paste(&mut self, text: &str) {
        self.send(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// The terminal takes nothing more than what it has room for, as at the end of a line that stalls.
    pub fn stop_reading(&self) {
        self.shared.idle.store(true, Ordering::SeqCst);
    }

    /// It does again.
    pub fn read_on(&self) {
        self.shared.idle.store(false, Ordering::SeqCst);
    }

    /// Makes the window this size.
    pub fn resize(&mut self, size: Size) {
        let (cols, rows) = size;
        self.seen()
            .parser
            .screen_mut()
            .set_size(nonzero(rows), nonzero(cols));
        self.master
            .as_ref()
            .expect("open")
            .resize(pty_size(size))
            .expect("a resize");
    }

    /// The process id of the program.
    pub fn pid(&self) -> u32 {
        self.child
            .borrow()
            .process_id()
            .expect("the program has an id")
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("a process id");
        kill_process(pid, signal).expect("the signal is delivered");
    }

    /// Waits for the end of the program; its exit code, or a time-out that shows the screen.
    #[track_caller]
    pub fn exit_code(&self, within: Duration) -> u32 {
        let mut status = None;
        let ended = until(within, || {
            status = self
                .child
                .borrow_mut()
                .try_wait()
                .expect("the child can be asked");
            status.is_some()
        });
        assert!(
            ended,
            "still running after {within:?}; the screen:\n{}",
            self.screen()
        );
        self.read_to_the_end();
        status.expect("ended").exit_code()
    }

    /// Waits until all that an ended program wrote was read.
    fn read_to_the_end(&self) {
        // A terminal that was closed has nothing more to read.
        let Ok(mut tty) = File::options().write(true).open(&self.tty) else {
            return;
        };
        if self.master.is_some() && tty.write_all(&[MARK]).is_ok() {
            self.marks.set(self.marks.get() + 1);
            let read = until(PATIENCE, || self.seen().marks >= self.marks.get());
            assert!(
                read,
                "the terminal is not read; the screen:\n{}",
                self.screen()
            );
        }
    }

    /// Holds that the terminal is as it was before the program: settings and modes.
    #[track_caller]
    pub fn assert_restored(&self) {
        // What the program wrote last may still be on its way through the reader.
        let left = || {
            let mut left = sequences::left_on(&self.output());
            // A shell that reads a line of its own may have one mode on.
            left.retain(|what| self.ours || what != "mode 2004");
            left
        };
        until(Duration::from_secs(5), || left().is_empty());
        assert_eq!(
            left(),
            [""; 0],
            "left behind; the screen:\n{}",
            self.screen()
        );
        assert_eq!(
            settings(&self.tty),
            self.before,
            "terminal settings before and after"
        );
    }

    /// The terminal's settings of now.
    pub fn settings(&self) -> String {
        settings(&self.tty)
    }

    /// Writes on the terminal as another program does.
    pub fn scribble(&self, text: &str) {
        let mut tty = File::options()
            .write(true)
            .open(&self.tty)
            .expect("the terminal");
        tty.write_all(text.as_bytes()).expect("written");
    }

    /// Closes the terminal under the program, as a lost connection does.
    ///
    /// The reader sits in a blocking read and would keep the terminal alive; a resize makes the
    /// program write, and the reader lets go on the first byte.
    pub fn hang_up(&mut self) {
        let (rows, cols) = self.cells().size();
        self.hang_up_at(|pty| pty.resize((cols.get() + 1, rows.get())));
    }

    /// The same at something that makes the terminal show a byte.
    pub fn hang_up_at(&mut self, wake: impl FnOnce(&mut Self)) {
        self.shared.let_go.store(true, Ordering::SeqCst);
        wake(self);
        let gone = until(PATIENCE, || self.seen().ended);
        assert!(
            gone,
            "nothing came on the terminal, so the reader could not let go"
        );
        self.slave = None;
        self.writer = None;
        self.master = None;
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
        self.shared.idle.store(false, Ordering::SeqCst);
        if self.ours && !std::thread::panicking() {
            let foreign = sequences::foreign(&self.output());
            assert!(foreign.is_empty(), "not ours: {foreign:?}");
            assert_eq!(self.seen().marks, self.marks.get(), "it wrote a zero");
        }
    }
}

fn nonzero(number: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(number.max(1)).expect("at least 1")
}

/// Reads everything the program writes, so that it never blocks on a full terminal.
fn drain(mut reader: Box<dyn Read + Send>, shared: Arc<Shared>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        // Written, and not on the screen yet.
        let mut waiting = Vec::new();
        loop {
            until(FOREVER, || !shared.idle.load(Ordering::SeqCst));
            let read = reader.read(&mut buffer).unwrap_or(0);
            let at = Instant::now();
            let mut seen = shared.seen.lock().expect("no test panics inside the lock");
            let (marks, new): (Vec<u8>, Vec<u8>) =
                buffer[..read].iter().partition(|byte| **byte == MARK);
            seen.marks += marks.len();
            seen.bytes.extend_from_slice(&new);
            let bytes = seen.bytes.len();
            seen.arrivals.push(Arrival { at, bytes });
            waiting.extend_from_slice(&new);
            let shown = if read == 0 {
                waiting.len()
            } else {
                whole(&waiting)
            };
            seen.parser.process(&waiting[..shown]);
            waiting.drain(..shown);
            if read == 0 || shared.let_go.load(Ordering::SeqCst) {
                drop(reader);
                seen.ended = true;
                shared.changed.notify_all();
                return;
            }
            shared.changed.notify_all();
        }
    });
}

/// So much of it ends with a whole frame: a synchronized update is shown at its end, as terminals do,
/// or half of a frame would be taken for what the program shows.
pub fn whole(bytes: &[u8]) -> usize {
    const BEGIN: &[u8] = b"\x1b[?2026h";
    const END: &[u8] = b"\x1b[?2026l";
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|part| part == mark);
    match (last(BEGIN), last(END)) {
        (Some(begin), end) if end.is_none_or(|end| end < begin) => begin,
        // The mark itself may come in two parts.
        _ => {
            let parts = 1..BEGIN.len();
            let part = parts.rev().find(|part| bytes.ends_with(&BEGIN[..*part]));
            bytes.len() - part.unwrap_or(0)
        }
    }
}

/// The terminal's settings as text, for comparing.
fn settings(tty: &std::path::Path) -> String {
    let file = File::open(tty).expect("the terminal opens");
    format!(
        "{:?}",
        rustix::termios::tcgetattr(&file).expect("the terminal has settings")
    )
}
