//! The key form: a key for an account, shown as dots, and where it shall be kept.

use std::time::Instant;

use super::confirm::hint;
use super::form::{Field, Form, FormEvent};
use super::view::{Block, ModalView, Room, Tone, quote, say, toned};
use super::{Modal, Reply};
use crate::api::{KeyEntry, ProviderSpec};
use crate::app::State;
use crate::app::browse::Link;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::domain::{AccountName, SafeText, Secret};

#[derive(Debug)]
pub struct SignIn {
    account: AccountName,
    spec: &'static ProviderSpec,
    /// Why it asks.
    reason: Option<String>,
    form: Form,
    waiting: bool,
}

impl SignIn {
    pub fn new(state: &State, account: usize, _: Instant) -> Option<Self> {
        let account = state.browse.accounts.get(account)?;
        let reason = match (&account.link, account.containers.error()) {
            (Link::Failed(error), _) => Some(error.to_string()),
            (_, Some(error)) => Some(error.to_string()),
            _ => None,
        };
        let keep = vec![
            "in the OS keyring".to_owned(),
            "for this session only".to_owned(),
        ];
        let spec = account.info.spec;
        Some(Self {
            account: account.info.name.clone(),
            spec,
            reason,
            form: Form::new(
                vec![
                    Field::secret(spec.key_label).placeholder("paste or type it"),
                    Field::choice("Keep it", keep, 0).hint("it is never written to a file"),
                ],
                "Use this key",
            ),
            waiting: false,
        })
    }

    fn send(&mut self) -> Reply {
        if self.waiting {
            return Reply::stay();
        }
        match Secret::new(self.form.fields[0].value().to_owned()) {
            Err(error) => {
                self.form.fields[0].error = Some(error.to_string());
                self.form.focus = 0;
                Reply::stay()
            }
            Ok(key) => {
                self.waiting = true;
                Reply::stay().with([Effect::Connect {
                    account: self.account.clone(),
                    entry: Some(KeyEntry {
                        key,
                        keep: self.form.fields[1].chosen() == 0,
                    }),
                }])
            }
        }
    }
}

impl Modal for SignIn {
    fn input(&mut self, input: &Input, _: &mut State, _: Instant) -> Reply {
        match self.form.input(input) {
            FormEvent::Submit => self.send(),
            FormEvent::Leave => Reply::close(),
            FormEvent::Nothing | FormEvent::Changed(_) => Reply::stay(),
        }
    }

    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        let Msg::Connected { account, result } = msg else {
            return Reply::stay();
        };
        if !self.waiting || *account != self.account {
            return Reply::stay();
        }
        self.waiting = false;
        match result {
            Ok(report) => {
                let name = SafeText::name(account.as_str());
                let mut text = format!("{name}: key from {}", report.source);
                if let Some(note) = &report.note {
                    text = format!("{text}. {}", SafeText::prose(note));
                }
                state.notices.say(Tone::Plain, text, now);
                Reply::close()
            }
            Err(error) => {
                let why = SafeText::prose(&error.to_string()).into_string();
                self.form.fields[0].error = Some(why);
                self.form.focus = 0;
                Reply::stay()
            }
        }
    }

    fn moves(&self) -> bool {
        self.waiting
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks = vec![Block::Line(vec![
            say("The key of "),
            quote(&SafeText::name(self.account.as_str())),
            say(format!(" at {}", self.spec.label)),
        ])];
        if let Some(reason) = &self.reason {
            blocks.push(Block::Line(vec![toned(
                SafeText::prose(reason).into_string(),
                Tone::Dim,
            )]));
        }
        blocks.push(Block::Blank);
        blocks.extend(self.form.blocks(!self.waiting));
        if self.waiting {
            blocks.push(Block::Line(vec![say("Keeping it …")]));
        }
        ModalView {
            title: "Key".to_owned(),
            room: Room::Small,
            danger: false,
            blocks,
            hints: vec![
                hint("C-s", "use it"),
                hint("Tab", "next"),
                hint("Esc", "leave"),
            ],
        }
    }
}
