//! Whole places: listed, laid out in a local folder, and queued.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Runtime, send};
use crate::api::{ApiError, Provider, ProviderSpec};
use crate::app::msg::{Found, InTree, Listed, Msg};
use crate::domain::{AccountName, SafeText, TypeChoice};
use crate::transfer::tree::{self, Source, Tree, Walk};

/// Lists everything in these places, and tells with each call what was found until then. From
/// `most` calls ahead on it stops and says how many they are.
pub(super) async fn list(
    provider: &dyn Provider,
    source: &Source,
    types: &[TypeChoice],
    most: usize,
    tell: impl Fn(Found),
) -> Result<InTree, ApiError> {
    let mut listed = Listed::default();
    let mut walk = Walk::new(provider, source);
    while let Some(found) = walk.next().await? {
        match found {
            tree::Found::Asset(tops, asset) => {
                if types.is_empty() || types.iter().any(|it| it.holds(&asset)) {
                    listed.found.files += 1;
                    listed.found.bytes += asset.size.unwrap_or(0);
                    listed.assets.push((tops, *asset));
                }
            }
            tree::Found::Unreadable(_) => listed.unreadable += 1,
            tree::Found::Ahead(calls) if calls >= most => return Ok(InTree::Costs(calls)),
            tree::Found::Ahead(_) => {}
            tree::Found::Call => {
                listed.found.calls += 1;
                tell(listed.found);
            }
        }
    }
    Ok(InTree::All(Arc::new(listed)))
}

/// Gives each file its place in the folder, and looks what stands there.
pub(super) fn lay_out(
    account: AccountName,
    spec: &ProviderSpec,
    listed: &Listed,
    folder: PathBuf,
) -> Result<Box<Tree>, String> {
    if folder.exists() && !folder.is_dir() {
        let shown = SafeText::name(&folder.to_string_lossy()).into_string();
        return Err(format!("{shown} is not a folder"));
    }
    Tree::of_place(folder, account, spec, listed.assets.clone())
        .map(Box::new)
        .map_err(|error| error.message)
}

impl Runtime {
    /// Writes the list of the tree, then queues its downloads: both touch the disk.
    pub(super) fn save_tree(&self, account: AccountName, tree: Tree) {
        let count = tree.saved().0;
        let inbox = self.inbox.clone();
        let refuse = move |reason| send(&inbox, Msg::Refused { count, reason });
        let Some(provider) = self.provider(&account) else {
            return refuse("the account is not connected".to_owned());
        };
        let transfers = self.transfers.clone();
        self.tasks.spawn(async move {
            match tokio::task::spawn_blocking(move || tree.requests()).await {
                Ok(Ok(requests)) => {
                    transfers.download_all(&account, provider, requests);
                }
                Ok(Err(error)) => refuse(error.message),
                Err(_) => refuse(ApiError::panicked().message),
            }
        });
    }
}
