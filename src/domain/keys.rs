//! What the settings say of keys; whether they name actions and keys is for the table of actions to say.

/// Keys as the settings have them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyChoice {
    /// Its name and line.
    pub preset: Option<(String, usize)>,
    /// Line by line, in no order.
    pub given: Vec<GivenKeys>,
}

/// The keys of one action; none takes its keys away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenKeys {
    pub action: String,
    /// Where the action stands in the file, from 1.
    pub line: usize,
    /// Each with its own line.
    pub keys: Vec<(String, usize)>,
}
