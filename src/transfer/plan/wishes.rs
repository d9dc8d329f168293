//! From a local file and what is wished for it to a request that a service can take; pure.

use crate::api::{Field, FieldSpec, Metadata, ProviderSpec, UploadRequest};
use crate::domain::{Asset, AssetPath, AssetScope, Locale, SafeText};

use crate::transfer::LocalFile;

/// What the user wants to be said of the file, as typed. Empty text is no wish.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    pub locale: String,
    pub folder: String,
    pub asset_type: String,
    pub image_type: String,
    pub alt_text: String,
    pub description: String,
    pub tags: Vec<String>,
}

/// A wish that cannot be met: which field, and one sentence with the fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", field.label())]
pub struct FieldError {
    pub field: Field,
    pub message: String,
}

impl Wishes {
    /// What an upload to its service can say of an asset, as the asset has it.
    pub fn of(asset: &Asset, spec: &ProviderSpec) -> Self {
        let wish = |field, text: &Option<String>| match spec.upload_field(field) {
            Some(_) => text.clone().unwrap_or_default(),
            None => String::new(),
        };
        let locale = asset.locale.as_ref().map(|it| it.as_str().to_owned());
        Self {
            locale: wish(Field::Locale, &locale),
            folder: wish(Field::Folder, &Some(asset.folder.to_string())),
            asset_type: wish(Field::AssetType, &asset.asset_type),
            image_type: wish(Field::ImageType, &asset.image_type),
            alt_text: wish(Field::AltText, &asset.alt_text),
            description: wish(Field::Description, &asset.description),
            tags: match spec.upload_field(Field::Tags) {
                Some(_) => asset.tags.clone(),
                None => Vec::new(),
            },
        }
    }

    /// The same, and where nothing is said of the asset that is replaced, what it says itself. Where
    /// it goes is said in any case.
    pub(super) fn or_as_it_is(&self, replaced: &Asset, spec: &ProviderSpec) -> Self {
        let old = Self::of(replaced, spec);
        let mut wishes = self.clone();
        for field in FIELDS {
            let place = matches!(field, Field::Locale | Field::Folder);
            if place || !wishes.text(field).is_empty() {
                continue;
            }
            let mut with = wishes.clone();
            with.set(field, &old.text(field));
            // A service may hold what it does not take any more.
            if check(spec, &with, None).is_ok() {
                wishes = with;
            }
        }
        wishes
    }

    /// The text of a field as it was typed; tags joined by commas.
    pub fn text(&self, field: Field) -> String {
        match field {
            Field::Locale => self.locale.clone(),
            Field::Folder => self.folder.clone(),
            Field::AssetType => self.asset_type.clone(),
            Field::ImageType => self.image_type.clone(),
            Field::AltText => self.alt_text.clone(),
            Field::Description => self.description.clone(),
            Field::Tags => self.tags.join(","),
        }
    }

    /// Sets a field from one text; tags are parted by commas.
    pub fn set(&mut self, field: Field, text: &str) {
        let slot = match field {
            Field::Locale => &mut self.locale,
            Field::Folder => &mut self.folder,
            Field::AssetType => &mut self.asset_type,
            Field::ImageType => &mut self.image_type,
            Field::AltText => &mut self.alt_text,
            Field::Description => &mut self.description,
            Field::Tags => {
                let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
                self.tags = tags.map(str::to_owned).collect();
                return;
            }
        };
        text.clone_into(slot);
    }
}

/// Every field, in the order in which forms show them.
pub const FIELDS: [Field; 7] = [
    Field::Locale,
    Field::Folder,
    Field::AssetType,
    Field::ImageType,
    Field::AltText,
    Field::Description,
    Field::Tags,
];

/// Checks all wishes against the service and, where they are known, the container's locales.
pub fn check(
    spec: &ProviderSpec,
    wishes: &Wishes,
    locales: Option<&[Locale]>,
) -> Result<(), FieldError> {
    for field in FIELDS {
        let text = wishes.text(field);
        if text.is_empty() {
            continue;
        }
        let refuse = |message: String| FieldError { field, message };
        let Some(field_spec) = spec.upload_field(field) else {
            return Err(refuse(format!(
                "{} has none for an asset; leave it out",
                spec.label
            )));
        };
        match field {
            Field::Locale => check_locale(&text, locales).map_err(refuse)?,
            Field::Folder => check_folder(&text, locales).map_err(refuse)?,
            Field::Tags => check_tags(field_spec, &wishes.tags).map_err(refuse)?,
            _ => check_text(field_spec, &text).map_err(refuse)?,
        }
    }
    Ok(())
}

