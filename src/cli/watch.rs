//! `watch`: uploads what appears in a folder or changes there, once each, until it is stopped.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::args;
use super::chosen::aside;
use super::failure::{Exit, Failure, Tally};
use super::find;
use super::follow::After;
use super::output::Output;
use super::plan::{self as shown, Told};
use super::session::{Known, Session};
use super::stop::Stop;
use super::upload::{self, Sending, places};
use crate::api::{FileStamp, Replaced, UploadRequest};
use crate::domain::{AssetPath, AssetScope, Locale, SafeText, time_words};
use crate::transfer::arrivals::{Arrivals, Eye};
use crate::transfer::patient::Patient;
use crate::transfer::plan::{Candidate, Fill, OnClash, Plan, Row, Verdict, Wishes};
use crate::transfer::tree::Back;
use crate::transfer::walk::Found;
use crate::transfer::{JobId, Sent, Transfers};

/// What changes comes in bursts: so long is waited for the rest of one.
const BURST: Duration = Duration::from_millis(100);

/// When a service that could not be reached is asked again, at first and at the most; and when a folder
/// that is gone is looked for.
const AGAIN: Duration = Duration::from_secs(5);
const AGAIN_MOST: Duration = Duration::from_mins(5);

/// A folder that is watched.
struct Watch<'a> {
    session: &'a Session,
    output: &'a mut Output,
    stop: &'a mut Stop,
    args: &'a args::Watch,
    known: &'a Known,
    provider: Arc<Patient>,
    scope: AssetScope,
    locales: Option<Vec<Locale>>,
    wishes: Wishes,
    usual: Wishes,
    by: Fill,
    /// What was sent of each file, the last to each place: the queue forgets it after a day.
    sent: HashMap<PathBuf, Vec<Sent>>,
    /// Said once.
    told_clash: bool,
}

/// Uploads until it is told to stop, which is its only good end.
pub async fn watch(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Watch,
) -> Result<(), Failure> {
    let address = find::address(&args.to)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    let scope = address
        .scope()
        .ok_or_else(|| super::chosen::nowhere(&address, spec))?;
    find::check_scope(spec, &scope)?;
    session.could_change(known, output)?;
    let wishes = upload::wishes_of_place(args.locale.as_deref(), args.folder.as_deref());
    upload::check(spec, &wishes, None)?;
    let usuals = session.usuals()?;
    let usual = usuals.of(&address.account, address.container.as_ref());
    let by = upload::patterns(usual, args.pattern.as_deref(), args.locale.is_some())?;
    let usual = usual.wishes(args.locale.is_some(), args.folder.is_some());
    if !args.dir.is_dir() {
        let shown = SafeText::name(&args.dir.to_string_lossy());
        return Err(Failure::usage(format!("{shown} is not a folder")));
    }
    let looking = stop.or(async {
        let provider = session.ready(known).await?;
        let locales = places::place(provider.as_ref(), &scope).await?;
        upload::check(spec, &wishes, locales.as_deref())?;
        Ok((provider, locales))
    });
    let (provider, locales) = looking.await?;
    stop.or(session.may_change(known, output)).await?;
    let watch = Watch {
        session,
        output,
        stop,
        args,
        known,
        provider,
        scope,
        locales,
        wishes,
        usual,
        by,
        sent: HashMap::new(),
        told_clash: false,
    };
    watch.run().await
}

