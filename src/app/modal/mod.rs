//! Modals: sheets and forms on a stack above the panes.

pub mod view;
