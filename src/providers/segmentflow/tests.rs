//! What is SegmentFlow's own: two list shapes, websites from three sources, links, lost answers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use super::*;
use crate::api::http::tests::server::{
    CANARY, Heard, Reply, Server, TestFile, canary, hasty, json as answer, reply,
};
use crate::api::{Receipt, Sought, Step};
use crate::demo::{ListShape, Options};
use crate::providers::tests::{Noted, demo, read, request, settings};

const SITE: &str = "6f1f8a52-6c55-4c0e-9a7e-0f0f5f3b9a10";
const OTHER: &str = "7f1f8a52-6c55-4c0e-9a7e-0f0f5f3b9a11";

fn adapter(server: &Server) -> Adapter {
    adapter_with(server, Patience::default())
}

fn adapter_with(server: &Server, patience: Patience) -> Adapter {
    Adapter::new(&settings("segmentflow", &server.url()), canary(), patience).unwrap()
}

fn site() -> AssetScope {
    AssetScope::Container(ContainerId::new(SITE).unwrap())
}

fn asset(id: &str, key: &str, site: Option<&str>) -> serde_json::Value {
    json!({
        "id": id, "organizationId": OTHER, "assetType": "content-image", "filename": "a.png",
        "s3Key": key, "contentType": "image/png", "size": 12, "url": "https://cdn.example.net/a.png",
        "createdAt": "2026-01-02T03:04Z", "updatedAt": "1", "websiteId": site,
        "website": site.map(|id| json!({ "id": id, "name": "Shop" })),
    })
}

#[tokio::test]
async fn both_shapes_give_the_same_world() {
    let mut worlds = Vec::new();
    for list_shape in [ListShape::Envelope, ListShape::Array] {
        let options = Options {
            list_shape,
            assets: Some(250),
            ..Options::default()
        };
        let (_demo, provider) = demo(options, "acme-web").await;
        let containers = read(provider.containers(None).await.unwrap());
        let mut names = Vec::new();
        for container in &containers {
            let scope = AssetScope::Container(container.id.clone());
            let assets = read(provider.assets(&scope, None).await.unwrap());
            let mut keys: Vec<AssetKey> = assets.into_iter().map(|asset| asset.key).collect();
            keys.sort();
            names.push((container.name.clone(), keys));
            assert_eq!(
                provider.container(&container.id).await.unwrap().id,
                container.id
            );
        }
        let all: usize = names.iter().map(|(_, keys)| keys.len()).sum();
        assert_eq!(all, 250, "each asset stands in one website");
        worlds.push(names);
    }
    assert_eq!(worlds[0], worlds[1]);
    let mut sorted = worlds[0].clone();
    sorted.sort_by_key(|(name, _)| (name == "No website", name.to_lowercase()));
    assert_eq!(worlds[0], sorted);
    assert!(
        worlds[0].iter().any(|(_, keys)| keys.is_empty()),
        "one is known from a template only"
    );
}

