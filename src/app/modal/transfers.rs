//! The transfers pane: every file going up or down, its state, and why it failed.

use std::time::Instant;

use super::confirm::hint;
use super::rows::Cursor;
use super::view::{Block, Hint, Listing, ModalView, Room, RowView, Tone, Words, say, toned};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::action::{Context, find};
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::app::keymap::Found;
use crate::app::modal::palette::Palette;
use crate::app::transfers::{MARKS, marks};
use crate::domain::SafeText;
use crate::transfer::job::{Direction, Job, JobState};
use crate::transfer::stopped_words;

/// The actions that its last line shows, most useful first.
const HINTS: [&str; 9] = [
    "transfer-why",
    "transfer-pause",
    "transfer-retry",
    "go-on-all",
    "pause-all",
    "retry-all",
    "transfer-cancel",
    "cancel-all",
    "clear-finished",
];

/// The rows and the cursor are the state's, so that what is done to them can be looked up like
/// every other action.
#[derive(Debug)]
pub struct TransfersPane(());

impl TransfersPane {
    pub fn new(state: &mut State) -> Self {
        state.transfers.open = true;
        state.transfers.begin_cursor();
        Self(())
    }
}

impl Modal for TransfersPane {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        let mut cursor = Cursor {
            at: state.transfers.cursor_row(),
        };
        if let Input::Key(key) = input {
            if matches!(
                key.code,
                Code::Esc | Code::Char('q' | 't' | 'h') | Code::Left | Code::Backspace
            ) && !key.ctrl
            {
                return Reply::close();
            }
            if let Found::Action(action) = state.keymap.find(&[Context::Transfers], &[*key]) {
                let effects = state.run(action, now);
                return Reply::stay().with(effects);
            }
            let found = state.keymap.find(&[Context::Everywhere], &[*key]);
            if matches!(found, Found::Action(action) if action.name == "palette") {
                let palette = Palette::all(state);
                return Reply::of(Outcome::Open(Box::new(palette)));
            }
        }
        if cursor.input(input, state.transfers.len(), state.page()) {
            state.transfers.put_cursor(cursor.at);
        }
        Reply::stay()
    }

    /// What is done here is in the table of actions, like what is done in panes.
    fn help(&self, state: &State, _: Instant) -> Box<dyn Modal> {
        Box::new(Palette::here(state))
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        state.transfers.open = false;
        Vec::new()
    }

    fn view(&self, state: &State) -> ModalView {
        let transfers = &state.transfers;
        let (cursor, page) = (transfers.cursor_row(), state.page());
        // Only rows that may be in view are made.
        let first = cursor.saturating_sub(page);
        let last = (cursor + page).min(transfers.len());
        let rows = (first..last).filter_map(|row| transfers.at(row));
        let rows = rows.map(|job| row(state, job)).collect();
        let mut blocks = Vec::new();
        if let Some(process) = transfers.stopped {
            let text = format!("Another assetdeck {}.", stopped_words(process));
            blocks.push(Block::Line(vec![toned(text, Tone::Warning)]));
        } else if transfers.elsewhere {
            blocks.push(Block::Line(vec![toned(
                "Another assetdeck works on the queue; what is added or wished for here is handed to it.",
                Tone::Warning,
            )]));
        }
        if transfers.closed {
            blocks.push(Block::Line(vec![toned(
                format!(
                    "All transfers are paused, and new ones will be{}.",
                    state.keymap.says("; ", "go-on-all", "goes on")
                ),
                Tone::Warning,
            )]));
        }
        blocks.push(Block::List {
            rows: Listing::part(rows, first, transfers.len()),
            cursor,
            focused: true,
            empty: nothing_yet(state),
        });
        if let Some(job) = transfers.current() {
            below(state, job, &mut blocks);
        }
        ModalView {
            title: "Transfers".to_owned(),
            room: Room::Full,
            danger: false,
            blocks,
            hints: hints(state),
        }
    }
}

fn row(state: &State, job: &Job) -> RowView {
    let standing = state.standing(job);
    let arrow = match job.direction {
        Direction::Up => '↑',
        Direction::Down => '↓',
    };
    let marks = marks(job).map_or_else(
        || "   ".to_owned(),
        |marks| marks.iter().map(|mark| mark.sign()).collect(),
    );
    let name = SafeText::name(&job.name);
    let place = SafeText::prose(&job.place);
    let gap = if job.place.is_empty() { "" } else { "  " };
    RowView {
        left: format!("{} {arrow} {marks} {name}{gap}{place}", standing.sign),
        right: standing.words,
        tone: standing.tone,
        ..RowView::default()
    }
}

/// What is said of the job under the cursor: its marks in words, its bar, its warnings.
fn below(state: &State, job: &Job, blocks: &mut Vec<Block>) {
    if let Some(marks) = marks(job) {
        let mut words = Words::new();
        for (mark, what) in marks.iter().zip(MARKS) {
            let gap = if words.is_empty() { "" } else { "   " };
            words.push(say(format!("{gap}{} {what}: {}", mark.sign(), mark.word())));
        }
        blocks.push(Block::Line(words));
    }
    if let JobState::Running(step) = &job.state {
        blocks.push(Block::Progress {
            ratio: state.transfers.ratio(job),
            label: step.label().to_owned(),
        });
    }
    for warning in &job.warnings {
        let warning = SafeText::sentence(warning);
        blocks.push(Block::Line(vec![say(format!("! {warning}"))]));
    }
}

/// How the list gets its first row.
fn nothing_yet(state: &State) -> String {
    let ways = [("upload", "uploads"), ("save", "saves")];
    let ways = ways.map(|(name, does)| state.keymap.says("", name, does));
    let ways: Vec<String> = ways.into_iter().filter(|it| !it.is_empty()).collect();
    match ways.join(", ") {
        ways if ways.is_empty() => "Nothing was sent or saved yet.".to_owned(),
        ways => format!("Nothing was sent or saved yet. {ways}."),
    }
}

fn hints(state: &State) -> Vec<Hint> {
    let able = HINTS.iter().filter_map(|name| find(name));
    let able = able.filter(|action| (action.enabled)(state).is_ok());
    let mut hints: Vec<Hint> = able
        .map(|action| hint(&state.keymap.first_key(action), action.title))
        .collect();
    hints.push(hint("Esc", "leave"));
    hints
}
