//! Themes: how each piece of the screen looks, by words for colours and attributes, as the settings
//! have them.

mod wrong;

use std::str::FromStr;

pub use self::wrong::{ColourError, LookError};

/// What a piece of the screen is, for the theme to decide how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Text,
    /// Less important: borders at rest, labels, dashes, placeholders.
    Dim,
    Strong,
    /// Column heads.
    Head,
    /// The border of the pane that has the focus.
    Focus,
    /// The row under the cursor in the focused pane.
    Cursor,
    /// The row under the cursor in another pane.
    CursorAway,
    /// The bar in front of the row under the cursor.
    Bar,
    /// The mark of a marked row.
    Mark,
    Good,
    Warning,
    Bad,
    Link,
    /// The place where a text is typed.
    Entry,
}

/// How many roles there are.
const ROLES: usize = 14;

impl Role {
    /// How many there are.
    pub const COUNT: usize = ROLES;

    /// The roles by the names that theme files give them.
    pub const NAMES: [&'static str; ROLES] = [
        "text",
        "dim",
        "strong",
        "head",
        "focus",
        "cursor",
        "cursor_away",
        "bar",
        "mark",
        "good",
        "warning",
        "bad",
        "link",
        "entry",
    ];

    const ALL: [Self; ROLES] = [
        Self::Text,
        Self::Dim,
        Self::Strong,
        Self::Head,
        Self::Focus,
        Self::Cursor,
        Self::CursorAway,
        Self::Bar,
        Self::Mark,
        Self::Good,
        Self::Warning,
        Self::Bad,
        Self::Link,
        Self::Entry,
    ];

    /// The role of a name in a theme file.
    pub fn of(name: &str) -> Option<Self> {
        let named = Self::NAMES.into_iter().zip(Self::ALL);
        named.into_iter().find(|(it, _)| *it == name).map(|it| it.1)
    }
}

/// A colour as a theme names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Own,
    /// One of its palette: the first sixteen are the user's own choice.
    Palette(u8),
    Rgb(u8, u8, u8),
}

const COLOURS: [&str; 8] = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
];

impl Colour {
    fn of(word: &str) -> Option<Self> {
        if word == "default" {
            return Some(Self::Own);
        }
        let (name, above) = match word.strip_prefix("bright-") {
            Some(name) => (name, 8),
            None => (word, 0),
        };
        if let Some(at) = COLOURS.iter().position(|it| *it == name) {
            return u8::try_from(at + above).ok().map(Self::Palette);
        }
        if let Some(digits) = word
            .strip_prefix('#')
            .filter(|it| it.len() == 6 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            let part = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
            return Some(Self::Rgb(part(0)?, part(2)?, part(4)?));
        }
        word.parse().ok().map(Self::Palette)
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        Self::of(text.trim()).ok_or_else(|| ColourError(text.to_owned()))
    }
}

/// An attribute of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    Bold,
    Dim,
    Italic,
    Underline,
    Reverse,
}

impl Attribute {
    /// Each with its word.
    pub const ALL: [(&'static str, Self); 5] = [
        ("bold", Self::Bold),
        ("dim", Self::Dim),
        ("italic", Self::Italic),
        ("underline", Self::Underline),
        ("reverse", Self::Reverse),
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// How one role looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    pub ink: Colour,
    pub paper: Colour,
    attributes: u8,
}

impl Look {
    pub const fn has(self, attribute: Attribute) -> bool {
        self.attributes & attribute.bit() != 0
    }

    /// Text of a palette's colour.
    const fn ink(mut self, palette: u8) -> Self {
        self.ink = Colour::Palette(palette);
        self
    }

    const fn with(mut self, attribute: Attribute) -> Self {
        self.attributes |= attribute.bit();
        self
    }
}

impl FromStr for Look {
    type Err = LookError;

    /// Reads `bold red on black`: attributes, the text's colour, and behind `on` the background's.
    fn from_str(text: &str) -> Result<Self, LookError> {
        let mut look = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            if word == "on" {
                let word = words.next().filter(|word| *word != "on");
                let word = word.ok_or(LookError::NoPaper)?;
                look.paper = word.parse().map_err(LookError::Paper)?;
            } else if let Some((_, one)) =
                Attribute::ALL.into_iter().find(|(name, _)| *name == word)
            {
                look = look.with(one);
            } else {
                look.ink = Colour::of(word).ok_or_else(|| LookError::Word(word.to_owned()))?;
            }
        }
        Ok(look)
    }
}

/// A theme: every role's look, and which ones differ once the terminal is known to be light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    always: [Look; ROLES],
    light: [Option<Look>; ROLES],
    dark: [Option<Look>; ROLES],
}

/// When a look holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    /// On a light background, once that is known.
    Light,
    Dark,
}

