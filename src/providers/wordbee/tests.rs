//! What is Wordbee's own: tokens, segments and their texts, places, and deleting no more than one.

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

fn signs(heard: &[Heard]) -> usize {
    let sign = |heard: &&Heard| heard.method == "POST" && heard.path() == "/api/auth/token";
    heard.iter().filter(sign).count()
}

#[tokio::test]
async fn many_calls_sign_in_once_and_again_once_after_each_expiry() {
    let refusals: [fn() -> Reply; 3] = [
        || answer(401, json!({ "reason": "x" })),
        || {
            answer(
                400,
                json!({ "error": { "title": "Token invalid or expired." } }),
            )
        },
        || {
            answer(
                400,
                json!({ "error": {}, "reason": "Not authenticated (x)" }),
            )
        },
    ];
    for refusal in refusals {
        let valid = Arc::new(AtomicUsize::new(1));
        let issued = AtomicUsize::new(0);
        let now = valid.clone();
        let server = Server::start(move |heard| {
            if heard.path() == "/api/auth/token" {
                let number = issued
                    .load(Ordering::Relaxed)
                    .max(now.load(Ordering::Relaxed));
                issued.store(number, Ordering::Relaxed);
                return answer(200, json!(format!("{TOKEN}{number}")));
            }
            let good = format!("{TOKEN}{}", now.load(Ordering::Relaxed));
            if heard.header("x-auth-token") == Some(&good) {
                answer(200, json!({ "total": 0, "rows": [] }))
            } else {
                refusal()
            }
        });
        let adapter = adapter(&server);
        for expiry in 1..=3 {
            valid.store(expiry, Ordering::Relaxed);
            let calls = (0..50).map(|_| adapter.check());
            for outcome in futures_util::future::join_all(calls).await {
                outcome.unwrap();
            }
            assert_eq!(signs(&server.heard()), expiry);
        }
        let heard = server.heard();
        let call = heard
            .iter()
            .find(|heard| heard.path().ends_with("/list"))
            .unwrap();
        assert_eq!(call.header("x-auth-accountid"), Some("acme"));
        assert!(
            !format!("{:?}", call.headers).contains(CANARY),
            "the key is for signing in only"
        );
    }
}

#[tokio::test]
async fn a_bad_key_is_not_hammered() {
    for status in [400, 401, 403] {
        let server = Server::start(move |_| {
            answer(
                status,
                json!({ "error": { "title": format!("Bad key {CANARY}") }, "reason": "r" }),
            )
        });
        let adapter = adapter(&server);
        for _ in 0..20 {
            let error = adapter.containers(None).await.unwrap_err();
            assert_eq!(error.kind, ApiErrorKind::Unauthorized);
            assert!(!format!("{error:?} {error}").contains(CANARY), "{error:?}");
        }
        assert_eq!(server.heard().len(), 1);
    }
    // A good key whose tokens are never taken.
    let server = service(|_| answer(401, json!({ "error": { "title": format!("no {TOKEN}") } })));
    let adapter = adapter(&server);
    for _ in 0..20 {
        let error = adapter.containers(None).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Unauthorized);
        assert!(!format!("{error:?} {error}").contains(TOKEN), "{error:?}");
    }
    assert!(signs(&server.heard()) <= 2);
    assert!(!format!("{adapter:?}").contains("canary"));
}

#[tokio::test]
async fn odd_tokens_are_refused_and_a_bare_one_is_taken() {
    for (body, good) in [
        (TOKEN, true),
        ("\"quoted\"", true),
        ("\"\"", false),
        ("", false),
        ("a b", false),
        ("\"a\\nX: y\"", false),
        ("{\"token\":1}", false),
        ("<html>", false),
    ] {
        let server = Server::start(move |heard| match heard.path() {
            "/api/auth/token" => reply(200, "", body),
            _ => answer(200, json!({ "rows": [] })),
        });
        let done = adapter(&server).check().await;
        assert_eq!(done.is_ok(), good, "{body}: {done:?}");
    }
}

