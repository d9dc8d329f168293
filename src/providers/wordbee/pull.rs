//! Reads the `segments` of a content extraction as it arrives, one entry at a time.
//!
//! The file can hold a whole document of 100,000 strings, so it is never in memory whole, and the
//! order of its members is not promised.

/// Largest single entry, in bytes.
const MAX_ENTRY: usize = 4 * 1024 * 1024;

/// Why the extraction could not be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is not a JSON object.
    NoObject,
    /// One entry is larger than what is believed.
    TooLarge,
    /// It ended in the middle, or had no list of segments.
    Unfinished,
}

impl Broken {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoObject => "the extraction is no JSON object",
            Self::TooLarge => "one entry of the extraction is too large",
            Self::Unfinished => "the extraction ended early or lists no segments",
        }
    }
}

/// Finds the objects in the top-level list `segments`. It follows strings and brackets only; each
/// object found is judged by the one who parses it.
#[derive(Debug, Default)]
pub(super) struct Segments {
    depth: usize,
    text: Text,
    /// The string of the top object read last, which is a key when a colon follows.
    word: Vec<u8>,
    place: Place,
    /// The object being collected; empty between two.
    entry: Vec<u8>,
    done: bool,
}

/// Inside a string or not.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Text {
    #[default]
    Outside,
    Inside,
    /// After a backslash.
    Escaped,
}

/// How far the search for the list has come.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Place {
    #[default]
    Before,
    /// Its key was read.
    Named,
    /// Inside; its entries are at depth 2.
    Inside,
    After,
}

impl Segments {
    /// Takes the next bytes; calls back with each object that is whole.
    pub fn push(&mut self, bytes: &[u8], found: &mut impl FnMut(&[u8])) -> Result<(), Broken> {
        for &byte in bytes {
            self.step(byte, found)?;
        }
        Ok(())
    }

    /// Says whether it was whole.
    pub fn finish(&self) -> Result<(), Broken> {
        if self.done && self.place == Place::After {
            Ok(())
        } else {
            Err(Broken::Unfinished)
        }
    }

    fn step(&mut self, byte: u8, found: &mut impl FnMut(&[u8])) -> Result<(), Broken> {
        if !self.entry.is_empty() {
            self.entry.push(byte);
            if self.entry.len() > MAX_ENTRY {
                return Err(Broken::TooLarge);
            }
        }
        if self.text != Text::Outside {
            self.string(byte);
            return Ok(());
        }
        match byte {
            b'"' if self.depth > 0 => {
                self.text = Text::Inside;
                self.word.clear();
            }
            b':' if self.depth == 1 && self.place == Place::Before && self.word == b"segments" => {
                self.place = Place::Named;
            }
            b',' if self.depth == 1 && self.place == Place::Named => self.place = Place::Before,
            b'{' | b'[' => self.open(byte)?,
            b'}' | b']' => self.close(found)?,
            _ if self.depth == 0 && !byte.is_ascii_whitespace() && !is_mark(byte) => {
                return Err(Broken::NoObject);
            }
            _ => {}
        }
        Ok(())
    }

    fn string(&mut self, byte: u8) {
        self.text = match (self.text, byte) {
            (Text::Inside, b'\\') => Text::Escaped,
            (Text::Inside, b'"') => {
                self.text = Text::Outside;
                return;
            }
            _ => Text::Inside,
        };
        if self.depth == 1 && self.word.len() < 16 {
            self.word.push(byte);
        }
    }

    fn open(&mut self, byte: u8) -> Result<(), Broken> {
        if self.depth == 0 && (byte != b'{' || self.done) {
            return Err(Broken::NoObject);
        }
        if self.depth == 1 && self.place == Place::Named && byte == b'[' {
            self.place = Place::Inside;
        } else if self.depth == 2 && self.place == Place::Inside && byte == b'{' {
            self.entry.push(byte);
        }
        self.depth += 1;
        Ok(())
    }

    fn close(&mut self, found: &mut impl FnMut(&[u8])) -> Result<(), Broken> {
        self.depth = self.depth.checked_sub(1).ok_or(Broken::NoObject)?;
        match self.depth {
            0 => self.done = true,
            1 if self.place == Place::Inside => self.place = Place::After,
            2 if !self.entry.is_empty() => {
                found(&self.entry);
                self.entry.clear();
            }
            _ => {}
        }
        Ok(())
    }
}

/// A byte of the mark that some writers put in front of UTF-8.
fn is_mark(byte: u8) -> bool {
    matches!(byte, 0xEF | 0xBB | 0xBF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &[u8], step: usize) -> Result<Vec<serde_json::Value>, Broken> {
        let mut all = Vec::new();
        let mut reader = Segments::default();
        for chunk in json.chunks(step) {
            reader.push(chunk, &mut |entry| {
                all.push(serde_json::from_slice(entry).unwrap());
            })?;
        }
        reader.finish().map(|()| all)
    }

    #[test]
    fn only_the_top_list_counts() {
        let json = br#"{"type":"segments","x":{"segments":[{"no":1}]},"segments":[{"a":"]}\"{"},null,[{"no":2}],{"b":[{}]}],"did":5}"#;
        for step in 1..json.len() {
            let all = read(json, step).unwrap();
            assert_eq!(
                all,
                [
                    serde_json::json!({"a": "]}\"{"}),
                    serde_json::json!({"b": [{}]})
                ]
            );
        }
    }

    #[test]
    fn a_page_and_a_cut_are_told() {
        assert_eq!(read(b"<html>", 3), Err(Broken::NoObject));
        assert_eq!(read(b"[1]", 3), Err(Broken::NoObject));
        assert_eq!(read(br#"{"segments":[{}"#, 3), Err(Broken::Unfinished));
        assert_eq!(read(br#"{"other":[]}"#, 3), Err(Broken::Unfinished));
        assert_eq!(read(br#"{"segments":[]}"#, 3), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(texts in prop::collection::vec(".{0,12}", 0..6), step in 1_usize..9) {
            let entries: Vec<serde_json::Value> = texts.iter().map(|text| serde_json::json!({ "key": text, "texts": { text.as_str(): [text] } })).collect();
            let json = serde_json::json!({ "a": texts, "segments": entries, "z": { "segments": [1] } });
            prop_assert_eq!(read(json.to_string().as_bytes(), step).unwrap(), entries);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Segments::default();
            let _ = reader.push(&bytes, &mut |_| {});
            let _ = reader.finish();
        }
    }
}
