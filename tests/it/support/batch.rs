//! Files on their way to one place, and what was promised of them: each one that was queued is
//! stored once, whatever happens on the way.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use super::cli::{Ran, run};
use super::home::Home;
use super::server::{Server, sha256};
use crate::cli_browse::{hero_segment, ref_of};
use crate::cli_upload::png;

/// Where files go, and the flags that go with it.
#[derive(Clone, Debug)]
pub struct Place {
    pub reference: String,
    pub flags: &'static [&'static str],
}

/// A website; with texts, so that an upload has all of its steps.
pub fn website(home: &Home) -> Place {
    Place {
        reference: ref_of(&run(home, &["ls", "acme-web:", "--json"]).exits(0), "Shop"),
        flags: &["--alt", "sent by a test"],
    }
}

/// A segment.
pub fn segment(home: &Home) -> Place {
    Place {
        reference: hero_segment(home),
        flags: &["--locale", "de", "--folder", "public/sent"],
    }
}

/// Files that were chosen for one upload.
pub struct Batch {
    pub place: Place,
    pub names: Vec<String>,
    pub paths: Vec<PathBuf>,
    digests: Vec<String>,
}

impl Batch {
    /// So many small pictures in this home, none like another.
    pub fn new(home: &Home, place: &Place, mark: &str, count: usize) -> Self {
        let names = (0..count).map(|n| format!("{mark} {n}.png"));
        Self::of(home, place, names.map(|name| (png(&name), name)))
    }

    /// These files.
    pub fn of(
        home: &Home,
        place: &Place,
        files: impl IntoIterator<Item = (Vec<u8>, String)>,
    ) -> Self {
        let mut batch = Self {
            place: place.clone(),
            names: Vec::new(),
            paths: Vec::new(),
            digests: Vec::new(),
        };
        for (bytes, name) in files {
            batch.paths.push(home.file(&name, &bytes));
            batch.digests.push(sha256(&bytes));
            batch.names.push(name);
        }
        batch
    }

    /// The command that sends them.
    pub fn upload(&self) -> Vec<&str> {
        let files = self.paths.iter().map(|path| path.to_str().expect("text"));
        ["upload", "--to", &self.place.reference]
            .into_iter()
            .chain(self.place.flags.iter().copied())
            .chain(files)
            .collect()
    }

    /// The assets that the services hold under each name.
    fn stored(&self, server: &Server) -> Vec<Vec<Value>> {
        let state = server.state();
        let all = ["segmentflow", "wordbee"]
            .into_iter()
            .flat_map(|service| state[service]["assets"].as_array().expect("a list"));
        let all: Vec<&Value> = all.collect();
        let named = |name: &String| {
            let own = all
                .iter()
                .filter(|it| it["filename"] == **name || it["fileName"] == **name);
            own.map(|it| (*it).clone()).collect()
        };
        self.names.iter().map(named).collect()
    }

    /// What holds once the program has ended, however it ended.
    #[track_caller]
    pub fn promised(&self, home: &Home, server: &Server) -> Promised {
        Promised {
            queued: queue(home)
                .iter()
                .filter(|job| job["state"] != "cancelled")
                .map(|job| job["name"].as_str().expect("a name").to_owned())
                .collect(),
            stored: self
                .stored(server)
                .iter()
                .map(|it| !it.is_empty())
                .collect(),
        }
    }

    /// Holds that each file is stored once and whole.
    #[track_caller]
    pub fn all_stored_once(&self, server: &Server, point: &str) {
        for ((name, digest), stored) in self
            .names
            .iter()
            .zip(&self.digests)
            .zip(self.stored(server))
        {
            assert_eq!(stored.len(), 1, "{point}: {name}: {stored:#?}");
            assert_eq!(stored[0]["sha256"], **digest, "{point}: {name}");
        }
    }
}

/// What was queued on disk, and what the services had, when the program ended.
#[derive(Debug)]
pub struct Promised {
    pub queued: BTreeSet<String>,
    stored: Vec<bool>,
}

impl Promised {
    /// Goes on as a user would, and holds the promise: what was queued is stored once, what was
    /// stored is not doubled, and nothing else is there.
    #[track_caller]
    pub fn keep(&self, batch: &Batch, home: &Home, server: &Server, point: &str) {
        let said = if self.queued.is_empty() {
            Vec::new()
        } else {
            finish(home, point)
        };
        for ran in &said {
            undamaged(ran, point);
        }
        let shown = || format!("{point}:\n{said:#?}\n{}", listed(home).stdout);
        self.holds(batch, server, &shown);
    }

    /// The same, when all has ended already.
    #[track_caller]
    pub fn kept(&self, batch: &Batch, server: &Server, point: &str) {
        self.holds(batch, server, &|| point.to_owned());
    }

    #[track_caller]
    fn holds(&self, batch: &Batch, server: &Server, shown: &dyn Fn() -> String) {
        let stored = batch.stored(server);
        for (n, name) in batch.names.iter().enumerate() {
            let wanted = usize::from(self.queued.contains(name) || self.stored[n]);
            let all = &stored[n];
            assert_eq!(all.len(), wanted, "{name}: {all:#?}\n{}", shown());
            for asset in all {
                assert_eq!(asset["sha256"], *batch.digests[n], "{name}: {}", shown());
            }
        }
    }
}

/// The queue as it is on disk.
#[track_caller]
pub fn queue(home: &Home) -> Vec<Value> {
    listed(home).json()
}

#[track_caller]
fn listed(home: &Home) -> Ran {
    let ran = run(home, &["transfers", "list", "--json"]).exits(0);
    undamaged(&ran, "");
    ran
}

/// However the program ended, what it left is no damage, and is not said to be.
#[track_caller]
fn undamaged(ran: &Ran, point: &str) {
    assert!(!ran.stderr.contains("damaged"), "{point}: {ran:#?}");
}

/// Goes on until nothing is left; what is in doubt after a look is sent again by its number, as a
/// user would.
/// What the program said meanwhile.
#[track_caller]
pub fn finish(home: &Home, point: &str) -> Vec<Ran> {
    let mut said = Vec::new();
    for round in 0..4 {
        let what = if round == 0 { "resume" } else { "retry" };
        said.push(run(home, &["transfers", what]));
        let in_doubt: Vec<String> = queue(home)
            .iter()
            .filter(|job| job["state"] == "in doubt" || job["state"] == "unlisted")
            .map(|job| job["id"].to_string())
            .collect();
        if round > 0 && !in_doubt.is_empty() {
            let ids = in_doubt.iter().map(String::as_str);
            let args: Vec<&str> = ["transfers", "retry"].into_iter().chain(ids).collect();
            said.push(run(home, &args));
        }
        // What the user stopped is not on its way any more.
        let over = |job: &Value| job["state"] == "done" || job["state"] == "cancelled";
        if queue(home).iter().all(over) {
            return said;
        }
    }
    panic!(
        "{point}: it does not end:\n{}\n{said:#?}",
        listed(home).stdout
    );
}
