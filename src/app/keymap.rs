//! The keymap: the keys of the table, of a preset and of the settings, looked up by context. Conflicts
//! are errors.

use super::action::{self, Action, Context};
use super::key::{Chord, Key, KeyError};
use crate::domain::{KeyChoice, SafeText, nearest};

/// Which keys run what.
#[derive(Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

#[derive(Debug)]
struct Binding {
    context: Context,
    chord: Chord,
    action: &'static Action,
    given: Given,
}

/// Who gave an action its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Table,
    /// The preset of this name.
    Preset(&'static str),
    /// This line of the settings.
    Line(usize),
}

impl Given {
    const fn line(self) -> Option<usize> {
        match self {
            Self::Line(line) => Some(line),
            Self::Table | Self::Preset(_) => None,
        }
    }
}

/// What the keys pressed so far mean.
#[derive(Debug)]
pub enum Found {
    Action(&'static Action),
    /// The chord goes on: the keys that are missing, and what they run.
    Begun(Vec<(String, &'static Action)>),
    Nothing,
}

/// A key that cannot be bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct KeymapError {
    /// The line of the settings that it is about.
    pub line: Option<usize>,
    pub message: String,
}

/// What a preset gives other keys than the table, action by action.
type Preset = &'static [(&'static str, &'static [&'static str])];

/// The presets by their names.
const PRESETS: [(&str, Preset); 3] = [("default", &[]), ("vim", VIM), ("arrows", ARROWS)];

/// The table's keys are near to vim's already; here what vim does by two keys takes two.
const VIM: Preset = &[
    ("delete", &["d d", "delete"]),
    ("quit", &["Z Z", "Z Q", "q"]),
    ("next-pane", &["ctrl-w l", "ctrl-w w", "tab"]),
    ("previous-pane", &["ctrl-w h", "shift-tab"]),
    ("mark", &["m", "space"]),
];

/// No letter moves.
const ARROWS: Preset = &[
    ("down", &["down"]),
    ("up", &["up"]),
    ("in", &["enter", "right"]),
    ("out", &["left", "backspace"]),
    ("top", &["home"]),
    ("bottom", &["end"]),
    ("half-page-down", &[]),
    ("half-page-up", &[]),
    ("page-down", &["pagedown"]),
    ("page-up", &["pageup"]),
];

/// Keys of these two places are heard at the same time.
fn meet(one: Context, other: Context) -> bool {
    use Context::{Assets, Everywhere, Lists, Middle, Places, Transfers};
    match (one, other) {
        _ if one == other => true,
        (Transfers, _) | (_, Transfers) => false,
        (Everywhere, _) | (_, Everywhere) => true,
        (Lists, it) | (it, Lists) => matches!(it, Places | Middle | Assets),
        _ => false,
    }
}

impl Binding {
    fn place(&self) -> String {
        let at = match self.given {
            Given::Table => "by default".to_owned(),
            Given::Preset(name) => format!("by the preset \"{name}\""),
            Given::Line(line) => format!("line {line}"),
        };
        format!("`{}` ({at})", self.action.name)
    }

    /// Why both cannot be.
    fn conflict(&self, other: &Self) -> Option<KeymapError> {
        let (mine, its) = (&self.chord.0, &other.chord.0);
        if !meet(self.context, other.context) || !(mine.starts_with(its) || its.starts_with(mine)) {
            return None;
        }
        let message = if mine == its {
            format!(
                "`{}` stands for both {} and {} in one place; give one of them another key",
                self.chord,
                other.place(),
                self.place()
            )
        } else {
            // The longer one would never be reached.
            let (short, long) = if mine.len() < its.len() {
                (self, other)
            } else {
                (other, self)
            };
            format!(
                "`{}` of {} begins with `{}` of {} in one place; give one of them another key",
                long.chord,
                long.place(),
                short.chord,
                short.place()
            )
        };
        Some(KeymapError {
            line: self.given.line().max(other.given.line()),
            message,
        })
    }
}