#[tokio::test]
async fn websites_come_from_assets_templates_and_settings() {
    for templates in [200, 403, 404] {
        let server = Server::start(move |heard| match heard.path() {
            "/api/v1/templates" if templates == 200 => answer(
                200,
                json!([{ "id": 1, "websiteId": OTHER, "website": { "id": OTHER, "name": "blog" } }, 7]),
            ),
            "/api/v1/templates" => answer(
                templates,
                json!({ "error": "insufficient_scope", "message": "no" }),
            ),
            _ => answer(
                200,
                json!({ "assets": [
                    asset("1", "k", Some(SITE)), { "id": null, "websiteId": SITE }, 5,
                    { "id": "3", "filename": ["a"] },
                    { "id": "2", "filename": null, "size": -1, "tags": 3, "width": 2, "height": "x", "new": true },
                ] }),
            ),
        });
        let mut settings = settings("segmentflow", &server.url());
        settings.containers = vec![
            ("x".to_owned(), "Archive".to_owned()),
            (SITE.to_owned(), "mine".to_owned()),
        ];
        let adapter = Adapter::new(&settings, canary(), Patience::default()).unwrap();
        let containers = read(adapter.containers(None).await.unwrap());
        let names: Vec<&str> = containers.iter().map(|one| one.name.as_str()).collect();
        if templates == 200 {
            assert_eq!(names, ["Archive", "blog", "Shop", "No website"]);
        } else {
            assert_eq!(names, ["Archive", "Shop", "No website"]);
        }
        let page = adapter.assets(&site(), None).await.unwrap();
        assert_eq!(page.entries.len(), 2);
        let Entry::Unreadable(why) = &page.entries[1] else {
            panic!("{page:?}");
        };
        assert!(why.reason.contains("`id`"), "{why:?}");
        let homeless = AssetScope::Container(ContainerId::new("-").unwrap());
        let page = adapter.assets(&homeless, None).await.unwrap();
        assert_eq!(
            page.entries.len(),
            3,
            "an entry that names no website is not lost"
        );
        assert!(page.entries[1].read().is_none());
        let odd = page.entries[2].read().unwrap();
        assert_eq!(
            (odd.name.as_str(), odd.size, odd.dimensions),
            ("2", None, None)
        );
        assert!(odd.details.iter().any(|detail| detail.value == "new: true"));
    }
}

#[tokio::test]
async fn cursors_that_circle_end() {
    for circle in [1, 3] {
        let calls = AtomicUsize::new(0);
        let server = Server::start(move |_| {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            answer(
                200,
                json!({ "assets": [], "nextCursor": format!("c{}", call % circle) }),
            )
        });
        let error = adapter(&server).assets(&site(), None).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Limit);
        assert!(server.heard().len() <= 2 * circle + 2);
        assert!(
            !server.heard()[0].target.contains('?'),
            "no cursor is made up"
        );
    }
}

#[tokio::test]
async fn a_wrong_answer_is_never_taken() {
    let bodies = [
        json!({ "error": "x", "message": "y" }),
        json!({ "success": false, "assets": [] }),
        json!({ "assets": 7 }),
        json!("text"),
        json!(null),
    ];
    for body in bodies {
        let server = Server::start(move |_| answer(200, body.clone()));
        let error = adapter(&server).check().await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Decode, "{error:?}");
    }
    let server = Server::start(|_| {
        answer(
            403,
            json!({ "error": "insufficient_scope", "message": "no", "details": { "required": ["assets:read"] } }),
        )
    });
    let error = adapter(&server).check().await.unwrap_err();
    assert_eq!(
        error.kind,
        ApiErrorKind::Forbidden {
            missing: vec!["assets:read".to_owned()]
        }
    );
    assert_eq!(error.code.as_deref(), Some("insufficient_scope"));
}

/// A service whose storage is on the same listener; `storage` and `create` answer those two calls.
fn service(
    storage: impl Fn(&Heard, usize) -> Reply + Send + Sync + 'static,
    create: impl Fn(&Heard) -> Reply + Send + Sync + 'static,
) -> Server {
    let puts = AtomicUsize::new(0);
    let made = AtomicBool::new(false);
    Server::start(move |heard| match (heard.method.as_str(), heard.path()) {
        ("POST", "/api/v1/assets/upload-url") => answer(
            200,
            json!({
                "success": true, "key": format!("k{}", puts.fetch_add(1, Ordering::Relaxed)), "expiresIn": 60,
                "uploadUrl": format!("http://{}/put?signature=1", heard.header("host").unwrap()),
            }),
        ),
        ("PUT", "/put") => storage(heard, puts.load(Ordering::Relaxed)),
        ("POST", "/api/v1/assets") => {
            made.store(true, Ordering::Relaxed);
            create(heard)
        }
        ("GET", _) if made.load(Ordering::Relaxed) => {
            answer(200, json!([asset("1", "k1", Some(SITE))]))
        }
        ("GET", _) => answer(200, json!([])),
        _ => answer(500, json!({})),
    })
}

