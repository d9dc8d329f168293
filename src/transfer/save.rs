//! One download: a temporary name in the target folder, checked, then renamed without replacing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::job::JobEvent;
use super::names::{local_name, shown};
use super::queue::Handle;
use crate::api::{ApiError, ApiErrorKind, Download, Provider, Step};
use crate::domain::twin_key;
use crate::domain::{Asset, Entry};

/// Most bytes that are taken when neither the listing nor the answer says how many there are.
const UNDECLARED_MAX: u64 = 2 << 30;

const DOING: &str = "save the file";

pub(super) async fn run(
    provider: &dyn Provider,
    asset: &Asset,
    folder: &Path,
    handle: &Handle,
    token: &CancellationToken,
) -> JobEvent {
    if let Err(error) = handle.step(Step::Send, None).await {
        return JobEvent::Failed(error);
    }
    let outcome = tokio::select! {
        biased;
        () = token.cancelled() => return JobEvent::Cancelled,
        outcome = save(provider, asset, folder, handle) => outcome,
    };
    match outcome {
        Ok(path) => JobEvent::Done {
            asset: None,
            path: Some(path),
        },
        Err(error) => JobEvent::Failed(error),
    }
}

async fn save(
    provider: &dyn Provider,
    asset: &Asset,
    folder: &Path,
    handle: &Handle,
) -> Result<PathBuf, ApiError> {
    let name = local_name(&asset.name);
    let target = Target::open(folder, &name)?;
    let Download { size, mut bytes } = provider.download(asset).await?;
    let expected = asset.size.or(size);
    if let (Some(listed), Some(announced)) = (asset.size, size)
        && listed != announced
    {
        return Err(refuse(format!(
            "the service lists {listed} bytes, but sends {announced}"
        )));
    }
    let mut part = target.create_part()?;
    let mut received = 0_u64;
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk?;
        received += chunk.len() as u64;
        if received > expected.unwrap_or(UNDECLARED_MAX) {
            return Err(refuse(format!(
                "more bytes came than the {} announced",
                expected.unwrap_or(UNDECLARED_MAX)
            )));
        }
        part.file.write_all(&chunk).map_err(|error| local(&error))?;
        handle.bytes(received);
    }
    match expected {
        Some(expected) if expected != received => {
            return Err(refuse(format!("only {received} of {expected} bytes came")));
        }
        Some(_) => {}
        None => {
            handle.warn("the service named no size, so its completeness is not proven".to_owned());
        }
    }
    // Syncing may take seconds on a busy disk: not on a thread that others need.
    let file = part.file.try_clone().map_err(|error| local(&error))?;
    let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
    synced
        .map_err(|_| refuse("it could not be synced".to_owned()))?
        .map_err(|error| local(&error))?;
    part.publish()?;
    if name != asset.name {
        handle.warn(format!(
            "“{}” is saved as “{}”",
            shown(&asset.name),
            shown(&name)
        ));
    }
    Ok(folder.join(&name))
}

/// The same, with the asset as the service lists it now: its link may be gone or never have been
/// kept.
pub(super) async fn run_anew(
    provider: &dyn Provider,
    asset: &Asset,
    folder: &Path,
    handle: &Handle,
    token: &CancellationToken,
) -> JobEvent {
    let listed = tokio::select! {
        biased;
        () = token.cancelled() => return JobEvent::Cancelled,
        listed = listed(provider, asset) => listed,
    };
    match listed {
        Ok(listed) => run(provider, &listed, folder, handle, token).await,
        Err(error) => JobEvent::Failed(error),
    }
}

/// The asset as the service lists it now.
async fn listed(provider: &dyn Provider, asset: &Asset) -> Result<Asset, ApiError> {
    let mut cursor = None;
    let mut seen = std::collections::HashSet::new();
    loop {
        let page = provider.assets(&asset.scope, cursor).await?;
        let found = page.entries.into_iter().filter_map(Entry::into_read);
        if let Some(found) = { found }.find(|it| it.key == asset.key) {
            return Ok(found);
        }
        // Pages that go in circles end like those that end.
        let Some(next) = page.next.filter(|next| seen.insert(next.clone())) else {
            let message = "the service does not list it any more";
            return Err(ApiError::new(DOING, ApiErrorKind::NotFound, message));
        };
        cursor = Some(next);
    }
}

