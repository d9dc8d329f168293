//! What is at the address becomes as the folder is.

use std::sync::Arc;

use super::rows::{Row, with_deletes};
use super::{Run, doomed, shown};
use crate::api::{Provider as _, Replaced};
use crate::cli::chosen::{self, Looked, look_at};
use crate::cli::failure::Failure;
use crate::cli::find;
use crate::cli::plan::{self as shown_plan, Told};
use crate::cli::upload::{self, Sending, places};
use crate::domain::Asset;
use crate::transfer::names::LocalPath;
use crate::transfer::patient::Patient;
use crate::transfer::plan::{Fill, OnClash, Plan, Verdict, Wishes};
use crate::transfer::tree::{self, Pair};
use crate::transfer::{Job, JobState};

impl Run<'_> {
    pub(super) async fn up(mut self) -> Result<(), Failure> {
        let (args, spec) = (self.args, self.spec());
        if !args.dry_run {
            self.session.could_change(self.known, self.output)?;
        }
        let rule = upload::rule(self.output, args.on_clash, args.yes)?;
        if !args.dir.is_dir() {
            return Err(Failure::usage(format!(
                "{} is not a folder",
                shown(&args.dir)
            )));
        }
        let looking = look_at(self.output, vec![args.dir.clone()], spec, true);
        let looked = self.stop.or(looking).await?;
        let mut plan = Plan::new(
            self.known.info.name.clone(),
            spec,
            Wishes::default(),
            OnClash::Ask,
        );
        let (links, hidden) = (looked.links, looked.hidden);
        let back = looked.chosen.first().and_then(|one| one.back.clone());
        let Some(provider) = self.look(looked, &mut plan).await? else {
            shown_plan::tell(self.output, &plan, Told::Changes, &mut self.tally);
            if args.delete {
                self.keep_all("nothing in the folder can be sent, so that everything would go");
            }
            return self.tally.end();
        };
        let account = &self.known.info.name;
        if let Some(back) = &back {
            shown_plan::take_ours(&mut plan, |_, asset| back.is_unchanged(account, asset));
        }
        let clashes = plan.totals().clash;
        if rule != OnClash::Ask {
            plan.set_on_clash(rule);
        }
        let mut doomed = Vec::new();
        if args.delete {
            doomed = self.extra(&plan, hidden).await?;
            if links > 0 {
                doomed.clear();
                self.keep_all(
                    "links in the folder are left out, and what they stand for is not known",
                );
            }
        }
        let told_by = back.as_ref().map(|back| back.changed());
        let is_changed = |asset: &Asset| told_by.as_ref().is_some_and(|it| it(account, asset));
        if args.dry_run {
            let rows = plan.rows().iter().map(|row| Row::sent(&plan, row));
            let gone = doomed::rows(&doomed, rule, is_changed, |it| {
                Row::doomed_asset(account, it)
            });
            let count = gone.iter().filter(|row| row.is_delete()).count();
            let rows: Vec<Row> = rows.chain(gone).collect();
            let summary = shown_plan::summary(&plan, plan.totals());
            return self.print(&rows, &with_deletes(summary, count, Some(spec)));
        }
        if rule == OnClash::Ask {
            self.stop
                .or(shown_plan::decide(self.output, &mut plan))
                .await?;
        }
        shown_plan::tell(self.output, &plan, Told::Changes, &mut self.tally);
        self.tell_clashes(rule, clashes);
        let spared = self.spare(doomed, rule, is_changed, |it| {
            Row::doomed_asset(account, it)
        });
        let mut doomed = spared.await?;
        if !self.may_delete(doomed.len()) {
            doomed.clear();
        }
        let totals = plan.totals();
        let changes = totals.sent() + doomed.len();
        if changes > 0 {
            let asking = self.session.may_change(self.known, self.output);
            self.stop.or(asking).await?;
        }
        let summary = with_deletes(shown_plan::summary(&plan, totals), doomed.len(), Some(spec));
        let rows: Vec<Row> = self.doomed(&doomed).collect();
        self.consent(totals.replace > 0 || totals.sent() > 1, &summary, &rows)
            .await?;
        if changes == 0 {
            self.output.mention(&summary);
        }
        let sending = Sending::once(&plan, &provider, args.json, &args.shown);
        let done = { sending.run(self.session, self.output, self.stop, &mut self.tally) }.await?;
        let pairs = pairs(&plan, &done);
        // Before anything else can fail.
        self.remember(&pairs, |_, _| false);
        if self.may_delete(doomed.len()) {
            let gone = self.delete(&provider, &doomed, &rows).await?;
            self.remember(&[], |_, reference| gone.contains(&reference.to_string()));
        }
        self.tally.end()
    }

    /// Puts the files of the folder into the plan: where its list says, else by the shape that a
    /// download gives a tree.
    async fn look(
        &mut self,
        looked: Looked,
        plan: &mut Plan,
    ) -> Result<Option<Arc<Patient>>, Failure> {
        let spec = self.spec();
        let named = self.address.scope();
        let by = Fill::Only(tree::pattern(spec));
        let mut batches = Vec::new();
        for one in looked.chosen {
            if let Some(scope) = named.as_ref().filter(|_| one.back.is_none()) {
                find::check_scope(spec, scope)?;
            }
            chosen::recall(&one, plan);
            batches.extend(chosen::batches(one, self.output, &self.address, spec, &by)?);
        }
        let (session, known) = (self.session, self.known);
        let wishes = Wishes::default();
        upload::look(session, self.stop, known, named, batches, &wishes, plan).await
    }

    /// The assets below the address that no file of the folder is for.
    async fn extra(&mut self, plan: &Plan, hidden: usize) -> Result<Vec<Asset>, Failure> {
        let failed = self.tally.failed;
        let found = self.below().await?.assets;
        if self.tally.failed > failed {
            self.keep_all("what is at the address could not all be read");
            return Ok(Vec::new());
        }
        // What stands for it may be a hidden file, which was left out.
        let may_be_hidden = |asset: &Asset| {
            let mut parts = asset.folder.parts().chain([asset.name.as_str()]);
            hidden > 0 && parts.any(|part| part.starts_with('.'))
        };
        let extra = found.into_iter().map(|(_, asset)| asset);
        Ok(extra
            .filter(|asset| plan.row_at(asset).is_none() && !may_be_hidden(asset))
            .collect())
    }

    fn doomed<'a>(&self, assets: &'a [Asset]) -> impl Iterator<Item = Row> + use<'a> {
        let account = self.known.info.name.clone();
        assets
            .iter()
            .map(move |asset| Row::doomed_asset(&account, asset))
    }

    /// Deletes those that nobody changed since they were named; answers the refs of those that are gone.
    async fn delete(
        &mut self,
        provider: &Patient,
        doomed: &[Asset],
        rows: &[Row],
    ) -> Result<Vec<String>, Failure> {
        let mut now: Vec<Asset> = Vec::new();
        let scopes: std::collections::BTreeSet<_> =
            doomed.iter().map(|asset| asset.scope.clone()).collect();
        for (container, scopes) in places::by_container(scopes) {
            for scopes in scopes.chunks(tree::SEGMENTS_AT_ONCE) {
                let listing = places::assets(provider, &container, scopes);
                now.extend(self.stop.or(listing).await?);
            }
        }
        let mut gone = Vec::new();
        for (asset, row) in doomed.iter().zip(rows) {
            let same = |it: &&Asset| it.scope == asset.scope && it.key == asset.key;
            let deleting = async {
                match now.iter().find(same) {
                    // Somebody else did it.
                    None => Ok(()),
                    Some(there) if Replaced::of(asset).is_still(there) => {
                        Ok(provider.delete(there).await?)
                    }
                    Some(_) => Err(Failure::failed("it was changed meanwhile, and not deleted")),
                }
            };
            match self.stop.or(deleting).await {
                Ok(()) => {
                    self.deleted(row);
                    gone.extend(row.reference().map(str::to_owned));
                }
                Err(failure) => self.not_deleted(row, failure),
            }
            if self.tally.stopped {
                break;
            }
        }
        Ok(gone)
    }
}

/// The files that are the same as an asset now.
fn pairs(plan: &Plan, done: &[Arc<Job>]) -> Vec<Pair> {
    let sent = done.iter().filter_map(|job| match &job.state {
        JobState::Done { asset, .. } => {
            let asset = asset.as_deref()?;
            Some((plan.row_at(asset)?, asset, true))
        }
        _ => None,
    });
    let same = plan.rows().iter().filter_map(|row| match row.verdict() {
        Verdict::Same(asset) => Some((row, asset.as_ref(), false)),
        _ => None,
    });
    let pair = |(row, asset, sure): (&crate::transfer::plan::Row, &Asset, bool)| {
        Some(Pair {
            file: LocalPath::read(&tree::composed(&row.relative))?,
            stamp: row.file.as_ref().ok()?.stamp.clone(),
            asset: asset.clone(),
            sure,
        })
    };
    sent.chain(same).filter_map(pair).collect()
}
