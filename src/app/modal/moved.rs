//! The question whether the key that is kept may go to another address than before.

use std::time::Instant;

use super::confirm::Answering;
use super::view::{Block, ModalView, Room, quote, say};
use super::{Modal, Outcome, Reply};
use crate::api::KeyEntry;
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::domain::{AccountName, SafeText};

const YES: &str = "Send the key there";

#[derive(Debug)]
pub struct MovedSheet {
    account: AccountName,
    /// Service and origin, as the settings had them when the key was used last.
    before: String,
    /// The same of now.
    now: String,
    answering: Answering,
}

impl MovedSheet {
    pub const fn new(account: AccountName, before: String, now: String, at: Instant) -> Self {
        Self {
            account,
            before,
            now,
            answering: Answering::new(at),
        }
    }
}

impl Modal for MovedSheet {
    fn input(&mut self, input: &Input, _: &mut State, now: Instant) -> Reply {
        match self.answering.input(input, now) {
            Some(true) => Reply::of(Outcome::Close).with([Effect::Connect {
                account: self.account.clone(),
                entry: Some(KeyEntry::Confirmed),
            }]),
            Some(false) => Reply::close(),
            None => Reply::stay(),
        }
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.account.clone())
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks = vec![
            Block::Line(vec![
                say("The settings name another address for "),
                quote(&SafeText::name(self.account.as_str())),
                say(" than its key was used for. The key was not sent there."),
            ]),
            Block::Blank,
            Block::Pairs(vec![
                (
                    "So far".to_owned(),
                    vec![quote(&SafeText::name(&self.before))],
                ),
                ("Now".to_owned(), vec![quote(&SafeText::name(&self.now))]),
            ]),
            Block::Blank,
            Block::Line(vec![say(
                "If the new one is the service's, the key may go there from now on. If you did not change \
                 base_url, leave, and look who did.",
            )]),
            Block::Blank,
        ];
        blocks.extend(self.answering.buttons(YES, "Leave"));
        ModalView {
            title: "Another address".to_owned(),
            room: Room::Wide,
            danger: true,
            blocks,
            hints: Answering::hints("send it"),
        }
    }
}
