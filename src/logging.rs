//! The log: a file of the user's own, written only when asked for, never the terminal.
//!
//! `ASSETDECK_LOG` says what is logged (`info`, or `assetdeck::transfer=debug,warn`). Nothing in
//! this program logs a secret; and since other crates cannot promise that, they may only warn,
//! whatever the variable says.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;

/// A log that has grown beyond this is begun anew, in bytes; the one before it is kept.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Keeps the log's writer alive; what is logged after it is dropped is lost.
#[derive(Debug)]
pub struct Log {
    _writer: Option<WorkerGuard>,
    /// `None` where it is only said aloud.
    pub file: Option<PathBuf>,
}

/// Why there is no log although one was asked for.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("ASSETDECK_LOG is not understood ({0}); write it like `info` or `assetdeck=debug`")]
    Filter(String),
    #[error("the log file cannot be written: {0}")]
    Io(#[from] io::Error),
    #[error("a log is already running")]
    Twice,
}

/// How standard error is told what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aloud {
    /// A line of text for each event.
    Text,
    /// One object of JSON for each.
    Json,
}

/// Starts the log: into a file in a folder that exists and is the user's own, as this filter says,
/// and `aloud` on standard error, for a command whose user wants to see what is done. Never aloud
/// under a screen.
pub fn start(file: Option<(&Path, &str)>, aloud: Option<Aloud>) -> Result<Log, LogError> {
    let mut log = Log {
        _writer: None,
        file: None,
    };
    let mut to_file = None;
    if let Some((folder, filter)) = file {
        let targets =
            Targets::from_str(filter).map_err(|error| LogError::Filter(error.to_string()))?;
        let file = folder.join("assetdeck.log");
        let (writer, guard) = writer(open(&file)?);
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(writer);
        to_file = Some(layer.with_filter(targets.and(filter_fn(ours))));
        log = Log {
            _writer: Some(guard),
            file: Some(file),
        };
    }
    let to_people = aloud.map(|form| {
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .with_writer(move || OneLine(io::stderr(), form))
            .with_filter(LevelFilter::DEBUG.and(filter_fn(ours)))
    });
    let layers = tracing_subscriber::registry().with(to_file).with(to_people);
    tracing::subscriber::set_global_default(layers).map_err(|_| LogError::Twice)?;
    Ok(log)
}

/// Others may only warn.
fn ours(meta: &tracing::Metadata<'_>) -> bool {
    let root = meta.target().split("::").next().unwrap_or_default();
    root == env!("CARGO_CRATE_NAME") || *meta.level() <= LevelFilter::WARN
}

fn writer(file: File) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .thread_name("log")
        .finish(OneLine(file, Aloud::Text))
}

/// Opened for appending, readable by its user only from the first byte on.
fn open(path: &Path) -> io::Result<File> {
    if std::fs::metadata(path).is_ok_and(|meta| meta.len() > MAX_BYTES) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    let mut options = File::options();
    options.append(true).create(true);
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let file = options.mode(0o600).custom_flags(no_follow).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Keeps each event on one line and free of what drives a terminal, whoever wrote it: a log is
/// read with `cat`. The layer hands over one whole event a call.
struct OneLine<W>(W, Aloud);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = String::with_capacity(text.len());
        for c in text.trim_end_matches('\n').chars() {
            let turns = matches!(u32::from(c), 0x061C | 0x200E..=0x200F | 0x2028..=0x202E | 0x2066..=0x2069);
            if c.is_control() || turns {
                line.extend(c.escape_unicode());
            } else {
                line.push(c);
            }
        }
        if self.1 == Aloud::Json {
            line = serde_json::json!({ "event": "log", "message": line }).to_string();
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stays_one_harmless_line() {
        let mut out = OneLine(Vec::new(), Aloud::Text);
        out.write_all("a\x1b[31m\nb\u{202e}c\n".as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(out.0).unwrap(),
            "a\\u{1b}[31m\\u{a}b\\u{202e}c\n"
        );
    }

    #[test]
    fn a_log_is_ours_alone_and_others_only_warn() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            start(Some((folder.path(), "assetdeck=loud")), None),
            Err(LogError::Filter(_))
        ));
        let log = start(Some((folder.path(), "trace")), None).unwrap();
        tracing::debug!("ours");
        tracing::debug!(target: "hyper::proto", "theirs");
        tracing::warn!(target: "hyper::proto", "their warning");
        let path = log.file.clone().unwrap();
        drop(log);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("ours") && text.contains("their warning"),
            "{text}"
        );
        assert!(!text.contains("theirs"), "{text}");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
