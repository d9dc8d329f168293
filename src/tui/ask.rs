//! What the terminal is asked about itself, once, and what it answered. Nobody ever waits for it:
//! the first frame is on the screen by then, and what is never answered changes nothing.

use std::fmt::Write as _;

/// The end of a round of questions: every terminal answers this one, and in order.
const FENCE: &str = "\x1b[c";

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What it can do in the oldest way of asking, which also ends a round.
    Attributes { sixel: bool },
    /// Its name and version, such as `kitty(0.32.2)`.
    Name(String),
    /// A cell's width and height in pixels.
    Cell(u16, u16),
    /// The colour behind the text.
    Background(Rgb),
    /// So many colours can be on the screen at once in sixels.
    Colours(u16),
    /// Whether it takes pictures in the protocol that kitty made.
    Kitty(bool),
    /// Whether it tells when it is turned to or away from.
    Focus(bool),
}

/// A colour, by eight bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Text on it is better dark.
    pub fn is_light(self) -> bool {
        let Self(red, green, blue) = self;
        // How bright the eye finds each, in thousandths.
        let seen = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
        seen > 127_500
    }
}

impl Answer {
    /// Reads what came between `ESC ]` (kind `]`), `ESC P` or `ESC _` and the end of the string.
    pub fn of_string(kind: u8, text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        match kind {
            b']' => colour(text.strip_prefix("11;")?).map(Self::Background),
            b'P' => {
                let name = text.strip_prefix(">|")?;
                let plain = name.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
                Some(Self::Name(plain.take(60).collect()))
            }
            b'_' => {
                let (about, said) = text.strip_prefix('G')?.split_once(';')?;
                let ours = about.split(',').any(|part| part == QUESTION_ID);
                ours.then(|| Self::Kitty(said == "OK"))
            }
            _ => None,
        }
    }

    /// Reads the parameters and the last character of what followed `ESC [`.
    pub fn of_sequence(parameters: &str, last: char) -> Option<Self> {
        match last {
            'c' => {
                let sixel = parameters.strip_prefix('?')?.split(';').any(|it| it == "4");
                Some(Self::Attributes { sixel })
            }
            'S' => {
                let count = parameters.strip_prefix("?1;0;")?.parse().ok()?;
                (count >= 2).then_some(Self::Colours(count))
            }
            'y' => {
                let state = parameters.strip_prefix("?1004;")?.strip_suffix('$')?;
                // Set or reset, for good or not; 0 is a mode that it does not know.
                Some(Self::Focus(matches!(state, "1" | "2" | "3")))
            }
            't' => {
                let mut numbers = parameters.strip_prefix("6;")?.split(';');
                let mut number = || numbers.next()?.parse::<u16>().ok();
                let (height, width) = (number()?, number()?);
                // No font is larger, and nothing can be drawn in cells of no size.
                let sound = |size: u16| (1..=200).contains(&size);
                (sound(width) && sound(height)).then_some(Self::Cell(width, height))
            }
            _ => None,
        }
    }
}

/// `rgb:ffff/ffff/ffff` with one to four digits each, or `rgba:` with one more.
fn colour(text: &str) -> Option<Rgb> {
    let text = text
        .strip_prefix("rgb:")
        .or_else(|| text.strip_prefix("rgba:"))?;
    let mut parts = text.split('/').map(|part| {
        let value = u32::from_str_radix(part, 16).ok()?;
        let largest = (1_u32 << (4 * u32::try_from(part.len()).ok().filter(|it| *it <= 4)?)) - 1;
        u8::try_from(value * 255 / largest).ok()
    });
    Some(Rgb(parts.next()??, parts.next()??, parts.next()??))
}

/// This terminal is known to print what it does not understand.
pub fn prints(var: impl Fn(&str) -> Option<String>) -> bool {
    var("TERM").is_some_and(|term| term == "linux" || term.starts_with("vt"))
}

/// What marks the answer to our question about pictures.
const QUESTION_ID: &str = "i=4207";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    First,
    /// About pictures, asked of those only that would not print the question or scroll by it.
    Second,
    Over,
}

/// The questions, and what is known so far.
#[derive(Debug)]
pub struct Asking {
    round: Round,
    told: Told,
}

/// What the terminal told of itself; what it did not tell is `None` or `false`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Name and version, plain ASCII.
    pub name: Option<String>,
    pub sixel: bool,
    /// Colours at once in sixels.
    pub colours: Option<u16>,
    pub kitty: bool,
    /// A cell's width and height in pixels.
    pub cell: Option<(u16, u16)>,
    pub background: Option<Rgb>,
    /// It tells when it is turned to or away from.
    pub focus: bool,
}

impl Asking {
    /// The questions to begin with, to be written once the first frame is out. Terminals that are
    /// known to print what they do not understand are asked nothing.
    pub fn begin(var: impl Fn(&str) -> Option<String>) -> (Self, String) {
        let (round, text) = if prints(var) {
            (Round::Over, String::new())
        } else {
            let text = format!("\x1b]11;?\x1b\\\x1b[>0q\x1b[16t{FENCE}");
            (Round::First, text)
        };
        let told = Told::default();
        (Self { round, told }, text)
    }