fn refuse(message: String) -> ApiError {
    ApiError::new(DOING, ApiErrorKind::File, message)
}

fn local(error: &std::io::Error) -> ApiError {
    refuse(super::inspect::io_reason(error))
}

/// The folder that was chosen, held open so that a link swapped in later leads nowhere, and the
/// name the file shall have in it.
struct Target<'a> {
    folder: &'a Path,
    handle: std::os::fd::OwnedFd,
    name: &'a str,
}

/// The file while it is not complete; removed when it is dropped before it was published.
struct Part<'a> {
    target: Target<'a>,
    temporary: String,
    file: std::fs::File,
    published: bool,
}

impl<'a> Target<'a> {
    fn open(folder: &'a Path, name: &'a str) -> Result<Self, ApiError> {
        use rustix::fs::{Mode, OFlags};
        std::fs::create_dir_all(folder).map_err(|error| local(&error))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle =
            rustix::fs::open(folder, flags, Mode::empty()).map_err(|error| local(&error.into()))?;
        let target = Self {
            folder,
            handle,
            name,
        };
        target.refuse_twin()?;
        Ok(target)
    }

    /// A file of that name, also in another case or composition, is never replaced.
    fn refuse_twin(&self) -> Result<(), ApiError> {
        let wanted = twin_key(self.name);
        let entries =
            rustix::fs::Dir::read_from(&self.handle).map_err(|error| local(&error.into()))?;
        for entry in entries.flatten() {
            let there = entry.file_name().to_string_lossy().into_owned();
            if twin_key(&there) == wanted {
                return Err(refuse(format!(
                    "“{}” is already in {}; nothing was replaced",
                    shown(&there),
                    shown(&self.folder.to_string_lossy())
                )));
            }
        }
        Ok(())
    }

    fn create_part(self) -> Result<Part<'a>, ApiError> {
        use rustix::fs::{Mode, OFlags};
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut number = 0_u32;
        loop {
            let temporary = format!(".assetdeck-{}-{number}.part", std::process::id());
            match rustix::fs::openat(&self.handle, &temporary, flags, Mode::from_raw_mode(0o666)) {
                Ok(file) => {
                    return Ok(Part {
                        target: self,
                        temporary,
                        file: file.into(),
                        published: false,
                    });
                }
                Err(rustix::io::Errno::EXIST) if number < 10_000 => number += 1,
                Err(error) => return Err(local(&error.into())),
            }
        }
    }
}

impl Part<'_> {
    fn publish(mut self) -> Result<(), ApiError> {
        let handle = &self.target.handle;
        rename_new(handle, &self.temporary, self.target.name).map_err(|error| {
            if error == rustix::io::Errno::EXIST {
                refuse(format!(
                    "“{}” has appeared meanwhile; it was not replaced",
                    shown(self.target.name)
                ))
            } else {
                local(&error.into())
            }
        })?;
        self.published = true;
        // The name itself must survive a power cut; a folder that cannot be synced keeps the file.
        let _ = rustix::fs::fsync(handle);
        Ok(())
    }
}

/// Renames within a folder, only when the new name is free.
fn rename_new(folder: &std::os::fd::OwnedFd, from: &str, to: &str) -> rustix::io::Result<()> {
    use rustix::fs::{AtFlags, linkat, unlinkat};
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
            // File systems without that flag: a link refuses to replace too.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            done => return done,
        }
    }
    linkat(folder, from, folder, to, AtFlags::empty())?;
    unlinkat(folder, from, AtFlags::empty())
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.published {
            // Only ours is removed; when even that fails, the name says what it is.
            let _ = rustix::fs::unlinkat(
                &self.target.handle,
                &self.temporary,
                rustix::fs::AtFlags::empty(),
            );
        }
    }
}
