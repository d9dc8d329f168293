//! What the user wrote (settings, keys) and where the program keeps things.

pub mod bound;
mod command;
pub mod credentials;
pub mod dirs;
mod env;
mod file;
pub mod key_files;
pub mod keyring;
pub mod learned;
mod listing;
mod model;
mod noted;
pub mod pauses;
mod sealed;
pub mod stores;
mod themes;

pub use command::KeyCommand;
pub use env::Env;
pub use file::{ConfigError, HOW_TO_BEGIN, Settings, settings_file};
pub use listing::Setting;
pub use model::{Account, Usual, account_name, key_variable};
pub use noted::bounded as read_at_most;
