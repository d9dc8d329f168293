//! Model and update: State, and what messages do to it. No terminal, no runtime, no network.

pub mod action;
pub mod browse;
pub mod columns;
mod desktop;
mod did;
pub mod edit;
pub mod effect;
pub mod files;
mod filter;
mod guard;
pub mod key;
pub mod keymap;
pub mod list;
pub mod modal;
mod mouse;
pub mod msg;
pub mod notice;
pub mod pictures;
pub mod remote;
mod timers;
pub mod transfers;
mod update;
pub mod words;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Instant;

pub use action::{ACTIONS, Action, Context};
pub use browse::{Browse, Pane};
pub use effect::{Effect, Load, RequestId};
pub use key::{Input, Key};
pub use msg::{Answer, Msg};
pub use remote::{Face, Remote};

use crate::api::AccountInfo;
use crate::app::browse::{Account, Asked};
use crate::app::key::Chord;
use crate::app::keymap::{Found, Keymap};
use crate::app::modal::view::{self, Hint, ModalView, Piece};
use crate::app::modal::{Modal, coverage};
use crate::app::notice::Notices;
use crate::app::pictures::Pictures;
use crate::app::timers::Timers;
use crate::app::transfers::Transfers;
use crate::domain::{AccountName, AssetPath, ContainerId};
use crate::transfer::plan::Usuals;

/// The smallest screen that is drawn, in columns and rows.
pub const SMALLEST: (u16, u16) = (40, 12);

/// What the composition root knows when the screen starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartOptions {
    /// Where the file browser begins.
    pub files_at: PathBuf,
    /// Where saved files go unless told otherwise.
    pub save_to: PathBuf,
    /// The user's home folder, for `~`.
    pub home: Option<PathBuf>,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Marks are drawn with ASCII only.
    pub ascii: bool,
    /// There is a desktop that can open a link.
    pub desktop: bool,
    /// What holds for uploads and saves where the user says nothing else.
    pub usuals: Usuals,
}

/// What the forms remember within a session.
#[derive(Debug, Default)]
pub struct Memory {
    /// The folder that the last upload into a container went to.
    pub folders: HashMap<(AccountName, ContainerId), AssetPath>,
    /// Where the last save went, of places that have a folder of their own for that.
    pub saved_to: HashMap<PathBuf, PathBuf>,
    /// Where the user was in the coverage of a container.
    pub coverage: HashMap<(AccountName, ContainerId), coverage::Left>,
}

/// The whole model: plain data, no handles, no clock.
#[derive(Debug)]
pub struct State {
    pub browse: Browse,
    /// Bottom first; the last one takes the keys.
    pub modals: Vec<Box<dyn Modal>>,
    pub transfers: Transfers,
    pub notices: Notices,
    /// `files_at` and `save_to` follow the user.
    pub options: StartOptions,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The filter line of the focused pane is being edited; what is typed is already applied.
    pub filtering: Option<tui_input::Input>,
    /// Keys of a chord that is not complete.
    pub pending: Vec<Key>,
    /// The wall clock as of the last message, which the caller tells: for what counts down.
    pub time: jiff::Timestamp,
    /// The command for what was just done, until the cursor moves.
    pub did: Option<String>,
    /// Turns while something moves.
    pub spinner: usize,
    pub memory: Memory,
    pub pictures: Pictures,
    pub keymap: Keymap,
    /// The mouse is ours; else the terminal's.
    pub mouse: bool,
    /// The row that was clicked last, or the divider behind the pane, and when.
    clicked: Option<(Pane, Option<usize>, Instant)>,
    timers: Timers,
    /// What each awaited answer is for.
    asked: HashMap<RequestId, Asked>,
    requests: u64,
    /// Protected accounts whose name was typed.
    consented: HashSet<AccountName>,
}

impl State {
    /// A state in which nothing was asked yet.
    pub fn new(accounts: Vec<AccountInfo>, options: StartOptions) -> Self {
        let mut state = Self {
            browse: Browse {
                accounts: accounts.into_iter().map(Account::new).collect(),
                ..Browse::default()
            },
            modals: Vec::new(),
            transfers: Transfers::default(),
            notices: Notices::default(),
            size: options.size,
            options,
            filtering: None,
            pending: Vec::new(),
            time: jiff::Timestamp::UNIX_EPOCH,
            did: None,
            spinner: 0,
            memory: Memory::default(),
            pictures: Pictures::default(),
            keymap: Keymap::defaults(),
            mouse: true,
            clicked: None,
            timers: Timers::default(),
            asked: HashMap::new(),
            requests: 0,
            consented: HashSet::new(),
        };
        state.rebuild_places();
        state
    }

    /// Connects every account; what they hold is asked as soon as each has its key.
    pub fn start(&mut self, now: Instant) -> Vec<Effect> {
        self.timers.spin(now);
        let names = self.browse.accounts.iter().map(|it| it.info.name.clone());
        let connect = |account| Effect::Connect {
            account,
            entry: None,
        };
        names.map(connect).collect()
    }

