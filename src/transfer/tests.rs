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
mod looks;
mod many;
mod patient;
mod replace;
use crate::api::{
    ApiError, ApiErrorKind, Capabilities, Delivery, Download, Field, FieldSpec, Middle, Noun,
    Provider, ProviderSpec, Receipt, Replace, Replaced, Sighting, Sought, Step, UploadRequest,
    UploadWatch,
};
use crate::domain::*;

pub(super) static SPEC: ProviderSpec = FAKE;

/// The fake's spec, for others like it.
const FAKE: ProviderSpec = ProviderSpec {
    id: "fake",
    label: "Fake",
    container: Noun {
        one: "box",
        many: "boxes",
        title: "Boxes",
    },
    middle: Middle::Types,
    account_fields: &[],
    key_label: "Key",
    asset_columns: &[],
    upload_fields: &[
        FieldSpec {
            field: Field::Locale,
            choices: &[],
            max_chars: None,
            max_items: None,
        },
        FieldSpec {
            field: Field::Folder,
            choices: &[],
            max_chars: None,
            max_items: None,
        },
        FieldSpec {
            field: Field::AltText,
            choices: &[],
            max_chars: Some(5),
            max_items: None,
        },
        FieldSpec {
            field: Field::Tags,
            choices: &[],
            max_chars: Some(5),
            max_items: Some(2),
        },
    ],
    edit_fields: &[],
    capabilities: Capabilities {
        locales: true,
        folders: true,
        metadata: false,
        segment_texts: false,
        max_size: Some(1000),
        accepted_types: &["image/png", "text/csv"],
        public_urls: false,
        replace: Replace::ByDelete,
    },
};

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Play {
    #[default]
    Stores,
    StoresButLosesTheAnswer,
    LosesTheRequest,
    Refuses,
    StoresShort,
    HangsWhileRecording,
    HangsWhileSending,
    NoRoom,
}

#[derive(Debug, Default)]
struct Fake {
    play: Mutex<Play>,
    stored: Mutex<Vec<Asset>>,
    sends: Mutex<usize>,
    /// How many uploads each listing was asked for.
    looks: Mutex<Vec<usize>>,
    /// So many listings more leave out what is stored.
    late: Mutex<usize>,
    /// A listing waits for one of these before it answers.
    hold: Mutex<Option<Arc<tokio::sync::Semaphore>>>,
    body: Vec<Bytes>,
    announced: Option<u64>,
}

pub(super) fn asset(name: &str, size: Option<u64>) -> Asset {
    Asset {
        scope: AssetScope::Container(ContainerId::new("c").unwrap()),
        key: AssetKey::from_parts([name, "x"]).unwrap(),
        name: name.to_owned(),
        locale: None,
        folder: AssetPath::root(),
        size,
        content_type: None,
        asset_type: None,
        image_type: None,
        alt_text: None,
        description: None,
        tags: Vec::new(),
        dimensions: None,
        url: None,
        created: None,
        modified: None,
        stored_as: None,
        details: Vec::new(),
        raw: RawJson::new("{}"),
    }
}

#[async_trait]
impl Provider for Fake {
    fn spec(&self) -> &'static ProviderSpec {
        &SPEC
    }
    async fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
    async fn containers(&self, _: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        Ok(Page::whole(Vec::new()))
    }
    async fn container(&self, _: &ContainerId) -> Result<Container, ApiError> {
        Err(ApiError::unsupported("read the box"))
    }
    async fn assets(&self, _: &AssetScope, _: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        Ok(Page::whole(
            self.stored
                .lock()
                .unwrap()
                .iter()
                .cloned()
                .map(Entry::Read)
                .collect(),
        ))
    }
    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        let play = *self.play.lock().unwrap();
        watch.step(Step::Send, None).await?;
        *self.sends.lock().unwrap() += 1;
        watch.bytes(request.stamp.size);
        if play == Play::HangsWhileSending {
            std::future::pending::<()>().await;
        }
        watch
            .step(
                Step::Record,
                Some(&Receipt {
                    storage_key: "k".to_owned(),
                }),
            )
            .await?;
        let stored = asset(
            request.name.as_str(),
            Some(request.stamp.size - u64::from(play == Play::StoresShort)),
        );
        let mut lost = ApiError::new(
            "record the file",
            ApiErrorKind::Transport,
            "the connection broke",
        );
        lost.changes = true;
        lost.delivery = Delivery::Unknown;
        match play {
            Play::Refuses => Err(ApiError::new(
                "record the file",
                ApiErrorKind::Invalid,
                "no",
            )),
            Play::LosesTheRequest => Err(lost),
            Play::StoresButLosesTheAnswer => {
                self.stored.lock().unwrap().push(stored);
                Err(lost)
            }
            Play::HangsWhileRecording => {
                self.stored.lock().unwrap().push(stored);
                std::future::pending().await
            }
            _ => {
                self.stored.lock().unwrap().push(stored.clone());
                Ok(stored)
            }
        }
    }
    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        let shown = {
            let mut late = self.late.lock().unwrap();
            let hides = *late > 0;
            *late = late.saturating_sub(1);
            let stored = self.stored.lock().unwrap();
            stored
                .iter()
                .filter(|_| !hides)
                .cloned()
                .collect::<Vec<Asset>>()
        };
        self.looks.lock().unwrap().push(sought.len());
        let hold = self.hold.lock().unwrap().clone();
        if let Some(hold) = hold {
            hold.acquire().await.unwrap().forget();
        }
        let find = |one: &Sought| {
            let same = |asset: &&Asset| asset.name == one.request.name.as_str();
            Ok(Sighting {
                asset: shown.iter().find(same).cloned(),
                among: shown.len() as u64,
            })
        };
        sought.iter().map(find).collect()
    }
    async fn delete(&self, _: &Asset) -> Result<(), ApiError> {
        Ok(())
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        if *self.play.lock().unwrap() == Play::NoRoom {
            let full = "the disk is full";
            return Err(ApiError::new("save the file", ApiErrorKind::DiskFull, full));
        }
        let chunks: Vec<_> = self.body.iter().cloned().map(Ok).collect();
        Ok(Download {
            size: self.announced,
            bytes: stream::iter(chunks).boxed(),
        })
    }
}

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

