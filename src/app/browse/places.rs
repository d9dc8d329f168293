//! Rows of the first pane: account headings, their containers, and a line where there are none.

use super::Account;
use crate::app::list::Row;
use crate::domain::filter::Facts;
use crate::domain::{AccountName, Container, ContainerId, Entry};

/// A row of the first pane.
#[derive(Debug, Clone)]
pub enum PlaceRow {
    /// The heading of `accounts[account]`.
    Account { account: usize, name: AccountName },
    Container {
        account: usize,
        name: AccountName,
        entry: Entry<Container>,
    },
    /// Under a heading when there is no container to show: says why, from the account's link and
    /// face.
    Note { account: usize, name: AccountName },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlaceId {
    Account(AccountName),
    Container(AccountName, ContainerId),
    Unreadable(AccountName, usize),
    Note(AccountName),
}

impl PlaceRow {
    pub const fn account(&self) -> usize {
        match self {
            Self::Account { account, .. }
            | Self::Container { account, .. }
            | Self::Note { account, .. } => *account,
        }
    }

    pub const fn name(&self) -> &AccountName {
        match self {
            Self::Account { name, .. } | Self::Container { name, .. } | Self::Note { name, .. } => {
                name
            }
        }
    }
}

impl Row for PlaceRow {
    type Id = PlaceId;
    type Item = Container;
    type Lens = ();
    type Rows = Vec<Self>;

    fn id(&self, at: usize) -> PlaceId {
        match self {
            Self::Account { name, .. } => PlaceId::Account(name.clone()),
            Self::Note { name, .. } => PlaceId::Note(name.clone()),
            Self::Container { name, entry, .. } => match entry {
                Entry::Read(container) => PlaceId::Container(name.clone(), container.id.clone()),
                Entry::Unreadable(_) => PlaceId::Unreadable(name.clone(), at),
            },
        }
    }

    fn item(&self) -> Option<&Container> {
        match self {
            Self::Container { entry, .. } => entry.read(),
            _ => None,
        }
    }

    fn facts<'a>(&'a self, (): &'a ()) -> Facts<'a> {
        match self {
            Self::Container { entry, .. } => Facts::of_entry(entry, Container::facts),
            _ => Facts::default(),
        }
    }

    fn group(&self) -> usize {
        self.account()
    }

    fn heading(&self) -> bool {
        !matches!(self, Self::Container { .. })
    }
}

/// The rows of all accounts.
pub fn rows(accounts: &[Account]) -> Vec<PlaceRow> {
    let mut rows = Vec::new();
    for (at, account) in accounts.iter().enumerate() {
        let name = &account.info.name;
        rows.push(PlaceRow::Account {
            account: at,
            name: name.clone(),
        });
        if account.rows.is_empty() {
            rows.push(PlaceRow::Note {
                account: at,
                name: name.clone(),
            });
        }
        rows.extend(account.rows.iter().map(|entry| PlaceRow::Container {
            account: at,
            name: name.clone(),
            entry: entry.clone(),
        }));
    }
    rows
}
