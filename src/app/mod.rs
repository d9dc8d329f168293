//! Model and update: State, and what messages do to it. No terminal, no runtime, no network.

pub mod columns;
pub mod modal;
