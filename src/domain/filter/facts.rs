//! What a row tells to a filter.

use std::borrow::Cow;

use jiff::Timestamp;

use super::fold::{BETWEEN, fold_into};
use super::identical::Identicals;
use super::twins::{Twin, Twins};
use super::usage::Orphans;
use crate::domain::{Asset, Container, Entry, Kind, Locale, Moment, Segment, Suffix};

/// One fact of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fact<T> {
    /// Such a row has none, or the service does not say.
    #[default]
    Untold,
    /// It has none.
    Absent,
    Is(T),
}

impl<T> Fact<T> {
    /// Of a thing that may have one.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Is)
    }

    /// Of a thing that has one, which the service may not say.
    pub fn told(value: Option<T>) -> Self {
        value.map_or(Self::Untold, Self::Is)
    }
}

/// What is known of the assets of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holds<'a> {
    /// Such a row holds none, or they could not be asked.
    #[default]
    Untold,
    /// Nobody asked for them.
    NotAsked,
    Known(&'a Held),
}

/// The assets of a segment, as far as a filter asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// Some are of no language.
    pub neutral: bool,
    /// The languages of the others, each once.
    pub locales: Vec<Locale>,
}

impl Held {
    /// What assets of these locales make up.
    pub fn of<'a>(locales: impl IntoIterator<Item = Option<&'a Locale>>) -> Self {
        let mut held = Self::default();
        for locale in locales {
            match locale {
                None => held.neutral = true,
                Some(locale) if held.locales.contains(locale) => {}
                Some(locale) => held.locales.push(locale.clone()),
            }
        }
        held
    }

    pub const fn is_empty(&self) -> bool {
        !self.neutral && self.locales.is_empty()
    }
}

/// Everything that a filter may ask of a row. Texts are the service's, untouched.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    pub name: Fact<Cow<'a, str>>,
    pub key: Fact<&'a str>,
    /// The text of a segment, the description of an asset.
    pub text: Fact<&'a str>,
    pub alt: Fact<&'a str>,
    pub folder: Fact<Cow<'a, str>>,
    pub tags: Fact<&'a [String]>,
    pub id: Fact<&'a str>,
    /// None of them: of no language.
    pub locales: Fact<&'a [Locale]>,
    pub media_type: Option<&'a str>,
    /// What the service calls its types.
    pub types: [Option<&'a str>; 2],
    /// It has a type at all.
    pub typed: bool,
    /// Bytes.
    pub size: Fact<u64>,
    /// A time as the service wrote it.
    pub changed: Fact<&'a str>,
    pub assets: Holds<'a>,
    /// What it shares with another of its list; none while nobody looked.
    pub twin: Option<Twin>,
    /// Another of its list holds the same; none while nobody looked.
    pub identical: Option<bool>,
    /// Nothing uses it; none while nobody looked.
    pub orphan: Option<bool>,
}

/// What was looked at of the assets that are listed together, as far as it was.
#[derive(Debug, Clone, Copy, Default)]
pub struct Among<'a> {
    pub twins: Option<&'a Twins>,
    pub identicals: Option<&'a Identicals>,
    pub orphans: Option<&'a Orphans>,
}

impl<'a> Facts<'a> {
    /// Of a row that is nothing but its name.
    pub fn named(name: &'a str) -> Self {
        Self {
            name: Fact::Is(Cow::Borrowed(name)),
            ..Self::default()
        }
    }

