//! Whole screens as a user sees them: sizes, faces of panes, names from hell, modals.

mod brief;
mod code;
mod coverage;
mod faces;
mod fixture;
mod footer;
mod modals;
mod mouse;
mod names;
mod pictures;
mod plan;
mod shot;
mod sizes;
mod states;
mod transfers;
mod tree;

use self::shot::{Shot, shoot, shoot_with};
