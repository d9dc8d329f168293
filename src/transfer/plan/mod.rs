//! The plan: what a batch is about to do, as one table, before a byte is sent; pure.
//!
//! [`Plan`] holds the rows and judges each against the listings of the places they go to and against
//! each other; an edit judges anew only what it touches.

mod fill;
mod gaps;
mod judge;
pub mod pattern;
mod place;
mod row;
mod saved;
mod table;
mod usual;
mod wishes;

pub use fill::Fill;
pub use gaps::{Gap, Matched, matched};
pub use pattern::{Filled, Pattern, PatternError, Slot};
pub use row::{Candidate, Change, OnClash, Row, Totals, Verdict};
pub use saved::{Saved, SavedError};
pub use table::Plan;
pub use usual::{Usual, Usuals};
pub use wishes::{
    FIELDS, FieldError, Wishes, check, check_folder, check_tags, check_text, request,
};