/// The record that was asked for.
fn created(heard: &Heard) -> Reply {
    let key = heard.json()["s3Key"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    answer(
        200,
        json!({ "success": true, "asset": asset("1", &key, Some(SITE)) }),
    )
}

#[tokio::test]
async fn an_upload_sends_what_the_contract_says() {
    let server = service(|_, _| reply(200, "", ""), created);
    let file = TestFile::new("a.pdf", &vec![1; 200_000]);
    let mut request = request(&file, site(), "application/pdf");
    Arc::make_mut(&mut request.metadata).image_type = Some("hero".to_owned());
    Arc::make_mut(&mut request.metadata).alt_text = Some("Alt".to_owned());
    let watch = Noted::default();
    let asset = adapter(&server).upload(&request, &watch).await.unwrap();
    assert_eq!(asset.key.as_str(), "1");
    assert_eq!(
        watch.names(),
        [Step::AskLink, Step::Send, Step::Record, Step::Texts]
    );
    // The texts failed (500); the asset stays, and somebody is told.
    assert_eq!(watch.warnings.lock().unwrap().len(), 1);
    let mut heard = server.heard();
    assert_eq!(heard.remove(0).method, "GET", "is the name taken?");
    let sizes = [&heard[0], &heard[2]].map(|call| call.json()["size"].as_u64());
    assert_eq!(sizes, [Some(200_000); 2]);
    assert_eq!(heard[0].json()["assetType"], "content-document");
    assert_eq!(heard[2].json()["imageType"], "hero");
    assert_eq!(heard[2].json()["websiteId"], SITE);
    assert_eq!(heard[3].json(), json!({ "altText": "Alt" }));
    assert_eq!(heard[1].header("content-type"), Some("application/pdf"));
    assert_eq!(heard[1].header("content-length"), Some("200000"));
    assert!(
        !format!("{:?}", heard[1].headers).contains(CANARY),
        "no key for the storage"
    );
}

#[tokio::test]
async fn a_name_that_is_taken_is_found_before_a_byte_is_sent() {
    let server = service(|_, _| reply(200, "", ""), created);
    let file = TestFile::new("a.png", &[1; 10]);
    let request = request(&file, site(), "image/png");
    let adapter = adapter(&server);
    let watch = Noted::default();
    // Of two that begin together one goes, and a third finds what the first has made.
    let both = tokio::join!(
        adapter.upload(&request, &watch),
        adapter.upload(&request, &watch)
    );
    let refused = match both {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused.kind, ApiErrorKind::Conflict);
    let later = adapter.upload(&request, &watch).await.unwrap_err();
    assert_eq!(later.kind, ApiErrorKind::Conflict);
    let posts = || {
        let heard = server.heard();
        let made = |heard: &&Heard| heard.method == "POST" && heard.path() == "/api/v1/assets";
        heard.iter().filter(made).count()
    };
    assert_eq!(posts(), 1);
    // Another process asks the service itself.
    let other = super::tests::adapter(&server);
    let late = other.upload(&request, &watch).await.unwrap_err();
    assert_eq!(late.kind, ApiErrorKind::Conflict);
    assert_eq!(posts(), 1);
    let beside = UploadRequest {
        beside: true,
        ..request
    };
    other.upload(&beside, &watch).await.unwrap();
    assert_eq!(posts(), 2);
}

#[tokio::test]
async fn a_link_that_ran_out_is_replaced_thrice_at_most() {
    let expired = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    for good in [2, 3, 9] {
        let server = service(
            move |_, link| reply(if link >= good { 200 } else { 403 }, "", expired),
            created,
        );
        let file = TestFile::new("a.png", &[1; 10]);
        let watch = Noted::default();
        let done = adapter(&server)
            .upload(&request(&file, site(), "image/png"), &watch)
            .await;
        let puts = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "PUT")
            .count();
        if good <= 3 {
            assert_eq!(done.unwrap().stored_as, Some(format!("k{}", good - 1)));
            assert_eq!(puts, good);
        } else {
            let error = done.unwrap_err();
            assert_eq!(puts, 3);
            assert!(error.message.contains("Request has expired"), "{error}");
            assert!(!error.is_refusal() && !error.in_doubt(), "{error:?}");
            assert!(!watch.names().contains(&Step::Record));
        }
    }
}

