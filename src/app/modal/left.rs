//! What an earlier run left, offered at the start: go on, look, drop, or later.

use std::time::Instant;

use super::confirm::{Confirm, GUARD, hint};
use super::rows::Cursor;
use super::transfers::TransfersPane;
use super::view::{Block, Listing, ModalView, Room, RowView, say};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::domain::{SafeText, size_words};
use crate::transfer::job::{Job, JobId, JobState};

#[derive(Debug)]
pub struct LeftSheet {
    shown: Instant,
    cursor: Cursor,
    /// As they were when the sheet was opened: nothing begins while it stands.
    jobs: Vec<JobId>,
}

impl LeftSheet {
    pub fn new(state: &State, now: Instant) -> Self {
        Self {
            shown: now,
            cursor: Cursor::default(),
            jobs: state.transfers.left(),
        }
    }

    fn is_ready(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.shown) >= GUARD
    }
}

/// What there is to know of one that was left.
fn far(job: &Job) -> String {
    let size = job.size.map(size_words).unwrap_or_default();
    let how = match &job.state {
        JobState::InDoubt(_) => "in doubt",
        _ if job.paused => "paused",
        // Bytes on their way are lost with the connection that carried them.
        _ => "to be sent",
    };
    match job.direction {
        crate::transfer::job::Direction::Down if how == "to be sent" => {
            format!("{size}  to be saved")
        }
        _ => format!("{size}  {how}"),
    }
}

impl Modal for LeftSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if self.cursor.input(input, self.jobs.len(), state.page()) {
            return Reply::stay();
        }
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Esc | Code::Char('q') => Reply::close(),
            // A key that was pressed before the sheet was there was meant for something else.
            _ if !self.is_ready(now) => Reply::stay(),
            Code::Enter => {
                state.transfers.goes_on(None);
                Reply::close().with([Effect::Resume])
            }
            Code::Char('l') | Code::Right => {
                state.transfers.put_cursor_on(self.jobs.first().copied());
                let pane = TransfersPane::new(state);
                Reply::of(Outcome::Replace(Box::new(pane)))
            }
            Code::Char('d') | Code::Delete => {
                let jobs = self.jobs.iter().filter_map(|id| state.transfers.get(*id));
                let jobs: Vec<_> = jobs.cloned().collect();
                let sheet = Confirm::drop_left(&jobs, now);
                Reply::of(Outcome::Replace(Box::new(sheet)))
            }
            _ => Reply::stay(),
        }
    }

    fn view(&self, state: &State) -> ModalView {
        let count = self.jobs.len();
        let (files, are) = if count == 1 {
            ("file", "is")
        } else {
            ("files", "are")
        };
        let jobs = || self.jobs.iter().filter_map(|id| state.transfers.get(*id));
        let mut blocks = vec![Block::Line(vec![say(format!(
            "{count} {files} of an earlier run {are} not finished."
        ))])];
        let doubted = jobs()
            .filter(|job| matches!(job.state, JobState::InDoubt(_)))
            .count();
        if doubted > 0 {
            blocks.push(Block::Line(vec![say(format!(
                "{doubted} in doubt: going on looks for them, and sends nothing again without your word."
            ))]));
        }
        blocks.push(Block::Blank);
        let page = state.page();
        let first = self.cursor.at.saturating_sub(page);
        let rows = self.jobs.iter().skip(first).take(2 * page);
        let rows = rows.filter_map(|id| state.transfers.get(*id)).map(|job| {
            let place = SafeText::prose(&job.place);
            let account = SafeText::name(job.account.as_str());
            RowView {
                left: format!("{}  {account} {place}", SafeText::name(&job.name)),
                right: far(job),
                ..RowView::default()
            }
        });
        blocks.push(Block::List {
            rows: Listing::part(rows.collect(), first, count),
            cursor: self.cursor.at,
            focused: true,
            empty: String::new(),
        });
        ModalView {
            title: "Unfinished transfers".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints: vec![
                hint("Enter", "go on"),
                hint("l", "look"),
                hint("d", "drop"),
                hint("Esc", "later"),
            ],
        }
    }
}
