//! Taking the place of an asset: what counts as the new one, and how the old one goes.
//!
//! At every moment the service holds at least one whole copy: where both stand side by side, the
//! old one is deleted only after a listing has shown the new one with its size, and only if it is
//! still the one that the user chose. Where the service itself replaces, nothing is ever deleted
//! from here: by the one name of both, the new one would go with it.

use std::collections::HashMap;

use super::job::{BOTH, JobEvent, Showed};
use super::send::Upload;
use crate::api::{
    ApiError, ApiErrorKind, Pages, Provider, Receipt, Replace, Replaced, Sought, Step,
    UploadRequest,
};
use crate::domain::{Asset, AssetScope, Entry, SafeText};

const OPERATION: &str = "delete the asset";

/// So often a look is made whose answer does not come.
const LOOKS: u32 = 4;

/// What a look for an upload showed.
#[derive(Clone)]
pub(super) enum Found {
    Listed(Box<Asset>),
    /// One of its name and size stands in its place; nothing names it as the one that was sent.
    Alike(Box<Asset>),
    /// It is not among those that are listed; what it replaces stands as it was.
    Absent {
        among: u64,
    },
    /// Neither: for the user to look at. One sentence.
    Odd(String),
}

impl Upload<'_> {
    /// Looks for the file in the service's own listing, and keeps what that showed where it is not
    /// there: the user may have to decide by it. A look changes nothing, so that one that failed for
    /// a while only is made again.
    pub(super) async fn find(&self, receipt: Option<&Receipt>) -> Result<Found, ApiError> {
        let mut looks = 1;
        let looked = loop {
            let looked = self
                .handle
                .look(self.provider, self.request, receipt, self.token)
                .await;
            let error = match looked {
                Err(error) if looks < LOOKS => error,
                looked => break looked,
            };
            let again = tokio::select! {
                () = self.token.cancelled() => Err(error),
                again = self.handle.again_after(error.clone(), looks) => again,
            };
            if let Err(error) = again {
                break Err(error);
            }
            looks += 1;
        };
        match &looked {
            Ok(Found::Absent { among }) => self.handle.looked(Showed::Absent { among: *among }),
            // One that was cut short showed nothing at all.
            Ok(_) => {}
            Err(error) if error.kind == ApiErrorKind::Cancelled => {}
            Err(error) => self.handle.looked(Showed::Nothing(error.to_string())),
        }
        looked
    }

    /// What "absent" means, in words that follow "but".
    pub(super) fn absence(&self) -> &'static str {
        match self.replaces(Replace::InPlace) {
            Some(_) => "does not list it yet: the old one is there unchanged, or none",
            None => "does not list it yet",
        }
    }

    fn replaces(&self, how: Replace) -> Option<&Replaced> {
        replaced(&**self.provider, self.request, how)
    }

    /// The file is listed as it was sent: what it replaces goes now.
    pub(super) async fn finish(&self, asset: Asset, receipt: Option<&Receipt>) -> JobEvent {
        if let Some(old) = self.replaces(Replace::ByDelete) {
            if self.token.is_cancelled() {
                self.handle.warn(BOTH.to_owned());
            } else if let Err(error) = self.handle.step(Step::Remove, receipt).await {
                self.handle.warn(format!("{BOTH}: {error}"));
            } else if let Err(ended) = self.remove(old, &asset).await {
                return ended;
            }
        }
        JobEvent::Done {
            asset: Some(Box::new(asset)),
            path: None,
        }
    }

    /// An earlier try saw the new one listed. Whatever is found now, nothing is sent again.
    pub(super) async fn go_on_removing(&self, receipt: Option<&Receipt>) -> JobEvent {
        match self.find(receipt).await {
            Ok(Found::Listed(asset) | Found::Alike(asset)) => match self.wrong_size(&asset) {
                Some(wrong) => wrong,
                None => self.finish(*asset, receipt).await,
            },
            Ok(Found::Odd(reason)) => JobEvent::Unlisted { reason },
            Ok(Found::Absent { .. }) => JobEvent::Unlisted {
                reason: "it was listed, and is not any more; the old one was not deleted"
                    .to_owned(),
            },
            Err(error) if self.is_left(&error) => JobEvent::Interrupted,
            Err(error) => JobEvent::Failed(both(error)),
        }
    }

    /// Deletes the old one if it is still the same and the new one stands beside it; else it is
    /// kept, with a warning. The error is how the try ended.
    async fn remove(&self, old: &Replaced, new: &Asset) -> Result<(), JobEvent> {
        let failed = |error| JobEvent::Failed(both(error));
        let listed = listed(&**self.provider, &self.request.scope)
            .await
            .map_err(failed)?;
        let Some(old_now) = listed.iter().find(|asset| asset.key == old.key) else {
            return Ok(());
        };
        let new_now = listed.iter().find(|asset| asset.key == new.key);
        let keep = if new_now.is_none_or(|asset| asset.size != Some(self.request.stamp.size)) {
            return Err(JobEvent::Unlisted {
                reason: "the service does not list it with its size any more; the old one was not \
                         deleted"
                    .to_owned(),
            });
        } else if new.key == old.key {
            Some("the service gave the new file the old one's id")
        } else if new.stored_as.is_some() && new.stored_as == old_now.stored_as {
            Some("the service keeps both in one place, so that deleting one could delete both")
        } else if !old.is_still(old_now) {
            Some("somebody changed it in the meantime")
        } else {
            None
        };
        if let Some(why) = keep {
            self.handle.warn(format!(
                "the old “{}” was not deleted: {why}",
                SafeText::name(&old.name)
            ));
            return Ok(());
        }
        match self.provider.delete(old_now).await {
            Err(error) if error.kind != ApiErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }
}

