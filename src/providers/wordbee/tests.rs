//! What is Wordbee's own: tokens, segments and their texts, places, and deleting no more than one.

mod auth;
mod delete;
mod extraction;
mod upload;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::api::Step;
use crate::api::http::tests::server::{
    CANARY, Heard, Reply, Server, TestFile, canary, json as answer, reply,
};
use crate::demo::Options;
use crate::domain::{AssetPath, Locale};
use crate::providers::tests::{Noted, demo, read, request, settings};

const TOKEN: &str = "canary-token-0123456789abcdef";

fn adapter(server: &Server) -> Adapter {
    let pace = Pace {
        poll: Duration::from_millis(5),
        cap: Duration::from_secs(1),
        ..Pace::default()
    };
    Adapter::new(
        &settings("wordbee", &server.url()),
        canary(),
        Patience::default(),
        pace,
    )
    .unwrap()
}

fn document() -> ContainerId {
    ContainerId::new("20417").unwrap()
}

fn segment(id: &str) -> SegmentId {
    SegmentId::new(id).unwrap()
}

fn place() -> AssetScope {
    AssetScope::Segment(document(), segment("27667833"))
}

/// A service that gives tokens, tells of one document, and hands everything else on.
fn service(rest: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |heard| match heard.path() {
        "/api/auth/token" => answer(200, json!(TOKEN)),
        "/api/apps/wbflex/documents/20417/short" => answer(
            200,
            json!({
                "id": 20417, "dsid": 9_007_199_254_740_993_u64, "pid": 3, "name": "a\\b\\menu.json",
                "src": { "v": "en" }, "trgs": [{ "v": "de", "t": "German" }, { "v": "pt-BR" }],
            }),
        ),
        _ => rest(heard),
    })
}

fn asset(locale: Option<&str>, folder: &str, name: &str) -> serde_json::Value {
    json!({
        "projectId": 3, "documentId": "20417", "segmentId": 27_667_833, "locale": locale,
        "relativePath": folder, "fileName": name, "fileSizeInBytes": 10, "contentType": "image/png",
        "createdDate": "2026-01-02T03:04:05.1234567", "modifiedDate": "x",
        "downloadUrl": "http://evil.example/a",
    })
}

#[tokio::test]
async fn the_world_of_the_demo_is_whole() {
    let (_demo, provider) = demo(Options::default(), "acme-loc").await;
    let page = provider.containers(None).await.unwrap();
    assert_eq!(page.next, None);
    let documents = read(page);
    assert!(
        documents
            .iter()
            .any(|one| !one.folders.is_empty() && !one.name.contains('\\'))
    );
    let large = documents
        .iter()
        .find(|one| one.segments >= Some(5_000))
        .unwrap();
    let detail = provider.container(&large.id).await.unwrap();
    assert!(detail.locales.unwrap().len() > 1);
    let mut ids = HashSet::new();
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = provider.segments(&large.id, cursor).await.unwrap();
        cursor = page.next.clone();
        for segment in read(page) {
            assert!(ids.insert(segment.id.clone()));
            all.push(segment);
        }
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(all.len() as u64, large.segments.unwrap());
    let first: Vec<SegmentId> = all.iter().take(700).map(|one| one.id.clone()).collect();
    let together = provider
        .assets_of_segments(&large.id, &first)
        .await
        .unwrap();
    let together: Vec<Asset> = together.into_iter().filter_map(Entry::into_read).collect();
    assert!(!together.is_empty());
    let scope = together[0].scope.clone();
    let alone = read(provider.assets(&scope, None).await.unwrap());
    let same: Vec<Asset> = together
        .into_iter()
        .filter(|asset| asset.scope == scope)
        .collect();
    assert_eq!(alone, same);
}

