//! The folder becomes as what is at the address.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::rows::{Row, with_deletes};
use super::{Run, doomed, shown};
use crate::api::FileStamp;
use crate::cli::chosen::aside;
use crate::cli::failure::Failure;
use crate::cli::get::{self, clash};
use crate::cli::plan::Told;
use crate::cli::prompt;
use crate::cli::upload;
use crate::domain::{file_words, size_words};
use crate::transfer::plan_file::resolve;
use crate::transfer::tree::{self, Extra, Fate, Pair, Tree};
use crate::transfer::{Job, JobState, OnClash};

impl Run<'_> {
    pub(super) async fn down(mut self) -> Result<(), Failure> {
        let (args, spec) = (self.args, self.spec());
        let rule = upload::rule(self.output, args.on_clash, args.yes)?;
        if args.dir.exists() && !args.dir.is_dir() {
            return Err(Failure::usage(format!(
                "{} is not a folder",
                shown(&args.dir)
            )));
        }
        let wanted = self.below().await?;
        let provider = wanted.provider;
        let (root, account) = (args.dir.clone(), self.known.info.name.clone());
        let nothing = wanted.assets.is_empty();
        let laid_out = aside(move || Tree::of_place(root, account, spec, wanted.assets));
        let mut tree = self.stop.or(laid_out).await??;
        tree.take_changes();
        let clashes = tree.clashes().count();
        let mut doomed = Vec::new();
        if args.delete {
            if self.tally.failed > 0 {
                self.keep_all("what is at the address could not all be read");
            } else if nothing {
                self.keep_all("the service lists nothing there, so that everything would go");
            } else {
                doomed = tree.extra().unwrap_or_else(|error| {
                    self.keep_all(&error.message);
                    Vec::new()
                });
            }
        }
        if args.dry_run {
            if rule != OnClash::Ask {
                clash::decide(self.output, self.stop, &mut tree, rule).await?;
            }
            let rows = tree.rows.iter().map(|row| Row::saved(&tree, row));
            let gone = doomed::rows(
                &doomed,
                rule,
                |it| it.changed,
                |it| Row::doomed_file(&tree, it),
            );
            let count = gone.iter().filter(|row| row.is_delete()).count();
            let summary = summary(&tree, count);
            let rows: Vec<Row> = rows.chain(gone).collect();
            return self.print(&rows, &summary);
        }
        clash::decide(self.output, self.stop, &mut tree, rule).await?;
        let json = args.json;
        clash::sort_out(self.output, &tree, json, Told::Changes, &mut self.tally);
        self.tell_clashes(rule, clashes);
        let spared = self.spare(
            doomed,
            rule,
            |it| it.changed,
            |it| Row::doomed_file(&tree, it),
        );
        let mut doomed = spared.await?;
        if !self.may_delete(doomed.len()) {
            doomed.clear();
        }
        let (files, _) = tree.saved();
        let changes = files + doomed.len();
        let rows: Vec<Row> = rows_of(&tree, &doomed).collect();
        let said = summary(&tree, doomed.len());
        let mut fates = tree.rows.iter().map(|row| &row.fate);
        let replaces = fates.any(|fate| matches!(fate, Fate::Replace(_)));
        let asked = self.consent(replaces, &said, &rows).await?;
        let what = format!("Saving {},", file_words(files));
        let allowing = prompt::may(self.output, args.yes || asked, files, &what);
        self.stop.or(allowing).await?;
        if changes == 0 {
            self.output.mention(&said);
        }
        let before = tree.clone();
        let saving = get::save(
            self.session,
            self.output,
            self.stop,
            vec![(provider, tree)],
            (json, &args.shown),
            &mut self.tally,
        );
        let done = saving.await?;
        let pairs = pairs(&before, &done);
        // Before anything else can fail.
        self.remember(&pairs, |_, _| false);
        if self.may_delete(doomed.len()) {
            let gone = self.remove(&doomed, &rows);
            self.remember(&[], |file, _| gone.contains(&file.to_string()));
        }
        self.tally.end()
    }

    /// Removes those files that are still as they were found; answers the paths of those that are gone.
    fn remove(&mut self, doomed: &[Extra], rows: &[Row]) -> HashSet<String> {
        let mut gone = HashSet::new();
        for (extra, row) in doomed.iter().zip(rows) {
            match tree::remove(&self.args.dir, extra) {
                Ok(()) => {
                    self.deleted(row);
                    gone.insert(tree::composed(&extra.relative));
                }
                Err(error) => self.not_deleted(row, Failure::failed(error.message)),
            }
        }
        gone
    }
}

fn rows_of(tree: &Tree, doomed: &[Extra]) -> impl Iterator<Item = Row> {
    doomed.iter().map(|extra| Row::doomed_file(tree, extra))
}

/// `12 files to save, 3.1 MB, 2 of them in the place of others; 3 are there already`
fn summary(tree: &Tree, doomed: usize) -> String {
    let count =
        |fits: &dyn Fn(&Fate) -> bool| tree.rows.iter().filter(|row| fits(&row.fate)).count();
    let (files, bytes) = tree.saved();
    let mut parts = vec![match files {
        0 => String::from("nothing to save"),
        files => format!("{} to save, {}", file_words(files), size_words(bytes)),
    }];
    let replaced = count(&|fate| matches!(fate, Fate::Replace(_)));
    if replaced > 0 {
        parts.push(format!("{replaced} in the place of others"));
    }
    for (count, one, many) in [
        (
            count(&|fate| *fate == Fate::Same),
            "is there already",
            "are there already",
        ),
        (
            count(&|fate| matches!(fate, Fate::Clash(_))),
            "clashes with what is there",
            "clash with what is there",
        ),
        (
            count(&|fate| *fate == Fate::Skip),
            "is left out",
            "are left out",
        ),
        (
            count(&|fate| matches!(fate, Fate::Problem(_))),
            "cannot be saved",
            "cannot be saved",
        ),
    ] {
        if count > 0 {
            parts.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    with_deletes(parts.join("; "), doomed, None)
}

/// The files that are the same as their assets now.
fn pairs(tree: &Tree, done: &[Arc<Job>]) -> Vec<Pair> {
    let saved = done.iter().filter_map(|job| match &job.state {
        JobState::Done { path, .. } => path.as_ref(),
        _ => None,
    });
    let saved: HashSet<&PathBuf> = saved.collect();
    // The queue knows it without a link in its path.
    let root = resolve(&tree.root);
    let rows = tree.rows.iter().filter_map(|row| {
        let path = row.at.below(&root);
        let sure = saved.contains(&path);
        if !sure && row.fate != Fate::Same {
            return None;
        }
        let metadata = std::fs::symlink_metadata(&path).ok()?;
        Some(Pair {
            file: row.at.clone(),
            stamp: FileStamp::of(&metadata),
            asset: row.asset.clone(),
            sure,
        })
    });
    rows.collect()
}
