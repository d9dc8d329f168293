//! A short list to choose one thing from: sort order, locale, state, account.

use std::time::Instant;

use super::confirm::hint;
use super::rows::Cursor;
use super::view::{Block, ModalView, Room, RowView};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::browse::{LocaleChoice, Pane, PlaceId, StateFilter};
use crate::app::columns::{CONTAINER_COLUMNS, SEGMENT_COLUMNS, asset_column};
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::app::list::Sort;
use crate::domain::{AccountName, Asset, Container, Locale, SafeText, Segment};

/// What a choice does.
#[derive(Debug, Clone)]
enum Choice {
    SortPlaces(Option<Sort<Container>>),
    SortSegments(Option<Sort<Segment>>),
    SortAssets(Option<Sort<Asset>>),
    Locale(LocaleChoice),
    State(Option<StateFilter>),
    Account(AccountName),
}

#[derive(Debug)]
pub struct Pick {
    title: &'static str,
    options: Vec<(String, Choice)>,
    cursor: Cursor,
    /// The option that holds now.
    now: usize,
}

impl Pick {
    fn new(title: &'static str, options: Vec<(String, Choice)>, now: usize) -> Self {
        Self {
            title,
            options,
            cursor: Cursor { at: now },
            now,
        }
    }

    /// Every column of the focused list, both ways.
    pub fn sort(state: &State) -> Self {
        let browse = &state.browse;
        let (options, now) = match (browse.focus, browse.open()) {
            (Pane::Places, _) | (_, None) => sorts(
                CONTAINER_COLUMNS.iter().copied(),
                browse.places.sort(),
                Choice::SortPlaces,
            ),
            (Pane::Middle, Some(opened)) => sorts(
                SEGMENT_COLUMNS.iter().copied(),
                opened.segments.list.sort(),
                Choice::SortSegments,
            ),
            (_, Some(opened)) => sorts(
                opened.spec.asset_columns.iter().map(|it| asset_column(*it)),
                opened.assets.list.sort(),
                Choice::SortAssets,
            ),
        };
        Self::new("Sort by", options, now)
    }

    /// The container's locales and those that its assets have.
    pub fn locale(state: &State) -> Self {
        let mut options = vec![
            ("all locales".to_owned(), Choice::Locale(LocaleChoice::All)),
            (
                "no locale".to_owned(),
                Choice::Locale(LocaleChoice::Without),
            ),
        ];
        let mut now = 0;
        if let Some(opened) = state.browse.open() {
            let mut locales: Vec<Locale> = opened.locales().unwrap_or_default().to_vec();
            for (kind, _) in opened.assets.list.rows().kinds() {
                if let Some(locale) = kind.locale.as_ref().filter(|it| !locales.contains(it)) {
                    locales.push(locale.clone());
                }
            }
            options.extend(locales.into_iter().map(|locale| {
                let name = SafeText::name(locale.as_str()).into_string();
                (name, Choice::Locale(LocaleChoice::Only(locale)))
            }));
            let lens = &opened.assets.list.lens().locale;
            let holds = |choice: &Choice| matches!(choice, Choice::Locale(it) if it == lens);
            now = options.iter().position(|it| holds(&it.1)).unwrap_or(0);
        }
        Self::new("Assets of which locale?", options, now)
    }

    pub fn state(state: &State) -> Self {
        let options = [
            ("all segments", None),
            ("● with assets", Some(StateFilter::With)),
            ("○ without assets", Some(StateFilter::Without)),
            ("! failed", Some(StateFilter::Failed)),
        ];
        let lens = state
            .browse
            .open()
            .and_then(|opened| opened.segments.list.lens().state);
        let now = options.iter().position(|it| it.1 == lens).unwrap_or(0);
        let options = options
            .into_iter()
            .map(|(name, state)| (name.to_owned(), Choice::State(state)))
            .collect();
        Self::new("Which segments?", options, now)
    }

    pub fn account(state: &State) -> Self {
        let options = state
            .browse
            .accounts
            .iter()
            .map(|account| {
                let name = SafeText::name(account.info.name.as_str());
                (
                    format!("{name}  {}", account.info.spec.label),
                    Choice::Account(account.info.name.clone()),
                )
            })
            .collect();
        let now = state.account_here().unwrap_or(0);
        Self::new("Which account?", options, now)
    }
}

/// "As listed", then each column both ways.
fn sorts<T>(
    columns: impl Iterator<Item = &'static crate::app::columns::Column<T>>,
    current: Option<Sort<T>>,
    choice: impl Fn(Option<Sort<T>>) -> Choice,
) -> (Vec<(String, Choice)>, usize) {
    let mut options = vec![("as the service lists them".to_owned(), choice(None))];
    let mut now = 0;
    for column in columns {
        for descending in [false, true] {
            let holds = current
                .is_some_and(|it| it.column.name == column.name && it.descending == descending);
            if holds {
                now = options.len();
            }
            let way = if descending { "▼" } else { "▲" };
            options.push((
                format!("{} {way}", column.name.to_lowercase()),
                choice(Some(Sort { column, descending })),
            ));
        }
    }
    (options, now)
}

impl Choice {
    fn apply(self, state: &mut State, now: Instant) -> Vec<Effect> {
        match self {
            Self::SortPlaces(sort) => state.browse.places.set_sort(sort),
            Self::SortSegments(sort) => {
                if let Some(opened) = state.browse.open_mut() {
                    opened.segments.list.set_sort(sort);
                }
            }
            Self::SortAssets(sort) => {
                if let Some(opened) = state.browse.open_mut() {
                    opened.assets.list.set_sort(sort);
                }
            }
            Self::Locale(locale) => {
                if let Some(opened) = state.browse.open_mut() {
                    opened.filter_locale(locale);
                }
                state.focus(Pane::Assets, now);
            }
            Self::State(filter) => {
                state.show_state(filter, now);
                state.cursor_moved(Pane::Middle, now);
            }
            Self::Account(name) => {
                state.browse.places.clear_filter();
                state.browse.places.want(PlaceId::Account(name));
                state.focus(Pane::Places, now);
            }
        }
        Vec::new()
    }
}

impl Modal for Pick {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if self.cursor.input(input, self.options.len(), state.page()) {
            return Reply::stay();
        }
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace => Reply::close(),
            Code::Enter | Code::Right | Code::Char('l' | ' ') => {
                match self.options.get(self.cursor.at).cloned() {
                    Some((_, choice)) => Reply::close().with(choice.apply(state, now)),
                    None => Reply::close(),
                }
            }
            _ => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        let rows = self
            .options
            .iter()
            .enumerate()
            .map(|(at, (name, _))| RowView {
                marked: at == self.now,
                left: name.clone(),
                ..RowView::default()
            })
            .collect();
        ModalView {
            title: self.title.to_owned(),
            room: Room::Small,
            danger: false,
            blocks: vec![Block::List {
                rows,
                cursor: self.cursor.at,
                focused: true,
                empty: "There is nothing to choose from.".to_owned(),
            }],
            hints: vec![hint("Enter", "take it"), hint("Esc", "leave")],
        }
    }
}
