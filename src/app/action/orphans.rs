//! Orphans: the assets that nothing uses.

use super::{Action, Context};
use crate::app::modal::scan::ScanSheet;

pub static ACTIONS: &[Action] = &[Action {
    name: "orphans",
    title: "orphans",
    help: "Scan what uses assets, which says first how many calls that takes, and show those of this place that \
           nothing uses.",
    keys: &[],
    context: Context::Everywhere,
    enabled: |s| match s.browse.open() {
        Some(opened) if opened.spec.capabilities.used_in.is_some() => Ok(()),
        Some(_) => Err("this service does not tell where assets are used"),
        None => Err("open something in the first pane first"),
    },
    run: |s, _| {
        let Some((sheet, effects)) = ScanSheet::open(s) else {
            return Vec::new();
        };
        s.open_modal(sheet);
        effects
    },
}];
