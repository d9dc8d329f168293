//! What the named files and folders hold, and where the list of a downloaded tree sends it.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::Output;
use crate::api::{Middle, ProviderSpec};
use crate::domain::{Address, SafeText};
use crate::transfer::Chosen;
use crate::transfer::plan::{Candidate, Fill, Plan};
use crate::transfer::tree::{Astray, Batch, MANIFEST};
use crate::transfer::walk::{Seen, Walk};

/// What the named files and folders hold.
pub struct Looked {
    pub chosen: Vec<Chosen>,
    /// How many links were left out.
    pub links: usize,
    /// How many hidden entries were left out.
    pub hidden: usize,
}

/// Everything that the named files and folders hold, each file looked at. `lists`: whether the list
/// of a tree is to say where its files go.
pub async fn look_at(
    output: &mut Output,
    paths: Vec<PathBuf>,
    spec: &'static ProviderSpec,
    lists: bool,
) -> Result<Looked, Failure> {
    let walk = move || {
        let (mut chosen, mut links, mut hidden) = (Vec::new(), Vec::new(), 0_usize);
        for path in paths {
            let mut one = open(&path, lists)?;
            for seen in Walk::new(&path) {
                match seen {
                    Seen::File(found) => one.take(found.look(spec)),
                    Seen::Unread(found, reason) => one.take(found.refuse(reason)),
                    Seen::Link(path) => links.push(path),
                    Seen::Hidden(_) => hidden += 1,
                }
            }
            // What was named and gives nothing is told like any other that is not sent.
            if one.files.is_empty() {
                one.files.push(Candidate {
                    path,
                    relative: Vec::new(),
                    file: Err(String::from("it is a folder without a file to send")),
                });
            }
            one.back = one.back.filter(|_| lists);
            chosen.push(one);
        }
        Ok::<_, Failure>((chosen, links, hidden))
    };
    let (chosen, links, hidden) = aside(walk).await??;
    for link in &links {
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
    Ok(Looked {
        chosen,
        links: links.len(),
        hidden,
    })
}

/// The path with the list at its top, if a download made it. `needed`: one that cannot be read is an
/// error.
fn open(path: &Path, needed: bool) -> Result<Chosen, Failure> {
    match Chosen::open(path) {
        Ok(chosen) => Ok(chosen),
        Err(_) if !needed => Ok(Chosen::plain(path)),
        Err(error) => Err(
            Failure::usage(format!("{}: {}", shown(path), error.message))
                .hint("Or give --pattern to say how locale and folder stand in the paths."),
        ),
    }
}

/// Its files by the place they go to; in one note what the list said of them.
pub fn batches(
    chosen: Chosen,
    output: &mut Output,
    to: &Address,
    spec: &ProviderSpec,
    by: &Fill,
) -> Result<Vec<Batch>, Failure> {
    let path = shown(&chosen.path);
    match chosen.batches(to, spec, by) {
        Ok((batches, used)) => {
            if let Some(used) = used {
                output.note(&format!("{path}: {used}"));
            }
            Ok(batches)
        }
        Err(Astray::Many(places)) => Err(Failure::usage(format!(
            "{path}: its files are of {places} places, as {MANIFEST} in it says, and {to} is one"
        ))
        .hint(match spec.middle {
            Middle::Segments => format!(
                "Name the {} alone to send each file to its own segment, or save and upload one segment.",
                spec.container.one
            ),
            Middle::Types => String::from("Save and upload each place by itself."),
        })),
        Err(Astray::Elsewhere(address)) => Err(Failure::usage(format!(
            "{path}: {MANIFEST} in it is of {address}, and it was to go to {to}"
        ))
        .hint("Name the place that its files are to go to.")),
        Err(Astray::Nowhere) => Err(nowhere(to, spec)),
    }
}

/// Tells a plan what the list of a tree says of the assets that its files came from.
pub fn recall(chosen: &Chosen, plan: &mut Plan) {
    if let Some(back) = &chosen.back {
        plan.recall(back.memory(plan.account()));
    }
}

/// An account alone is named for files of which nothing says where in it they belong.
pub fn nowhere(to: &Address, spec: &ProviderSpec) -> Failure {
    let one = spec.container.one;
    Failure::usage(format!(
        "{to} names an account, and no {one}; write {to}{}",
        one.to_uppercase()
    ))
    .hint(format!(
        "An account alone is for the folder that `assetdeck get {to}` made."
    ))
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
