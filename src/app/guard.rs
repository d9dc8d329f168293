//! What is asked before an account is changed: one place for all that the screen can send.

use super::State;
use super::effect::Effect;
use super::modal::named::NameSheet;
use crate::api::Guard;
use crate::domain::AccountName;
use crate::transfer::job::{Direction, Job};

impl State {
    /// Whether what is at hand may be changed at all; a protected account asks when it comes to that.
    pub(crate) fn may_change(&self) -> Result<(), &'static str> {
        let account = self.browse.current_account();
        match account.and_then(|account| account.info.guard.refusal()) {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }

    /// Lets effects pass that change nothing of a protected account, and keeps the others until its
    /// name was typed. Whatever sheet or key they came from comes through here.
    pub(super) fn guarded(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        // Those that the name released come behind their consent; another account has another name.
        let released = effects.iter().find_map(|effect| match effect {
            Effect::Consent(account) => Some(account.clone()),
            _ => None,
        });
        let wants = |effect: &Effect| {
            let account = self.wants_name(effect);
            account.filter(|account| released.as_ref() != Some(account))
        };
        let Some(account) = effects.iter().find_map(wants) else {
            return effects;
        };
        let (held, free) = effects
            .into_iter()
            .partition(|effect| wants(effect).is_some());
        self.open_modal(NameSheet::new(account, held));
        free
    }

    /// The protected account that an effect would change without its name.
    fn wants_name(&self, effect: &Effect) -> Option<AccountName> {
        let protected = |name: &AccountName| {
            let account = self.browse.account(name);
            account.is_some_and(|account| account.info.guard == Guard::Protected)
        };
        // What is in the queue was asked for with the name, unless an earlier run did it.
        let sends = |job: &Job| {
            job.direction == Direction::Up
                && !self.consented.contains(&job.account)
                && protected(&job.account)
        };
        let account = match effect {
            Effect::Upload { account, .. }
            | Effect::Update { account, .. }
            | Effect::Delete { account, .. } => account,
            Effect::RetryJob(id) | Effect::GoOnJob(id) => {
                let job = self.transfers.get(*id)?;
                return sends(job).then(|| job.account.clone());
            }
            Effect::Resume | Effect::GoOnAll => {
                let mut open = self.transfers.all().filter(|job| !job.state.is_over());
                return open.find(|job| sends(job)).map(|job| job.account.clone());
            }
            _ => return None,
        };
        protected(account).then(|| account.clone())
    }
}
