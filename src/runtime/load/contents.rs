//! What assets hold, file by file into the inbox.

use super::Request;
use crate::api::{ApiError, Provider};
use crate::app::msg::{Answer, InContents};
use crate::domain::{Asset, AssetScope};
use crate::transfer::contents::{IN_VAIN, Reader, Word};

impl Request {
    /// Reads what these assets hold, one after the other; one that cannot be read does not end it.
    pub(super) async fn contents(
        &self,
        provider: &dyn Provider,
        scope: &AssetScope,
        assets: &[Asset],
    ) {
        let tell = |word| self.tell(Answer::Contents(Ok(word)));
        let mut reader = Reader::new(provider, scope);
        let mut in_vain = 0;
        for asset in assets {
            self.room().await;
            let read = reader.read(asset, |word| match word {
                Word::Bytes(came) => tell(InContents::Came(came)),
                Word::Waits(pause) => self.tell(Answer::Waits(pause.to_string())),
            });
            let read = read.await;
            if let (Some(archive), Ok(digest)) = (&self.archive, &read) {
                archive.keep_digest(asset, *digest);
            }
            let passing = { read.as_ref() }.is_err_and(ApiError::is_transient);
            in_vain = if passing { in_vain + 1 } else { 0 };
            tell(InContents::Read(read));
            if in_vain == IN_VAIN {
                break;
            }
        }
        tell(InContents::End);
    }
}
