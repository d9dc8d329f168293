//! What is SegmentFlow's own: two list shapes, websites from three sources, texts, deleting.

mod upload;

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
            let (mut keys, mut cursor) = (Vec::<AssetKey>::new(), None);
            loop {
                let page = provider.assets(&scope, cursor).await.unwrap();
                cursor = page.next.clone();
                keys.extend(read(page).into_iter().map(|asset| asset.key));
                if cursor.is_none() {
                    break;
                }
            }
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
async fn what_uses_assets_is_asked_for_with_what_is_put_away_and_none_is_left_out() {
    for whole in [true, false] {
        let server = Server::start(move |heard| match heard.path() {
            "/api/v1/templates" if heard.target.ends_with("?status=Archived") => {
                answer(200, json!([{ "id": "t1" }, { "id": "t3" }]))
            }
            "/api/v1/templates" if whole => answer(200, json!([{ "id": "t1" }, { "id": "t2" }])),
            "/api/v1/templates" => answer(200, json!([{ "id": "t1" }, { "name": "no id" }])),
            path => {
                assert_eq!(path, "/api/v1/templates/t2");
                answer(
                    200,
                    json!({ "id": "t2", "definition": { "x": ["a", { "u": "b" }], "n": 7 } }),
                )
            }
        });
        let adapter = adapter(&server);
        let uses = adapter.uses().await;
        if whole {
            assert_eq!(uses.unwrap(), ["t1", "t2", "t3"]);
            let mut texts = adapter.use_texts("t2").await.unwrap();
            texts.sort();
            assert_eq!(
                texts,
                ["7", "a", "b", "definition", "id", "n", "t2", "u", "x"]
            );
        } else {
            assert_eq!(uses.unwrap_err().kind, ApiErrorKind::Decode);
        }
    }
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
        let entries: Vec<_> = page.entries.into();
        let Entry::Unreadable(why) = &entries[1] else {
            panic!("{entries:?}");
        };
        assert!(why.reason.contains("`id`"), "{why:?}");
        let homeless = AssetScope::Container(ContainerId::new("-").unwrap());
        let page = adapter.assets(&homeless, None).await.unwrap();
        assert_eq!(
            page.entries.len(),
            3,
            "an entry that names no website is not lost"
        );
        let entries: Vec<_> = page.entries.into();
        assert!(entries[1].read().is_none());
        let odd = entries[2].read().unwrap();
        assert_eq!(
            (odd.name.as_str(), odd.size, odd.dimensions),
            ("2", None, None)
        );
        assert!(
            wire::details(odd)
                .iter()
                .any(|detail| detail.value == "new: true")
        );
    }
}

#[tokio::test]
async fn some_websites_are_told_before_the_last_page_of_assets_and_nothing_is_asked_twice() {
    let server = Server::start(|heard| match &*heard.target {
        "/api/v1/templates" => answer(
            200,
            json!([{ "id": 1, "websiteId": OTHER, "website": { "id": OTHER, "name": "blog" } }]),
        ),
        "/api/v1/assets" => answer(
            200,
            json!({ "assets": [asset("1", "k", Some(SITE)), asset("2", "l", None)], "nextCursor": "c" }),
        ),
        "/api/v1/assets?cursor=c" => answer(
            200,
            json!({ "assets": [asset("3", "m", Some(SITE)), asset("4", "n", Some("third"))] }),
        ),
        other => panic!("{other}"),
    });
    let adapter = adapter(&server);
    let seen = |containers: &[Container]| {
        let each = containers.iter().map(|one| {
            let assets = one.details.iter().find(|it| it.label == "Assets");
            (one.name.clone(), assets.map(|it| it.value.clone()))
        });
        each.collect::<Vec<_>>()
    };
    let first = adapter.first_containers().await.unwrap().unwrap();
    let named = |name: &str, assets: Option<&str>| (name.to_owned(), assets.map(str::to_owned));
    assert_eq!(
        seen(&first),
        [
            named("blog", None),
            named("Shop", None),
            named("No website", None)
        ]
    );
    assert_eq!(server.heard().len(), 2);
    let all = read(adapter.containers(None).await.unwrap());
    assert_eq!(
        seen(&all),
        [
            named("blog", Some("0")),
            named("Shop", Some("2")),
            named("Shop", Some("1")),
            named("No website", Some("1")),
        ]
    );
    assert_eq!(server.heard().len(), 3);
    // All of them are known now.
    assert!(adapter.first_containers().await.unwrap().is_none());
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn cursors_that_circle_end() {
    for circle in [1, 3] {
        let calls = AtomicUsize::new(0);
        let server = Server::start(move |heard| {
            if heard.path() == "/api/v1/templates" {
                return answer(200, json!([]));
            }
            let call = calls.fetch_add(1, Ordering::Relaxed);
            answer(
                200,
                json!({ "assets": [], "nextCursor": format!("c{}", call % circle) }),
            )
        });
        let error = adapter(&server).containers(None).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Limit);
        assert!(server.heard().len() <= 2 * circle + 2);
        assert!(
            !server.heard()[0].target.contains('?'),
            "no cursor is made up"
        );
    }
}

#[tokio::test]
async fn each_page_of_assets_is_an_answer_of_its_own() {
    let server = Server::start(move |heard| match heard.target.split_once('?') {
        None => answer(
            200,
            json!({ "assets": [asset("1", "k", None)], "nextCursor": "c1" }),
        ),
        Some((_, "cursor=c1")) => answer(
            200,
            json!({ "assets": [asset("2", "k", Some(SITE)), asset("3", "k", None)] }),
        ),
        Some(_) => answer(404, json!({ "error": "x", "message": "y" })),
    });
    let adapter = adapter(&server);
    let first = adapter.assets(&site(), None).await.unwrap();
    assert_eq!((first.entries.len(), first.total), (0, None));
    assert_eq!(server.heard().len(), 1, "the rest is not waited for");
    let last = adapter.assets(&site(), first.next).await.unwrap();
    assert_eq!((last.entries.len(), last.next), (1, None));
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
