//! Pictures: on and off, one or two.

use super::things::asset;
use super::{Action, Context, always};

pub static ACTIONS: &[Action] = &[
    Action {
        name: "pictures",
        title: "pictures",
        help: "Show pictures in the details, or none.",
        keys: &["p"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, now| {
            s.toggle_pictures(now);
            Vec::new()
        },
    },
    Action {
        name: "beside-source",
        title: "beside source",
        help: "Show this asset beside its source, which coverage holds it against, and back.",
        keys: &["P"],
        context: Context::Everywhere,
        enabled: |s| {
            if s.pictures.beside {
                return Ok(());
            }
            let asset = asset(s).ok_or("go to an asset in the third pane first")?;
            match s.counterpart(&asset) {
                // Asked for when it runs.
                Err(why) if !why.contains("not known yet") => Err(why),
                _ => Ok(()),
            }
        },
        run: |s, now| {
            if s.pictures.beside {
                s.pictures.beside = false;
                s.browse.zoom = false;
                return Vec::new();
            }
            s.show_beside(now)
        },
    },
];
