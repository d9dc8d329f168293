//! The nearest known name, for "did you mean".

/// The one of `known` that was most likely meant by `wanted`: the same without regard to case, else
/// at most two slips away and closer than half of its length.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            let slips = strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
            (slips, name)
        })
        .filter(|(slips, name)| *slips <= 2 && slips * 2 < name.chars().count().max(1))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        let known = ["name", "provider", "base_url", "account_id"];
        assert_eq!(nearest("base_ulr", known), Some("base_url"));
        assert_eq!(nearest("Provider", known), Some("provider"));
        assert_eq!(nearest("nmae", known), Some("name"));
        assert_eq!(nearest("api_key", known), None);
        assert_eq!(nearest("x", known), None);
    }
}
