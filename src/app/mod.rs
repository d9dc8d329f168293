//! Model and update: State, and what messages do to it. No terminal, no runtime, no network.

pub mod action;
pub mod browse;
pub mod columns;
pub mod effect;
pub mod files;
pub mod key;
pub mod list;
pub mod modal;
pub mod msg;
pub mod notice;
pub mod remote;
pub mod transfers;

use std::path::PathBuf;
use std::time::Instant;

pub use action::{Action, Context};
pub use browse::{Browse, Pane};
pub use effect::{Effect, Load, RequestId};
pub use key::{Input, Key};
pub use msg::{Answer, Msg};
pub use remote::{Face, Remote};

use crate::api::AccountInfo;
use crate::app::browse::Account;
use crate::app::key::Chord;
use crate::app::modal::Modal;
use crate::app::notice::Notices;
use crate::app::transfers::Transfers;

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
}

/// The whole model: plain data, no handles, no clock.
#[derive(Debug)]
pub struct State {
    pub browse: Browse,
    /// Bottom first; the last one takes the keys.
    pub modals: Vec<Box<dyn Modal>>,
    pub transfers: Transfers,
    pub notices: Notices,
    pub options: StartOptions,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The filter line of the focused pane is being edited; what is typed is already applied.
    pub filtering: Option<tui_input::Input>,
    /// Keys of a chord that is not complete.
    pub pending: Option<(Chord, Instant)>,
    /// Turns while something moves.
    pub spinner: usize,
    pub(crate) requests: u64,
}

impl State {
    /// A state in which nothing was asked yet.
    pub fn new(accounts: Vec<AccountInfo>, options: StartOptions) -> Self {
        let accounts: Vec<Account> = accounts.into_iter().map(Account::new).collect();
        Self {
            browse: Browse {
                accounts,
                ..Browse::default()
            },
            modals: Vec::new(),
            transfers: Transfers::default(),
            notices: Notices::default(),
            size: options.size,
            options,
            filtering: None,
            pending: None,
            spinner: 0,
            requests: 0,
        }
    }
}
