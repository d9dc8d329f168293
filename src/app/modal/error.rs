//! An error in full: what was tried, what came back, what to do, and what support asks for.

use std::time::Instant;

use super::confirm::hint;
use super::view::{Block, ModalView, Room, Tone, say, toned};
use super::{Modal, Reply};
use crate::api::{ApiError, ApiErrorKind};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::app::transfers::{MARKS, marks};
use crate::domain::{AccountName, Address, SafeText, size_words};
use crate::transfer::job::{Job, JobState};

#[derive(Debug)]
pub struct ErrorSheet {
    title: String,
    /// One sentence, safe.
    headline: String,
    hint: String,
    facts: Vec<(String, String)>,
}

impl ErrorSheet {
    pub fn new(error: &ApiError) -> Self {
        let safe = |text: &str| SafeText::prose(text).into_string();
        let mut facts = Vec::new();
        let mut add = |label: &str, value: Option<String>| {
            if let Some(value) = value {
                facts.push((label.to_owned(), value));
            }
        };
        add("Tried to", Some(error.operation.to_owned()));
        add("HTTP status", error.status.map(|it| it.to_string()));
        add("Code", error.code.as_deref().map(safe));
        add("Request id", error.request_id.as_deref().map(safe));
        add("Address", error.url.as_deref().map(safe));
        if let ApiErrorKind::Forbidden { missing } = &error.kind
            && !missing.is_empty()
        {
            add("Missing right", Some(safe(&missing.join(", "))));
        }
        if error.in_doubt() {
            add(
                "Beware",
                Some("the service may have done it all the same; look before trying again".into()),
            );
        }
        for cause in &error.chain {
            add("Because", Some(safe(cause)));
        }
        Self {
            title: "What went wrong".to_owned(),
            headline: error.to_string(),
            hint: error.hint().to_owned(),
            facts,
        }
    }

    /// A problem that is no call to a service.
    pub fn plain(account: &AccountName, text: &str) -> Self {
        Self {
            title: SafeText::name(account.as_str()).into_string(),
            headline: SafeText::prose(text).into_string(),
            hint: String::new(),
            facts: Vec::new(),
        }
    }

    /// Something to read that is no error.
    pub const fn words(title: String, headline: String) -> Self {
        Self {
            title,
            headline,
            hint: String::new(),
            facts: Vec::new(),
        }
    }

    /// All that is known of a transfer whose outcome is not in doubt.
    pub fn transfer(state: &State, job: &Job) -> Self {
        let mut sheet = match &job.state {
            JobState::Failed(error) | JobState::Waiting { error, .. } => Self::new(error),
            other => Self {
                title: "Transfer".to_owned(),
                headline: match other {
                    JobState::Running(step) => format!("It is running: {}.", step.label()),
                    JobState::Done {
                        path: Some(path), ..
                    } => format!(
                        "It was saved as {}.",
                        SafeText::name(&path.to_string_lossy())
                    ),
                    JobState::Done { asset: None, .. } => "It is done.".to_owned(),
                    JobState::Done { .. } => "The service lists it as it was sent.".to_owned(),
                    JobState::Cancelled => "It was cancelled.".to_owned(),
                    _ => "It waits for its turn.".to_owned(),
                },
                hint: String::new(),
                facts: Vec::new(),
            },
        };
        let mut add = |label: &str, value: String| sheet.facts.push((label.to_owned(), value));
        if !job.state.is_over() {
            add("Stands", state.standing(job).words);
        }
        add("Name", SafeText::name(&job.name).into_string());
        let address = Address::of_scope(job.account.clone(), &job.scope).to_string();
        add("From or to", SafeText::prose(&address).into_string());
        if !job.place.is_empty() {
            add("Place", SafeText::prose(&job.place).into_string());
        }
        if let Some(size) = job.size {
            add("Size", size_words(size));
        }
        for (mark, what) in marks(job).iter().flatten().zip(MARKS) {
            add(what, mark.word().to_owned());
        }
        for warning in &job.warnings {
            add("Warning", SafeText::sentence(warning).into_string());
        }
        sheet
    }

    /// What support asks for: no secret is in it, since none is in an [`ApiError`].
    fn report(&self) -> String {
        let mut lines = vec![self.headline.clone()];
        lines.extend(
            self.facts
                .iter()
                .map(|(label, value)| format!("{label}: {value}")),
        );
        lines.join("\n")
    }
}

impl Modal for ErrorSheet {
    fn input(&mut self, input: &Input, _: &mut State, _: Instant) -> Reply {
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Esc | Code::Enter | Code::Char('q' | 'h') | Code::Left | Code::Backspace => {
                Reply::close()
            }
            Code::Char('y') => Reply::stay().with([Effect::Copy {
                text: self.report(),
                what: "report".to_owned(),
            }]),
            _ => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks = vec![Block::Line(vec![toned(
            self.headline.clone(),
            Tone::Strong,
        )])];
        if !self.hint.is_empty() {
            blocks.push(Block::Line(vec![say(self.hint.clone())]));
        }
        if !self.facts.is_empty() {
            blocks.push(Block::Blank);
            blocks.push(Block::Pairs(
                self.facts
                    .iter()
                    .map(|(label, value)| (label.clone(), vec![say(value.clone())]))
                    .collect(),
            ));
        }
        ModalView {
            title: self.title.clone(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints: vec![hint("y", "copy for support"), hint("Esc", "leave")],
        }
    }
}
