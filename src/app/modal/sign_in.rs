//! The key form: a key for an account, shown as dots, and where it shall be kept; or the passphrase of
//! the file that it is in.

use std::time::Instant;

use super::confirm::hint;
use super::form::{Field, Form, FormEvent};
use super::view::{Block, ModalView, Room, Tone, quote, say, toned};
use super::{Modal, Reply};
use crate::api::{ConnectError, KeyEntry, ProviderSpec};
use crate::app::State;
use crate::app::browse::Link;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::domain::{AccountName, Keeping, SafeText, Secret};

const GIVE: &str = "Give";
const PASSPHRASE: &str = "Passphrase";
const AGAIN: &str = "Again";
const KEEP: &str = "Keep it";

#[derive(Debug)]
pub struct SignIn {
    account: AccountName,
    spec: &'static ProviderSpec,
    /// Why it asks.
    reason: Option<String>,
    /// Its key is in a file that wants its passphrase.
    sealed: bool,
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
        let mut form = Self {
            account: account.info.name.clone(),
            spec: account.info.spec,
            reason,
            sealed: matches!(&account.link, Link::Failed(ConnectError::Sealed { .. })),
            form: Form::new(Vec::new(), ""),
            waiting: false,
        };
        form.arrange();
        Some(form)
    }

    fn at(&self, label: &str) -> Option<usize> {
        self.form.fields.iter().position(|it| it.label == label)
    }

    /// What is wanted is what the choices say; what was typed stays.
    fn arrange(&mut self) {
        let sealed = self.sealed
            && self
                .at(GIVE)
                .is_none_or(|at| self.form.fields[at].chosen() == 0);
        let keeping = self.keeping();
        let mut fields = Vec::new();
        if self.sealed {
            let what = vec!["its passphrase".to_owned(), "another key".to_owned()];
            fields.push(Field::choice(GIVE, what, 0));
        }
        if sealed {
            fields.push(Field::secret(PASSPHRASE).placeholder("type it"));
        } else {
            let places = Keeping::HERE
                .iter()
                .map(|it| it.words().to_owned())
                .collect();
            fields.push(Field::secret(self.spec.key_label).placeholder("paste or type it"));
            fields.push(Field::choice(KEEP, places, 0));
            if keeping == Keeping::EncryptedFile {
                fields.push(Field::secret(PASSPHRASE).placeholder("for the file"));
                fields.push(Field::secret(AGAIN).placeholder("the same"));
            }
        }
        for field in &mut fields {
            if let Some(at) = self.at(field.label) {
                *field = self.form.fields[at].clone();
            }
            if field.label == KEEP {
                field.hint = Some(keeping.terms().to_owned());
            }
        }
        self.form.fields = fields;
        let button = if sealed { "Open it" } else { "Use this key" };
        button.clone_into(&mut self.form.button);
    }

    fn keeping(&self) -> Keeping {
        let chosen = self.at(KEEP).map_or(0, |at| self.form.fields[at].chosen());
        Keeping::HERE
            .get(chosen)
            .copied()
            .unwrap_or(Keeping::Session)
    }

    /// What was typed into a field; what is wrong with it is said there.
    fn typed(&mut self, label: &str, what: &str) -> Option<Secret> {
        let at = self.at(label)?;
        match Secret::new(self.form.fields[at].value().to_owned()) {
            Ok(secret) => Some(secret),
            Err(error) => {
                self.complain(at, error.of(what));
                None
            }
        }
    }

    fn complain(&mut self, at: usize, why: String) {
        if let Some(field) = self.form.fields.get_mut(at) {
            field.error = Some(why);
            self.form.focus = at;
        }
    }

    /// The passphrase of a new file, typed twice.
    fn sealing(&mut self) -> Option<Secret> {
        let first = self.typed(PASSPHRASE, "passphrase")?;
        if let Err(why) = first.may_seal() {
            self.complain(self.at(PASSPHRASE)?, why);
            return None;
        }
        let again = self.at(AGAIN)?;
        if self.form.fields[again].value() != first.reveal() {
            self.complain(again, "the two are not the same".to_owned());
            return None;
        }
        Some(first)
    }

    fn entry(&mut self) -> Option<KeyEntry> {
        if self.at(self.spec.key_label).is_none() {
            return Some(KeyEntry::Passphrase(self.typed(PASSPHRASE, "passphrase")?));
        }
        let key = self.typed(self.spec.key_label, "key")?;
        let keeping = self.keeping();
        let passphrase = match keeping {
            Keeping::EncryptedFile => Some(self.sealing()?),
            _ => None,
        };
        Some(KeyEntry::Key {
            key,
            keeping,
            passphrase,
        })
    }

    fn send(&mut self) -> Reply {
        if self.waiting {
            return Reply::stay();
        }
        let Some(entry) = self.entry() else {
            return Reply::stay();
        };
        self.waiting = true;
        Reply::stay().with([Effect::Connect {
            account: self.account.clone(),
            entry: Some(entry),
        }])
    }
}

impl Modal for SignIn {
    fn input(&mut self, input: &Input, _: &mut State, _: Instant) -> Reply {
        match self.form.input(input) {
            FormEvent::Submit => self.send(),
            FormEvent::Leave => Reply::close(),
            FormEvent::Changed(_) => {
                self.arrange();
                Reply::stay()
            }
            FormEvent::Nothing => Reply::stay(),
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
                let secret = self.at(self.spec.key_label).or_else(|| self.at(PASSPHRASE));
                self.complain(secret.unwrap_or(0), why);
                Reply::stay()
            }
        }
    }

    fn moves(&self) -> bool {
        self.waiting
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.account.clone())
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
            blocks.push(Block::Line(vec![say("One moment …")]));
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
