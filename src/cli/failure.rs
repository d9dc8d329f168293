//! Why a command ends otherwise than well: one sentence, what to do next, and the exit code.

use crate::api::{ApiError, ApiErrorKind, ConnectError};
use crate::config::ConfigError;

/// The exit codes, as the help lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Done,
    /// 1: it failed.
    Failed,
    /// 2: wrong usage or settings, nothing was tried.
    Usage,
    /// 3: some of several failed.
    Partly,
    /// 4: not signed in, or not allowed.
    Refused,
    /// 5: a check found what it was told to look for.
    Found,
    /// 130: stopped by the user.
    Stopped,
    /// Ended by a signal that is not a plain request to stop: this status.
    Signalled(u8),
}

impl Exit {
    /// All but those of signals.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Partly,
        Self::Refused,
        Self::Found,
        Self::Stopped,
    ];

    /// The status that the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partly => 3,
            Self::Refused => 4,
            Self::Found => 5,
            Self::Stopped => 130,
            Self::Signalled(status) => status,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A command that did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    /// One sentence without a full stop; empty when everything was said already.
    pub message: String,
    /// What to do, as a sentence of its own; may be empty.
    pub hint: String,
    /// What is wrong with the settings, where that is why.
    pub fault: Option<Box<ConfigError>>,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: String::new(),
            fault: None,
        }
    }

    /// The command was called wrongly, or the settings are wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// It was tried and failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// Nothing more is to be said.
    pub fn silent(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// The user stopped it.
    pub fn stopped() -> Self {
        Self::new(Exit::Stopped, "stopped")
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let exit = if error.kind == ApiErrorKind::Cancelled {
            Exit::Stopped
        } else if error.is_refusal() {
            Exit::Refused
        } else if error.kind == ApiErrorKind::Unsupported {
            Exit::Usage
        } else {
            Exit::Failed
        };
        Self::new(exit, error.to_string()).hint(error.hint())
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::NoKey { reason } => Self::new(Exit::Refused, reason),
            ConnectError::Sealed { reason } => Self::new(Exit::Refused, reason).hint(
                "Where nobody can type it, ASSETDECK_PASSPHRASE opens it; whoever forgot it logs in anew.",
            ),
            ConnectError::Moved { reason, .. } => Self::new(Exit::Refused, reason).hint(
                "Look at base_url in the settings; if it is right, give --confirm NAME once, or log in anew.",
            ),
            ConnectError::Settings(message) => Self::usage(message),
            ConnectError::Api(error) => error.into(),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Self::usage(error.to_string());
        Self {
            fault: Some(Box::new(error)),
            ..failure
        }
    }
}

/// What standard output refused. A reader that went away (`| head`) is no failure.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::silent(Exit::Done)
        } else {
            Self::failed(format!("could not write the output: {error}"))
        }
    }
}

/// The outcome of several files, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub done: usize,
    pub failed: usize,
    /// Those of the failed which the service refused for want of rights.
    pub refused: usize,
    pub stopped: bool,
}

impl Tally {
    /// Counts one that failed.
    pub fn count(&mut self, failure: &Failure) {
        self.failed += 1;
        self.refused += usize::from(failure.exit == Exit::Refused);
        self.stopped |= failure.exit == Exit::Stopped;
    }

    /// The end of a command that has told of each one already.
    pub fn end(self) -> Result<(), Failure> {
        match self.exit() {
            Exit::Done => Ok(()),
            exit => Err(Failure::silent(exit)),
        }
    }

    /// The exit code: all, none or some of them.
    pub fn exit(self) -> Exit {
        if self.stopped {
            Exit::Stopped
        } else if self.failed == 0 {
            Exit::Done
        } else if self.done > 0 {
            Exit::Partly
        } else if self.refused == self.failed {
            Exit::Refused
        } else {
            Exit::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_their_exit_codes() {
        let all = [
            (Exit::Done, 0),
            (Exit::Failed, 1),
            (Exit::Usage, 2),
            (Exit::Partly, 3),
            (Exit::Refused, 4),
            (Exit::Found, 5),
            (Exit::Stopped, 130),
        ];
        for (exit, code) in all {
            assert_eq!(exit.code(), code);
        }
        let api = |kind| Failure::from(ApiError::new("list assets", kind, "no")).exit;
        assert_eq!(api(ApiErrorKind::Unauthorized), Exit::Refused);
        assert_eq!(
            api(ApiErrorKind::Forbidden { missing: vec![] }),
            Exit::Refused
        );
        assert_eq!(api(ApiErrorKind::NotFound), Exit::Failed);
        assert_eq!(api(ApiErrorKind::Decode), Exit::Failed);
        assert_eq!(api(ApiErrorKind::Cancelled), Exit::Stopped);
        let reason = "nowhere".to_owned();
        assert_eq!(
            Failure::from(ConnectError::NoKey { reason }).exit,
            Exit::Refused
        );
        assert_eq!(
            Failure::from(ConnectError::Settings("x".to_owned())).exit,
            Exit::Usage
        );
        let pipe = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert_eq!(Failure::from(pipe), Failure::silent(Exit::Done));
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(Failure::from(full).exit, Exit::Failed);
    }

    #[test]
    fn several_files_make_one_code() {
        let tally = |done, failed, refused, stopped| {
            Tally {
                done,
                failed,
                refused,
                stopped,
            }
            .exit()
        };
        assert_eq!(tally(2, 0, 0, false), Exit::Done);
        assert_eq!(tally(1, 1, 0, false), Exit::Partly);
        assert_eq!(tally(1, 1, 1, false), Exit::Partly);
        assert_eq!(tally(0, 1, 0, false), Exit::Failed);
        assert_eq!(tally(0, 2, 2, false), Exit::Refused);
        assert_eq!(tally(0, 2, 1, false), Exit::Failed);
        assert_eq!(tally(1, 1, 0, true), Exit::Stopped);
    }
}
