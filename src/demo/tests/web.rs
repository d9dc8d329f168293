//! The websites' service and the storage: upload from the first call to the record, and refusals.

use serde_json::{Value, json};

use super::{Demo, broken_off, cut, demo, raw, send, web, web_as};
use crate::demo::sign::sha256_hex;
use crate::demo::{ListShape, Options, serve};

const BYTES: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

async fn address(demo: &Demo, kind: &str, size: usize) -> Value {
    let body = json!({"filename": "spring hero ü.png", "contentType": kind, "size": size});
    let answer = web(demo, "POST", "assets/upload-url", Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn code(text: &str) -> String {
    let text = text.split("<Code>").nth(1).unwrap_or("none");
    text.split("</Code>").next().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn an_upload_goes_from_address_to_record_and_away_again() {
    let demo = demo().await;
    let link = address(&demo, "image/png", BYTES.len()).await;
    assert_eq!(link["expiresIn"], 900);
    let key = link["key"].as_str().unwrap();
    let record = json!({
        "filename": "spring hero ü.png", "s3Key": key, "contentType": "image/png",
        "size": BYTES.len(), "imageType": "hero",
    });
    let early = web(&demo, "POST", "assets", Some(record.clone())).await;
    assert_eq!(early.status, 422, "nothing is there yet");
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    assert_eq!(origin, demo.storage_url());
    let put = send(
        &origin,
        "PUT",
        &target,
        &[("content-type", "image/png")],
        BYTES,
    )
    .await;
    assert_eq!(put.status, 200, "{}", put.text());
    assert!(put.header("etag").is_some());
    for (field, value) in [("size", json!(3)), ("contentType", json!("image/jpeg"))] {
        let mut wrong = record.clone();
        wrong[field] = value;
        assert_eq!(
            web(&demo, "POST", "assets", Some(wrong)).await.status,
            422,
            "{field}"
        );
    }
    let mut wrong = record.clone();
    wrong["s3Key"] = "uploads/never/issued.png".into();
    assert_eq!(web(&demo, "POST", "assets", Some(wrong)).await.status, 404);
    let made = web(&demo, "POST", "assets", Some(record)).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let asset = made.json()["asset"].clone();
    let id = asset["id"].as_str().unwrap();
    let first = web(&demo, "GET", "assets", None).await.json()["assets"][0].clone();
    assert_eq!(first, asset, "the newest comes first");
    let state = demo.state();
    let stored = state["segmentflow"]["assets"].as_array().unwrap();
    let stored = stored.iter().find(|stored| stored["id"] == id).unwrap();
    assert_eq!(stored["sha256"], sha256_hex(BYTES));
    let (origin, path) = cut(asset["url"].as_str().unwrap());
    let seen = send(&origin, "GET", &path, &[], b"").await;
    assert_eq!((seen.status, seen.body.as_slice()), (200, BYTES));
    assert_eq!(seen.header("content-type").as_deref(), Some("image/png"));

    let texts = json!({"description": "x", "altText": "ü", "tags": ["a", "b"], "imageType": null});
    let changed = web(&demo, "PATCH", &format!("assets/{id}"), Some(texts))
        .await
        .json();
    assert_eq!(changed["asset"]["tags"], json!(["a", "b"]));
    assert_eq!(changed["asset"]["imageType"], Value::Null);
    let next = json!({"description": null, "tags": []});
    let changed = web(&demo, "PATCH", &format!("assets/{id}"), Some(next))
        .await
        .json();
    assert_eq!(changed["asset"]["altText"], "ü", "what is left out stays");
    assert_eq!(changed["asset"]["description"], Value::Null);
    assert_eq!(changed["asset"]["tags"], json!([]));
    let path_of = format!("assets/{id}");
    assert_eq!(web(&demo, "DELETE", &path_of, None).await.status, 204);
    assert_eq!(web(&demo, "DELETE", &path_of, None).await.status, 404);
    assert_eq!(send(&origin, "GET", &path, &[], b"").await.status, 404);
}

#[tokio::test]
async fn the_storage_refuses_what_s3_refuses() {
    let demo = demo().await;
    let link = address(&demo, "image/png", BYTES.len()).await;
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    let host = origin.strip_prefix("http://").unwrap();
    let kind = ("content-type", "image/png");
    let cases: Vec<(u16, &str, super::Answer)> = vec![
        (403, "SignatureDoesNotMatch", send(&origin, "PUT", &target, &[("content-type", "image/jpeg")], BYTES).await),
        (403, "SignatureDoesNotMatch", send(&origin, "PUT", &target, &[], BYTES).await),
        (403, "SignatureDoesNotMatch", send(&origin, "PUT", &target, &[kind], b"other length").await),
        (403, "SignatureDoesNotMatch", send(&origin, "PUT", &target.replace("spring", "winter"), &[kind], BYTES).await),
        (403, "AccessDenied", send(&origin, "PUT", target.split('?').next().unwrap(), &[kind], BYTES).await),
        (400, "InvalidArgument", send(&origin, "PUT", &target, &[kind, ("authorization", "Bearer x")], BYTES).await),
        (400, "InvalidArgument", send(&origin, "PUT", &target, &[kind, ("x-api-key", "sk_live_x")], BYTES).await),
        (405, "MethodNotAllowed", send(&origin, "POST", &target, &[kind], BYTES).await),
        (404, "NoSuchBucket", send(&origin, "PUT", "/other/key", &[kind], BYTES).await),
        (404, "NoSuchKey", send(&origin, "GET", "/acme-assets/none", &[], b"").await),
        (501, "NotImplemented", raw(&origin, format!("PUT {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").as_bytes()).await),
        (411, "MissingContentLength", raw(&origin, format!("PUT {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: image/png\r\n\r\n").as_bytes()).await),
        (400, "IncompleteBody", broken_off(&origin, format!("PUT {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: image/png\r\ncontent-length: {}\r\n\r\nabc", BYTES.len()).as_bytes()).await),
    ];
    for (n, (status, wanted, answer)) in cases.iter().enumerate() {
        assert_eq!(
            (answer.status, code(&answer.text()).as_str()),
            (*status, *wanted),
            "case {n}"
        );
        assert_eq!(
            answer.header("content-type").as_deref(),
            Some("application/xml")
        );
    }
    assert_eq!(
        demo.state()["storage"]["counts"]["objects"],
        0,
        "nothing was stored"
    );
    let good = send(&origin, "PUT", &target, &[kind], BYTES).await;
    assert_eq!(
        good.status,
        200,
        "the address itself is sound: {}",
        good.text()
    );
}

#[tokio::test]
async fn an_address_runs_out() {
    let options = Options {
        link_lifetime: std::time::Duration::ZERO,
        ..Options::default()
    };
    let demo = serve(options).await.unwrap();
    let link = address(&demo, "image/png", BYTES.len()).await;
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    let late = send(
        &origin,
        "PUT",
        &target,
        &[("content-type", "image/png")],
        BYTES,
    )
    .await;
    assert_eq!(
        (late.status, code(&late.text()).as_str()),
        (403, "AccessDenied")
    );
    assert!(late.text().contains("Request has expired"));
}

#[tokio::test]
async fn bad_requests_are_refused_in_the_one_shape() {
    let demo = demo().await;
    let sound = json!({"filename": "a.png", "contentType": "image/png", "size": 5});
    let with = |field: &str, value: Value| {
        let mut body = sound.clone();
        body[field] = value;
        body
    };
    for body in [
        with("contentType", json!("image/gif")),
        with("contentType", json!("image/jpg")),
        with("size", json!(20_971_521)),
        with("size", json!(-1)),
        with("size", json!(1.5)),
        with("size", json!("5")),
        with("filename", json!("")),
        with("filename", Value::Null),
        with("assetType", json!("picture")),
        with("websiteId", json!("not-a-uuid")),
        with("websiteId", json!("3c90c3cc-0d44-4b50-8888-8dd25736052a")),
    ] {
        let answer = web(&demo, "POST", "assets/upload-url", Some(body.clone())).await;
        assert_eq!(
            (answer.status, answer.json()["error"].clone()),
            (422, json!("validation_failed")),
            "{body}"
        );
    }
    for size in [0, 20_971_520] {
        let answer = web(
            &demo,
            "POST",
            "assets/upload-url",
            Some(with("size", json!(size))),
        )
        .await;
        assert_eq!(answer.status, 200);
    }
    let id = demo.state()["segmentflow"]["assets"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for body in [
        json!({"description": "x".repeat(501)}),
        json!({"altText": "🎉".repeat(101)}),
        json!({"tags": null}),
        json!({"tags": vec!["a"; 21]}),
        json!({"tags": ["x".repeat(51)]}),
        json!({"imageType": "banner"}),
    ] {
        let answer = web(&demo, "PATCH", &format!("assets/{id}"), Some(body.clone())).await;
        assert_eq!(answer.status, 422, "{body}");
    }
    let fits = json!({"description": "x".repeat(500), "altText": "🎉".repeat(100)});
    assert_eq!(
        web(&demo, "PATCH", &format!("assets/{id}"), Some(fits))
            .await
            .status,
        200
    );
    assert_eq!(
        web(&demo, "PATCH", "assets/17", Some(json!({})))
            .await
            .status,
        400
    );
    let nil = "assets/00000000-0000-0000-0000-000000000000";
    assert_eq!(web(&demo, "PATCH", nil, Some(json!({}))).await.status, 404);
    assert_eq!(
        web(&demo, "PATCH", &format!("assets/{id}"), None)
            .await
            .status,
        400
    );
    assert_eq!(web(&demo, "GET", "assets?limit=0", None).await.status, 400);
    assert_eq!(web(&demo, "GET", "assets?cursor=x", None).await.status, 400);
    assert_eq!(
        web(&demo, "GET", "templates?status=Gone", None)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn keys_and_scopes_are_held() {
    let demo = demo().await;
    let none = send(demo.segmentflow_url(), "GET", "/api/v1/assets", &[], b"").await;
    assert_eq!(
        (none.status, none.json()["error"].clone()),
        (401, json!("unauthorized"))
    );
    let wrong = send(
        demo.segmentflow_url(),
        "GET",
        "/api/v1/assets",
        &[("x-api-key", "sk_live_no")],
        b"",
    )
    .await;
    assert_eq!(wrong.status, 401);
    for (method, path, scope) in [
        ("GET", "assets", "assets:read"),
        ("POST", "assets/upload-url", "assets:write"),
        ("GET", "templates", "templates:read"),
    ] {
        let answer = web_as(&demo, "guest-web", method, path, None).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.json()["error"], "insufficient_scope");
        assert_eq!(answer.json()["required"], json!([scope]));
    }
}

#[tokio::test]
async fn both_forms_of_the_list_hold_the_same_assets() {
    let paged = demo().await;
    let ids_of = |page: &Value| -> Vec<Value> {
        page["assets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|asset| asset["id"].clone())
            .collect()
    };
    let first = web(&paged, "GET", "assets", None).await.json();
    assert_eq!(
        (first["total"].clone(), ids_of(&first).len()),
        (json!(120), 100)
    );
    // What is deleted between two pages must neither repeat nor skip another.
    let gone = format!("assets/{}", ids_of(&first)[0].as_str().unwrap());
    assert_eq!(web(&paged, "DELETE", &gone, None).await.status, 204);
    let next = format!("assets?cursor={}", first["nextCursor"].as_str().unwrap());
    let second = web(&paged, "GET", &next, None).await.json();
    assert_eq!(
        (second["total"].clone(), ids_of(&second).len()),
        (json!(119), 20)
    );
    assert_eq!(second["nextCursor"], Value::Null);
    let ids = [ids_of(&first), ids_of(&second)].concat();
    let bare = serve(Options {
        list_shape: ListShape::Array,
        ..Options::default()
    })
    .await
    .unwrap();
    let all = web(&bare, "GET", "assets", None).await.json();
    let all: Vec<Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| asset["id"].clone())
        .collect();
    assert_eq!(all, ids);
}

#[tokio::test]
async fn one_website_is_known_from_a_template_only_and_templates_use_assets() {
    let demo = demo().await;
    let templates = web(&demo, "GET", "templates", None).await.json();
    let names = |rows: &Value| -> Vec<Value> {
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["website"]["name"].clone())
            .collect()
    };
    assert!(names(&templates).contains(&json!("Press room")));
    let state = demo.state();
    assert!(!names(&state["segmentflow"]["assets"]).contains(&json!("Press room")));
    let archived = web(
        &demo,
        "GET",
        "templates?status=Archived&status=Active",
        None,
    )
    .await
    .json();
    assert_eq!(
        archived.as_array().unwrap().len(),
        templates.as_array().unwrap().len()
    );
    let path = format!("templates/{}", templates[0]["id"].as_str().unwrap());
    let one = web(&demo, "GET", &path, None).await.json();
    let url = one["definition"]["body"]["elements"]["image-0"]["data"]["props"]["url"].clone();
    let assets = state["segmentflow"]["assets"].as_array().unwrap();
    assert!(assets.iter().any(|asset| asset["url"] == url), "{url}");
}
