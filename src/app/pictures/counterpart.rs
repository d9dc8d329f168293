//! What an asset is compared with: its source, as the coverage of its document has it.

use std::borrow::Cow;
use std::time::Instant;

use crate::app::State;
use crate::app::browse::Pane;
use crate::app::effect::Effect;
use crate::domain::Asset;
use crate::domain::coverage::{Heard, Row};

impl State {
    /// The asset that coverage holds this one against.
    pub fn counterpart(&self, asset: &Asset) -> Result<Cow<'_, Asset>, &'static str> {
        let opened = self.browse.open().ok_or("nothing is open")?;
        if !opened.spec.capabilities.locales {
            return Err("this service has no languages to compare");
        }
        let locales = opened.locales().unwrap_or_default();
        let first = locales
            .first()
            .ok_or("the source language is not known yet")?;
        if asset.locale.as_ref() == Some(first) {
            return Err("this one is in the source language");
        }
        let all = opened.assets.list.rows().read();
        let own: Vec<Cow<'_, Asset>> = all.filter(|other| other.scope == asset.scope).collect();
        let rows = Row::of(locales, Heard::Assets(own.iter().map(AsRef::as_ref)));
        let source = rows.iter().filter_map(Row::versions).find_map(|versions| {
            let mut keys = versions.cells.iter().filter_map(|cell| cell.asset.as_ref());
            let among =
                versions.source.as_ref() == Some(&asset.key) || keys.any(|key| *key == asset.key);
            versions.source.clone().filter(|_| among)
        });
        let source = source.ok_or("nothing here is its source")?;
        if source == asset.key {
            return Err("this one is what the others are compared with");
        }
        let found = own.into_iter().find(|it| it.key == source);
        found.ok_or("nothing here is its source")
    }

    /// Shows the asset under the cursor beside its source, as large as the screen is.
    pub(crate) fn show_beside(&mut self, now: Instant) -> Vec<Effect> {
        self.pictures.beside = true;
        self.pictures.on = true;
        self.browse.raw = false;
        self.browse.zoom = true;
        self.focus(Pane::Details, now);
        let open = self.browse.open();
        let place = open.map(|it| (it.account.clone(), it.id.clone()));
        place.map_or_else(Vec::new, |(account, id)| {
            self.ask_container(&account, &id, now)
        })
    }
}
