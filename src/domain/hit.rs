//! Something that a search over everything that was listed has found.

use jiff::Timestamp;

use super::{AccountName, Asset, Container, ContainerId, Segment};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Thing {
    Container(Container),
    Segment(ContainerId, Segment),
    Asset(Box<Asset>),
}

/// One thing that was found, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub account: AccountName,
    pub thing: Thing,
    /// The container's name, where it is known: foreign text.
    pub container: Option<String>,
    /// In which of its texts the first word stands; none where no word was looked for.
    pub field: Option<&'static str>,
    /// When its service listed it.
    pub at: Timestamp,
}

impl Thing {
    pub fn container(&self) -> &ContainerId {
        match self {
            Self::Container(container) => &container.id,
            Self::Segment(container, _) => container,
            Self::Asset(asset) => asset.scope.container(),
        }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hits {
    /// The best first.
    pub best: Vec<Hit>,
    /// How many there are, these among them.
    pub all: usize,
    /// Among how many things.
    pub among: usize,
}
