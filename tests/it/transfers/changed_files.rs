//! A file that is changed, cut, replaced or removed while it is sent: the service has the old one
//! or the new one as a whole, or no record of it.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::batch::{Batch, Place, segment, website};
use crate::support::contract::Scope;
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::server::{Server, sha256};

/// More than the sockets between both sides hold, so that the reader has not read it all yet.
const SIZE: usize = 10 << 20;

/// What somebody does to the file meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Changed,
    /// With the time of its last change set back, as copying tools do.
    ChangedUnseen,
    /// The same, and it has another name since, which touches a file as well.
    ChangedAndLinked,
    Cut,
    Grown,
    Replaced,
    Removed,
}

const DEEDS: [Deed; 7] = [
    Deed::Changed,
    Deed::ChangedUnseen,
    Deed::ChangedAndLinked,
    Deed::Cut,
    Deed::Grown,
    Deed::Replaced,
    Deed::Removed,
];

/// A picture whose every block tells the old one from the new one.
fn picture(filler: u8) -> Vec<u8> {
    let mut bytes = png("large");
    bytes.resize(SIZE, filler);
    bytes
}

impl Deed {
    fn done_to(self, path: &Path, new: &[u8]) {
        let write = || OpenOptions::new().write(true).open(path).expect("the file");
        match self {
            Self::Changed => write().write_all(new).expect("it is written"),
            Self::ChangedUnseen => {
                let before = fs::metadata(path).and_then(|it| it.modified());
                let mut file = write();
                file.write_all(new).expect("it is written");
                file.set_modified(before.expect("a time"))
                    .expect("set back");
            }
            Self::ChangedAndLinked => {
                Self::ChangedUnseen.done_to(path, new);
                fs::hard_link(path, path.with_extension("bak")).expect("another name");
            }
            Self::Cut => write().set_len(SIZE as u64 / 2).expect("it is cut"),
            Self::Grown => {
                let file = OpenOptions::new().append(true).open(path);
                file.and_then(|mut it| it.write_all(b"more"))
                    .expect("it grows");
            }
            Self::Replaced => {
                let other = path.with_extension("new");
                File::create(&other)
                    .and_then(|mut it| it.write_all(new))
                    .expect("another file");
                fs::rename(&other, path).expect("it is replaced");
            }
            Self::Removed => fs::remove_file(path).expect("it is removed"),
        }
    }
}

/// Does each deed at each tenth of the file.
fn changed_on_the_way(to: fn(&Home) -> Place, operation: &str) {
    // Nothing is kept of the exchanges: they are large.
    let server = Server::with(|options| options.record = false).judged(Scope::Requests);
    let place = to(&server.home());
    let (old, new) = (picture(b'o'), picture(b'n'));
    let whole = [sha256(&old), sha256(&new)].map(Value::from);
    for deed in DEEDS {
        let mut refused = 0;
        for tenth in 1..10 {
            let home = server.home();
            let name = format!("{deed:?} at {tenth}.png");
            let batch = Batch::of(&home, &place, [(old.clone(), name.clone())]);
            let script = json!({
                "operation": operation, "fault": "stall", "at": "request",
                "after": SIZE * tenth / 10, "ms": LONG,
            });
            let Held::There(program) = hold(&server, &home, &script, &batch.upload()) else {
                panic!("{name}: it was not held")
            };
            deed.done_to(&batch.paths[0], &new);
            server.faults(json!([]));
            let ran = program.end();
            let stored = server.stored(&name);
            if stored.is_empty() {
                refused += 1;
                assert_eq!(ran.code, Some(1), "{name}: {ran:#?}");
                ran.complains(&[&name, "the file"]);
            } else {
                let ran = ran.exits(0);
                assert_eq!(stored.len(), 1, "{name}: {stored:#?}");
                assert!(
                    whole.contains(&stored[0]["sha256"]),
                    "{name}: a mixture\n{ran:#?}"
                );
            }
        }
        // A file that is open stays what it is when its name is taken away.
        let may_go_on = matches!(deed, Deed::Replaced | Deed::Removed);
        assert!(refused > 0 || may_go_on, "{deed:?} was never noticed");
    }
}

#[test]
fn a_file_that_changes_on_its_way_to_a_website_is_sent_whole_or_not_at_all() {
    changed_on_the_way(website, "put");
}

#[test]
fn a_file_that_changes_on_its_way_to_a_segment_is_sent_whole_or_not_at_all() {
    changed_on_the_way(segment, "media-upload");
}
