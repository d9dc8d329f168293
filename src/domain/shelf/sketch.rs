//! What is told of an entry without reading it: its kind, and by what its id is known among others.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// Stands for an id. Two of a million are alike once in forty million lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Print([u32; 2]);

impl Print {
    pub fn of(ident: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        ident.hash(&mut hasher);
        let hash = hasher.finish();
        // In halves, so that it takes no room for being aligned.
        let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or_default();
        Self([half(hash >> 32), half(hash)])
    }
}

/// Some ids, for who asks of many entries whether they are among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Idents(HashSet<Print>);

impl Idents {
    pub(super) fn has(&self, print: Print) -> bool {
        self.0.contains(&print)
    }

    /// Whether this id is among them.
    pub fn holds(&self, ident: &str) -> bool {
        self.has(Print::of(ident))
    }

    pub(super) fn among(prints: impl Iterator<Item = Print>) -> Self {
        Self(prints.collect())
    }
}

impl<'a> FromIterator<&'a str> for Idents {
    fn from_iter<I: IntoIterator<Item = &'a str>>(idents: I) -> Self {
        Self::among(idents.into_iter().map(Print::of))
    }
}

/// What can be told of an entry without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sketch {
    /// Of its id.
    pub print: Print,
    /// Its kind's number; that of no kind for one that could not be read.
    pub kind: u32,
}

pub(super) const NO_KIND: u32 = u32::MAX;

impl Sketch {
    /// Of an entry that could not be read.
    pub fn none() -> Self {
        Self {
            print: Print::default(),
            kind: NO_KIND,
        }
    }

    pub const fn is_read(&self) -> bool {
        self.kind != NO_KIND
    }
}

/// The kinds that there are, and the number of each.
#[derive(Clone)]
pub(super) struct Kinds<K> {
    pub all: Vec<K>,
    numbers: HashMap<K, u32>,
}

impl<K> Default for Kinds<K> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<K: Clone + Eq + Hash> Kinds<K> {
    pub fn number(&mut self, kind: K) -> u32 {
        if let Some(number) = self.numbers.get(&kind) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(NO_KIND);
        self.all.push(kind.clone());
        self.numbers.insert(kind, number);
        number
    }
}

/// The numbers that one list gives the kinds of another.
pub(super) struct Numbers(pub Vec<u32>);

impl Numbers {
    pub fn of(&self, kind: u32) -> u32 {
        self.0.get(kind as usize).copied().unwrap_or(NO_KIND)
    }
}
