//! Everything that was listed, in one place to look for words in: folded once, so that each key of a
//! search costs a pass over bytes; what is found is read from the file again.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use jiff::Timestamp;

use super::pack;
use super::query::{self, Piece};
use super::store::damaged;
use super::{Index, Owner};
use crate::domain::filter::{Facts, Filter, Fit, Holds, Verdict, letters};
use crate::domain::{Asset, Container, ContainerId, Entry, Hit, Hits, Segment, Thing};

/// All texts in which words are looked for. About 70 bytes for each thing, as long as it lives.
pub struct Haystack {
    index: Index,
    owners: Vec<Owner>,
    parts: Vec<Part>,
    /// The folded texts, one after the other.
    words: String,
    /// Where each thing's texts end.
    ends: Vec<usize>,
    /// Which letters they have.
    letters: Vec<u64>,
    /// What containers are called.
    names: HashMap<(usize, ContainerId), String>,
}

/// Some things that stand together in the file.
struct Part {
    owner: usize,
    piece: Piece,
    /// The first of them.
    from: usize,
    at: Timestamp,
}

/// How well a thing fits: the smaller, the better.
type Rank = (Reverse<Fit>, usize, usize, usize);

/// The things of one piece.
enum Opened {
    Containers(Vec<Entry<Container>>),
    Segments(ContainerId, Vec<Entry<Segment>>),
    Assets(Vec<Entry<Asset>>),
}

impl Opened {
    fn read(piece: &Piece, bytes: &[u8]) -> Option<Self> {
        Some(match piece {
            Piece::Containers { .. } => Self::Containers(pack::open(bytes)?),
            Piece::Segments { container, .. } => {
                Self::Segments(container.clone(), pack::open(bytes)?)
            }
            Piece::Assets { .. } | Piece::Mark { .. } => Self::Assets(pack::open(bytes)?),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Containers(all) => all.len(),
            Self::Segments(_, all) => all.len(),
            Self::Assets(all) => all.len(),
        }
    }

    /// Nothing for an entry that could not be read.
    fn facts(&self, at: usize) -> Option<Facts<'_>> {
        fn of<T>(all: &[Entry<T>], at: usize) -> Option<&T> {
            all.get(at).and_then(Entry::read)
        }
        match self {
            Self::Containers(all) => of(all, at).map(Container::facts),
            Self::Segments(_, all) => of(all, at).map(|it| it.facts(Holds::NotAsked)),
            Self::Assets(all) => of(all, at).map(Asset::facts),
        }
    }

    fn thing(&self, at: usize) -> Option<Thing> {
        fn of<T: Clone>(all: &[Entry<T>], at: usize) -> Option<T> {
            all.get(at).and_then(Entry::read).cloned()
        }
        match self {
            Self::Containers(all) => of(all, at).map(Thing::Container),
            Self::Segments(id, all) => of(all, at).map(|it| Thing::Segment(id.clone(), it)),
            Self::Assets(all) => of(all, at).map(|it| Thing::Asset(Box::new(it))),
        }
    }
}

impl Haystack {
    /// Gathers everything of these accounts; stops when `go_on` says so. Blocks: about a second for a
    /// million things.
    pub fn gather(index: &Index, owners: Vec<Owner>, go_on: impl Fn() -> bool) -> Self {
        let mut all = Self {
            index: index.clone(),
            owners,
            parts: Vec::new(),
            words: String::new(),
            ends: Vec::new(),
            letters: Vec::new(),
            names: HashMap::new(),
        };
        for number in 0..all.owners.len() {
            let owner = all.owners[number].clone();
            index.read(|connection| {
                let mut whole = true;
                query::pieces(connection, &owner, &mut |piece, at, bytes| {
                    whole = all.add(number, piece, at, bytes);
                    whole && go_on()
                })?;
                whole.then_some(()).ok_or_else(damaged)
            });
        }
        all
    }

    /// Says whether the piece could be read.
    fn add(&mut self, owner: usize, piece: Piece, at: Timestamp, bytes: &[u8]) -> bool {
        let Some(opened) = Opened::read(&piece, bytes) else {
            return false;
        };
        if let Opened::Containers(all) = &opened {
            let read = all.iter().filter_map(Entry::read);
            let names = read.map(|it| ((owner, it.id.clone()), it.name.clone()));
            self.names.extend(names);
        }
        let from = self.ends.len();
        for place in 0..opened.len() {
            let start = self.words.len();
            if let Some(facts) = opened.facts(place) {
                facts.words_into(&mut self.words);
            }
            let words = self.words.get(start..).unwrap_or_default();
            self.letters.push(letters(words));
            self.ends.push(self.words.len());
        }
        self.parts.push(Part {
            owner,
            piece,
            from,
            at,
        });
        true
    }

