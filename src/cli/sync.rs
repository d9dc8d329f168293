//! `sync`: makes a place as a folder is, or the folder as the place is.

mod doomed;
mod down;
mod rows;
mod up;

use std::path::Path;

use self::rows::Row;
use super::args;
use super::failure::{Failure, Tally};
use super::find;
use super::get::wanted::{self, Wanted};
use super::output::Output;
use super::prompt;
use super::session::{Known, Session};
use super::stop::Stop;
use crate::api::ProviderSpec;
use crate::domain::{Address, Ref, SafeText, file_words};
use crate::transfer::OnClash;
use crate::transfer::names::LocalPath;
use crate::transfer::tree::{self, Pair};

/// One run: of what, on whose behalf, and how it goes.
struct Run<'a> {
    session: &'a Session,
    output: &'a mut Output,
    stop: &'a mut Stop,
    args: &'a args::Sync,
    known: &'a Known,
    address: Address,
    tally: Tally,
}

/// Changes one side.
pub async fn sync(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Sync,
) -> Result<(), Failure> {
    let address = find::address(&args.address)?;
    let known = session.known(&address.account)?;
    if let Some(scope) = address.scope()
        && scope.segment().is_some()
    {
        find::check_scope(known.info.spec, &scope)?;
    }
    if args.delete && !args.yes && !args.dry_run && !output.can_ask() {
        return Err(
            Failure::usage("there is no terminal to ask on before deleting").hint(
                "Give --yes to delete without a question, or --dry-run to see what that would be.",
            ),
        );
    }
    // Its files may go to another place as well, but nothing of that place goes for them.
    let may_differ = !args.down && !args.delete;
    let elsewhere = tree::origin(&args.dir, &address, known.info.spec, may_differ);
    let elsewhere = elsewhere.map_err(|error| Failure::usage(error.message))?;
    if let Some(origin) = elsewhere {
        return Err(Failure::usage(format!(
            "{}: {} in it is of {origin}, and not of {address}",
            shown(&args.dir),
            tree::MANIFEST
        ))
        .hint("Name that address, or another folder."));
    }
    let run = Run {
        session,
        output,
        stop,
        args,
        known,
        address,
        tally: Tally::default(),
    };
    if args.down {
        run.down().await
    } else {
        run.up().await
    }
}

impl<'a> Run<'a> {
    const fn spec(&self) -> &'static ProviderSpec {
        self.known.info.spec
    }

    /// Says what can be done about clashes that nobody was asked about.
    fn tell_clashes(&mut self, rule: OnClash, count: usize) {
        if rule == OnClash::Fail && count > 0 {
            let (side, other) = if self.args.down {
                ("the service's", "--up")
            } else {
                ("those of the folder", "--down")
            };
            let differ = if count == 1 { "differs" } else { "differ" };
            self.output.note(&format!(
                "{} {differ}, and it is not known that only one side was changed: --on-clash replace takes \
                 {side}, skip leaves them; {other} goes the other way",
                file_words(count)
            ));
        }
    }

    /// Everything that is at the address.
    async fn below(&mut self) -> Result<Wanted<'a>, Failure> {
        let listing = wanted::below(
            self.session,
            self.output,
            self.stop,
            self.known,
            &self.address,
            self.args.yes,
            &mut self.tally,
        );
        listing.await
    }

    /// Something could not be looked at, and what is not known is not deleted.
    fn keep_all(&mut self, why: &str) {
        self.tally.failed += 1;
        self.output.note(&format!("nothing is deleted: {why}"));
    }

    /// Prints all rows instead of doing anything.
    fn print(self, rows: &[Row], summary: &str) -> Result<(), Failure> {
        rows::print(self.output, rows, self.args.json, summary)?;
        let failed = rows.iter().filter(|row| row.verdict == "problem").count();
        Tally {
            done: rows.len() - failed,
            failed: failed + self.tally.failed,
            ..Tally::default()
        }
        .end()
    }

    /// Names what is to be deleted, and asks once for all that will be done, where that is more than
    /// one would expect: something goes, or `asks` says so. Answers whether it asked.
    async fn consent(
        &mut self,
        asks: bool,
        summary: &str,
        doomed: &[Row],
    ) -> Result<bool, Failure> {
        for row in doomed {
            let mixes = prompt::mixing(&row.name);
            let shown = row.shown();
            self.output.note(&format!("{mixes}to be deleted: {shown}"));
        }
        let asks = asks || !doomed.is_empty();
        if !asks || self.args.yes || !self.output.can_ask() {
            return Ok(false);
        }
        let forever = if doomed.is_empty() {
            ""
        } else {
            " Deleting cannot be undone."
        };
        let question = format!("{summary}.{forever} Go on? [y/N]");
        if self.stop.or(prompt::yes(self.output, &question)).await? {
            Ok(true)
        } else {
            Err(Failure::failed("nothing was changed"))
        }
    }

    /// Whether it is time to delete; says why not.
    fn may_delete(&mut self, doomed: usize) -> bool {
        // The last file may have ended well in spite of it.
        self.tally.stopped |= doomed > 0 && self.stop.was_asked();
        let well = self.tally.failed == 0 && !self.tally.stopped;
        if doomed > 0 && !well {
            let why = if self.tally.stopped {
                "it was stopped"
            } else {
                "not all else went well"
            };
            self.output.note(&format!(
                "{} not deleted, since {why}",
                match doomed {
                    1 => "1 was".to_owned(),
                    many => format!("{many} were"),
                }
            ));
        }
        doomed > 0 && well
    }

    /// One was deleted.
    fn deleted(&mut self, row: &Row) {
        self.tally.done += 1;
        // A reader that went away does not stop the rest.
        let _ = if self.args.json {
            { self.output.json(&row.line()) }.and_then(|()| self.output.flush())
        } else {
            self.output.did(&format!("deleted {}", row.shown()))
        };
    }

    /// One was not deleted.
    fn not_deleted(&mut self, row: &Row, mut failure: Failure) {
        self.tally.count(&failure);
        if !self.tally.stopped {
            failure.message = format!("{}: {}", row.shown(), failure.message);
            self.output.fail(&failure);
        }
    }

    /// Remembers in the folder what is the same now: else the next run could not tell which side was
    /// changed. That it cannot be is no reason to have failed.
    fn remember(&mut self, pairs: &[Pair], gone: impl Fn(&LocalPath, &Ref) -> bool) {
        let kept = tree::keep(&self.args.dir, &self.address, self.spec(), pairs, gone);
        if let Err(error) = kept {
            self.output.note(&format!(
                "what is the same now could not be kept in {}: {}",
                tree::MANIFEST,
                error.message
            ));
        }
    }
}

fn shown(path: &Path) -> String {
    SafeText::name(&path.to_string_lossy()).into_string()
}