impl Looks {
    /// The themes that are built in.
    pub const BUILT_IN: [&'static str; 3] = ["terminal", "high-contrast", "monochrome"];

    /// A built-in theme.
    pub fn built_in(name: &str) -> Option<Self> {
        match name {
            "terminal" => Some(Self::terminal()),
            "high-contrast" => Some(Self::high_contrast()),
            "monochrome" => Some(Self::monochrome()),
            _ => None,
        }
    }

    /// By attributes alone.
    pub fn monochrome() -> Self {
        use Attribute::{Bold, Dim, Reverse, Underline};
        let plain = Look::default();
        let mut looks = Self {
            always: [plain; ROLES],
            light: [None; ROLES],
            dark: [None; ROLES],
        };
        for (role, look) in [
            (Role::Dim, plain.with(Dim)),
            (Role::Strong, plain.with(Bold)),
            (Role::CursorAway, plain.with(Bold)),
            (Role::Head, plain.with(Dim).with(Bold)),
            (Role::Focus, plain.with(Bold)),
            (Role::Bar, plain.with(Bold)),
            (Role::Cursor, plain.with(Reverse)),
            (Role::Mark, plain.with(Bold)),
            (Role::Bad, plain.with(Bold)),
            (Role::Link, plain.with(Underline)),
            (Role::Entry, plain.with(Underline)),
        ] {
            looks.set(role, When::Always, look);
        }
        looks
    }

    /// The sixteen colours that the user's own palette defines, and never a background, so that light
    /// and dark terminals both work; where the terminal says that it is light, darker ones in place
    /// of those that are hard to read there.
    pub fn terminal() -> Self {
        let mut looks = Self::monochrome();
        for (role, usual, light) in [
            (Role::Focus, 6, Some(4)),
            (Role::Bar, 6, Some(4)),
            (Role::Mark, 5, None),
            (Role::Good, 2, Some(28)),
            (Role::Warning, 3, Some(130)),
            (Role::Bad, 1, None),
        ] {
            let look = looks.look(role, None);
            looks.set(role, When::Always, look.ink(usual));
            if let Some(light) = light {
                looks.set(role, When::Light, look.ink(light));
            }
        }
        looks
    }

    /// Nothing dim, and every colour at its strongest against the background.
    pub fn high_contrast() -> Self {
        use Attribute::{Bold, Reverse, Underline};
        let mut looks = Self::monochrome();
        let plain = Look::default();
        let bold = plain.with(Bold);
        for (role, look) in [
            (Role::Dim, plain),
            (Role::Head, bold.with(Underline)),
            (Role::Cursor, bold.with(Reverse)),
            (Role::CursorAway, bold.with(Underline)),
            (Role::Warning, bold.with(Underline)),
            (Role::Bad, bold.with(Reverse)),
            (Role::Entry, bold.with(Underline)),
        ] {
            looks.set(role, When::Always, look);
        }
        for (role, dark, light) in [
            (Role::Focus, 11, 18),
            (Role::Bar, 11, 18),
            (Role::Mark, 13, 53),
            (Role::Good, 10, 22),
        ] {
            looks.set(role, When::Dark, bold.ink(dark));
            looks.set(role, When::Light, bold.ink(light));
        }
        looks
    }

    /// How a role looks; `light` as far as it is known.
    pub fn look(&self, role: Role, light: Option<bool>) -> Look {
        let at = role as usize;
        let special = match light {
            Some(true) => self.light.get(at),
            Some(false) => self.dark.get(at),
            None => None,
        };
        let usual = || self.always.get(at).copied().unwrap_or_default();
        special.copied().flatten().unwrap_or_else(usual)
    }

    /// How all of them look, by their numbers.
    pub fn all(&self, light: Option<bool>) -> [Look; ROLES] {
        Role::ALL.map(|role| self.look(role, light))
    }

    /// Says how a role looks.
    pub fn set(&mut self, role: Role, when: When, look: Look) {
        let at = role as usize;
        match when {
            When::Always => {
                self.always[at] = look;
                // A file's word for it holds everywhere but where it says otherwise.
                (self.light[at], self.dark[at]) = (None, None);
            }
            When::Light => self.light[at] = Some(look),
            When::Dark => self.dark[at] = Some(look),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_read_from_words() {
        let look: Look = "bold bright-red on #102030".parse().unwrap();
        assert!(look.has(Attribute::Bold) && !look.has(Attribute::Dim));
        assert_eq!(look.ink, Colour::Palette(9));
        assert_eq!(look.paper, Colour::Rgb(16, 32, 48));
        assert_eq!("130".parse::<Look>().unwrap().ink, Colour::Palette(130));
        assert_eq!("".parse::<Look>(), Ok(Look::default()));
        for (text, said) in [
            ("blod", "did you mean `bold`?"),
            ("bold grene", "did you mean `green`?"),
            ("#12", "#rrggbb"),
            ("256", "0 to 255"),
            ("red on", "colour is missing"),
            ("red on on blue", "colour is missing"),
            ("red on bold", "`bold` is no colour; "),
            ("red on blu", "did you mean `blue`?"),
            ("#+1+2+3", "#rrggbb"),
        ] {
            let error = text.parse::<Look>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn every_role_has_its_name_and_its_place() {
        for (at, (name, role)) in Role::NAMES.into_iter().zip(Role::ALL).enumerate() {
            assert_eq!(Role::of(name), Some(role));
            assert_eq!(role as usize, at);
        }
    }

    #[test]
    fn light_and_dark_differ_only_where_they_are_known() {
        let mut looks = Looks::terminal();
        let warning = |looks: &Looks, light| looks.look(Role::Warning, light).ink;
        assert_eq!(warning(&looks, None), Colour::Palette(3));
        assert_eq!(warning(&looks, Some(false)), Colour::Palette(3));
        assert_eq!(warning(&looks, Some(true)), Colour::Palette(130));
        looks.set(Role::Warning, When::Always, Look::default());
        assert_eq!(warning(&looks, Some(true)), Colour::Own);
        for name in Looks::BUILT_IN {
            assert!(Looks::built_in(name).is_some());
        }
    }
}
