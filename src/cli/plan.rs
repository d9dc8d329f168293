//! The plan on the command line: as a table, as JSON, and the questions before it is carried out.

use serde::Serialize;

use super::failure::{Failure, Tally};
use super::output::{Cell, Output};
use super::prompt;
use super::record::{Listing, asset_ref};
use crate::api::Replace;
use crate::domain::{Address, Asset, SafeText, file_words, size_beside, size_words};
use crate::transfer::plan::{Change, OnClash, Plan, Row, Totals, Verdict};

/// The verdict comes first in a pipe, and last and whole on a terminal.
const HEADS: &[&str] = &[
    "WHAT HAPPENS",
    "FILE",
    "TO",
    "LOCALE",
    "FOLDER",
    "NAME",
    "SIZE",
];

#[derive(Debug, Serialize)]
struct Line<'a> {
    kind: &'static str,
    file: String,
    /// The address of the place.
    to: String,
    locale: Option<&'a str>,
    folder: &'a str,
    name: &'a str,
    size: Option<u64>,
    verdict: &'static str,
    /// Why it is skipped, or what the problem is.
    reason: Option<&'a str>,
    /// The ref of what is there under its name.
    there: Option<String>,
}

fn line<'a>(plan: &Plan, row: &'a Row) -> Line<'a> {
    let (reason, there) = match row.verdict() {
        Verdict::Skip(reason) | Verdict::Problem(reason) => (Some(reason.as_str()), None),
        Verdict::Same(asset) | Verdict::Replace(asset) | Verdict::Clash(asset) => {
            (None, Some(asset_ref(plan.account(), asset)))
        }
        Verdict::New | Verdict::Looking => (None, None),
    };
    Line {
        kind: "plan",
        file: row.path.to_string_lossy().into_owned(),
        to: address(plan, row),
        locale: Some(row.wishes.locale.as_str()).filter(|text| !text.is_empty()),
        folder: &row.wishes.folder,
        name: row.name(),
        size: row.size(),
        verdict: row.verdict().word(),
        reason,
        there,
    }
}

fn address(plan: &Plan, row: &Row) -> String {
    Address::of_scope(plan.account().clone(), &row.scope).to_string()
}

fn cells(plan: &Plan, row: &Row) -> [Cell; 7] {
    let word = row.verdict().word();
    let what = match row.verdict() {
        Verdict::Skip(reason) | Verdict::Problem(reason) => format!("{word}: {reason}"),
        Verdict::Replace(asset) => match asset.size {
            Some(size) => format!("{word}: {} are there", size_beside(size, row.size())),
            None => word.to_owned(),
        },
        _ => match row.clash() {
            Some(clash) => format!("{word}: {clash}"),
            None => word.to_owned(),
        },
    };
    [
        Cell::Said(what),
        Cell::name(&row.path.to_string_lossy()),
        Cell::name(&address(plan, row)),
        Cell::name(&row.wishes.locale),
        Cell::name(&row.wishes.folder),
        Cell::name(row.name()),
        Cell::Bytes(row.size()),
    ]
}

/// Prints the whole plan. The end is as if it had been carried out and every sound row had worked.
pub fn print(output: &mut Output, plan: &Plan, json: bool) -> Result<(), Failure> {
    let mut listing = Listing::new(output, json, HEADS);
    for row in plan.rows() {
        listing.put(&cells(plan, row), &line(plan, row))?;
    }
    listing.end("no files")?;
    let totals = plan.totals();
    if !json && output.on_screen() && totals != Totals::default() {
        output.line(&format!("{}.", summary(plan, totals)))?;
    }
    Tally {
        done: plan.rows().len() - totals.problem,
        failed: totals.problem,
        ..Tally::default()
    }
    .end()
}

/// So many files are named one by one.
const NAMED: usize = 20;

/// The files that are to be sent, with where they go.
pub fn sent(output: &mut Output, plan: &Plan) -> Result<(), Failure> {
    let goes = |row: &&Row| matches!(row.verdict(), Verdict::New | Verdict::Replace(_));
    let mut listing = Listing::new(output, false, HEADS);
    for row in plan.rows().iter().filter(goes).take(NAMED) {
        listing.put(&cells(plan, row), &line(plan, row))?;
    }
    listing.end("")?;
    match plan.totals().sent().checked_sub(NAMED) {
        None | Some(0) => Ok(()),
        Some(more) => output.line(&format!("And {} more.", file_words(more))),
    }
}

