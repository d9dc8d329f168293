//! What a kept list is the list of.

use crate::api::AccountInfo;
use crate::domain::{AccountName, ContainerId};

pub(super) const CONTAINERS: u8 = 1;
pub(super) const SEGMENTS: u8 = 2;
const ASSETS: u8 = 3;

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
    /// The segments of a container, with their keys and texts once these came.
    Segments(ContainerId),
    /// The assets of a container that has no segments. Those of segments are marks.
    Assets(ContainerId),
}

impl Place {
    /// As the file has it: a kind, and the container.
    pub(super) fn columns(&self) -> (u8, &str) {
        match self {
            Self::Containers => (CONTAINERS, ""),
            Self::Segments(id) => (SEGMENTS, id.as_str()),
            Self::Assets(id) => (ASSETS, id.as_str()),
        }
    }
}
