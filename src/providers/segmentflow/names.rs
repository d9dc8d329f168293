//! Names that are taken: the service takes any number of assets of one name, so that this is looked
//! up right before a file is sent.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Adapter;
use crate::api::{ApiError, ApiErrorKind, UploadRequest};
use crate::domain::{Asset, AssetKey, SafeText};
use crate::providers::taken::Taken;

/// So long a listing tells which names are taken; what is recorded from here meanwhile is added to
/// it. Files of one batch share it.
const FRESH: Duration = Duration::from_secs(5);

/// A website's id and a name on it.
type Spot = (String, String);

#[derive(Debug, Default)]
pub(super) struct Names {
    /// Held by whoever asks for the listing, so that the others wait for the same one.
    asking: tokio::sync::Mutex<()>,
    taken: Mutex<Taken<Spot, Vec<AssetKey>>>,
}

impl Names {
    fn taken(&self) -> MutexGuard<'_, Taken<Spot, Vec<AssetKey>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to send a file to its spot, until it is dropped.
pub(super) struct Claim<'a> {
    names: &'a Names,
    spot: Option<Spot>,
}

impl Claim<'_> {
    /// It stands there now.
    pub(super) fn recorded(&self, asset: &Asset) {
        if let Some(spot) = &self.spot {
            let keys = vec![asset.key.clone()];
            self.names.taken().sent(spot.clone(), keys);
        }
    }

    /// Whether it stands there is not known: the next one looks anew.
    pub(super) fn unknown(&self) {
        self.names.taken().forget();
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(spot) = &self.spot {
            self.names.taken().release(spot);
        }
    }
}

impl Adapter {
    /// Makes sure that nothing else of this name stands at the place or is on its way there; what
    /// the upload replaces may, and so may anything where the user wants it beside that.
    pub(super) async fn claim(
        &self,
        operation: &'static str,
        request: &UploadRequest,
    ) -> Result<Claim<'_>, ApiError> {
        let names = &self.names;
        if request.beside {
            return Ok(Claim { names, spot: None });
        }
        let website = request.scope.container().as_str().to_owned();
        let spot = (website, request.name.as_str().to_owned());
        let _one = names.asking.lock().await;
        if names.taken().is_stale(FRESH) {
            let asked = Instant::now();
            let listed = self.list(operation).await?;
            let mut spots: HashMap<Spot, Vec<AssetKey>> = HashMap::new();
            for listed in &listed {
                if let Some(asset) = listed.entry.read() {
                    let spot = (listed.container().to_owned(), asset.name.clone());
                    spots.entry(spot).or_default().push(asset.key.clone());
                }
            }
            names.taken().listed(asked, spots);
        }
        let mut taken = names.taken();
        let old = request.replaces.as_ref().map(|old| &old.key);
        let is_taken = taken.at(&spot).flatten().any(|key| Some(key) != old);
        if is_taken || !taken.claim(spot.clone()) {
            let name = SafeText::name(request.name.as_str());
            let message = format!("“{name}” is there already, or on its way; nothing was sent");
            return Err(ApiError::new(operation, ApiErrorKind::Conflict, message));
        }
        Ok(Claim {
            names,
            spot: Some(spot),
        })
    }
}
