//! The files of this machine that the screen is given.

use super::services::SEGMENTS;
use crate::api::{FileStamp, ProviderSpec};
use crate::app::files::{Folder, LocalEntry, LocalKind};
use crate::domain::{AccountName, Asset, FileName};
use crate::transfer::plan::Candidate;
use crate::transfer::tree::{Top, Tree};
use crate::transfer::walk::{Seen, Walk};
use crate::transfer::{Chosen, LocalFile};
use std::path::Path;

pub fn folder(path: &Path) -> Folder {
    let entry = |name: &str, kind, size| LocalEntry {
        path: path.join(name),
        name: name.to_owned(),
        kind,
        size,
        hidden: name.starts_with('.'),
    };
    Folder {
        path: path.to_owned(),
        parent: path.parent().map(Path::to_owned),
        entries: vec![
            entry("b.png", LocalKind::File, Some(10)),
            entry("a.png", LocalKind::File, Some(20)),
            entry("huge.png", LocalKind::File, Some(5000)),
            entry("sub", LocalKind::Folder, None),
            entry("queue", LocalKind::Other("a pipe"), None),
            entry(".secret", LocalKind::File, Some(1)),
        ],
    }
}

/// A tree as `save` leaves it in this folder, with some bytes for each asset of segments.
pub fn saved_tree(
    root: &Path,
    account: &AccountName,
    spec: &ProviderSpec,
    assets: impl IntoIterator<Item = Asset>,
) {
    let found = assets.into_iter().map(|asset| {
        let segment = asset.scope.segment().unwrap();
        (vec![Top::id(segment.as_str())], asset)
    });
    let tree = Tree::of_place(root.to_owned(), account.clone(), spec, found.collect()).unwrap();
    for request in tree.requests().unwrap() {
        let path = request.path();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"\x89PNG\r\n\x1a\n0123456789").unwrap();
    }
}

/// What is on the disk is looked at. Else the folder `sub` holds three files, and any other is a file.
pub fn gather(path: &Path) -> Chosen {
    let mut chosen = Chosen::open(path).unwrap();
    if path.is_dir() {
        for seen in Walk::new(path) {
            if let Seen::File(found) = seen {
                chosen.take(found.look(&SEGMENTS));
            }
        }
    } else {
        chosen.files = candidates(path);
    }
    chosen
}

fn candidates(path: &Path) -> Vec<Candidate> {
    let candidate = |relative: &[&str]| {
        let path = match relative {
            [_] => path.to_owned(),
            parts => parts
                .iter()
                .fold(path.to_owned(), |path, part| path.join(part)),
        };
        Candidate {
            relative: relative.iter().map(|&part| part.to_owned()).collect(),
            file: inspect(&path),
            path,
        }
    };
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or("");
    if name == "sub" {
        return vec![
            candidate(&["de", "hero.png"]),
            candidate(&["de", "img", "new.png"]),
            candidate(&["xx", "bad.png"]),
        ];
    }
    vec![candidate(&[name])]
}

/// The folder `sub` can be chosen, and every file that is sound.
pub fn kind(path: &Path) -> Result<LocalKind, String> {
    if path.ends_with("sub") {
        return Ok(LocalKind::Folder);
    }
    inspect(path).map(|_| LocalKind::File)
}

fn inspect(path: &Path) -> Result<LocalFile, String> {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or("");
    if name.contains("bad") {
        return Err("it is empty".to_owned());
    }
    Ok(LocalFile {
        path: path.to_owned(),
        stamp: FileStamp {
            size: 10,
            modified: None,
            identity: None,
        },
        name: FileName::parse(name).map_err(|error| error.to_string())?,
        content_type: "image/png".into(),
    })
}
