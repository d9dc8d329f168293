//! What a filter asks that some lists cannot tell: nothing of theirs would fit, which is said instead.

use super::{Field, Filter, Term, Test};
use crate::domain::SafeText;

impl Filter {
    /// Why it cannot be looked for in what was listed before, and what of it the filter of a list tells.
    pub fn beyond_find(&self) -> Option<(&'static str, SafeText)> {
        self.terms.iter().find_map(|term| {
            let why = match term.test {
                Test::Orphan => "find asks no service, so it cannot tell orphans",
                Test::Identical => "find asks no service, so it cannot tell what files hold",
                Test::Duplicate => {
                    "find holds no assets of a list against one another, so it cannot tell duplicates"
                }
                Test::Lookalike => {
                    "find holds no assets of a list against one another, so it cannot tell lookalikes"
                }
                Test::HasAny(_) | Test::HasNeutral(_) | Test::HasLocale(..) => {
                    "find asks no service, so it cannot tell what segments have"
                }
                _ => return None,
            };
            let terms = vec![term.clone()];
            Some((why, SafeText::name(&Self { terms }.to_string())))
        })
    }

    /// Why none of these rows fits it, whatever they have; `noun` is what they are called.
    pub fn beyond(&self, rows: Rows, noun: &str) -> Option<String> {
        let (word, of) = self.terms.iter().find_map(|term| term.beyond(rows))?;
        Some(format!(
            "{word} is of {of}, and this is a list of {noun}, so none fits"
        ))
    }

    /// The codes of the locales that it asks of the assets of segments.
    pub fn locales_asked(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|term| match &term.test {
            Test::HasLocale(_, code) => Some(code.text()),
            _ => None,
        })
    }
}

/// What the rows of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    Containers,
    Segments,
    Assets,
}

impl Term {
    /// The word of a test that no such row can pass, and what can.
    fn beyond(&self, rows: Rows) -> Option<(&'static str, &'static str)> {
        let (word, of) = match self.test {
            Test::Locale(_) => ("locale:", ASSETS),
            Test::Type(_) => ("type:", ASSETS),
            Test::Size(_) => ("size:", ASSETS),
            Test::Changed(_) => ("changed:", ASSETS),
            Test::Text(Field::Alt, _) => ("alt:", ASSETS),
            Test::Text(Field::Tag, _) => ("tag:", ASSETS),
            Test::Text(Field::Folder, _) => ("folder:", ASSETS),
            Test::Duplicate => ("is:duplicate", ASSETS),
            Test::Identical => ("is:identical", ASSETS),
            Test::Lookalike => ("is:lookalike", ASSETS),
            Test::Orphan => ("is:orphan", ASSETS),
            Test::Text(Field::Key, _) => ("key:", SEGMENTS),
            Test::Text(Field::Text, _) => ("text:", SEGMENTS),
            Test::HasAny(has) | Test::HasNeutral(has) | Test::HasLocale(has, _) => {
                (if has { "has:" } else { "missing:" }, SEGMENTS)
            }
            _ => return None,
        };
        let told = match (rows, &self.test) {
            (Rows::Containers, Test::Locale(_) | Test::Changed(_) | Test::Text(Field::Folder, _))
            // They have a description.
            | (Rows::Assets, Test::Text(Field::Text, _)) => true,
            (Rows::Containers, _) => false,
            (Rows::Segments, _) => of == SEGMENTS,
            (Rows::Assets, _) => of == ASSETS,
        };
        (!told).then_some((word, of))
    }
}

const ASSETS: &str = "assets";
const SEGMENTS: &str = "segments";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::filter::{Facts, Holds, Verdict};
    use crate::domain::{Container, ContainerId, Locale, RawJson, Segment, SegmentId};

    /// What is said to fit no such row fits none.
    #[track_caller]
    fn is_refused(word: &str, rows: Rows, facts: &Facts<'_>) {
        let filter = Filter::parse(word).unwrap();
        assert!(filter.beyond(rows, "rows").is_some(), "{word}");
        let now = jiff::Timestamp::UNIX_EPOCH;
        assert_eq!(filter.matches(facts, now), Verdict::No, "{word}");
    }

    #[test]
    fn no_segment_fits_what_is_said_to_be_of_assets_and_others_may() {
        let segment = Segment {
            id: SegmentId::new("1").unwrap(),
            position: 1,
            part: 0,
            key: Some("a.key".to_owned()),
            text: Some("a text".to_owned()),
            raw: RawJson::new("{}"),
        };
        let facts: Facts<'_> = segment.facts(Holds::NotAsked);
        for word in [
            "locale:de",
            "-locale:de",
            "type:image",
            "size:>1",
            "changed:<7d",
            "alt:x",
            "tag:x",
            "folder:x",
            "is:duplicate",
            "is:identical",
            "is:lookalike",
            "is:orphan",
            "locale:none",
            "-type:image",
            "-size:>1",
            "-changed:<7d",
            "alt:none",
            "-tag:x",
            "folder:none",
            "-is:duplicate",
            "-is:identical",
            "-is:lookalike",
            "-is:orphan",
        ] {
            is_refused(word, Rows::Segments, &facts);
        }
        for word in [
            "text",
            "key:a",
            "text:a",
            "id:1",
            "has:assets",
            "missing:fr",
            "-nothing",
        ] {
            let filter = Filter::parse(word).unwrap();
            assert_eq!(filter.beyond(Rows::Segments, "segments"), None, "{word}");
            let now = jiff::Timestamp::UNIX_EPOCH;
            assert_ne!(filter.matches(&facts, now), Verdict::No, "{word}");
        }
    }

    #[test]
    fn no_container_and_no_asset_fits_what_is_said_to_be_of_others() {
        let container = Container {
            id: ContainerId::new("1").unwrap(),
            name: "a".to_owned(),
            folders: vec!["b".to_owned()],
            segments: Some(1),
            locales: Locale::new("de").map(|it| vec![it]),
            modified: Some("2026-01-01T00:00:00Z".to_owned()),
            details: Vec::new(),
            raw: RawJson::new("{}"),
        };
        let facts = container.facts();
        for word in [
            "type:image",
            "-type:image",
            "size:>1",
            "alt:x",
            "tag:x",
            "key:a",
            "text:a",
            "is:orphan",
            "is:duplicate",
            "-is:lookalike",
            "has:assets",
            "missing:fr",
            "-has:none",
        ] {
            is_refused(word, Rows::Containers, &facts);
        }
        for word in [
            "a",
            "name:a",
            "id:1",
            "folder:b",
            "locale:de",
            "changed:>2020-01-01",
        ] {
            let filter = Filter::parse(word).unwrap();
            assert_eq!(filter.beyond(Rows::Containers, "documents"), None, "{word}");
        }
        for (word, is_told) in [
            ("missing:fr", false),
            ("has:assets", false),
            ("key:a", false),
            ("text:a", true),
            ("type:image", true),
            ("is:orphan", true),
        ] {
            let filter = Filter::parse(word).unwrap();
            assert_eq!(
                filter.beyond(Rows::Assets, "assets").is_none(),
                is_told,
                "{word}"
            );
        }
    }
}