    /// A new request, and what its answer is for.
    fn request(&mut self, asked: Asked) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.asked.insert(id, asked);
        id
    }

    /// A new request whose answer goes to the modals.
    pub(crate) fn request_for_modal(&mut self) -> RequestId {
        self.request(Asked::Modal)
    }

    /// Nobody waits for this any more.
    fn drop_request(&mut self, id: Option<RequestId>) -> Option<Effect> {
        let id = id?;
        self.asked.remove(&id).map(|_| Effect::Cancel(id))
    }

    /// As [`Self::drop_request`], for modals.
    pub(crate) fn forget(&mut self, id: Option<RequestId>) -> Option<Effect> {
        self.drop_request(id)
    }

    /// Rows that a list pane can show at once, about: update never looks at what was drawn.
    pub(crate) fn page(&self) -> usize {
        usize::from(self.size.1.saturating_sub(4)).max(1)
    }

    /// The terminal is too small to show anything but a line that says so.
    pub const fn too_small(&self) -> bool {
        self.size.0 < SMALLEST.0 || self.size.1 < SMALLEST.1
    }

    /// Ctrl-C was pressed, and leaves when it is pressed again.
    pub fn is_leaving(&self, now: Instant) -> bool {
        self.timers.interrupted(now)
    }

    /// The modals as they are to be drawn, bottom first.
    pub fn modal_views(&self) -> Vec<ModalView> {
        let views = self.modals.iter().map(|modal| {
            let mut view = modal.view(self);
            if modal.has_help()
                && let Some(help) = self.help_hint(view.is_typing())
            {
                view.hints.insert(view.hints.len().saturating_sub(1), help);
            }
            view
        });
        views.collect()
    }

    /// Whose assets each of them is about, in the same order.
    pub fn modal_accounts(&self) -> Vec<Option<Piece>> {
        let modals = self.modals.iter();
        let names = modals.map(|modal| modal.account(self));
        names.map(|name| Some(self.account_name(&name?))).collect()
    }

    /// An account by its name, in its colour.
    pub fn account_name(&self, name: &AccountName) -> Piece {
        let account = self.browse.account(name);
        view::account(name, account.and_then(|it| it.info.colour))
    }

    /// Whether this key asks what can be done; where text is typed, one that types does not.
    pub(crate) fn asks_help(&self, key: Key, typing: bool) -> bool {
        let found = self.keymap.find(&[Context::Everywhere], &[key]);
        matches!(found, Found::Action(action) if action.name == "help")
            && !(typing && key.typed().is_some())
    }

    /// The first key that asks what can be done, where there is one.
    fn help_hint(&self, typing: bool) -> Option<Hint> {
        let action = action::find("help")?;
        let keys = self.keymap.keys(action).into_iter();
        let keys = { keys }.find(|keys| match Chord::shown(keys) {
            Some(Chord(keys)) => matches!(keys[..], [key] if self.asks_help(key, typing)),
            None => false,
        })?;
        Some(Hint {
            keys,
            does: action.title.to_owned(),
        })
    }

    /// The contexts whose keys work now, innermost first.
    pub fn contexts(&self) -> &'static [Context] {
        if self.transfers.open {
            return &[Context::Transfers];
        }
        match self.browse.focus {
            Pane::Places => &[Context::Places, Context::Lists, Context::Everywhere],
            Pane::Middle => &[Context::Middle, Context::Lists, Context::Everywhere],
            Pane::Assets => &[Context::Assets, Context::Lists, Context::Everywhere],
            Pane::Details => &[Context::Details, Context::Everywhere],
        }
    }

    /// What can be pressed now, most useful first; help stays last and is the last to be dropped.
    pub fn hints(&self) -> Vec<Hint> {
        let hint = |keys: &str, does: &str| Hint {
            keys: keys.to_owned(),
            does: does.to_owned(),
        };
        if self.filtering.is_some() {
            let mut hints = vec![hint("Enter", "keep the filter"), hint("Esc", "clear it")];
            hints.extend(self.help_hint(true));
            return hints;
        }
        if !self.pending.is_empty() {
            return self.chord_hints();
        }
        action::hint_names(self)
            .iter()
            .filter_map(|name| action::find(name))
            .filter(|action| (action.enabled)(self).is_ok())
            .filter_map(|action| {
                let key = self.keymap.first_key(action);
                (!key.is_empty()).then(|| hint(&key, action.title))
            })
            .collect()
    }

    /// How the chord that was begun can go on; the keys that are still to be pressed.
    pub fn chord_hints(&self) -> Vec<Hint> {
        match self.keymap.find(self.contexts(), &self.pending) {
            Found::Begun(ways) => ways
                .into_iter()
                .map(|(rest, action)| Hint {
                    keys: rest,
                    does: action.title.to_owned(),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Something is on its way: a spinner turns.
    pub fn moving(&self) -> bool {
        self.browse.loading()
            || self.transfers.counts().running > 0
            || self.modals.iter().any(|modal| modal.moves())
    }
}
