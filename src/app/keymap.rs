//! The keymap: the table's keys, looked up by context. Conflicts are errors.

use super::action::{ACTIONS, Action, Context};
use super::key::{Chord, Key};

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
pub enum KeymapError {
    #[error("{0}")]
    Key(#[from] super::key::KeyError),
    #[error("`{chord}` stands for both `{first}` and `{second}` in the same place")]
    Twice {
        chord: String,
        first: &'static str,
        second: &'static str,
    },
    /// The shorter one would never be waited for.
    #[error("`{chord}` of `{first}` begins with the key of `{second}`")]
    Prefix {
        chord: String,
        first: &'static str,
        second: &'static str,
    },
}

impl Keymap {
    /// Binds the keys that `keys_of` gives for each action of the table.
    pub fn build(keys_of: impl Fn(&'static Action) -> Vec<String>) -> Result<Self, KeymapError> {
        let mut bindings: Vec<Binding> = Vec::new();
        for action in ACTIONS.iter().copied().flatten() {
            for text in keys_of(action) {
                let chord: Chord = text.parse()?;
                for other in bindings.iter().filter(|it| it.context == action.context) {
                    if other.chord == chord {
                        return Err(KeymapError::Twice {
                            chord: text,
                            first: other.action.name,
                            second: action.name,
                        });
                    }
                    if chord.0.starts_with(&other.chord.0) || other.chord.0.starts_with(&chord.0) {
                        return Err(KeymapError::Prefix {
                            chord: text,
                            first: action.name,
                            second: other.action.name,
                        });
                    }
                }
                bindings.push(Binding {
                    context: action.context,
                    chord,
                    action,
                });
            }
        }
        Ok(Self { bindings })
    }

    /// The table's own keys. A test holds that they do not conflict.
    pub fn defaults() -> Self {
        let keys = |action: &Action| action.keys.iter().map(|&key| key.to_owned()).collect();
        Self::build(keys).unwrap_or(Self {
            bindings: Vec::new(),
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

    /// The key that hints show; empty when it has none.
    pub fn first_key(&self, action: &Action) -> String {
        self.keys(action).into_iter().next().unwrap_or_default()
    }
}
