//! What assets hold, file by file into the inbox.

use super::Request;
use crate::api::Provider;
use crate::app::msg::{Answer, InContents};
use crate::domain::{Asset, AssetScope};
use crate::transfer::contents::{Reader, Word};

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
        for asset in assets {
            let read = reader.read(asset, |word| match word {
                Word::Bytes(came) => tell(InContents::Came(came)),
                Word::Waits(pause) => self.tell(Answer::Waits(pause.to_string())),
            });
            let read = read.await;
            if let (Some(archive), Ok(digest)) = (&self.archive, &read) {
                archive.keep_digest(asset, *digest);
            }
            tell(InContents::Read(read));
            if reader.is_in_vain() {
                break;
            }
        }
        tell(InContents::End);
    }
}
