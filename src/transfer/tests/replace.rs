//! Replacing: never fewer than one whole copy, and nothing but the old one goes.

use super::*;

/// One service that keeps old and new side by side, one that has one place for both.
static BESIDE: &ProviderSpec = &SPEC;
static IN_PLACE: ProviderSpec = ProviderSpec {
    id: "fake2",
    capabilities: Capabilities {
        replace: Replace::InPlace,
        ..FAKE.capabilities
    },
    ..FAKE
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Odd {
    No,
    /// What it lists of the new one has another size.
    ShortStored,
    /// An upload to a taken place stands beside what is there.
    Twice,
    /// It says yes and does nothing.
    KeepsTheOld,
    /// The old one changes while the new one is sent.
    ChangesTheOld,
    /// The delete is refused once, for a while.
    BusyOnce,
    /// The delete never answers.
    HangsOnDelete,
    /// The answer of recording is lost, though it was done.
    LosesTheAnswer,
}

#[derive(Debug)]
struct Shelf {
    spec: &'static ProviderSpec,
    odd: Mutex<Odd>,
    stored: Mutex<Vec<Asset>>,
    sends: Mutex<usize>,
    deletes: Mutex<Vec<String>>,
}

impl Shelf {
    fn new(spec: &'static ProviderSpec, odd: Odd) -> Arc<Self> {
        let mut old = asset("hero.png", Some(5));
        old.key = AssetKey::from_parts(["old"]).unwrap();
        old.modified = Some("then".to_owned());
        Arc::new(Self {
            spec,
            odd: Mutex::new(odd),
            stored: Mutex::new(vec![asset("other.png", Some(5)), old]),
            sends: Mutex::default(),
            deletes: Mutex::default(),
        })
    }

    fn odd(&self) -> Odd {
        *self.odd.lock().unwrap()
    }

    fn sizes(&self) -> Vec<(String, u64)> {
        let stored = self.stored.lock().unwrap();
        let all = stored.iter().skip(1);
        all.map(|it| (it.modified.clone().unwrap_or_default(), it.size.unwrap()))
            .collect()
    }

    fn old(&self) -> Replaced {
        Replaced::of(&self.stored.lock().unwrap()[1])
    }
}

#[async_trait]
impl Provider for Shelf {
    fn spec(&self) -> &'static ProviderSpec {
        self.spec
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
    async fn assets(&self, _: &AssetScope, at: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        // One to a page.
        let at: usize = at.map_or(0, |at| at.0.parse().unwrap());
        let stored = self.stored.lock().unwrap();
        let next = (at + 1 < stored.len()).then(|| Cursor((at + 1).to_string()));
        Ok(Page {
            entries: stored
                .get(at)
                .cloned()
                .map(Entry::Read)
                .into_iter()
                .collect(),
            next,
            total: None,
        })
    }
    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        watch.step(Step::Send, None).await?;
        *self.sends.lock().unwrap() += 1;
        let receipt = Receipt {
            storage_key: "new".to_owned(),
        };
        watch.step(Step::Record, Some(&receipt)).await?;
        let odd = self.odd();
        let size = request.stamp.size - u64::from(odd == Odd::ShortStored);
        let mut new = asset(request.name.as_str(), Some(size));
        new.modified = Some("now".to_owned());
        new.stored_as = Some("new".to_owned());
        let mut stored = self.stored.lock().unwrap();
        new.key = if self.spec.capabilities.replace == Replace::InPlace {
            stored[1].key.clone()
        } else {
            AssetKey::from_parts(["new"]).unwrap()
        };
        if odd == Odd::ChangesTheOld {
            stored[1].modified = Some("meanwhile".to_owned());
        }
        if odd == Odd::KeepsTheOld {
            return Ok(new);
        }
        if self.spec.capabilities.replace == Replace::InPlace && odd != Odd::Twice {
            stored[1] = new.clone();
        } else {
            stored.push(new.clone());
        }
        if odd == Odd::LosesTheAnswer {
            let mut lost = ApiError::new("record the file", ApiErrorKind::Transport, "it broke");
            lost.changes = true;
            lost.delivery = Delivery::Unknown;
            return Err(lost);
        }
        Ok(new)
    }
    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        let stored = self.stored.lock().unwrap();
        let find = |one: &Sought| {
            let key = one.receipt.as_ref().map(|it| it.storage_key.clone());
            let ours = |it: &&Asset| it.stored_as.is_some() && it.stored_as == key;
            Ok(Sighting {
                by_name: false,
                asset: stored.iter().find(ours).cloned(),
                among: stored.len() as u64,
            })
        };
        sought.iter().map(find).collect()
    }
    async fn delete(&self, asset: &Asset) -> Result<(), ApiError> {
        match self.odd() {
            Odd::BusyOnce => {
                *self.odd.lock().unwrap() = Odd::No;
                return Err(ApiError::new("delete", ApiErrorKind::Transport, "busy"));
            }
            Odd::HangsOnDelete => std::future::pending().await,
            _ => {}
        }
        let name = asset.key.parts().unwrap().concat();
        self.deletes.lock().unwrap().push(name);
        self.stored.lock().unwrap().retain(|it| it.key != asset.key);
        Ok(())
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        Err(ApiError::unsupported("download"))
    }
}

