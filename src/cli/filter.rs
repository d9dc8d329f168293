//! `--filter`: which rows of a listing are told, and where a wrong filter is wrong.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr as _;

use super::asking::Answers;
use super::failure::{Exit, Failure};
use super::output::Output;
use crate::domain::filter::{Facts, Filter, Held, Holds, Usage, Verdict};
use crate::domain::{Entry, SafeText, Segment, SegmentId};

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

    /// Those of which nothing is known that the filter asks: they may fit, once their assets are.
    pub fn not_asked(&self, entries: &[Entry<Segment>]) -> Vec<Segment> {
        let may = |entry: &&Entry<Segment>| {
            let facts = Facts::of_entry(entry, |segment| segment.facts(Holds::NotAsked));
            self.verdict(&facts) == Verdict::NotAsked
        };
        let may_fit = entries.iter().filter(may);
        may_fit.filter_map(Entry::read).cloned().collect()
    }

    /// Leaves those that are told, by what was heard of their assets.
    pub fn retain(&self, entries: &mut Vec<Entry<Segment>>, answers: &Answers) {
        entries.retain(|entry| {
            let held = |id: &SegmentId| {
                let own = answers.heard.get(id)?.as_ref()?;
                Some(Held::of(own.iter().map(|asset| asset.locale.as_ref())))
            };
            let held = entry.read().and_then(|segment| held(&segment.id));
            let holds = held.as_ref().map_or(Holds::NotAsked, Holds::Known);
            self.keeps(&Facts::of_entry(entry, |segment| segment.facts(holds)))
        });
    }
}
