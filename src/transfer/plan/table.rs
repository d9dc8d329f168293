//! The table: rows, what is known of their places, and judging anew what an edit touches.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::fill::{Fill, fill, rename};
use super::judge::{self, Around};
use super::place::{Listing, Spot};
use super::row::{Candidate, Change, Count, OnClash, Row, Totals, Verdict};
use super::wishes::{Wishes, request};
use crate::api::{Field, ProviderSpec, Replaced, UploadRequest};
use crate::domain::{AccountName, Asset, AssetScope, ContainerId, Locale};
use crate::transfer::known::Memory;

/// What a batch is about to do: files of one account, row by row. Every method leaves all rows
/// judged; rows are named by their number, which never changes.
#[derive(Debug, Clone)]
pub struct Plan {
    account: AccountName,
    spec: &'static ProviderSpec,
    base: Wishes,
    /// What holds of locale and folder where neither `base` nor a path says anything.
    usual: Wishes,
    on_clash: OnClash,
    rows: Vec<Row>,
    /// The rows that go to one spot, in their order.
    spots: HashMap<Spot, BTreeSet<usize>>,
    locales: HashMap<ContainerId, Vec<Locale>>,
    listings: HashMap<AssetScope, Listing>,
    totals: Totals,
    memory: Memory,
    /// What a row says nothing of has no text, also where it replaces an asset that has one.
    as_typed: bool,
}

/// What was touched and has to be judged anew.
#[derive(Default)]
struct Touched {
    rows: BTreeSet<usize>,
    spots: HashSet<Spot>,
}

impl Plan {
    /// An empty plan. `base` is what every file gets that nothing else is said of; its folder stands
    /// in front of what a path gives.
    pub fn new(
        account: AccountName,
        spec: &'static ProviderSpec,
        base: Wishes,
        on_clash: OnClash,
    ) -> Self {
        Self {
            account,
            spec,
            base,
            usual: Wishes::default(),
            on_clash,
            rows: Vec::new(),
            spots: HashMap::new(),
            locales: HashMap::new(),
            listings: HashMap::new(),
            totals: Totals::default(),
            memory: Memory::default(),
            as_typed: false,
        }
    }

    /// Locale and folder for files of which neither a wish nor their path says any. What the list of
    /// a downloaded tree says of its files is whole.
    #[must_use]
    pub fn with_usual(mut self, usual: Wishes) -> Self {
        self.usual = usual;
        self
    }

    /// From now on an asset that is replaced keeps no text that its row does not have: the row began
    /// with all of them.
    pub const fn take_as_typed(&mut self) {
        self.as_typed = true;
    }

    pub const fn is_as_typed(&self) -> bool {
        self.as_typed
    }

    pub const fn account(&self) -> &AccountName {
        &self.account
    }

