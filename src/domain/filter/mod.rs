//! The filter that lists and commands share: parsed once, held against what each row tells.

mod beyond;
mod facts;
mod fold;
mod grammar;
mod identical;
mod kinds;
mod measure;
mod parse;
mod rank;
mod shown;
#[cfg(test)]
mod tests;
mod twins;
mod usage;

use jiff::Timestamp;

pub use beyond::Rows;
pub use facts::{Among, Fact, Facts, Held, Holds};
pub use fold::{Fit, letters};
pub use grammar::{GRAMMAR, GRAMMAR_NOTE};
pub use identical::{Identicals, Sizes};
pub use measure::Measure;
pub use parse::{FilterError, same_code};
pub use twins::{Twin, Twins};
pub use usage::{Orphans, Usage, Used};

use self::fold::Needle;
use self::measure::{Bound, Size, When};

/// What rows have to be: all of its terms have to fit. Without terms every row does.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    not: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Word(Needle),
    Exact(Needle),
    Text(Field, Sought),
    Locale(Sought),
    Type(Sought),
    Size(Bound<Size>),
    Changed(Bound<When>),
    /// Whether it has assets, or has none.
    HasAny(bool),
    /// The same of those of no language.
    HasNeutral(bool),
    /// The same of those of this one.
    HasLocale(bool, Needle),
    /// Another of its list has its name and its size.
    Duplicate,
    /// Another of its list holds the same.
    Identical,
    /// Another of its list has its name but for case or Unicode form.
    Lookalike,
    /// Nothing of its service uses it.
    Orphan,
}

/// A text of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Key,
    Text,
    Alt,
    Tag,
    Folder,
    Id,
}

/// What a field is to be.
#[derive(Debug, Clone, PartialEq)]
enum Sought {
    /// There is nothing in it.
    None,
    Text(Needle),
}

/// Whether a row fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    No,
    /// It may: nobody asked for its assets.
    NotAsked,
    Yes(Fit),
}

/// What one test says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    No,
    Yes,
    Untold,
    NotAsked,
}

impl From<bool> for Said {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl Filter {
    /// Reads a filter as it is typed; [`GRAMMAR`] says what can be.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// Every row fits.
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// It looks into the words of a row.
    pub fn has_words(&self) -> bool {
        self.terms.iter().any(Term::is_word)
    }

    /// It asks a row for more than its words.
    pub fn has_fields(&self) -> bool {
        !self.terms.iter().all(Term::is_word)
    }

    /// What it asks beside words stands in what all assets of a [kind](crate::domain::Kind) have in
    /// common, or in the [`Measure`] of each: no row has to be read for it.
    pub fn is_light(&self) -> bool {
        { self.terms.iter() }
            .all(|term| term.is_word() || term.test.is_of_kind() || term.test.is_of_measure())
    }

    /// It asks what things of a kind have in common.
    pub fn asks_kinds(&self) -> bool {
        self.terms.iter().any(|term| term.test.is_of_kind())
    }

    /// It asks how large or how old rows are.
    pub fn asks_measures(&self) -> bool {
        self.terms.iter().any(|term| term.test.is_of_measure())
    }

    /// It asks for the assets of segments.
    pub fn asks_assets(&self) -> bool {
        self.terms.iter().any(|term| {
            matches!(
                term.test,
                Test::HasAny(_) | Test::HasNeutral(_) | Test::HasLocale(..)
            )
        })
    }

    /// It asks what a row shares with others of its list.
    pub fn asks_twins(&self) -> bool {
        let asks = |term: &Term| matches!(term.test, Test::Duplicate | Test::Lookalike);
        self.terms.iter().any(asks)
    }

    /// It asks what files hold.
    pub fn asks_contents(&self) -> bool {
        self.terms.iter().any(|term| term.test == Test::Identical)
    }

    /// It asks where assets are used.
    pub fn asks_usage(&self) -> bool {
        self.terms.iter().any(|term| term.test == Test::Orphan)
    }

    /// Whether a row fits, at this time.
    pub fn matches(&self, facts: &Facts<'_>, now: Timestamp) -> Verdict {
        let mut fit = Fit::Whole;
        if self.has_words() {
            let mut words = String::new();
            facts.words_into(&mut words);
            match self.fits_words(&words, letters(&words)) {
                Some(found) => fit = found,
                None => return Verdict::No,
            }
        }
        self.fits_fields(facts, now).and(fit)
    }

    /// Whether words with these letters may fit: only then they are read.
    pub fn may_fit(&self, letters: u64) -> bool {
        self.terms.iter().all(|term| match &term.test {
            Test::Word(word) | Test::Exact(word) => term.not || word.may_stand(letters),
            _ => true,
        })
    }

    /// How the words of a row fit, which has these letters: those of [`Facts::words_into`].
    pub fn fits_words(&self, words: &str, letters: u64) -> Option<Fit> {
        let mut fit = Fit::Whole;
        for term in &self.terms {
            let found = match &term.test {
                Test::Word(word) => word.fits(words, letters),
                Test::Exact(text) => text.is_in(words, letters).then_some(Fit::Whole),
                _ => continue,
            };
            match (found, term.not) {
                (Some(found), false) => fit = fit.min(found),
                (None, true) => {}
                _ => return None,
            }
        }
        Some(fit)
    }

    /// Whether the rest of a row fits.
    pub fn fits_fields(&self, facts: &Facts<'_>, now: Timestamp) -> Verdict {
        self.fits_rest(|test| test.asks(facts, now))
    }

    /// The same of a filter that [is light](Self::is_light).
    pub fn fits_light(&self, of_kind: &Facts<'_>, measure: Measure, now: Timestamp) -> Verdict {
        self.fits_rest(|test| match test {
            Test::Size(bound) => size_is(*bound, measure.size()),
            Test::Changed(bound) => time_is(*bound, measure.changed(), now),
            test => test.asks(of_kind, now),
        })
    }

