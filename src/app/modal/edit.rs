//! The edit sheet: the texts of one asset that the service can change.

use std::time::Instant;

use super::confirm::{GUARD, hint};
use super::fields::AssetForm;
use super::form::FormEvent;
use super::leaving::Leaving;
use super::relist::Relist;
use super::view::{Block, ModalView, Room, Tone, mixing, quote, say, toned};
use super::{Modal, Reply};
use crate::api::Field;
use crate::app::action::current_asset;
use crate::app::browse::Asked;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::app::{State, words};
use crate::domain::{AccountName, Asset, SafeText};

#[derive(Debug)]
pub struct EditSheet {
    relist: Relist,
    fields: AssetForm,
    opened: Instant,
    /// Leaving would lose what was typed: asks first.
    leaving: Leaving,
    /// Why nothing was sent.
    note: Option<String>,
}

fn initial(asset: &Asset, field: Field) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    match field {
        Field::AltText => text(&asset.alt_text),
        Field::Description => text(&asset.description),
        Field::ImageType => text(&asset.image_type),
        Field::AssetType => text(&asset.asset_type),
        Field::Tags => asset.tags.join(", "),
        Field::Folder => asset.folder.to_string(),
        Field::Locale => String::new(),
    }
}

impl EditSheet {
    pub fn new(state: &mut State, now: Instant) -> Option<(Self, Vec<Effect>)> {
        let asset = current_asset(state)?.into_owned();
        let opened = state.browse.open()?;
        let (account, spec) = (opened.account.clone(), opened.spec);
        let fields = AssetForm::new(spec.edit_fields, "Change", |field| initial(&asset, field));
        let (relist, effect) = Relist::new(state, account, vec![asset])?;
        let sheet = Self {
            relist,
            fields,
            opened: now,
            leaving: Leaving::default(),
            note: None,
        };
        Some((sheet, vec![effect]))
    }

    fn send(&mut self, state: &mut State, now: Instant) -> Reply {
        if now.saturating_duration_since(self.opened) < GUARD {
            return Reply::stay();
        }
        self.note = None;
        if !self.fields.check_all() {
            return Reply::stay();
        }
        let change = self.fields.changes();
        if change.is_empty() {
            self.note = Some("Nothing was changed yet.".to_owned());
            return Reply::stay();
        }
        if self.relist.waiting() {
            self.note = Some("Still looking at what the service has now; try again.".to_owned());
            return Reply::stay();
        }
        let Some(Some(asset)) = self.relist.now.first().cloned() else {
            return Reply::stay();
        };
        let account = self.relist.account.clone();
        let id = state.request(Asked::Update(
            account.clone(),
            asset.scope.clone(),
            asset.name.clone(),
        ));
        Reply::close().with([Effect::Update {
            id,
            account,
            asset: Box::new(asset),
            change,
        }])
    }
}

impl Modal for EditSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if let Some(reply) = self.leaving.input(input) {
            return reply;
        }
        match self.fields.form.input(input) {
            FormEvent::Nothing => Reply::stay(),
            FormEvent::Changed(at) => {
                self.fields.check(at);
                Reply::stay()
            }
            FormEvent::Submit => self.send(state, now),
            FormEvent::Leave if self.fields.form.changed() => self.leaving.ask(),
            FormEvent::Leave => Reply::close(),
        }
    }

    fn message(&mut self, msg: &Msg, state: &mut State, _: Instant) -> Reply {
        if !self.relist.take(msg) || !self.relist.changed(0) {
            return Reply::stay();
        }
        // Somebody changed it meanwhile: what they wrote comes in, unless the user typed already.
        let fresh = self.relist.now.first().cloned().flatten();
        if let Some(fresh) = fresh.filter(|_| !self.fields.form.changed()) {
            let spec = state
                .opened(&self.relist.account, self.relist.scope.container())
                .map(|opened| opened.spec);
            if let Some(spec) = spec {
                self.fields =
                    AssetForm::new(spec.edit_fields, "Change", |field| initial(&fresh, field));
            }
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

    fn view(&self, _: &State) -> ModalView {
        let asset = self.relist.now[0].as_ref().unwrap_or(&self.relist.seen[0]);
        let mut named = vec![
            quote(&SafeText::name(&asset.name)),
            say(format!("  {}", words::place_and_size(asset))),
        ];
        named.extend(mixing(&asset.name));
        let mut blocks = vec![Block::Line(named), Block::Blank];
        let gone = !self.relist.waiting() && self.relist.now[0].is_none();
        if let Some(error) = &self.relist.error {
            blocks.push(Block::Line(vec![toned(error.to_string(), Tone::Bad)]));
        } else if gone {
            blocks.push(Block::Line(vec![toned(
                "The service does not list it any more.",
                Tone::Bad,
            )]));
        } else if self.relist.changed(0) {
            blocks.push(Block::Line(vec![toned(
                "It was changed at the service since you saw it.",
                Tone::Warning,
            )]));
        }
        blocks.extend(self.fields.form.blocks(!gone));
        let mut hints = vec![
            hint("C-s", "change"),
            hint("Tab", "next"),
            hint("Esc", "leave"),
        ];
        if let Some(note) = &self.note {
            blocks.push(Block::Line(vec![toned(note.clone(), Tone::Warning)]));
        }
        let question = "Leave without changing anything?";
        self.leaving.show(question, &mut blocks, &mut hints);
        ModalView {
            title: "Edit".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints,
        }
    }
}
