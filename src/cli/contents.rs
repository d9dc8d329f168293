//! Reading what assets hold, after it was said what that costs: each file that may be the same as
//! another, once.

use super::failure::{Failure, Tally};
use super::output::Output;
use super::prompt;
use crate::api::{AccountInfo, Provider};
use crate::domain::filter::Sizes;
use crate::domain::{Asset, AssetScope, Digests, Entry, SafeText, size_words};
use crate::index::{Index, Owner};
use crate::transfer::contents::{IN_VAIN, Reader, Word, cost_words};
use crate::transfer::tree::MANY_CALLS;

/// From so many bytes on they are asked about, however few files they are.
const MANY_BYTES: u64 = 100_000_000;

/// What the files are read with.
pub struct Reading<'a> {
    pub info: &'a AccountInfo,
    pub provider: &'a dyn Provider,
    pub index: &'a Index,
    pub scope: &'a AssetScope,
    /// Read without a question.
    pub yes: bool,
}

impl Reading<'_> {
    /// What those of one size hold: what is kept of them, and the others read now. One that cannot be
    /// read is named and counted, and the others go on.
    pub async fn read(
        &self,
        output: &mut Output,
        listed: &[Entry<Asset>],
        tally: &mut Tally,
    ) -> Result<Digests, Failure> {
        let owner = Owner::from(self.info);
        let index = self.index;
        let mut digests = index.digests(&owner, self.scope);
        let all = || listed.iter().filter_map(Entry::read);
        let unread = Sizes::among(&all).unread(&digests, all());
        let files = unread.len();
        if files == 0 {
            return Ok(digests);
        }
        let bytes: u64 = unread.iter().filter_map(|asset| asset.size).sum();
        self.agree(output, files, bytes).await?;
        let mut reader = Reader::new(self.provider, self.scope);
        for (at, asset) in unread.iter().enumerate() {
            let quiet = output.is_quiet();
            let line = |came: u64| {
                let of = asset.size.unwrap_or_default();
                let (came, of) = (size_words(came), size_words(of));
                [format!(
                    "{at} of {files} files read, {came} of {of} of the next"
                )]
            };
            if !quiet {
                output.draw(&line(0));
            }
            let read = reader.read(asset, |word| match word {
                Word::Bytes(came) if !quiet => output.draw(&line(came)),
                Word::Bytes(_) => {}
                Word::Waits(pause) => output.note(&pause.to_string()),
            });
            match read.await {
                Ok(digest) => {
                    tally.done += 1;
                    index.keep_digest(&owner, asset, digest);
                    digests.learn(asset, digest);
                }
                Err(error) => {
                    let name = SafeText::name(&asset.name);
                    output.note(&format!("{name} was not read: {error}"));
                    tally.count(&error.into());
                }
            }
            let left = files - at - 1;
            if reader.is_in_vain() && left > 0 {
                output.note(&format!(
                    "{IN_VAIN} files in a row could not be read; {left} more were not asked for"
                ));
                tally.failed += left;
                break;
            }
        }
        output.lift();
        Ok(digests)
    }

    /// Says what it takes; much is asked about.
    async fn agree(&self, output: &mut Output, files: usize, bytes: u64) -> Result<(), Failure> {
        let allowed = self.info.allowance.map_or_else(String::new, |it| {
            let (label, calls) = (self.info.spec.label, it.calls);
            format!(" ({label} allows about {calls} calls {})", it.in_time())
        });
        let what = format!("{}{allowed}", cost_words(files, bytes));
        if self.yes || files < MANY_CALLS && bytes < MANY_BYTES {
            output.mention(&what);
            return Ok(());
        }
        prompt::agree(output, &what, "").await
    }
}
