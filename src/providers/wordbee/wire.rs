//! Wordbee's JSON, and how it becomes documents, segments and assets.
//!
//! Source of the fields: the pages named in the contract. Ids are numbers in one place and text in
//! another, so they are kept as text; folders come back with backslashes and are turned once, here.

use serde_json::value::RawValue;

use crate::api::ApiError;
use crate::api::http::Answer;
use crate::domain::{
    Asset, AssetKey, AssetPath, AssetScope, Container, ContainerId, Detail, Entry, Locale, Segment,
    SegmentId, Unreadable, text::is_unseen,
};
use crate::providers::fields::{Fields, unreadable};

/// What the other calls need to know of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct DocumentIds {
    pub did: Option<String>,
    pub dsid: Option<String>,
    pub pid: Option<String>,
    pub source: Option<Locale>,
    /// Source language first; empty until asked.
    pub locales: Vec<Locale>,
    pub segments: Option<u64>,
    /// What the service said last of when it was changed.
    pub changed: Option<String>,
}

/// Reads an object that is a whole answer.
pub(super) fn object(answer: &Answer) -> Result<Fields<'_>, ApiError> {
    Fields::read(answer.raw()?)
        .map_err(|reason| answer.broken(format!("its answer could not be read: {reason}")))
}

/// One row of the list of documents.
pub(super) fn document_row(raw: &RawValue) -> Result<(Container, DocumentIds), Unreadable> {
    const KNOWN: &[&str] = &[
        "id",
        "did",
        "jid",
        "name",
        "dtchange",
        "src",
        "srct",
        "paragraphs",
        "segments",
        "pid",
        "preference",
        "connector",
        "pstatus",
        "pstatust",
        "filterName",
    ];
    let fields = Fields::read(raw).map_err(|reason| unreadable(raw, reason))?;
    let id = fields.id("id").map_err(|reason| unreadable(raw, reason))?;
    let id = ContainerId::new(&id).ok_or_else(|| unreadable(raw, "`id` is empty"))?;
    let (folders, name) = split_name(fields.full_text("name"), &id);
    let ids = DocumentIds {
        did: fields.some_id("did"),
        dsid: fields.some_id("dsid"),
        pid: fields.some_id("pid"),
        source: fields.full_text("src").and_then(Locale::new),
        locales: Vec::new(),
        segments: fields.count("segments"),
        changed: fields.full_text("dtchange"),
    };
    let mut details: Vec<Detail> = [
        Detail::some("Reference", fields.full_text("preference")),
        Detail::some(
            "Source language",
            fields.full_text("srct").or_else(|| fields.full_text("src")),
        ),
        Detail::some("Strings", fields.count("paragraphs")),
        Detail::some(
            "Project status",
            fields
                .full_text("pstatust")
                .or_else(|| fields.some_id("pstatus")),
        ),
        Detail::some("Project", ids.pid.as_ref()),
        Detail::some("Job", fields.some_id("jid")),
        Detail::some("Connector", fields.full_text("connector")),
        Detail::some("Filter", fields.full_text("filterName")),
    ]
    .into_iter()
    .flatten()
    .collect();
    details.extend(fields.others(KNOWN));
    let container = Container {
        id,
        name,
        folders,
        segments: ids.segments,
        locales: None,
        modified: fields.full_text("dtchange"),
        details,
        raw: fields.json(),
    };
    Ok((container, ids))
}