impl Watch<'_> {
    async fn run(mut self) -> Result<(), Failure> {
        // Before the first look: what comes while that is made must not be missed.
        let mut eye = self.open_eye();
        let mut watched = identity(&self.args.dir);
        self.tell_ready();
        let settle = Duration::from_millis(self.args.settle.into());
        let mut arrivals = Arrivals::new(self.args.dir.clone(), settle);
        let mut unread: Vec<PathBuf> = Vec::new();
        let mut patience = AGAIN;
        let mut stirred = false;
        loop {
            let look = aside(move || {
                let looked = arrivals.look();
                (arrivals, looked)
            });
            let looked;
            (arrivals, looked) = self.stop.or(look).await?;
            for (path, why) in &looked.unread {
                if !unread.contains(path) {
                    let shown = SafeText::name(&path.to_string_lossy());
                    self.output.note(&format!("{shown}: {why}"));
                }
            }
            unread = looked.unread.into_iter().map(|(path, _)| path).collect();
            // The system tells of the folder that was, not of one that is there under its name now.
            let now = identity(&self.args.dir);
            let exchanged = now.is_some() && now != watched;
            if exchanged {
                eye = self.open_eye();
            } else if now != watched {
                let shown = SafeText::name(&self.args.dir.to_string_lossy());
                self.output.note(&format!(
                    "{shown} is gone; it is watched again when it is back"
                ));
            }
            watched = now;
            // What comes into a folder that is just made may be told of late, or not at all.
            let again = looked.again.or(stirred.then_some(settle));
            let again = again.or(watched.is_none().then_some(AGAIN));
            let again = if exchanged {
                Some(Duration::ZERO)
            } else {
                again
            };
            let paths: Vec<PathBuf> = looked.settled.iter().map(|it| it.path.clone()).collect();
            if !paths.is_empty() {
                match self.batch(looked.settled).await {
                    Ok(()) => patience = AGAIN,
                    Err(failure) if failure.exit == Exit::Failed => {
                        self.output.fail(&failure);
                        self.output
                            .note(&format!("tried again in {}", time_words(patience)));
                        self.stop.or(slept(patience)).await?;
                        patience = (patience * 2).min(AGAIN_MOST);
                        arrivals.take_back(&paths);
                        continue;
                    }
                    Err(failure) => return Err(failure),
                }
            }
            stirred = tokio::select! {
                () = self.stop.asked() => return Err(Failure::stopped()),
                () = eye.stirred() => true,
                () = pause(again) => false,
            };
            if stirred {
                self.stop.or(slept(BURST)).await?;
            }
        }
    }

    fn open_eye(&mut self) -> Eye {
        let (eye, why) = Eye::open(&self.args.dir, self.args.poll.map(Duration::from_secs));
        if let Some(why) = why {
            self.output.note(&format!(
                "the system does not tell of changes here ({why}); the folder is looked at every few \
                 seconds instead"
            ));
        }
        eye
    }

    /// From now on nothing that comes is missed.
    fn tell_ready(&mut self) {
        let dir = self.args.dir.to_string_lossy();
        if self.args.json {
            self.output.event(&json!({
                "event": "watching",
                "file": dir,
                "to": self.args.to,
            }));
        } else {
            self.output.mention(&format!(
                "watching {} for {}; Ctrl-C ends it",
                SafeText::name(&dir),
                SafeText::name(&self.args.to)
            ));
        }
    }

    /// Uploads these but those that were sent as they are now by an earlier run.
    async fn batch(&mut self, found: Vec<Found>) -> Result<(), Failure> {
        let spec = self.known.info.spec;
        let look = aside(move || {
            let looks = found.into_iter().map(|found| found.look(spec));
            looks.collect::<Vec<Candidate>>()
        });
        let files = self.stop.or(look).await?;
        let transfers = super::transfers::open(self.session, self.output)?;
        self.remember(&transfers);
        let mut plan = self.plan(files);
        let fresh = { plan.rows().iter() }.filter(|row| {
            !self
                .sent_of(row)
                .iter()
                .any(|one| is_sent(row, &one.request))
        });
        let fresh: Vec<Candidate> = fresh.map(candidate).collect();
        if fresh.len() < plan.rows().len() {
            plan = self.plan(fresh);
        }
        if plan.rows().iter().any(|row| row.file.is_ok()) {
            let looking = places::look(self.session, self.provider.as_ref(), &mut plan, true);
            self.stop.or(looking).await?;
        }
        let (account, list) = (&self.known.info.name, self.list().await?);
        shown::take_ours(&mut plan, |row, asset| {
            let mut before = self
                .sent_of(row)
                .iter()
                .filter_map(|one| one.asset.as_deref());
            before.any(|before| before.scope == asset.scope && Replaced::of(before).is_still(asset))
                || list
                    .as_ref()
                    .is_some_and(|list| list.is_unchanged(account, asset))
        });
        plan.set_on_clash(self.args.on_clash.unwrap_or(OnClash::Fail));
        let mut tally = Tally::default();
        shown::tell(self.output, &plan, Told::Changes, &mut tally);
        self.tell_clash(&plan);
        let sending = Sending {
            plan: &plan,
            provider: &self.provider,
            json: self.args.json,
            shown: &self.args.shown,
            after: After::Keep,
        };
        if plan.totals().sent() > 0 {
            let (session, output, stop) = (self.session, &mut *self.output, &mut *self.stop);
            sending
                .through(&transfers, session, output, stop, &mut tally)
                .await;
        }
        self.remember(&transfers);
        if tally.stopped {
            return Err(Failure::silent(Exit::Stopped));
        }
        // All of it went well nevertheless.
        if self.stop.was_asked() {
            return Err(Failure::stopped());
        }
        Ok(())
    }

    /// What was sent before of the file of this row.
    fn sent_of(&self, row: &Row) -> &[Sent] {
        let path = std::path::absolute(&row.path).unwrap_or_else(|_| row.path.clone());
        self.sent.get(&path).map_or(&[], Vec::as_slice)
    }

    /// Learns what was sent. Of each file the last that went to a place says what is there: what was
    /// before is forgotten, in the queue too.
    fn remember(&mut self, transfers: &Transfers) {
        let mut all = transfers.sent();
        all.retain(|one| one.account == self.known.info.name);
        all.sort_by_key(|one| one.id);
        let mut older: Vec<JobId> = Vec::new();
        for one in all {
            let of_file = self.sent.entry(one.request.path.clone()).or_default();
            match of_file.iter_mut().find(|it| to_same_place(it, &one)) {
                Some(before) if before.id < one.id => {
                    older.push(std::mem::replace(before, one).id);
                }
                Some(_) => {}
                None => of_file.push(one),
            }
        }
        if transfers.works() {
            transfers.clear(&older);
            transfers.flush();
        }
    }

    /// The list of the folder, if a download or `sync` made it. One that cannot be read says nothing.
    async fn list(&mut self) -> Result<Option<Back>, Failure> {
        let dir = self.args.dir.clone();
        let open = aside(move || Back::open(&dir).ok().flatten());
        self.stop.or(open).await
    }

    /// What is there already is a clash as long as nobody knows whose it is.
    fn plan(&self, files: Vec<Candidate>) -> Plan {
        let (account, spec) = (self.known.info.name.clone(), self.known.info.spec);
        let plan = Plan::new(account, spec, self.wishes.clone(), OnClash::Ask);
        let mut plan = plan.with_usual(self.usual.clone());
        if let Some(locales) = &self.locales {
            plan.set_locales(self.scope.container(), locales.clone());
        }
        plan.add(files, &self.scope, &self.by);
        plan
    }

    /// How a file gets to where another one has its name.
    fn tell_clash(&mut self, plan: &Plan) {
        let taken = |row: &Row| matches!(row.verdict(), Verdict::Problem(_)) && row.file.is_ok();
        let unsaid = self.args.on_clash.is_none() && !self.told_clash;
        if unsaid && plan.rows().iter().any(taken) {
            self.told_clash = true;
            self.output.note(
                "what was not sent from here is not replaced; --on-clash replace, skip or keep says otherwise",
            );
        }
    }
}

