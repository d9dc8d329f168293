//! Names whose letters come from alphabets that look alike: `paypal` with a Cyrillic а is another name.

use unicode_script::{Script, UnicodeScript as _};

/// Alphabets that draw letters as another one of them does.
const ALIKE: [Script; 7] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Greek,
    Script::Armenian,
    Script::Cherokee,
    Script::Coptic,
    Script::Lisu,
];
/// So many letters are named.
const NAMED: usize = 4;

/// What a name mixes within one word, `Latin and Cyrillic letters: а (U+0430)`; `None` for a name of one
/// alphabet, for words of several beside each other, and for scripts that nobody takes for one another,
/// as kanji beside Latin. The letters are foreign text.
pub fn mixed_letters(name: &str) -> Option<String> {
    if name.is_ascii() {
        return None;
    }
    let words = name.split(|c: char| !c.is_alphabetic() && c.script() != Script::Inherited);
    let mut scripts: Vec<Script> = Vec::new();
    let mut letters: Vec<char> = Vec::new();
    for word in words {
        let count = |script: &Script| word.chars().filter(|c| c.script() == *script).count();
        let mut there: Vec<Script> = ALIKE.into_iter().filter(|it| count(it) > 0).collect();
        if there.len() < 2 {
            continue;
        }
        // Of as many, Latin is what a reader takes the word for: the sort is stable.
        there.sort_by_key(|it| std::cmp::Reverse(count(it)));
        for c in word.chars() {
            let odd = there[1..].contains(&c.script());
            if odd && !letters.contains(&c) {
                letters.push(c);
            }
        }
        scripts.extend(there);
    }
    let mixed: Vec<&str> = { ALIKE.iter() }
        .filter(|it| scripts.contains(it))
        .map(|it| it.full_name())
        .collect();
    let named = letters.iter().take(NAMED);
    let named = named.map(|c| format!("{c} (U+{:04X})", u32::from(*c)));
    let mut named = named.collect::<Vec<_>>().join(", ");
    if letters.len() > NAMED {
        named.push_str(", …");
    }
    (mixed.len() > 1).then(|| format!("{} letters: {named}", mixed.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_two_alphabets_is_told_with_its_odd_letters() {
        let told = |name: &str| mixed_letters(name).unwrap();
        let cyrillic = "Latin and Cyrillic letters: \u{430} (U+0430)";
        assert_eq!(told("p\u{430}ypal.png"), cyrillic);
        assert_eq!(told("img/p\u{430}ypal-\u{430}d.png"), cyrillic);
        assert_eq!(
            told("\u{41C}o\u{441}\u{43A}\u{432}\u{430}"),
            "Latin and Cyrillic letters: o (U+006F)"
        );
        assert_eq!(
            told("al\u{3C1}ha"),
            "Latin and Greek letters: \u{3C1} (U+03C1)"
        );
        let many = told("abcdefg\u{430}\u{435}\u{43E}\u{440}\u{441}");
        assert!(many.ends_with("\u{440} (U+0440), …"), "{many}");
        // A combining mark is part of its word.
        assert!(mixed_letters("e\u{301}\u{430}").is_some());
    }

    #[test]
    fn a_name_of_one_alphabet_in_each_word_is_not_told() {
        for name in [
            "paypal.png",
            "\u{43B}\u{43E}\u{433}\u{43E}\u{442}\u{438}\u{43F}.png",
            "logo_\u{41B}\u{43E}\u{433}\u{43E}-ru.png",
            "\u{3BB}\u{3CC}\u{3B3}\u{3BF}\u{3C2}.svg",
            "\u{65E5}\u{672C}\u{8A9E}logo\u{30ED}\u{30B4}.png",
            "caf\u{E9} 10\u{B5}m.jpg",
            "\u{5E9}\u{5DC}\u{5D5}\u{5DD}abc.png",
        ] {
            assert_eq!(mixed_letters(name), None, "{name}");
        }
    }
}
