//! What each role looks like: the terminal's own colours, few attributes, and no meaning by colour
//! alone. Also the plain-ASCII form of the screen.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::app::modal::view::Tone;

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

/// Colours on or off, Unicode or ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    colours: bool,
    ascii: bool,
    /// The terminal's background is light.
    light: bool,
}

impl Theme {
    /// A theme with the two choices made.
    pub const fn new(colours: bool, ascii: bool) -> Self {
        Self {
            colours,
            ascii,
            light: false,
        }
    }

    /// By `NO_COLOR` and the locale's variables. A locale that is set and is not UTF-8 asks for
    /// ASCII; one that is not set at all says nothing, and terminals of today speak UTF-8.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self::new(set("NO_COLOR").is_none(), !utf8)
    }

    /// The same on a terminal whose background is light, or dark.
    #[must_use]
    pub const fn lit(mut self, light: bool) -> Self {
        self.light = light;
        self
    }

    /// Colours may be used.
    pub const fn coloured(self) -> bool {
        self.colours
    }

    /// The terminal is known to be light.
    pub const fn on_light(self) -> bool {
        self.light
    }

    /// Only ASCII may reach the terminal.
    pub const fn ascii(self) -> bool {
        self.ascii
    }

    /// The style of a role. Only the sixteen colours that the user's own palette defines, and never
    /// a background, so that light and dark terminals both work.
    pub fn style(self, role: Role) -> Style {
        let base = Style::new();
        let hue = |colour: Color| {
            if self.colours { base.fg(colour) } else { base }
        };
        match role {
            Role::Text => base,
            Role::Dim => base.add_modifier(Modifier::DIM),
            Role::Strong | Role::CursorAway => base.add_modifier(Modifier::BOLD),
            Role::Head => base.add_modifier(Modifier::DIM | Modifier::BOLD),
            Role::Focus | Role::Bar => hue(Color::Cyan).add_modifier(Modifier::BOLD),
            Role::Cursor => base.add_modifier(Modifier::REVERSED),
            Role::Mark => hue(Color::Magenta).add_modifier(Modifier::BOLD),
            Role::Good => hue(Color::Green),
            Role::Warning => hue(Color::Yellow),
            Role::Bad => hue(Color::Red).add_modifier(Modifier::BOLD),
            Role::Link | Role::Entry => base.add_modifier(Modifier::UNDERLINED),
        }
    }

    /// The style of a tone that the model chose.
    pub fn tone(self, tone: Tone) -> Style {
        self.style(match tone {
            Tone::Plain => Role::Text,
            Tone::Strong => Role::Strong,
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
    ("…", "~"),
    ("–", "-"),
    ("—", "-"),
    ("↑", "^"),
    ("↓", "v"),
    ("←", "<"),
    ("→", ">"),
    ("✓", "x"),
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
        Theme::from_env(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_decides() {
        assert_eq!(theme(&[]), Theme::new(true, false));
        assert_eq!(theme(&[("NO_COLOR", "1")]), Theme::new(false, false));
        assert_eq!(theme(&[("NO_COLOR", "")]), Theme::new(true, false));
        assert_eq!(theme(&[("LANG", "de_DE.UTF-8")]), Theme::new(true, false));
        assert_eq!(
            theme(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]),
            Theme::new(true, true)
        );
        assert_eq!(theme(&[("LC_CTYPE", "UTF-8")]), Theme::new(true, false));
    }

    #[test]
    fn without_colours_no_role_has_one_and_the_cursor_still_shows() {
        let theme = Theme::new(false, false);
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
