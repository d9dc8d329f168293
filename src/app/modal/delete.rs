//! The delete sheet: names each asset as the service lists it at this moment.

use std::borrow::Cow;
use std::time::Instant;

use super::confirm::{Answering, hint};
use super::relist::Relist;
use super::view::{Block, ModalView, Room, Tone, mixing, quote, say, toned};
use super::{Modal, Reply};
use crate::app::action::chosen_assets;
use crate::app::browse::Asked;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::app::{State, words};
use crate::domain::{AccountName, Asset, SafeText};

#[derive(Debug)]
pub struct DeleteSheet {
    relist: Relist,
    /// From when the question is shown.
    answering: Answering,
}

impl DeleteSheet {
    pub fn new(state: &mut State, now: Instant) -> Option<(Self, Vec<Effect>)> {
        let account = state.browse.open()?.account.clone();
        let seen: Vec<Asset> = chosen_assets(state)
            .into_iter()
            .map(Cow::into_owned)
            .collect();
        let (relist, effect) = Relist::new(state, account, seen)?;
        let sheet = Self {
            relist,
            answering: Answering::new(now),
        };
        Some((sheet, vec![effect]))
    }

    fn found(&self) -> Vec<&Asset> {
        self.relist.now.iter().flatten().collect()
    }

    fn delete(&self, state: &mut State) -> Vec<Effect> {
        let account = &self.relist.account;
        self.found()
            .into_iter()
            .map(|asset| {
                let asked = Asked::Delete(account.clone(), asset.scope.clone(), asset.name.clone());
                Effect::Delete {
                    id: state.request(asked),
                    account: account.clone(),
                    asset: Box::new(asset.clone()),
                }
            })
            .collect()
    }
}

impl Modal for DeleteSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        let answer = self.answering.input(input, now);
        match answer {
            Some(false) => Reply::close(),
            Some(true) if self.relist.waiting() || self.found().is_empty() => Reply::stay(),
            Some(true) => Reply::close().with(self.delete(state)),
            None => Reply::stay(),
        }
    }

    fn message(&mut self, msg: &Msg, _: &mut State, now: Instant) -> Reply {
        if self.relist.take(msg) {
            self.answering.again(now);
        }
        Reply::stay()
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        self.relist.leave(state)
    }

    fn moves(&self) -> bool {
        self.relist.waiting()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.relist.account.clone())
    }

    fn view(&self, state: &State) -> ModalView {
        let mut blocks = Vec::new();
        let found = self.found();
        let mut hints = vec![hint("Esc", "leave")];
        if self.relist.waiting() {
            blocks.push(Block::Line(vec![say(
                "Looking at the service what is there now …",
            )]));
        } else if let Some(error) = &self.relist.error {
            blocks.push(Block::Line(vec![toned(
                format!("Nothing was deleted: {error}"),
                Tone::Bad,
            )]));
        } else if found.is_empty() {
            blocks.push(Block::Line(vec![say(
                "The service does not list it any more; there is nothing to delete.",
            )]));
        } else {
            blocks.push(Block::Line(vec![say(if found.len() == 1 {
                "This is deleted at the service, for good:".to_owned()
            } else {
                format!(
                    "These {} are deleted at the service, for good:",
                    found.len()
                )
            })]));
        }
        for (at, seen) in self.relist.seen.iter().enumerate() {
            let asset = self.relist.now[at].as_ref();
            let shown = asset.unwrap_or(seen);
            let mut line = vec![
                say("  "),
                quote(&SafeText::name(&shown.name)),
                say(format!("  {}", words::place_and_size(shown))),
            ];
            if !self.relist.waiting() && self.relist.error.is_none() {
                if asset.is_none() {
                    line.push(toned("  not listed any more", Tone::Warning));
                } else if self.relist.changed(at) {
                    line.push(toned("  changed since you saw it", Tone::Warning));
                }
            }
            line.extend(mixing(&shown.name));
            blocks.push(Block::Line(line));
        }
        if let Some(opened) = state.opened(&self.relist.account, self.relist.scope.container()) {
            let place = SafeText::prose(&opened.info().name);
            blocks.push(Block::Line(vec![say("in "), quote(&place)]));
        }
        if !self.relist.waiting() && !found.is_empty() {
            blocks.push(Block::Blank);
            blocks.extend(self.answering.buttons("Delete", "Keep"));
            hints = Answering::hints("delete");
        }
        ModalView {
            title: "Delete?".to_owned(),
            room: Room::Wide,
            danger: true,
            blocks,
            hints,
        }
    }
}
