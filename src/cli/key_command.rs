//! A key from a command of the user's, such as `pass show …`: run without a shell, with a deadline.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::descendants::kill_with_descendants;
use crate::config::KeyCommand;
use crate::domain::{SafeText, Secret, is_ours};

/// How long it may take: long enough to type a passphrase into a window, too short to hang a script.
const DEADLINE: Duration = Duration::from_secs(10);

/// No key is longer, in bytes.
const MAX_KEY: u64 = 64 * 1024;

/// Programs of this machine.
#[derive(Debug)]
pub struct Programs;

#[async_trait]
impl KeyCommand for Programs {
    async fn key(&self, words: &[String]) -> Result<Secret, String> {
        let key = run(words, DEADLINE).await;
        key.map_err(|error| error.to_string())
    }
}

/// Why there is no key. Nothing that the command printed is in it: it may be the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CommandError {
    #[error("`{program}` could not be started: {why}")]
    Start { program: SafeText, why: String },
    #[error("`{0}` gave no key within 10 seconds")]
    Late(SafeText),
    #[error("`{program}` failed ({how})")]
    Failed { program: SafeText, how: String },
    #[error("what `{program}` printed is no key: {why}")]
    NoKey { program: SafeText, why: String },
}

/// Ends what a command began unless it was done in time: neither a deadline nor an interruption leaves
/// anything running.
struct Unfinished(Option<u32>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(child) = self.0 {
            kill_with_descendants(child);
        }
    }
}

async fn run(words: &[String], deadline: Duration) -> Result<Secret, CommandError> {
    let (name, args) = words.split_first().ok_or_else(|| CommandError::Start {
        program: SafeText::name(""),
        why: "it names no program".to_owned(),
    })?;
    let program = SafeText::name(name);
    let mut command = Command::new(name);
    // What it has to say besides goes where ours goes not: a screen may be there.
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    for (variable, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
        command.env_remove(variable);
    }
    let mut child = command.spawn().map_err(|error| CommandError::Start {
        program: program.clone(),
        why: error.kind().to_string(),
    })?;
    // Dropped before the child is, which nobody has waited for then.
    let mut unfinished = Unfinished(child.id());
    let stdout = child.stdout.take();
    let whole = async {
        let mut bytes = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(MAX_KEY).read_to_end(&mut bytes).await?;
        }
        Ok::<_, std::io::Error>((bytes, child.wait().await?))
    };
    let (bytes, status) = match tokio::time::timeout(deadline, whole).await {
        Err(_) => return Err(CommandError::Late(program)),
        Ok(Err(error)) => {
            let how = error.kind().to_string();
            return Err(CommandError::Failed { program, how });
        }
        Ok(Ok(done)) => {
            unfinished.0 = None;
            done
        }
    };
    if !status.success() {
        let how = match status.code() {
            Some(code) => format!("status {code}"),
            None => "a signal".to_owned(),
        };
        return Err(CommandError::Failed { program, how });
    }
    let no_key = |why: String| CommandError::NoKey {
        program: program.clone(),
        why,
    };
    let text = String::from_utf8(bytes).map_err(|_| no_key("it is not UTF-8 text".to_owned()))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Secret::new(text.to_owned()).map_err(|error| no_key(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn out(script: &str) -> Result<String, CommandError> {
        let words = ["sh", "-c", script].map(str::to_owned);
        let key = run(&words, Duration::from_millis(500)).await;
        key.map(|key| key.reveal().to_owned())
    }

    #[tokio::test]
    async fn one_line_is_the_key_and_all_else_is_refused() {
        assert_eq!(out("echo abc").await.unwrap(), "abc");
        for script in [
            "printf ' canary'",
            "printf 'canary\\nx\\n'",
            "printf 'can\\033ary'",
            "printf ''",
        ] {
            let error = out(script).await.unwrap_err();
            assert!(
                matches!(error, CommandError::NoKey { .. }),
                "{script}: {error}"
            );
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        let failed = out("echo canary; exit 3").await.unwrap_err().to_string();
        assert!(
            failed.contains("status 3") && !failed.contains("canary"),
            "{failed}"
        );
        assert!(matches!(
            out("read x; exec cat /dev/zero").await,
            Err(CommandError::NoKey { .. } | CommandError::Failed { .. })
        ));
        let late = out("exec sleep 60").await.unwrap_err();
        assert!(matches!(late, CommandError::Late(_)), "{late}");
        let words = ["/nonexistent/pass".to_owned()];
        let error = run(&words, DEADLINE).await.unwrap_err();
        assert!(matches!(error, CommandError::Start { .. }), "{error}");
    }
}
