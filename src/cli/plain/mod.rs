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
use super::prompt;
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

/// Talks until it is left. The end of the input and Ctrl-C leave without a word.
pub async fn run(session: &Session, output: &mut Output, stop: &mut Stop) -> Result<(), Failure> {
    output.line("assetdeck, without a screen. Each question names what can be typed.")?;
    let mut talk = Talk {
        session,
        output,
        stop,
    };
    let talked = talk.go().await;
    if talked
        .as_ref()
        .is_err_and(|failure| failure.exit == Exit::Stopped)
    {
        // What comes next on the terminal begins on a line of its own.
        talk.output.line("")?;
        return Err(Failure::silent(Exit::Stopped));
    }
    talked
}

impl<'a> Talk<'a, '_> {
    async fn go(&mut self) -> Result<(), Failure> {
        let mut way = vec![Level::new(Place::Accounts(self.session.all()?), "")];
        let mut shown = false;
        while let Some(level) = way.last_mut() {
            let step = match self.visit(level, shown).await {
                Ok(step) => step,
                Err(failure) if failure.exit == Exit::Stopped => return Err(failure),
                // A reader that went away hears nothing any more.
                Err(failure) if failure == Failure::silent(Exit::Done) => return Err(failure),
                Err(failure) => {
                    self.output.fail(&failure);
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
        match answer.as_str() {
            "" => Ok(Step::Again),
            "quit" | "exit" => Ok(Step::Leave),
            "back" => Ok(Step::Back),
            "help" => {
                for line in level.help() {
                    self.output.line(&line)?;
                }
                Ok(Step::Ask)
            }
            "more" if level.asset().is_none() => {
                self.read(level, level.from + 2 * PAGE).await?;
                if level.more() {
                    return Ok(Step::Again);
                }
                self.output.line("That was all.")?;
                Ok(Step::Ask)
            }
            "upload" if level.takes_files().is_some() => self.upload(level).await,
            _ if level.asset().is_some() => match self.do_with(level, &answer).await? {
                Some(step) => Ok(step),
                None => self.elsewhere(&answer).await,
            },
            _ => self.pick(level, &answer).await,
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

    /// The answer to a question of a form; `None` when it is left.
    async fn form(&mut self, question: &str) -> Result<Option<String>, Failure> {
        let answer = self.ask(question).await?;
        let answer = answer.ok_or_else(Failure::stopped)?;
        if answer == "back" {
            self.output.line("Nothing was done.")?;
            return Ok(None);
        }
        Ok(Some(answer))
    }
}