fn account() -> AccountName {
    AccountName::new("a").unwrap()
}

fn ask_for(dir: &Path, shelf: &Shelf) -> UploadRequest {
    UploadRequest {
        replaces: Some(Box::new(shelf.old())),
        ..ask(dir)
    }
}

async fn replace(spec: &'static ProviderSpec, odd: Odd) -> (Arc<Job>, Arc<Shelf>) {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(spec, odd);
    let engine = hasty();
    let id = engine.upload(&account(), shelf.clone(), ask_for(dir.path(), &shelf));
    (end(&engine, id).await, shelf)
}

fn is_done(job: &Job) -> bool {
    matches!(job.state, JobState::Done { .. })
}

fn new() -> (String, u64) {
    ("now".to_owned(), PNG.len() as u64)
}

fn old() -> (String, u64) {
    ("then".to_owned(), 5)
}

#[tokio::test]
async fn the_old_one_goes_only_when_the_new_one_is_listed() {
    for odd in [Odd::No, Odd::BusyOnce, Odd::LosesTheAnswer] {
        let (job, shelf) = replace(BESIDE, odd).await;
        assert!(is_done(&job) && job.warnings.is_empty(), "{odd:?} {job:?}");
        assert_eq!(shelf.sizes(), [new()], "{odd:?}");
        assert_eq!(*shelf.deletes.lock().unwrap(), ["old"]);
        assert_eq!(*shelf.sends.lock().unwrap(), 1, "{odd:?}");
    }
    let (job, shelf) = replace(BESIDE, Odd::ShortStored).await;
    assert!(matches!(job.state, JobState::Unlisted { .. }), "{job:?}");
    assert_eq!(shelf.sizes()[0], old());
}

#[tokio::test]
async fn an_old_one_that_changed_is_kept_and_said() {
    let (job, shelf) = replace(BESIDE, Odd::ChangesTheOld).await;
    assert!(is_done(&job), "{job:?}");
    assert!(job.warnings[0].contains("changed it"), "{job:?}");
    assert_eq!(shelf.sizes(), [("meanwhile".to_owned(), 5), new()]);
    assert!(shelf.deletes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn where_the_service_replaces_only_the_listing_is_believed() {
    for odd in [Odd::No, Odd::LosesTheAnswer] {
        let (job, shelf) = replace(&IN_PLACE, odd).await;
        assert!(is_done(&job), "{job:?}");
        assert_eq!(shelf.sizes(), [new()]);
    }
    for (odd, says) in [
        (Odd::Twice, "more than once"),
        (Odd::KeepsTheOld, "old one is there unchanged"),
        (Odd::ShortStored, "bytes instead of"),
    ] {
        let (job, shelf) = replace(&IN_PLACE, odd).await;
        let JobState::Unlisted { reason } = &job.state else {
            panic!("{job:?}");
        };
        assert!(reason.contains(says), "{reason}");
        assert!(shelf.deletes.lock().unwrap().is_empty());
    }
}

#[test]
fn an_end_between_listing_and_deleting_goes_on_with_deleting() {
    let dir = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(BESIDE, Odd::HangsOnDelete);
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let first = runtime();
    first.block_on(async {
        let engine = Transfers::open(dir.path()).unwrap();
        let mut events = engine.events();
        engine.upload(&account(), shelf.clone(), ask_for(dir.path(), &shelf));
        while events.recv().await.unwrap().state != JobState::Running(Step::Remove) {}
    });
    // As when the process ends: whatever runs is cut.
    drop(first);
    let left = Transfers::look(dir.path()).unwrap().jobs.remove(0);
    assert!(left.trail.listed && left.trail.unsettled, "{left:?}");
    assert_eq!(shelf.sizes(), [old(), new()]);
    let mut dropped = Job::clone(&left);
    // Refused where looking has shown it so already: the lock may be held a moment longer.
    let _ = dropped.apply(JobEvent::Interrupted);
    assert_eq!(dropped.state, JobState::Queued, "nothing of it is in doubt");
    dropped.apply(JobEvent::Cancelled).unwrap();
    assert!(dropped.warnings[0].contains("both are there"));
    *shelf.odd.lock().unwrap() = Odd::No;
    runtime().block_on(async {
        // What the first one's journal still writes keeps the lock for a moment.
        let engine = loop {
            let engine = Transfers::open(dir.path()).unwrap();
            if engine.works() {
                break engine;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(engine.resume(), 1);
        let id = engine.attach_provider(&account(), shelf.clone())[0];
        let job = end(&engine, id).await;
        assert!(is_done(&job), "{job:?}");
    });
    assert_eq!(shelf.sizes(), [new()]);
    assert_eq!(*shelf.sends.lock().unwrap(), 1);
}
