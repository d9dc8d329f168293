//! What the user wrote (settings, keys) and where the program keeps things.

pub mod bound;
pub mod credentials;
pub mod dirs;
mod env;
mod file;
pub mod keyring;
mod model;
mod themes;

pub use env::Env;
pub use file::{ConfigError, HOW_TO_BEGIN, Settings};
pub use model::{Account, key_variable};
