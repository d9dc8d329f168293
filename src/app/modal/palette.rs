//! The palette and the help: every action, or those of this place, searched as you type.

use std::time::Instant;

use super::confirm::hint;
use super::rows::Cursor;
use super::search::Search;
use super::view::{Block, ModalView, Room, RowView, Tone, say, toned};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::action::{self, Action};
use crate::app::key::{Code, Input};

#[derive(Debug)]
pub struct Palette {
    title: &'static str,
    search: Search,
    /// Every row before the search.
    entries: Vec<Entry>,
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
            search: Search::default(),
            entries,
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
            search: Search::default(),
            entries,
        }
    }

    /// The entries that match what was typed, best first.
    fn hits(&self) -> Vec<&Entry> {
        let query = self.search.text().trim().to_lowercase();
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
        if let Input::Key(key) = input {
            match key.code {
                Code::Esc => return Reply::close(),
                Code::Enter => {
                    return match self.hits().get(self.search.cursor.at) {
                        Some(entry) if entry.refused.is_none() => {
                            Reply::of(Outcome::Run(entry.action))
                        }
                        _ => Reply::stay(),
                    };
                }
                _ => {}
            }
        }
        let rows = self.hits().len();
        if self.search.input(input, rows, state.page()) {
            self.search.cursor = Cursor::default();
        }
        Reply::stay()
    }

    fn view(&self, _: &State) -> ModalView {
        let hits = self.hits();
        let mut blocks = vec![
            self.search.field("Search", "a word of what you want", None),
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
                cursor: self.search.cursor.at,
                focused: true,
                empty: "No command is called that; Esc leaves.".to_owned(),
            },
        ];
        if let Some(entry) = hits.get(self.search.cursor.at) {
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
