//! The sheet of a protected account: its name has to be typed before anything of it is changed.

use std::time::Instant;

use super::confirm::hint;
use super::form::{Field, Form, FormEvent};
use super::leaving::Leaving;
use super::view::{Block, ModalView, Room, quote, say};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::domain::{AccountName, SafeText};

#[derive(Debug)]
pub struct NameSheet {
    account: AccountName,
    /// What waits for the name.
    held: Vec<Effect>,
    form: Form,
    /// Leaving drops what was prepared: asks first.
    leaving: Leaving,
}

impl NameSheet {
    pub fn new(account: AccountName, held: Vec<Effect>) -> Self {
        Self {
            account,
            held,
            form: Form::new(
                vec![Field::text("Its name", "").placeholder("type it to go on")],
                "Go on",
            ),
            leaving: Leaving::default(),
        }
    }

    fn send(&mut self, state: &mut State) -> Reply {
        if self.form.fields[0].value().trim() != self.account.as_str() {
            self.form.fields[0].error = Some("That is not the account's name.".to_owned());
            self.form.focus = 0;
            return Reply::stay();
        }
        state.consented.insert(self.account.clone());
        let consent = Effect::Consent(self.account.clone());
        let held = std::mem::take(&mut self.held);
        Reply::close().with(std::iter::once(consent).chain(held))
    }
}

impl Modal for NameSheet {
    fn input(&mut self, input: &Input, state: &mut State, _: Instant) -> Reply {
        if let Some(reply) = self.leaving.input(input) {
            return reply;
        }
        match self.form.input(input) {
            FormEvent::Submit => self.send(state),
            FormEvent::Leave => self.leaving.ask(),
            FormEvent::Changed(_) => {
                self.form.fields[0].error = None;
                Reply::stay()
            }
            FormEvent::Nothing => Reply::stay(),
        }
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        // Their answers never come.
        for effect in std::mem::take(&mut self.held) {
            if let Effect::Update { id, .. } | Effect::Delete { id, .. } = effect {
                state.forget(Some(id));
            }
        }
        Vec::new()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.account.clone())
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks = vec![
            Block::Line(vec![
                say("The account "),
                quote(&SafeText::name(self.account.as_str())),
                say(" is protected: nothing is sent, replaced or deleted without its name."),
            ]),
            Block::Blank,
        ];
        blocks.extend(self.form.blocks(!self.leaving.asked()));
        let mut hints = vec![hint("C-s", "go on"), hint("Esc", "leave")];
        let question = "Leave and do nothing of what was prepared?";
        self.leaving.show(question, &mut blocks, &mut hints);
        ModalView {
            title: "Protected account".to_owned(),
            room: Room::Small,
            danger: true,
            blocks,
            hints,
        }
    }
}
