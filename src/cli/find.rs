//! Reading addresses and refs, walking a listing's pages, and finding one thing in it.

use std::collections::HashSet;

use super::failure::Failure;
use super::names;
use super::session::{Known, Session};
use crate::api::{ApiError, ApiErrorKind, Middle, Pages, Provider, ProviderSpec};
use crate::domain::{
    AccountName, Address, AddressError, Asset, AssetKey, AssetScope, Container, ContainerId,
    Cursor, Entry, Keepable, Page, Ref, SafeText, Segment, SegmentId, SegmentText, SegmentTexts,
};
use crate::transfer::patient::Patient;

/// A name from the command line.
pub fn account(name: &str) -> Result<AccountName, Failure> {
    let name = name.strip_suffix(':').unwrap_or(name);
    AccountName::new(name).ok_or_else(|| Failure::usage("the account's name is empty"))
}

/// A place from the command line.
pub fn address(text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|why| unreadable(text, "address", why))
}

/// A ref from the command line.
pub fn reference(text: &str) -> Result<Ref, Failure> {
    text.parse().map_err(|why| unreadable(text, "ref", why))
}

/// A ref that must name an asset.
pub fn asset_reference(text: &str) -> Result<(AccountName, AssetScope, AssetKey), Failure> {
    let Ref { address, key } = reference(text)?;
    match (address.scope(), key) {
        (Some(scope), Some(key)) => Ok((address.account, scope, key)),
        _ => Err(unreadable(text, "ref of an asset", AddressError::NoAsset)),
    }
}

fn unreadable(text: &str, what: &str, why: AddressError) -> Failure {
    let text = SafeText::name(text);
    Failure::usage(format!("“{text}” is no {what}: {why}"))
}

/// The account that the ref of an asset names, and where in it, as far as that can be told without
/// asking the service.
pub fn located<'a>(
    session: &'a Session,
    text: &str,
) -> Result<(&'a Known, AssetScope, AssetKey), Failure> {
    let (name, scope, key) = asset_reference(text)?;
    let known = session.known(&name)?;
    check_scope(known.info.spec, &scope)?;
    Ok((known, scope, key))
}

/// A scope that the service can have: no segments where there are none, and assets only in one
/// where there are.
pub fn check_scope(spec: &ProviderSpec, scope: &AssetScope) -> Result<(), Failure> {
    let one = spec.container.one;
    match (spec.middle, scope) {
        (Middle::Types, AssetScope::Segment(..)) => Err(Failure::usage(format!(
            "a {one} of {} has no segments; write ACCOUNT:{}",
            spec.label,
            one.to_uppercase()
        ))),
        (Middle::Segments, AssetScope::Container(_)) => Err(Failure::usage(format!(
            "assets of {} are in the segments of a {one}; write ACCOUNT:{}/SEGMENT",
            spec.label,
            one.to_uppercase()
        ))),
        _ => Ok(()),
    }
}

/// How far the pages of a listing were walked.
#[derive(Debug, Default)]
pub struct Walk {
    seen: Pages,
    /// Where the page before said that it goes on.
    next: Option<Cursor>,
    over: bool,
}

impl Walk {
    /// Goes on behind the pages that were read before.
    pub fn behind(next: Cursor) -> Self {
        Self {
            next: Some(next),
            ..Self::default()
        }
    }

    /// The last page was read.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// The cursor of the next page; the first has none.
    pub fn cursor(&self) -> Option<Cursor> {
        self.next.clone()
    }

    /// A page was read, and says where it goes on. A cursor that comes again would go round for
    /// ever: it ends the walk, and the failure says that this may not be all.
    pub fn turn(&mut self, next: Option<Cursor>) -> Result<(), Failure> {
        let next = self.seen.next(next);
        self.next = next.clone().unwrap_or_default();
        self.over = self.next.is_none();
        next.map(drop).map_err(|_| {
            Failure::failed(
                "the service gives the same page again and again; the list may not be complete",
            )
        })
    }
}

