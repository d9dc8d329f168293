//! The ways in which what follows an account can be read, and how well a text fits an id or a name.

use crate::domain::decode_part;

/// Without escapes, where it has any.
pub fn decoded(text: &str) -> String {
    decode_part(text).unwrap_or_else(|| text.to_owned())
}

/// A number, or what looks like a UUID: the services name nothing else so.
pub fn is_id(text: &str) -> bool {
    let uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    uuid || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One way to read what follows the account: names may hold `/` and `@` themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<'a> {
    pub container: &'a str,
    pub segment: Option<&'a str>,
    pub key: Option<&'a str>,
}

impl Reading<'_> {
    /// There is no name in it.
    pub fn is_plain(&self) -> bool {
        is_id(self.container) && self.segment.is_none_or(is_id)
    }
}

/// All ways that there are.
pub fn readings(rest: &str) -> Vec<Reading<'_>> {
    let mut readings = Vec::new();
    let ends = rest.match_indices('@').map(|(at, _)| at);
    for end in ends.chain([rest.len()]) {
        let (place, key) = (&rest[..end], rest.get(end + 1..));
        let slashes = place.match_indices('/').map(|(at, _)| at);
        for slash in slashes.chain([place.len()]) {
            let (container, segment) = (&place[..slash], place.get(slash + 1..));
            if !container.is_empty() && segment != Some("") && key != Some("") {
                readings.push(Reading {
                    container,
                    segment,
                    key,
                });
            }
        }
    }
    readings
}

/// How well a text fits: by id, as it is written, or but for upper and lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Id,
    Name,
    Caseless,
}

/// Whether a text is this id, or one of these names.
pub fn fit(text: &str, id: &str, names: &[&str]) -> Option<Fit> {
    let decoded = decoded(text);
    let spelled = [text, decoded.as_str()];
    let is = |name: &&str| spelled.contains(name);
    let is_nearly = |name: &&str| {
        let lower = name.to_lowercase();
        spelled.iter().any(|text| text.to_lowercase() == lower)
    };
    if is(&id) {
        Some(Fit::Id)
    } else if names.iter().any(is) {
        Some(Fit::Name)
    } else {
        names.iter().any(is_nearly).then_some(Fit::Caseless)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_alone_are_taken_as_they_are() {
        let plain = |text| readings(text).iter().any(Reading::is_plain);
        assert!(plain("19914/27667833@de/public/hero.png") && plain("19914"));
        assert!(plain("db9bd93b-d43c-478d-bd2f-11d6acad6448@bec90e68"));
        assert!(!plain("Shop") && !plain("19914/hero"));
    }
}
