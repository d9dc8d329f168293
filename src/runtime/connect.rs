//! Accounts made ready: their keys found, their providers built, and both handed on.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use super::{Runtime, lock, send};
use crate::api::{ApiError, Connected, KeyEntry};
use crate::app::msg::Msg;
use crate::domain::{AccountName, drill};

impl Runtime {
    pub(super) fn connect(&self, account: AccountName, entry: Option<KeyEntry>) {
        let (connector, providers, inbox) = (
            self.connector.clone(),
            self.providers.clone(),
            self.inbox.clone(),
        );
        let transfers = self.transfers.clone();
        self.tasks
            .spawn(self.root.clone().run_until_cancelled_owned(async move {
                let connecting = async {
                    drill::point("connect");
                    connector.connect(&account, entry).await
                };
                // An account of which nobody speaks any more would be waited for without end.
                let lost = |_| Err(ApiError::panicked().into());
                let connected = AssertUnwindSafe(connecting).catch_unwind().await;
                let result = connected.unwrap_or_else(lost);
                let result = result.map(|Connected { provider, key }| {
                    transfers.attach_provider(&account, provider.clone());
                    lock(&providers).insert(account.clone(), provider);
                    key
                });
                send(&inbox, Msg::Connected { account, result });
            }));
    }
}
