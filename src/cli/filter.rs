//! `--filter`: which rows of a listing are told, and where a wrong filter is wrong.

use std::collections::HashMap;

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::failure::{Exit, Failure};
use super::output::Output;
use crate::api::Provider;
use crate::domain::filter::{Facts, Filter, Held, Holds, Usage, Verdict};
use crate::domain::{Asset, ContainerId, Entry, SafeText, Segment, SegmentId};
use crate::transfer::tree::{MANY_CALLS, SEGMENTS_AT_ONCE};

/// More calls are told of beforehand: many fewer than those that nobody makes unasked.
const UNTOLD: usize = MANY_CALLS / 10;

/// The rows that were asked for.
#[derive(Debug, Default)]
pub struct Only {
    filter: Filter,
    /// What ages are counted to.
    now: Timestamp,
    /// Where assets are used, once that was scanned for.
    pub usage: Option<Usage>,
}

impl Only {
    /// Reads the filter of the command line. What is wrong with it is shown where it stands.
    pub fn read(output: &mut Output, text: Option<&str>) -> Result<Self, Failure> {
        let text = text.unwrap_or_default();
        let filter = Filter::parse(text).map_err(|error| {
            let hint = "`assetdeck ls --help` lists what can be written.";
            if output.speaks_in_objects() {
                return Failure::usage(error.to_string()).hint(hint);
            }
            let part = |from: usize, to: usize| {
                let part: String = text.chars().skip(from).take(to - from).collect();
                SafeText::prose(&part).into_string()
            };
            let (before, wrong) = (part(0, error.at.start), part(error.at.start, error.at.end));
            let after = part(error.at.end, usize::MAX);
            output.note(&error.to_string());
            let carets = "^".repeat(wrong.width().max(1));
            let space = " ".repeat(before.width());
            output.complain(&format!("  {before}{wrong}{after}\n  {space}{carets}"));
            output.complain(hint);
            Failure::silent(Exit::Usage)
        })?;
        let now = Timestamp::now();
        Ok(Self {
            filter,
            now,
            usage: None,
        })
    }

    pub const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Nothing is left out.
    pub const fn is_all(&self) -> bool {
        self.filter.is_empty()
    }

    /// What is said where nothing is left; else this.
    pub fn nothing(&self, otherwise: String) -> String {
        if self.is_all() {
            otherwise
        } else {
            "Nothing here fits the filter.".to_owned()
        }
    }

    fn verdict(&self, facts: &Facts<'_>) -> Verdict {
        self.filter.matches(facts, self.now)
    }

    /// Whether rows are held against one another: all of them have to be there first.
    pub fn compares(&self) -> bool {
        self.filter.asks_twins() || self.filter.asks_contents() || self.filter.asks_usage()
    }

    /// Whether this row is told.
    pub fn keeps(&self, facts: &Facts<'_>) -> bool {
        self.is_all() || matches!(self.verdict(facts), Verdict::Yes(_))
    }

    /// The segments that are told. Where the filter asks for their assets, those of all that may fit
    /// are asked for, many in a call.
    pub async fn segments(
        &self,
        provider: &dyn Provider,
        output: &mut Output,
        container: &ContainerId,
        mut entries: Vec<Entry<Segment>>,
    ) -> Result<Vec<Entry<Segment>>, Failure> {
        let may = |entry: &&Entry<Segment>| {
            let facts = Facts::of_entry(entry, |segment| segment.facts(Holds::NotAsked));
            self.verdict(&facts) == Verdict::NotAsked
        };
        let ids: Vec<SegmentId> = entries
            .iter()
            .filter(may)
            .filter_map(|entry| entry.read().map(|segment| segment.id.clone()))
            .collect();
        let held = held(provider, output, container, &ids).await?;
        entries.retain(|entry| {
            let known = |id: &SegmentId| held.get(id).map_or(Holds::NotAsked, Holds::Known);
            let said = Facts::of_entry(entry, |segment| segment.facts(known(&segment.id)));
            self.keeps(&said)
        });
        Ok(entries)
    }
}

/// What these segments hold.
async fn held(
    provider: &dyn Provider,
    output: &mut Output,
    container: &ContainerId,
    ids: &[SegmentId],
) -> Result<HashMap<SegmentId, Held>, Failure> {
    let calls = ids.len().div_ceil(SEGMENTS_AT_ONCE);
    if calls > UNTOLD {
        let many = ids.len();
        output.mention(&format!(
            "asking for the assets of {many} segments, {calls} calls"
        ));
    }
    let mut held = HashMap::new();
    for some in ids.chunks(SEGMENTS_AT_ONCE) {
        let found = provider.assets_of_segments(container, some).await?;
        let parted = Asset::by_segment(some, found).assets;
        held.extend(
            { parted.into_iter() }
                .map(|(id, own)| (id, Held::of(own.iter().map(|asset| asset.locale.as_ref())))),
        );
    }
    Ok(held)
}