#[tokio::test]
async fn done_means_listed() {
    let (job, ..) = upload(Play::Stores).await;
    assert!(
        matches!(job.state, JobState::Done { asset: Some(_), .. }),
        "{job:?}"
    );
}

/// Queues a file of this name, whose bytes the fake never asks for.
fn named(engine: &Transfers, fake: &Arc<Fake>, dir: &Path, name: &str) -> JobId {
    let mut request = ask(dir);
    request.name = FileName::parse(name).unwrap();
    engine.upload(&AccountName::new("a").unwrap(), fake.clone(), request)
}

#[tokio::test]
async fn files_that_are_sent_together_are_looked_for_together() {
    let dir = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake::default());
    let engine = Transfers::new();
    let ids: Vec<JobId> = (0..20)
        .map(|at| named(&engine, &fake, dir.path(), &format!("{at}.png")))
        .collect();
    for id in ids {
        let job = end(&engine, id).await;
        assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    }
    let looks = fake.looks.lock().unwrap().clone();
    assert_eq!(looks.iter().sum::<usize>(), 20, "{looks:?}");
    assert!(looks.len() < 20, "{looks:?}");
}

#[tokio::test]
async fn a_listing_that_began_before_a_file_was_recorded_proves_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake::default());
    let hold = Arc::new(tokio::sync::Semaphore::new(0));
    *fake.hold.lock().unwrap() = Some(hold.clone());
    let engine = Transfers::new();
    let first = named(&engine, &fake, dir.path(), "a.png");
    while fake.looks.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // The first listing is under way and does not show it.
    let second = named(&engine, &fake, dir.path(), "b.png");
    let confirming = |job: &Job| job.state == JobState::Running(Step::Confirm);
    while !engine.jobs().iter().all(|job| confirming(job)) {
        tokio::task::yield_now().await;
    }
    hold.add_permits(2);
    for id in [first, second] {
        let job = end(&engine, id).await;
        assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    }
    assert_eq!(*fake.looks.lock().unwrap(), [1, 1]);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking_and_never_doubled() {
    let (job, fake, _) = upload(Play::StoresButLosesTheAnswer).await;
    assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn what_looking_does_not_settle_is_in_doubt_and_retry_looks_first() {
    let (job, fake, engine) = upload(Play::LosesTheRequest).await;
    assert!(matches!(job.state, JobState::InDoubt(_)), "{job:?}");
    // It turns up late: the retry finds it and sends nothing again.
    fake.stored
        .lock()
        .unwrap()
        .push(asset("hero.png", Some(PNG.len() as u64)));
    let mut events = engine.events();
    engine.retry(job.id);
    while !matches!(events.recv().await.unwrap().state, JobState::Done { .. }) {}
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_refusal_is_a_failure_and_a_short_store_is_not_done() {
    assert!(matches!(
        upload(Play::Refuses).await.0.state,
        JobState::Failed(_)
    ));
    assert!(matches!(
        upload(Play::StoresShort).await.0.state,
        JobState::Unlisted { .. }
    ));
}

#[tokio::test]
async fn cancelling_while_it_is_recorded_looks_first() {
    assert!(matches!(
        upload(Play::HangsWhileRecording).await.0.state,
        JobState::Done { .. }
    ));
    assert!(matches!(
        upload(Play::HangsWhileSending).await.0.state,
        JobState::Cancelled
    ));
}

#[test]
fn unsuitable_files_are_named_with_their_reason() {
    let dir = tempfile::tempdir().unwrap();
    let make = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let reason = |path: &Path| inspect(path, &SPEC).unwrap_err().to_string();
    assert!(reason(&make("empty.png", b"")).contains("empty (0 bytes)"));
    assert!(reason(&make("big.png", &[PNG, &[0; 1000]].concat())).contains("at most 1000"));
    assert!(
        reason(&make("fake.png", b"GIF89a......"))
            .contains("image/gif, although its name says image/png")
    );
    assert!(reason(&make("page.png", b"<!DOCTYPE html><html></html>")).contains("text/html"));
    assert!(reason(&make("text.png", b"hello")).contains("first bytes"));
    assert!(reason(&make("a.bin", b"hello")).contains("application/octet-stream"));
    assert!(reason(dir.path()).contains("folder"));
    assert!(reason(&dir.path().join("gone.png")).contains("no such file"));
    let pipe = dir.path().join("pipe.png");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    assert!(reason(&pipe).contains("pipe"));
    assert_eq!(
        inspect(&make("a.csv", b"a;b\n"), &SPEC)
            .unwrap()
            .content_type,
        "text/csv"
    );
}

#[test]
fn wishes_are_checked_against_the_service() {
    let locales: Vec<_> = ["en", "de"].iter().filter_map(Locale::new).collect();
    let error = |wishes: Wishes| {
        plan::check(&SPEC, &wishes, Some(&locales))
            .unwrap_err()
            .to_string()
    };
    let none = Wishes::default;
    assert!(
        error(Wishes {
            locale: "DE".into(),
            ..none()
        })
        .contains("did you mean de?")
    );
    assert!(
        error(Wishes {
            locale: "xx".into(),
            ..none()
        })
        .contains("en, de")
    );
    assert!(
        error(Wishes {
            folder: "../x".into(),
            ..none()
        })
        .contains("..")
    );
    assert!(
        error(Wishes {
            folder: "de/x".into(),
            ..none()
        })
        .contains("named like the locale de")
    );
    assert!(
        error(Wishes {
            alt_text: "too long".into(),
            ..none()
        })
        .contains("at most 5")
    );
    assert!(
        error(Wishes {
            description: "x".into(),
            ..none()
        })
        .contains("Fake has none")
    );
    assert!(
        error(Wishes {
            tags: vec!["a".into(), "b".into(), "c".into()],
            ..none()
        })
        .contains("at most 2")
    );
    let fine = Wishes {
        locale: "de".into(),
        folder: "public/images".into(),
        ..none()
    };
    assert_eq!(plan::check(&SPEC, &fine, Some(&locales)), Ok(()));
}

async fn download(
    name: &str,
    listed: Option<u64>,
    body: &[&'static [u8]],
    announced: Option<u64>,
    dir: &Path,
) -> Arc<Job> {
    let body = body.iter().map(|chunk| Bytes::from_static(chunk)).collect();
    let fake = Arc::new(Fake {
        body,
        announced,
        ..Fake::default()
    });
    let engine = Transfers::new();
    let id = engine.download(
        &AccountName::new("a").unwrap(),
        fake,
        DownloadRequest::flat(asset(name, listed), dir.to_owned()),
    );
    end(&engine, id).await
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_download_stands_complete_under_its_name_and_is_not_executable() {
    let dir = tempfile::tempdir().unwrap();
    let job = download("a.txt", Some(4), &[b"ab", b"cd"], Some(4), dir.path()).await;
    assert!(
        matches!(&job.state, JobState::Done { path: Some(_), .. }),
        "{job:?}"
    );
    assert_eq!(std::fs::read(dir.path().join("a.txt")).unwrap(), b"abcd");
    assert_eq!(
        std::fs::metadata(dir.path().join("a.txt"))
            .unwrap()
            .permissions()
            .mode()
            & 0o111,
        0
    );
    assert_eq!(names(dir.path()), ["a.txt"]);
}

#[tokio::test]
async fn a_short_long_or_contradicted_download_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for (listed, announced) in [
        (Some(5), None),
        (Some(3), None),
        (None, Some(9)),
        (Some(4), Some(5)),
    ] {
        let job = download("a.txt", listed, &[b"abcd"], announced, dir.path()).await;
        assert!(
            matches!(job.state, JobState::Failed(_)),
            "{listed:?} {announced:?} {job:?}"
        );
    }
    assert!(names(dir.path()).is_empty());
}

#[tokio::test]
async fn nothing_is_replaced_and_nothing_leaves_the_folder() {
    let top = tempfile::tempdir().unwrap();
    let dir = top.path().join("in");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("A.TXT"), b"mine").unwrap();
    std::os::unix::fs::symlink(top.path().join("outside"), dir.join("link")).unwrap();
    for name in ["a.txt", "link"] {
        let job = download(name, Some(4), &[b"abcd"], None, &dir).await;
        assert!(matches!(job.state, JobState::Failed(_)), "{job:?}");
    }
    let job = download("../escape", Some(4), &[b"abcd"], None, &dir).await;
    assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    assert_eq!(names(top.path()), ["in"]);
    assert_eq!(std::fs::read(dir.join("A.TXT")).unwrap(), b"mine");
    assert_eq!(names(&dir), ["A.TXT", "___escape", "link"]);
}
