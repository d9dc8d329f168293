//! Scanning what uses assets, after it was said what that costs.

use std::time::Duration;

use super::failure::Failure;
use super::output::Output;
use super::prompt;
use crate::api::{Provider, ProviderSpec, scan};
use crate::domain::filter::Usage;
use crate::index::{Index, Owner};
use crate::transfer::tree::MANY_CALLS;

/// How long what was read may take to be on disk.
const DISK: Duration = Duration::from_secs(2);

/// Reads all that uses assets of this account.
pub async fn read(
    spec: &ProviderSpec,
    provider: &dyn Provider,
    output: &mut Output,
    (index, owner): (&Index, &Owner),
    yes: bool,
) -> Result<Usage, Failure> {
    let Some(noun) = &spec.capabilities.used_in else {
        let label = spec.label;
        return Err(Failure::usage(format!(
            "{label} does not tell where assets are used, so nobody knows which are orphans"
        ))
        .hint("Leave is:orphan out of the filter."));
    };
    let (one, many) = (noun.one, noun.many);
    let uses = provider.uses().await?;
    let all = uses.len();
    let kept = index.uses(owner);
    let before = uses.iter().filter(|id| kept.contains_key(*id)).count();
    let left = all - before;
    if before > 0 {
        output.mention(&format!(
            "{before} of {all} {many} were read by a scan of the last hour that did not end"
        ));
    }
    let what = match left {
        1 => format!("Scanning 1 {one} for the assets that it uses"),
        _ => format!("Scanning {left} {many} for the assets that they use"),
    };
    prompt::may(output, yes, left, &what).await?;
    // A question has said it.
    if yes || left < MANY_CALLS {
        let calls = if left == 1 { "call" } else { "calls" };
        output.mention(&format!("{what} takes {left} {calls}"));
    }
    let quiet = output.is_quiet();
    let tell = |read| {
        if !quiet {
            output.draw(&[format!("{read} of {all} {many} scanned")]);
        }
    };
    let keep = |id: &str, used: &_| index.keep_used(owner, id, used);
    let usage = scan(provider, &uses, kept, tell, keep).await;
    output.lift();
    if usage.is_ok() {
        index.scanned(owner);
    } else {
        index.settle(DISK);
    }
    usage.map_err(|error| {
        const NONE: &str = "What cannot be read may use any asset, so none was called an orphan.";
        let hint = if error.is_refusal() {
            format!("{NONE} The key needs to be allowed to read {many}.")
        } else {
            NONE.to_owned()
        };
        Failure::from(error).hint(hint)
    })
}