/// `12 files to send, 3.1 MB, 2 of them in the place of others; 3 are there already`
pub fn summary(plan: &Plan, totals: Totals) -> String {
    let mut parts = vec![match totals.sent() {
        0 => String::from("nothing to send"),
        sent => format!("{} to send, {}", file_words(sent), size_words(totals.bytes)),
    }];
    if totals.replace > 0 {
        let how = plan.spec().capabilities.replace.sentence();
        parts.push(format!("{} in the place of others: {how}", totals.replace));
    }
    for (count, one, many) in [
        (totals.same, "is there already", "are there already"),
        (
            totals.clash,
            "clashes with what is there",
            "clash with what is there",
        ),
        (totals.skip, "is left out", "are left out"),
        (totals.problem, "cannot be sent", "cannot be sent"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    parts.join("; ")
}

/// What is told of files that are not transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    All,
    /// Not those that are the same on both sides.
    Changes,
}

/// One line for each row that is not sent, on standard error.
pub fn tell(output: &mut Output, plan: &Plan, told: Told, tally: &mut Tally) {
    for row in plan.rows() {
        let shown = SafeText::name(&row.path.to_string_lossy()).into_string();
        match row.verdict() {
            Verdict::Problem(reason) => {
                tally.failed += 1;
                output.fail(&Failure::failed(format!("{shown}: {reason}")));
            }
            Verdict::Skip(reason) => output.note(&format!("{shown}: {reason}")),
            Verdict::Same(_) => {
                tally.done += 1;
                if told == Told::All {
                    output.note(&format!("{shown}: it is there already, with the same size"));
                }
            }
            Verdict::Clash(_) => {
                tally.failed += 1;
                let clash = row.clash().unwrap_or_default();
                output.fail(&Failure::failed(format!("{shown}: {clash}")));
            }
            Verdict::New | Verdict::Replace(_) | Verdict::Looking => {}
        }
    }
}

/// Decides what needs no decision: what is there and nobody changed since it came from here makes room.
pub fn take_ours(plan: &mut Plan, is_ours: impl Fn(&Row, &Asset) -> bool) {
    let rows = plan.rows().iter().enumerate();
    let ours = rows.filter(|(_, row)| match row.verdict() {
        Verdict::Clash(asset) => is_ours(row, asset),
        _ => false,
    });
    let ours: Vec<usize> = ours.map(|(number, _)| number).collect();
    plan.edit(ours, &Change::Decision(Some(OnClash::Replace)));
}

/// Asks of each clash what shall become of it. A no stops that file only.
pub async fn decide(output: &mut Output, plan: &mut Plan) -> Result<(), Failure> {
    let keeps = plan.spec().capabilities.replace == Replace::ByDelete;
    let mut clashes: Vec<usize> = Vec::new();
    for (number, row) in plan.rows().iter().enumerate() {
        if matches!(row.verdict(), Verdict::Clash(_)) {
            clashes.push(number);
        }
    }
    if !clashes.is_empty() {
        let how = plan.spec().capabilities.replace.sentence();
        output.note(&format!("r replace: {how}"));
    }
    while let Some(number) = clashes.first().copied() {
        let row = &plan.rows()[number];
        let (Verdict::Clash(asset), Some(clash)) = (row.verdict(), row.clash()) else {
            clashes.remove(0);
            continue;
        };
        let mine = row.size().filter(|size| asset.size != Some(*size));
        let mine = mine.map_or_else(String::new, |size| {
            format!("; this one has {}", size_beside(size, asset.size))
        });
        let keep = if keeps { ", k keep both" } else { "" };
        let all = if clashes.len() > 1 {
            "; in capitals for all that follow"
        } else {
            ""
        };
        let mixes = prompt::mixing(&asset.name);
        let question = format!("{mixes}{clash}{mine}: r replace, s skip{keep}{all} [s]");
        let answer = prompt::answer(output, &question).await?;
        let decision = match answer.to_lowercase().as_str() {
            "r" | "replace" => OnClash::Replace,
            "k" | "keep" if keeps => OnClash::Keep,
            "" | "s" | "skip" => OnClash::Skip,
            _ => continue,
        };
        let every = answer.chars().next().is_some_and(char::is_uppercase);
        let decided: Vec<usize> = if every {
            std::mem::take(&mut clashes)
        } else {
            vec![clashes.remove(0)]
        };
        plan.edit(decided, &Change::Decision(Some(decision)));
    }
    Ok(())
}
