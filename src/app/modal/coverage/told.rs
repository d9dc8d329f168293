//! What the coverage sheet says in words: the sums, the cell under the cursor, what asking costs.

use std::borrow::Cow;

use super::asking::calls;
use super::{CoverageSheet, Filter};
use crate::app::State;
use crate::app::browse::Opened;
use crate::app::modal::view::{Piece, Tone, Words, quote, say, toned};
use crate::app::words;
use crate::domain::coverage::{State as Standing, Totals};
use crate::domain::{Asset, Locale, SafeText};

/// How many folders are told of.
const FOLDERS: usize = 6;

impl CoverageSheet {
    /// `5000 segments, 300 asked · 12 missing · 3 older than its source    only gaps   2 marked`
    pub(super) fn summary(&self, state: &State, roomy: bool) -> Words {
        let segments = self.matrix.names.len();
        let asked = self.matrix.asked();
        let mut line = vec![say(match segments {
            1 => "1 segment".to_owned(),
            _ => format!("{segments} segments"),
        })];
        let asking = self.asking.moves();
        let opened = self.opened(state);
        let listing = opened.is_some_and(|it| it.segments.remote.pending().is_some());
        let cut_off = opened.and_then(Opened::cut_off);
        if listing {
            line.push(toned(" so far, listing …", Tone::Warning));
        } else if let Some(all) = cut_off {
            let of = all.map_or_else(String::new, |all| format!(" of {all}"));
            let text = format!("{of}; the list was cut off there, R goes on");
            line.push(toned(text, Tone::Warning));
        }
        if !listing && asked < segments {
            let so_far = if asking { " so far" } else { "" };
            line.push(toned(format!(", {asked} asked{so_far}"), Tone::Warning));
        }
        let sum = |state: Standing| -> usize {
            let totals = self.matrix.coverage.by_locale().iter();
            totals.map(|it: &Totals| it.of(state)).sum()
        };
        let mut gaps = false;
        for state in Standing::ALL.into_iter().filter(|it| it.is_gap()) {
            let many = sum(state);
            if many > 0 {
                gaps = true;
                line.push(say(" · "));
                line.push(toned(format!("{many} {}", state.word()), Tone::Warning));
            }
        }
        let whole = !listing && cut_off.is_none() && !self.matrix.coverage.locales().is_empty();
        if !gaps && asked == segments && segments > 0 && whole {
            line.push(toned(" · no gaps", Tone::Good));
        }
        let filter = match self.filter {
            Filter::All => "   all".to_owned(),
            Filter::Gaps => "   only gaps".to_owned(),
            Filter::Only(state) => format!("   only {}", plain(state)),
        };
        line.push(toned(filter, Tone::Strong));
        if !self.marked.is_empty() {
            line.push(toned(
                format!("   {} marked", self.marked.len()),
                Tone::Strong,
            ));
        }
        let aged = self.matrix.aged(self.now);
        if asking && asked == segments {
            let done = self.asking.of.saturating_sub(self.asking.left());
            let text = format!("   asking again, {done} of {}", self.asking.of);
            line.push(toned(text, Tone::Dim));
        } else if aged > 0 && !asking && roomy {
            let text = format!("   {aged} seen a while ago, R asks those shown again");
            line.push(toned(text, Tone::Dim));
        }
        line
    }

    /// Why the list of segments is not whole, or not of now.
    pub(super) fn unlisted(&self, state: &State) -> Option<Words> {
        let segments = &self.opened(state)?.segments;
        let error = segments
            .remote
            .error()
            .filter(|_| !segments.list.is_empty())?;
        let what = if segments.is_whole() {
            "These segments are as they were listed before"
        } else {
            "The other segments could not be listed"
        };
        let why = SafeText::prose(&error.to_string()).into_string();
        Some(vec![toned(format!("{what}: {why}"), Tone::Bad)])
    }

    /// What is to be done in each locale and folder, and what the signs mean.
    pub(super) fn totals(&self, ascii: bool) -> Vec<(String, Words)> {
        let gaps = |name: String, totals: &Totals| -> Words {
            let mut words = vec![toned(name, Tone::Strong)];
            let told = totals.told().filter(|(state, _)| state.is_gap());
            let parts: Vec<String> = told
                .map(|(state, many)| format!(" {}{many}", state.sign(ascii)))
                .collect();
            words.push(match parts.concat().as_str() {
                "" => toned(" 0   ", Tone::Dim),
                parts => toned(format!("{parts}   "), Tone::Plain),
            });
            words
        };
        let locales = self.matrix.coverage.locales().iter();
        let locales = locales.zip(self.matrix.coverage.by_locale());
        let locales = locales.flat_map(|(locale, totals)| {
            gaps(SafeText::name(locale.as_str()).into_string(), totals)
        });
        let mut pairs = vec![("Locales".to_owned(), locales.collect::<Words>())];
        let folders = &self.matrix.by_folder;
        if folders.len() > 1 {
            let mut words: Words = { folders.iter().take(FOLDERS) }
                .flat_map(|(folder, totals)| {
                    let name = match folder.as_str() {
                        "" => "(top)".to_owned(),
                        folder => SafeText::name(folder).into_string(),
                    };
                    gaps(name, totals)
                })
                .collect();
            if folders.len() > FOLDERS {
                let more = folders.len() - FOLDERS;
                words.push(toned(format!("and {more} more"), Tone::Dim));
            }
            pairs.push(("Folders".to_owned(), words));
        }
        let signs = Standing::ALL.into_iter();
        let signs = signs.filter(|state| {
            let there = self
                .matrix
                .coverage
                .by_locale()
                .iter()
                .any(|it| it.of(*state) > 0);
            there && !state.is(Standing::NoAssets)
        });
        let signs: Vec<String> = signs
            .map(|state| format!("{} {}", state.sign(ascii), plain(state)))
            .collect();
        pairs.push(("Signs".to_owned(), vec![toned(signs.join("  "), Tone::Dim)]));
        pairs
    }

