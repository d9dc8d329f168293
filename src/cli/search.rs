//! `find`: looks for words in all that was listed before, on every account.

use jiff::Timestamp;
use serde::Serialize;

use super::args;
use super::failure::{Exit, Failure};
use super::filter::Only;
use super::find;
use super::output::{Cell, Output};
use super::record::{Listing, asset_ref, container_ref, segment_ref};
use super::session::Session;
use crate::domain::{Asset, Hit, Locale, Segment, Thing};
use crate::index::{Haystack, Owner};

const HEADS: &[&str] = &["REF", "NAME", "WHAT", "MATCHED", "IN", "SEEN"];

#[derive(Debug, Serialize)]
struct FoundLine<'a> {
    kind: &'static str,
    #[serde(rename = "ref")]
    reference: &'a str,
    id: &'a str,
    name: &'a str,
    /// The kind of line that `ls` prints for it.
    what: &'static str,
    matched: Option<&'static str>,
    container: Option<&'a str>,
    locale: Option<&'a str>,
    folder: Option<String>,
    size: Option<u64>,
    seen: String,
}

/// Prints what fits, the best first. The services are not asked.
pub fn find(session: &Session, output: &mut Output, args: &args::Find) -> Result<(), Failure> {
    let only = Only::read(output, Some(&args.text.join(" ")))?;
    if only.is_all() {
        return Err(Failure::usage("say what to look for")
            .hint("A word of a name, a key, a text or a tag, as in `assetdeck find hero`."));
    }
    if let Some((why, it)) = only.filter().beyond_find() {
        let hint = format!("List them with `assetdeck ls ADDRESS --filter {it}`.");
        return Err(Failure::usage(why).hint(hint));
    }
    let (index, note) = session.index();
    if let Some(note) = note {
        // Nothing found would look like nothing there.
        return Err(Failure::failed(note));
    }
    let owners: Vec<Owner> = match &args.account {
        Some(name) => vec![Owner::from(&session.known(&find::account(name)?)?.info)],
        None => session
            .all()?
            .iter()
            .map(|it| Owner::from(&it.info))
            .collect(),
    };
    let haystack = Haystack::gather(&index, owners, || true);
    let now = Timestamp::now();
    let hits = haystack.find(only.filter(), now, args.limit, || true);
    let mut listing = Listing::new(output, args.json, HEADS);
    for hit in &hits.best {
        put(session, &mut listing, hit)?;
    }
    listing.end(if hits.among == 0 {
        "Nothing was listed yet on this machine; what the screen or `assetdeck ls` shows can be found."
    } else {
        "Nothing that was listed here fits."
    })?;
    if index.trouble().is_some() {
        // What is said of that at the end is the reason.
        return Err(Failure::silent(Exit::Failed));
    }
    let left = hits.all - hits.best.len();
    if left > 0 {
        output.mention(&format!(
            "{left} more fit; --limit {} shows them, another word leaves fewer",
            hits.all
        ));
    }
    Ok(())
}

fn put(session: &Session, listing: &mut Listing<'_>, hit: &Hit) -> Result<(), Failure> {
    let account = &hit.account;
    let spec = session.known(account)?.info.spec;
    let (what, noun, reference, id, name) = match &hit.thing {
        Thing::Container(it) => (
            "container",
            spec.container.one,
            container_ref(account, &it.id),
            it.id.as_str(),
            it.name.clone(),
        ),
        Thing::Segment(container, it) => (
            "segment",
            "segment",
            segment_ref(account, container, it),
            it.id.as_str(),
            Segment::name(it),
        ),
        Thing::Asset(it) => (
            "asset",
            "asset",
            asset_ref(account, it),
            it.key.as_str(),
            it.name.clone(),
        ),
    };
    let asset: Option<&Asset> = match &hit.thing {
        Thing::Asset(asset) => Some(asset),
        _ => None,
    };
    let locale = asset.and_then(|it| it.locale.as_ref());
    let inside = match &hit.thing {
        Thing::Container(_) => None,
        _ => hit.container.as_deref(),
    };
    let seen = hit.at.to_string();
    let cells = [
        Cell::name(&reference),
        Cell::name(&name),
        Cell::prose(noun),
        Cell::prose(hit.field.unwrap_or_default()),
        Cell::maybe(inside),
        Cell::when(Some(&seen)),
    ];
    let line = FoundLine {
        kind: "found",
        reference: &reference,
        id,
        name: &name,
        what,
        matched: hit.field,
        container: inside,
        locale: locale.map(Locale::as_str),
        folder: asset.map(|it| it.folder.to_string()),
        size: asset.and_then(|it| it.size),
        seen: seen.clone(),
    };
    listing.put(&cells, &line)
}
