//! The adapters: one folder and one row of [`PROVIDERS`] for each service.

mod fields;
mod segmentflow;
mod taken;
#[cfg(test)]
mod tests;
mod wordbee;

use std::sync::Arc;

use crate::api::http::{Streaming, check_base_url};
use crate::api::{AccountSettings, ApiError, ConnectError, Provider, ProviderSpec, Toll};
use crate::domain::{Asset, SafeText, Secret};

/// Makes a provider of checked settings. No call to the service is made.
type Connect =
    fn(&AccountSettings, Secret, Option<Arc<dyn Toll>>) -> Result<Arc<dyn Provider>, ConnectError>;

/// One service.
pub struct ProviderEntry {
    pub spec: &'static ProviderSpec,
    connect: Connect,
}

/// Every service there is, in the order they are offered.
pub static PROVIDERS: &[ProviderEntry] = &[
    ProviderEntry {
        spec: &segmentflow::SPEC,
        connect: segmentflow::connect,
    },
    ProviderEntry {
        spec: &wordbee::SPEC,
        connect: wordbee::connect,
    },
];

fn entry(id: &str) -> Option<&'static ProviderEntry> {
    PROVIDERS.iter().find(|entry| entry.spec.id == id)
}

/// The service with this word in the settings.
pub fn spec(id: &str) -> Option<&'static ProviderSpec> {
    entry(id).map(|entry| entry.spec)
}

/// The address an account goes to: its own, else the service's default.
pub fn base_url(settings: &AccountSettings) -> Option<String> {
    settings.base_url.clone().or_else(|| {
        let fields = spec(&settings.provider)?.account_fields;
        let field = fields.iter().find(|field| field.name == "base_url")?;
        field.default.map(str::to_owned)
    })
}

/// Says what is missing or wrong in an account's settings, in one sentence with the fix.
pub fn check_settings(settings: &AccountSettings) -> Result<(), ConnectError> {
    let name = SafeText::name(settings.name.as_str());
    let refuse = |reason: String| {
        Err(ConnectError::Settings(format!(
            "account “{name}”: {reason}"
        )))
    };
    let Some(spec) = spec(&settings.provider) else {
        let known: Vec<&str> = PROVIDERS.iter().map(|entry| entry.spec.id).collect();
        return refuse(format!(
            "there is no provider “{}”; write one of {}",
            SafeText::name(&settings.provider),
            known.join(", ")
        ));
    };
    for field in spec.account_fields {
        let value = match field.name {
            "base_url" => base_url(settings),
            "account_id" => settings.account_id.clone(),
            _ => continue,
        };
        let value = value.unwrap_or_default();
        if field.required && value.is_empty() {
            return refuse(format!("{} is missing; add it: {}", field.name, field.help));
        }
        if value.trim() != value || value.chars().any(char::is_control) {
            return refuse(format!(
                "{} holds a space or a control character at an end or inside; write it again",
                field.name
            ));
        }
    }
    match check_base_url(&base_url(settings).unwrap_or_default()) {
        Ok(_) => Ok(()),
        Err(reason) => refuse(reason),
    }
}

/// Makes a provider of an account and its key. No call to the service is made. Calls that count
/// against an allowance pass the toll first.
pub fn connect(
    settings: &AccountSettings,
    key: Secret,
    toll: Option<Arc<dyn Toll>>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    check_settings(settings)?;
    match entry(&settings.provider) {
        Some(entry) => (entry.connect)(settings, key, toll),
        None => Err(ConnectError::Settings("there is no such provider".into())),
    }
}

/// Takes a download, unless it is a web page in place of something else: what a portal answers with
/// status 200.
fn not_a_page(asset: &Asset, stream: Streaming) -> Result<Streaming, ApiError> {
    let is_page = |declared: Option<&str>| {
        declared.is_some_and(|text| text.starts_with("text/html") || text.contains("xhtml"))
    };
    let name = asset.name.to_lowercase();
    let may_be = is_page(asset.content_type.as_deref())
        || [".html", ".htm", ".xhtml"]
            .iter()
            .any(|end| name.ends_with(end));
    if is_page(stream.content_type().as_deref()) && !may_be {
        return Err(stream.broken("it answered with a web page instead of the file"));
    }
    Ok(stream)
}
