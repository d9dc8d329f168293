//! Sending to a segment: hand over the file, then attach it with locale and folder.

use serde_json::{Map, json};
use tokio::time::Instant;

use super::auth::Turn;
use super::places::{Claim, FRESH};
use super::wire;
use super::{Adapter, of_segment};
use crate::api::body::Outgoing;
use crate::api::http::Method;
use crate::api::{ApiError, ApiErrorKind, Delivery, Step, UploadRequest, UploadWatch};
use crate::domain::{Asset, AssetPath, ContainerId, Locale, SafeText, SegmentId, twin_key};

const OPERATION: &str = "upload the file";
const ATTACH: &str = "attach the file";
/// Times a file is handed over at most: its token may end while the program is stopped.
const MAX_TOKENS: u32 = 3;

impl Adapter {
    pub(super) async fn send(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        let (container, segment) = of_segment(OPERATION, &request.scope)?;
        if request.stamp.size == 0 {
            return Err(refuse("the file is empty".into()));
        }
        self.check_place(container, request).await?;
        let claim = self.claim(request)?;
        self.check_clash(request).await?;
        let mut looked = Instant::now();
        let mut tokens = 0;
        loop {
            watch.step(Step::Send, None).await?;
            let token = self.hand_over(request, watch).await?;
            tokens += 1;
            // Sending took its time. Only attaching makes the asset, and it would take the place of
            // what somebody else put there meanwhile.
            if looked.elapsed() >= FRESH {
                self.check_clash(request).await?;
                looked = Instant::now();
            }
            watch.step(Step::Attach, None).await?;
            let attached = self.attach(container, segment, request, &token, watch);
            match attached.await {
                Err(error) if tokens < MAX_TOKENS && is_lost_token(&error) => {}
                Err(error) => {
                    claim.unknown();
                    return Err(error);
                }
                attached => return attached,
            }
        }
    }

    /// No other upload from here goes to the same place at the same time.
    fn claim(&self, request: &UploadRequest) -> Result<Claim, ApiError> {
        let key = place_of(request);
        self.places
            .segment(&request.scope)
            .claim(&key)
            .ok_or_else(|| {
                let shown = shown(
                    request.locale.as_ref(),
                    &request.folder,
                    request.name.as_str(),
                );
                let why = format!("another file is on its way to {shown}; nothing was sent");
                ApiError::new(OPERATION, ApiErrorKind::Conflict, why)
            })
    }

    /// The locale is one of the document's, and the folder cannot be taken for one.
    async fn check_place(
        &self,
        container: &ContainerId,
        request: &UploadRequest,
    ) -> Result<(), ApiError> {
        let first = request.folder.parts().next();
        if request.locale.is_none() && first.is_none() {
            return Ok(());
        }
        let mut locales = self.ids(OPERATION, container).await?.locales;
        if let Some(locale) = &request.locale
            && !locales.contains(locale)
        {
            // A language may have been added since.
            locales = self.fresh_ids(OPERATION, container).await?.locales;
            if !locales.contains(locale) {
                return Err(refuse(unknown_locale(locale, &locales)));
            }
        }
        // The storage keeps an asset without locale in folder `de` where locale `de` begins.
        if let Some(first) = first
            && let Some(locale) = locales
                .iter()
                .find(|locale| twin_key(locale.as_str()) == twin_key(first))
        {
            return Err(refuse(format!(
                "the folder begins with “{}”, which the storage could take for the locale {}; \
                 choose the locale instead, or another folder",
                SafeText::name(first),
                SafeText::name(locale.as_str())
            )));
        }
        Ok(())
    }

    /// The place is free, or holds just what is to be replaced. What the service does with an equal
    /// name is not documented, and its storage probably ignores case.
    async fn check_clash(&self, request: &UploadRequest) -> Result<(), ApiError> {
        let (container, segment) = of_segment(OPERATION, &request.scope)?;
        let wanted = place_of(request);
        let refuse = |why: String| Err(ApiError::new(OPERATION, ApiErrorKind::Conflict, why));
        let Some(old) = &request.replaces else {
            let places = self.places.segment(&request.scope);
            let _asking = places.asking.lock().await;
            if places.is_stale() {
                self.list_segment(OPERATION, container, segment).await?;
            }
            return match places.at(&wanted) {
                None => Ok(()),
                Some(shown) => refuse(format!("the segment already has {shown}; nothing was sent")),
            };
        };
        let listed = self.list_segment(OPERATION, container, segment).await?;
        let mut clash = listed
            .iter()
            .filter_map(|entry| entry.read())
            .filter(|asset| stored_at(asset.locale.as_ref(), &asset.folder, &asset.name) == wanted);
        let Some(asset) = clash.next() else {
            // Also when what it should replace is gone: then nothing can be lost.
            return Ok(());
        };
        let shown = shown(asset.locale.as_ref(), &asset.folder, &asset.name);
        if clash.next().is_some() {
            return refuse(format!(
                "the segment has more than one asset in the place of {shown}; nothing was sent"
            ));
        }
        if old.key != asset.key {
            return refuse(format!(
                "it would take the place of {shown}, which is not the one to be replaced; nothing \
                 was sent"
            ));
        }
        if !old.is_still(asset) {
            return refuse(format!(
                "somebody changed {shown} in the meantime; nothing was sent"
            ));
        }
        Ok(())
    }

