//! The palette and the help: every action, or those of this place, searched as you type.

use std::time::Instant;

use tui_input::Input as Line;

use super::confirm::hint;
use super::rows::{Cursor, Step, step_key};
use super::view::{Block, FieldView, ModalView, Room, RowView, Tone, say, toned};
use super::{Modal, Outcome, Reply};
use crate::app::action::{self, Action};
use crate::app::key::{Code, Input};
use crate::app::{State, edit};
use crate::domain::SafeText;

#[derive(Debug)]
pub struct Palette {
    title: &'static str,
    line: Line,
    /// Every row before the search.
    entries: Vec<Entry>,
    cursor: Cursor,
}

#[derive(Debug, Clone)]
struct Entry {
    action: &'static Action,
    keys: String,
    refused: Option<&'static str>,
}

impl Palette {
    /// Everything; what cannot run now comes last and says why.
    pub fn all(state: &State) -> Self {
        let mut entries = entries(state, |_| true);
        entries.sort_by_key(|entry| entry.refused.is_some());
        Self {
            title: "Commands",
            line: Line::default(),
            entries,
            cursor: Cursor::default(),
        }
    }

    /// What can be done in this pane.
    pub fn here(state: &State) -> Self {
        let contexts = state.contexts();
        let mut entries = entries(state, |action| contexts.contains(&action.context));
        // The innermost first: what only this pane can do.
        entries.sort_by_key(|entry| {
            let place = contexts
                .iter()
                .position(|context| *context == entry.action.context);
            (entry.refused.is_some(), place)
        });
        Self {
            title: "What can I do here?",
            line: Line::default(),
            entries,
            cursor: Cursor::default(),
        }
    }

    /// The entries that match what was typed, best first.
    fn hits(&self) -> Vec<&Entry> {
        let query = self.line.value().trim().to_lowercase();
        let mut hits: Vec<(usize, &Entry)> = self
            .entries
            .iter()
            .filter_map(|entry| score(entry.action, &query).map(|score| (score, entry)))
            .collect();
        hits.sort_by_key(|(score, _)| *score);
        hits.into_iter().map(|(_, entry)| entry).collect()
    }
}

fn entries(state: &State, keep: impl Fn(&Action) -> bool) -> Vec<Entry> {
    action::all()
        .filter(|action| keep(action))
        .map(|action| Entry {
            action,
            keys: state.keymap.keys(action).join("  "),
            refused: (action.enabled)(state).err(),
        })
        .collect()
}

/// The lower, the better: a start, then a part, then the letters in order, then a word of the help.
fn score(action: &Action, query: &str) -> Option<usize> {
    if query.is_empty() {
        return Some(0);
    }
    let names = [action.name.to_lowercase(), action.title.to_lowercase()];
    if names.iter().any(|name| name.starts_with(query)) {
        return Some(0);
    }
    if names.iter().any(|name| name.contains(query)) {
        return Some(1);
    }
    let spread = names.iter().filter_map(|name| spread(name, query)).min();
    if let Some(spread) = spread {
        return Some(2 + spread);
    }
    action
        .help
        .to_lowercase()
        .contains(query)
        .then_some(usize::MAX)
}

/// How far apart the letters of `query` lie in `name`, when they are there in this order.
fn spread(name: &str, query: &str) -> Option<usize> {
    let mut places = name.char_indices();
    let (mut first, mut last) = (None, 0);
    for wanted in query.chars().filter(|c| !c.is_whitespace()) {
        let (at, _) = places.find(|(_, c)| *c == wanted)?;
        first.get_or_insert(at);
        last = at;
    }
    Some(last - first?)
}

impl Modal for Palette {
    fn input(&mut self, input: &Input, state: &mut State, _: Instant) -> Reply {
        let rows = self.hits().len();
        match input {
            Input::Paste(text) => {
                edit::paste(&mut self.line, text);
                self.cursor = Cursor::default();
            }
            Input::Key(key) => match key.code {
                Code::Esc => return Reply::close(),
                Code::Enter => {
                    let hits = self.hits();
                    return match hits.get(self.cursor.at) {
                        Some(entry) if entry.refused.is_none() => {
                            Reply::of(Outcome::Run(entry.action))
                        }
                        _ => Reply::stay(),
                    };
                }
                // Letters are letters here: only keys that type nothing move.
                _ if key.typed().is_none()
                    && !matches!(key.code, Code::Home | Code::End)
                    && *key != crate::app::Key::ctrl('u') =>
                {
                    let last = rows.saturating_sub(1);
                    let at = &mut self.cursor.at;
                    let moved = step_key(*key, state.page(), |step| match step {
                        Step::By(by) => *at = at.saturating_add_signed(by).min(last),
                        Step::To(place) => *at = place.min(last),
                    });
                    if !moved && edit::key(&mut self.line, *key) {
                        self.cursor = Cursor::default();
                    }
                }
                _ => {
                    if edit::key(&mut self.line, *key) {
                        self.cursor = Cursor::default();
                    }
                }
            },
            Input::Mouse(_) => {
                self.cursor.input(input, rows, state.page());
            }
            Input::Resize(..) => {}
        }
        Reply::stay()
    }

    fn view(&self, _: &State) -> ModalView {
        let hits = self.hits();
        let before: String = self.line.value().chars().take(self.line.cursor()).collect();
        let mut blocks = vec![
            Block::Field(FieldView {
                label: "Search",
                value: SafeText::prose(self.line.value()).into_string(),
                cursor: Some(SafeText::prose(&before).as_str().chars().count()),
                placeholder: "a word of what you want".to_owned(),
                error: None,
                hint: None,
            }),
            Block::List {
                rows: hits
                    .iter()
                    .map(|entry| RowView {
                        marked: false,
                        left: entry.action.title.to_owned(),
                        right: entry.keys.clone(),
                        tone: if entry.refused.is_some() {
                            Tone::Dim
                        } else {
                            Tone::Plain
                        },
                        refused: entry.refused.map(str::to_owned),
                    })
                    .collect(),
                cursor: self.cursor.at,
                focused: true,
                empty: "No command is called that; Esc leaves.".to_owned(),
            },
        ];
        if let Some(entry) = hits.get(self.cursor.at) {
            blocks.push(Block::Line(vec![
                say(entry.action.help),
                toned(
                    format!(" Named {} in [keys].", entry.action.name),
                    Tone::Dim,
                ),
            ]));
        }
        ModalView {
            title: self.title.to_owned(),
            room: Room::Full,
            danger: false,
            blocks,
            hints: vec![
                hint("Enter", "do it"),
                hint("↑/↓", "choose"),
                hint("Esc", "leave"),
            ],
        }
    }
}
