//! What a service sent for one thing, kept as text so that no digit is lost.

use std::borrow::Cow;
use std::sync::Arc;

use super::pack::Pack;

/// Texts are packed together up to so many bytes: entries of one list differ in little, and reading
/// one of them unpacks them all.
const TOGETHER: usize = 32 * 1024;

/// The JSON text of one entry, exactly as it was received.
#[derive(Clone)]
pub struct RawJson(Kept);

#[derive(Clone)]
enum Kept {
    Plain(Arc<str>),
    /// So many bytes of a pack, from there.
    Packed(Arc<Pack>, u32, u32),
}

/// A thing of a list, with what was sent for it.
pub trait Sent {
    fn raw(&self) -> &RawJson;
    fn raw_mut(&mut self) -> &mut RawJson;
}

impl RawJson {
    /// Keeps the text; it must be JSON, which the one who decoded it knows.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(Kept::Plain(text.as_ref().into()))
    }

    /// Where what was sent is not kept.
    pub fn nothing() -> Self {
        thread_local! {
            // One for all: a long list would hold as many.
            static NOTHING: RawJson = RawJson::new("{}");
        }
        NOTHING.with(Self::clone)
    }

    /// So many bytes of a pack, from there.
    pub(super) const fn packed(pack: Arc<Pack>, from: u32, bytes: u32) -> Self {
        Self(Kept::Packed(pack, from, bytes))
    }

    /// The text as received.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Kept::Plain(text) => Cow::Borrowed(text),
            Kept::Packed(pack, from, bytes) => {
                let from = *from as usize;
                let texts = Pack::open(pack);
                let text = texts.get(from..from + *bytes as usize);
                Cow::Owned(text.unwrap_or_default().to_owned())
            }
        }
    }

    /// Indented for reading; the text itself when it does not parse.
    pub fn pretty(&self) -> String {
        let text = self.text();
        serde_json::from_str::<serde_json::Value>(&text)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or_else(|_| text.into_owned())
    }

    /// Keeps these small, for a list that is long and stays: an eighth of what they take alone.
    pub fn pack<'a>(raws: impl Iterator<Item = &'a mut Self>) {
        let (mut texts, mut together) = (String::new(), Vec::new());
        for raw in raws {
            let Kept::Plain(text) = &raw.0 else { continue };
            if texts.len() + text.len() > TOGETHER {
                close(&texts, together.drain(..));
                texts.clear();
            }
            texts.push_str(text);
            together.push(raw);
        }
        close(&texts, together.into_iter());
    }
}

/// Puts texts that stand one after the other in place of each of them.
fn close<'a>(texts: &str, raws: impl ExactSizeIterator<Item = &'a mut RawJson>) {
    // Alone a text has nothing that it could share.
    if raws.len() < 2 {
        return;
    }
    let Some(pack) = Pack::new(texts, 0) else {
        return;
    };
    let mut from = 0;
    for raw in raws {
        if let Kept::Plain(text) = &raw.0
            && let Ok(bytes) = u32::try_from(text.len())
        {
            raw.0 = Kept::Packed(Arc::clone(&pack), from, bytes);
            from += bytes;
        }
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for RawJson {}

impl std::fmt::Debug for RawJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawJson({} bytes)", self.text().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that these keep alive, shared ones once.
    fn weight(raws: &[RawJson]) -> usize {
        let mut seen = Vec::new();
        let mut sum = 0;
        for raw in raws {
            match &raw.0 {
                Kept::Plain(text) => sum += text.len(),
                Kept::Packed(pack, ..) if !seen.contains(&Arc::as_ptr(pack)) => {
                    seen.push(Arc::as_ptr(pack));
                    sum += pack.weight();
                }
                Kept::Packed(..) => {}
            }
        }
        sum
    }

    proptest! {
        #[test]
        fn packed_texts_come_back_as_they_were(texts in prop::collection::vec(".{0,40}", 0..40), order in any::<prop::sample::Index>()) {
            let mut raws: Vec<RawJson> = texts.iter().map(RawJson::new).collect();
            RawJson::pack(raws.iter_mut());
            // Once more changes nothing.
            RawJson::pack(raws.iter_mut());
            for at in 0..raws.len() {
                let at = (at + order.index(raws.len())) % raws.len();
                prop_assert_eq!(&*raws[at].text(), &*texts[at]);
                prop_assert_eq!(&raws[at], &RawJson::new(&texts[at]));
            }
        }
    }

    #[test]
    fn a_long_list_is_kept_small() {
        let text = |n: u64| {
            let id = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            format!(
                r#"{{"id":"{id:x}","filename":"hero-{n}.jpg","contentType":"image/jpeg","url":"https://cdn.example.com/assets/{id:x}/hero-{n}.jpg","createdAt":"2026-09-01T08:{:02}:00.000Z"}}"#,
                n % 60
            )
        };
        let mut raws: Vec<RawJson> = (0..2_000).map(|n| RawJson::new(text(n))).collect();
        let plain = weight(&raws);
        RawJson::pack(raws.iter_mut());
        let packed = weight(&raws);
        assert!(packed * 3 < plain, "{packed} of {plain}");
        let longest = raws.iter().map(|raw| match &raw.0 {
            Kept::Packed(_, from, bytes) => (from + bytes) as usize,
            Kept::Plain(_) => 0,
        });
        assert!(longest.max() <= Some(TOGETHER), "one look unpacks too much");
        assert_eq!(raws[1_234].text(), text(1_234));
    }
}
