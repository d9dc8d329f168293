//! What a chosen path holds: a file is itself, a folder everything in it, in order and one at a time.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::inspect::{inspect, io_reason};
use super::plan::Candidate;
use crate::api::ProviderSpec;

/// One thing that a walk came upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Everything that is neither a folder nor a link; a look at it tells whether it can be sent.
    File(Found),
    /// A link: it may lead anywhere, so it is not followed unless it is chosen itself.
    Link(PathBuf),
    /// Hidden by the system's convention, and not chosen itself.
    Hidden(PathBuf),
    /// A folder that could not be read: one sentence, safe.
    Unread(Found, String),
}

/// A file, not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    /// Below the folder that was chosen, the name last; only the name of a file that was chosen.
    pub relative: Vec<OsString>,
    /// Bytes, as far as the folder tells.
    pub size: u64,
}

impl Found {
    /// Looks at it, which reads its first bytes.
    pub fn look(self, spec: &ProviderSpec) -> Candidate {
        let text: Option<Vec<&str>> = self.relative.iter().map(|part| part.to_str()).collect();
        let file = match text {
            Some(_) => inspect(&self.path, spec).map_err(|refusal| refusal.reason),
            None => Err(String::from(
                "a name in its path is not valid Unicode; rename it",
            )),
        };
        self.refused_or(file)
    }

    /// The row of what could not even be looked at.
    pub fn refuse(self, reason: String) -> Candidate {
        self.refused_or(Err(reason))
    }

    fn refused_or(self, file: Result<super::LocalFile, String>) -> Candidate {
        Candidate {
            relative: self
                .relative
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect(),
            path: self.path,
            file,
        }
    }
}

/// Goes through a folder in the order of names, reading each folder only when it gets there. No
/// link is followed, so no round can be walked. Whoever stops asking has stopped it.
#[derive(Debug)]
pub struct Walk {
    /// What is still to come, the next last.
    ahead: Vec<Ahead>,
}

#[derive(Debug)]
enum Ahead {
    /// Chosen by name: links are followed, hidden ones count.
    Chosen(PathBuf),
    Inside(PathBuf, Vec<OsString>),
}

impl Walk {
    /// The walk of one chosen path.
    pub fn new(chosen: &Path) -> Self {
        Self {
            ahead: vec![Ahead::Chosen(chosen.to_owned())],
        }
    }

    /// Puts what a folder holds in front of everything else.
    fn enter(&mut self, folder: PathBuf, relative: Vec<OsString>) -> Option<Seen> {
        let names = std::fs::read_dir(&folder).and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.file_name()))
                .collect::<std::io::Result<Vec<_>>>()
        });
        match names {
            Ok(mut names) => {
                names.sort_unstable_by(|a, b| b.cmp(a));
                self.ahead.extend(names.into_iter().map(|name| {
                    let path = folder.join(&name);
                    let mut relative = relative.clone();
                    relative.push(name);
                    Ahead::Inside(path, relative)
                }));
                None
            }
            Err(error) => {
                let found = Found {
                    path: folder,
                    relative,
                    size: 0,
                };
                Some(Seen::Unread(found, io_reason(&error)))
            }
        }
    }

    fn step(&mut self, next: Ahead) -> Option<Seen> {
        let (path, relative, chosen) = match next {
            Ahead::Chosen(path) => (path, Vec::new(), true),
            Ahead::Inside(path, relative) => (path, relative, false),
        };
        if !chosen && is_hidden(&relative) {
            return Some(Seen::Hidden(path));
        }
        let metadata = if chosen {
            std::fs::metadata(&path)
        } else {
            std::fs::symlink_metadata(&path)
        };
        let kind = metadata.as_ref().map(std::fs::Metadata::file_type);
        match kind {
            Ok(kind) if kind.is_dir() => return self.enter(path, relative),
            Ok(kind) if kind.is_symlink() => return Some(Seen::Link(path)),
            // One that is not there is for the look to tell of.
            _ => {}
        }
        let relative = if chosen {
            path.file_name().map(OsString::from).into_iter().collect()
        } else {
            relative
        };
        Some(Seen::File(Found {
            size: metadata.map_or(0, |metadata| metadata.len()),
            path,
            relative,
        }))
    }
}

