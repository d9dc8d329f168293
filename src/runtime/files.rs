//! Local folders and files for the file browser: read here, shown elsewhere.

use std::fs::FileType;
use std::path::{Path, PathBuf};

use crate::api::ProviderSpec;
use crate::app::files::{Folder, FolderError, LocalEntry, LocalKind};
use crate::app::msg::Gathered;
use crate::domain::{SafeText, drill};
use crate::transfer::plan::Candidate;
use crate::transfer::walk::{Seen, Walk};
use crate::transfer::{Chosen, Refusal, inspect};

/// Lists a folder; links are followed to tell what they lead to.
pub(super) fn read(path: &Path) -> Result<Folder, FolderError> {
    drill::point("folder");
    let reason = |error: &std::io::Error| {
        FolderError::Other(format!(
            "{}: {}",
            SafeText::name(&path.to_string_lossy()),
            reason(error)
        ))
    };
    let absolute = std::path::absolute(path).map_err(|error| reason(&error))?;
    let metadata = std::fs::metadata(&absolute).map_err(|error| reason(&error))?;
    if metadata.is_file() {
        return Err(FolderError::File(absolute));
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(&absolute).map_err(|error| reason(&error))? {
        // One that vanished meanwhile is no reason to hide the others.
        let Ok(entry) = entry else { continue };
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.');
        let (kind, size) = match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => (LocalKind::File, Some(metadata.len())),
            Ok(metadata) if metadata.is_dir() => (LocalKind::Folder, None),
            Ok(metadata) => (LocalKind::Other(other(metadata.file_type())), None),
            Err(_) => (LocalKind::Other("a broken link"), None),
        };
        entries.push(LocalEntry {
            path,
            name,
            kind,
            size,
            hidden,
        });
    }
    let parent = absolute.parent().map(Path::to_owned);
    Ok(Folder {
        path: absolute,
        parent,
        entries,
    })
}

fn reason(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such folder",
        std::io::ErrorKind::PermissionDenied => "it cannot be opened: permission denied",
        std::io::ErrorKind::NotADirectory => "a part of its path is not a folder",
        _ => "it cannot be opened",
    }
}

fn other(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// So many files are told of at once.
const PART: usize = 200;

/// Looks at files and at all that folders hold, and tells of them part by part, as long as they are
/// wanted. The last part says that no more follow.
pub(super) fn gather(
    paths: &[PathBuf],
    spec: &ProviderSpec,
    mut tell: impl FnMut(Gathered, bool) -> bool,
) {
    let mut part = Gathered::default();
    let mut count = 0;
    for path in paths {
        let mut one = match Chosen::open(path) {
            Ok(chosen) => chosen,
            Err(error) => {
                part.chosen.push(unreadable(path, error.message));
                continue;
            }
        };
        for seen in Walk::new(path) {
            match seen {
                Seen::File(found) => one.take(found.look(spec)),
                Seen::Unread(found, reason) => one.take(found.refuse(reason)),
                Seen::Link(_) => part.links += 1,
                Seen::Hidden(_) => part.hidden += 1,
            }
            count += 1;
            if count >= PART {
                count = 0;
                part.chosen.push(one.part());
                if !tell(std::mem::take(&mut part), true) {
                    return;
                }
            }
        }
        part.chosen.push(one);
    }
    tell(part, false);
}

/// Files and folders that could not be gone through.
pub(super) fn unread(paths: &[PathBuf], reason: &str) -> Gathered {
    let chosen = paths.iter().map(|path| unreadable(path, reason.to_owned()));
    Gathered {
        chosen: chosen.collect(),
        ..Gathered::default()
    }
}

/// A folder whose list cannot be read: nobody knows where its files go.
fn unreadable(path: &Path, reason: String) -> Chosen {
    let mut chosen = Chosen::plain(path);
    chosen.files.push(Candidate {
        path: path.to_owned(),
        relative: Vec::new(),
        file: Err(reason),
    });
    chosen
}

/// Looks at each; a file that cannot be sent says why, and the others go on. What a folder holds is
/// looked at when it is [gathered](gather).
pub(super) fn inspect_all(
    paths: Vec<PathBuf>,
    spec: &ProviderSpec,
) -> Vec<(PathBuf, Result<LocalKind, String>)> {
    paths
        .into_iter()
        .map(|path| {
            let looked = if path.is_dir() {
                Ok(LocalKind::Folder)
            } else {
                let file = inspect(&path, spec).map(|_| LocalKind::File);
                file.map_err(|Refusal { reason, .. }| reason)
            };
            (path, looked)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::BARE;

    #[test]
    fn a_folder_is_looked_at_as_one_and_a_file_as_what_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::create_dir(path("folder")).unwrap();
        std::fs::write(path("a.csv"), "a,1\n").unwrap();
        std::fs::write(path("empty.csv"), "").unwrap();
        std::os::unix::fs::symlink("folder", path("link")).unwrap();
        let names = ["folder", "a.csv", "empty.csv", "link"];
        let found = inspect_all(names.map(path).to_vec(), &BARE);
        let found: Vec<_> = found.into_iter().map(|(_, it)| it).collect();
        assert_eq!(found[0], Ok(LocalKind::Folder));
        assert_eq!(found[1], Ok(LocalKind::File));
        assert!(found[2].as_ref().unwrap_err().contains("empty"));
        assert_eq!(found[3], Ok(LocalKind::Folder));
    }
}
