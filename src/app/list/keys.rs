//! What rows are sorted by, packed: a million of them are compared without reading one.

use std::cmp::Ordering;

use super::packed::Packed;
use crate::app::columns::Value;

/// The keys of the first so many rows of a list, each with what comes before any key, whichever way these go.
#[derive(Debug, Default)]
pub struct Keys(Packed<Vec<u8>, u32>);

impl Keys {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The key of the next row. Rows stay in their group, its heading before all others; what is absent
    /// comes last.
    pub fn push(&mut self, group: usize, heading: bool, value: Option<&Value>) {
        let absent = matches!(value, None | Some(Value::Absent));
        let group = u32::try_from(group).unwrap_or(u32::MAX >> 2);
        self.0.push(|bytes| {
            if let Some(value) = value {
                put(value, bytes);
            }
            group << 2 | u32::from(!heading) << 1 | u32::from(absent)
        });
    }

    /// How two rows are ordered.
    pub fn compare(&self, a: usize, b: usize, descending: bool) -> Ordering {
        let get = |row| self.0.get(row).unwrap_or_default();
        let ((a, lead), (b, other)) = (get(a), get(b));
        lead.cmp(&other).then_with(|| {
            let order = a.cmp(b);
            if descending { order.reverse() } else { order }
        })
    }
}

/// Bytes that are ordered as the values are.
fn put(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Absent => {}
        // In lower case, then as it is; capitals first. Names that are numbers come by these.
        Value::Text(text) => {
            if let Some(number) = number(text) {
                let lead = if text.starts_with('#') { b'#' } else { b'0' };
                out.extend([lead, 0]);
                out.extend(number.to_be_bytes());
                return;
            }
            let lower = text.to_lowercase();
            out.extend_from_slice(lower.as_bytes());
            if lower == *text {
                out.push(1);
            } else {
                out.push(0);
                out.extend_from_slice(text.as_bytes());
            }
        }
        Value::Bytes(bytes) => out.extend(bytes.to_be_bytes()),
        Value::Pixels(width, height) => {
            out.extend(width.to_be_bytes());
            out.extend(height.to_be_bytes());
        }
        Value::When(text) | Value::Link(text) => out.extend_from_slice(text.as_bytes()),
    }
}

/// What a text is that is nothing but a number, written in the usual way, maybe behind a `#` as that of
/// a segment.
fn number(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let number: u64 = digits.parse().ok()?;
    let usual = number == 0 && digits == "0" || digits.starts_with(|it| matches!(it, '1'..='9'));
    usual.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same in the simplest way.
    fn expected(a: &Value, b: &Value, descending: bool) -> Ordering {
        let order = match (a, b) {
            (Value::Absent, Value::Absent) => return Ordering::Equal,
            (Value::Absent, _) => return Ordering::Greater,
            (_, Value::Absent) => return Ordering::Less,
            (Value::Text(a), Value::Text(b)) => {
                let lead = |text: &str| match number(text) {
                    Some(number) if text.starts_with('#') => ("#\0".to_owned(), number),
                    Some(number) => ("0\0".to_owned(), number),
                    None => (text.to_lowercase(), 0),
                };
                lead(a).cmp(&lead(b)).then_with(|| a.cmp(b))
            }
            (a, b) => a.partial_cmp(b).unwrap(),
        };
        if descending { order.reverse() } else { order }
    }

    fn values() -> impl Strategy<Value = Vec<Value>> {
        let absent = || prop::bool::weighted(0.1);
        let text = ("[ -~é]{0,3}", absent()).prop_map(|(it, no)| pick(no, Value::Text(it)));
        let bytes = (any::<u64>(), absent()).prop_map(|(it, no)| pick(no, Value::Bytes(it)));
        let when = ("2026-0[1-3]", absent()).prop_map(|(it, no)| pick(no, Value::When(it)));
        let pixels =
            (any::<[u64; 2]>(), absent()).prop_map(|([w, h], no)| pick(no, Value::Pixels(w, h)));
        let some = 2..40;
        prop_oneof![
            prop::collection::vec(text, some.clone()),
            prop::collection::vec(bytes, some.clone()),
            prop::collection::vec(when, some.clone()),
            prop::collection::vec(pixels, some),
        ]
    }

    fn pick(absent: bool, value: Value) -> Value {
        if absent { Value::Absent } else { value }
    }

    proptest! {
        #[test]
        fn packed_keys_are_ordered_as_their_values(values in values(), descending in any::<bool>()) {
            let mut keys = Keys::default();
            for value in &values {
                keys.push(0, false, Some(value));
            }
            prop_assert_eq!(keys.len(), values.len());
            for (at, a) in values.iter().enumerate() {
                for (other, b) in values.iter().enumerate() {
                    let wanted = expected(a, b, descending);
                    prop_assert_eq!(keys.compare(at, other, descending), wanted, "{:?} {:?}", a, b);
                }
            }
        }
    }

    #[test]
    fn names_that_are_numbers_are_sorted_as_numbers() {
        let names = ["#99", "#902", "#9020", "#9021", "7", "10", "7a", "key"];
        let mut keys = Keys::default();
        for name in names {
            keys.push(0, false, Some(&Value::Text(name.to_owned())));
        }
        for at in 1..names.len() {
            assert_eq!(keys.compare(at - 1, at, false), Ordering::Less, "{at}");
        }
    }

    #[test]
    fn headings_come_first_in_their_group_whichever_way_it_is_sorted() {
        let mut keys = Keys::default();
        let text = |text: &str| Value::Text(text.to_owned());
        keys.push(0, true, None);
        keys.push(0, false, Some(&text("b")));
        keys.push(0, false, None);
        keys.push(1, true, None);
        for descending in [false, true] {
            for (a, b) in [(0, 1), (1, 2), (2, 3)] {
                assert_eq!(keys.compare(a, b, descending), Ordering::Less);
            }
        }
    }
}
