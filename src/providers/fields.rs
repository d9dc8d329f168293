//! Reading one JSON object field by field, so that one odd field costs that field and no more.
//!
//! Numbers stay digits until they are wanted as numbers: an id beyond 2^53 comes back unchanged.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::{Detail, RawJson, Unreadable};

/// The label of facts that have no name in plain language.
const OTHER: &str = "Other";

/// One object as it was sent.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    raw: &'a RawValue,
    list: Vec<(Name<'a>, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    /// Takes an object apart; the reason names what is wrong.
    pub fn read(raw: &'a RawValue) -> Result<Self, String> {
        if !raw.get().starts_with('{') {
            return Err("it is not an object".into());
        }
        let Pairs(list) =
            serde_json::from_str(raw.get()).map_err(|error| format!("it is damaged: {error}"))?;
        Ok(Self { raw, list })
    }

    pub fn json(&self) -> RawJson {
        RawJson::new(self.raw.get())
    }

    /// A field that is there and not null. Of a field given twice, the last.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let (_, value) = self.list.iter().rev().find(|(known, _)| known.0 == name)?;
        (value.get() != "null").then_some(*value)
    }

    /// An id, as text or as the digits it was written with.
    pub fn id(&self, name: &str) -> Result<String, String> {
        if self
            .list
            .iter()
            .filter(|(known, _)| known.0 == name)
            .count()
            > 1
        {
            return Err(format!("`{name}` is given twice"));
        }
        let raw = self
            .get(name)
            .ok_or_else(|| format!("`{name}` is missing"))?
            .get();
        let text = if raw.starts_with('"') {
            serde_json::from_str(raw).map_err(|_| format!("`{name}` is not readable text"))?
        } else if raw.bytes().all(|byte| byte.is_ascii_digit()) {
            raw.to_owned()
        } else {
            return Err(format!("`{name}` is neither text nor a whole number"));
        };
        if text.is_empty() {
            return Err(format!("`{name}` is empty"));
        }
        Ok(text)
    }

    /// An id that may be absent; anything odd counts as absent.
    pub fn some_id(&self, name: &str) -> Option<String> {
        self.id(name).ok()
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// A text that is not empty.
    pub fn full_text(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// A number of things: whole, not negative, perhaps written as `12.0`.
    pub fn count(&self, name: &str) -> Option<u64> {
        let text = self.get(name)?.get();
        let whole = match text.split_once('.') {
            Some((whole, rest)) if rest.bytes().all(|byte| byte == b'0') => whole,
            Some(_) => return None,
            None => text,
        };
        whole.parse().ok()
    }

    /// The texts of a list; what is no text in it is left out.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let texts = self.list_of(name).into_iter();
        let mut texts: Vec<String> = texts
            .filter_map(|item| serde_json::from_str(item.get()).ok())
            .collect();
        // One or two mostly, and kept for each of ten thousand rows.
        texts.shrink_to_fit();
        texts
    }

    /// The items of a list; none when it is no list.
    pub fn list_of(&self, name: &str) -> Vec<&'a RawValue> {
        self.get(name)
            .and_then(|value| serde_json::from_str(value.get()).ok())
            .unwrap_or_default()
    }

    /// An object inside.
    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        Fields::read(self.get(name)?).ok()
    }

    /// Simple fields that nobody read under a name of ours, as `name: value`.
    pub fn others(&self, known: &[&str]) -> Vec<Detail> {
        self.list
            .iter()
            .filter(|(name, _)| !known.contains(&&*name.0))
            .filter_map(|(name, value)| {
                let text = value.get();
                let shown = match text.as_bytes().first()? {
                    b'"' => serde_json::from_str(text).ok()?,
                    b'{' | b'[' | b'n' => return None,
                    _ => text.to_owned(),
                };
                Some(Detail {
                    label: OTHER,
                    value: format!("{}: {shown}", name.0),
                })
            })
            .collect()
    }
}

/// An entry that could not be read, for the list.
pub(super) fn unreadable(raw: &RawValue, reason: impl Into<String>) -> Unreadable {
    Unreadable {
        reason: reason.into(),
        raw: RawJson::new(raw.get()),
    }
}

/// Digits as a JSON number, so that a number goes back as the number it came as; anything else as text.
pub(super) fn id_json(id: &str) -> serde_json::Value {
    let canonical = id == "0" || !id.starts_with('0');
    if canonical && let Ok(number) = id.parse::<u64>() {
        return number.into();
    }
    id.into()
}

/// A field's name, which is copied only where it was written with escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Pairs<'a>(Vec<(Name<'a>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    list.push(pair);
                }
                Ok(Pairs(list))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn ids_keep_their_digits() {
        let raw = read(r#"{"a": 9007199254740993, "b": "007", "c": 1.5, "d": "", "e": null}"#);
        let fields = Fields::read(&raw).unwrap();
        assert_eq!(fields.id("a").unwrap(), "9007199254740993");
        assert_eq!(fields.id("b").unwrap(), "007");
        for name in ["c", "d", "e", "f"] {
            assert!(fields.id(name).unwrap_err().contains(name));
        }
        assert_eq!(id_json("9007199254740993").to_string(), "9007199254740993");
        assert_eq!(id_json("007").to_string(), r#""007""#);
        assert_eq!(id_json("c512").to_string(), r#""c512""#);
    }

    #[test]
    fn an_odd_field_costs_only_itself() {
        let raw = read(
            r#"{"n": 12.0, "m": 12.5, "t": "\ud800", "u": "x", "l": ["a", 1, "b"], "z": true}"#,
        );
        let fields = Fields::read(&raw).unwrap();
        assert_eq!(fields.count("n"), Some(12));
        assert_eq!(fields.count("m"), None);
        assert_eq!(fields.text("t"), None);
        assert_eq!(fields.texts("l"), ["a", "b"]);
        let others = fields.others(&["n", "m", "t", "l"]);
        let values: Vec<&str> = others.iter().map(|detail| detail.value.as_str()).collect();
        assert_eq!(values, ["u: x", "z: true"]);
    }

    #[test]
    fn an_id_given_twice_is_no_id() {
        let raw = read(r#"{"id": "a", "id": "b"}"#);
        assert!(Fields::read(&raw).unwrap().id("id").is_err());
    }
}
