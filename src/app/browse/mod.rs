//! Browsing: the panes, and the cascade account → container → segment or type → assets.

mod account;
mod arrive;
mod asking;
mod cascade;
mod details;
mod learned;
mod marks;
mod moves;
mod opened;
mod places;
mod visit;

pub use account::{Account, Link};
pub(super) use cascade::Asked;
pub(super) use details::Spot;
pub use details::{Brief, Details, Fact};
pub use opened::{AssetLens, Known, LocaleChoice, Mark, Opened, SegmentLens, StateFilter, TypeRow};
pub use places::{PlaceId, PlaceRow};
pub use visit::Visit;

use super::list::List;

/// The four panes, left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Pane {
    /// Accounts with their containers.
    #[default]
    Places,
    /// Segments, or types.
    Middle,
    Assets,
    Details,
}

impl Pane {
    pub const ALL: [Self; 4] = [Self::Places, Self::Middle, Self::Assets, Self::Details];

    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Places => Self::Middle,
            Self::Middle => Self::Assets,
            Self::Assets => Self::Details,
            Self::Details => Self::Places,
        }
    }

    #[must_use]
    pub const fn previous(self) -> Self {
        match self {
            Self::Places => Self::Details,
            Self::Middle => Self::Places,
            Self::Assets => Self::Middle,
            Self::Details => Self::Assets,
        }
    }
}

/// Columns that the user gave the panes by their dividers: in another window the same shares of it.
/// None for panes that are as wide as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Widths([u16; 4]);

impl Widths {
    pub const fn of(&self, pane: Pane) -> Option<u16> {
        match self.0[pane as usize] {
            0 => None,
            columns => Some(columns),
        }
    }

    pub const fn set(&mut self, pane: Pane, columns: u16) {
        self.0[pane as usize] = columns;
    }
}

/// Everything the panes show.
#[derive(Debug, Default)]
pub struct Browse {
    pub accounts: Vec<Account>,
    /// Account headings and their containers, rebuilt from `accounts`.
    pub places: List<PlaceRow>,
    /// Containers that were opened, the current one first; a few are kept so that going back is
    /// instant.
    pub opened: Vec<Opened>,
    pub focus: Pane,
    /// The list pane that details speak of.
    pub subject: Pane,
    /// Only the focused pane is shown.
    pub zoom: bool,
    pub widths: Widths,
    /// Details show raw JSON.
    pub raw: bool,
    /// First line of the details that is shown.
    pub details_top: usize,
    /// What the details still say while the cursor is on its way: painting them anew for every row
    /// it passes would cost most of what a key sends.
    pub held: Option<Details>,
    /// What the user went to, while it is not known whether it is there.
    pub visit: Option<Visit>,
}

impl Browse {
    /// The container that panes 2 and 3 show.
    pub fn open(&self) -> Option<&Opened> {
        self.opened.first()
    }

    pub fn open_mut(&mut self) -> Option<&mut Opened> {
        self.opened.first_mut()
    }

    /// The account of what is open, else the one under the cursor, else the first.
    pub fn current_account(&self) -> Option<&Account> {
        if let Some(opened) = self.open() {
            return self.account(&opened.account);
        }
        let at = self.places.current().map_or(0, PlaceRow::account);
        self.accounts.get(at)
    }

    pub fn account(&self, name: &crate::domain::AccountName) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.info.name == *name)
    }

    pub fn account_mut(&mut self, name: &crate::domain::AccountName) -> Option<&mut Account> {
        self.accounts
            .iter_mut()
            .find(|account| account.info.name == *name)
    }
}
