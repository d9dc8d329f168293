//! The judge of exchanges is judged: sound exchanges pass, and each planted fault is found.

use serde_json::{Value, json};

use crate::support::contract::{Contracts, Exchange, Origin, Scope};

const WEBSITE: &str = "6f1f8a52-6c55-4c0e-9a7e-0f0f5f3b9a10";

fn exchange(origin: Origin, method: &str, path: &str) -> Exchange {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let request_headers = match origin {
        Origin::SegmentFlow => vec![("x-api-key".into(), "sk".into())],
        Origin::Wordbee => vec![
            ("x-auth-token".into(), "t".into()),
            ("x-auth-accountid".into(), "demo".into()),
        ],
        Origin::Storage => Vec::new(),
    };
    Exchange {
        origin,
        method: method.into(),
        path: path.into(),
        query: query.into(),
        request_headers,
        request_body: Vec::new(),
        status: 200,
        response_headers: Vec::new(),
        response_body: Vec::new(),
    }
}

fn sends(mut exchange: Exchange, body: &Value) -> Exchange {
    exchange
        .request_headers
        .push(("content-type".into(), "application/json".into()));
    exchange.request_body = body.to_string().into_bytes();
    exchange
}

fn answers(mut exchange: Exchange, status: u16, body: &Value) -> Exchange {
    exchange.status = status;
    exchange
        .response_headers
        .push(("content-type".into(), "application/json".into()));
    exchange.response_body = body.to_string().into_bytes();
    exchange
}

fn asset() -> Value {
    json!({
        "id": WEBSITE, "organizationId": WEBSITE, "assetType": "content-image",
        "filename": "a.png", "s3Key": "k/1", "contentType": "image/png", "size": 5,
        "url": "https://cdn.example/a.png", "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
    })
}

fn upload_request() -> Value {
    json!({"filename": "a.png", "contentType": "image/png", "size": 5})
}

/// A whole upload: ask, put, create.
fn upload() -> Vec<Exchange> {
    let asked = answers(
        sends(
            exchange(Origin::SegmentFlow, "POST", "/api/v1/assets/upload-url"),
            &upload_request(),
        ),
        200,
        &json!({
            "success": true, "uploadUrl": "http://127.0.0.1:1/b/k/1?X-Amz-Signature=s",
            "key": "k/1", "expiresIn": 900,
        }),
    );
    let mut put = exchange(Origin::Storage, "PUT", "/b/k/1?X-Amz-Signature=s");
    put.request_headers = vec![
        ("content-type".into(), "image/png".into()),
        ("content-length".into(), "5".into()),
    ];
    put.request_body = b"bytes".to_vec();
    let created = answers(
        sends(
            exchange(Origin::SegmentFlow, "POST", "/api/v1/assets"),
            &json!({"filename": "a.png", "s3Key": "k/1", "contentType": "image/png", "size": 5}),
        ),
        200,
        &json!({"success": true, "asset": asset()}),
    );
    vec![asked, put, created]
}

fn media_upload(body: &str) -> Exchange {
    let call = exchange(Origin::Wordbee, "POST", "/api/media/upload?filename=a.png");
    let mut call = answers(
        call,
        200,
        &json!({"result": {"token": "f00", "name": "a.png"}}),
    );
    call.request_headers.push((
        "content-type".into(),
        "multipart/form-data; boundary=B".into(),
    ));
    call.request_body = body.as_bytes().to_vec();
    call
}

const PART: &str = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
                    Content-Type: image/png\r\n\r\nbytes\r\n--B--\r\n";

fn flex_asset() -> Value {
    json!({"documentId": "20417", "segmentId": 27_667_833, "fileName": "a.png",
           "fileSizeInBytes": 5, "locale": null, "relativePath": "a\\b"})
}

fn attach(body: &Value) -> Vec<Exchange> {
    let path = "/api/apps/wbflex/documents/20417/assets/27667833";
    let call = answers(
        sends(exchange(Origin::Wordbee, "POST", path), body),
        200,
        &flex_asset(),
    );
    vec![media_upload(PART), call]
}

fn violations(exchanges: &[Exchange]) -> Vec<String> {
    Contracts::load().violations(exchanges, Scope::Both)
}

