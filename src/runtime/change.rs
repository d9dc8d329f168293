//! Changes of one asset: its texts, or its end.

use super::{Runtime, not_connected, send};
use crate::api::{ApiError, Metadata};
use crate::app::effect::RequestId;
use crate::app::msg::{Answer, Msg};
use crate::domain::{AccountName, Asset};

impl Runtime {
    pub(super) fn update(
        &mut self,
        id: RequestId,
        account: &AccountName,
        asset: Asset,
        change: Metadata,
    ) {
        let Some(provider) = self.provider(account) else {
            let error = not_connected("change the asset");
            return self.answer(id, Answer::Updated(Err(error)));
        };
        let inbox = self.inbox.clone();
        self.spawn(id, Answer::Updated(Err(ApiError::panicked())), async move {
            let result = provider.update(&asset, &change).await.map(Box::new);
            let answer = Answer::Updated(result);
            send(&inbox, Msg::Loaded { id, answer });
        });
    }

    pub(super) fn delete(&mut self, id: RequestId, account: &AccountName, asset: Asset) {
        let Some(provider) = self.provider(account) else {
            let error = not_connected("delete the asset");
            return self.answer(id, Answer::Deleted(Err(error)));
        };
        let inbox = self.inbox.clone();
        self.spawn(id, Answer::Deleted(Err(ApiError::panicked())), async move {
            let result = provider.delete(&asset).await;
            let answer = Answer::Deleted(result);
            send(&inbox, Msg::Loaded { id, answer });
        });
    }
}
