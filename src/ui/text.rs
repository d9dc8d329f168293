//! Text as a screen needs it: measured and cut by terminal columns, wrapped, sizes and times in
//! words. Takes safe text only; what a value holds is made safe here on its way to words.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::app::columns::Value;
use crate::app::modal::view::Piece;
use crate::domain::{Moment, SafeText, WebLink, size_words};

/// Stands where something was cut away.
pub const CUT: &str = "…";
/// Longest extension, with its dot, that is kept when a name is cut.
const LONGEST_ENDING: usize = 8;

/// Terminal columns, grapheme by grapheme as cells are filled: a whole string may measure less where
/// a script joins letters.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// As much of the beginning as fits, by whole graphemes, with `…` where it was cut.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut out = head(text, columns - 1).to_owned();
    out.push_str(CUT);
    out
}

/// As [`cut`], but a file's extension stays: `very-long-na….png`.
pub fn cut_name(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let ending = text
        .rfind('.')
        .filter(|at| *at > 0)
        .and_then(|at| text.get(at..))
        .filter(|ending| !ending.contains([' ', '/']) && width(ending) <= LONGEST_ENDING)
        .unwrap_or_default();
    // With less than three columns left for the name itself, the extension would be all there is.
    if ending.is_empty() || columns < width(ending) + 4 {
        return cut(text, columns);
    }
    let mut out = head(text, columns - width(ending) - 1).to_owned();
    out.push_str(CUT);
    out.push_str(ending);
    out
}

/// As much of the end as fits, with `…` in front: for a path whose last part matters.
pub fn cut_start(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut used = 1;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used > columns {
            break;
        }
        start = at;
    }
    format!("{CUT}{}", text.get(start..).unwrap_or_default())
}

