//! A file whose outcome is not known: what was sent, what is unknown, what looking showed, and what
//! can be done. Nothing is sent anew without the user's word.

use std::time::Instant;

use super::confirm::{Confirm, GUARD, hint};
use super::view::{Block, ModalView, Room, Tone, Words, quote, say, toned};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::app::transfers::since;
use crate::domain::{AccountName, Address, SafeText, size_words, time_words};
use crate::transfer::job::{Job, JobId, JobState, Showed, alike_words};

/// What can be done, with its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Look,
    Send,
    Done,
    Cancel,
}

impl Choice {
    const ALL: [(Self, char, &'static str); 4] = [
        (Self::Look, 'l', "Look again"),
        (Self::Send, 's', "Send again"),
        (Self::Done, 'd', "It is there: call it done"),
        (Self::Cancel, 'x', "Cancel it"),
    ];
}

#[derive(Debug)]
pub struct DoubtSheet {
    job: JobId,
    shown: Instant,
    /// The choice that has the focus.
    at: usize,
}

impl DoubtSheet {
    pub const fn new(job: JobId, now: Instant) -> Self {
        Self {
            job,
            shown: now,
            at: 0,
        }
    }

    fn choose(&self, choice: Choice, job: &Job, now: Instant) -> Reply {
        if now.saturating_duration_since(self.shown) < GUARD || !is_open(job) {
            return Reply::stay();
        }
        match choice {
            Choice::Look => Reply::stay().with([Effect::LookAgain(job.id)]),
            Choice::Send => Reply::of(Outcome::Open(Box::new(Confirm::send_again(job, now)))),
            Choice::Done => Reply::of(Outcome::Open(Box::new(Confirm::call_done(job, now)))),
            Choice::Cancel => Reply::close().with([Effect::CancelJob(job.id)]),
        }
    }
}

const fn is_open(job: &Job) -> bool {
    matches!(job.state, JobState::InDoubt(_) | JobState::Unlisted { .. })
}

impl Modal for DoubtSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        let Some(job) = state.transfers.get(self.job).cloned() else {
            return Reply::close();
        };
        let last = Choice::ALL.len() - 1;
        match key.code {
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace => Reply::close(),
            Code::Enter if !is_open(&job) => Reply::close(),
            Code::Enter => match Choice::ALL.get(self.at) {
                Some((choice, ..)) => self.choose(*choice, &job, now),
                None => Reply::stay(),
            },
            Code::Down | Code::Tab | Code::Char('j') => {
                self.at = if self.at == last { 0 } else { self.at + 1 };
                Reply::stay()
            }
            Code::Up | Code::BackTab | Code::Char('k') => {
                self.at = self.at.checked_sub(1).unwrap_or(last);
                Reply::stay()
            }
            Code::Char(typed) if !key.ctrl && !key.alt => {
                let named = Choice::ALL.iter().find(|(_, key, _)| *key == typed);
                match named {
                    Some((choice, ..)) => self.choose(*choice, &job, now),
                    None => Reply::stay(),
                }
            }
            _ => Reply::stay(),
        }
    }

    fn account(&self, state: &State) -> Option<AccountName> {
        state.transfers.get(self.job).map(|job| job.account.clone())
    }

    fn view(&self, state: &State) -> ModalView {
        let mut blocks = Vec::new();
        let mut hints = vec![hint("Esc", "leave")];
        if let Some(job) = state.transfers.get(self.job) {
            let headline = match &job.state {
                JobState::InDoubt(_) => {
                    "It may be there or not: an answer of the service was lost."
                }
                JobState::Unlisted { .. } => {
                    "The service took it, but does not list it as it was sent."
                }
                JobState::Running(_) => "Looking for it…",
                JobState::Done { .. } => "It is settled: the file is done.",
                JobState::Cancelled => "It was cancelled.",
                _ => "It will be sent again.",
            };
            blocks.push(Block::Line(vec![toned(headline, Tone::Strong)]));
            blocks.push(Block::Blank);
            blocks.push(Block::Pairs(facts(state, job)));
            if is_open(job) {
                blocks.push(Block::Blank);
                for (at, (_, key, label)) in Choice::ALL.iter().enumerate() {
                    blocks.push(Block::Button {
                        label: format!("{key}  {label}"),
                        focused: at == self.at,
                        enabled: true,
                    });
                }
                let choices = Choice::ALL.iter();
                let choices = choices.map(|(_, key, label)| hint(&key.to_string(), label));
                hints.splice(
                    0..0,
                    std::iter::once(hint("Enter", "choose")).chain(choices),
                );
            }
        }
        ModalView {
            title: "In doubt".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints,
        }
    }
}

/// What was sent, what is not known, and what looking showed.
fn facts(state: &State, job: &Job) -> Vec<(String, Words)> {
    let mut facts = Vec::new();
    let mut add = |label: &str, words: Words| facts.push((label.to_owned(), words));
    let mut file = vec![quote(&SafeText::name(&job.name))];
    if let Some(size) = job.size {
        file.push(say(format!(", {}", size_words(size))));
    }
    add("Sent", file);
    let address = Address::of_scope(job.account.clone(), &job.scope).to_string();
    let place = SafeText::prose(&job.place);
    let address = SafeText::prose(&address);
    add("To", vec![say(format!("{address} {place}").trim_end())]);
    if let Some(receipt) = &job.trail.receipt {
        add(
            "Stored as",
            vec![quote(&SafeText::name(&receipt.storage_key))],
        );
    }
    if let Some((step, at)) = &job.trail.risked {
        let ago = time_words(since(*at, state.time));
        let what = match &job.state {
            JobState::Unlisted { .. } => format!("{}, {ago} ago: answered", step.label()),
            _ => format!("{}, begun {ago} ago: its answer", step.label()),
        };
        let label = match &job.state {
            JobState::Unlisted { .. } => "Last step",
            _ => "Not known",
        };
        add(label, vec![say(what)]);
    }
    match &job.state {
        JobState::InDoubt(error) => add("Because", vec![say(error.to_string())]),
        JobState::Unlisted { reason } => {
            add("Because", vec![say(SafeText::prose(reason).into_string())]);
        }
        _ => {}
    }
    let looked = match &job.trail.look {
        None => "not yet".to_owned(),
        Some(look) => {
            let ago = time_words(since(look.at, state.time));
            match &look.showed {
                Showed::Absent { among } => {
                    format!("{ago} ago: it is not among the {among} that the service lists")
                }
                Showed::Alike { other } => format!("{ago} ago: {}", alike_words(*other)),
                Showed::Nothing(why) => format!("{ago} ago: {}", SafeText::prose(why)),
            }
        }
    };
    add("Looked for", vec![say(looked)]);
    facts
}
