//! SegmentFlow: websites and their assets, against the unified v1 (`/api/v1/…`, header `x-api-key`).
//!
//! There is no call that lists websites and none that reads one asset: websites are harvested from
//! assets, templates and the settings, and everything is looked up in the one list of assets.

mod names;
mod pages;
mod spec;
mod templates;
#[cfg(test)]
mod tests;
mod upload;
mod websites;
mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::api::http::{Http, HttpOptions, Method, Patience};
use crate::api::{
    AccountSettings, ApiError, ApiErrorKind, ConnectError, Delivery, Download, KeptPause, Metadata,
    PauseTold, Provider, ProviderSpec, Sighting, Sought, Toll, UploadRequest, UploadWatch,
};
use crate::domain::{
    Asset, AssetKey, AssetScope, Container, ContainerId, Cursor, Entry, Page, SafeText, Secret,
    Shelf,
};

pub(super) use spec::SPEC;
use websites::{Harvest, no_website};
use wire::{Listed, NO_WEBSITE};

const LIST: &str = "list websites";
/// How long a listing may serve a second question of the same action.
const FRESH: Duration = Duration::from_secs(3);
/// Connects an account. Makes no call.
pub(super) fn connect(
    settings: &AccountSettings,
    key: Secret,
    // It says nothing of an allowance.
    _: Option<Arc<dyn Toll>>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    Ok(Arc::new(Adapter::new(settings, key, Patience::default())?))
}

#[derive(Debug)]
struct Adapter {
    http: Http,
    /// Websites that the settings name.
    configured: Vec<(String, String)>,
    /// The websites of the last listing, as far as it came, for the action that made it only.
    recent: Mutex<Option<(Instant, Harvest)>>,
    names: names::Names,
}

impl Adapter {
    fn new(
        settings: &AccountSettings,
        key: Secret,
        patience: Patience,
    ) -> Result<Self, ConnectError> {
        let options = HttpOptions {
            credentials: vec![("x-api-key", key)],
            read_error: wire::read_error,
            patience,
            network: Arc::clone(&settings.network),
        };
        let http = Http::new(&super::base_url(settings).unwrap_or_default(), options);
        let http = http.map_err(|error| ConnectError::Settings(error.message))?;
        Ok(Self {
            http,
            configured: settings.containers.clone(),
            recent: Mutex::new(None),
            names: names::Names::default(),
        })
    }

    fn assets_call(&self, operation: &'static str, method: Method) -> crate::api::http::Call<'_> {
        self.http.call(operation, method, &["api", "v1", "assets"])
    }

    /// Goes through the whole list of assets; what websites there are is known for a while then.
    async fn list_each(
        &self,
        operation: &'static str,
        mut each: impl FnMut(Listed),
    ) -> Result<(), ApiError> {
        let mut harvest = Harvest::default();
        self.walk(operation, wire::listed, None, |listed| {
            harvest.asset(listed.website.as_ref());
            each(listed);
        })
        .await?;
        self.remember(harvest);
        Ok(())
    }

    /// Those of the whole list that are wanted.
    async fn list_of(
        &self,
        operation: &'static str,
        wanted: impl Fn(&Listed) -> bool,
    ) -> Result<Vec<Listed>, ApiError> {
        let mut all = Vec::new();
        self.list_each(operation, |listed| {
            if wanted(&listed) {
                all.push(listed);
            }
        })
        .await?;
        Ok(all)
    }

    /// The whole list of assets, asked for now.
    async fn list(&self, operation: &'static str) -> Result<Vec<Listed>, ApiError> {
        self.list_of(operation, |_| true).await
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Harvest)>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, harvest: Harvest) {
        *self.recent() = Some((Instant::now(), harvest));
    }

    /// What was listed before a change says nothing any more.
    fn forget(&self) {
        *self.recent() = None;
    }

    /// The asset of this key as the service lists it now, if it does.
    async fn listed(
        &self,
        operation: &'static str,
        key: &AssetKey,
    ) -> Result<Option<Asset>, ApiError> {
        let wanted = |listed: &Listed| listed.entry.read().is_some_and(|it| it.key == *key);
        let listed = self.list_of(operation, wanted).await?;
        Ok(listed.first().and_then(|it| it.entry.read()).cloned())
    }

    /// The asset as the service lists it now. `NotFound` when it does not.
    async fn look_up(&self, operation: &'static str, asset: &Asset) -> Result<Asset, ApiError> {
        self.listed(operation, &asset.key).await?.ok_or_else(|| {
            ApiError::new(
                operation,
                ApiErrorKind::NotFound,
                format!("“{}” is not there any more", SafeText::name(&asset.name)),
            )
        })
    }
}

