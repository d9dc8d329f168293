//! A locale code, sent byte for byte as the service lists it.

use std::fmt;
use std::sync::Arc;

/// A language code such as `de` or `pt-BR`. Not normalised: the service compares its own spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(Arc<str>);

impl Locale {
    /// Takes the code as it is; `None` when it is empty.
    pub fn new(text: impl AsRef<str>) -> Option<Self> {
        let text = text.as_ref();
        (!text.is_empty()).then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one of `known` that was most likely meant: the same without regard to case and
    /// separator, then the same language, then a slip of one letter.
    pub fn nearest<'a>(&self, known: &'a [Locale]) -> Option<&'a Locale> {
        let fold = |text: &str| text.to_ascii_lowercase().replace('_', "-");
        let wanted = fold(&self.0);
        let language = |text: &str| text.split('-').next().unwrap_or_default().to_owned();
        known
            .iter()
            .find(|locale| fold(&locale.0) == wanted)
            .or_else(|| {
                known
                    .iter()
                    .find(|locale| language(&fold(&locale.0)) == language(&wanted))
            })
            .or_else(|| {
                known
                    .iter()
                    .find(|locale| strsim::damerau_levenshtein(&fold(&locale.0), &wanted) <= 1)
            })
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({:?})", &*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_prefers_the_same_code_in_another_spelling() {
        let known: Vec<_> = ["de", "pt", "pt-BR", "fr"]
            .iter()
            .filter_map(Locale::new)
            .collect();
        let near = |text| {
            Locale::new(text)
                .unwrap()
                .nearest(&known)
                .map(Locale::as_str)
        };
        assert_eq!(near("pt_br"), Some("pt-BR"));
        assert_eq!(near("DE"), Some("de"));
        assert_eq!(near("de-AT"), Some("de"));
        assert_eq!(near("zz"), None);
    }
}
