//! Update tests: given a state and messages, these effects and that state. No runtime, no terminal.

mod contents;
mod coverage;
pub(crate) mod disk;
mod filter;
mod find;
mod guard;
mod help;
mod kept;
mod leaving;
mod links;
mod marks;
mod panes;
mod plans;
mod random;
mod saving;
mod scan;
pub(crate) mod services;
mod sheets;
mod sign_in;
mod stopped;
mod table;
mod transfers;
mod uploads;
mod usual;
pub(crate) mod world;
