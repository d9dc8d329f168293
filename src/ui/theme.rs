//! What each role looks like: the terminal's own colours, few attributes, and no meaning by colour
//! alone. Also the plain-ASCII form of the screen.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::app::modal::view::Tone;
pub use crate::domain::Role;
use crate::domain::text::speaks_utf8;
use crate::domain::{Attribute, Colour, Look, Looks};

/// How roles look on this terminal, and whether by Unicode or ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Every role's look, by its number.
    looks: [Look; Role::COUNT],
    colours: bool,
    ascii: bool,
    /// The terminal's background, once it is known.
    light: Option<bool>,
}

impl Theme {
    /// A theme with its choices made.
    pub fn new(looks: &Looks, colours: bool, ascii: bool) -> Self {
        Self {
            looks: looks.all(None),
            colours,
            ascii,
            light: None,
        }
    }

    /// By `NO_COLOR` and the locale's variables.
    pub fn from_env(looks: &Looks, ascii: bool, var: impl Fn(&str) -> Option<String>) -> Self {
        let colours = var("NO_COLOR").is_none_or(|value| value.is_empty());
        Self::new(looks, colours, ascii || !speaks_utf8(var))
    }

    /// The same on a terminal whose background is light, or dark.
    #[must_use]
    pub fn lit(mut self, looks: &Looks, light: bool) -> Self {
        self.light = Some(light);
        self.looks = looks.all(self.light);
        self
    }

    /// Colours may be used.
    pub const fn coloured(self) -> bool {
        self.colours
    }

    /// The terminal is known to be light.
    pub const fn on_light(self) -> bool {
        matches!(self.light, Some(true))
    }

    /// Only ASCII may reach the terminal.
    pub const fn ascii(self) -> bool {
        self.ascii
    }

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        let look = self.looks.get(role as usize).copied().unwrap_or_default();
        let mut style = Style::new();
        if self.colours {
            if look.ink != Colour::Own {
                style = style.fg(colour(look.ink));
            }
            if look.paper != Colour::Own {
                style = style.bg(colour(look.paper));
            }
        }
        for (_, attribute) in Attribute::ALL {
            if look.has(attribute) {
                style = style.add_modifier(match attribute {
                    Attribute::Bold => Modifier::BOLD,
                    Attribute::Dim => Modifier::DIM,
                    Attribute::Italic => Modifier::ITALIC,
                    Attribute::Underline => Modifier::UNDERLINED,
                    Attribute::Reverse => Modifier::REVERSED,
                });
            }
        }
        style
    }

    /// The style of a tone that the model chose.
    pub fn tone(self, tone: Tone) -> Style {
        if let Tone::Account(Some(ink)) = tone
            && self.colours
        {
            return self.style(Role::Strong).fg(colour(ink));
        }
        self.style(match tone {
            Tone::Plain => Role::Text,
            Tone::Strong | Tone::Account(_) => Role::Strong,
            Tone::Dim => Role::Dim,
            Tone::Good => Role::Good,
            Tone::Warning => Role::Warning,
            Tone::Bad => Role::Bad,
            Tone::Link => Role::Link,
        })
    }

    /// The frame of panes and modals.
    pub const fn border(self) -> border::Set<'static> {
        border::ROUNDED
    }
}