    /// Of an entry that may be unreadable: it is found by that word, and by its reason.
    pub fn of_entry<T>(entry: &'a Entry<T>, facts: impl FnOnce(&'a T) -> Self) -> Self {
        match entry {
            Entry::Read(thing) => facts(thing),
            Entry::Unreadable(bad) => Self {
                name: Fact::Is(Cow::Borrowed("unreadable entry")),
                text: Fact::Is(&bad.reason),
                ..Self::default()
            },
        }
    }

    /// How many bytes it has, where that is told.
    pub const fn size(&self) -> Option<u64> {
        match self.size {
            Fact::Is(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// When it changed, where that is told and can be read.
    pub fn changed(&self) -> Option<Timestamp> {
        match self.changed {
            Fact::Is(text) => Moment::read(text).and_then(Moment::instant),
            _ => None,
        }
    }

    /// Appends all texts in which words are looked for, folded.
    pub fn words_into(&self, out: &mut String) {
        let mut put = |text: &str| {
            fold_into(text, out);
            out.push(BETWEEN);
        };
        if let Fact::Is(name) = &self.name
            && self.key != Fact::Is(name.as_ref())
            && self.text != Fact::Is(name.as_ref())
        {
            put(name);
        }
        // Of an id of many random letters nobody types a part: it costs the pass over all rows half
        // as much again. A whole one is looked for as such.
        let id = match self.id {
            Fact::Is(id) if is_unique(id) => Fact::Untold,
            id => id,
        };
        for text in [self.key, self.text, self.alt, id] {
            if let Fact::Is(text) = text {
                put(text);
            }
        }
        if let Fact::Is(folder) = &self.folder {
            put(folder);
        }
        if let Fact::Is(tags) = self.tags {
            for tag in tags {
                put(tag);
            }
        }
        if let Fact::Is(locales) = self.locales {
            for locale in locales {
                put(locale.as_str());
            }
        }
        for name in self.types.into_iter().flatten() {
            put(name);
        }
    }
}

/// A universally unique id, in its usual form: 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_unique(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl Asset {
    /// What a filter may ask of it, and of the others that are listed with it.
    pub fn facts_among(&self, among: Among<'_>) -> Facts<'_> {
        Facts {
            twin: among.twins.map(|twins| twins.of(self)),
            identical: among.identicals.and_then(|it| it.has(self)),
            orphan: among.orphans.map(|orphans| orphans.has(self)),
            ..self.facts()
        }
    }

    /// What a filter may ask of it. An id with its name in it is made of what it says already.
    pub fn facts(&self) -> Facts<'_> {
        let id = self.key.as_str();
        Facts {
            id: if is_unique(id) {
                Fact::Is(id)
            } else {
                Fact::Untold
            },
            name: Fact::Is(Cow::Borrowed(&self.name)),
            text: Fact::of(self.description.as_deref()),
            alt: Fact::of(self.alt_text.as_deref()),
            folder: if self.folder.is_root() {
                Fact::Absent
            } else {
                Fact::Is(Cow::Borrowed(self.folder.as_str()))
            },
            tags: Fact::Is(&self.tags),
            locales: Fact::Is(self.locale.as_slice()),
            media_type: self.content_type.as_deref(),
            types: [self.asset_type.as_deref(), self.image_type.as_deref()],
            typed: true,
            size: Fact::told(self.size),
            changed: Fact::told(self.modified.as_deref().or(self.created.as_deref())),
            ..Facts::default()
        }
    }
}

impl Kind {
    /// What a filter that [is light](super::Filter::is_light) may ask of the assets of a
    /// kind; none where they differ in that.
    pub fn facts(&self) -> Option<Facts<'_>> {
        Some(Facts {
            name: match &self.suffix {
                Suffix::None => Fact::Absent,
                Suffix::Known(suffix) => Fact::Is(Cow::Borrowed(suffix)),
                Suffix::Odd => return None,
            },
            locales: Fact::Is(self.locale.as_slice()),
            media_type: self.content_type.as_deref(),
            types: [self.asset_type.as_deref(), self.image_type.as_deref()],
            typed: true,
            ..Facts::default()
        })
    }
}

impl Segment {
    /// What a filter may ask of it, and of its assets.
    pub fn facts<'a>(&'a self, assets: Holds<'a>) -> Facts<'a> {
        Facts {
            name: Fact::Is(self.called()),
            key: Fact::of(self.key.as_deref()),
            text: Fact::of(self.text.as_deref()),
            id: Fact::Is(self.id.as_str()),
            assets,
            ..Facts::default()
        }
    }
}

impl Container {
    /// What a filter may ask of it.
    pub fn facts(&self) -> Facts<'_> {
        let folder = match self.folders.as_slice() {
            [] => Fact::Absent,
            [one] => Fact::Is(Cow::Borrowed(one.as_str())),
            several => Fact::Is(Cow::Owned(several.join("/"))),
        };
        Facts {
            name: Fact::Is(Cow::Borrowed(&self.name)),
            folder,
            id: Fact::Is(self.id.as_str()),
            locales: Fact::told(self.locales.as_deref()),
            changed: Fact::told(self.modified.as_deref()),
            ..Facts::default()
        }
    }
}
