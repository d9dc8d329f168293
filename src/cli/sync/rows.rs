//! The rows of a sync, whichever side it changes: in a table, as JSON, in a sentence.

use serde::Serialize;

use crate::api::ProviderSpec;
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output};
use crate::cli::record::{Listing, asset_ref};
use crate::domain::{AccountName, Address, Asset, Locale, SafeText, size_words};
use crate::transfer::plan::{self, Plan, Verdict};
use crate::transfer::tree::{self, Extra, Fate, Tree};

/// The verdict comes first in a pipe, and last and whole on a terminal.
const HEADS: &[&str] = &[
    "WHAT HAPPENS",
    "FILE",
    "AT",
    "LOCALE",
    "FOLDER",
    "NAME",
    "SIZE",
];

/// One file, one asset, or both.
pub(super) struct Row {
    direction: &'static str,
    pub verdict: &'static str,
    /// Why: one sentence, safe.
    reason: Option<String>,
    /// The file's path; foreign text, as all that follows.
    file: Option<String>,
    reference: Option<String>,
    /// The address of the place.
    at: Option<String>,
    locale: Option<String>,
    folder: Option<String>,
    pub name: String,
    /// Bytes of what is taken, or deleted.
    size: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    kind: &'static str,
    direction: &'static str,
    verdict: &'static str,
    reason: Option<&'a str>,
    file: Option<&'a str>,
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
    to: Option<&'a str>,
    locale: Option<&'a str>,
    folder: Option<&'a str>,
    name: &'a str,
    size: Option<u64>,
}

impl Row {
    /// A row of what is sent.
    pub fn sent(plan: &Plan, row: &plan::Row) -> Self {
        let (reason, there) = match row.verdict() {
            Verdict::Skip(reason) | Verdict::Problem(reason) => (Some(reason.clone()), None),
            Verdict::Same(asset) | Verdict::Replace(asset) | Verdict::Clash(asset) => {
                (row.clash(), Some(asset_ref(plan.account(), asset)))
            }
            Verdict::New | Verdict::Looking => (None, None),
        };
        Self {
            direction: "up",
            verdict: row.verdict().word(),
            reason,
            file: Some(row.path.to_string_lossy().into_owned()),
            reference: there,
            at: Some(Address::of_scope(plan.account().clone(), &row.scope).to_string()),
            locale: Some(row.wishes.locale.clone()).filter(|text| !text.is_empty()),
            folder: Some(row.wishes.folder.clone()),
            name: row.name().to_owned(),
            size: row.size(),
        }
    }

    /// A row of what is saved.
    pub fn saved(tree: &Tree, row: &tree::Row) -> Self {
        let path = row.at.below(&tree.root);
        let reason = match &row.fate {
            Fate::Problem(why) => Some(why.clone()),
            Fate::Clash(stamp) => Some(format!(
                "the file has {}, and it is not known that only the asset was changed",
                size_words(stamp.size)
            )),
            _ => None,
        };
        Self {
            verdict: row.fate.word(),
            reason,
            file: Some(path.to_string_lossy().into_owned()),
            ..Self::of_asset(&tree.account, &row.asset, "down")
        }
    }

    /// What would be deleted, were it not for this.
    pub fn held_back(mut self, verdict: &'static str, reason: &str) -> Self {
        self.verdict = verdict;
        self.reason = Some(reason.to_owned());
        self
    }

    /// An asset that is deleted.
    pub fn doomed_asset(account: &AccountName, asset: &Asset) -> Self {
        Self::of_asset(account, asset, "up")
    }

    /// A file that is deleted.
    pub fn doomed_file(tree: &Tree, extra: &Extra) -> Self {
        Self {
            direction: "down",
            verdict: "delete",
            reason: None,
            file: Some(extra.below(&tree.root).to_string_lossy().into_owned()),
            reference: None,
            at: None,
            locale: None,
            folder: None,
            name: extra.relative.last().cloned().unwrap_or_default(),
            size: Some(extra.stamp.size),
        }
    }

    fn of_asset(account: &AccountName, asset: &Asset, direction: &'static str) -> Self {
        Self {
            direction,
            verdict: "delete",
            reason: None,
            file: None,
            reference: Some(asset_ref(account, asset)),
            at: Some(Address::of_scope(account.clone(), &asset.scope).to_string()),
            locale: asset
                .locale
                .as_ref()
                .map(|it| Locale::as_str(it).to_owned()),
            folder: Some(asset.folder.to_string()),
            name: asset.name.clone(),
            size: asset.size,
        }
    }

    /// The object of `--json`.
    pub fn line(&self) -> Line<'_> {
        Line {
            kind: "sync",
            direction: self.direction,
            verdict: self.verdict,
            reason: self.reason.as_deref(),
            file: self.file.as_deref(),
            reference: self.reference.as_deref(),
            to: self.at.as_deref(),
            locale: self.locale.as_deref(),
            folder: self.folder.as_deref(),
            name: &self.name,
            size: self.size,
        }
    }

    pub fn is_delete(&self) -> bool {
        self.verdict == "delete"
    }

    /// The ref of its asset, where there is one.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    fn cells(&self) -> [Cell; 7] {
        let what = match &self.reason {
            Some(reason) => format!("{}: {reason}", self.verdict),
            None => self.verdict.to_owned(),
        };
        let text = |text: &Option<String>| Cell::name(text.as_deref().unwrap_or_default());
        [
            Cell::Said(what),
            text(&self.file),
            text(&self.at),
            text(&self.locale),
            text(&self.folder),
            Cell::name(&self.name),
            Cell::Bytes(self.size),
        ]
    }

    /// What it is of, in one line: the path of a file, the ref of an asset and, where that does not say
    /// it, its name.
    pub fn shown(&self) -> String {
        let text = self.file.as_ref().or(self.reference.as_ref());
        let text = text.unwrap_or(&self.name);
        let shown = SafeText::name(text);
        let mut more = Vec::new();
        if !text.ends_with(&self.name) {
            more.push(SafeText::name(&self.name).into_string());
        }
        more.extend(self.size.map(size_words));
        if more.is_empty() {
            shown.into_string()
        } else {
            format!("{shown} ({})", more.join(", "))
        }
    }
}

/// Prints all of them.
pub(super) fn print(
    output: &mut Output,
    rows: &[Row],
    json: bool,
    summary: &str,
) -> Result<(), Failure> {
    let mut listing = Listing::new(output, json, HEADS);
    for row in rows {
        listing.put(&row.cells(), &row.line())?;
    }
    listing.end("no files")?;
    if !json && output.on_screen() && !rows.is_empty() {
        output.line(&format!("{summary}."))?;
    }
    Ok(())
}

/// The end of a summary: how many are deleted, and on which side.
pub(super) fn with_deletes(summary: String, doomed: usize, spec: Option<&ProviderSpec>) -> String {
    let at = match spec {
        Some(spec) => format!("at {}", spec.label),
        None => "on this machine".to_owned(),
    };
    match doomed {
        0 => summary,
        count => format!("{summary}; {count} to delete {at}"),
    }
}