const fn colour(colour: Colour) -> Color {
    match colour {
        Colour::Own => Color::Reset,
        Colour::Palette(0) => Color::Black,
        Colour::Palette(1) => Color::Red,
        Colour::Palette(2) => Color::Green,
        Colour::Palette(3) => Color::Yellow,
        Colour::Palette(4) => Color::Blue,
        Colour::Palette(5) => Color::Magenta,
        Colour::Palette(6) => Color::Cyan,
        Colour::Palette(number) => Color::Indexed(number),
        Colour::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}

/// Our own symbols and what stands for them in ASCII.
const PLAIN: &[(&str, &str)] = &[
    ("╭", "+"),
    ("╮", "+"),
    ("╰", "+"),
    ("╯", "+"),
    ("─", "-"),
    ("│", "|"),
    ("├", "+"),
    ("┤", "+"),
    ("━", "="),
    ("┃", "#"),
    ("▌", ">"),
    ("▸", ">"),
    ("▾", "v"),
    ("◂", "<"),
    ("‹", "<"),
    ("›", ">"),
    ("●", "*"),
    ("○", "o"),
    ("·", "."),
    ("▲", "^"),
    ("▼", "v"),
    ("•", "*"),
    ("▀", "\""),
    ("▄", "_"),
    ("█", "#"),
    ("…", "~"),
    ("–", "-"),
    ("—", "-"),
    ("↑", "^"),
    ("↓", "v"),
    ("←", "<"),
    ("→", ">"),
    ("✓", "+"),
    ("✗", "!"),
    ("×", "x"),
    ("“", "\""),
    ("”", "\""),
    ("‘", "'"),
    ("’", "'"),
    ("⟨", "<"),
    ("⟩", ">"),
    ("⠋", "|"),
    ("⠙", "/"),
    ("⠹", "-"),
    ("⠸", "\\"),
    ("⠼", "|"),
    ("⠴", "/"),
    ("⠦", "-"),
    ("⠧", "\\"),
    ("⠇", "|"),
    ("⠏", "/"),
];

/// Puts ASCII in place of everything else, cell by cell, so that no widget has to think of it. What
/// has no twin becomes `?`.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let plain = PLAIN
                .iter()
                .find(|(symbol, _)| *symbol == cell.symbol())
                .map_or("?", |(_, plain)| plain);
            cell.set_symbol(plain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(pairs: &[(&str, &str)]) -> Theme {
        Theme::from_env(&Looks::terminal(), false, |name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_decides() {
        let made = |colours, ascii| Theme::new(&Looks::terminal(), colours, ascii);
        assert_eq!(theme(&[]), made(true, false));
        assert_eq!(theme(&[("NO_COLOR", "1")]), made(false, false));
        assert_eq!(theme(&[("NO_COLOR", "")]), made(true, false));
        assert_eq!(theme(&[("LANG", "de_DE.UTF-8")]), made(true, false));
        assert_eq!(
            theme(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]),
            made(true, true)
        );
        assert_eq!(theme(&[("LC_CTYPE", "UTF-8")]), made(true, false));
    }

    /// Everything beyond ASCII between quotes in the sources of what is drawn: none may end as `?`.
    #[test]
    fn every_symbol_of_ours_has_an_ascii_twin() {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = ["api", "app", "tui", "ui"].map(|it| src.join(it)).to_vec();
        let mut seen = std::collections::BTreeMap::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with("tests") || path.ends_with("tests.rs") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let product = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                    let lines = product.lines().map(|line| line.split("//").next().unwrap());
                    for c in lines.flat_map(str::chars).filter(|c| !c.is_ascii()) {
                        seen.entry(c.to_string()).or_insert(path.clone());
                    }
                }
            }
        }
        assert!(seen.contains_key("▸") && seen.contains_key("✓"), "{seen:?}");
        seen.retain(|symbol, _| PLAIN.iter().all(|(known, _)| known != symbol));
        assert!(seen.is_empty(), "without a twin: {seen:?}");
        let twins = |(_, plain): &&(_, &str)| plain.len() != 1 || !plain.is_ascii();
        assert_eq!(PLAIN.iter().find(twins), None);
    }

    #[test]
    fn without_colours_no_role_has_one_and_the_cursor_still_shows() {
        for looks in Looks::BUILT_IN.map(|name| Looks::built_in(name).unwrap()) {
            for theme in [
                Theme::new(&looks, false, false),
                Theme::new(&looks, false, false).lit(&looks, true),
            ] {
                for role in [
                    Role::Focus,
                    Role::Bad,
                    Role::Good,
                    Role::Warning,
                    Role::Mark,
                ] {
                    assert_eq!(theme.style(role).fg, None, "{role:?}");
                }
                assert!(
                    theme
                        .style(Role::Cursor)
                        .add_modifier
                        .contains(Modifier::REVERSED)
                );
            }
        }
    }
}
