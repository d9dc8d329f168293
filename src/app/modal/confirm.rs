//! Questions that are answered with yes or no, and never by a key that was meant for something else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::view::{Block, Hint, ModalView, Room, say};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::domain::{SafeText, file_words};
use crate::transfer::job::Job;

/// A yes that comes sooner than this after the question was shown was meant for something else.
pub const GUARD: Duration = Duration::from_millis(300);

/// The two buttons of a question.
#[derive(Debug)]
pub struct Answering {
    shown: Instant,
    yes: bool,
}

impl Answering {
    /// The question is shown from now on, with the focus on no.
    pub const fn new(now: Instant) -> Self {
        Self {
            shown: now,
            yes: false,
        }
    }

    /// The question changed: it has to be read again.
    pub fn again(&mut self, now: Instant) {
        *self = Self::new(now);
    }

    pub fn ready(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.shown) >= GUARD
    }

    /// The answer that an input gives.
    pub fn input(&mut self, input: &Input, now: Instant) -> Option<bool> {
        let Input::Key(key) = input else {
            return None;
        };
        if key.ctrl || key.alt {
            return None;
        }
        match key.code {
            Code::Char('y') => self.ready(now).then_some(true),
            Code::Enter if self.yes => self.ready(now).then_some(true),
            Code::Esc | Code::Enter | Code::Char('n' | 'q') => Some(false),
            Code::Tab
            | Code::BackTab
            | Code::Left
            | Code::Right
            | Code::Up
            | Code::Down
            | Code::Char('h' | 'j' | 'k' | 'l') => {
                self.yes = !self.yes;
                None
            }
            _ => None,
        }
    }

    pub fn buttons(&self, yes: &str, no: &str) -> [Block; 2] {
        [
            Block::Button {
                label: no.to_owned(),
                focused: !self.yes,
                enabled: true,
            },
            Block::Button {
                label: yes.to_owned(),
                focused: self.yes,
                enabled: true,
            },
        ]
    }

    pub fn hints(yes: &str) -> Vec<Hint> {
        vec![
            hint("y", yes),
            hint("Tab/Enter", "choose"),
            hint("Esc", "leave"),
        ]
    }
}

pub fn hint(keys: &str, does: &str) -> Hint {
    Hint {
        keys: keys.to_owned(),
        does: does.to_owned(),
    }
}

/// A plain question; yes has these effects.
#[derive(Debug)]
pub struct Confirm {
    title: &'static str,
    lines: Vec<String>,
    yes: &'static str,
    no: &'static str,
    effects: Vec<Effect>,
    answering: Answering,
}

impl Confirm {
    /// Leaving while transfers run.
    pub fn quit(running: usize, now: Instant) -> Self {
        let (files, are) = if running == 1 {
            ("file", "is")
        } else {
            ("files", "are")
        };
        Self {
            title: "Quit?",
            lines: vec![
                format!("{running} {files} {are} still going up or down."),
                "Quitting stops them, and says of each what the service has of it.".to_owned(),
            ],
            yes: "Quit",
            no: "Stay",
            effects: vec![Effect::Quit],
            answering: Answering::new(now),
        }
    }

    /// Giving up what an earlier run left.
    pub fn drop_left(jobs: &[Arc<Job>], now: Instant) -> Self {
        let mut lines = vec![format!(
            "{} will not be sent or saved any more.",
            file_words(jobs.len())
        )];
        lines.extend(doubted(jobs));
        lines.push("The files themselves are not touched, here or at the service.".to_owned());
        Self {
            title: "Drop what is left?",
            lines,
            yes: "Drop them",
            no: "Keep them",
            effects: cancel(jobs),
            answering: Answering::new(now),
        }
    }

    /// Sending a file once more whose outcome is not known.
    pub fn send_again(job: &Job, now: Instant) -> Self {
        Self {
            title: "Send it again?",
            lines: vec![
                format!(
                    "{} is looked for once more, and sent again if it is not listed.",
                    SafeText::name(&job.name)
                ),
                "If the service has it and does not list it yet, there will be two.".to_owned(),
            ],
            yes: "Send it",
            no: "Leave it",
            effects: vec![Effect::RetryJob(job.id)],
            answering: Answering::new(now),
        }
    }

    /// Taking the user's word for a file that was not seen listed.
    pub fn call_done(job: &Job, now: Instant) -> Self {
        Self {
            title: "Call it done?",
            lines: vec![format!(
                "{} was not seen listed as it was sent. It will not be looked for or sent any more.",
                SafeText::name(&job.name)
            )],
            yes: "Call it done",
            no: "Leave it",
            effects: vec![Effect::CallDone(job.id)],
            answering: Answering::new(now),
        }
    }

    /// Cancelling every unfinished transfer.
    pub fn cancel_all(jobs: Vec<Arc<Job>>, now: Instant) -> Self {
        let (recorded, jobs): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| job.is_being_recorded());
        let mut lines = vec![format!(
            "{} will be cancelled: those that are not finished.",
            file_words(jobs.len())
        )];
        if !recorded.is_empty() {
            lines.push(format!(
                "{} that the service is just recording will be finished.",
                file_words(recorded.len())
            ));
        }
        lines.extend(doubted(&jobs));
        Self {
            title: "Cancel all transfers?",
            lines,
            yes: "Cancel them",
            no: "Go on",
            effects: cancel(&jobs),
            answering: Answering::new(now),
        }
    }
}

fn cancel(jobs: &[Arc<Job>]) -> Vec<Effect> {
    jobs.iter().map(|job| Effect::CancelJob(job.id)).collect()
}

/// What giving up leaves open.
fn doubted(jobs: &[Arc<Job>]) -> Option<String> {
    match jobs.iter().filter(|job| job.may_be_there()).count() {
        0 => None,
        1 => Some(
            "1 of them is in doubt: the service may have it already, and nobody will look any more."
                .to_owned(),
        ),
        doubted => Some(format!(
            "{doubted} of them are in doubt: the service may have them already, and nobody will look \
             any more."
        )),
    }
}

impl Modal for Confirm {
    fn input(&mut self, input: &Input, _: &mut State, now: Instant) -> Reply {
        match self.answering.input(input, now) {
            Some(true) => Reply::of(Outcome::Close).with(std::mem::take(&mut self.effects)),
            Some(false) => Reply::close(),
            None => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks: Vec<Block> = self
            .lines
            .iter()
            .map(|line| Block::Line(vec![say(line.clone())]))
            .collect();
        blocks.push(Block::Blank);
        blocks.extend(self.answering.buttons(self.yes, self.no));
        ModalView {
            title: self.title.to_owned(),
            room: Room::Small,
            danger: true,
            blocks,
            hints: Answering::hints(self.yes),
        }
    }
}