/// The longest beginning of whole graphemes that is at most this wide.
pub fn head(text: &str, columns: usize) -> &str {
    if text.is_ascii() {
        return text.get(..columns).unwrap_or(text);
    }
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > columns {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// A whole number with thin groups, for counts: `5 000` would be read as two numbers, so `5,000`.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How long ago, in words, for ages of data on screen: `4 s ago`.
pub fn age(seconds: u64) -> String {
    match seconds {
        0..=4 => "just now".to_owned(),
        5..=59 => format!("{seconds} s ago"),
        60..=3599 => format!("{} min ago", seconds / 60),
        3600..=86_399 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// The wall clock and the user's time zone: what times of a service are told against.
#[derive(Debug, Clone)]
pub struct Clock {
    pub now: Timestamp,
    pub zone: TimeZone,
}

/// A time of a service in a few columns: `2 days ago`, `2026-01-31`; the text itself when it is no
/// time that we can read.
pub fn when(text: &str, clock: &Clock) -> String {
    match Moment::read(text) {
        Some(Moment::Exact(exact)) => relative(exact, clock)
            .unwrap_or_else(|| exact.to_zoned(clock.zone.clone()).date().to_string()),
        Some(Moment::Civil(time)) => time.date().to_string(),
        Some(Moment::Day(day)) => day.to_string(),
        None => SafeText::prose(text).into_string(),
    }
}

/// A time of a service in full, for details: `2 days ago (2026-01-31 14:05 CET)`.
pub fn when_in_full(text: &str, clock: &Clock) -> String {
    match Moment::read(text) {
        Some(Moment::Exact(exact)) => {
            let full = exact
                .to_zoned(clock.zone.clone())
                .strftime("%Y-%m-%d %H:%M %Z")
                .to_string();
            match relative(exact, clock) {
                Some(words) => format!("{words} ({full})"),
                None => full,
            }
        }
        Some(Moment::Civil(time)) => time.strftime("%Y-%m-%d %H:%M").to_string(),
        Some(Moment::Day(day)) => day.to_string(),
        None => SafeText::prose(text).into_string(),
    }
}

/// `None` for what is better told by its date: more than a month ago, or ahead of our clock by more
/// than clocks usually differ.
fn relative(time: Timestamp, clock: &Clock) -> Option<String> {
    let ago = clock.now.duration_since(time);
    if ago < SignedDuration::from_mins(-2) {
        return None;
    }
    let minutes = ago.as_mins().max(0);
    let plural = |number: i64, word: &str| {
        let ending = if number == 1 { "" } else { "s" };
        format!("{number} {word}{ending} ago")
    };
    match minutes {
        0 => Some("just now".to_owned()),
        1..=59 => Some(format!("{minutes} min ago")),
        60..=1439 => Some(plural(minutes / 60, "hour")),
        1440..=43_199 => Some(plural(minutes / 1440, "day")),
        _ => None,
    }
}

/// A table's value in words.
pub fn words(value: &Value, clock: &Clock) -> String {
    match value {
        Value::Text(text) => SafeText::name(text).into_string(),
        Value::Bytes(bytes) => size_words(*bytes),
        Value::When(text) => when(text, clock),
        Value::Pixels(width, height) => format!("{width}×{height}"),
        Value::Link(address) => SafeText::name(&WebLink::shown(address)).into_string(),
        Value::Absent => "–".to_owned(),
    }
}

/// Breaks a line of words into lines of at most this many columns: at spaces, else inside a word.
/// Spaces at a break are dropped.
pub fn wrap(pieces: &[Piece], columns: usize) -> Vec<Vec<Piece>> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line: Vec<(&str, &Piece)> = Vec::new();
    let mut used = 0;
    let graphemes = pieces
        .iter()
        .flat_map(|piece| piece.text.graphemes(true).map(move |g| (g, piece)));
    for (grapheme, piece) in graphemes {
        let wide = width(grapheme);
        if used + wide > columns && !line.is_empty() {
            let space = break_in(&line);
            let ends = space.is_none() || !is_digit(line.last());
            if grapheme == " " && ends {
                lines.push(join(&line));
                line.clear();
                used = 0;
                continue;
            }
            let rest = match space {
                Some(at) if at > 0 => {
                    let rest = line.split_off(at + 1);
                    line.pop();
                    rest
                }
                _ => Vec::new(),
            };
            lines.push(join(&line));
            used = rest.iter().map(|(g, _)| width(g)).sum();
            line = rest;
        }
        // A line that was broken does not begin with the spaces it was broken at.
        if grapheme == " " && line.is_empty() && !lines.is_empty() {
            continue;
        }
        line.push((grapheme, piece));
        used += wide;
    }
    lines.push(join(&line));
    lines
}

/// The space at which a full line is broken: the last one that does not part a number from what it
/// counts, else the last one.
fn break_in(line: &[(&str, &Piece)]) -> Option<usize> {
    let spaces = || (1..line.len()).rev().filter(|at| line[*at].0 == " ");
    let counts = |at: &usize| is_digit(line.get(at - 1));
    spaces().find(|at| !counts(at)).or_else(|| spaces().next())
}

fn is_digit(grapheme: Option<&(&str, &Piece)>) -> bool {
    grapheme.is_some_and(|(it, _)| it.bytes().all(|byte| byte.is_ascii_digit()))
}

fn join(graphemes: &[(&str, &Piece)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (grapheme, of) in graphemes {
        match pieces.last_mut() {
            Some(piece) if piece.tone == of.tone && piece.link == of.link => {
                piece.text.push_str(grapheme);
            }
            _ => pieces.push(Piece {
                text: (*grapheme).to_owned(),
                tone: of.tone,
                link: of.link.clone(),
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::modal::view::{Tone, say, toned};
    use proptest::prelude::*;

    fn clock() -> Clock {
        Clock {
            now: "2026-03-10T12:00:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
        }
    }

    #[test]
    fn a_number_stays_with_what_it_counts() {
        let lines = |text: &str, columns| -> Vec<String> {
            let lines = wrap(&[say(text)], columns).into_iter();
            lines
                .map(|line| line.into_iter().map(|piece| piece.text).collect())
                .collect()
        };
        assert_eq!(lines("hero.png  214 kB", 12), ["hero.png ", "214 kB"]);
        assert_eq!(lines("hero.png 214 kB", 14), ["hero.png", "214 kB"]);
        assert_eq!(lines("214 kilobytes", 10), ["214", "kilobytes"]);
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
    }

    #[test]
    fn a_name_keeps_its_extension() {
        assert_eq!(
            cut_name("very-long-name-of-a-file.png", 17),
            "very-long-na….png"
        );
        assert_eq!(cut_name("hero.png", 8), "hero.png");
        assert_eq!(cut_name("hero-image.png", 6), "hero-…");
        assert_eq!(cut_name("ヒーロー画像.png", 11), "ヒーロ….png");
        assert_eq!(cut("ヒーロー", 4), "ヒ…");
        assert_eq!(cut_start("public/images/icons", 12), "…mages/icons");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(count(5000), "5,000");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(count(12), "12");
    }

    #[test]
    fn times_are_told_as_far_as_they_are_known() {
        let clock = clock();
        for (text, told) in [
            ("2026-03-10T11:59:40Z", "just now"),
            ("2026-03-10T11:20:00Z", "40 min ago"),
            ("2026-03-10T10:59:00+00:00", "1 hour ago"),
            ("2026-03-08T11:00:00.123456Z", "2 days ago"),
            ("2025-12-24T11:00:00Z", "2025-12-24"),
            ("2027-01-01T00:00:00Z", "2027-01-01"),
            ("2026-03-08T11:00:00", "2026-03-08"),
            ("2026-03-08", "2026-03-08"),
            ("last \u{1b}[31mTuesday", "last ⟨1B⟩[31mTuesday"),
        ] {
            assert_eq!(when(text, &clock), told, "{text}");
        }
        assert_eq!(
            when_in_full("2026-03-08T11:00:00Z", &clock),
            "2 days ago (2026-03-08 11:00 UTC)"
        );
    }

    #[test]
    fn lines_break_at_spaces_and_keep_their_tones() {
        let lines = wrap(
            &[
                say("Delete "),
                toned("hero.png", Tone::Strong),
                say("? It is gone for good."),
            ],
            16,
        );
        let plain: Vec<String> = lines
            .iter()
            .map(|line| line.iter().map(|piece| piece.text.as_str()).collect())
            .collect();
        assert_eq!(plain, ["Delete hero.png?", "It is gone for", "good."]);
        assert_eq!(lines[0][1].tone, Tone::Strong);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in "[ a-zéヒ👩‍💻.⟨]{0,40}", columns in 0_usize..30) {
            // As everything that comes here: a joiner without its emoji is a mark by now.
            let text = SafeText::name(&text).into_string();
            prop_assert!(width(&cut(&text, columns)) <= columns);
            prop_assert!(width(&cut_name(&text, columns)) <= columns);
            prop_assert!(width(&cut_start(&text, columns)) <= columns);
            for line in wrap(&[say(text.clone())], columns) {
                let line: String = line.into_iter().map(|piece| piece.text).collect();
                prop_assert!(width(&line) <= columns.max(2));
            }
        }
    }
}