#[tokio::test]
async fn a_token_that_lay_idle_is_renewed_beforehand() {
    for (idle, signed_in) in [(Duration::ZERO, 3), (Pace::default().idle, 1)] {
        let server = service(|_| answer(200, json!({ "rows": [] })));
        let pace = Pace {
            idle,
            ..Pace::default()
        };
        let settings = settings("wordbee", &server.url());
        let adapter = Adapter::new(&settings, canary(), Patience::default(), pace).unwrap();
        for _ in 0..3 {
            adapter.check().await.unwrap();
        }
        assert_eq!(signs(&server.heard()), signed_in);
    }
}

#[tokio::test]
async fn leaving_drops_the_token() {
    let server = service(|_| answer(200, json!({ "rows": [] })));
    let adapter = adapter(&server);
    adapter.sign_out().await;
    assert!(server.heard().is_empty());
    adapter.check().await.unwrap();
    adapter.sign_out().await;
    adapter.sign_out().await;
    let heard = server.heard();
    let last = heard.last().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path()),
        ("DELETE", "/api/auth/token")
    );
    assert_eq!(last.header("x-auth-token"), Some(TOKEN));
    assert_eq!(heard.len(), 3);
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
        let texts = adapter(&server).segment_texts(&document()).await.unwrap();
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
            .segment_texts(&document())
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
    for refuse_above in [1000, 50] {
        let server = service(move |heard| {
            let query = heard.target.split_once('?').unwrap().1;
            let asked: Vec<&str> = query
                .strip_prefix("segmentIds=")
                .unwrap()
                .split("%2C")
                .collect();
            if asked.len() > refuse_above {
                return answer(400, json!({ "error": { "title": "Too long" } }));
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

/// A segment with these assets, where uploads are taken and attached as `attached` says.
fn segment_with(
    assets: serde_json::Value,
    attached: impl Fn(&Heard) -> Reply + Send + Sync + 'static,
) -> Server {
    service(move |heard| match (heard.method.as_str(), heard.path()) {
        ("POST", "/api/media/upload") => {
            answer(200, json!({ "result": { "token": "f1", "name": "x" } }))
        }
        ("POST", "/api/apps/wbflex/documents/20417/assets/27667833") => attached(heard),
        ("GET", "/api/apps/wbflex/documents/20417/assets/27667833/list") => {
            answer(200, assets.clone())
        }
        _ => answer(404, json!({})),
    })
}

fn upload_of(file: &TestFile, locale: Option<&str>, folder: &str) -> UploadRequest {
    let mut request = request(file, place(), "image/png");
    request.locale = locale.and_then(Locale::new);
    request.folder = AssetPath::parse(folder).unwrap();
    request
}

#[tokio::test]
async fn a_place_is_checked_before_a_byte() {
    let existing = json!([
        asset(Some("de"), "", "hero.png"),
        asset(None, "public\\images", "HERO.PNG"),
        asset(None, "", "cafe\u{301}.png"),
    ]);
    let server = segment_with(existing, |_| answer(500, json!({})));
    let adapter = adapter(&server);
    let hero = TestFile::new("hero.png", &[1; 10]);
    let coffee = TestFile::new("CAFÉ.png", &[1; 10]);
    let empty = TestFile::new("e.png", b"");
    let (conflict, invalid) = (ApiErrorKind::Conflict, ApiErrorKind::Invalid);
    let cases = [
        (
            upload_of(&hero, Some("DE"), ""),
            &invalid,
            "did you mean de",
        ),
        (
            upload_of(&hero, Some("pt_BR"), ""),
            &invalid,
            "did you mean pt-BR",
        ),
        (
            upload_of(&hero, Some("xx"), ""),
            &invalid,
            "it has en, de, pt-BR",
        ),
        (upload_of(&hero, None, "DE/x"), &invalid, "locale de"),
        (
            upload_of(&hero, Some("de"), ""),
            &conflict,
            "“hero.png” in de",
        ),
        (
            upload_of(&hero, None, "Public/Images"),
            &conflict,
            "“public/images/HERO.PNG”",
        ),
        (upload_of(&coffee, None, ""), &conflict, "already has"),
        (upload_of(&empty, None, ""), &invalid, "empty"),
    ];
    for (request, kind, part) in cases {
        let watch = Noted::default();
        let error = adapter.upload(&request, &watch).await.unwrap_err();
        assert_eq!(&error.kind, kind, "{error}");
        assert!(error.message.contains(part), "{error}");
        assert!(watch.names().is_empty() && !error.in_doubt());
    }
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| !heard.path().contains("media"))
    );
}

#[tokio::test]
async fn an_upload_is_handed_over_and_attached_in_its_place() {
    let refused_once = AtomicBool::new(false);
    let server = segment_with(json!([]), move |_| {
        if !refused_once.swap(true, Ordering::Relaxed) {
            return answer(401, json!({}));
        }
        answer(200, asset(Some("de"), "public\\images", "hero.png"))
    });
    let file = TestFile::new("hero.png", &vec![9; 200_000]);
    let watch = Noted::default();
    let request = upload_of(&file, Some("de"), "public/images");
    let made = adapter(&server).upload(&request, &watch).await.unwrap();
    assert_eq!(made.key.as_str(), "de/public/images/hero.png");
    assert_eq!(watch.names(), [Step::Send, Step::Attach]);
    let heard = server.heard();
    let sent = heard
        .iter()
        .find(|heard| heard.path() == "/api/media/upload")
        .unwrap();
    assert_eq!(sent.target, "/api/media/upload?filename=hero.png");
    assert!(
        sent.header("content-type")
            .unwrap()
            .starts_with("multipart/form-data; boundary=")
    );
    assert_eq!(
        sent.header("content-length").unwrap(),
        sent.body.len().to_string()
    );
    let attach = heard
        .iter()
        .rev()
        .find(|heard| heard.path().ends_with("/27667833"))
        .unwrap();
    assert_eq!(
        attach.json(),
        json!({ "filetoken": "f1", "locale": "de", "relativePath": "public/images" })
    );
}

#[tokio::test]
async fn an_asset_stored_elsewhere_is_not_done() {
    let file = TestFile::new("hero.png", &[9; 10]);
    let request = upload_of(&file, None, "images");
    for (stored, outcome) in [
        (asset(None, "images", "hero.png"), Some(0)),
        (asset(None, "Images", "HERO.png"), Some(1)),
        (asset(None, "images", "hero (1).png"), None),
        (asset(None, "", "hero.png"), None),
        (asset(Some("de"), "images", "hero.png"), None),
        (asset(Some("images"), "", "hero.png"), None),
    ] {
        let server = segment_with(json!([]), move |_| answer(200, stored.clone()));
        let watch = Noted::default();
        let done = adapter(&server).upload(&request, &watch).await;
        match outcome {
            Some(warnings) => {
                done.unwrap();
                assert_eq!(watch.warnings.lock().unwrap().len(), warnings);
            }
            None => assert_eq!(done.unwrap_err().kind, ApiErrorKind::Conflict),
        }
    }
    for lost in [
        || Reply::Bytes(Vec::new()),
        || reply(502, "", ""),
        || answer(200, json!({})),
    ] {
        let server = segment_with(json!([]), move |_| lost());
        let error = adapter(&server)
            .upload(&request, &Noted::default())
            .await
            .unwrap_err();
        assert!(error.in_doubt(), "{error:?}");
    }
}

/// A segment that deletes like the real one: without a name, everything goes.
fn deleting(
    assets: Vec<serde_json::Value>,
    also: usize,
) -> (Server, Arc<std::sync::Mutex<Vec<serde_json::Value>>>) {
    let left = Arc::new(std::sync::Mutex::new(assets));
    let inside = left.clone();
    let server = service(move |heard| {
        let mut left = inside.lock().unwrap();
        if heard.method == "DELETE" {
            let url = url::Url::parse(&format!("http://x{}", heard.target)).unwrap();
            let value = |name: &str| {
                url.query_pairs()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.into_owned())
            };
            match value("filename").filter(|name| !name.is_empty()) {
                None => left.clear(),
                Some(name) => left.retain(|asset| {
                    let path = asset["relativePath"].as_str().unwrap().replace('\\', "/");
                    asset["fileName"] != name.as_str()
                        || Some(path) != value("relativePath")
                        || asset["locale"].as_str() != value("locale").as_deref()
                }),
            }
            let keep = left.len().saturating_sub(also);
            left.truncate(keep);
            return reply(200, "", "");
        }
        answer(200, json!(*left))
    });
    (server, left)
}

#[tokio::test]
async fn deleting_one_takes_no_other() {
    let names = [
        "a.png",
        "A.png",
        "a#b.png",
        "a&filename=.png",
        "a%00.png",
        "a b+c.png",
        "ä.png",
        "?.png",
        "..",
        "👩‍💻.png",
    ];
    let mut assets = Vec::new();
    for name in names {
        for (locale, folder) in [
            (None, ""),
            (Some("de"), ""),
            (Some("de"), "x\\y"),
            (None, "de"),
        ] {
            assets.push(asset(locale, folder, name));
        }
    }
    let (server, left) = deleting(assets.clone(), 0);
    let adapter = adapter(&server);
    let listed = read(adapter.assets(&place(), None).await.unwrap());
    assert_eq!(listed.len(), assets.len());
    for (gone, asset) in listed.iter().enumerate() {
        adapter.delete(asset).await.unwrap();
        assert_eq!(
            left.lock().unwrap().len(),
            assets.len() - gone - 1,
            "{asset:?}"
        );
    }
    for heard in server
        .heard()
        .iter()
        .filter(|heard| heard.method == "DELETE")
    {
        assert!(heard.target.contains("?filename=") && heard.target.contains("&relativePath="));
    }
}

#[tokio::test]
async fn what_has_no_name_cannot_be_deleted() {
    let (server, left) = deleting(vec![asset(None, "", "a.png"), asset(None, "", "b.png")], 0);
    let adapter = adapter(&server);
    let good = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
    for name in [
        "",
        " ",
        "\u{200b}",
        "\u{202e}\u{2066}",
        "\0",
        "x/a.png",
        "..\\a.png",
        "a.png\0",
    ] {
        let key = wire::key(None, &AssetPath::root(), name);
        let bad = Asset {
            name: name.to_owned(),
            key: key.unwrap_or_else(|| good.key.clone()),
            ..good.clone()
        };
        assert_eq!(
            adapter.delete(&bad).await.unwrap_err().kind,
            ApiErrorKind::Invalid,
            "{name:?}"
        );
    }
    // A key and a name that disagree: one of them is not what was shown.
    let bad = Asset {
        name: "b.png".to_owned(),
        ..good.clone()
    };
    assert_eq!(
        adapter.delete(&bad).await.unwrap_err().kind,
        ApiErrorKind::Invalid
    );
    let deep = Asset {
        scope: AssetScope::Container(document()),
        ..good
    };
    assert_eq!(
        adapter.delete(&deep).await.unwrap_err().kind,
        ApiErrorKind::Unsupported
    );
    assert_eq!(left.lock().unwrap().len(), 2);
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.method != "DELETE" || heard.path() == "/api/auth/token")
    );
}

#[tokio::test]
async fn a_delete_that_took_more_is_told() {
    let assets = vec![
        asset(None, "", "a.png"),
        asset(None, "", "b.png"),
        asset(None, "x", "c.png"),
    ];
    let (server, _) = deleting(assets, 1);
    let adapter = adapter(&server);
    let first = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
    let error = adapter.delete(&first).await.unwrap_err();
    assert!(error.message.contains("x/c.png"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_to_a_delete_is_settled_by_looking() {
    for gone in [true, false] {
        let sent = AtomicBool::new(false);
        let server = service(move |heard| {
            if heard.method == "DELETE" {
                sent.store(true, Ordering::Relaxed);
                return Reply::Bytes(Vec::new());
            }
            let list = if gone && sent.load(Ordering::Relaxed) {
                json!([])
            } else {
                json!([asset(None, "", "a.png")])
            };
            answer(200, list)
        });
        let adapter = adapter(&server);
        let listed = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
        let done = adapter.delete(&listed).await;
        assert_eq!(done.is_ok(), gone, "{done:?}");
        let deletes = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "DELETE")
            .count();
        assert_eq!(deletes, 1, "never sent again");
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