#[async_trait]
impl Provider for Adapter {
    fn spec(&self) -> &'static ProviderSpec {
        &SPEC
    }

    async fn check(&self) -> Result<(), ApiError> {
        // The first page only: a large library has hundreds.
        let call = self.assets_call("check the key", Method::GET);
        wire::list_page(&call.answer().await?, wire::home).map(|_| ())
    }

    async fn first_containers(&self) -> Result<Option<Vec<Container>>, ApiError> {
        self.first_websites(LIST).await
    }

    async fn containers(&self, _cursor: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        let containers = self.websites(LIST).await?;
        Ok(Page::whole(
            containers
                .into_iter()
                .map(Entry::Read)
                .collect::<Shelf<_>>(),
        ))
    }

    async fn container(&self, id: &ContainerId) -> Result<Container, ApiError> {
        let operation = "read the website";
        let containers = self.websites(operation).await?;
        let found = containers.into_iter().find(|known| known.id == *id);
        if let Some(found) = found {
            return Ok(found);
        }
        if id.as_str() == NO_WEBSITE {
            return no_website(Some(0)).ok_or_else(|| ApiError::unsupported(operation));
        }
        let mut error = ApiError::new(
            operation,
            ApiErrorKind::NotFound,
            "no asset and no template belongs to a website with this id; name it in the settings",
        );
        error.delivery = Delivery::Answered;
        Err(error)
    }

    async fn assets(
        &self,
        scope: &AssetScope,
        cursor: Option<Cursor>,
    ) -> Result<Page<Asset>, ApiError> {
        let operation = "list assets";
        if scope.segment().is_some() {
            return Err(ApiError::unsupported(operation));
        }
        // The service lists those of all websites together: of some pages none is wanted.
        let (_, page) = self.page(operation, wire::listed, cursor.as_ref()).await?;
        let mut harvest = Harvest::default();
        let mut list = Shelf::default();
        let wanted = scope.container().as_str();
        for mut listed in page.listed {
            harvest.asset(listed.website.as_ref());
            if listed.container() == wanted {
                if let Entry::Read(asset) = &mut listed.entry {
                    // One text for all of them.
                    asset.scope.clone_from(scope);
                }
                list.push(listed.entry);
            }
        }
        list.close();
        if cursor.is_none() && page.next.is_none() {
            self.remember(harvest);
            return Ok(Page::whole(list));
        }
        Ok(Page {
            entries: list,
            next: page.next,
            total: None,
        })
    }

    async fn uses(&self) -> Result<Vec<String>, ApiError> {
        self.template_ids().await
    }

    async fn use_texts(&self, id: &str) -> Result<Vec<String>, ApiError> {
        self.template_texts(id).await
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        self.send(request, watch).await
    }

    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        let listed = match self.list("look for the upload").await {
            Ok(listed) => listed,
            Err(error) => return sought.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut by_key: HashMap<&str, &Asset> = HashMap::new();
        let mut by_name: HashMap<&str, Vec<&Asset>> = HashMap::new();
        for asset in listed.iter().filter_map(|listed| listed.entry.read()) {
            if let Some(key) = &asset.stored_as {
                by_key.entry(key).or_insert(asset);
            }
            by_name.entry(&asset.name).or_default().push(asset);
        }
        let find = |one: &Sought| {
            let request = &one.request;
            let old = request.replaces.as_ref().map(|old| &old.key);
            let is_new = |asset: &&&Asset| Some(&asset.key) != old;
            let same = |asset: &&&Asset| {
                asset.scope == request.scope && asset.size == Some(request.stamp.size)
            };
            let found = match &one.receipt {
                Some(receipt) => by_key.get(&*receipt.storage_key).filter(is_new),
                None => by_name
                    .get(request.name.as_str())
                    .and_then(|named| named.iter().filter(is_new).find(same)),
            };
            Ok(Sighting {
                asset: found.map(|asset| (*asset).clone()),
                by_name: one.receipt.is_none(),
                among: u64::try_from(listed.len()).unwrap_or(u64::MAX),
            })
        };
        sought.iter().map(find).collect()
    }

    async fn update(&self, asset: &Asset, change: &Metadata) -> Result<Asset, ApiError> {
        let operation = "change the texts";
        upload::check_texts(operation, change)?;
        let now = self.look_up(operation, asset).await?;
        if now.modified != asset.modified && now.modified.is_some() && asset.modified.is_some() {
            return Err(ApiError::new(
                operation,
                ApiErrorKind::Conflict,
                format!(
                    "somebody else changed “{}” in the meantime; nothing was sent",
                    SafeText::name(&asset.name)
                ),
            ));
        }
        self.patch(operation, &now, change).await
    }

    async fn delete(&self, asset: &Asset) -> Result<(), ApiError> {
        let operation = "delete the asset";
        let id = upload::id_of(operation, asset)?;
        let now = self.look_up(operation, asset).await?;
        if now.name != asset.name || now.stored_as != asset.stored_as {
            return Err(ApiError::new(
                operation,
                ApiErrorKind::Conflict,
                format!(
                    "its id belongs to “{}” now; nothing was deleted",
                    SafeText::name(&now.name)
                ),
            ));
        }
        self.forget();
        let sent = self
            .http
            .call(operation, Method::DELETE, &["api", "v1", "assets", &id])
            .changes()
            .answer()
            .await;
        // Gone already is gone; a lost answer is settled by looking.
        let trouble = match sent {
            Ok(_) => None,
            Err(error) if error.kind == ApiErrorKind::NotFound => None,
            Err(error) if error.in_doubt() => Some(error),
            Err(error) => return Err(error),
        };
        let listed = match (self.listed(operation, &asset.key).await, &trouble) {
            (Ok(listed), _) => listed,
            (Err(_), Some(trouble)) => return Err(trouble.clone()),
            (Err(error), None) => return Err(error),
        };
        if listed.is_none() {
            return Ok(());
        }
        Err(trouble.unwrap_or_else(|| {
            let mut error = ApiError::new(
                operation,
                ApiErrorKind::Server,
                "the service said yes, but still lists it",
            );
            error.delivery = Delivery::Answered;
            error.changes = true;
            error
        }))
    }

    fn keep_pause(&self, pause: Option<KeptPause>, told: PauseTold) {
        self.http.keep_pause(pause, told);
    }

    async fn download(&self, asset: &Asset) -> Result<Download, ApiError> {
        let operation = "download the asset";
        let url = asset.url.as_deref().ok_or_else(|| {
            ApiError::new(
                operation,
                ApiErrorKind::NotFound,
                "the service shows no address for it",
            )
        })?;
        let stream = self
            .http
            .bare(operation, Method::GET, url)
            .errors(wire::read_storage_error)
            .stream()
            .await?;
        super::not_a_page(asset, stream).map(crate::api::http::Streaming::into_download)
    }
}
