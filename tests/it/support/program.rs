//! The real program while it runs: started, told by signals, waited for.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::cli::{Ran, command};
use super::home::Home;
use super::wait::until;

/// How long a command may take before it counts as hanging.
const DEADLINE: Duration = Duration::from_mins(1);

/// A program that was started. It is killed when nobody waited for its end.
pub struct Program {
    args: Vec<String>,
    child: Child,
    output: Option<[JoinHandle<String>; 2]>,
    /// What it has said on standard error so far.
    said: Arc<Mutex<Vec<u8>>>,
}

impl Program {
    /// Starts `assetdeck` in this home, with bytes on standard input.
    #[track_caller]
    pub fn start(home: &Home, args: &[&str], input: &[u8]) -> Self {
        let mut command = command(home, env!("CARGO_BIN_EXE_assetdeck"));
        command.args(args);
        Self::start_command(command, args, input)
    }

    /// Starts any command.
    #[track_caller]
    pub fn start_command(mut command: Command, args: &[&str], input: &[u8]) -> Self {
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
        let said: Arc<Mutex<Vec<u8>>> = Arc::default();
        let stdout = collect(child.stdout.take().expect("stdout"), Arc::default());
        let stderr = collect(child.stderr.take().expect("stderr"), Arc::clone(&said));
        Self {
            args: args.iter().map(ToString::to_string).collect(),
            child,
            output: Some([stdout, stderr]),
            said,
        }
    }

    /// Whether this stands on its standard error by now.
    pub fn said(&self, part: &str) -> bool {
        let said = self.said.lock().expect("nobody panics with it");
        String::from_utf8_lossy(&said).contains(part)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        let status = self.child.try_wait();
        status.expect("the child can be asked").is_some()
    }

    /// Sends a signal, unless it has ended already.
    pub fn signal(&mut self, signal: Signal) {
        if !self.has_ended() {
            let pid = Pid::from_raw(self.pid().cast_signed()).expect("a process id");
            // It is ours and not waited for yet, so the id cannot be another's.
            kill_process(pid, signal).expect("the signal is delivered");
        }
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub fn kill(mut self) -> Ran {
        self.signal(Signal::KILL);
        self.end()
    }

    /// Waits for its end, or fails when it hangs.
    #[track_caller]
    pub fn end(self) -> Ran {
        self.end_within(DEADLINE)
    }

    /// Waits for its end for so long, or fails.
    #[track_caller]
    pub fn end_within(mut self, within: Duration) -> Ran {
        let mut status = None;
        let ended = until(within, || {
            status = self.child.try_wait().expect("the child can be asked");
            status.is_some()
        });
        if !ended {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let [stdout, stderr] = self.output.take().expect("taken once");
        let ran = Ran {
            args: std::mem::take(&mut self.args),
            stdout: stdout.join().expect("stdout is read"),
            stderr: stderr.join().expect("stderr is read"),
            code: status.and_then(|status| status.code()),
        };
        assert!(ended, "not over after {within:?}: {ran:#?}");
        // Nothing moves a cursor that is not there.
        let is_text = |text: &str| !text.contains('\u{1b}');
        assert!(is_text(&ran.stdout) && is_text(&ran.stderr), "{ran:#?}");
        ran
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<Vec<u8>>>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut some = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut some) {
            let mut all = into.lock().expect("nobody panics with it");
            all.extend_from_slice(&some[..count]);
        }
        let all = into.lock().expect("nobody panics with it");
        String::from_utf8_lossy(&all).into_owned()
    })
}