    /// The cell under the cursor in one sentence.
    pub(super) fn said(&self, state: &State) -> Words {
        let locales = self.matrix.coverage.locales();
        let row = self.shown.get(self.cursor.at).copied();
        let (Some(row), Some(locale)) = (row, locales.get(self.column)) else {
            return Vec::new();
        };
        let Some(found) = self.matrix.row(row) else {
            return Vec::new();
        };
        let standing = found.state(self.column);
        let mut line: Vec<Piece> = Vec::new();
        // On a narrow screen it is the only place that names it.
        if let Some(versions) = found.versions() {
            line.extend([quote(&SafeText::name(&versions.name)), say(" in ")]);
        }
        line.extend([quote(&SafeText::name(locale.as_str())), say(": ")]);
        let tone = if standing.is_gap() {
            Tone::Warning
        } else {
            Tone::Plain
        };
        line.push(toned(standing.to_string(), tone));
        match standing {
            Standing::Missing | Standing::Older | Standing::Differs(_) => {
                if let Some(own) = self.asset(row, state) {
                    line.push(say(format!("; {}", words::place_and_size(&own))));
                }
                if let Some(name) = self.gap(row, self.column).and_then(|gap| gap.name) {
                    line.push(toned("; u uploads ", Tone::Dim));
                    line.push(quote(&SafeText::name(&name)));
                }
            }
            Standing::Present => {
                if let Some(own) = self.asset(row, state) {
                    if found.versions().is_some_and(|it| it.name != own.name) {
                        line.extend([say(" as "), quote(&SafeText::name(&own.name))]);
                    }
                    line.push(say(format!("; {}", words::place_and_size(&own))));
                }
            }
            Standing::NoSource => {
                let source = locales.first().map_or("", Locale::as_str);
                let source = SafeText::name(source);
                line.push(toned(
                    format!(
                        "; neither {source} nor an asset of no locale is there to compare with"
                    ),
                    Tone::Dim,
                ));
            }
            Standing::NotAsked => line.push(toned("; a asks for all, r for this one", Tone::Dim)),
            Standing::NoAssets => line.push(toned("; u uploads one", Tone::Dim)),
            Standing::Failed => {
                let Some((segment, _)) = self.matrix.spot(row) else {
                    return line;
                };
                let known = self.opened(state).and_then(|it| it.known.get(segment));
                if let Some(Err(error)) = known.map(|known| &known.result) {
                    let why = SafeText::prose(&error.to_string()).into_string();
                    line.push(toned(format!("; {why}; r asks again"), Tone::Bad));
                }
            }
        }
        line
    }

    /// The asset of the cell under the cursor.
    fn asset<'a>(&self, row: (usize, usize), state: &'a State) -> Option<Cow<'a, Asset>> {
        let versions = self.matrix.row(row)?.versions()?;
        let key = versions.cells.get(self.column)?.asset.as_ref()?;
        let (segment, _) = self.matrix.spot(row)?;
        let known = self.opened(state)?.known.get(segment)?;
        let mut entries = known.result.as_ref().ok()?.read();
        entries.find(|it| it.key == *key)
    }

    /// What the calls are that a yes makes, against what the service allows.
    pub(super) fn cost(&self, roomy: bool) -> Words {
        let segments = self.asking.proposed.len();
        let calls = calls(segments);
        let mut text = format!("Asking for the assets of {segments} segments takes {calls} calls.");
        if let Some(allowed) = self.allowance {
            let (label, calls) = (self.spec.label, allowed.calls);
            text = format!("{text} {label} allows about {calls} {}.", allowed.in_time());
        }
        let mut words = vec![toned(text, Tone::Strong)];
        if roomy {
            words.push(say(" Esc stops it, and what is known by then stays known."));
        }
        words
    }
}

/// The word of a state, for people.
fn plain(state: Standing) -> String {
    state.word().replace('-', " ")
}
