//! Going to one thing wherever it is: its container is opened, and the cursors come to it as soon as
//! each list is there.

use std::time::Instant;

use super::{LocaleChoice, Pane, PlaceId};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::list::RowId;
use crate::domain::{Asset, AssetKey, AssetScope, Container, Entry, Hit, SegmentId, Thing};

impl State {
    /// Shows what was found.
    pub(crate) fn visit(&mut self, hit: Hit, now: Instant) -> Vec<Effect> {
        let account = hit.account;
        let id = hit.thing.container().clone();
        let known = self.browse.account(&account).and_then(|it| {
            let mut read = it.rows.iter().filter_map(Entry::read);
            read.find(|container| container.id == id).cloned()
        });
        let container = match (known, &hit.thing) {
            (Some(container), _) => container,
            (None, Thing::Container(container)) => container.clone(),
            (None, _) => Container::bare(id.clone(), hit.container.unwrap_or_default()),
        };
        let at = { self.browse.accounts.iter() }.position(|it| it.info.name == account);
        let Some(at) = at else {
            return Vec::new();
        };
        self.browse.places.clear_filter();
        let place = PlaceId::Container(account, id);
        self.browse.places.want(place);
        let mut effects = self.open_container(at, container, now);
        let pane = match hit.thing {
            Thing::Container(_) => Pane::Middle,
            Thing::Segment(_, segment) => {
                effects.extend(self.go_to_segment(segment.id, now));
                Pane::Middle
            }
            Thing::Asset(asset) => {
                effects.extend(self.go_to_asset(&asset, now));
                Pane::Assets
            }
        };
        self.focus(pane, now);
        effects
    }

    fn go_to_asset(&mut self, asset: &Asset, now: Instant) -> Vec<Effect> {
        let effects = match &asset.scope {
            AssetScope::Container(_) => Vec::new(),
            AssetScope::Segment(_, segment) => self.go_to_segment(segment.clone(), now),
        };
        self.seek_asset(&asset.scope, Some(asset.key.clone()));
        effects
    }

    /// Puts the cursor on a segment of the open container, and shows its assets.
    pub(crate) fn go_to_segment(&mut self, segment: SegmentId, now: Instant) -> Vec<Effect> {
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        opened.segments.list.clear_filter();
        opened.filter_state(None);
        opened.segments.list.want(RowId::Read(segment));
        self.show_segment(now)
    }

    /// Shows all assets of the third pane, and puts its cursor on one of this scope as soon as it shows
    /// that.
    pub(crate) fn seek_asset(&mut self, scope: &AssetScope, key: Option<AssetKey>) {
        let Some(opened) = self.browse.open_mut() else {
            return;
        };
        opened.assets.list.clear_filter();
        opened.filter_locale(LocaleChoice::All);
        let Some(key) = key else {
            return;
        };
        if opened.scope.as_ref() == Some(scope) {
            opened.assets.list.want(RowId::Read(key));
        } else {
            opened.sought = Some((scope.clone(), key));
        }
    }
}