    /// Sends the bytes and answers the token of the stored file.
    async fn hand_over(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<String, ApiError> {
        let name = request.name.as_str();
        let progress = |bytes| watch.bytes(bytes);
        let mut turn = Turn::default();
        let answer = loop {
            let token = self.session.token_for(&self.http, &mut turn).await?;
            // A new try begins at the file's start.
            watch.bytes(0);
            let file = Outgoing::form(
                OPERATION,
                &request.path,
                &request.stamp,
                &request.content_type,
                name,
            )
            .await?;
            let call = self
                .call(OPERATION, Method::POST, &["api", "media", "upload"])
                .query("filename", name)
                .file(file, &progress);
            let outcome = self.session.sign(call, &token).answer().await;
            if let Some(done) = self.session.judge(&mut turn, token, outcome).await {
                break done?;
            }
        };
        let fields = wire::object(&answer)?;
        let result = fields
            .object("result")
            .ok_or_else(|| answer.broken("its answer lacks `result`"))?;
        result
            .full_text("token")
            .ok_or_else(|| answer.broken("its answer lacks `result.token`"))
    }

    async fn attach(
        &self,
        container: &ContainerId,
        segment: &SegmentId,
        request: &UploadRequest,
        filetoken: &str,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        let mut body = Map::new();
        body.insert("filetoken".into(), json!(filetoken));
        if let Some(locale) = &request.locale {
            body.insert("locale".into(), json!(locale.as_str()));
        }
        if !request.folder.is_root() {
            body.insert("relativePath".into(), json!(request.folder.to_string()));
        }
        let answer = self
            .answer(|| {
                self.asset_call(ATTACH, Method::POST, container, segment)
                    .json(&body)
                    .changes()
            })
            .await?;
        let asset = wire::asset(answer.raw()?, container, std::slice::from_ref(segment))
            .map_err(|why| answer.broken(format!("the asset in its answer: {}", why.reason)))?;
        self.places.attached(&asset);
        let exact = asset.name == request.name.as_str()
            && asset.locale == request.locale
            && asset.folder == request.folder;
        if exact {
            return Ok(asset);
        }
        let stored = shown(asset.locale.as_ref(), &asset.folder, &asset.name);
        let asked = place_of(request);
        if stored_at(asset.locale.as_ref(), &asset.folder, &asset.name) == asked
            && asset.locale.is_some() == request.locale.is_some()
        {
            watch.warning(format!("the service spells it differently: {stored}"));
            return Ok(asset);
        }
        let mut error = ApiError::new(
            ATTACH,
            ApiErrorKind::Conflict,
            format!(
                "the service stored it as {stored} instead of {}",
                shown(
                    request.locale.as_ref(),
                    &request.folder,
                    request.name.as_str()
                )
            ),
        );
        error.delivery = Delivery::Answered;
        error.changes = true;
        error.status = Some(answer.status);
        Err(error)
    }
}

/// The service refused the token of the file itself, so that nothing was attached. How it says so is
/// not documented.
fn is_lost_token(error: &ApiError) -> bool {
    let refused = error.delivery == Delivery::Answered;
    refused
        && matches!(error.status, Some(400 | 404 | 410))
        && error.message.to_lowercase().contains("token")
}

fn refuse(message: String) -> ApiError {
    ApiError::new(OPERATION, ApiErrorKind::Invalid, message)
}

fn unknown_locale(locale: &Locale, known: &[Locale]) -> String {
    let asked = SafeText::name(locale.as_str());
    let names: Vec<String> = known
        .iter()
        .map(|locale| SafeText::name(locale.as_str()).into_string())
        .collect();
    match locale.nearest(known) {
        Some(near) => format!(
            "the document has no locale “{asked}”; did you mean {}? It has {}",
            SafeText::name(near.as_str()),
            names.join(", ")
        ),
        None => format!(
            "the document has no locale “{asked}”; it has {}",
            names.join(", ")
        ),
    }
}

/// Where the storage keeps it, ignoring case and composition: locale, then folders, then name. An
/// asset without locale in folder `de` and one at the top of locale `de` meet here.
pub(super) fn stored_at(locale: Option<&Locale>, folder: &AssetPath, name: &str) -> String {
    let mut key = String::new();
    for part in locale.map(Locale::as_str).into_iter().chain(folder.parts()) {
        key.push_str(&twin_key(part));
        key.push('/');
    }
    key.push_str(&twin_key(name));
    key
}

fn place_of(request: &UploadRequest) -> String {
    let (locale, name) = (request.locale.as_ref(), request.name.as_str());
    stored_at(locale, &request.folder, name)
}

pub(super) fn shown(locale: Option<&Locale>, folder: &AssetPath, name: &str) -> String {
    let path = if folder.is_root() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    };
    let path = SafeText::name(&path);
    match locale {
        Some(locale) => format!("“{path}” in {}", SafeText::name(locale.as_str())),
        None => format!("“{path}” without a locale"),
    }
}