#[tokio::test]
async fn pages_go_by_the_rows_received_and_end() {
    // How many rows a page has, the total that is told, and how many rows there are.
    for (step, total, rows) in [
        (2, Some(7), 7_u64),
        (500, Some(7), 7),
        (3, None, 7),
        (2, Some(99), 7),
    ] {
        let server = service(move |heard| {
            let skip = heard.json()["skip"].as_u64().unwrap_or(0);
            let page: Vec<_> = (skip..rows.min(skip + step))
                .map(|at| json!({ "sid": 9_007_199_254_740_993_u64 + at, "bsid": at + 1 }))
                .collect();
            answer(200, json!({ "result": { "rows": page, "total": total } }))
        });
        let adapter = adapter(&server);
        let mut ids = Vec::new();
        let mut cursor = None;
        loop {
            let page = adapter.segments(&document(), cursor).await.unwrap();
            cursor = page.next.clone();
            ids.extend(read(page).into_iter().map(|one| one.id.as_str().to_owned()));
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(ids.len(), 7);
        assert_eq!(ids[0], "9007199254740993");
        let heard = server.heard();
        let body = heard
            .iter()
            .find(|heard| heard.path().ends_with("search"))
            .unwrap()
            .body
            .clone();
        let body = String::from_utf8(body).unwrap();
        assert!(
            body.contains(r#""dsid":9007199254740993"#) && body.contains(r#""did":20417"#),
            "{body}"
        );
    }
    // A service that knows no `skip` and no total.
    let server = service(|_| {
        answer(
            200,
            json!({ "result": { "rows": [{ "sid": 1, "bsid": 1 }] } }),
        )
    });
    let adapter = adapter(&server);
    let first = adapter.segments(&document(), None).await.unwrap();
    let error = adapter.segments(&document(), first.next).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Limit);
}

#[tokio::test]
async fn texts_come_by_an_extraction() {
    let file = json!({ "type": "x", "segments": [
        { "key": "home.title", "bsid": 1, "texts": { "en": { "v": "Home" }, "de": { "v": "Start" } } },
        { "key": 5, "bsid": "x" },
        { "key": "", "bsid": 2, "texts": {} },
    ] });
    for polls in [0, 1, 3] {
        let file = file.clone();
        let asked = AtomicUsize::new(0);
        let server = service(move |heard| {
            if heard.path() == "/api/media/get/f1" {
                return answer(200, file.clone());
            }
            let done = asked.fetch_add(1, Ordering::Relaxed) >= polls;
            let (id, status) = if done {
                (0, "Finished")
            } else {
                (77, "Executing")
            };
            let custom = done.then(|| json!({ "filetoken": "f1" }));
            answer(
                200,
                json!({ "trm": { "requestid": id, "status": status }, "custom": custom }),
            )
        });
        let since = (polls == 1).then_some("2026-05-01T10:00:00.1234567Z");
        let texts = adapter(&server)
            .segment_texts(&document(), since)
            .await
            .unwrap();
        let heard = server.heard();
        let pull = { heard.iter() }.find(|it| it.path().ends_with("/contents/pull"));
        let asked: serde_json::Value = serde_json::from_slice(&pull.unwrap().body).unwrap();
        let wanted = match since {
            Some(since) => json!({ "dtchange": { "min": since } }),
            None => json!({}),
        };
        assert_eq!(asked, wanted);
        let texts: Vec<_> = texts.iter().collect();
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0].key.as_deref(), Some("home.title"));
        assert_eq!(texts[0].text.as_deref(), Some("Home"));
        assert_eq!(
            (texts[1].position, &texts[1].key, &texts[1].text),
            (2, &None, &None)
        );
        let status = server
            .heard()
            .iter()
            .filter(|heard| heard.target == "/api/trm/status?requestid=77")
            .count();
        assert_eq!(status, polls);
    }
    for (trm, kind) in [
        (
            json!({ "status": "Failed", "statusInfo": null }),
            ApiErrorKind::Server,
        ),
        (json!({ "status": "Odd" }), ApiErrorKind::Decode),
        (
            json!({ "status": "Waiting", "requestid": 0 }),
            ApiErrorKind::Decode,
        ),
        (
            json!({ "status": "Waiting", "requestid": 7 }),
            ApiErrorKind::Limit,
        ),
    ] {
        let server = service(move |_| answer(200, json!({ "trm": trm })));
        let error = adapter(&server)
            .segment_texts(&document(), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{error:?}");
    }
}

#[tokio::test]
async fn batches_stay_short_and_are_halved() {
    let ids: Vec<SegmentId> = (0..400_u64)
        .map(|at| segment(&(27_667_000 + at).to_string()))
        .collect();
    let doubled = [ids.as_slice(), &ids].concat();
    for (refuse_above, status) in [
        (1000, 400),
        (50, 400),
        (50, 413),
        (50, 414),
        (50, 422),
        (50, 431),
    ] {
        let server = service(move |heard| {
            let query = heard.target.split_once('?').unwrap().1;
            let asked: Vec<&str> = query
                .strip_prefix("segmentIds=")
                .unwrap()
                .split("%2C")
                .collect();
            if asked.len() > refuse_above {
                return answer(status, json!({ "error": { "title": "Too long" } }));
            }
            let list: Vec<_> = asked
                .iter()
                .map(|id| json!({ "segmentId": id.parse::<u64>().unwrap(), "documentId": 1, "fileName": "a.png" }))
                .chain([json!({ "segmentId": 1, "fileName": "stray" })])
                .collect();
            answer(200, json!(list))
        });
        let found = adapter(&server)
            .assets_of_segments(&document(), &doubled)
            .await
            .unwrap();
        let read: Vec<SegmentId> = found
            .iter()
            .filter_map(|entry| entry.read()?.scope.segment().cloned())
            .collect();
        assert_eq!(read, ids, "each once, in order");
        for heard in server.heard() {
            let query = heard.target.split_once('?').map_or("", |(_, query)| query);
            assert!(query.len() <= 1_800, "{}", query.len());
        }
    }
}

