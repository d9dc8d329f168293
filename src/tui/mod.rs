//! The terminal: modes, signals, events, and the loop that turns them into frames.

mod hangup;
mod paper;
mod terminal;

pub use terminal::TuiError;
