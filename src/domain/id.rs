//! Ids as opaque text: parsed once at the edge, compared as text, sent back unchanged.

use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but letters, digits and `- _ . ~ +`: what a shell leaves alone and an address may hold.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'+');

/// Percent-encodes one part of an address so that it needs no quoting in a shell.
pub(crate) fn encode_part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// Undoes [`encode_part`]; `None` when what comes out is not text.
pub(crate) fn decode_part(text: &str) -> Option<String> {
    percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is; `None` when it is empty, since an empty id names nothing.
            pub fn new(text: impl AsRef<str>) -> Option<Self> {
                let text = text.as_ref();
                (!text.is_empty()).then(|| Self(text.into()))
            }

            /// The id as the service gave it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }
    };
}

id! {
    /// The name the user gave to a login, from the settings file.
    AccountName
}
id! {
    /// A website or a document, as its service names it.
    ContainerId
}
id! {
    /// A segment, unique within its account.
    SegmentId
}
id! {
    /// An asset within its scope. Only the adapter that made it interprets it. Its text is made of
    /// percent-encoded parts joined by `/`, so it is ASCII and needs no quoting in a shell.
    AssetKey
}

impl AssetKey {
    /// Builds a key from its parts; parts may be empty, but not all of them.
    pub fn from_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let text = parts
            .into_iter()
            .map(encode_part)
            .collect::<Vec<_>>()
            .join("/");
        (!text.bytes().all(|byte| byte == b'/')).then(|| Self(text.into()))
    }

    /// The parts, decoded. `None` when the key was typed wrongly.
    pub fn parts(&self) -> Option<Vec<String>> {
        self.0.split('/').map(decode_part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_gives_its_parts_back(parts in prop::collection::vec(".{0,12}", 1..5)) {
            let strs: Vec<&str> = parts.iter().map(String::as_str).collect();
            if let Some(key) = AssetKey::from_parts(strs) {
                prop_assert!(key.as_str().is_ascii());
                prop_assert_eq!(key.parts().unwrap(), parts);
            }
        }
    }

    #[test]
    fn an_empty_id_is_none() {
        assert!(ContainerId::new("").is_none());
        assert!(AssetKey::from_parts(["", ""]).is_none());
    }
}
