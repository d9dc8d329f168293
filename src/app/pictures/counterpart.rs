//! What an asset is compared with: the one in its place in the document's source language.

use std::borrow::Cow;

use crate::app::State;
use crate::domain::{Asset, Locale};

impl State {
    /// The asset of the same place in the document's source language, or of no language.
    pub fn counterpart(&self, asset: &Asset) -> Result<Cow<'_, Asset>, &'static str> {
        let opened = self.browse.open().ok_or("nothing is open")?;
        if !opened.spec.capabilities.locales {
            return Err("this service has no languages to compare");
        }
        let locales = opened.locales();
        let source = locales
            .and_then(<[Locale]>::first)
            .ok_or("the source language is not known yet")?;
        if asset.locale.as_ref() == Some(source) {
            return Err("this one is in the source language");
        }
        let others = || {
            opened.assets.list.rows().read().filter(|other| {
                let known = other.locale.as_ref() == Some(source) || other.locale.is_none();
                known && other.key != asset.key && other.scope == asset.scope
            })
        };
        let of_source = |other: &Cow<'_, Asset>| other.locale.is_some();
        let same_name = |other: &Cow<'_, Asset>| other.name == asset.name;
        let same_folder = |other: &Cow<'_, Asset>| other.folder == asset.folder;
        let same_type = |other: &Cow<'_, Asset>| {
            asset.image_type.is_some() && other.image_type == asset.image_type
        };
        // The surest first.
        others()
            .filter(of_source)
            .find(|it| same_name(it) && same_folder(it))
            .or_else(|| others().filter(of_source).find(same_name))
            .or_else(|| others().find(|it| same_name(it) && same_folder(it)))
            .or_else(|| others().find(same_name))
            .or_else(|| {
                let mut alike = others().filter(of_source).filter(same_type);
                alike.next().filter(|_| alike.next().is_none())
            })
            .ok_or("nothing here has its name in the source language")
    }
}