impl Iterator for Walk {
    type Item = Seen;

    fn next(&mut self) -> Option<Seen> {
        while let Some(next) = self.ahead.pop() {
            if let Some(seen) = self.step(next) {
                return Some(seen);
            }
        }
        None
    }
}

fn is_hidden(relative: &[OsString]) -> bool {
    relative
        .last()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"12345").unwrap();
        }
        dir
    }

    fn said(seen: &Seen, root: &Path) -> String {
        let below = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
        match seen {
            Seen::File(found) => format!("{} {}", below(&found.path), found.size),
            Seen::Link(path) => format!("link {}", below(path)),
            Seen::Hidden(path) => format!("hidden {}", below(path)),
            Seen::Unread(found, reason) => format!("unread {}: {reason}", below(&found.path)),
        }
    }

    fn walk(root: &Path) -> Vec<String> {
        Walk::new(root).map(|seen| said(&seen, root)).collect()
    }

    #[test]
    fn a_folder_is_walked_in_order_and_no_link_is_followed() {
        let dir = tree(&[
            "b/z.png",
            "b/a.png",
            "a.png",
            "c.png",
            ".git/x",
            "b/.hidden",
            "d/e/f/g",
        ]);
        std::os::unix::fs::symlink(dir.path(), dir.path().join("b/round")).unwrap();
        std::os::unix::fs::symlink("a.png", dir.path().join("al.png")).unwrap();
        assert_eq!(
            walk(dir.path()),
            [
                "hidden .git",
                "a.png 5",
                "link al.png",
                "hidden b/.hidden",
                "b/a.png 5",
                "link b/round",
                "b/z.png 5",
                "c.png 5",
                "d/e/f/g 5",
            ]
        );
    }

    #[test]
    fn what_is_chosen_itself_is_followed_and_may_be_hidden() {
        let dir = tree(&[".site/.a.png", ".site/b.png"]);
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(".site", &link).unwrap();
        let found: Vec<_> = Walk::new(&link).collect();
        let Seen::File(found) = &found[1] else {
            panic!("{found:?}");
        };
        assert_eq!(found.relative, ["b.png"]);
        let hidden = dir.path().join(".site/.a.png");
        let found: Vec<_> = Walk::new(&hidden).collect();
        assert!(matches!(&found[..], [Seen::File(found)] if found.relative == [".a.png"]));
        let gone: Vec<_> = Walk::new(&dir.path().join("gone")).collect();
        assert!(matches!(&gone[..], [Seen::File(_)]), "the look tells of it");
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_told_and_the_rest_goes_on() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tree(&["a/x.png", "b/y.png"]);
        let closed = dir.path().join("a");
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
        let seen = walk(dir.path());
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
        // Root reads everything, whatever its mode.
        if seen[0] != "a/x.png 5" {
            assert_eq!(
                seen,
                [
                    "unread a: it cannot be read: permission denied",
                    "b/y.png 5"
                ]
            );
        }
    }

    #[test]
    fn stopping_in_the_middle_reads_no_further() {
        let dir = tree(&["a.png", "b/c.png"]);
        let mut walk = Walk::new(dir.path());
        assert!(matches!(walk.next(), Some(Seen::File(_))));
        std::fs::remove_dir_all(dir.path().join("b")).unwrap();
        assert!(
            matches!(walk.next(), Some(Seen::File(_))),
            "it vanished meanwhile"
        );
        assert!(walk.next().is_none());
    }

    #[test]
    fn a_name_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStringExt as _;
        let found = Found {
            path: PathBuf::from("/x"),
            relative: vec![
                OsString::from_vec(vec![b'a', 0xFF]),
                OsString::from("a.png"),
            ],
            size: 1,
        };
        let spec = &crate::transfer::tests::SPEC;
        assert!(found.look(spec).file.unwrap_err().contains("Unicode"));
    }
}
