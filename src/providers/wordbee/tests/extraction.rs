//! Extractions: waited for, and gone on with after whoever began one is gone.

use std::sync::PoisonError;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::api::Operation;

const CHANGED: &str = "2026-05-01T10:00:00.1234567Z";

/// What outlives a start.
#[derive(Debug, Default)]
struct Kept {
    now: Mutex<Option<Operation>>,
    /// How many ever were.
    many: AtomicUsize,
    /// What is to be waited before it is anybody's turn, the last one first.
    waits: Mutex<Vec<Duration>>,
}

impl Kept {
    fn now(&self) -> Option<Operation> {
        self.at().clone()
    }

    fn at(&self) -> std::sync::MutexGuard<'_, Option<Operation>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Operations for Kept {
    fn find(&self, of: &ContainerId, since: Option<&str>) -> BoxFuture<'_, Option<Operation>> {
        let fits = |it: &Operation| it.container == *of && it.since.as_deref() == since;
        ready(self.now().filter(fits)).boxed()
    }

    fn keep(&self, operation: &Operation) -> BoxFuture<'_, ()> {
        *self.at() = Some(operation.clone());
        self.many.fetch_add(1, Ordering::Relaxed);
        ready(()).boxed()
    }

    fn turn(&self, operation: &Operation, _: Duration) -> BoxFuture<'_, Option<Duration>> {
        let kept = self.now().as_ref() == Some(operation);
        let wait = self.waits.lock().unwrap().pop().unwrap_or_default();
        ready(kept.then_some(wait)).boxed()
    }

    fn asked(&self, _: &Operation) {}

    fn forget(&self, operation: &Operation) {
        let mut now = self.at();
        if now.as_ref().map(|it| it.number) == Some(operation.number) {
            *now = None;
        }
    }
}

fn running(number: u64) -> Operation {
    Operation {
        container: document(),
        since: None,
        seal: CHANGED.to_owned(),
        number,
        begun: Timestamp::now(),
    }
}

fn trm(number: u64, status: &str, token: Option<&str>) -> Reply {
    let custom = token.map(|token| json!({ "filetoken": token }));
    answer(
        200,
        json!({ "trm": { "requestid": number, "status": status }, "custom": custom }),
    )
}