#[tokio::test]
async fn without_a_stored_file_nothing_is_recorded() {
    let file = TestFile::new("a.png", &[1; 10]);
    for link in [
        "http://storage.example.net/put",
        "https://169.254.169.254/put",
        "file:///etc/passwd",
        "https://u:p@storage.example.net/",
        "",
    ] {
        let server = Server::start(move |heard| match heard.method.as_str() {
            "GET" => answer(200, json!([])),
            _ => answer(
                200,
                json!({ "success": true, "key": "k", "expiresIn": 60, "uploadUrl": link }),
            ),
        });
        let watch = Noted::default();
        let done = adapter(&server)
            .upload(&request(&file, site(), "image/png"), &watch)
            .await;
        assert!(!done.unwrap_err().in_doubt());
        assert_eq!(server.heard().len(), 2, "{link}");
    }
    for status in [307, 400, 411, 500, 501] {
        let server = service(
            move |_, _| reply(status, "location: http://127.0.0.1:1/\r\n", "<html>"),
            created,
        );
        let watch = Noted::default();
        let done = adapter(&server)
            .upload(&request(&file, site(), "image/png"), &watch)
            .await;
        assert!(!done.unwrap_err().in_doubt());
        assert!(
            server
                .heard()
                .iter()
                .all(|heard| heard.method == "GET" || heard.path() != "/api/v1/assets")
        );
    }
}

