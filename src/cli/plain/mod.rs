//! `--plain`: accounts, places and assets by numbered lists and questions on plain lines, for screen
//! readers and pipes.

mod asset;
mod load;
mod reader;
mod rows;
mod send;

use self::load::{Level, Place};
use self::rows::PAGE;
use super::failure::{Exit, Failure};
use super::find;
use super::names;
use super::output::Output;
use super::prompt::{self, Word};
use super::session::Session;
use super::stop::Stop;
use crate::domain::SafeText;

/// What an answer leads to.
enum Step<'a> {
    /// The same question once more, with its list.
    Again,
    /// The same question once more.
    Ask,
    Into(Box<Level<'a>>),
    Back,
    /// Somewhere else, with the way there.
    To(Vec<Level<'a>>),
    Leave,
}

/// One conversation.
struct Talk<'a, 'o> {
    session: &'a Session,
    output: &'o mut Output,
    stop: &'o mut Stop,
}

/// Talks until it is left. The end of the input and Ctrl-C leave without a word; an input that cannot be
/// read, or an output that cannot be written, ends it as a failure.
pub async fn run(session: &Session, output: &mut Output, stop: &mut Stop) -> Result<(), Failure> {
    output.line(
        "assetdeck, without a screen. Each question names what can be typed; help, back and quit are \
         understood at every one.",
    )?;
    let mut talk = Talk {
        session,
        output,
        stop,
    };
    let talked = talk.go().await;
    let stopped = talked.as_ref().is_err_and(is_stop);
    if stopped || !talk.output.can_ask() {
        // What comes next on the terminal begins on a line of its own.
        let told = talk.output.line("");
        if stopped {
            told?;
        }
    }
    talked.map_err(|failure| {
        if stopped {
            Failure::silent(failure.exit)
        } else {
            failure
        }
    })
}

/// The user, or a signal, ends it.
const fn is_stop(failure: &Failure) -> bool {
    matches!(failure.exit, Exit::Stopped | Exit::Signalled(_))
}

impl<'a> Talk<'a, '_> {
    async fn go(&mut self) -> Result<(), Failure> {
        let mut way = vec![Level::new(Place::Accounts(self.session.all()?), "")];
        let mut shown = false;
        while let Some(level) = way.last_mut() {
            let step = match self.visit(level, shown).await {
                Ok(step) => step,
                Err(failure) => {
                    self.say(failure)?;
                    // What cannot be shown is left again.
                    if level.is_loaded() {
                        Step::Ask
                    } else {
                        Step::Back
                    }
                }
            };
            shown = matches!(step, Step::Ask);
            match step {
                Step::Again | Step::Ask => {}
                Step::Into(level) => way.push(*level),
                Step::To(other) => way = other,
                Step::Back if way.len() > 1 => {
                    way.pop();
                }
                Step::Back => self.output.line("This is the first list; quit leaves.")?,
                Step::Leave => return Ok(()),
            }
        }
        Ok(())
    }

    /// Says what failed, unless the conversation ends by it.
    fn say(&mut self, failure: Failure) -> Result<(), Failure> {
        // It was left in a form, or its reader went away.
        let left = failure == Failure::silent(Exit::Done);
        if left || is_stop(&failure) || self.output.is_over() {
            return Err(failure);
        }
        self.output.fail(&failure);
        Ok(())
    }

    /// Shows a list or an asset, asks, and does what the answer says.
    async fn visit(&mut self, level: &mut Level<'a>, shown: bool) -> Result<Step<'a>, Failure> {
        self.read(level, level.from + PAGE).await?;
        if !shown {
            self.show(level)?;
        }
        let Some(answer) = self.ask(&level.question()).await? else {
            self.output.line("")?;
            return Ok(Step::Leave);
        };
        match Word::of(&answer) {
            None => {}
            Some(Word::Quit) => return Ok(Step::Leave),
            Some(Word::Back) => return Ok(Step::Back),
            Some(Word::Help) => {
                for line in level.help() {
                    self.output.line(&line)?;
                }
                return Ok(Step::Ask);
            }
        }
        match answer.to_lowercase().as_str() {
            "" => Ok(Step::Again),
            "more" if level.asset().is_none() => {
                self.read(level, level.from + 2 * PAGE).await?;
                if level.more() {
                    return Ok(Step::Again);
                }
                self.output.line("That was all.")?;
                Ok(Step::Ask)
            }
            "upload" if level.takes_files().is_some() => self.upload(level).await,
            word if level.asset().is_some() => match self.do_with(level, word).await? {
                Some(step) => Ok(step),
                None => self.elsewhere(&answer).await,
            },
            // A name that is also a word stands in quotes.
            _ => {
                let name = prompt::unquoted(&answer).unwrap_or(&answer);
                self.pick(level, name).await
            }
        }
    }

    /// Goes to what the answer means, here or elsewhere.
    async fn pick(&mut self, level: &mut Level<'a>, answer: &str) -> Result<Step<'a>, Failure> {
        // Another of the name may stand further down.
        let wanted = answer.parse().unwrap_or(usize::MAX);
        if level.rest.is_some() && wanted > level.len() {
            self.output.line("Reading on; Ctrl-C leaves.")?;
            self.read(level, wanted).await?;
        }
        match level.pick(answer) {
            Ok(Some(next)) => Ok(Step::Into(Box::new(next))),
            Ok(None) => self.elsewhere(answer).await,
            Err(why) => {
                self.output.line(&why)?;
                Ok(Step::Ask)
            }
        }
    }

    /// What fits nothing here may be a ref, which leads anywhere.
    async fn elsewhere(&mut self, answer: &str) -> Result<Step<'a>, Failure> {
        if answer.contains(':') {
            let session = self.session;
            let settled = self
                .stop
                .or(names::settled(session, self.output, answer, true));
            let settled = settled.await?;
            let to = find::reference(settled.as_deref().unwrap_or(answer))?;
            return Ok(Step::To(self.stop.or(load::way_to(session, to)).await?));
        }
        let shown = SafeText::prose(answer);
        self.output.line(&format!(
            "Nothing here is called “{shown}”; help says what can be typed."
        ))?;
        Ok(Step::Ask)
    }

    /// Says a level: a page of its list, or the asset.
    fn show(&mut self, level: &Level<'a>) -> Result<(), Failure> {
        self.output.line("")?;
        self.output.line(&level.title())?;
        level.print(self.output)?;
        let (from, to) = (level.from, level.len().min(level.from + PAGE));
        if from > 0 || level.goes_on() {
            let of = level.total().map(|total| format!(" of {total}"));
            let more = if level.goes_on() {
                "; more goes on"
            } else {
                ""
            };
            let line = format!("{} to {to}{}{more}.", from + 1, of.unwrap_or_default());
            self.output.line(&line)?;
        }
        self.output.flush()
    }

    /// `None` at the end of the input.
    async fn ask(&mut self, question: &str) -> Result<Option<String>, Failure> {
        self.stop.or(prompt::line(self.output, question)).await
    }

    /// The answer to a question of a form, whose `help` says this. Leaving the form is an error without
    /// a word.
    async fn form(&mut self, question: &str, help: &str) -> Result<String, Failure> {
        let asking = prompt::answer_to(self.output, question, help);
        self.stop.or(asking).await
    }
}