#[tokio::test]
async fn a_download_goes_to_the_configured_host() {
    let server = service(|heard| match heard.path() {
        "/api/apps/wbflex/documents/20417/assets/27667833" => {
            reply(200, "content-type: image/png\r\n", "0123456789")
        }
        _ => answer(200, json!([asset(Some("de"), "a\\b", "x y&z.png")])),
    });
    let adapter = adapter(&server);
    let listed = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
    assert_eq!(
        listed.url.as_deref(),
        Some("http://evil.example/a"),
        "shown only"
    );
    let download = adapter.download(&listed).await.unwrap();
    assert_eq!(download.size, Some(10));
    let heard = server.heard();
    let call = heard.last().unwrap();
    assert!(
        call.target
            .ends_with("?filename=x%20y%26z.png&relativePath=a%2Fb&locale=de"),
        "{}",
        call.target
    );
    assert_eq!(call.header("cache-control"), Some("no-cache"));
    assert_eq!(call.header("accept-encoding"), Some("identity"));
    assert_eq!(call.header("x-auth-token"), Some(TOKEN));

    let portal = service(|heard| match heard.path() {
        "/api/apps/wbflex/documents/20417/assets/27667833" => {
            reply(200, "content-type: text/html\r\n", "<p>")
        }
        _ => answer(200, json!([asset(Some("de"), "a\\b", "x y&z.png")])),
    });
    let Err(error) = adapter_download(&portal, &listed).await else {
        panic!("a page is no picture");
    };
    assert_eq!(error.kind, ApiErrorKind::Decode);
}

async fn adapter_download(server: &Server, asset: &Asset) -> Result<Download, ApiError> {
    adapter(server).download(asset).await
}

#[tokio::test]
async fn every_call_but_signing_in_and_out_is_counted_as_the_service_counts() {
    let options = crate::demo::Options {
        record: true,
        ..crate::demo::Options::default()
    };
    let demo = crate::demo::serve(options).await.unwrap();
    let mut env = demo.env().into_iter();
    let key = env.find(|(name, _)| name.ends_with("ACME_LOC")).unwrap().1;
    let counted = Arc::new(Counted::default());
    let toll: Option<Arc<dyn Toll>> = Some(counted.clone());
    let (settings, key) = (
        settings("wordbee", demo.wordbee_url()),
        Secret::new(key).unwrap(),
    );
    let adapter = connect(&settings, key, toll).unwrap();
    let signed = |demo: &crate::demo::Demo| {
        let all = demo.exchanges();
        all.iter().filter(|it| it.path != "/api/auth/token").count() as u64
    };
    adapter.check().await.unwrap();
    let document = ContainerId::new("20533").unwrap();
    adapter.containers(None).await.unwrap();
    adapter.segments(&document, None).await.unwrap();
    adapter.segment_texts(&document, None).await.unwrap();
    // A token that lapsed: the refused call counts, and the one that is made again.
    demo.expire_tokens();
    adapter.check().await.unwrap();
    adapter.sign_out().await;
    assert!(signed(&demo) >= 6);
    assert_eq!(counted.of(false), signed(&demo));
    // The same connection, as work that can wait.
    let waits = Waits::new(crate::domain::Share::Sweeps, |_| {});
    let paced = adapter.paced(waits).unwrap();
    let before = signed(&demo);
    paced.segments(&document, None).await.unwrap();
    assert_eq!(counted.of(true), signed(&demo) - before);
    assert_eq!(counted.of(false), before);
}

/// Calls that may not wait, and those that may.
#[derive(Debug, Default)]
struct Counted(std::sync::Mutex<[u64; 2]>);

impl Counted {
    fn of(&self, waits: bool) -> u64 {
        self.0.lock().unwrap()[usize::from(waits)]
    }
}

impl Toll for Counted {
    fn pass<'a>(&'a self, waits: Option<&'a Waits>) -> futures_util::future::BoxFuture<'a, ()> {
        self.0.lock().unwrap()[usize::from(waits.is_some())] += 1;
        Box::pin(std::future::ready(()))
    }
}