/// A service whose extractions have the numbers 77, 78 …; `status` answers for one, and its file is its own.
fn extracting(status: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Server {
    let begun = AtomicUsize::new(77);
    service(move |heard| match heard.path() {
        "/api/apps/wbflex/documents/20417" => answer(
            200,
            json!({
                "id": 20417, "dsid": 5, "pid": 3, "name": "menu.json", "dtchange": CHANGED,
                "src": { "v": "en" }, "trgs": [],
            }),
        ),
        "/api/apps/wbflex/documents/20417/contents/pull" => {
            let number = begun.fetch_add(1, Ordering::Relaxed);
            trm(number as u64, "Waiting", None)
        }
        "/api/trm/status" => status(heard.target.rsplit_once('=').unwrap().1),
        path => match path.strip_prefix("/api/media/get/f") {
            Some("66") | None => answer(400, json!({ "error": { "title": "No such file." } })),
            Some(number) => answer(
                200,
                json!({ "segments": [{ "key": number, "bsid": 1, "texts": {} }] }),
            ),
        },
    })
}

fn finished(number: &str) -> Reply {
    trm(0, "Finished", Some(&format!("f{number}")))
}

fn started(server: &Server, kept: &Arc<Kept>) -> Adapter {
    let adapter = adapter(server);
    adapter.keep_operations(Arc::clone(kept) as Arc<dyn Operations>);
    adapter
}

/// The number of the extraction that the texts came of.
async fn texts(adapter: &Adapter) -> Result<String, ApiError> {
    adapter.container(&document()).await.unwrap();
    let texts = adapter.segment_texts(&document(), None).await?;
    Ok(texts.iter().next().unwrap().key.unwrap())
}

fn pulls(server: &Server) -> usize {
    let heard = server.heard();
    let pull = |it: &&Heard| it.path().ends_with("/contents/pull");
    heard.iter().filter(pull).count()
}

#[tokio::test]
async fn the_next_start_goes_on_with_one_that_was_left() {
    let over = Arc::new(AtomicBool::new(false));
    let done = over.clone();
    let server = extracting(move |number| {
        if done.load(Ordering::Relaxed) {
            finished(number)
        } else {
            trm(77, "Executing", None)
        }
    });
    let kept = Arc::new(Kept::default());
    let first = started(&server, &kept);
    let asked = || {
        server
            .heard()
            .iter()
            .any(|it| it.path() == "/api/trm/status")
    };
    let seen = async {
        while !asked() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        done = texts(&first) => panic!("{done:?}"),
        () = seen => {}
    }
    assert_eq!(kept.now().map(|it| it.number), Some(77));
    drop(first);
    over.store(true, Ordering::Relaxed);
    assert_eq!(texts(&started(&server, &kept)).await.unwrap(), "77");
    assert_eq!(pulls(&server), 1);
    // What is asked for anew is new.
    assert_eq!(kept.now(), None);
    assert_eq!(texts(&started(&server, &kept)).await.unwrap(), "78");
    assert_eq!(kept.many.load(Ordering::Relaxed), 2);
    // Of a document that may have changed meanwhile, without a word, none is kept.
    let adapter = started(&server, &kept);
    adapter.segment_texts(&document(), None).await.unwrap();
    assert_eq!((pulls(&server), kept.many.load(Ordering::Relaxed)), (3, 2));
}

#[tokio::test]
async fn one_that_gives_nothing_any_more_is_begun_anew() {
    let title = |title: &str| json!({ "error": { "title": title } });
    let unknown = move |status| answer(status, title("The operation does not exist."));
    let refusals: [fn() -> Reply; 4] = [
        || trm(66, "Failed", None),
        || trm(66, "Odd", None),
        || trm(0, "Finished", None),
        || finished("66"),
    ];
    let statuses = [400, 403, 404, 500]
        .map(|status| Box::new(move || unknown(status)) as Box<dyn Fn() -> Reply + Send + Sync>);
    let refusals = { refusals.into_iter() }
        .map(|it| Box::new(it) as Box<dyn Fn() -> Reply + Send + Sync>)
        .chain(statuses);
    for (at, refusal) in refusals.enumerate() {
        let server = extracting(move |number| match number {
            "66" => refusal(),
            number => finished(number),
        });
        let kept = Arc::new(Kept::default());
        *kept.at() = Some(running(66));
        let from = texts(&started(&server, &kept)).await;
        assert_eq!(from.as_deref(), Ok("77"), "{at}");
        assert_eq!((pulls(&server), kept.now()), (1, None), "{at}");
    }
}

#[tokio::test]
async fn one_whose_service_is_out_of_reach_is_asked_for_later() {
    let gone = Arc::new(AtomicBool::new(true));
    let away = gone.clone();
    let server = extracting(move |number| {
        if away.load(Ordering::Relaxed) {
            answer(503, json!({}))
        } else {
            finished(number)
        }
    });
    let kept = Arc::new(Kept::default());
    let adapter = started(&server, &kept);
    let error = texts(&adapter).await.unwrap_err();
    assert_eq!(error.status, Some(503));
    gone.store(false, Ordering::Relaxed);
    assert_eq!(texts(&adapter).await.unwrap(), "77");
    assert_eq!((pulls(&server), kept.now()), (1, None));
}

#[tokio::test]
async fn one_that_is_too_old_or_of_another_state_of_the_document_is_not_asked_for() {
    let ago = |span: SignedDuration| Operation {
        begun: Timestamp::now() - span,
        ..running(66)
    };
    let before = Operation {
        seal: "2026-04-01T10:00:00Z".to_owned(),
        ..running(66)
    };
    let hour = SignedDuration::from_hours(1);
    for left in [ago(hour), ago(-hour), before] {
        let server = extracting(finished);
        let kept = Arc::new(Kept::default());
        *kept.at() = Some(left.clone());
        assert_eq!(texts(&started(&server, &kept)).await.unwrap(), "77");
        let asked = server.heard();
        let asked = { asked.iter() }.any(|it| it.target.ends_with("requestid=66"));
        assert!(!asked, "{left:?}");
    }
}

#[tokio::test]
async fn it_is_asked_for_when_it_is_its_turn_and_not_for_ever() {
    let server = extracting(finished);
    let kept = Arc::new(Kept::default());
    *kept.at() = Some(running(67));
    let wait = Duration::from_millis(30);
    *kept.waits.lock().unwrap() = vec![Duration::ZERO, wait, wait];
    let before = std::time::Instant::now();
    assert_eq!(texts(&started(&server, &kept)).await.unwrap(), "67");
    assert!(before.elapsed() >= wait * 2);
    *kept.at() = Some(running(66));
    *kept.waits.lock().unwrap() = vec![Duration::from_mins(1)];
    let error = texts(&started(&server, &kept)).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Limit);
    assert_eq!(kept.now().map(|it| it.number), Some(66));
}
