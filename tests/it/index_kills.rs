//! kill -9 at every step of the index onto disk, one after the other; the next start shows what was
//! there before or all of what came, and works.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use assetdeck::demo::Options;
use serde_json::Value;

use crate::cli_browse::ref_of;
use crate::cli_coverage::{LOCALES, expected, told};
use crate::support::cli::{Ran, run};
use crate::support::home::Home;
use crate::support::pty::PATIENCE;
use crate::support::screen::{open, started};
use crate::support::server::Server;
use crate::support::strace::{Fate, Meddling, ready, run_meddled};

const STEPS: &str = "pwrite64,write,fsync,fdatasync,ftruncate,unlink";

/// The long document of the demo.
const LONG: &str = "20533";

fn cache(home: &Home) -> PathBuf {
    // Without links in its name: so `strace` knows it.
    let home = home.path().canonicalize().expect("the home is there");
    home.join(".cache/assetdeck")
}

fn files(home: &Home) -> Vec<PathBuf> {
    ["index-1.db", "index-1.db-journal"]
        .map(|name| cache(home).join(name))
        .to_vec()
}

/// What stands in the index, by a command that asks no service.
#[track_caller]
fn kept(home: &Home, point: &str) -> BTreeSet<String> {
    let ran = run(home, &["find", "e", "--limit", "100000", "--json"]).exits(0);
    sound(&ran, point);
    let lines = ran.stdout.lines();
    // Not judged by the schema: that takes longer than all else here.
    let rows = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    rows.map(|row| format!("{} {}", row["ref"], row["name"]))
        .collect()
}

/// However the program ended, what it left is no damage, and is not said to be.
#[track_caller]
fn sound(ran: &Ran, point: &str) {
    for word in ["damaged", "set aside", "not kept"] {
        assert!(!ran.stderr.contains(word), "{point}: {ran:#?}");
    }
    assert!(!ran.stderr.contains("index"), "{point}: {ran:#?}");
}

/// A home in which the index is as in the other one.
fn copy(server: &Server, of: &Home) -> Home {
    let home = server.home();
    fs::create_dir_all(cache(&home)).expect("the cache folder");
    for (from, to) in files(of).iter().zip(files(&home)) {
        if from.exists() {
            fs::copy(from, to).expect("a copy");
        }
    }
    home
}

/// How a command puts what it hears into the index.
enum Kept {
    /// All at once.
    Whole,
    /// Answer by answer.
    Bits,
}

/// A command whose writing is cut.
struct Cut<'a> {
    args: &'a [&'a str],
    kept: Kept,
    /// One step of so many.
    stride: usize,
    /// Of these, one in so many is gone on with.
    again: u32,
    at_least: u32,
    /// A place of the first pane, and what stands in it.
    shows: (&'a str, &'a str),
}

impl Cut<'_> {
    /// Kills the command at each step of its own writing, and starts it and the screen again.
    /// `before` makes the index that it finds; `agrees` holds what an undisturbed one says against
    /// what the services hold.
    #[track_caller]
    fn everywhere(&self, server: &Server, before: impl FnOnce(&Home), agrees: impl FnOnce(&Ran)) {
        if !ready() {
            return;
        }
        let base = server.home();
        before(&base);
        let old = kept(&base, "before");
        let whole = copy(server, &base);
        let all = run(&whole, self.args).exits(0);
        agrees(&all);
        let new = kept(&whole, "undisturbed");
        assert!(new != old, "nothing is kept");
        let mut steps = 0;
        for nth in (1..).step_by(self.stride) {
            let home = copy(server, &base);
            let on = files(&home);
            let meddling = Meddling {
                calls: STEPS,
                on: &on,
                fate: Fate::Killed,
                nth,
            };
            let (ran, killed) = run_meddled(&home, &meddling, self.args);
            let point = format!("{:?} at step {nth}", self.args);
            if !killed {
                assert_eq!(ran.exits(0).stdout, all.stdout, "{point}");
                break;
            }
            steps += 1;
            let left = kept(&home, &point);
            match self.kept {
                Kept::Whole => assert!(left == old || left == new, "{point}: {left:#?}"),
                Kept::Bits => {
                    assert!(left.is_superset(&old), "{point}: {left:#?}");
                    assert!(left.is_subset(&new), "{point}: {left:#?}");
                }
            }
            if (steps - 1) % self.again != 0 {
                continue;
            }
            if steps % 8 == 1 {
                // In a copy: it lists more than the command.
                self.on_screen(&copy(server, &home));
            }
            let ran = run(&home, self.args).exits(0);
            sound(&ran, &point);
            assert_eq!(ran.stdout, all.stdout, "{point}");
            assert_eq!(kept(&home, &point), new, "{point}");
            let aside = cache(&home).join("index-1.damaged.db");
            assert!(!aside.exists(), "{point}");
        }
        assert!(steps >= self.at_least, "only {steps} steps");
    }

    #[track_caller]
    fn on_screen(&self, home: &Home) {
        let mut pty = started(home);
        open(&mut pty, self.shows.0, self.shows.1);
        let screen = pty.screen();
        assert!(!screen.contains("index"), "{screen}");
        pty.send_keys("q");
        assert_eq!(pty.exit_code(PATIENCE), 0);
    }
}

