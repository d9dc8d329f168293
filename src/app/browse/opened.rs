//! An opened container: its segments or types, its assets, and the marks of its segments.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::learned::Learned;
use crate::api::{ApiError, Middle, ProviderSpec};
use crate::app::effect::RequestId;
use crate::app::list::{Item, List, Row};
use crate::app::remote::{Fetched, Listing, Remote};
use crate::domain::filter::{Among, Facts, Held, Holds, Identicals, Orphans, Twins, Usage};
use crate::domain::{
    AccountName, Asset, AssetKey, AssetScope, Container, ContainerId, Digests, Entry, Idents, Kind,
    Locale, Segment, SegmentId, Shelf, TypeChoice,
};

/// What was asked for in vain is not asked for again before this has passed.
const PAUSE: Duration = Duration::from_mins(1);

/// What becomes of a listing of these that is stopped now.
fn left<R: Row>(listing: &Listing<R>, noun: &str) -> String {
    let came = listing.came();
    match (listing.remote.pending(), listing.next()) {
        (Some(_), Some(_)) if listing.reloads() => format!(
            "{came} {noun} came anew; the {} from before are shown until R has gone on. ",
            listing.list.len()
        ),
        (Some(_), Some(_)) => format!("{came} {noun} are there; R goes on behind them. "),
        _ => String::new(),
    }
}

/// What is known of a segment's assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// `●n`
    Has(usize),
    /// `○`
    None,
    /// `·`; an answer may be on its way.
    NotAsked,
    /// `!`
    Failed(&'a ApiError),
}

/// Assets of a segment as they were seen last.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub at: Instant,
    pub result: Result<Shelf<Asset>, ApiError>,
    /// From before this session: asked anew as soon as it is looked at.
    pub kept: bool,
    /// When it was asked anew in vain: it is as old as it was.
    pub failed: Option<Instant>,
}

impl Known {
    /// What the service answered.
    pub const fn of(result: Result<Shelf<Asset>, ApiError>, at: Instant) -> Self {
        Self {
            at,
            result,
            kept: false,
            failed: None,
        }
    }

    /// It is asked for when it comes into view: what was kept at once, what failed after a pause.
    pub fn is_due(&self, now: Instant) -> bool {
        let failed = self.failed.or(self.result.is_err().then_some(self.at));
        match failed {
            Some(at) => now.saturating_duration_since(at) >= PAUSE,
            None => self.kept,
        }
    }
}

#[derive(Debug)]
pub struct Opened {
    pub account: AccountName,
    pub spec: &'static ProviderSpec,
    pub id: ContainerId,
    /// As the first pane lists it; the opened one's own answer is in `container`.
    pub listed: Container,
    /// With its locales.
    pub container: Remote<Box<Container>>,
    /// Keys and texts of segments, where they come from a call of their own: only when they came.
    pub texts: Remote<Fetched>,
    /// Of a service with segments.
    pub segments: Listing<Entry<Segment>>,
    /// Of a service without: "All", then the types that its assets have.
    pub types: List<TypeRow>,
    /// The assets pane.
    pub assets: Listing<Entry<Asset>>,
    /// Where the assets of the third pane live; `None` until a segment was chosen.
    pub scope: Option<AssetScope>,
    /// Assets by segment, from marks and from listings.
    pub known: HashMap<SegmentId, Known>,
    /// Whose of them changed last.
    pub learned: Learned,
    /// Segments whose marks are being asked.
    pub asking: HashMap<RequestId, Vec<SegmentId>>,
    /// Where the assets of its account are used, while a filter asks for that and once it was scanned.
    pub usage: Option<Arc<Usage>>,
    /// What its assets hold, as far as they were read.
    pub digests: Digests,
    /// When it was asked again last.
    pub refreshed: Option<Instant>,
    /// Something changed at the service since: ask again when it is shown.
    pub stale: bool,
    /// Gets the cursor of the third pane, once that shows this scope.
    pub sought: Option<(AssetScope, AssetKey)>,
}

impl Opened {
    /// The ids of all segments; `None` until all are listed, or where one could not be read: it may
    /// be any.
    pub fn all_segments(&self) -> Option<Idents> {
        if !matches!(self.segments.remote, Remote::Loaded(_)) {
            return None;
        }
        let rows = self.segments.list.rows();
        let read: usize = rows.kinds().map(|(_, count)| count).sum();
        (read == rows.len()).then(|| rows.idents())
    }

    pub fn new(account: AccountName, spec: &'static ProviderSpec, listed: Container) -> Self {
        let id = listed.id.clone();
        let scope = match spec.middle {
            Middle::Types => Some(AssetScope::Container(id.clone())),
            Middle::Segments => None,
        };
        Self {
            account,
            spec,
            id,
            listed,
            container: Remote::NotAsked,
            texts: Remote::NotAsked,
            segments: Listing::default(),
            types: List::default(),
            assets: Listing::default(),
            scope,
            known: HashMap::new(),
            learned: Learned::default(),
            asking: HashMap::new(),
            usage: None,
            digests: Digests::default(),
            refreshed: None,
            stale: false,
            sought: None,
        }
    }

    /// Some segments have neither key nor text.
    pub(super) fn lacks_texts(&self) -> bool {
        let mut kinds = self.segments.list.rows().kinds();
        kinds.any(|(told, count)| !told && count > 0)
    }

    /// Of so many segments nobody asked what they have.
    pub(super) fn not_asked(&self) -> usize {
        let rows = self.segments.list.rows();
        let known: Idents = self.known.keys().map(SegmentId::as_str).collect();
        { 0..rows.len() }
            .filter(|at| rows.is_among(*at, &known) == Some(false))
            .count()
    }