    /// How many things there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn words(&self, row: usize) -> &str {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.words.get(from..self.ends[row]).unwrap_or_default()
    }

    fn part(&self, row: usize) -> &Part {
        let behind = self.parts.partition_point(|part| part.from <= row);
        &self.parts[behind - 1]
    }

    /// The best that fit, at most so many. `go_on` says whether anybody still waits.
    pub fn find(
        &self,
        filter: &Filter,
        now: Timestamp,
        most: usize,
        go_on: impl Fn() -> bool,
    ) -> Hits {
        let mut best: BinaryHeap<(Rank, usize)> = BinaryHeap::new();
        let mut all = 0;
        let mut open: Option<(usize, Opened)> = None;
        for row in 0..self.len() {
            if row % 4096 == 0 && !go_on() {
                break;
            }
            let words = self.words(row);
            // An entry that could not be read has none.
            if words.is_empty() {
                continue;
            }
            let Some(fit) = filter.fits_words(words, self.letters[row]) else {
                continue;
            };
            if filter.has_fields() && !self.fits_fields(filter, row, now, &mut open) {
                continue;
            }
            all += 1;
            let (field, inside) = filter.rank(words);
            best.push(((Reverse(fit), field, inside, words.len()), row));
            if best.len() > most {
                best.pop();
            }
        }
        // By row, so that each piece is opened once; then again the best first.
        let mut best: Vec<_> = best.into_vec();
        best.sort_unstable_by_key(|(_, row)| *row);
        let mut hits: Vec<(Rank, usize, Hit)> = { best.into_iter() }
            .filter_map(|(rank, row)| Some((rank, row, self.hit(filter, row, &mut open)?)))
            .collect();
        hits.sort_by_key(|(rank, row, _)| (*rank, *row));
        Hits {
            best: hits.into_iter().map(|(_, _, hit)| hit).collect(),
            all,
            among: self.len(),
        }
    }

    /// The piece that a row is in, and its place there. `open` is the piece that was read last.
    fn opened<'a>(
        &self,
        row: usize,
        open: &'a mut Option<(usize, Opened)>,
    ) -> Option<(&'a Opened, usize)> {
        let part = self.part(row);
        if open.as_ref().is_none_or(|(from, _)| *from != part.from) {
            *open = self.open(part).map(|opened| (part.from, opened));
        }
        open.as_ref().map(|(from, opened)| (opened, row - from))
    }

    /// What is kept of a row beside its words says the rest.
    fn fits_fields(
        &self,
        filter: &Filter,
        row: usize,
        now: Timestamp,
        open: &mut Option<(usize, Opened)>,
    ) -> bool {
        let facts = { self.opened(row, open) }.and_then(|(opened, at)| opened.facts(at));
        facts.is_some_and(|it| matches!(filter.fits_fields(&it, now), Verdict::Yes(_)))
    }

    fn open(&self, part: &Part) -> Option<Opened> {
        let open = |bytes: Vec<u8>| Opened::read(&part.piece, &bytes).ok_or_else(damaged);
        { &self.index }
            .read(|connection| query::piece(connection, &part.piece)?.map(open).transpose())
            .flatten()
    }

    /// Nothing when it was listed anew meanwhile and stands elsewhere.
    fn hit(&self, filter: &Filter, row: usize, open: &mut Option<(usize, Opened)>) -> Option<Hit> {
        let (opened, at) = self.opened(row, open)?;
        let facts = opened.facts(at)?;
        let mut words = String::new();
        facts.words_into(&mut words);
        if words != self.words(row) {
            return None;
        }
        let field = filter.field(&facts);
        let thing = opened.thing(at)?;
        let part = self.part(row);
        let container = self.names.get(&(part.owner, thing.container().clone()));
        Some(Hit {
            account: self.owners[part.owner].account.clone(),
            container: container.cloned(),
            thing,
            field,
            at: part.at,
        })
    }
}
