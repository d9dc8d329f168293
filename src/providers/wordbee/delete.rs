//! Deleting exactly one asset.
//!
//! The same call without a file name deletes every asset of the segment, in all languages, for good,
//! and answers 200. Only this file sends it, and only for a [`One`], which cannot be made without a
//! name that shows. There is no code path that deletes more than one.

use std::collections::HashSet;

use super::wire;
use super::{Adapter, of_segment};
use crate::api::http::{Call, Method};
use crate::api::{ApiError, ApiErrorKind, Delivery};
use crate::domain::{Asset, AssetKey, ContainerId, Entry, SafeText, SegmentId};

const OPERATION: &str = "delete the asset";

/// The one asset to delete, with all that tells it from its siblings.
struct One<'a> {
    container: &'a ContainerId,
    segment: &'a SegmentId,
    name: &'a str,
    locale: Option<&'a str>,
    folder: String,
}

impl<'a> One<'a> {
    /// The only way to make one.
    fn of(asset: &'a Asset) -> Result<Self, ApiError> {
        let refuse = |message: &str| ApiError::new(OPERATION, ApiErrorKind::Invalid, message);
        let (container, segment) = of_segment(OPERATION, &asset.scope)?;
        if !wire::is_visible(&asset.name) || asset.name.contains('\0') {
            return Err(refuse(
                "it has no name, so it cannot be told from the others",
            ));
        }
        // A name with a folder in it would mean another asset than the one that is shown.
        if asset.name.contains(['/', '\\']) {
            return Err(refuse(
                "its name holds a slash, so it could mean another asset",
            ));
        }
        if wire::key(asset.locale.as_ref(), &asset.folder, &asset.name).as_ref() != Some(&asset.key)
        {
            return Err(refuse("its ref and its name disagree; refresh the list"));
        }
        Ok(Self {
            container,
            segment,
            name: &asset.name,
            locale: asset.locale.as_ref().map(crate::domain::Locale::as_str),
            folder: asset.folder.to_string(),
        })
    }

    fn call<'h>(&self, adapter: &'h Adapter) -> Call<'h> {
        let call = adapter
            .asset_call(OPERATION, Method::DELETE, self.container, self.segment)
            .query("filename", self.name)
            .query("relativePath", &self.folder)
            .changes();
        match self.locale {
            Some(locale) => call.query("locale", locale),
            None => call,
        }
    }
}

impl Adapter {
    pub(super) async fn delete_one(&self, asset: &Asset) -> Result<(), ApiError> {
        let one = One::of(asset)?;
        let before = self
            .list_segment(OPERATION, one.container, one.segment)
            .await?;
        let siblings = keys(&before);
        let same = before
            .iter()
            .filter_map(Entry::read)
            .filter(|listed| listed.key == asset.key);
        match same.count() {
            1 => {}
            0 => {
                return Err(ApiError::new(
                    OPERATION,
                    ApiErrorKind::NotFound,
                    format!("“{}” is not there any more", SafeText::name(one.name)),
                ));
            }
            _ => {
                return Err(ApiError::new(
                    OPERATION,
                    ApiErrorKind::Conflict,
                    format!(
                        "the service lists “{}” more than once; nothing was deleted",
                        SafeText::name(one.name)
                    ),
                ));
            }
        }
        let sent = self.answer(|| one.call(self)).await;
        // 200 proves nothing and a lost answer neither: the list decides.
        let trouble = match sent {
            Ok(_) => None,
            Err(error) if error.in_doubt() => Some(error),
            Err(error) => return Err(error),
        };
        let listed = self
            .list_segment(OPERATION, one.container, one.segment)
            .await;
        let after = match (listed, &trouble) {
            (Ok(listed), _) => keys(&listed),
            (Err(_), Some(trouble)) => return Err(trouble.clone()),
            (Err(error), None) => return Err(unconfirmed(&error)),
        };
        let lost: Vec<String> = siblings
            .iter()
            .filter(|key| **key != asset.key && !after.contains(*key))
            .map(|key| {
                let parts = key.parts().unwrap_or_default().join("/");
                SafeText::name(parts.trim_start_matches('/')).into_string()
            })
            .collect();
        if !lost.is_empty() {
            return Err(after_all(format!(
                "other assets are gone too: {}; somebody else may have deleted them",
                lost.join(", ")
            )));
        }
        if !after.contains(&asset.key) {
            return Ok(());
        }
        Err(trouble
            .unwrap_or_else(|| after_all("the service said yes, but still lists it".to_owned())))
    }
}

fn keys(listed: &[Entry<Asset>]) -> HashSet<AssetKey> {
    listed
        .iter()
        .filter_map(Entry::read)
        .map(|asset| asset.key.clone())
        .collect()
}

fn after_all(message: String) -> ApiError {
    let mut error = ApiError::new(OPERATION, ApiErrorKind::Server, message);
    error.delivery = Delivery::Answered;
    error.changes = true;
    error
}

/// The delete was sent and answered; whether it did its work could not be looked up.
fn unconfirmed(error: &ApiError) -> ApiError {
    let mut error = error.clone();
    error.changes = true;
    error.delivery = Delivery::Unknown;
    error
}