async fn slept(time: Duration) -> Result<(), Failure> {
    tokio::time::sleep(time).await;
    Ok(())
}

/// Which folder has this path now, if one has.
fn identity(dir: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(dir)
        .ok()
        .filter(std::fs::Metadata::is_dir)?;
    FileStamp::of(&metadata).identity
}

/// Waits so long; for ever where there is nothing to wait for.
async fn pause(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// The file of a row, to be put into another plan.
fn candidate(row: &Row) -> Candidate {
    Candidate {
        path: row.path.clone(),
        relative: row.relative.clone(),
        file: row.file.clone(),
    }
}

/// Whether this upload of the same path is the one that the row wants.
fn is_sent(row: &Row, sent: &UploadRequest) -> bool {
    let Ok(file) = &row.file else { return false };
    let locale = sent.locale.as_ref().map_or("", Locale::as_str);
    sent.stamp == file.stamp
        && sent.scope == row.scope
        && sent.name == file.name
        && locale == row.wishes.locale
        && AssetPath::parse(&row.wishes.folder).is_ok_and(|folder| folder == sent.folder)
}

fn to_same_place(one: &Sent, other: &Sent) -> bool {
    let place = |it: &Sent| {
        let request = &it.request;
        (
            request.scope.clone(),
            request.locale.clone(),
            request.folder.clone(),
            request.name.clone(),
        )
    };
    place(one) == place(other)
}
