//! What would be deleted on one side, and was changed there since both sides were the same.

use super::Run;
use super::rows::Row;
use crate::cli::failure::Failure;
use crate::cli::prompt;
use crate::transfer::OnClash;

/// Said of each: its file or its asset is gone, and so nobody else may have what it is now.
const CHANGED: &str = "it was changed since both sides were the same, and may be nowhere else";

/// The rows of a dry run.
pub(super) fn rows<T>(
    doomed: &[T],
    rule: OnClash,
    is_changed: impl Fn(&T) -> bool,
    row: impl Fn(&T) -> Row,
) -> Vec<Row> {
    let verdict = match rule {
        OnClash::Replace => None,
        OnClash::Ask => Some("clash"),
        OnClash::Skip | OnClash::Keep => Some("skip"),
        OnClash::Fail => Some("problem"),
    };
    let rows = doomed.iter().map(|one| match verdict {
        Some(verdict) if is_changed(one) => row(one).held_back(verdict, CHANGED),
        _ => row(one),
    });
    rows.collect()
}

impl Run<'_> {
    /// Takes out those that may not be deleted: by the rule for clashes, or by what is answered.
    pub(super) async fn spare<T>(
        &mut self,
        doomed: Vec<T>,
        rule: OnClash,
        is_changed: impl Fn(&T) -> bool,
        row: impl Fn(&T) -> Row,
    ) -> Result<Vec<T>, Failure> {
        let mut left = Vec::new();
        let mut told = false;
        for one in doomed {
            let goes = rule == OnClash::Replace || !is_changed(&one);
            let goes = goes || (rule == OnClash::Ask && self.may_go(&row(&one)).await?);
            if goes {
                left.push(one);
            } else if rule == OnClash::Fail {
                self.not_deleted(
                    &row(&one),
                    Failure::failed(format!("not deleted: {CHANGED}")),
                );
                told = true;
            }
        }
        if told {
            self.output
                .note("--on-clash replace deletes them all the same, skip leaves them");
        }
        Ok(left)
    }

    async fn may_go(&mut self, row: &Row) -> Result<bool, Failure> {
        let question = format!(
            "{}{}: {CHANGED}. Delete it all the same? [y/N]",
            prompt::mixing(&row.name),
            row.shown()
        );
        self.stop.or(prompt::yes(self.output, &question)).await
    }
}