/// What the request replaces, where the service goes about it in this way.
fn replaced<'a>(
    provider: &dyn Provider,
    request: &'a UploadRequest,
    how: Replace,
) -> Option<&'a Replaced> {
    let is = provider.spec().capabilities.replace == how;
    request.replaces.as_deref().filter(|_| is)
}

/// Looks for uploads in listings that begin now, as few of them as it takes. One answer for each, in
/// their order.
pub(super) async fn look(
    provider: &dyn Provider,
    sought: &[Sought],
) -> Vec<Result<Found, ApiError>> {
    let is_beside = |one: &&Sought| replaced(provider, &one.request, Replace::InPlace).is_none();
    let beside: Vec<Sought> = sought.iter().filter(is_beside).cloned().collect();
    let seen = if beside.is_empty() {
        Vec::new()
    } else {
        provider.find_uploads(&beside).await
    };
    let mut seen = seen.into_iter();
    let mut places: HashMap<&AssetScope, Result<Vec<Asset>, ApiError>> = HashMap::new();
    let mut found = Vec::with_capacity(sought.len());
    for one in sought {
        let Some(old) = replaced(provider, &one.request, Replace::InPlace) else {
            let none = || Err(ApiError::cancelled("look for the upload"));
            found.push(
                seen.next()
                    .unwrap_or_else(none)
                    .map(|seen| match seen.asset {
                        Some(asset) if seen.by_name => Found::Alike(Box::new(asset)),
                        Some(asset) => Found::Listed(Box::new(asset)),
                        None => Found::Absent { among: seen.among },
                    }),
            );
            continue;
        };
        let scope = &one.request.scope;
        if !places.contains_key(scope) {
            places.insert(scope, listed(provider, scope).await);
        }
        found.push(match &places[scope] {
            Ok(listed) => Ok(in_place(old, one.receipt.as_ref(), listed)),
            Err(error) => Err(error.clone()),
        });
    }
    found
}

/// Old and new have one name: only size and time tell them apart, where nothing names the new one.
fn in_place(old: &Replaced, receipt: Option<&Receipt>, listed: &[Asset]) -> Found {
    let absent = Found::Absent {
        among: listed.len() as u64,
    };
    let mut there = listed.iter().filter(|asset| asset.key == old.key);
    let Some(asset) = there.next() else {
        return absent;
    };
    if there.next().is_some() {
        return Found::Odd(format!(
            "the service lists “{}” more than once: it did not replace the old one; nothing was \
             deleted, since that would delete both",
            SafeText::name(&old.name)
        ));
    }
    if old.is_still(asset) {
        return absent;
    }
    let is_named =
        |receipt: &Receipt| asset.stored_as.as_deref() == Some(receipt.storage_key.as_str());
    if receipt.is_some_and(is_named) {
        Found::Listed(Box::new(asset.clone()))
    } else {
        Found::Alike(Box::new(asset.clone()))
    }
}

/// The failure of a removal. It may simply be tried again, since it begins with a look.
fn both(mut error: ApiError) -> ApiError {
    error.message = format!("{BOTH}: {}", error.message);
    error.operation = OPERATION;
    error.changes = false;
    error
}

/// Everything that the scope holds now.
async fn listed(provider: &dyn Provider, scope: &AssetScope) -> Result<Vec<Asset>, ApiError> {
    let (mut all, mut pages, mut cursor) = (Vec::new(), Pages::default(), None);
    loop {
        let page = provider.assets(scope, cursor).await?;
        all.extend(page.entries.into_iter().filter_map(Entry::into_read));
        cursor = pages.next(page.next)?;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}
