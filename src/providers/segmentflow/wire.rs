//! SegmentFlow's JSON, and how it becomes assets and websites.
//!
//! Source of the fields: the sample answers of the asset and template pages. Only `id` is needed;
//! what is odd counts as absent, and unknown words and times are kept as text.

use serde_json::value::RawValue;

use crate::api::ApiError;
use crate::api::http::{Answer, ErrorReply, Reason};
use crate::domain::{
    Asset, AssetKey, AssetPath, AssetScope, ContainerId, Cursor, Detail, Entry, RawJson, Unreadable,
};
use crate::providers::fields::{Fields, unreadable};

/// The container of assets that belong to no website. No website id can look like this.
pub(super) const NO_WEBSITE: &str = "-";

/// A website as an asset or a template shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Website {
    pub id: String,
    pub name: Option<String>,
    pub raw: RawJson,
}

/// One entry of the asset list: the row, and the website it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    pub entry: Entry<Asset>,
    /// `None` for no website, and where it cannot be told.
    pub website: Option<Website>,
}

impl Listed {
    pub fn container(&self) -> &str {
        self.website
            .as_ref()
            .map_or(NO_WEBSITE, |website| &website.id)
    }
}

/// One page of the asset list, in either of its two shapes.
pub(super) struct ListPage<T> {
    pub listed: Vec<T>,
    pub next: Option<Cursor>,
}

/// Reads a page: `{assets: […], nextCursor}` or a bare array. Neither is documented. `read` is told
/// whether the entry's text is damaged.
pub(super) fn list_page<T>(
    answer: &Answer,
    read: fn(&RawValue, bool) -> T,
) -> Result<ListPage<T>, ApiError> {
    let raw = answer.raw()?;
    let (array, next) = if raw.get().starts_with('[') {
        (raw, None)
    } else {
        let fields = Fields::read(raw)
            .map_err(|reason| answer.broken(format!("its answer could not be read: {reason}")))?;
        check_success(answer, &fields)?;
        let array = fields
            .get("assets")
            .ok_or_else(|| answer.broken("its answer lacks `assets`"))?;
        (array, fields.full_text("nextCursor").map(Cursor))
    };
    let listed = answer
        .entries(array)?
        .into_iter()
        .map(|entry| read(entry, answer.is_damaged(entry)))
        .collect();
    Ok(ListPage { listed, next })
}

/// The websites that templates belong to.
pub(super) fn template_websites(answer: &Answer) -> Result<Vec<Website>, ApiError> {
    let entries = answer.entries(answer.raw()?)?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| website(&Fields::read(entry).ok()?))
        .collect())
}

/// The ids of a list of templates. One without would be left out of a scan, which would then call
/// unused what it uses.
pub(super) fn template_ids(answer: &Answer) -> Result<Vec<String>, ApiError> {
    let entries = answer.entries(answer.raw()?)?;
    let id = |entry: &&RawValue| Fields::read(entry).ok()?.full_text("id");
    let ids: Option<Vec<String>> = entries.iter().map(id).collect();
    ids.ok_or_else(|| answer.broken("a template in its answer has no readable `id`"))
}

/// The asset of an answer to creating or changing one.
pub(super) fn one_asset(answer: &Answer) -> Result<Asset, ApiError> {
    let fields = Fields::read(answer.raw()?)
        .map_err(|reason| answer.broken(format!("its answer could not be read: {reason}")))?;
    check_success(answer, &fields)?;
    let asset = fields
        .get("asset")
        .ok_or_else(|| answer.broken("its answer lacks `asset`"))?;
    match listed(asset, false).entry {
        Entry::Read(asset) => Ok(asset),
        Entry::Unreadable(why) => {
            Err(answer.broken(format!("the asset in its answer: {}", why.reason)))
        }
    }
}

/// An address for one upload. Never kept: it is a secret while it is valid.
pub(super) struct UploadLink {
    pub address: String,
    pub key: String,
}

pub(super) fn upload_link(answer: &Answer) -> Result<UploadLink, ApiError> {
    let fields = Fields::read(answer.raw()?)
        .map_err(|reason| answer.broken(format!("its answer could not be read: {reason}")))?;
    check_success(answer, &fields)?;
    let text = |name: &str| {
        fields
            .full_text(name)
            .ok_or_else(|| answer.broken(format!("its answer lacks `{name}`")))
    };
    Ok(UploadLink {
        address: text("uploadUrl")?,
        key: text("key")?,
    })
}

fn check_success(answer: &Answer, fields: &Fields<'_>) -> Result<(), ApiError> {
    if fields.flag("success") == Some(false) {
        let said = fields
            .full_text("message")
            .map_or(String::new(), |message| format!(": {message}"));
        return Err(answer.broken(format!("it answered that it had no success{said}")));
    }
    Ok(())
}

fn website(fields: &Fields<'_>) -> Option<Website> {
    let inner = fields.object("website");
    let name = inner.as_ref().and_then(|inner| inner.full_text("name"));
    let id = fields
        .some_id("websiteId")
        .or_else(|| inner.as_ref()?.some_id("id"))?;
    let raw = inner.map_or_else(
        || RawJson::new(serde_json::json!({ "id": id }).to_string()),
        |inner| inner.json(),
    );
    Some(Website { id, name, raw })
}

/// The website of a listed asset, without reading the asset.
pub(super) fn home(raw: &RawValue, damaged: bool) -> Option<Website> {
    let fields = Fields::read(raw).ok().filter(|_| !damaged)?;
    website(&fields)
}

