//! Transfers: files going up and down, one at a time each, several side by side.

pub mod job;
