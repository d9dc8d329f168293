//! The environment as a value, so that the demo and the tests can have one of their own.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;

/// Where variables are looked up.
#[derive(Clone)]
pub struct Env(Source);

#[derive(Clone)]
enum Source {
    Process,
    Map(Arc<HashMap<String, OsString>>),
}

impl Env {
    /// The environment of this process.
    pub const fn process() -> Self {
        Self(Source::Process)
    }

    /// These variables and no others.
    pub fn of<K: Into<String>, V: Into<OsString>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        let map = vars.into_iter().map(|(k, v)| (k.into(), v.into()));
        Self(Source::Map(Arc::new(map.collect())))
    }

    /// A variable; `None` when it is not set or empty.
    pub fn get(&self, name: &str) -> Option<OsString> {
        let value = match &self.0 {
            Source::Process => std::env::var_os(name),
            Source::Map(map) => map.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Env {
    /// Values may be keys: none is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env(…)")
    }
}