/// A listed asset and its website.
pub(super) fn listed(raw: &RawValue, damaged: bool) -> Listed {
    let bad = |reason: String| Entry::Unreadable(unreadable(raw, reason));
    if damaged {
        return Listed {
            entry: bad("its text is not UTF-8".to_owned()),
            website: None,
        };
    }
    match Fields::read(raw) {
        Err(reason) => Listed {
            entry: bad(reason),
            website: None,
        },
        Ok(fields) => {
            let website = website(&fields);
            let entry = match asset(&fields, website.as_ref()) {
                Ok(asset) => Entry::Read(asset),
                Err(why) => Entry::Unreadable(why),
            };
            Listed { entry, website }
        }
    }
}

/// What the service tells beyond an asset's own fields.
pub(super) fn details(asset: &Asset) -> Vec<Detail> {
    const KNOWN: &[&str] = &[
        "id",
        "organizationId",
        "assetType",
        "imageType",
        "filename",
        "s3Key",
        "contentType",
        "size",
        "url",
        "createdAt",
        "updatedAt",
        "description",
        "altText",
        "tags",
        "width",
        "height",
        "websiteId",
        "website",
    ];
    let text = asset.raw.text();
    let Some(fields) = serde_json::from_str(&text)
        .ok()
        .and_then(|raw| Fields::read(raw).ok())
    else {
        return Vec::new();
    };
    let website = website(&fields);
    let own = [
        Detail::some("Website", website.map(|it| it.name.unwrap_or(it.id))),
        Detail::some("Id", fields.some_id("id")),
        Detail::some("Storage key", asset.stored_as.as_ref()),
        Detail::some("Organization", fields.some_id("organizationId")),
    ];
    own.into_iter()
        .flatten()
        .chain(fields.others(KNOWN))
        .collect()
}

fn asset(fields: &Fields<'_>, website: Option<&Website>) -> Result<Asset, Unreadable> {
    let bad = |reason: String| Unreadable {
        reason,
        raw: fields.json(),
    };
    let id = fields.id("id").map_err(bad)?;
    let key = AssetKey::from_parts([id.as_str()]).ok_or_else(|| bad("`id` is empty".into()))?;
    let container = ContainerId::new(website.map_or(NO_WEBSITE, |website| &website.id))
        .ok_or_else(|| bad("`websiteId` is empty".into()))?;
    // A name that is missing has a stand-in below; one that is no text is a damaged entry.
    if fields.get("filename").is_some() && fields.text("filename").is_none() {
        return Err(bad("`filename` is not readable text".into()));
    }
    let stored_as = fields.full_text("s3Key");
    let url = fields.full_text("url");
    let tail = |text: &String| {
        let end = text.split(['?', '#']).next()?.rsplit('/').next()?;
        (!end.is_empty()).then(|| end.to_owned())
    };
    let name = fields
        .full_text("filename")
        .or_else(|| stored_as.as_ref().and_then(tail))
        .or_else(|| url.as_ref().and_then(tail))
        .unwrap_or_else(|| id.clone());
    Ok(Asset {
        scope: AssetScope::Container(container),
        key,
        name,
        locale: None,
        folder: AssetPath::root(),
        size: fields.count("size"),
        content_type: fields.full_text("contentType"),
        asset_type: fields.full_text("assetType"),
        image_type: fields.full_text("imageType"),
        alt_text: fields.full_text("altText"),
        description: fields.full_text("description"),
        tags: fields.texts("tags"),
        dimensions: fields.count("width").zip(fields.count("height")),
        url,
        created: fields.full_text("createdAt"),
        modified: fields.full_text("updatedAt"),
        stored_as,
        raw: fields.json(),
    })
}

/// Reads `{error, message, details, required}`. Where `required` sits is not documented: beside
/// `error`, or inside `details`.
pub(super) fn read_error(reply: &ErrorReply<'_>) -> Reason {
    let Ok(raw) = serde_json::from_str::<&RawValue>(reply.body.trim()) else {
        return Reason::default();
    };
    let Ok(fields) = Fields::read(raw) else {
        return Reason::default();
    };
    let mut missing = fields.texts("required");
    if missing.is_empty()
        && let Some(details) = fields.object("details")
    {
        missing = details.texts("required");
    }
    Reason {
        kind: None,
        code: fields.full_text("error"),
        message: fields
            .full_text("message")
            .or_else(|| fields.full_text("error")),
        missing,
    }
}

/// Reads the XML of S3-style storage: `<Error><Code>…</Code><Message>…</Message></Error>`.
pub(super) fn read_storage_error(reply: &ErrorReply<'_>) -> Reason {
    use crate::api::ApiErrorKind;
    let element = |name: &str| {
        let start = reply.body.split_once(&format!("<{name}>"))?.1;
        let text = start.split_once(&format!("</{name}>"))?.0;
        (!text.contains('<')).then(|| {
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
        })
    };
    let code = element("Code");
    let message = element("Message").or_else(|| code.clone());
    let clock = code.as_deref() == Some("RequestTimeTooSkewed");
    Reason {
        // 401 and 403 of the storage are about the link, not about the account's key.
        kind: matches!(reply.status, 401 | 403).then_some(ApiErrorKind::Invalid),
        code,
        message: message.map(|message| {
            let hint = if clock {
                "; this machine's clock may be wrong"
            } else {
                ""
            };
            format!("the storage refused it: {message}{hint}")
        }),
        missing: Vec::new(),
    }
}