/// Builds the request; every wish has been checked on the way.
pub fn request(
    file: &LocalFile,
    scope: AssetScope,
    wishes: &Wishes,
    spec: &ProviderSpec,
    locales: Option<&[Locale]>,
) -> Result<UploadRequest, FieldError> {
    check(spec, wishes, locales)?;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let folder = AssetPath::parse(&wishes.folder).map_err(|error| FieldError {
        field: Field::Folder,
        message: error.to_string(),
    })?;
    Ok(UploadRequest {
        scope,
        path: file.path.clone(),
        stamp: file.stamp.clone(),
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        locale: Locale::new(&wishes.locale),
        folder,
        asset_type: some(&wishes.asset_type),
        metadata: Metadata {
            image_type: some(&wishes.image_type),
            alt_text: some(&wishes.alt_text),
            description: some(&wishes.description),
            tags: (!wishes.tags.is_empty()).then(|| wishes.tags.clone()),
        }
        .shared(),
        replaces: None,
        beside: false,
    })
}

fn check_locale(text: &str, locales: Option<&[Locale]>) -> Result<(), String> {
    let (Some(known), Some(wanted)) = (locales, Locale::new(text)) else {
        return Ok(());
    };
    if known.contains(&wanted) {
        return Ok(());
    }
    let shown = SafeText::name(text);
    if let Some(near) = wanted.nearest(known) {
        let near = SafeText::name(near.as_str());
        return Err(format!(
            "“{shown}” is not one of the document's; did you mean {near}?"
        ));
    }
    let list: Vec<_> = known
        .iter()
        .map(|l| SafeText::name(l.as_str()).into_string())
        .collect();
    Err(format!(
        "“{shown}” is not one of the document's: {}",
        list.join(", ")
    ))
}

/// A folder: one that the service can hold, and that does not land in a locale by its name.
pub fn check_folder(text: &str, locales: Option<&[Locale]>) -> Result<(), String> {
    let folder = AssetPath::parse(text).map_err(|error| error.to_string())?;
    let first = folder.parts().next().map(str::to_lowercase);
    let clash = locales
        .unwrap_or_default()
        .iter()
        .find(|l| Some(l.as_str().to_lowercase()) == first);
    match clash {
        // In the service's storage, a folder `de` and the locale de are the same place (inferred).
        Some(locale) => Err(format!(
            "a first folder named like the locale {0} lands in that locale; choose locale {0} instead, or another folder",
            SafeText::name(locale.as_str())
        )),
        None => Ok(()),
    }
}

/// Free text or one of several values.
pub fn check_text(spec: &FieldSpec, text: &str) -> Result<(), String> {
    if !spec.choices.is_empty() && !spec.choices.contains(&text) {
        return Err(format!(
            "“{}” is not one of {}",
            SafeText::name(text),
            spec.choices.join(", ")
        ));
    }
    // The services count UTF-16 units or characters; the larger is right for either.
    let length = text.chars().count().max(text.encode_utf16().count());
    match spec.max_chars.filter(|limit| length > *limit) {
        Some(limit) => Err(format!(
            "it has {length} characters; at most {limit} are allowed"
        )),
        None => Ok(()),
    }
}

/// Tags: how many, and how long each.
pub fn check_tags(spec: &FieldSpec, tags: &[String]) -> Result<(), String> {
    if let Some(limit) = spec.max_items.filter(|limit| tags.len() > *limit) {
        return Err(format!(
            "there are {} tags; at most {limit} are allowed",
            tags.len()
        ));
    }
    if tags.iter().any(|tag| tag.trim().is_empty()) {
        return Err("a tag is empty".to_owned());
    }
    tags.iter().try_for_each(|tag| {
        check_text(spec, tag).map_err(|reason| format!("tag “{}”: {reason}", SafeText::name(tag)))
    })
}
