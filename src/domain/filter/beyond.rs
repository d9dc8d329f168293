//! What a filter asks that some lists cannot tell: nothing of theirs would fit, which is said instead.

use super::{Field, Filter, Term, Test};

impl Filter {
    /// Why it cannot be looked for in what was listed before, and what of it a list of its own tells.
    pub fn beyond_find(&self) -> Option<(&'static str, Self)> {
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
            Some((why, Self { terms }))
        })
    }

    /// Why no segment fits it, whatever it has.
    pub fn beyond_segments(&self) -> Option<String> {
        let word = self.terms.iter().find_map(Term::of_assets)?;
        Some(format!(
            "{word} is of assets, and this is a list of segments, so none fits"
        ))
    }
}

impl Term {
    /// The word of a test that only assets can pass.
    const fn of_assets(&self) -> Option<&'static str> {
        match self.test {
            Test::Locale(_) => Some("locale:"),
            Test::Type(_) => Some("type:"),
            Test::Size(_) => Some("size:"),
            Test::Changed(_) => Some("changed:"),
            Test::Text(Field::Alt, _) => Some("alt:"),
            Test::Text(Field::Tag, _) => Some("tag:"),
            Test::Text(Field::Folder, _) => Some("folder:"),
            Test::Duplicate => Some("is:duplicate"),
            Test::Identical => Some("is:identical"),
            Test::Lookalike => Some("is:lookalike"),
            Test::Orphan => Some("is:orphan"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::filter::{Facts, Holds, Verdict};
    use crate::domain::{RawJson, Segment, SegmentId};

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
            let filter = Filter::parse(word).unwrap();
            assert!(filter.beyond_segments().is_some(), "{word}");
            let now = jiff::Timestamp::UNIX_EPOCH;
            assert_eq!(filter.matches(&facts, now), Verdict::No, "{word}");
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
            assert_eq!(filter.beyond_segments(), None, "{word}");
            let now = jiff::Timestamp::UNIX_EPOCH;
            assert_ne!(filter.matches(&facts, now), Verdict::No, "{word}");
        }
    }
}
