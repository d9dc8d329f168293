//! What the named files and folders hold, and where the list of a downloaded tree sends it.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::Output;
use crate::api::{Middle, ProviderSpec};
use crate::domain::{Address, AssetScope, SafeText, file_words};
use crate::transfer::plan::{Candidate, Fill};
use crate::transfer::tree::{Astray, Back, Batch, MANIFEST, Used};
use crate::transfer::walk::{Seen, Walk};

/// A path as it was named, what it holds, and the list in it if that says where each file goes.
pub struct Chosen {
    path: PathBuf,
    pub files: Vec<Candidate>,
    pub back: Option<Back>,
}

/// Everything that the named files and folders hold, each file looked at. `lists`: whether the list
/// of a tree is to say where its files go.
pub async fn look_at(
    output: &mut Output,
    paths: Vec<PathBuf>,
    spec: &'static ProviderSpec,
    lists: bool,
) -> Result<Vec<Chosen>, Failure> {
    let walk = move || {
        let (mut chosen, mut links, mut hidden) = (Vec::new(), Vec::new(), 0_usize);
        for path in paths {
            let back = list(&path, lists)?;
            let mut files = Vec::new();
            for seen in Walk::new(&path) {
                match seen {
                    Seen::File(found) => files.push(found.look(spec)),
                    Seen::Unread(found, reason) => files.push(found.refuse(reason)),
                    Seen::Link(path) => links.push(path),
                    Seen::Hidden(_) => hidden += 1,
                }
            }
            if back.is_some() {
                files.retain(|file| !Back::is_list(file));
            }
            // What was named and gives nothing is told like any other that is not sent.
            if files.is_empty() {
                files.push(Candidate {
                    path: path.clone(),
                    relative: Vec::new(),
                    file: Err(String::from("it is a folder without a file to send")),
                });
            }
            chosen.push(Chosen {
                path,
                files,
                back: back.filter(|_| lists),
            });
        }
        Ok::<_, Failure>((chosen, links, hidden))
    };
    let (chosen, links, hidden) = aside(walk).await??;
    for link in links {
        output.note(&format!(
            "{}: it is a link, and left out; name it itself to send what it leads to",
            SafeText::name(&link.to_string_lossy())
        ));
    }
    if hidden > 0 {
        output.note(&format!(
            "{hidden} hidden {} left out",
            if hidden == 1 {
                "entry is"
            } else {
                "entries are"
            }
        ));
    }
    Ok(chosen)
}

/// The list at the top of a folder that a download made. `needed`: one that cannot be read is an
/// error, since its files would go where nobody wants them.
fn list(path: &Path, needed: bool) -> Result<Option<Back>, Failure> {
    if !path.is_dir() {
        return Ok(None);
    }
    match Back::open(path) {
        Ok(back) => Ok(back),
        Err(_) if !needed => Ok(None),
        Err(error) => Err(
            Failure::usage(format!("{}: {}", shown(path), error.message))
                .hint("Or give --pattern to say how locale and folder stand in the paths."),
        ),
    }
}

impl Chosen {
    /// Its files by the place they go to; in one note what the list said of them.
    pub fn batches(
        self,
        output: &mut Output,
        to: &Address,
        scope: &AssetScope,
        spec: &ProviderSpec,
        by: &Fill,
    ) -> Result<Vec<Batch>, Failure> {
        let Some(back) = self.back else {
            return Ok(vec![Batch {
                scope: scope.clone(),
                files: self.files,
                fill: by.clone(),
            }]);
        };
        let by_segment = is_whole(spec, scope);
        let path = shown(&self.path);
        match back.batches(self.files, to, scope, by_segment) {
            Ok((batches, used)) => {
                output.note(&format!("{path}: {}", said(used)));
                Ok(batches)
            }
            Err(Astray::Many(places)) => Err(Failure::usage(format!(
                "{path}: its files are of {places} places, as {MANIFEST} in it says, and --to names one"
            ))
            .hint(match spec.middle {
                Middle::Segments => format!(
                    "Name the {} alone to send each file to its own segment, or save and upload one segment.",
                    spec.container.one
                ),
                Middle::Types => String::from("Save and upload each place by itself."),
            })),
            Err(Astray::Elsewhere(address)) => Err(Failure::usage(format!(
                "{path}: {MANIFEST} in it is of {address}, and --to names {to}"
            ))
            .hint("Name the segment that its files are to go to.")),
        }
    }
}

/// Whether the scope is a container whose assets are in its segments.
pub fn is_whole(spec: &ProviderSpec, scope: &AssetScope) -> bool {
    spec.middle == Middle::Segments && scope.segment().is_none()
}

fn said(used: Used) -> String {
    let mut said = vec![format!(
        "{} where {MANIFEST} in it says",
        file_words(used.listed)
    )];
    if used.beside > 0 {
        said.push(format!("{} beside those", file_words(used.beside)));
    }
    if used.gone > 0 {
        said.push(format!("{} of its files not there", used.gone));
    }
    said.join("; ")
}

fn shown(path: &Path) -> SafeText {
    SafeText::name(&path.to_string_lossy())
}

/// Looks at the disk on a thread of its own: a slow one must not hold up being stopped.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Failure::failed(format!("could not look at the files: {error}")))
}