    fn fits_rest(&self, asks: impl Fn(&Test) -> Said) -> Verdict {
        let mut asked = true;
        for term in self.terms.iter().filter(|term| !term.is_word()) {
            match (asks(&term.test), term.not) {
                (Said::Yes, false) | (Said::No, true) => {}
                (Said::NotAsked, _) => asked = false,
                _ => return Verdict::No,
            }
        }
        if asked {
            Verdict::Yes(Fit::Whole)
        } else {
            Verdict::NotAsked
        }
    }

    /// Every row that fits it fits `before` as well, so that no other has to be looked at.
    pub fn narrows(&self, before: &Self) -> bool {
        let implied = |old: &Term| self.terms.iter().any(|new| new.implies(old));
        before.terms.iter().all(implied)
    }
}

impl Verdict {
    /// With how its words fit.
    #[must_use]
    pub const fn and(self, fit: Fit) -> Self {
        match self {
            Self::Yes(_) => Self::Yes(fit),
            other => other,
        }
    }
}

impl Term {
    const fn is_word(&self) -> bool {
        matches!(self.test, Test::Word(_) | Test::Exact(_))
    }

    fn implies(&self, old: &Self) -> bool {
        if self == old {
            return true;
        }
        if self.not || old.not {
            return false;
        }
        match (&self.test, &old.test) {
            (Test::Word(new), Test::Word(old)) => new.folded().starts_with(old.folded()),
            (Test::Exact(new), Test::Exact(old)) => new.folded().contains(old.folded()),
            _ => false,
        }
    }
}

impl Sought {
    /// Whether a fact is that.
    fn asks<T>(&self, fact: &Fact<T>, fits: impl Fn(&Needle, &T) -> bool) -> Said {
        match (self, fact) {
            (_, Fact::Untold) => Said::Untold,
            (Self::None, Fact::Absent) => Said::Yes,
            (Self::None, Fact::Is(_)) | (Self::Text(_), Fact::Absent) => Said::No,
            (Self::Text(sought), Fact::Is(it)) => fits(sought, it).into(),
        }
    }

    /// The same of several of a kind; none of them is nothing.
    fn asks_each<T>(&self, fact: &Fact<&[T]>, fits: impl Fn(&Needle, &T) -> bool) -> Said {
        match (self, fact) {
            (_, Fact::Untold) => Said::Untold,
            (Self::None, Fact::Absent) => Said::Yes,
            (Self::None, Fact::Is(all)) => all.is_empty().into(),
            (Self::Text(_), Fact::Absent) => Said::No,
            (Self::Text(sought), Fact::Is(all)) => all.iter().any(|it| fits(sought, it)).into(),
        }
    }
}

impl Test {
    const fn is_of_kind(&self) -> bool {
        matches!(self, Self::Locale(_) | Self::Type(_))
    }

    const fn is_of_measure(&self) -> bool {
        matches!(self, Self::Size(_) | Self::Changed(_))
    }

    fn asks(&self, facts: &Facts<'_>, now: Timestamp) -> Said {
        match self {
            Self::Word(_) | Self::Exact(_) => Said::Yes,
            Self::Text(field, sought) => {
                let part = |sought: &Needle, text: &&str| sought.is_part_of(text);
                match field {
                    Field::Name => sought.asks(&facts.name, |it, text| it.is_part_of(text)),
                    Field::Key => sought.asks(&facts.key, part),
                    Field::Text => sought.asks(&facts.text, part),
                    Field::Alt => sought.asks(&facts.alt, part),
                    Field::Id => sought.asks(&facts.id, part),
                    Field::Folder => sought.asks(&facts.folder, |it, text| it.is_part_of(text)),
                    Field::Tag => sought.asks_each(&facts.tags, |it, tag| it.is_part_of(tag)),
                }
            }
            Self::Locale(sought) => sought.asks_each(&facts.locales, |it, locale| {
                parse::same_code(it.text(), locale.as_str())
            }),
            Self::Type(sought) => kinds::is(sought, facts),
            Self::Size(bound) => size_is(*bound, facts.size()),
            Self::Changed(bound) => time_is(*bound, facts.changed(), now),
            Self::Duplicate => {
                let said = facts.twin.and_then(|twin| twin.duplicate);
                said.map_or(Said::Untold, Said::from)
            }
            Self::Lookalike => {
                let said = facts.twin.map(|twin| twin.lookalike);
                said.map_or(Said::Untold, Said::from)
            }
            Self::Identical => facts.identical.map_or(Said::Untold, Said::from),
            Self::Orphan => facts.orphan.map_or(Said::Untold, Said::from),
            Self::HasAny(has) => holds(facts, |held| held.is_empty() != *has),
            Self::HasNeutral(has) => holds(facts, |held| held.neutral == *has),
            Self::HasLocale(has, code) => holds(facts, |held| {
                let mut there = held.locales.iter();
                there.any(|locale| parse::same_code(code.text(), locale.as_str())) == *has
            }),
        }
    }
}

fn size_is(bound: Bound<Size>, size: Option<u64>) -> Said {
    size.map_or(Said::Untold, |bytes| bound.holds_size(bytes).into())
}

fn time_is(bound: Bound<When>, time: Option<Timestamp>, now: Timestamp) -> Said {
    time.map_or(Said::Untold, |time| bound.holds_time(time, now).into())
}

fn holds(facts: &Facts<'_>, fits: impl Fn(&Held) -> bool) -> Said {
    match facts.assets {
        Holds::Untold => Said::Untold,
        Holds::NotAsked => Said::NotAsked,
        Holds::Known(held) => fits(held).into(),
    }
}
