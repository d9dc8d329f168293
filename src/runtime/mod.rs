//! The interpreter of effects.

pub mod desktop;
