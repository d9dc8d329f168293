//! Which way pictures get onto this terminal, by what it told, where we are and what is set.

use super::ask::Told;
use crate::app::pictures::Means;
use crate::picture::{Choice, Preference, Way};
use crate::runtime::tmux::Tmux;

/// A cell's size where nobody tells: what is common.
const USUAL_CELL: (u16, u16) = (8, 16);
/// Bytes for one picture over a line that may be slow, and on the same machine.
const FAR: usize = 150_000;
const NEAR: usize = 2_000_000;
const FEW: u16 = 16;
/// From this version on kitty knows the characters that a picture hangs on.
const KITTY_PLACES: (u32, u32) = (0, 28);

/// What there is to know beside the terminal's own words.
pub struct Place<'a> {
    pub var: &'a dyn Fn(&str) -> Option<String>,
    /// `None` outside tmux, and as long as it has not said anything.
    pub tmux: Option<&'a Tmux>,
    /// A cell's size by the system.
    pub cell: Option<(u16, u16)>,
    pub ascii: bool,
    pub preference: &'a Preference,
}

impl Place<'_> {
    fn set(&self, name: &str) -> bool {
        (self.var)(name).is_some_and(|value| !value.is_empty())
    }

    fn is(&self, name: &str, values: &[&str]) -> bool {
        (self.var)(name).is_some_and(|value| values.contains(&value.as_str()))
    }

    /// The way, and what else decides about pictures.
    pub fn means(&self, told: &Told) -> Means {
        let cell = told.cell.or(self.cell);
        let (way, why) = match self.preference.choice {
            Choice::Auto => self.detect(told, cell),
            Choice::Kitty if self.set("TMUX") => (Ok(Way::KittyBehind), None),
            Choice::Kitty => (Ok(Way::Kitty), None),
            Choice::Iterm2 => (Ok(Way::Iterm2), None),
            Choice::Sixel => (Ok(sixel(told)), None),
            Choice::Blocks => (Err(()), Some("the settings say so".to_owned())),
        };
        let (way, why) = match way {
            // It would have to be told how large the picture is in pixels.
            Ok(Way::Sixel { .. }) if cell.is_none() => self.words_or_blocks(
                told,
                Some("the terminal does not tell how large a cell is".to_owned()),
            ),
            Ok(way) => (Some(way), None),
            Err(()) => self.words_or_blocks(told, why),
        };
        let far = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"];
        let far = far.into_iter().any(|name| self.set(name));
        Means {
            way,
            cell: cell.unwrap_or(USUAL_CELL),
            send: self.preference.send.unwrap_or(if far { FAR } else { NEAR }),
            fetch: self.preference.fetch,
            why,
        }
    }

    fn detect(&self, told: &Told, cell: Option<(u16, u16)>) -> (Result<Way, ()>, Option<String>) {
        let name = told.name.as_deref().unwrap_or_default();
        let blocks = |why: &str| (Err(()), Some(why.to_owned()));
        if self.set("TMUX") || name.starts_with("tmux") {
            return match self.tmux {
                None => blocks("tmux did not say whether it lets pictures through"),
                Some(tmux) if tmux.sixel && told.sixel && cell.is_some() => (Ok(sixel(told)), None),
                Some(tmux) if !tmux.passes => {
                    blocks("tmux holds pictures back, its allow-passthrough is off")
                }
                Some(tmux) => {
                    let outside = tmux.outside.to_ascii_lowercase();
                    let moves = ["kitty", "ghostty"].iter().any(|it| outside.contains(it));
                    if moves && kitty_version(&outside).is_some_and(|it| it < KITTY_PLACES) {
                        blocks("kitty before 0.28 shows no pictures that tmux can move")
                    } else if moves && !self.ascii {
                        (Ok(Way::KittyBehind), None)
                    } else {
                        blocks("the terminal around tmux shows no pictures that tmux can move")
                    }
                }
            };
        }
        if self.set("STY") {
            return blocks("screen lets no pictures through");
        }
        let iterm2 = name.starts_with("iTerm2")
            || name.starts_with("WezTerm")
            || self.is("LC_TERMINAL", &["iTerm2"])
            || self.is("TERM_PROGRAM", &["iTerm.app", "WezTerm"]);
        if iterm2 {
            (Ok(Way::Iterm2), None)
        } else if told.kitty {
            (Ok(Way::Kitty), None)
        } else if told.sixel {
            (Ok(sixel(told)), None)
        } else {
            blocks("this terminal told of no way to show pictures")
        }
    }

    /// Half blocks need their character and colours.
    fn words_or_blocks(&self, told: &Told, why: Option<String>) -> (Option<Way>, Option<String>) {
        let words = |why: &str| (None, Some(why.to_owned()));
        let term = (self.var)("TERM").unwrap_or_default();
        let any_colour = self.is("COLORTERM", &["truecolor", "24bit"]) || told.name.is_some();
        let many = term.contains("256color")
            || ["kitty", "alacritty", "foot", "ghostty", "wezterm", "direct"]
                .iter()
                .any(|it| term.contains(it));
        if self.ascii {
            words("only ASCII is shown here")
        } else if self.set("NO_COLOR") {
            words("NO_COLOR is set, and this terminal shows pictures by coloured text only")
        } else if !(any_colour || many) {
            words("this terminal has too few colours")
        } else {
            (Some(Way::Blocks { any_colour }), why)
        }
    }
}