#[tokio::test]
async fn a_lost_answer_to_creating_is_in_doubt_and_found_by_its_key() {
    let answers: [fn(&Heard) -> Reply; 7] = [
        |_| Reply::Bytes(Vec::new()),
        |_| Reply::Stall(Vec::new()),
        |_| {
            Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"success\":true".to_vec())
        },
        |_| reply(502, "", "<html>bad gateway"),
        |_| reply(504, "", ""),
        |_| answer(200, json!({ "success": true })),
        |_| {
            answer(
                200,
                json!({ "success": true, "asset": asset("9", "not-ours", None) }),
            )
        },
    ];
    for lost in answers {
        let server = service(|_, _| reply(200, "", ""), lost);
        let file = TestFile::new("a.png", &[1; 10]);
        let request = request(&file, site(), "image/png");
        let watch = Noted::default();
        let adapter = adapter_with(&server, hasty());
        let error = adapter.upload(&request, &watch).await.unwrap_err();
        assert!(error.in_doubt(), "{error:?}");
        let creates = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "POST" && heard.path() == "/api/v1/assets")
            .count();
        assert_eq!(creates, 1);
        let (_, key) = watch.steps.lock().unwrap().last().unwrap().clone();
        let sought = |storage_key: &str| Sought {
            request: Arc::new(request.clone()),
            receipt: Some(Receipt {
                storage_key: storage_key.to_owned(),
            }),
        };
        let both = [sought(&key.unwrap()), sought("k1")];
        let found = adapter.find_uploads(&both).await;
        let there: Vec<bool> = found
            .into_iter()
            .map(|it| it.unwrap().asset.is_some())
            .collect();
        assert_eq!(there, [false, true], "the list has k1 only, however alike");
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_before_a_byte() {
    let server = Server::start(|_| answer(500, json!({})));
    let adapter = adapter(&server);
    let file = TestFile::new("a.png", &[1; 10]);
    let good = request(&file, site(), "image/png");
    let with = |change: fn(&mut UploadRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let bad = [
        with(|request| request.content_type = "image/webp".into()),
        with(|request| request.content_type = "image/jpg".into()),
        with(|request| request.stamp.size = 0),
        with(|request| request.stamp.size = 20_971_521),
        with(|request| request.asset_type = Some("movie".into())),
        with(|request| Arc::make_mut(&mut request.metadata).image_type = Some("poster".into())),
        with(|request| Arc::make_mut(&mut request.metadata).alt_text = Some("😀".repeat(101))),
        with(|request| Arc::make_mut(&mut request.metadata).description = Some("x".repeat(501))),
        with(|request| Arc::make_mut(&mut request.metadata).tags = Some(vec!["x".into(); 21])),
        with(|request| Arc::make_mut(&mut request.metadata).tags = Some(vec!["x".repeat(51)])),
        with(|request| request.locale = crate::domain::Locale::new("de")),
        with(|request| request.scope = AssetScope::Container(ContainerId::new("shop").unwrap())),
    ];
    for request in bad {
        let error = adapter
            .upload(&request, &Noted::default())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Invalid);
        assert!(!error.message.contains('\n'));
    }
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn texts_are_changed_only_on_what_was_seen() {
    let (_demo, provider) = demo(Options::default(), "acme-web").await;
    let containers = read(provider.containers(None).await.unwrap());
    let scope = AssetScope::Container(containers[0].id.clone());
    let asset = read(provider.assets(&scope, None).await.unwrap()).remove(0);
    let change = Metadata {
        alt_text: Some("Neu".to_owned()),
        tags: Some(vec!["a".to_owned(), "b".to_owned()]),
        ..Metadata::default()
    };
    let changed = provider.update(&asset, &change).await.unwrap();
    assert_eq!(changed.alt_text.as_deref(), Some("Neu"));
    assert_eq!(changed.tags, ["a", "b"]);
    assert_eq!(changed.description, asset.description, "left alone");
    let stale = Asset {
        modified: Some("2001-01-01T00:00:00Z".to_owned()),
        ..changed.clone()
    };
    let error = provider.update(&stale, &change).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Conflict);
    let empty = Metadata {
        alt_text: Some(String::new()),
        tags: Some(Vec::new()),
        ..Metadata::default()
    };
    let emptied = provider.update(&changed, &empty).await.unwrap();
    assert_eq!((emptied.alt_text, emptied.tags.len()), (None, 0));
}

#[tokio::test]
async fn a_delete_is_done_when_the_list_says_so() {
    // The answer to DELETE, is it gone afterwards, is that a success.
    type Case = (fn() -> Reply, bool, bool);
    let cases: [Case; 6] = [
        (|| reply(204, "", ""), true, true),
        (|| answer(200, json!({ "success": true })), true, true),
        (|| answer(404, json!({ "error": "not_found" })), true, true),
        (|| Reply::Bytes(Vec::new()), true, true),
        (|| Reply::Bytes(Vec::new()), false, false),
        (|| reply(204, "", ""), false, false),
    ];
    for (sent, gone, good) in cases {
        let was_sent = std::sync::atomic::AtomicBool::new(false);
        let server = Server::start(move |heard| match heard.method.as_str() {
            "DELETE" => {
                was_sent.store(true, Ordering::Relaxed);
                sent()
            }
            _ if gone && was_sent.load(Ordering::Relaxed) => answer(200, json!([])),
            _ => answer(200, json!([asset("1", "k", Some(SITE))])),
        });
        let adapter = adapter(&server);
        let listed = read(adapter.assets(&site(), None).await.unwrap()).remove(0);
        assert_eq!(adapter.delete(&listed).await.is_ok(), good);
        let deletes = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "DELETE")
            .count();
        assert_eq!(deletes, 1);
        let renamed = Asset {
            name: "other.png".to_owned(),
            ..listed
        };
        if !gone {
            assert_eq!(
                adapter.delete(&renamed).await.unwrap_err().kind,
                ApiErrorKind::Conflict
            );
        }
    }
}
