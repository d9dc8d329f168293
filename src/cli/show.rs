//! `show` and `url`: one thing with all that is known of it.

use serde_json::{Value, json};

use super::accounts::{self, key_words};
use super::failure::Failure;
use super::find;
use super::names;
use super::output::Output;
use super::record::{
    account_ref, asset_line, asset_ref, container_line, container_ref, segment_line, segment_ref,
};
use super::session::{Known, Session};
use crate::api::{Middle, Provider};
use crate::domain::size_words;
use crate::domain::{
    Asset, AssetScope, Container, ContainerId, Detail, Entry, Locale, Ref, SafeText, Segment,
    WebLink, mixed_letters,
};

/// Shows an account, a container, a segment or an asset.
pub async fn show(
    session: &Session,
    output: &mut Output,
    reference: &str,
    json: bool,
) -> Result<(), Failure> {
    let Ref { address, key } = find::reference(reference)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    let Some(scope) = address.scope() else {
        return account(session, known, output, json).await;
    };
    if spec.middle == Middle::Types || key.is_some() {
        find::check_scope(spec, &scope)?;
    }
    let provider = session.ready(known).await?;
    let provider = provider.as_ref();
    if let Some(key) = key {
        let asset = names::asset(&known.info.name, provider, &scope, &key).await?;
        return show_asset(known, output, &asset, json);
    }
    match scope {
        AssetScope::Container(id) => {
            let container = find::container(provider, &id).await?;
            show_container(known, output, &container, json)
        }
        AssetScope::Segment(container, id) => {
            let segment = find::segment(provider, &container, &id).await?;
            let segment = with_text(provider, output, &container, segment).await;
            show_segment(known, output, &container, &segment, json)
        }
    }
}

/// The web address of an asset.
pub async fn url(
    session: &Session,
    output: &mut Output,
    reference: &str,
    json: bool,
) -> Result<(), Failure> {
    let (known, _, asset) = find::asset_by_ref(session, reference).await?;
    if json {
        let url = web_address(known, &asset)?;
        output.json(&link_line(known, &asset, &url, None))?;
        return output.flush();
    }
    link(known, output, &asset).map(drop)
}

/// The web address of an asset for programs. `opened`: whether the desktop took it, where it was to.
pub fn link_line(known: &Known, asset: &Asset, url: &str, opened: Option<bool>) -> Value {
    let mut line = json!({
        "kind": "link",
        "ref": asset_ref(&known.info.name, asset),
        "id": asset.key.as_str(),
        "name": asset.name,
        "url": url,
    });
    if let Some(opened) = opened {
        line["opened"] = opened.into();
    }
    line
}

/// The web address of an asset, with its host in punycode.
pub fn web_address(known: &Known, asset: &Asset) -> Result<String, Failure> {
    let Some(url) = &asset.url else {
        return Err(Failure::failed(format!(
            "{} gives no web address for {}",
            known.info.spec.label,
            SafeText::name(&asset.name)
        ))
        .hint("Save it with `assetdeck get`."));
    };
    Ok(WebLink::shown(url))
}

/// Tells the web address of an asset and gives it back.
pub fn link(known: &Known, output: &mut Output, asset: &Asset) -> Result<String, Failure> {
    let url = match web_address(known, asset) {
        Err(failure) if output.is_linear() => return Err(failure.hint("Type save to save it.")),
        url => url?,
    };
    output.line(SafeText::name(&url).as_str())?;
    if output.on_screen() && !known.info.spec.capabilities.public_urls {
        let save = if output.is_linear() {
            "type save to save it"
        } else {
            "save it with `get`"
        };
        output.mention(&format!(
            "a browser cannot open this address without signing in; {save}"
        ));
    }
    Ok(url)
}

async fn account(
    session: &Session,
    known: &Known,
    output: &mut Output,
    json: bool,
) -> Result<(), Failure> {
    let info = &known.info;
    let (source, words) = key_words(session, known).await;
    let name = info.name.as_str();
    let reference = account_ref(&info.name);
    if json {
        output.json(&accounts::line(session, known, source, words))?;
    } else {
        let mut facts = Facts(output);
        facts.name("Name", name)?;
        facts.prose("Service", info.spec.label)?;
        facts.name("Address", &info.base_url)?;
        facts.maybe("Account id", known.settings.account_id.as_deref())?;
        facts.0.fact("Key", &words)?;
        facts.name("Ref", &reference)?;
    }
    output.flush()
}

