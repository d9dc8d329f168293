//! The files of a `get` that are there already: decided about, and told of.

use crate::cli::failure::{Failure, Tally};
use crate::cli::output::Output;
use crate::cli::plan::Told;
use crate::cli::prompt;
use crate::cli::record::{Saving, asset_ref, saved_line};
use crate::cli::stop::Stop;
use crate::domain::{SafeText, size_words};
use crate::transfer::OnClash;
use crate::transfer::tree::{Fate, Tree};

/// Decides about each file whose name is taken, by the rule or by asking.
pub async fn decide(
    output: &mut Output,
    stop: &mut Stop,
    tree: &mut Tree,
    rule: OnClash,
) -> Result<(), Failure> {
    let clashes: Vec<usize> = tree.clashes().collect();
    if rule != OnClash::Ask {
        let barred: Vec<usize> = tree.barred().collect();
        for at in clashes.into_iter().chain(barred) {
            tree.decide(at, rule);
        }
        return Ok(());
    }
    let mut clashes = clashes;
    if clashes.len() > 1 {
        // Whoever answers for all of them has read their names.
        output.note("these are there already, and differ:");
        for at in &clashes {
            output.note(&format!("  {}", described(tree, *at)));
        }
    }
    while let Some(at) = clashes.first().copied() {
        let all = if clashes.len() > 1 {
            "; in capitals for all that follow"
        } else {
            ""
        };
        let question = format!(
            "{}{}: r replace, s skip, k keep both{all} [s]",
            prompt::mixing(&tree.rows[at].asset.name),
            described(tree, at)
        );
        let answer = stop.or(prompt::answer(output, &question)).await?;
        let rule = match answer.to_lowercase().as_str() {
            "r" | "replace" => OnClash::Replace,
            "k" | "keep" => OnClash::Keep,
            "" | "s" | "skip" => OnClash::Skip,
            _ => continue,
        };
        let every = answer.chars().next().is_some_and(char::is_uppercase);
        let decided = if every { clashes.len() } else { 1 };
        for at in clashes.drain(..decided) {
            tree.decide(at, rule);
        }
    }
    Ok(())
}

/// A file that is there, by name, and how it differs.
fn described(tree: &Tree, at: usize) -> String {
    let row = &tree.rows[at];
    let path = row.at.below(&tree.root);
    let here = match &row.fate {
        Fate::Clash(stamp) => size_words(stamp.size),
        _ => String::new(),
    };
    let there = row.asset.size.map_or("unknown".to_owned(), size_words);
    format!(
        "“{}” is there with {here}; the service has {there}",
        SafeText::name(&path.to_string_lossy())
    )
}

/// Tells of the files that are not fetched.
pub fn sort_out(output: &mut Output, tree: &Tree, json: bool, told: Told, tally: &mut Tally) {
    for row in &tree.rows {
        let path = row.at.below(&tree.root);
        let (state, reason) = match &row.fate {
            Fate::Same => ("same", None),
            Fate::Skip => ("skipped", None),
            Fate::Problem(why) => ("failed", Some(why.clone())),
            Fate::New | Fate::Replace(_) | Fate::Clash(_) => continue,
        };
        if row.fate == Fate::Same && told == Told::Changes {
            tally.done += 1;
            continue;
        }
        if json {
            let line = saved_line(Saving {
                reference: asset_ref(&tree.account, &row.asset),
                asset: &row.asset,
                path: &path,
                bytes: row.asset.size.filter(|_| row.fate == Fate::Same),
                state,
                reason,
            });
            // A reader that went away does not stop the files.
            let _ = output.json(&line);
        }
        let path = SafeText::name(&path.to_string_lossy());
        match &row.fate {
            Fate::Same => {
                tally.done += 1;
                output.note(&format!("{path}: the same is there already; not fetched"));
                if !json && !output.on_screen() {
                    // A script gets the path of every file that it asked for.
                    let _ = output.line(path.as_str());
                }
            }
            Fate::Skip => output.note(&format!("{path}: skipped; what is there was kept")),
            Fate::Problem(why) => {
                tally.failed += 1;
                let name = SafeText::name(&row.asset.name);
                output.note(&format!("{name}: {why}"));
            }
            Fate::New | Fate::Replace(_) | Fate::Clash(_) => {}
        }
    }
}