    /// Takes an answer and gives what is to be asked next, mostly nothing.
    pub fn take(&mut self, answer: Answer) -> String {
        match answer {
            Answer::Name(name) => self.told.name = Some(name),
            Answer::Cell(width, height) => self.told.cell = Some((width, height)),
            Answer::Background(colour) => self.told.background = Some(colour),
            Answer::Colours(count) => self.told.colours = Some(count),
            Answer::Kitty(fine) => self.told.kitty = fine,
            Answer::Focus(tells) => self.told.focus = tells,
            Answer::Attributes { sixel } => {
                self.told.sixel = sixel;
                let named = self.told.name.as_deref();
                // A multiplexer keeps such questions to itself or hands them to whom it should not.
                let alone = named.is_some_and(|name| !name.starts_with("tmux"));
                let mut text = String::new();
                if self.round == Round::First {
                    if alone {
                        // Writing to a String cannot fail.
                        let _ = write!(text, "\x1b_G{QUESTION_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\");
                        // Of those without a name some print a part of this question.
                        text.push_str("\x1b[?1004$p");
                    }
                    if sixel {
                        text.push_str("\x1b[?1;1;0S");
                    }
                }
                if text.is_empty() {
                    self.round = Round::Over;
                } else {
                    self.round = Round::Second;
                    text.push_str(FENCE);
                }
                return text;
            }
        }
        String::new()
    }

    /// Every answer that can be expected has come.
    pub fn is_over(&self) -> bool {
        self.round == Round::Over
    }

    /// What is known so far.
    pub fn told(&self) -> &Told {
        &self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let sequence = |text: &str, last| Answer::of_sequence(text, last);
        let sixel = |sixel| Some(Answer::Attributes { sixel });
        assert_eq!(sequence("?62;4;22", 'c'), sixel(true));
        assert_eq!(sequence("?1;2", 'c'), sixel(false));
        assert_eq!(sequence("?64;44", 'c'), sixel(false));
        assert_eq!(sequence(">41;379;0", 'c'), None);
        assert_eq!(sequence("6;18;9", 't'), Some(Answer::Cell(9, 18)));
        for bad in ["6;0;9", "6;18", "6;99999;1", "8;24;80"] {
            assert_eq!(sequence(bad, 't'), None, "{bad}");
        }
        assert_eq!(sequence("?1;0;256", 'S'), Some(Answer::Colours(256)));
        assert_eq!(sequence("?1;3;0", 'S'), None);
        assert_eq!(sequence("?1004;1$", 'y'), Some(Answer::Focus(true)));
        assert_eq!(sequence("?1004;0$", 'y'), Some(Answer::Focus(false)));
        assert_eq!(sequence("?2026;1$", 'y'), None);
        let string = |kind, text: &str| Answer::of_string(kind, text.as_bytes());
        let name = |text: &str| Some(Answer::Name(text.to_owned()));
        assert_eq!(string(b'P', ">|kitty(0.32.2)"), name("kitty(0.32.2)"));
        assert_eq!(string(b'P', ">|a\u{7}\u{e4}b"), name("ab"));
        assert_eq!(string(b'_', "Gi=4207;OK"), Some(Answer::Kitty(true)));
        assert_eq!(
            string(b'_', "Gi=4207;ENOTSUP:no"),
            Some(Answer::Kitty(false))
        );
        assert_eq!(
            string(b'_', "Gi=1;OK"),
            None,
            "it is not about our question"
        );
    }

    #[test]
    fn a_background_is_light_or_dark() {
        let told = |text: &str| match Answer::of_string(b']', text.as_bytes()) {
            Some(Answer::Background(colour)) => Some(colour),
            _ => None,
        };
        let white = Some(Rgb(255, 255, 255));
        assert_eq!(told("11;rgb:ffff/ffff/ffff"), white);
        assert_eq!(told("11;rgb:f/f/f"), white);
        assert_eq!(told("11;rgba:ff/ff/ff/80"), white);
        assert_eq!(told("11;rgb:1e1e/2020/3030"), Some(Rgb(0x1e, 0x20, 0x30)));
        for bad in [
            "11;?",
            "11;rgb:",
            "11;rgb:1/2",
            "11;rgb:11111/1/1",
            "10;rgb:1/1/1",
        ] {
            assert_eq!(told(bad), None, "{bad}");
        }
        assert!(Rgb(253, 246, 227).is_light() && !Rgb(0, 43, 54).is_light());
    }

    #[test]
    fn pictures_are_asked_about_where_a_name_was_given() {
        let env = |term: &'static str| move |name: &str| (name == "TERM").then(|| term.to_owned());
        let fence = || Answer::Attributes { sixel: false };
        let (mut asking, text) = Asking::begin(env("xterm-kitty"));
        assert!(text.ends_with(FENCE) && !text.contains("\x1b_G"));
        assert_eq!(asking.take(Answer::Name("kitty(0.32)".to_owned())), "");
        assert!(asking.take(fence()).starts_with("\x1b_Gi=4207,"));
        assert!(!asking.is_over());
        assert_eq!(asking.take(Answer::Kitty(true)), "");
        assert_eq!(asking.take(fence()), "");
        assert!(asking.is_over() && asking.told().kitty);

        for name in [None, Some("tmux 3.4")] {
            let (mut asking, _) = Asking::begin(env("xterm-256color"));
            if let Some(name) = name {
                asking.take(Answer::Name(name.to_owned()));
            }
            assert_eq!(asking.take(fence()), "", "{name:?}");
            assert!(asking.is_over());
        }
        let (asking, text) = Asking::begin(env("linux"));
        assert!(asking.is_over() && text.is_empty(), "it would print them");
    }
}
