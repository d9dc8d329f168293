//! Identical assets: those that hold the same, whatever they are called.

use super::{Action, Context};
use crate::app::modal::contents::ContentsSheet;

pub static ACTIONS: &[Action] = &[Action {
    name: "identical",
    title: "identical",
    help: "Read the assets of this place whose size others have, which says first how many files and bytes that \
           takes, and show those that hold the same.",
    keys: &["="],
    context: Context::Everywhere,
    enabled: |s| match s.browse.open() {
        Some(opened) if opened.assets.remote.pending().is_some() => {
            Err("wait until all assets are listed")
        }
        Some(opened) if !opened.assets.list.is_empty() => Ok(()),
        Some(_) => Err("there are no assets here"),
        None => Err("open something in the first pane first"),
    },
    run: |s, _| {
        let Some((sheet, effects)) = ContentsSheet::open(s) else {
            return Vec::new();
        };
        s.open_modal(sheet);
        effects
    },
}];