    /// What becomes of a listing that is stopped now, for people.
    pub(super) fn stopped(&self) -> String {
        match self.spec.middle {
            Middle::Segments => left(&self.segments, "segments"),
            Middle::Types => left(&self.assets, "assets"),
        }
    }

    /// The best that is known of the container itself.
    pub fn info(&self) -> &Container {
        self.container.value().map_or(&self.listed, |it| it)
    }

    /// The languages it can hold, if the service told.
    pub fn locales(&self) -> Option<&[Locale]> {
        self.info().locales.as_deref()
    }

    /// How many segments the service says there are, where the list ended before its last page.
    pub fn cut_off(&self) -> Option<Option<u64>> {
        let segments = &self.segments;
        let more = |all: &u64| usize::try_from(*all).is_ok_and(|all| all > segments.list.len());
        let cut_off = segments.is_cut_off();
        cut_off.then(|| self.info().segments.filter(more))
    }

    pub fn mark(&self, segment: &SegmentId) -> Mark<'_> {
        match self.known.get(segment).map(|known| &known.result) {
            None => Mark::NotAsked,
            Some(Err(error)) => Mark::Failed(error),
            Some(Ok(assets)) if assets.is_empty() => Mark::None,
            Some(Ok(assets)) => Mark::Has(assets.len()),
        }
    }

    /// What is known of the segment was asked for anew, in vain.
    pub fn not_refreshed(&self, segment: &SegmentId) -> bool {
        let known = self.known.get(segment);
        known.is_some_and(|known| known.result.is_ok() && known.failed.is_some())
    }

    /// The segment whose assets the third pane shows.
    pub fn segment(&self) -> Option<Cow<'_, Segment>> {
        let id = self.scope.as_ref()?.segment()?;
        self.segments.list.rows().one(id.as_str())
    }
}

/// Which segments are shown beside the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// Segments with assets.
    With,
    /// Segments without.
    Without,
    /// Segments whose assets could not be asked.
    Failed,
}

/// Marks are not part of a segment, so the lens carries the ids that pass, and what a filter asks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SegmentLens {
    pub state: Option<StateFilter>,
    pub ids: Idents,
    /// What the segments hold that were asked, none where that failed; only while a filter asks.
    pub held: Option<Arc<HashMap<SegmentId, Option<Held>>>>,
}

impl Item for Segment {
    type Id = SegmentId;
    type Lens = SegmentLens;

    fn id(&self) -> SegmentId {
        self.id.clone()
    }

    fn ident_of(id: &SegmentId) -> &str {
        id.as_str()
    }

    fn facts<'a>(&'a self, lens: &'a SegmentLens) -> Facts<'a> {
        let known = lens.held.as_ref().and_then(|held| held.get(&self.id));
        self.facts(match known {
            None => Holds::NotAsked,
            Some(None) => Holds::Untold,
            Some(Some(held)) => Holds::Known(held),
        })
    }

    fn passes(rows: &Shelf<Self>, at: usize, lens: &SegmentLens) -> bool {
        lens.state.is_none() || rows.is_among(at, &lens.ids).unwrap_or(true)
    }
}

/// A row of the types pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRow {
    pub choice: TypeChoice,
    pub count: usize,
}

impl Row for TypeRow {
    type Id = TypeChoice;
    type Item = Self;
    type Lens = ();
    type Rows = Vec<Self>;

    fn id(&self, _: usize) -> TypeChoice {
        self.choice.clone()
    }

    fn item(&self) -> Option<&Self> {
        Some(self)
    }

    fn facts<'a>(&'a self, (): &'a ()) -> Facts<'a> {
        Facts::named(self.choice.name())
    }
}

/// Assets of which language are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LocaleChoice {
    #[default]
    All,
    /// Those of no language.
    Without,
    Only(Locale),
}

impl LocaleChoice {
    /// What the choice is called, when it hides anything; a code is foreign text.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Without => Some("no locale"),
            Self::Only(locale) => Some(locale.as_str()),
        }
    }

    fn passes(&self, locale: Option<&Locale>) -> bool {
        match self {
            Self::All => true,
            Self::Without => locale.is_none(),
            Self::Only(wanted) => locale == Some(wanted),
        }
    }
}

/// Which assets are shown beside the filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetLens {
    pub kind: TypeChoice,
    pub locale: LocaleChoice,
    /// What the assets share with one another; only while a filter asks.
    pub twins: Option<Arc<Twins>>,
    /// Those that hold the same; only once something was read of them.
    pub identicals: Option<Arc<Identicals>>,
    /// Those that nothing uses; only while a filter asks, and once that was scanned for.
    pub orphans: Option<Arc<Orphans>>,
}

impl Item for Asset {
    type Id = AssetKey;
    type Lens = AssetLens;

    fn id(&self) -> AssetKey {
        self.key.clone()
    }

    fn ident_of(id: &AssetKey) -> &str {
        id.as_str()
    }

    fn facts<'a>(&'a self, lens: &'a AssetLens) -> Facts<'a> {
        self.facts_among(Among {
            twins: lens.twins.as_deref(),
            identicals: lens.identicals.as_deref(),
            orphans: lens.orphans.as_deref(),
        })
    }

    fn of_kind(kind: &Kind) -> Option<Facts<'_>> {
        kind.facts()
    }

    fn passes(rows: &Shelf<Self>, at: usize, lens: &AssetLens) -> bool {
        rows.kind(at)
            .is_none_or(|kind| lens.kind.has(kind) && lens.locale.passes(kind.locale.as_ref()))
    }
}