async fn with_text(
    provider: &dyn Provider,
    output: &mut Output,
    container: &ContainerId,
    segment: Segment,
) -> Segment {
    if !provider.spec().capabilities.segment_texts || segment.text.is_some() {
        return segment;
    }
    match provider.segment_texts(container, None).await {
        Ok(texts) => {
            let mut one = [Entry::Read(segment.clone())];
            find::join_texts(&mut one, &texts);
            let [entry] = one;
            entry.into_read().unwrap_or(segment)
        }
        Err(error) => {
            output.note(&format!("its text is missing: {error}"));
            segment
        }
    }
}

/// Labels and values, each on its line.
struct Facts<'a>(&'a mut Output);

impl Facts<'_> {
    fn name(&mut self, label: &str, value: &str) -> Result<(), Failure> {
        self.0.fact(label, SafeText::name(value).as_str())
    }

    fn prose(&mut self, label: &str, value: &str) -> Result<(), Failure> {
        self.0.fact(label, SafeText::prose(value).as_str())
    }

    fn maybe(&mut self, label: &str, value: Option<&str>) -> Result<(), Failure> {
        match value {
            Some(value) if !value.is_empty() => self.prose(label, value),
            _ => Ok(()),
        }
    }

    /// What the service tells beyond that.
    fn details(&mut self, details: &[Detail]) -> Result<(), Failure> {
        details
            .iter()
            .try_for_each(|detail| self.prose(detail.label, &detail.value))
    }
}

fn show_container(
    known: &Known,
    output: &mut Output,
    container: &Container,
    json: bool,
) -> Result<(), Failure> {
    let reference = container_ref(&known.info.name, &container.id);
    if json {
        output.json(&container_line(reference, container))?;
    } else {
        let mut facts = Facts(output);
        facts.name("Name", &container.name)?;
        facts.maybe("Folder", Some(&container.folders.join("/")))?;
        facts.name("Id", container.id.as_str())?;
        let segments = container.segments.map(|count| count.to_string());
        facts.maybe("Segments", segments.as_deref())?;
        let locales = container.locales.as_deref().unwrap_or_default();
        let locales: Vec<&str> = locales.iter().map(Locale::as_str).collect();
        facts.maybe("Locales", Some(&locales.join(", ")))?;
        facts.maybe("Changed", container.modified.as_deref())?;
        facts.details(&container.details)?;
        facts.name("Ref", &reference)?;
    }
    output.flush()
}

fn show_segment(
    known: &Known,
    output: &mut Output,
    container: &ContainerId,
    segment: &Segment,
    json: bool,
) -> Result<(), Failure> {
    let reference = segment_ref(&known.info.name, container, segment);
    if json {
        output.json(&segment_line(reference, container, segment))?;
    } else {
        let mut facts = Facts(output);
        facts.name("Name", &segment.name())?;
        facts.name("Id", segment.id.as_str())?;
        facts.name("Number", &segment.position.to_string())?;
        facts.maybe("Key", segment.key.as_deref())?;
        facts.maybe("Text", segment.text.as_deref())?;
        facts.name("Ref", &reference)?;
    }
    output.flush()
}

/// Shows all that is known of an asset.
pub fn show_asset(
    known: &Known,
    output: &mut Output,
    asset: &Asset,
    json: bool,
) -> Result<(), Failure> {
    let reference = asset_ref(&known.info.name, asset);
    if json {
        output.json(&asset_line(reference, asset))?;
    } else {
        let mut facts = Facts(output);
        facts.name("Name", &asset.name)?;
        facts.maybe("Mixes", mixed_letters(&asset.name).as_deref())?;
        facts.maybe("Locale", asset.locale.as_ref().map(Locale::as_str))?;
        facts.maybe("Folder", Some(&asset.folder.to_string()))?;
        let size = asset
            .size
            .map(|bytes| format!("{} ({bytes} bytes)", size_words(bytes)));
        facts.maybe("Size", size.as_deref())?;
        facts.maybe("Content type", asset.content_type.as_deref())?;
        facts.maybe("Asset type", asset.asset_type.as_deref())?;
        facts.maybe("Image type", asset.image_type.as_deref())?;
        let pixels = asset
            .dimensions
            .map(|(width, height)| format!("{width} × {height}"));
        facts.maybe("Pixels", pixels.as_deref())?;
        facts.maybe("Alt text", asset.alt_text.as_deref())?;
        facts.maybe("Description", asset.description.as_deref())?;
        facts.maybe("Tags", Some(&asset.tags.join(", ")))?;
        facts.maybe("Link", asset.url.as_deref())?;
        facts.maybe("Created", asset.created.as_deref())?;
        facts.maybe("Changed", asset.modified.as_deref())?;
        facts.details(&(known.info.spec.details)(asset))?;
        facts.name("Ref", &reference)?;
    }
    output.flush()
}
