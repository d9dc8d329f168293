//! Where an upload goes, and what is usual there.

use crate::api::ProviderSpec;
use crate::app::State;
use crate::domain::{AccountName, AssetScope, ContainerId};
use crate::transfer::plan::{Gap, Usual};

/// Where an upload goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    pub account: AccountName,
    pub spec: &'static ProviderSpec,
    /// `None` for an account alone: each file says itself where it belongs.
    pub to: Option<AssetScope>,
    /// In words: `Mobile app / hero-banner`; foreign text.
    pub place: String,
    /// What it is to fill; none where the user goes by the place alone.
    pub gaps: Vec<Gap>,
}

impl Goal {
    pub fn container(&self) -> Option<&ContainerId> {
        self.to.as_ref().map(AssetScope::container)
    }

    /// What the settings say of uploads to it.
    pub fn usual<'a>(&self, state: &'a State) -> &'a Usual {
        state.options.usuals.of(&self.account, self.container())
    }

    /// The one place that every file goes to, if there is one.
    pub fn one_place(&self) -> Option<&AssetScope> {
        self.to.as_ref().filter(|scope| !self.spec.is_whole(scope))
    }
}
