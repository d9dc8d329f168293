//! Coverage: what is missing in which locale.

use std::time::Instant;

use super::{Action, Context};
use crate::api::{Middle, ProviderSpec};
use crate::app::State;
use crate::app::browse::{Pane, PlaceRow};
use crate::app::effect::Effect;
use crate::app::modal::coverage::CoverageSheet;
use crate::domain::Entry;

pub static ACTIONS: &[Action] = &[Action {
    name: "coverage",
    title: "coverage",
    help: "Show which assets of this document are there in which locale, and which are missing or older than \
           their source.",
    keys: &["c"],
    context: Context::Everywhere,
    enabled,
    run,
}];

const NONE: &str = "assets of this service have no locales, so there is no coverage of them";

fn enabled(state: &State) -> Result<(), &'static str> {
    let covered = |spec: &ProviderSpec| {
        let covered = spec.middle == Middle::Segments && spec.capabilities.locales;
        if covered { Ok(()) } else { Err(NONE) }
    };
    let browse = &state.browse;
    match (browse.subject, browse.places.current(), browse.open()) {
        (
            Pane::Places,
            Some(
                row @ PlaceRow::Container {
                    entry: Entry::Read(_),
                    ..
                },
            ),
            _,
        ) => {
            let account = browse.accounts.get(row.account());
            account.map_or(Err(NONE), |account| covered(account.info.spec))
        }
        (Pane::Places, ..) => Err("go to a document in the first pane first"),
        (_, _, Some(opened)) => covered(opened.spec),
        (_, _, None) => Err("open something in the first pane first"),
    }
}

fn run(state: &mut State, now: Instant) -> Vec<Effect> {
    let mut effects = Vec::new();
    if state.browse.subject == Pane::Places
        && let Some(PlaceRow::Container {
            account,
            entry: Entry::Read(container),
            ..
        }) = state.browse.places.current()
    {
        let (account, container) = (*account, container.clone());
        effects.extend(state.open_container(account, container, now));
    }
    let open = state.browse.open();
    let Some((account, id)) = open.map(|it| (it.account.clone(), it.id.clone())) else {
        return effects;
    };
    effects.extend(state.ask_container(&account, &id, now));
    if let Some((sheet, asked)) = CoverageSheet::open(state, (account, id), now) {
        effects.extend(asked);
        state.open_modal(sheet);
    }
    effects
}
