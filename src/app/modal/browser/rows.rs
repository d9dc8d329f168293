//! Local entries as rows: folders first, hidden ones behind a switch.

use std::path::PathBuf;

use crate::api::ProviderSpec;
use crate::app::columns::{Column, Value, Width};
use crate::app::files::{LocalEntry, LocalKind};
use crate::app::list::Row;
use crate::domain::filter::{Fact, Facts};

/// Hidden files are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hidden(pub bool);

impl Row for LocalEntry {
    type Id = PathBuf;
    type Item = Self;
    type Lens = Hidden;
    type Rows = Vec<Self>;

    fn id(&self, _: usize) -> PathBuf {
        self.path.clone()
    }

    fn item(&self) -> Option<&Self> {
        Some(self)
    }

    fn facts<'a>(&'a self, _: &'a Hidden) -> Facts<'a> {
        Facts {
            size: Fact::told(self.size),
            typed: self.kind == LocalKind::File,
            ..Facts::named(&self.name)
        }
    }

    fn passes(&self, lens: &Hidden) -> bool {
        lens.0 || !self.hidden
    }

    fn group(&self) -> usize {
        usize::from(self.kind != LocalKind::Folder)
    }
}

pub const NAME: &Column<LocalEntry> = &Column {
    name: "NAME",
    width: Width::Grow(20),
    right: false,
    rank: 0,
    value: |entry| Value::Text(entry.name.clone()),
};

pub const SIZE: &Column<LocalEntry> = &Column {
    name: "SIZE",
    width: Width::Fixed(9),
    right: true,
    rank: 1,
    value: |entry| entry.size.map_or(Value::Absent, Value::Bytes),
};

/// Why this cannot be chosen, as far as a listing shows; the rest the check before sending finds.
pub fn refusal(entry: &LocalEntry, spec: &ProviderSpec) -> Option<String> {
    match entry.kind {
        LocalKind::Folder => None,
        LocalKind::Other(what) => Some(format!("{what} cannot be sent")),
        LocalKind::File => {
            let max = spec.capabilities.max_size?;
            (entry.size? > max).then(|| {
                format!(
                    "larger than {}, the most that {} takes",
                    crate::domain::size_words(max),
                    spec.label
                )
            })
        }
    }
}