impl Keymap {
    /// Binds the keys that `keys_of` gives for each action of the table, with their lines.
    fn build(
        keys_of: impl Fn(&'static Action) -> Vec<(String, Given)>,
    ) -> Result<Self, KeymapError> {
        let mut bindings: Vec<Binding> = Vec::new();
        for action in action::all() {
            for (text, given) in keys_of(action) {
                let line = given.line();
                let chord: Chord = text.parse().map_err(|error: KeyError| KeymapError {
                    line,
                    message: error.to_string(),
                })?;
                if line.is_some() && chord.0.contains(&Key::ctrl('c')) {
                    let message = "`ctrl-c` always leaves; it cannot be given away".to_owned();
                    return Err(KeymapError { line, message });
                }
                let new = Binding {
                    context: action.context,
                    chord,
                    action,
                    given,
                };
                // Said twice it is the same.
                let again = |it: &Binding| std::ptr::eq(it.action, action) && it.chord == new.chord;
                if bindings.iter().any(again) {
                    continue;
                }
                if let Some(error) = bindings.iter().find_map(|it| new.conflict(it)) {
                    return Err(error);
                }
                bindings.push(new);
            }
        }
        Ok(Self { bindings })
    }

    /// The table's own keys. A test holds that they do not conflict.
    pub fn defaults() -> Self {
        Self::chosen(&KeyChoice::default()).unwrap_or(Self {
            bindings: Vec::new(),
        })
    }

    /// The keys as the settings want them: those given there, else the preset's, else the table's.
    pub fn chosen(choice: &KeyChoice) -> Result<Self, KeymapError> {
        let (name, preset) = match &choice.preset {
            None => PRESETS[0],
            Some((name, line)) => {
                let found = PRESETS.iter().find(|(it, _)| it == name);
                found.copied().ok_or_else(|| {
                    let names = PRESETS.map(|(name, _)| name);
                    let meant = nearest(name, names)
                        .map(|near| format!("; did you mean \"{near}\"?"))
                        .unwrap_or_default();
                    KeymapError {
                        line: Some(*line),
                        message: format!("`preset` is one of {}{meant}", names.join(", ")),
                    }
                })?
            }
        };
        for given in &choice.given {
            if action::find(&given.action).is_none() {
                let meant = nearest(&given.action, action::all().map(|it| it.name)).map_or_else(
                    || "; the palette (`:`) tells the name of each".to_owned(),
                    |near| format!("; did you mean `{near}`?"),
                );
                let name = SafeText::name(&given.action);
                return Err(KeymapError {
                    line: Some(given.line),
                    message: format!("`{name}` is nothing that can be done{meant}"),
                });
            }
        }
        Self::build(|action| {
            let given = choice.given.iter().find(|it| it.action == action.name);
            if let Some(given) = given {
                let keys = given.keys.iter();
                return keys
                    .map(|(key, line)| (key.clone(), Given::Line(*line)))
                    .collect();
            }
            let own = preset.iter().find(|(name, _)| *name == action.name);
            let (keys, given) = own.map_or((action.keys, Given::Table), |(_, keys)| {
                (*keys, Given::Preset(name))
            });
            keys.iter().map(|&key| (key.to_owned(), given)).collect()
        })
    }

    /// Looks the pressed keys up, innermost context first.
    pub fn find(&self, contexts: &[Context], pressed: &[Key]) -> Found {
        let mut ways = Vec::new();
        for context in contexts {
            for binding in self.bindings.iter().filter(|it| it.context == *context) {
                if binding.chord.0 == pressed {
                    return Found::Action(binding.action);
                }
                if let Some(rest) = binding.chord.0.strip_prefix(pressed) {
                    ways.push((Chord(rest.to_vec()).to_string(), binding.action));
                }
            }
        }
        if ways.is_empty() {
            Found::Nothing
        } else {
            Found::Begun(ways)
        }
    }

    /// The keys of an action, as people write them.
    pub fn keys(&self, action: &Action) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|it| it.action.name == action.name)
            .map(|it| it.chord.to_string())
            .collect()
    }

    /// The key of the action of this name, as hints show it; empty when it has none.
    pub fn key_of(&self, name: &str) -> String {
        let action = action::find(name);
        debug_assert!(action.is_some(), "no action is called {name}");
        action.map_or_else(String::new, |action| self.first_key(action))
    }

    /// What an action's key does, to go on a sentence, `; t shows them`; nothing when it has none.
    pub fn says(&self, before: &str, name: &str, does: &str) -> String {
        match self.key_of(name) {
            key if key.is_empty() => String::new(),
            key => format!("{before}{key} {does}"),
        }
    }

    /// The key that hints show; empty when it has none.
    pub fn first_key(&self, action: &Action) -> String {
        self.keys(action).into_iter().next().unwrap_or_default()
    }
}
