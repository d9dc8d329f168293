//! Pictures: on and off, one or two.

use super::things::asset;
use super::{Action, Context, always};
use crate::app::Pane;

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
        help: "Show this picture beside the one in the source language, and back.",
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
            s.pictures.beside = !s.pictures.beside;
            if !s.pictures.beside {
                s.browse.zoom = false;
                return Vec::new();
            }
            s.pictures.on = true;
            s.browse.raw = false;
            s.browse.zoom = true;
            s.focus(Pane::Details, now);
            let place = s
                .browse
                .open()
                .map(|it| (it.account.clone(), it.id.clone()));
            place.map_or_else(Vec::new, |(account, id)| {
                s.ask_container(&account, &id, now)
            })
        },
    },
];