/// Walks all pages. What was read before a failure has been handed out.
pub async fn pages<T: Keepable>(
    mut fetch: impl AsyncFnMut(Option<Cursor>) -> Result<Page<T>, ApiError>,
    mut each: impl FnMut(Entry<T>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut walk = Walk::default();
    while !walk.is_over() {
        let page = fetch(walk.cursor()).await?;
        for entry in page.entries {
            each(entry)?;
        }
        walk.turn(page.next)?;
    }
    Ok(())
}

/// All entries of a listing.
pub async fn all<T: Keepable>(
    fetch: impl AsyncFnMut(Option<Cursor>) -> Result<Page<T>, ApiError>,
) -> Result<Vec<Entry<T>>, Failure> {
    let mut entries = Vec::new();
    pages(fetch, |entry| {
        entries.push(entry);
        Ok(())
    })
    .await?;
    Ok(entries)
}

/// The first entry that fits, without reading on behind it.
async fn first<T: Keepable>(
    mut fetch: impl AsyncFnMut(Option<Cursor>) -> Result<Page<T>, ApiError>,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>, Failure> {
    let mut walk = Walk::default();
    while !walk.is_over() {
        let page = fetch(walk.cursor()).await?;
        let found = page.entries.into_iter().filter_map(Entry::into_read);
        if let Some(found) = found.into_iter().find(|thing| fits(thing)) {
            return Ok(Some(found));
        }
        if walk.turn(page.next).is_err() {
            break;
        }
    }
    Ok(None)
}

/// A container. One that the service does not list is a wrong address, however it says so.
pub async fn container(provider: &dyn Provider, id: &ContainerId) -> Result<Container, Failure> {
    let error = match provider.container(id).await {
        Ok(container) => return Ok(container),
        Err(error) => error,
    };
    if !matches!(error.kind, ApiErrorKind::NotFound | ApiErrorKind::Invalid) {
        return Err(error.into());
    }
    let fetch = async |cursor| provider.containers(cursor).await;
    if first(fetch, |container: &Container| container.id == *id)
        .await?
        .is_some()
    {
        return Err(error.into());
    }
    let noun = &provider.spec().container;
    let shown = SafeText::name(id.as_str());
    Err(
        Failure::usage(format!("this account has no {} {shown}", noun.one)).hint(format!(
            "List its {} with `assetdeck ls ACCOUNT:`.",
            noun.many
        )),
    )
}

/// A segment of a container, with its texts where they come from a call of their own.
pub async fn segment(
    provider: &dyn Provider,
    container: &ContainerId,
    id: &SegmentId,
) -> Result<Segment, Failure> {
    let fetch = async |cursor| provider.segments(container, cursor).await;
    let found = match first(fetch, |segment: &Segment| segment.id == *id).await {
        Ok(found) => found,
        Err(failure) => {
            self::container(provider, container).await?;
            return Err(failure);
        }
    };
    found.ok_or_else(|| no_segment(provider.spec(), container, id))
}

/// The ids of all segments of a container.
pub async fn segments(
    provider: &dyn Provider,
    container: &ContainerId,
) -> Result<HashSet<SegmentId>, Failure> {
    let all = all(async |cursor| provider.segments(container, cursor).await).await?;
    let read = all.into_iter().filter_map(Entry::into_read);
    Ok(read.map(|segment| segment.id).collect())
}

/// What is said of a segment that its container does not have.
pub fn no_segment(spec: &ProviderSpec, container: &ContainerId, id: &SegmentId) -> Failure {
    let one = spec.container.one;
    let (id, container) = (
        SafeText::name(id.as_str()),
        SafeText::name(container.as_str()),
    );
    Failure::usage(format!("the {one} {container} has no segment {id}"))
        .hint("List its segments with `assetdeck ls`.")
}

/// Fills in keys and texts that the listing did not carry.
pub fn join_texts(segments: &mut [Entry<Segment>], texts: &SegmentTexts) {
    with_texts(segments, texts, |segment, text| {
        let own = |own: &mut Option<String>, other: &Option<String>| {
            if own.is_none() {
                own.clone_from(other);
            }
        };
        own(&mut segment.key, &text.key);
        own(&mut segment.text, &text.text);
    });
}

/// Gives each segment that has a text among these to `take`, with it.
pub fn with_texts(
    segments: &mut [Entry<Segment>],
    texts: &SegmentTexts,
    mut take: impl FnMut(&mut Segment, &SegmentText),
) {
    let mut texts = texts.reader();
    for entry in segments {
        if let Entry::Read(segment) = entry
            && let Some(text) = texts.get(segment.position)
        {
            take(segment, text);
        }
    }
}

/// An asset as the service lists it now.
pub async fn asset(
    provider: &dyn Provider,
    scope: &AssetScope,
    key: &AssetKey,
) -> Result<Asset, Failure> {
    check_scope(provider.spec(), scope)?;
    let fetch = async |cursor| provider.assets(scope, cursor).await;
    let found = first(fetch, |asset: &Asset| asset.key == *key).await?;
    found.ok_or_else(|| not_listed(key))
}

/// What is said of an asset that its place does not have.
pub fn not_listed(key: &AssetKey) -> Failure {
    Failure::failed(format!("the service lists no asset {} there", key.as_str()))
        .hint("It may have been deleted or renamed; list the place with `assetdeck ls`.")
}

/// An asset by the ref of the command line, and whose it is.
pub async fn asset_by_ref<'a>(
    session: &'a Session,
    text: &str,
) -> Result<(&'a Known, std::sync::Arc<Patient>, Asset), Failure> {
    let (known, scope, key) = located(session, text)?;
    let provider = session.ready(known).await?;
    let asset = names::asset(&known.info.name, provider.as_ref(), &scope, &key).await?;
    Ok((known, provider, asset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Exit;
    use crate::domain::{RawJson, SegmentText};

    fn page(names: &[&str], next: Option<&str>) -> Page<Container> {
        let bare = |name: &&str| Container::bare(ContainerId::new(name).unwrap(), *name);
        Page {
            entries: names.iter().map(|it| Entry::Read(bare(it))).collect(),
            next: next.map(|next| Cursor(next.to_owned())),
            total: None,
        }
    }

    #[tokio::test]
    async fn pages_are_followed_to_the_end() {
        let fetch = async |cursor: Option<Cursor>| match cursor.as_ref().map(|c| c.0.as_str()) {
            None => Ok(page(&["1", "2"], Some("b"))),
            _ => Ok(page(&["3"], None)),
        };
        let all: Vec<_> = all(fetch).await.unwrap();
        assert_eq!(all.len(), 3);
        let third = first(fetch, |it| it.name == "3").await.unwrap();
        assert!(third.is_some_and(|it| it.name == "3"));
    }

    #[tokio::test]
    async fn a_cursor_that_comes_again_ends_the_walk() {
        let fetch = async |_: Option<Cursor>| Ok(page(&["1"], Some("same")));
        let mut rows = 0;
        let failure = pages(fetch, |_| {
            rows += 1;
            Ok(())
        })
        .await
        .unwrap_err();
        assert_eq!(rows, 2);
        assert_eq!(failure.exit, Exit::Failed);
        assert_eq!(first(fetch, |it| it.name == "9").await.unwrap(), None);
    }

    #[test]
    fn texts_are_joined_by_position_and_replace_nothing() {
        let segment = |position, text: Option<&str>| {
            Entry::Read(Segment {
                id: SegmentId::new(format!("s{position}")).unwrap(),
                position,
                part: 0,
                key: None,
                text: text.map(str::to_owned),
                raw: RawJson::new("{}"),
            })
        };
        let mut segments = vec![segment(1, None), segment(2, Some("own")), segment(3, None)];
        let texts = [1, 2].map(|position| SegmentText {
            position,
            key: Some(format!("k{position}")),
            text: Some("other".to_owned()),
        });
        join_texts(&mut segments, &texts.into_iter().collect());
        let read: Vec<_> = segments.into_iter().filter_map(Entry::into_read).collect();
        assert_eq!(read[0].text.as_deref(), Some("other"));
        assert_eq!(read[1].text.as_deref(), Some("own"));
        assert_eq!(read[1].key.as_deref(), Some("k2"));
        assert_eq!(read[2].key, None);
    }

    #[test]
    fn bad_addresses_are_wrong_usage_with_the_fix() {
        for text in ["acme", ":1", "acme:1/2/3", "acme:%zz", "acme:1/\x1b@"] {
            let failure = asset_reference(text).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{text}");
            assert!(!failure.message.contains('\x1b'));
        }
        let failure = asset_reference("acme:1/2").unwrap_err();
        assert!(
            failure.message.contains("copy it from `ls`"),
            "{}",
            failure.message
        );
        assert!(address("acme:1@x").is_err());
    }
}
