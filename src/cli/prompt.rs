//! Questions on the terminal: a key, which is not echoed, and yes or no.

pub mod echo;
mod words;

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use self::echo::{Echo, LONGEST};
pub use self::words::{Word, unquoted};
use super::failure::{Exit, Failure};
use super::output::{Output, Voice};
use crate::domain::{SafeText, Secret, SecretError, mixed_letters};
use crate::transfer::tree::MANY_CALLS;

/// No key is longer, in bytes.
const MAX_KEY: u64 = 64 * 1024;

/// Whether somebody is there who can type a key. Other questions are [`Output::can_ask`]'s.
pub fn possible() -> bool {
    io::stdin().is_terminal()
}

/// Many calls are only made when the user knows.
pub async fn may(output: &mut Output, yes: bool, calls: usize, what: &str) -> Result<(), Failure> {
    if yes || calls < MANY_CALLS {
        return Ok(());
    }
    let what = format!("{what} takes {calls} calls to the service");
    agree(output, &what, ", which may allow only so many an hour").await
}

/// What costs much is only done when the user knows; `why` goes on where nobody can be asked.
pub async fn agree(output: &mut Output, what: &str, why: &str) -> Result<(), Failure> {
    if !output.can_ask() {
        return Err(Failure::usage(format!("{what}{why}")).hint("Give --yes to make them."));
    }
    let question = format!("{what}. Go on? [y/N]");
    if self::yes(output, &question).await? {
        Ok(())
    } else {
        Err(Failure::stopped())
    }
}

/// What stands in front of a question about something whose name may not be the one it looks like.
pub fn mixing(name: &str) -> String {
    mixed_letters(name).map_or_else(String::new, |mixed| {
        let (name, mixed) = (SafeText::name(name), SafeText::prose(&mixed));
        format!("“{name}” mixes {mixed}. ")
    })
}

/// Asks for a key, again where one was typed that cannot be sent. Ctrl-C stops the command.
pub async fn key(voice: Voice, question: &str) -> Result<Secret, Failure> {
    // Also between two questions: who types ahead must not see it either.
    let _echo = Echo::off();
    loop {
        match hidden(question).await? {
            Err(error) if error != SecretError::Empty => voice.note(&error.to_string()),
            key => return key.map_err(wrong),
        }
    }
}

/// Asks for the passphrase of a file that is there.
pub async fn passphrase(question: &str) -> Result<Secret, Failure> {
    let read = hidden(question).await?;
    read.map_err(|error| Failure::usage(error.of("passphrase")))
}

/// Asks for the passphrase of a new file, twice: nobody sees what is typed, and nobody can find it again.
pub async fn new_passphrase(output: &mut Output) -> Result<Secret, Failure> {
    // Also between the two questions: who types ahead must not see it either.
    let _echo = Echo::off();
    loop {
        let first = hidden("A passphrase for the file (it is not shown): ").await?;
        let first = first.map_err(|error| error.of("passphrase"));
        match first.and_then(|first| first.may_seal().map(|()| first)) {
            Err(why) => output.note(&why),
            Ok(first) => {
                if hidden("The same passphrase again: ").await?.as_ref() == Ok(&first) {
                    return Ok(first);
                }
                output.note("the two are not the same");
            }
        }
    }
}

/// Asks for what must not be seen.
async fn hidden(question: &str) -> Result<Result<Secret, SecretError>, Failure> {
    let question = SafeText::prose(question).into_string();
    // The terminal echoes again even when a signal ends the waiting.
    let _echo = Echo::off();
    match aside(move || echo::ask(&question)).await? {
        Ok(None) => Err(Failure::stopped()),
        // It may have been longer.
        Ok(Some(line)) if line.len() + 2 > LONGEST => {
            let why = format!(
                "a terminal takes no more than {} characters at once",
                LONGEST - 2
            );
            Err(Failure::usage(why).hint("Give a longer key to `assetdeck login` by --key-stdin."))
        }
        Ok(Some(line)) => Ok(match String::from_utf8(line) {
            Ok(text) => Secret::new(text),
            Err(_) => Err(SecretError::Characters),
        }),
        Err(error) => Err(Failure::failed(format!("could not ask: {error}"))),
    }
}