/// The detail of one document.
pub(super) fn document(
    answer: &Answer,
    id: &ContainerId,
    known: &DocumentIds,
) -> Result<(Container, DocumentIds), ApiError> {
    const KNOWN: &[&str] = &[
        "id",
        "dsid",
        "pid",
        "name",
        "dtchange",
        "src",
        "trgs",
        "filterName",
        "files",
    ];
    let fields = object(answer)?;
    // Not compared with the id that was asked for: a job's id and its document's differ.
    let own_id = fields
        .id("id")
        .map_err(|reason| answer.broken(format!("its answer: {reason}")))?;
    let languages = languages(&fields);
    let ids = DocumentIds {
        did: known.did.clone().or(Some(own_id)),
        dsid: fields.some_id("dsid").or_else(|| known.dsid.clone()),
        pid: fields.some_id("pid").or_else(|| known.pid.clone()),
        source: fields
            .object("src")
            .and_then(|source| source.full_text("v"))
            .and_then(Locale::new)
            .or_else(|| known.source.clone()),
        locales: languages.iter().map(|(code, _)| code.clone()).collect(),
        segments: known.segments,
        changed: fields
            .full_text("dtchange")
            .or_else(|| known.changed.clone()),
    };
    let (folders, name) = split_name(fields.full_text("name"), id);
    let shown: Vec<String> = languages
        .iter()
        .map(|(code, name)| match name {
            Some(name) => format!("{} ({name})", code.as_str()),
            None => code.as_str().to_owned(),
        })
        .collect();
    let files: Vec<String> = fields
        .list_of("files")
        .into_iter()
        .filter_map(|file| Fields::read(file).ok()?.full_text("name"))
        .collect();
    let mut details: Vec<Detail> = [
        Detail::some(
            "Languages",
            Some(shown.join(", ")).filter(|text| !text.is_empty()),
        ),
        Detail::some("Project", ids.pid.as_ref()),
        Detail::some("Filter", fields.full_text("filterName")),
        Detail::some(
            "Files",
            Some(files.join(", ")).filter(|text| !text.is_empty()),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    details.extend(fields.others(KNOWN));
    let container = Container {
        id: id.clone(),
        name,
        folders,
        segments: ids.segments,
        locales: Some(ids.locales.clone()),
        modified: fields.full_text("dtchange"),
        details,
        raw: fields.json(),
    };
    Ok((container, ids))
}

/// Codes and names, source language first, none twice.
fn languages(fields: &Fields<'_>) -> Vec<(Locale, Option<String>)> {
    let mut found: Vec<(Locale, Option<String>)> = Vec::new();
    let targets = fields
        .list_of("trgs")
        .into_iter()
        .filter_map(|target| Fields::read(target).ok());
    for language in fields.object("src").into_iter().chain(targets) {
        if let Some(code) = language.full_text("v").and_then(Locale::new)
            && !found.iter().any(|(known, _)| *known == code)
        {
            found.push((code, language.full_text("t")));
        }
    }
    found
}

/// `Shop\Checkout\menu.json` is two folders and a name.
fn split_name(text: Option<String>, id: &ContainerId) -> (Vec<String>, String) {
    let text = text.unwrap_or_default();
    let mut parts: Vec<String> = text
        .split('\\')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let name = parts.pop().unwrap_or_else(|| id.as_str().to_owned());
    (parts, name)
}

/// One row of the segment search. Texts are not read from it: how it carries them is not known.
pub(super) fn segment_row(raw: &RawValue) -> Entry<Segment> {
    let read = || -> Result<Segment, String> {
        let fields = Fields::read(raw)?;
        let id = fields.id("sid")?;
        Ok(Segment {
            id: SegmentId::new(&id).ok_or("`sid` is empty")?,
            position: fields
                .count("bsid")
                .ok_or("`bsid` is missing or no number")?,
            part: fields.count("bssid").unwrap_or(0),
            key: None,
            text: None,
            raw: fields.json(),
        })
    };
    read().map_or_else(
        |reason| Entry::Unreadable(unreadable(raw, reason)),
        Entry::Read,
    )
}

/// What the service tells beyond an asset's own fields.
pub(super) fn details(asset: &Asset) -> Vec<Detail> {
    const KNOWN: &[&str] = &[
        "projectId",
        "documentId",
        "segmentId",
        "locale",
        "relativePath",
        "fileName",
        "fileSizeInBytes",
        "contentType",
        "createdDate",
        "modifiedDate",
        "downloadUrl",
    ];
    let text = asset.raw.text();
    let Some(fields) = serde_json::from_str(&text)
        .ok()
        .and_then(|raw| Fields::read(raw).ok())
    else {
        return Vec::new();
    };
    let own = [
        Detail::some("Segment", asset.scope.segment().map(SegmentId::as_str)),
        Detail::some("Document", fields.some_id("documentId")),
        Detail::some("Project", fields.some_id("projectId")),
    ];
    own.into_iter()
        .flatten()
        .chain(fields.others(KNOWN))
        .collect()
}

/// One asset. Its file name is essential: without it the asset could be neither fetched nor deleted.
pub(super) fn asset(
    raw: &RawValue,
    container: &ContainerId,
    asked: &[SegmentId],
) -> Result<Asset, Unreadable> {
    let bad = |reason: &str| unreadable(raw, reason);
    let fields = Fields::read(raw).map_err(|reason| bad(&reason))?;
    let name = fields
        .text("fileName")
        .ok_or_else(|| bad("`fileName` is missing or not readable"))?;
    if !is_visible(&name) {
        return Err(bad("`fileName` is empty or cannot be seen"));
    }
    let segment = match asked {
        // Asked for one segment, a missing id can only mean that one.
        [only] if fields.get("segmentId").is_none() => only.clone(),
        _ => {
            let id = fields.id("segmentId").map_err(|reason| bad(&reason))?;
            asked
                .iter()
                .find(|known| known.as_str() == id)
                .cloned()
                .ok_or_else(|| bad("`segmentId` is not one that was asked for"))?
        }
    };
    let odd = |field: &str| {
        fields
            .get(field)
            .is_some_and(|value| !value.get().starts_with('"'))
    };
    // Both are part of the asset's address: guessing them would fetch or delete another one.
    if odd("locale") || odd("relativePath") {
        return Err(bad("`locale` or `relativePath` is no text"));
    }
    let readable = |field: &str| match fields.get(field) {
        None => Ok(String::new()),
        Some(_) => fields
            .text(field)
            .ok_or_else(|| bad(&format!("`{field}` is not readable text"))),
    };
    let locale = Locale::new(readable("locale")?);
    let folder = AssetPath::from_service(&readable("relativePath")?);
    let key = key(locale.as_ref(), &folder, &name).ok_or_else(|| bad("`fileName` is empty"))?;
    Ok(Asset {
        scope: AssetScope::Segment(container.clone(), segment),
        key,
        name,
        locale,
        folder,
        size: fields.count("fileSizeInBytes"),
        content_type: fields.full_text("contentType"),
        asset_type: None,
        image_type: None,
        alt_text: None,
        description: None,
        tags: Vec::new(),
        dimensions: None,
        url: fields.full_text("downloadUrl"),
        created: fields.full_text("createdDate"),
        modified: fields.full_text("modifiedDate"),
        stored_as: None,
        raw: fields.json(),
    })
}

/// Locale (empty for none), folders, name.
pub(super) fn key(locale: Option<&Locale>, folder: &AssetPath, name: &str) -> Option<AssetKey> {
    AssetKey::from_parts(
        std::iter::once(locale.map_or("", Locale::as_str))
            .chain(folder.parts())
            .chain(std::iter::once(name)),
    )
}

/// At least one character that shows.
pub(super) fn is_visible(name: &str) -> bool {
    name.chars().any(|c| !c.is_whitespace() && !is_unseen(c))
}
