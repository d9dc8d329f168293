//! What the websites' service refuses in a request, field by field.

use serde_json::Value;

use super::Refusal;

/// Media types for which an upload address can be had.
pub const UPLOAD_TYPES: &[&str] = &[
    "image/jpeg",
    "image/png",
    "text/csv",
    "application/vnd.ms-excel",
    "application/pdf",
];
/// Kinds of assets.
pub const ASSET_TYPES: &[&str] = &["content-image", "content-document", "lead-magnet"];
/// Roles of images.
pub const IMAGE_TYPES: &[&str] = &[
    "logo",
    "hero",
    "header",
    "product",
    "background",
    "icon",
    "other",
];

/// A UUID of version 1 to 8 with the usual variant, or all zeros, or all f's.
pub fn uuid(field: &str, text: &str) -> Result<(), String> {
    let wrong = || format!("{field}: not a UUID");
    if text == "00000000-0000-0000-0000-000000000000"
        || text == "ffffffff-ffff-ffff-ffff-ffffffffffff"
    {
        return Ok(());
    }
    if text.len() != 36 {
        return Err(wrong());
    }
    let fits = text.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => (b'1'..=b'8').contains(&byte),
        19 => b"89abAB".contains(&byte),
        _ => byte.is_ascii_hexdigit(),
    });
    if fits { Ok(()) } else { Err(wrong()) }
}

/// A required text of at least one character.
pub fn text(body: &Value, field: &str) -> Result<String, Refusal> {
    match body.get(field) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::String(_)) => Err(Refusal::meaning(field, "must not be empty")),
        Some(_) => Err(Refusal::meaning(field, "must be a text")),
        None => Err(Refusal::meaning(field, "is required")),
    }
}

/// The required size: a whole number of bytes, not below 0.
pub fn size(body: &Value) -> Result<u64, Refusal> {
    match body.get("size") {
        Some(Value::Number(number)) => number
            .as_u64()
            .ok_or_else(|| Refusal::meaning("size", "must be a whole number, not below 0")),
        Some(_) => Err(Refusal::meaning("size", "must be a number")),
        None => Err(Refusal::meaning("size", "is required")),
    }
}

/// An optional text out of a list.
pub fn one_of(body: &Value, field: &str, list: &[&str]) -> Result<Option<String>, Refusal> {
    match body.get(field) {
        None => Ok(None),
        Some(Value::String(text)) if list.contains(&text.as_str()) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::meaning(
            field,
            &format!("must be one of {}", list.join(", ")),
        )),
    }
}

/// The role of an image, which `null` clears.
pub fn image_type(body: &Value) -> Result<Change, Refusal> {
    if body.get("imageType") == Some(&Value::Null) {
        return Ok(Change::Empty);
    }
    Ok(one_of(body, "imageType", IMAGE_TYPES)?.map_or(Change::Keep, Change::Set))
}

/// The optional id of a website.
pub fn website_id(body: &Value) -> Result<Option<String>, Refusal> {
    match body.get("websiteId") {
        None => Ok(None),
        Some(Value::String(text)) if uuid("websiteId", text).is_ok() => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::meaning("websiteId", "not a UUID")),
    }
}

/// What a request says about a field that may be emptied.
#[derive(Debug)]
pub enum Change {
    /// Left out: the value stays.
    Keep,
    /// `null`.
    Empty,
    /// A new value.
    Set(String),
}

impl Change {
    /// Carries it out.
    pub fn apply(self, field: &mut Option<String>) {
        match self {
            Self::Keep => {}
            Self::Empty => *field = None,
            Self::Set(text) => *field = Some(text),
        }
    }
}

/// A field that keeps its value when left out and is emptied by `null`. Length in UTF-16 units.
pub fn nullable_text(body: &Value, field: &str, limit: usize) -> Result<Change, Refusal> {
    match body.get(field) {
        None => Ok(Change::Keep),
        Some(Value::Null) => Ok(Change::Empty),
        Some(Value::String(text)) if length(text) <= limit => Ok(Change::Set(text.clone())),
        Some(Value::String(_)) => Err(Refusal::meaning(
            field,
            &format!("at most {limit} characters"),
        )),
        Some(_) => Err(Refusal::meaning(field, "must be a text or null")),
    }
}

/// Up to 20 tags of up to 50 characters; not nullable.
pub fn tags(body: &Value) -> Result<Option<Vec<String>>, Refusal> {
    let list = match body.get("tags") {
        None => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Refusal::meaning("tags", "must be a list of texts")),
    };
    if list.len() > 20 {
        return Err(Refusal::meaning("tags", "at most 20"));
    }
    let tag = |value: &Value| match value {
        Value::String(text) if length(text) <= 50 => Ok(text.clone()),
        _ => Err(Refusal::meaning("tags", "texts of at most 50 characters")),
    };
    list.iter().map(tag).collect::<Result<_, _>>().map(Some)
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