/// Reads a key from standard input: all of it, without the one line end that `echo` adds.
pub async fn key_from_stdin() -> Result<Secret, Failure> {
    if possible() {
        return Err(
            Failure::usage("--key-stdin reads the key from a pipe, and there is none")
                .hint("Leave it out to be asked."),
        );
    }
    let read = aside(|| {
        let mut bytes = Vec::new();
        io::stdin()
            .take(MAX_KEY)
            .read_to_end(&mut bytes)
            .map(|_| bytes)
    });
    let bytes = read
        .await?
        .map_err(|error| Failure::failed(format!("could not read the key: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage("the key on standard input is not UTF-8 text"))?;
    secret(without_line_end(&text).to_owned())
}

fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

fn secret(text: String) -> Result<Secret, Failure> {
    Secret::new(text).map_err(wrong)
}

fn wrong(error: SecretError) -> Failure {
    Failure::usage(error.to_string())
}

/// Asks yes or no; anything but yes is no.
pub async fn yes(output: &mut Output, question: &str) -> Result<bool, Failure> {
    let answer = answer(output, question).await?.to_lowercase();
    Ok(answer == "y" || answer == "yes")
}

/// Asks for a word. The end of the input stops the command: it is no answer.
pub async fn answer(output: &mut Output, question: &str) -> Result<String, Failure> {
    answer_to(
        output,
        question,
        "One of the words or letters that the question names.",
    )
    .await
}

/// The same in a conversation whose `help` says this of the question.
pub async fn answer_to(output: &mut Output, question: &str, help: &str) -> Result<String, Failure> {
    loop {
        let answer = line(output, question).await?;
        let answer = answer.ok_or_else(Failure::stopped)?;
        if !output.is_linear() {
            return Ok(answer);
        }
        match Word::of(&answer) {
            None => return Ok(words::meant(&answer).to_owned()),
            Some(Word::Help) => {
                for line in std::iter::once(help).chain(words::HELP) {
                    output.line(line)?;
                }
            }
            Some(word) => {
                output.line("Nothing was done.")?;
                // Whoever leaves it is no failure; the form is one that was not filled in.
                return Err(Failure::silent(match word {
                    Word::Quit => Exit::Done,
                    Word::Back | Word::Help => Exit::Failed,
                }));
            }
        }
    }
}

/// Asks for a line; `None` at the end of the input. Where it cannot be read nobody is asked again.
pub async fn line(output: &mut Output, question: &str) -> Result<Option<String>, Failure> {
    output.ask(question)?;
    let answer = aside(read_line).await?.map_err(|error| {
        output.ask_no_more();
        Failure::failed(format!("could not read the answer: {error}"))
    })?;
    if let Some(answer) = &answer {
        output.answered(answer);
    }
    Ok(answer)
}

/// The next line of standard input, which another program may have told not to wait.
fn read_line() -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut input = io::stdin().lock();
    loop {
        match input.read_until(b'\n', &mut line) {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let mut watched = [PollFd::new(&input, PollFlags::IN)];
                match poll(&mut watched, None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error),
        }
    }
    // Bytes that are no text are no answer either; what stands in for them fits nothing.
    Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).trim().to_owned()))
}

/// Runs something that waits for a person on a thread of its own: the runtime would not end before
/// a thread of its pool.
async fn aside<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let (answer, coming) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("prompt".to_owned())
        .spawn(move || {
            // Nobody may be waiting any more.
            let _ = answer.send(wait());
        })
        .map_err(|error| Failure::failed(format!("could not ask: {error}")))?;
    coming.await.map_err(|_| Failure::stopped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_goes_and_nothing_else() {
        assert_eq!(without_line_end("abc\n"), "abc");
        assert_eq!(without_line_end("abc\r\n"), "abc");
        assert_eq!(without_line_end("abc"), "abc");
        assert_eq!(without_line_end("abc\n\n"), "abc\n");
        assert!(secret(without_line_end("abc\n\n").to_owned()).is_err());
        assert!(secret(without_line_end(" abc\n").to_owned()).is_err());
    }
}