/// What kitty says of its version where tmux repeats it, `kitty(0.26.5)`.
fn kitty_version(outside: &str) -> Option<(u32, u32)> {
    let (_, version) = outside.split_once("kitty(")?;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

fn sixel(told: &Told) -> Way {
    Way::Sixel {
        colours: told.colours.unwrap_or(FEW),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Case {
        env: &'static [(&'static str, &'static str)],
        told: Told,
        tmux: Option<Tmux>,
        ascii: bool,
        choice: Choice,
    }

    impl Default for Case {
        fn default() -> Self {
            Self {
                env: &[("TERM", "xterm-256color")],
                told: Told::default(),
                tmux: None,
                ascii: false,
                choice: Choice::Auto,
            }
        }
    }

    fn means(case: &Case) -> Means {
        let var = |name: &str| {
            let found = case.env.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let preference = Preference {
            choice: case.choice,
            ..Preference::default()
        };
        Place {
            var: &var,
            tmux: case.tmux.as_ref(),
            cell: None,
            ascii: case.ascii,
            preference: &preference,
        }
        .means(&case.told)
    }

    fn named(name: &str) -> Told {
        Told {
            name: Some(name.to_owned()),
            ..Told::default()
        }
    }

    #[test]
    fn the_terminal_s_word_decides() {
        let silent = means(&Case::default());
        assert_eq!(silent.way, Some(Way::Blocks { any_colour: false }));
        assert!(silent.why.unwrap().contains("told of no way"));
        let kitty = Told {
            kitty: true,
            ..named("kitty(0.32)")
        };
        let told = |told: &Told| {
            means(&Case {
                told: told.clone(),
                ..Case::default()
            })
            .way
        };
        assert_eq!(told(&kitty), Some(Way::Kitty));
        assert_eq!(told(&named("WezTerm 2024")), Some(Way::Iterm2));
        let sixel = Told {
            sixel: true,
            ..named("XTerm(379)")
        };
        assert_eq!(
            told(&sixel),
            Some(Way::Blocks { any_colour: true }),
            "no size"
        );
        let sixel = Told {
            cell: Some((6, 13)),
            colours: Some(256),
            ..sixel
        };
        assert_eq!(told(&sixel), Some(Way::Sixel { colours: 256 }));
    }

    #[test]
    fn in_tmux_only_what_it_lets_through() {
        let inside = |tmux: Option<Tmux>| {
            let made = means(&Case {
                env: &[("TERM", "tmux-256color"), ("TMUX", "/tmp/t,1,0")],
                told: named("tmux 3.4"),
                tmux,
                ..Case::default()
            });
            (made.way, made.why.unwrap_or_default())
        };
        let blocks = Some(Way::Blocks { any_colour: true });
        let (way, why) = inside(None);
        assert!(way == blocks && why.contains("did not say"), "{why}");
        let mut tmux = Tmux {
            passes: false,
            sixel: false,
            clipboard: crate::runtime::tmux::Clipboard::External,
            outside: "xterm-kitty kitty(0.32)".to_owned(),
        };
        let (way, why) = inside(Some(tmux.clone()));
        assert!(way == blocks && why.contains("allow-passthrough"), "{why}");
        tmux.passes = true;
        assert_eq!(inside(Some(tmux.clone())).0, Some(Way::KittyBehind));
        for (version, way) in [
            ("0.26.5", blocks),
            ("0.28.0", Some(Way::KittyBehind)),
            ("1.0", Some(Way::KittyBehind)),
        ] {
            tmux.outside = format!("xterm-kitty kitty({version})");
            let (made, why) = inside(Some(tmux.clone()));
            assert_eq!(made, way, "{version}");
            assert_eq!(why.contains("before 0.28"), made == blocks, "{why}");
        }
        tmux.outside = "xterm-256color XTerm(379)".to_owned();
        let (way, why) = inside(Some(tmux));
        assert!(way == blocks && why.contains("around tmux"), "{why}");
    }

    #[test]
    fn words_where_not_even_blocks_can_be_seen() {
        let words = |case: Case| {
            let made = means(&case);
            assert_eq!(made.way, None, "{made:?}");
            made.why.unwrap()
        };
        let ascii = words(Case {
            ascii: true,
            ..Case::default()
        });
        assert!(ascii.contains("ASCII"));
        let plain = words(Case {
            env: &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
            ..Case::default()
        });
        assert!(plain.contains("NO_COLOR"));
        let few = words(Case {
            env: &[("TERM", "vt220")],
            ..Case::default()
        });
        assert!(few.contains("colours"));
        let blocks = means(&Case {
            choice: Choice::Blocks,
            told: Told {
                kitty: true,
                ..named("kitty")
            },
            ..Case::default()
        });
        assert_eq!(blocks.way, Some(Way::Blocks { any_colour: true }));
    }

    #[test]
    fn a_slow_line_gets_smaller_pictures() {
        let near = means(&Case::default());
        let far = means(&Case {
            env: &[("TERM", "xterm-256color"), ("SSH_TTY", "/dev/pts/1")],
            ..Case::default()
        });
        assert!(far.send < near.send);
    }
}
