//! Names that are taken: the service takes any number of assets of one name, so that this is looked
//! up right before a file is sent.

use std::collections::{HashMap, HashSet};
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
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    taken: Taken<Spot, Vec<AssetKey>>,
    /// What other uploads are sending right now.
    sending: HashSet<Spot>,
}

impl Names {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.names.known().taken.sent(spot.clone(), keys);
        }
    }

    /// Whether it stands there is not known: the next one looks anew.
    pub(super) fn unknown(&self) {
        self.names.known().taken.forget();
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(spot) = &self.spot {
            self.names.known().sending.remove(spot);
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
        if names.known().taken.is_stale(FRESH) {
            let asked = Instant::now();
            let listed = self.list(operation).await?;
            let mut spots: HashMap<Spot, Vec<AssetKey>> = HashMap::new();
            for listed in &listed {
                if let Some(asset) = listed.entry.read() {
                    let spot = (listed.container().to_owned(), asset.name.clone());
                    spots.entry(spot).or_default().push(asset.key.clone());
                }
            }
            names.known().taken.listed(asked, spots);
        }
        let mut known = names.known();
        let old = request.replaces.as_ref().map(|old| &old.key);
        let is_taken = known.taken.at(&spot).flatten().any(|key| Some(key) != old);
        if is_taken || !known.sending.insert(spot.clone()) {
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
