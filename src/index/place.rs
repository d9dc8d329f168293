//! What a kept list is the list of.

use crate::api::AccountInfo;
use crate::domain::{AccountName, AssetScope, ContainerId};

/// Whose lists: an account at its service and address. Another address has lists of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    pub account: AccountName,
    pub service: &'static str,
    pub address: String,
}

impl From<&AccountInfo> for Owner {
    fn from(info: &AccountInfo) -> Self {
        Self {
            account: info.name.clone(),
            service: info.spec.id,
            address: info.base_url.clone(),
        }
    }
}

/// One list of an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// Its containers.
    Containers,
    /// One container with its locales: a list of one.
    Container(ContainerId),
    /// The segments of a container, with their keys and texts once these came.
    Segments(ContainerId),
    /// The assets of a container that has no segments. Those of segments are marks.
    Assets(ContainerId),
}

impl Place {
    /// The list of the assets of a scope; `None` for a segment's, which are kept as its mark.
    pub fn of(scope: &AssetScope) -> Option<Self> {
        match scope {
            AssetScope::Container(id) => Some(Self::Assets(id.clone())),
            AssetScope::Segment(..) => None,
        }
    }

    /// As the file has it: a kind, and the container.
    pub(super) fn columns(&self) -> (u8, &str) {
        match self {
            Self::Containers => (1, ""),
            Self::Container(id) => (2, id.as_str()),
            Self::Segments(id) => (3, id.as_str()),
            Self::Assets(id) => (4, id.as_str()),
        }
    }
}
