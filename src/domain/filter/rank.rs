//! How well a row fits among those that fit: where the first word of a filter stands in it.

use super::fold::{BETWEEN, Fit, Needle, fold, letters};
use super::{Fact, Facts, Filter, Test};

impl Filter {
    /// The first thing that a row's words have to hold.
    fn first(&self) -> Option<&Needle> {
        self.terms.iter().find_map(|term| match &term.test {
            Test::Word(word) | Test::Exact(word) if !term.not => Some(word),
            _ => None,
        })
    }

    /// For ordering rows that fit: in which of its folded texts the first word stands, from 0, and how
    /// it stands there; the smaller, the better. The texts are those of [`Facts::words_into`].
    pub fn rank(&self, words: &str) -> (usize, usize) {
        let Some(word) = self.first() else {
            return (0, 0);
        };
        let wanted = word.folded();
        let mut loose = None;
        for (field, text) in words.split(BETWEEN).enumerate() {
            if let Some(at) = text.find(wanted) {
                let before = text.get(..at).and_then(|it| it.chars().next_back());
                let inside = match before {
                    None if text.len() == wanted.len() => 0,
                    None => 1,
                    Some(c) if !c.is_alphanumeric() => 2,
                    Some(_) => 3,
                };
                return (field, inside);
            }
            if loose.is_none() && word.fits(text, letters(text)).is_some() {
                loose = Some((field, 4));
            }
        }
        loose.unwrap_or((usize::MAX, 4))
    }

    /// In which of a row's texts the first word stands, as the grammar names it.
    pub fn field(&self, facts: &Facts<'_>) -> Option<&'static str> {
        let word = self.first()?;
        let mut best: Option<(Fit, &'static str)> = None;
        let mut look = |field, text: &str| {
            let text = fold(text);
            if let Some(fit) = word.fits(&text, letters(&text))
                && best.is_none_or(|(before, _)| fit > before)
            {
                best = Some((fit, field));
            }
        };
        if let Fact::Is(name) = &facts.name {
            look("name", name);
        }
        for (field, text) in [
            ("key", facts.key),
            ("text", facts.text),
            ("alt", facts.alt),
            ("id", facts.id),
        ] {
            if let Fact::Is(text) = text {
                look(field, text);
            }
        }
        if let Fact::Is(folder) = &facts.folder {
            look("folder", folder);
        }
        if let Fact::Is(tags) = facts.tags {
            for tag in tags {
                look("tag", tag);
            }
        }
        if let Fact::Is(locales) = facts.locales {
            for locale in locales {
                look("locale", locale.as_str());
            }
        }
        for kind in facts.types.into_iter().flatten() {
            look("type", kind);
        }
        best.map(|(_, field)| field)
    }
}
