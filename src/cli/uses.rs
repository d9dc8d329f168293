//! Scanning what uses assets, after it was said what that costs.

use super::failure::Failure;
use super::output::Output;
use super::prompt;
use crate::api::{Provider, ProviderSpec, scan};
use crate::domain::filter::Usage;
use crate::transfer::tree::MANY_CALLS;

/// Reads all that uses assets of this account.
pub async fn read(
    spec: &ProviderSpec,
    provider: &dyn Provider,
    output: &mut Output,
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
    let what = match all {
        1 => format!("Scanning the {one} for the assets that it uses"),
        _ => format!("Scanning {all} {many} for the assets that they use"),
    };
    prompt::may(output, yes, all, &what).await?;
    // A question has said it.
    if yes || all < MANY_CALLS {
        let calls = if all == 1 { "call" } else { "calls" };
        output.mention(&format!("{what} takes {all} {calls}"));
    }
    let quiet = output.is_quiet();
    let usage = scan(provider, &uses, |read| {
        if !quiet {
            output.draw(&[format!("{read} of {all} {many} scanned")]);
        }
    });
    let usage = usage.await;
    output.lift();
    usage.map_err(|error| {
        Failure::from(error).hint(format!(
            "What cannot be read may use any asset, so none was called an orphan. The key needs to \
             be allowed to read {many}."
        ))
    })
}