#[test]
fn sound_exchanges_pass() {
    let sign_in = {
        let mut call = sends(
            exchange(Origin::Wordbee, "POST", "/api/auth/token"),
            &json!({"accountid": "demo", "key": "k"}),
        );
        call.request_headers
            .retain(|(name, _)| !name.starts_with("x-auth"));
        answers(call, 200, &json!("token"))
    };
    let mut sound = upload();
    sound.extend(attach(
        &json!({"filetoken": "f00", "locale": "de", "relativePath": "a/b"}),
    ));
    sound.push(sign_in);
    sound.push(answers(
        exchange(Origin::SegmentFlow, "GET", "/api/v1/assets"),
        200,
        &json!({"assets": [asset()], "nextCursor": "c2"}),
    ));
    sound.push(answers(
        exchange(Origin::SegmentFlow, "GET", "/api/v1/assets?cursor=c2"),
        200,
        &json!([asset()]),
    ));
    sound.push(answers(
        exchange(
            Origin::Wordbee,
            "GET",
            "/api/apps/wbflex/documents/c512/assets/list?segmentIds=1%2C2",
        ),
        200,
        &json!([flex_asset()]),
    ));
    let mut deleted = exchange(
        Origin::SegmentFlow,
        "DELETE",
        &format!("/api/v1/assets/{WEBSITE}"),
    );
    deleted.status = 204;
    sound.push(deleted);
    assert_eq!(violations(&sound), Vec::<String>::new());
}

/// Plants one fault and holds that it, and only its kind, is named.
#[track_caller]
fn found(exchanges: &[Exchange], words: &str) {
    let problems = violations(exchanges);
    assert!(
        problems.iter().any(|problem| problem.contains(words)),
        "expected a violation with {words:?}, got {problems:#?}"
    );
}

#[test]
fn a_wrong_request_is_found() {
    let ask = |body: Value| {
        let mut calls = upload();
        calls[0].request_body = body.to_string().into_bytes();
        calls
    };
    let mut extra = upload_request();
    extra["fileName"] = json!("a.png");
    found(&ask(extra), "fileName");
    let mut text_size = upload_request();
    text_size["size"] = json!("5");
    found(&ask(text_size), "request /size");
    let mut too_big = upload_request();
    too_big["size"] = json!(20_971_521);
    found(&ask(too_big), "request /size");
    found(&ask(json!({"filename": "a.png", "size": 5})), "contentType");
    found(
        &attach(&json!({"filetoken": "f00", "relativepath": "a"})),
        "relativepath",
    );
    found(
        &attach(&json!({"filetoken": "f00", "relativePath": "a/../b"})),
        "clean folder",
    );
    found(&attach(&json!({"filetoken": "other"})), "never handed out");
}

#[test]
fn a_wrong_address_is_found() {
    let get = |path: &str| {
        let call = exchange(Origin::SegmentFlow, "GET", path);
        answers(call, 200, &json!([asset()]))
    };
    found(&[get("/api/v1/asset")], "no such method and path");
    found(&[get("/api/v1/assets?limit=10")], "limit is not to be sent");
    found(
        &[get("/api/v1/assets?page=2")],
        "page is not in the contract",
    );
    found(&[get("/api/v1/assets?cursor=invented")], "never given back");
    found(
        &[exchange(Origin::SegmentFlow, "DELETE", "/api/v1/assets/17")],
        "id ",
    );
    let flex = |method: &str, path: &str| {
        exchange(
            Origin::Wordbee,
            method,
            &format!("/api/apps/wbflex/documents/1/assets/{path}"),
        )
    };
    found(&[flex("GET", "x/list")], "segmentid ");
    found(&[flex("GET", "list?segmentIds=1,x")], "segmentIds ");
    found(
        &[flex(
            "GET",
            &format!("list?segmentIds={}", "1,".repeat(1000)),
        )],
        "longer than",
    );
    found(&[flex("GET", "5")], "filename is missing");
    found(&[flex("DELETE", "5?locale=de")], "wipes the whole segment");
    found(&[flex("DELETE", "5?filename=")], "filename ");
}