/// Other tests hold these calls against the contracts.
fn world(change: impl FnOnce(&mut Options)) -> Server {
    Server::with(|options| {
        options.record = false;
        change(options);
    })
}

fn shop(server: &Server) -> String {
    let websites = run(&server.home(), &["ls", "acme-web:", "--json"]);
    ref_of(&websites.exits(0), "Shop")
}

/// The names of a website's assets, as the services hold them.
fn held(server: &Server, website: &str) -> BTreeSet<String> {
    let state = server.state();
    let assets = state["segmentflow"]["assets"].as_array().expect("a list");
    let own = assets.iter().filter(|it| it["website"]["name"] == website);
    own.map(|it| it["filename"].as_str().expect("a name").to_owned())
        .collect()
}

/// The names that a listing has.
fn listed(ran: &Ran) -> BTreeSet<String> {
    let lines = ran.json();
    let names = lines.iter().map(|it| it["name"].as_str().expect("a name"));
    names.map(str::to_owned).collect()
}

#[test]
fn killed_at_each_step_of_making_the_index() {
    let server = world(|_| {});
    let shop = shop(&server);
    Cut {
        args: &["ls", &shop, "--json"],
        kept: Kept::Whole,
        stride: 1,
        again: 1,
        at_least: 15,
        shows: ("Shop", "logo.png"),
    }
    .everywhere(
        &server,
        |_| {},
        |all| assert_eq!(listed(all), held(&server, "Shop")),
    );
}

#[test]
fn killed_at_each_step_of_putting_a_list_in_place_of_the_one_before() {
    let server = world(|_| {});
    let shop = shop(&server);
    Cut {
        args: &["ls", &shop, "--json"],
        kept: Kept::Whole,
        stride: 1,
        again: 1,
        at_least: 15,
        shows: ("Shop", "logo.png"),
    }
    .everywhere(
        &server,
        |home| {
            let before = run(home, &["ls", &shop, "--json"]).exits(0);
            // Somebody else takes one away.
            let gone = ref_of(&before, "hero.png");
            run(&server.home(), &["rm", "--yes", &gone]).exits(0);
        },
        |all| assert_eq!(listed(all), held(&server, "Shop")),
    );
}

#[test]
fn killed_at_each_step_of_a_sweep() {
    let server = world(|options| {
        options.segments = Some(310);
        options.localised = true;
        options.assets = Some(220);
    });
    let long = format!("acme-loc:{LONG}");
    Cut {
        // What is kept is taken: so the second start shows it.
        args: &["coverage", &long, "--yes", "--max-age", "1440", "--json"],
        kept: Kept::Bits,
        stride: 3,
        again: 2,
        at_least: 20,
        shows: ("…Product catalogue", "catalog"),
    }
    .everywhere(
        &server,
        |home| {
            run(home, &["ls", &long]).exits(0);
        },
        |all| assert_eq!(told(all, &LOCALES), expected(&server, LONG, &LOCALES)),
    );
}

#[test]
fn killed_on_the_way_to_a_list_of_several_parts() {
    let server = world(|options| {
        options.websites = Some(1);
        options.assets = Some(8_300);
    });
    let shop = shop(&server);
    Cut {
        args: &["ls", &shop, "--json"],
        kept: Kept::Whole,
        // Each costs seconds.
        stride: 32,
        again: 4,
        at_least: 3,
        shows: ("Shop", "logo.png"),
    }
    .everywhere(
        &server,
        |_| {},
        |all| assert!(all.stdout.lines().count() > 8_192),
    );
}

#[test]
fn a_full_disk_costs_what_was_to_be_kept_and_is_told_once() {
    if !ready() {
        return;
    }
    let server = Server::start();
    let calm = server.home();
    let list = ["ls", "acme-loc:19914"];
    let whole = run(&calm, &list).exits(0);
    let home = server.home();
    run(&home, &["ls", "acme-loc:"]).exits(0);
    let full = Meddling {
        calls: "pwrite64",
        on: &files(&home),
        fate: Fate::KeepsFailing("ENOSPC"),
        nth: 1,
    };
    let (ran, came) = run_meddled(&home, &full, &list);
    assert!(came, "nothing was to be kept");
    assert_eq!(
        (ran.code, &ran.stdout),
        (Some(0), &whole.stdout),
        "{ran:#?}"
    );
    let said = "lists are not kept for the next start: there is no room on the disk";
    assert_eq!(ran.stderr.matches(said).count(), 1, "{ran:#?}");
    // With room it is kept again.
    let again = run(&home, &list).exits(0);
    assert!(!again.stderr.contains("not kept"), "{again:#?}");
}
