//! The engine against a provider that does what a test tells it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use super::*;

mod announced;
mod decide;
mod disk;
mod downloads;
mod fake;
mod files;
mod looks;
mod many;
mod patient;
mod replace;
mod uploads;
use crate::api::{
    ApiError, ApiErrorKind, BARE, Capabilities, Delivery, Download, Field, FieldSpec, Provider,
    ProviderSpec, Receipt, Replace, Replaced, Sighting, Sought, Step, UploadRequest, UploadWatch,
};
use crate::domain::*;

use self::fake::{FAKE, Fake, Play};
pub(super) use self::fake::{SPEC, asset};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest of a picture";

fn local(dir: &Path) -> LocalFile {
    let path = dir.join("hero.png");
    std::fs::write(&path, PNG).unwrap();
    inspect(&path, &SPEC).unwrap()
}

fn ask(dir: &Path) -> UploadRequest {
    let scope = AssetScope::Container(ContainerId::new("c").unwrap());
    request(&local(dir), scope, &Wishes::default(), &SPEC, None).unwrap()
}

async fn end(engine: &Transfers, id: JobId) -> Arc<Job> {
    let mut events = engine.events();
    let over = |job: &Job| job.id == id && job.state.is_over();
    if let Some(job) = engine.jobs().into_iter().find(|job| over(job)) {
        return job;
    }
    loop {
        let job = events.recv().await.unwrap();
        if over(&job) {
            return job;
        }
    }
}

/// An engine for which the first look is the last.
fn hasty() -> Transfers {
    let engine = Transfers::new();
    engine.listed_within(Duration::ZERO);
    engine
}

async fn upload(play: Play) -> (Arc<Job>, Arc<Fake>, Transfers) {
    let dir = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake {
        play: Mutex::new(play),
        ..Fake::default()
    });
    let engine = hasty();
    let id = engine.upload(
        &AccountName::new("a").unwrap(),
        fake.clone(),
        ask(dir.path()),
    );
    if matches!(play, Play::HangsWhileRecording | Play::HangsWhileSending) {
        let mut events = engine.events();
        let hangs_at = if play == Play::HangsWhileSending {
            Step::Send
        } else {
            Step::Record
        };
        while events.recv().await.unwrap().state != JobState::Running(hangs_at) {}
        tokio::task::yield_now().await;
        engine.cancel(id);
    }
    let job = tokio::time::timeout(Duration::from_mins(1), end(&engine, id))
        .await
        .unwrap();
    (job, fake, engine)
}

/// Queues a file of this name, whose bytes the fake never asks for.
fn named(engine: &Transfers, fake: &Arc<Fake>, dir: &Path, name: &str) -> JobId {
    let mut request = ask(dir);
    request.name = FileName::parse(name).unwrap();
    engine.upload(&AccountName::new("a").unwrap(), fake.clone(), request)
}