#[test]
fn a_wrong_header_is_found() {
    let mut no_key = upload();
    no_key[0]
        .request_headers
        .retain(|(name, _)| name != "x-api-key");
    found(&no_key, "x-api-key is sent 0 times");
    let mut no_account = attach(&json!({"filetoken": "f00"}));
    no_account[1]
        .request_headers
        .retain(|(name, _)| name != "x-auth-accountid");
    found(&no_account, "X-Auth-AccountId is sent 0 times");
    let token = sends(
        exchange(Origin::Wordbee, "POST", "/api/auth/token"),
        &json!({"accountid": "demo", "key": "k"}),
    );
    found(
        &[answers(token, 200, &json!("t"))],
        "must not be sent with this call",
    );
    let mut foreign = attach(&json!({"filetoken": "f00"}));
    foreign[1]
        .request_headers
        .push(("x-api-key".into(), "sk".into()));
    found(&foreign, "x-api-key must not be sent here");
    let mut referred = upload();
    referred[0]
        .request_headers
        .push(("referer".into(), "http://x/".into()));
    found(&referred, "referer");
}

#[test]
fn a_wrong_upload_step_is_found() {
    let put = |change: fn(&mut Exchange)| {
        let mut calls = upload();
        change(&mut calls[1]);
        calls
    };
    found(
        &put(|c| c.request_headers[0].1 = "image/jpeg".into()),
        "Content-Type is not",
    );
    found(
        &put(|c| c.request_headers[1].1 = "6".into()),
        "Content-Length is not",
    );
    found(
        &put(|c| c.request_headers.push(("X-Api-Key".into(), "sk".into()))),
        "x-api-key must not be sent here",
    );
    found(
        &put(|c| c.query = "X-Amz-Signature=other".into()),
        "never handed out",
    );
    found(
        &put(|c| c.request_body = b"byte".to_vec()),
        "4 bytes were stored",
    );
    found(
        &put(|c| {
            c.request_headers
                .push(("transfer-encoding".into(), "chunked".into()));
        }),
        "must not be chunked",
    );
    let mut other_key = upload();
    other_key[2].request_body =
        json!({"filename": "a.png", "s3Key": "k/2", "contentType": "image/png", "size": 5})
            .to_string()
            .into_bytes();
    found(&other_key, "never handed out");
    let mut other_size = upload();
    other_size[2].request_body =
        json!({"filename": "a.png", "s3Key": "k/1", "contentType": "image/png", "size": 6})
            .to_string()
            .into_bytes();
    found(&other_size, "differ from what was asked");
}

#[test]
fn a_wrong_multipart_is_found() {
    found(&[media_upload("bytes")], "does not open and close");
    found(
        &[media_upload(&PART.replace("\"file\"", "\"upload\""))],
        "not named file",
    );
    found(
        &[media_upload(&PART.replace("; filename=\"a.png\"", ""))],
        "no file name",
    );
    let two = PART.replace(
        "\r\n--B--",
        "\r\n--B\r\nContent-Disposition: form-data\r\n\r\n\r\n--B--",
    );
    found(&[media_upload(&two)], "more than one multipart part");
    let mut raw = media_upload(PART);
    raw.request_headers
        .retain(|(name, _)| name != "content-type");
    raw.request_headers
        .push(("content-type".into(), "image/png".into()));
    found(&[raw], "request Content-Type");
}

#[test]
fn a_wrong_answer_is_found() {
    let list = |status: u16, body: &Value| {
        [answers(
            exchange(Origin::SegmentFlow, "GET", "/api/v1/assets"),
            status,
            body,
        )]
    };
    let mut nameless = asset();
    nameless.as_object_mut().unwrap().remove("filename");
    found(&list(200, &json!({"assets": [nameless]})), "answer ");
    found(&list(201, &json!([])), "status is not in the contract");
    found(
        &list(403, &json!({"error": "insufficient_scope"})),
        "message",
    );
    let mut page = list(200, &json!([]));
    page[0].response_headers = vec![("content-type".into(), "text/html".into())];
    found(&page, "answer Content-Type");
    let mut cut = list(200, &json!([]));
    cut[0].response_body = b"[".to_vec();
    found(&cut, "no JSON");
    let requests_only = Contracts::load().violations(&cut, Scope::Requests);
    assert_eq!(requests_only, Vec::<String>::new());
}

#[test]
fn the_contract_reads_as_written() {
    // `no` is a property name in the contract, and a boolean to an older YAML.
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/contracts/wordbee-flex.openapi.yaml"
    ))
    .unwrap();
    let document: Value = serde_saphyr::from_str(&text).unwrap();
    let row = &document["components"]["schemas"]["SegmentRow"]["properties"];
    assert_eq!(row["no"]["type"], "string");
}