    pub const fn spec(&self) -> &'static ProviderSpec {
        self.spec
    }

    pub const fn on_clash(&self) -> OnClash {
        self.on_clash
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row that goes to where this asset stands, or to its twin in case or composition; the first
    /// of several.
    pub fn row_at(&self, asset: &Asset) -> Option<&Row> {
        let rows = self.spots.get(&Spot::of(asset))?;
        rows.first().and_then(|number| self.rows.get(*number))
    }

    /// Kept up to date with every edit: asking costs nothing.
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    /// The locales of a row's container; `None` until they are told, or where there are none.
    pub fn locales(&self, container: &ContainerId) -> Option<&[Locale]> {
        self.locales.get(container).map(Vec::as_slice)
    }

    /// The places that rows go to, each once.
    pub fn scopes(&self) -> BTreeSet<AssetScope> {
        let scopes: HashSet<&AssetScope> = self.rows.iter().map(|row| &row.scope).collect();
        let scopes = scopes.into_iter();
        scopes
            .filter(|scope| !self.spec.is_whole(scope))
            .cloned()
            .collect()
    }

    /// Those of them that are not listed yet.
    pub fn unlisted(&self) -> BTreeSet<AssetScope> {
        let mut scopes = self.scopes();
        scopes.retain(|scope| !self.listings.contains_key(scope));
        scopes
    }

    /// Adds files that go to one place, filled by patterns. Where the container's locales are not
    /// told yet, [`fill`](Self::fill) again when they are: a pattern reads a locale surely only if
    /// it knows which there are.
    pub fn add(
        &mut self,
        files: impl IntoIterator<Item = Candidate>,
        scope: &AssetScope,
        by: &Fill,
    ) {
        let first = self.rows.len();
        for file in files {
            let mut row = Row {
                path: file.path,
                relative: file.relative,
                file: file.file,
                scope: scope.clone(),
                wishes: self.base.clone(),
                left_out: false,
                decision: None,
                refusal: None,
                expected: None,
                verdict: Verdict::Looking,
            };
            let locales = self.locales.get(scope.container()).map(Vec::as_slice);
            let otherwise = (&self.base, &self.usual);
            fill(&mut row, by, otherwise, self.spec, locales);
            self.push(row);
        }
        self.settle(first..self.rows.len());
    }

    /// Adds a row as a saved plan has it; [`settle`](Self::settle) judges it.
    pub(super) fn push(&mut self, row: Row) {
        self.totals.count(&row, Count::In);
        if let Some(spot) = judge::spot(&row) {
            self.spots.entry(spot).or_default().insert(self.rows.len());
        }
        self.rows.push(row);
    }

    pub(super) fn settle(&mut self, rows: impl IntoIterator<Item = usize>) {
        let touched = Touched {
            rows: rows.into_iter().collect(),
            spots: HashSet::new(),
        };
        self.judge(touched);
    }

    /// The container's locales have come.
    pub fn set_locales(&mut self, container: &ContainerId, locales: Vec<Locale>) {
        self.locales.insert(container.clone(), locales);
        self.settle(self.numbers(|row| row.scope.container() == container));
    }

    /// What is remembered of the assets of its places: it counts for more than times.
    pub fn recall(&mut self, memory: Memory) {
        self.memory.join(memory);
        self.settle(0..self.rows.len());
    }

    /// A place's listing has come, or a new one: all of its assets.
    pub fn set_listing(
        &mut self,
        scope: &AssetScope,
        assets: impl IntoIterator<Item = Arc<Asset>>,
    ) {
        self.listings.insert(scope.clone(), Listing::known(assets));
        self.settle(self.numbers(|row| row.scope == *scope));
    }

    /// The listing of several places has come: all that is in any of them.
    pub fn set_listings(
        &mut self,
        scopes: &[AssetScope],
        assets: impl IntoIterator<Item = Arc<Asset>>,
    ) {
        let mut by_scope: HashMap<AssetScope, Vec<Arc<Asset>>> = HashMap::new();
        for asset in assets {
            by_scope.entry(asset.scope.clone()).or_default().push(asset);
        }
        for scope in scopes {
            let assets = by_scope.remove(scope).unwrap_or_default();
            self.set_listing(scope, assets);
        }
    }

    /// A place could not be listed: one sentence, safe.
    pub fn set_unlistable(&mut self, scope: &AssetScope, reason: String) {
        self.listings.insert(scope.clone(), Listing::Failed(reason));
        self.settle(self.numbers(|row| row.scope == *scope));
    }

    /// The rule for clashes that nothing was decided of.
    pub fn set_on_clash(&mut self, on_clash: OnClash) {
        self.on_clash = on_clash;
        self.settle(0..self.rows.len());
    }

    /// Edits rows. Numbers that there are not are passed over.
    pub fn edit(&mut self, rows: impl IntoIterator<Item = usize>, change: &Change) {
        self.change(rows, |row, _| apply(row, change));
    }

    /// Fills rows from their paths anew; what was typed into locale, folder and name goes.
    pub fn fill(&mut self, rows: impl IntoIterator<Item = usize>, by: &Fill) {
        let (base, usual, spec) = (self.base.clone(), self.usual.clone(), self.spec);
        let otherwise = (&base, &usual);
        self.change(rows, |row, locales| fill(row, by, otherwise, spec, locales));
    }

    /// Copies one field of a row to others, such as those below it.
    pub fn copy(&mut self, from: usize, field: Field, to: impl IntoIterator<Item = usize>) {
        if let Some(row) = self.rows.get(from) {
            let change = Change::Field(field, row.wishes.text(field));
            self.edit(to, &change);
        }
    }

    /// The requests of the rows that are sent, with their numbers.
    pub fn requests(&self) -> Vec<(usize, UploadRequest)> {
        let sent = self.rows.iter().enumerate();
        sent.filter(|(_, row)| row.verdict.is_sent())
            .filter_map(|(number, row)| {
                let locales = self.locales(row.scope.container());
                let file = row.file.as_ref().ok()?;
                let wishes = match &row.verdict {
                    Verdict::Replace(asset) if !self.as_typed => {
                        row.wishes.or_as_it_is(asset, self.spec)
                    }
                    _ => row.wishes.clone(),
                };
                let request = request(file, row.scope.clone(), &wishes, self.spec, locales);
                // What is sent has been checked with the same words.
                let mut request = request.ok()?;
                if let Verdict::Replace(asset) = &row.verdict {
                    request.replaces = Some(Box::new(Replaced::of(asset)));
                }
                request.beside = row.decision.unwrap_or(self.on_clash) == OnClash::Keep;
                Some((number, request))
            })
            .collect()
    }

    fn numbers(&self, fits: impl Fn(&Row) -> bool) -> Vec<usize> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| fits(row)).map(|(n, _)| n).collect()
    }

    fn change(
        &mut self,
        rows: impl IntoIterator<Item = usize>,
        mut change: impl FnMut(&mut Row, Option<&[Locale]>),
    ) {
        let mut touched = Touched::default();
        for number in rows {
            let Some(row) = self.rows.get_mut(number) else {
                continue;
            };
            let before = judge::spot(row);
            let locales = self.locales.get(row.scope.container()).map(Vec::as_slice);
            change(row, locales);
            row.expected = None;
            let after = judge::spot(row);
            touched.rows.insert(number);
            if before == after {
                continue;
            }
            // Only the first of a spot decides over the others.
            if let Some(before) = before
                && let Some(others) = self.spots.get_mut(&before)
            {
                let first = others.first() == Some(&number);
                others.remove(&number);
                if others.is_empty() {
                    self.spots.remove(&before);
                } else if first {
                    touched.spots.insert(before);
                }
            }
            if let Some(after) = after {
                let others = self.spots.entry(after.clone()).or_default();
                others.insert(number);
                if others.first() == Some(&number) {
                    touched.spots.insert(after);
                }
            }
        }
        self.judge(touched);
    }

    fn judge(&mut self, mut touched: Touched) {
        for spot in touched.spots {
            touched
                .rows
                .extend(self.spots.get(&spot).into_iter().flatten());
        }
        let nothing = Listing::default();
        for number in touched.rows {
            let Some(row) = self.rows.get(number) else {
                continue;
            };
            let first = judge::spot(row)
                .and_then(|spot| self.spots.get(&spot)?.first().copied())
                .filter(|first| *first < number);
            let around = Around {
                spec: self.spec,
                locales: self.locales(row.scope.container()),
                listing: self.listings.get(&row.scope).unwrap_or(&nothing),
                memory: &self.memory,
                on_clash: self.on_clash,
                twin: first.and_then(|first| self.rows.get(first)),
            };
            let verdict = judge::judge(row, &around);
            if let Some(row) = self.rows.get_mut(number) {
                self.totals.count(row, Count::Out);
                row.verdict = verdict;
                self.totals.count(row, Count::In);
            }
        }
    }
}

fn apply(row: &mut Row, change: &Change) {
    match change {
        Change::Field(field, text) => {
            row.wishes.set(*field, text);
            if matches!(field, Field::Locale | Field::Folder) {
                row.refusal = None;
            }
        }
        Change::Scope(scope) => row.scope = scope.clone(),
        Change::Name(name) => {
            row.refusal = None;
            rename(row, name);
        }
        Change::LeftOut(left_out) => row.left_out = *left_out,
        Change::Decision(decision) => row.decision = *decision,
    }
}

#[cfg(test)]
#[path = "tests/table.rs"]
mod tests;
