//! Keys and texts of segments on their way to them: packed, since a document has as many as it has
//! segments.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use super::SegmentText;
use super::pack::Pack;

/// So many are packed together.
const TOGETHER: usize = 256;

/// What segments are called and say, by position. Of two for one position the later one counts.
#[derive(Clone, Default)]
pub struct SegmentTexts {
    /// In the order of their positions, each with its first one.
    packs: Vec<(u64, Arc<Pack>)>,
    /// Behind the packed ones.
    loose: Vec<SegmentText>,
    count: usize,
}

impl fmt::Debug for SegmentTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for SegmentTexts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl FromIterator<SegmentText> for SegmentTexts {
    fn from_iter<I: IntoIterator<Item = SegmentText>>(texts: I) -> Self {
        let mut all = Gathering::default();
        texts.into_iter().for_each(|text| all.push(text));
        all.end()
    }
}

/// Texts that come one by one, in whatever order.
#[derive(Debug, Default)]
pub struct Gathering {
    all: SegmentTexts,
    last: u64,
    /// They did not come in the order of their positions.
    mixed: bool,
}

impl Gathering {
    pub fn push(&mut self, text: SegmentText) {
        self.mixed |= text.position < self.last;
        self.last = text.position;
        self.all.push(text);
    }

    /// That were all.
    pub fn end(self) -> SegmentTexts {
        if !self.mixed {
            return self.all;
        }
        let mut texts: Vec<SegmentText> = self.all.iter().collect();
        // Stable: the later one of two stays behind the other.
        texts.sort_by_key(|text| text.position);
        let mut all = SegmentTexts::default();
        for text in texts {
            all.push(text);
        }
        all
    }
}

impl SegmentTexts {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn len(&self) -> usize {
        self.count
    }

    /// All of them, in the order of their positions.
    pub fn iter(&self) -> impl Iterator<Item = SegmentText> {
        let packed = self.packs.iter().flat_map(|(_, pack)| open(pack));
        packed.chain(self.loose.iter().cloned())
    }

    /// Finds one after the other.
    pub const fn reader(&self) -> Reader<'_> {
        Reader {
            texts: self,
            open: None,
        }
    }

    fn push(&mut self, text: SegmentText) {
        self.count += 1;
        self.loose.push(text);
        if self.loose.len() == TOGETHER
            && let Some(pack) = pack(&self.loose)
            && let Some(first) = self.loose.first()
        {
            self.packs.push((first.position, pack));
            self.loose.clear();
        }
    }
}

/// A line for each.
fn pack(texts: &[SegmentText]) -> Option<Arc<Pack>> {
    let mut lines = String::new();
    for text in texts {
        let line = serde_json::to_string(&(text.position, &text.key, &text.text)).ok()?;
        writeln!(lines, "{line}").ok()?;
    }
    Pack::new(&lines, lines.len())
}

fn open(pack: &Pack) -> Vec<SegmentText> {
    let read = |line: &str| {
        let (position, key, text) = serde_json::from_str(line).ok()?;
        Some(SegmentText {
            position,
            key,
            text,
        })
    };
    // What cannot be read back was not written by this process: it never comes to that.
    pack.head().lines().filter_map(read).collect()
}

/// Finds texts by position; the one behind the last at little cost.
#[derive(Debug)]
pub struct Reader<'a> {
    texts: &'a SegmentTexts,
    /// The pack that was opened last, and what is in it.
    open: Option<(usize, Vec<SegmentText>)>,
}

impl Reader<'_> {
    /// The text of a position.
    pub fn get(&mut self, position: u64) -> Option<&SegmentText> {
        let packs = &self.texts.packs;
        let loose = &self.texts.loose;
        if loose.first().is_some_and(|text| text.position <= position) {
            return last_of(loose, position);
        }
        let at = packs
            .partition_point(|(first, _)| *first <= position)
            .checked_sub(1)?;
        if self.open.as_ref().is_none_or(|(which, _)| *which != at) {
            self.open = Some((at, open(&packs.get(at)?.1)));
        }
        last_of(&self.open.as_ref()?.1, position)
    }
}

/// The last one of this position, among some in their order.
fn last_of(texts: &[SegmentText], position: u64) -> Option<&SegmentText> {
    let end = texts.partition_point(|text| text.position <= position);
    let found = texts.get(end.checked_sub(1)?)?;
    (found.position == position).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn text(position: u64, word: &str) -> SegmentText {
        SegmentText {
            position,
            key: (!word.is_empty()).then(|| word.to_owned()),
            text: Some(format!("{word}\n{position}")),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn each_is_found_by_its_position_in_whatever_order_they_came(
            positions in prop::collection::vec(0_u64..900, 0..900), word in ".{0,3}", ordered in any::<bool>(),
        ) {
            let mut positions = positions;
            if ordered {
                positions.sort_unstable();
            }
            let told = |(n, position): (usize, &u64)| text(*position, &format!("{word}{n}"));
            let all: Vec<SegmentText> = positions.iter().enumerate().map(told).collect();
            let wanted: BTreeMap<u64, SegmentText> = all.iter().map(|it| (it.position, it.clone())).collect();
            let texts: SegmentTexts = all.into_iter().collect();
            prop_assert_eq!(texts.len(), positions.len());
            let mut reader = texts.reader();
            for position in (0..900).chain((0..900).rev().step_by(7)) {
                prop_assert_eq!(reader.get(position), wanted.get(&position));
            }
        }
    }

    #[test]
    fn many_take_a_part_of_what_they_take_alone() {
        let line = |n: u64| SegmentText {
            position: n,
            key: Some(format!("checkout.step-{}.title-{n}", n % 7)),
            text: Some(format!("Everything for your {} basket, {n} times", n % 50)),
        };
        let texts: SegmentTexts = (1..10_000).map(line).collect();
        let weight: usize = texts.packs.iter().map(|(_, pack)| pack.weight()).sum();
        assert!(weight < 30 * 10_000, "{weight}");
        assert_eq!(texts.reader().get(7_777), Some(&line(7_777)));
    }
}
