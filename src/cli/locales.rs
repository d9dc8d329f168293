//! The locales of a document that somebody names.

use super::failure::Failure;
use crate::api::ProviderSpec;
use crate::domain::filter::same_code;
use crate::domain::{Locale, SafeText};

/// The places of these among the locales of a container, each once; what it does not have is refused,
/// with the nearest that it has.
pub fn places<'a>(
    locales: &[Locale],
    wanted: impl IntoIterator<Item = &'a str>,
    spec: &ProviderSpec,
) -> Result<Vec<usize>, Failure> {
    let mut places = Vec::new();
    for text in wanted {
        let same = |it: &Locale| same_code(it.as_str(), text);
        let Some(at) = locales.iter().position(same) else {
            let shown = SafeText::name(text);
            let one = spec.container.one;
            let wrong = Failure::usage(format!("this {one} has no locale “{shown}”"));
            let near = Locale::new(text).and_then(|it| it.nearest(locales).cloned());
            return Err(wrong.hint(match near {
                Some(near) => format!("Did you mean {}?", SafeText::name(near.as_str())),
                None => format!("It has {}.", names(locales)),
            }));
        };
        if !places.contains(&at) {
            places.push(at);
        }
    }
    Ok(places)
}

fn names(locales: &[Locale]) -> String {
    let names = locales.iter().map(|it| SafeText::name(it.as_str()));
    let names: Vec<String> = names.map(SafeText::into_string).collect();
    names.join(", ")
}
