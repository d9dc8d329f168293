//! State to cells: everything that is drawn.

pub mod modal;
pub mod paint;
pub mod table;
pub mod text;
pub mod theme;
