//! Files of a folder that have come or were changed: each told once, when it has stopped changing.

mod eye;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use self::eye::Eye;
use super::walk::{Found, Seen, Walk};
use crate::api::FileStamp;

/// What is known of the files of a folder since it is watched.
#[derive(Debug)]
pub struct Arrivals {
    root: PathBuf,
    settle: Duration,
    files: HashMap<PathBuf, File>,
}

/// One file.
#[derive(Debug)]
struct File {
    stamp: FileStamp,
    /// When it was first seen so.
    since: Instant,
    told: bool,
}

/// What a look at the folder showed.
#[derive(Debug, Default)]
pub struct Looked {
    /// Those that stand still, each in this state for the first time.
    pub settled: Vec<Found>,
    /// When the next of those that may still change can have stood still long enough.
    pub again: Option<Duration>,
    /// What cannot be read, and why: one sentence, safe.
    pub unread: Vec<(PathBuf, String)>,
}

impl Arrivals {
    /// `settle`: how long a file must not change.
    pub fn new(root: PathBuf, settle: Duration) -> Self {
        Self {
            root,
            settle,
            files: HashMap::new(),
        }
    }

    /// Looks at everything in the folder but hidden entries and links. Reads the local disk.
    pub fn look(&mut self) -> Looked {
        let mut found = Vec::new();
        let mut unread = Vec::new();
        for seen in Walk::new(&self.root) {
            match seen {
                // One that went meanwhile is told when it comes again; so is a folder that went.
                Seen::File(file) => {
                    if let Ok(metadata) = std::fs::symlink_metadata(&file.path)
                        && metadata.is_file()
                    {
                        found.push((file, FileStamp::of(&metadata)));
                    }
                }
                Seen::Unread(folder, reason) => unread.push((folder.path, reason)),
                Seen::Link(_) | Seen::Hidden(_) => {}
            }
        }
        Looked {
            unread,
            ..self.take(found, Instant::now())
        }
    }

    /// What the files are like now. Those that are not among them are forgotten.
    fn take(&mut self, found: Vec<(Found, FileStamp)>, now: Instant) -> Looked {
        let mut looked = Looked::default();
        let mut files = HashMap::new();
        for (found, stamp) in found {
            let known = self.files.remove(&found.path);
            let mut file = known.filter(|file| file.stamp == stamp).unwrap_or(File {
                stamp,
                since: now,
                told: false,
            });
            let path = found.path.clone();
            if !file.told {
                let still = now.saturating_duration_since(file.since);
                match self.settle.checked_sub(still) {
                    Some(left) if !left.is_zero() => {
                        looked.again = Some(looked.again.map_or(left, |it| it.min(left)));
                    }
                    _ => {
                        file.told = true;
                        looked.settled.push(found);
                    }
                }
            }
            files.insert(path, file);
        }
        self.files = files;
        looked
    }

    /// Nothing became of these: the next look tells of them again.
    pub fn take_back<'a>(&mut self, paths: impl IntoIterator<Item = &'a PathBuf>) {
        for path in paths {
            if let Some(file) = self.files.get_mut(path) {
                file.told = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    const SETTLE: Duration = Duration::from_secs(2);

    fn found(name: &str, size: u64, modified: u64) -> (Found, FileStamp) {
        let found = Found {
            path: PathBuf::from(name),
            relative: vec![name.into()],
            size,
        };
        let stamp = FileStamp {
            size,
            modified: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(modified)),
            identity: None,
        };
        (found, stamp)
    }

    struct World {
        arrivals: Arrivals,
        begun: Instant,
    }

    impl World {
        fn new() -> Self {
            Self {
                arrivals: Arrivals::new(PathBuf::from("/"), SETTLE),
                begun: Instant::now(),
            }
        }

        /// After so many milliseconds: the names that are told, and when to look again.
        fn at(&mut self, ms: u64, files: &[(Found, FileStamp)]) -> (Vec<String>, Option<u64>) {
            let now = self.begun + Duration::from_millis(ms);
            let looked = self.arrivals.take(files.to_vec(), now);
            let names = looked
                .settled
                .iter()
                .map(|it| it.path.display().to_string());
            let again = looked
                .again
                .map(|it| u64::try_from(it.as_millis()).unwrap());
            (names.collect(), again)
        }
    }

    fn told(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_file_is_told_once_when_it_stands_still() {
        let mut world = World::new();
        assert_eq!(world.at(0, &[found("a", 1, 0)]), (told(&[]), Some(2_000)));
        assert_eq!(
            world.at(1_500, &[found("a", 2, 0)]),
            (told(&[]), Some(2_000))
        );
        assert_eq!(world.at(3_000, &[found("a", 2, 0)]), (told(&[]), Some(500)));
        assert_eq!(world.at(3_500, &[found("a", 2, 0)]), (told(&["a"]), None));
        assert_eq!(world.at(9_000, &[found("a", 2, 0)]), (told(&[]), None));
    }

    #[test]
    fn each_change_is_one_more_arrival_and_so_is_coming_back() {
        let mut world = World::new();
        world.at(0, &[found("a", 1, 0)]);
        assert_eq!(world.at(2_000, &[found("a", 1, 0)]).0, told(&["a"]));
        // The same size, written anew.
        assert_eq!(world.at(3_000, &[found("a", 1, 7)]).0, told(&[]));
        assert_eq!(world.at(5_000, &[found("a", 1, 7)]).0, told(&["a"]));
        assert_eq!(world.at(6_000, &[]), (told(&[]), None));
        assert_eq!(world.at(7_000, &[found("a", 1, 7)]).0, told(&[]));
        assert_eq!(world.at(9_000, &[found("a", 1, 7)]).0, told(&["a"]));
    }

    #[test]
    fn the_soonest_says_when_to_look_again_and_what_failed_is_told_again() {
        let mut world = World::new();
        let (a, b) = (found("a", 1, 0), found("b", 1, 0));
        world.at(0, std::slice::from_ref(&a));
        let both = [a, b];
        assert_eq!(world.at(500, &both), (told(&[]), Some(1_500)));
        assert_eq!(world.at(2_000, &both), (told(&["a"]), Some(500)));
        world.arrivals.take_back([&PathBuf::from("a")]);
        assert_eq!(world.at(2_500, &both), (told(&["a", "b"]), None));
    }
}
