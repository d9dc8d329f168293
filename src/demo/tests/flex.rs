//! The documents' service: sessions, lists, segments, and the assets' way in and out.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Session, demo, key, send};
use crate::demo::sign::sha256_hex;
use crate::demo::{Options, sample_files, serve};

const HERO: &str = "apps/wbflex/documents/19914/assets/27667833";

fn names(list: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    list.as_array()
        .unwrap()
        .iter()
        .map(|asset| {
            (
                text(&asset["locale"]),
                text(&asset["relativePath"]),
                text(&asset["fileName"]),
            )
        })
        .collect()
}

#[tokio::test]
async fn tokens_are_given_used_and_end() {
    let demo = demo().await;
    let json = [("content-type", "application/json")];
    for body in [
        json!({"accountid": "acme", "key": "wrong"}),
        json!({"accountid": "other", "key": key(&demo, "acme-loc")}),
        json!({}),
    ] {
        let body = body.to_string();
        let refused = send(
            demo.wordbee_url(),
            "POST",
            "/api/auth/token",
            &json,
            body.as_bytes(),
        )
        .await;
        assert_eq!(refused.status, 400);
        assert!(refused.json()["error"]["title"].is_string());
    }
    let session = Session::new(&demo, "acme-loc").await;
    assert_eq!(
        session.call("POST", "apps/wbflex/list", None).await.status,
        200
    );
    // Without the account, the refusal is the documented 400.
    let token = [("X-Auth-Token", session.token.as_str())];
    let lone = send(
        demo.wordbee_url(),
        "POST",
        "/api/apps/wbflex/list",
        &token,
        b"",
    )
    .await;
    assert_eq!(lone.status, 400);
    assert_eq!(lone.json()["error"]["title"], "Token invalid or expired.");
    assert!(
        lone.json()["reason"]
            .as_str()
            .unwrap()
            .starts_with("Not authenticated")
    );
    assert_eq!(session.call("DELETE", "auth/token", None).await.status, 200);
    assert_eq!(
        session.call("POST", "apps/wbflex/list", None).await.status,
        401
    );
    let state = demo.state();
    assert_eq!(state["wordbee"]["logins"], 1);
    assert_eq!(state["wordbee"]["refusedLogins"], 3);
    assert_eq!(state["wordbee"]["counts"]["liveTokens"], 0);
}

#[tokio::test]
async fn an_expired_token_is_refused_in_either_form() {
    for expired_as in [401, 400] {
        let token_lifetime = Some(Duration::ZERO);
        let demo = serve(Options {
            token_lifetime,
            expired_as,
            ..Options::default()
        })
        .await
        .unwrap();
        let session = Session::new(&demo, "acme-loc").await;
        let answer = session.call("POST", "apps/wbflex/list", None).await;
        assert_eq!(answer.status, expired_as);
        assert_eq!(answer.json()["error"]["title"], "Token invalid or expired.");
    }
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let expire = send(demo.wordbee_url(), "POST", "/__demo/expire", &[], b"").await;
    assert_eq!(expire.status, 204);
    assert_eq!(
        session.call("POST", "apps/wbflex/list", None).await.status,
        401
    );
}

#[tokio::test]
async fn an_allowance_ends_in_the_throttling_shape() {
    let demo = serve(Options {
        calls_per_hour: Some(2),
        ..Options::default()
    })
    .await
    .unwrap();
    let session = Session::new(&demo, "acme-loc").await;
    for status in [200, 200, 429] {
        let answer = session.call("POST", "apps/wbflex/list", None).await;
        assert_eq!(answer.status, status);
        if status == 429 {
            assert!(
                answer.json()["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("2 per hour")
            );
        }
    }
    Session::new(&demo, "acme-loc").await;
}

#[tokio::test]
async fn documents_are_paged_filtered_and_sorted() {
    let demo = serve(Options {
        documents: Some(40),
        ..Options::default()
    })
    .await
    .unwrap();
    let session = Session::new(&demo, "acme-loc").await;
    let list = async |body: Value| {
        let answer = session.call("POST", "apps/wbflex/list", Some(body)).await;
        (answer.status, answer.json())
    };
    let (_, page) = list(json!({})).await;
    assert_eq!(
        (page["total"].as_u64(), page["count"].as_u64()),
        (Some(40), Some(20))
    );
    let (_, rest) = list(json!({"take": 500, "skip": 38})).await;
    assert_eq!(rest["rows"].as_array().unwrap().len(), 2);
    let (_, found) = list(json!({"query": "{name}.Contains(\"mobile\")"})).await;
    assert_eq!(found["rows"][0]["id"], "19914");
    assert_eq!(found["total"], 1);
    let (_, sorted) = list(json!({"sort": [{"id": "segments", "asc": false}]})).await;
    assert_eq!(sorted["rows"][0]["segments"], 5_000);
    for wrong in [
        json!({"take": 501}),
        json!({"take": 0}),
        json!({"skip": -1}),
        json!({"query": "{a"}),
    ] {
        let (status, body) = list(wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}");
        assert!(body["error"]["title"].is_string());
    }
    let one = session
        .call("GET", "apps/wbflex/documents/19914", None)
        .await
        .json();
    assert_eq!(one["id"], 19_914);
    assert_eq!(one["trgs"].as_array().unwrap().len(), 5);
    assert!(
        session
            .call("GET", "apps/wbflex/documents/19914/short", None)
            .await
            .json()["files"]
            .is_null()
    );
    let locales = session
        .call("GET", "projects/700/locales", None)
        .await
        .json();
    assert_eq!(locales.as_array().unwrap().len(), 6);
    assert_eq!(
        session
            .call("GET", "apps/wbflex/documents/1", None)
            .await
            .status,
        400
    );
    let counts = session
        .call(
            "POST",
            "apps/wbflex/documents/20533/components",
            Some(json!({"component": {"mode": "Prefix", "value": "pages/cart/"}})),
        )
        .await
        .json();
    let all: u64 = counts
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["s"].as_u64().unwrap())
        .sum();
    assert!(all > 500 && all < 5_000, "{all}");
}

#[tokio::test]
async fn segments_come_by_search_and_by_pull_and_fit_together() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let scope = json!({"type": "DocumentSet", "dsid": 519_914});
    let found = session
        .call(
            "POST",
            "resources/segments/search",
            Some(json!({"scope": scope, "query": {"documents": [{"did": 19_914}]}})),
        )
        .await
        .json();
    let rows = found["result"]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &found["result"]["total"]), (14, &json!(14)));
    assert_eq!(rows[0]["sid"], 27_667_833);
    assert_eq!(
        (&rows[6]["bsid"], &rows[6]["bssid"], &rows[6]["no"]),
        (&json!(6), &json!(1), &json!("6.2"))
    );
    let pull = session
        .call(
            "POST",
            "apps/wbflex/documents/19914/contents/pull",
            Some(json!({})),
        )
        .await
        .json();
    assert_eq!(
        (&pull["trm"]["requestid"], &pull["trm"]["status"]),
        (&json!(0), &json!("Finished"))
    );
    let path = format!(
        "media/get/{}",
        pull["custom"]["filetoken"].as_str().unwrap()
    );
    let file = session.call("GET", &path, None).await.json();
    let pulled = file["segments"].as_array().unwrap();
    assert_eq!(pulled.len(), 13, "a split paragraph is one string");
    assert_eq!(pulled[0]["key"], "hero-banner");
    assert_eq!(pulled[1]["texts"]["de"]["v"], "Zur Kasse");
    assert!(pulled.iter().all(|segment| segment.get("sid").is_none()));
    let item = session
        .call(
            "POST",
            "resources/segments/search/item/27667834",
            Some(json!({"scope": scope})),
        )
        .await
        .json();
    assert_eq!(item["result"]["rows"][0]["bsid"], 2);
    let keyed = json!({"keys": ["HERO-BANNER"], "bsidMax": 5});
    let pull = session
        .call(
            "POST",
            "apps/wbflex/documents/19914/contents/pull",
            Some(keyed),
        )
        .await
        .json();
    assert_eq!(pull["custom"]["segments"], 1);
    let by_text = json!({"scope": scope, "query": {"languages": [{"locs": ["ja"], "text": {"value": "レジ", "mode": "Infix"}}]}});
    let found = session
        .call("POST", "resources/segments/search", Some(by_text))
        .await
        .json();
    assert_eq!(found["result"]["total"], 1);
    for wrong in [
        json!({}),
        json!({"scope": {"type": "Project"}}),
        json!({"scope": {"type": "Galaxy"}}),
        json!({"scope": {"type": "Project", "projectid": 1}}),
    ] {
        assert_eq!(
            session
                .call("POST", "resources/segments/search", Some(wrong))
                .await
                .status,
            400
        );
    }
}

#[tokio::test]
async fn a_large_pull_has_to_be_waited_for() {
    let demo = serve(Options::default()).await.unwrap();
    let session = Session::new(&demo, "acme-loc").await;
    let pull = session
        .call(
            "POST",
            "apps/wbflex/documents/20533/contents/pull",
            Some(json!({})),
        )
        .await
        .json();
    assert_eq!(pull["trm"]["status"], "Waiting");
    let path = format!("trm/status?requestid={}", pull["trm"]["requestid"]);
    let first = session.call("GET", &path, None).await.json();
    assert_eq!(
        (&first["trm"]["status"], &first["custom"]),
        (&json!("Executing"), &Value::Null)
    );
    let done = session.call("GET", &path, None).await.json();
    assert_eq!(done["trm"]["status"], "Finished");
    assert_eq!(
        demo.state()["wordbee"]["pollViolations"],
        2,
        "both came too early"
    );
    let path = format!(
        "media/get/{}",
        done["custom"]["filetoken"].as_str().unwrap()
    );
    let file = session.call("GET", &path, None).await;
    assert!(file.header("content-length").is_none(), "it streams");
    assert_eq!(file.json()["segments"].as_array().unwrap().len(), 5_000);
    assert_eq!(
        session
            .call("GET", "trm/status?requestid=77", None)
            .await
            .status,
        400
    );
    // Search steps by what it gets, whatever was asked for.
    let mut seen = 0;
    loop {
        let body =
            json!({"scope": {"type": "DocumentSet", "dsid": 520_533}, "skip": seen, "take": 3_000});
        let page = session
            .call("POST", "resources/segments/search", Some(body))
            .await
            .json();
        let rows = page["result"]["rows"].as_array().unwrap().len();
        assert!(rows <= 1_000);
        if rows == 0 {
            break;
        }
        seen += rows;
    }
    assert_eq!(seen, 5_000);
}

#[tokio::test]
async fn an_asset_goes_in_is_listed_comes_back_and_goes() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let (_, bytes) = sample_files()[0];
    let place = json!({"locale": "de", "relativePath": "/public//images/"});
    let made = session.attach(HERO, "neu.png", bytes, place).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let asset = made.json();
    assert_eq!(asset["relativePath"], "public\\images");
    assert_eq!(asset["fileSizeInBytes"], bytes.len());
    let date = asset["createdDate"].as_str().unwrap();
    assert_eq!(date.len(), "2026-11-22T01:02:03.1234567Z".len(), "{date}");
    let list = session
        .call("GET", &format!("{HERO}/list"), None)
        .await
        .json();
    assert!(list.as_array().unwrap().contains(&asset));
    let many = session
        .call(
            "GET",
            "apps/wbflex/documents/19914/assets/list?segmentIds=27667833%2C27667835,27667836",
            None,
        )
        .await
        .json();
    assert_eq!(
        many.as_array().unwrap().len(),
        6 + 3,
        "one of the three has none"
    );
    let state = demo.state();
    let stored = state["wordbee"]["assets"].as_array().unwrap();
    assert!(
        stored
            .iter()
            .any(|stored| stored["sha256"] == sha256_hex(bytes))
    );
    let target = format!("{HERO}?filename=neu.png&locale=de&relativePath=public%2Fimages");
    let back = session.call("GET", &target, None).await;
    assert_eq!((back.status, back.body.as_slice()), (200, bytes));
    assert_eq!(back.header("content-length"), Some(bytes.len().to_string()));
    assert_eq!(back.header("content-type").as_deref(), Some("image/png"));
    assert_eq!(
        back.header("cache-control").as_deref(),
        Some("max-age=2592000")
    );
    let other = format!("{HERO}?filename=neu.png&relativePath=public%2Fimages");
    assert_eq!(
        session.call("GET", &other, None).await.status,
        404,
        "another language"
    );
    assert_eq!(session.call("GET", HERO, None).await.status, 400, "no name");
    // Only the named one goes; what is not there is gone as well.
    assert_eq!(session.call("DELETE", &other, None).await.status, 200);
    assert_eq!(session.call("GET", &target, None).await.status, 200);
    let gone = session.call("DELETE", &target, None).await;
    assert_eq!((gone.status, gone.body.len()), (200, 0));
    assert_eq!(session.call("GET", &target, None).await.status, 404);
    let list = session
        .call("GET", &format!("{HERO}/list"), None)
        .await
        .json();
    assert_eq!(list.as_array().unwrap().len(), 5);
    // Without a name, all of them go, in every language.
    assert_eq!(
        session
            .call("DELETE", &format!("{HERO}?locale=de"), None)
            .await
            .status,
        200
    );
    assert_eq!(
        session
            .call("GET", &format!("{HERO}/list"), None)
            .await
            .json(),
        json!([])
    );
}

#[tokio::test]
async fn equal_names_folders_and_languages_meet_on_the_storage() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let to = "apps/wbflex/documents/19914/assets/27667836";
    session.attach(to, "A.png", b"one", json!({})).await;
    let twin = session.attach(to, "a.PNG", b"two!", json!({})).await.json();
    assert_eq!(
        (&twin["fileName"], &twin["fileSizeInBytes"]),
        (&json!("A.png"), &json!(4))
    );
    let folder = session
        .attach(to, "x.png", b"x", json!({"relativePath": "DE/screens"}))
        .await
        .json();
    assert_eq!(
        (&folder["locale"], &folder["relativePath"]),
        (&json!("de"), &json!("screens"))
    );
    let inner = session
        .attach(to, "in/side/y.png", b"y", json!({}))
        .await
        .json();
    assert_eq!(
        (&inner["relativePath"], &inner["fileName"]),
        (&json!("in\\side"), &json!("y.png"))
    );
    let wins = session
        .attach(to, "in/side/z.png", b"y", json!({"relativePath": "out"}))
        .await
        .json();
    assert_eq!(
        (&wins["relativePath"], &wins["fileName"]),
        (&json!("out"), &json!("z.png"))
    );
    let list = session
        .call("GET", &format!("{to}/list"), None)
        .await
        .json();
    assert_eq!(names(&list).len(), 4);
    for wrong in [
        json!({"locale": "es"}),
        json!({"locale": "DE"}),
        json!({"relativePath": "../up"}),
        json!({"relativePath": 5}),
    ] {
        let answer = session.attach(to, "w.png", b"w", wrong.clone()).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    assert_eq!(
        session
            .attach(to, "what?.png", b"w", json!({}))
            .await
            .status,
        400
    );
    // A token is good once, and a refused attachment does not use it up.
    let token = session.upload("once.png", b"1").await.json()["result"]["token"].clone();
    let refused = json!({"filetoken": token, "locale": "es"});
    assert_eq!(session.call("POST", to, Some(refused)).await.status, 400);
    let good = json!({"filetoken": token});
    assert_eq!(
        session.call("POST", to, Some(good.clone())).await.status,
        200
    );
    assert_eq!(session.call("POST", to, Some(good)).await.status, 400);
    assert_eq!(session.call("POST", to, Some(json!({}))).await.status, 400);
}

#[tokio::test]
async fn uploads_must_be_forms_with_one_named_file() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let auth = [
        ("X-Auth-Token", session.token.as_str()),
        ("X-Auth-AccountId", "acme"),
    ];
    let post = async |target: &str, kind: &str, body: &str| {
        let mut headers = auth.to_vec();
        headers.push(("content-type", kind));
        send(
            demo.wordbee_url(),
            "POST",
            target,
            &headers,
            body.as_bytes(),
        )
        .await
    };
    let up = "/api/media/upload";
    let form = "multipart/form-data; boundary=b";
    let part =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.png\"\r\n\r\nabc\r\n";
    let nameless = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--b--\r\n";
    let one = format!("{part}--b--\r\n");
    for (target, kind, body) in [
        (up, "image/png", "raw bytes"),
        (up, "multipart/form-data", one.as_str()),
        (up, form, "no form at all"),
        (up, form, "--b--\r\n"),
        (up, form, nameless),
        (up, form, &format!("{part}{part}--b--\r\n")),
        ("/api/media/upload?maxsize=2", form, &one),
        ("/api/media/upload?maxsize=x", form, &one),
        ("/api/media/upload?filename=", form, &one),
    ] {
        let answer = post(target, kind, body).await;
        assert_eq!(answer.status, 400, "{target} {kind} {body}");
        assert!(answer.json()["error"]["title"].is_string());
    }
    let named = post(
        "/api/media/upload?filename=%C3%BC.png&maxsize=3",
        form,
        nameless,
    )
    .await;
    assert_eq!(named.json()["result"]["name"], "ü.png");
    let starred = nameless.replace(
        "\"file\"",
        "\"file\"; filename*=UTF-8''%E3%83%AD%E3%82%B4.png",
    );
    assert_eq!(
        post(up, form, &starred).await.json()["result"]["name"],
        "ロゴ.png"
    );
    assert_eq!(demo.state()["wordbee"]["counts"]["waitingUploads"], 2);
}

#[tokio::test]
async fn a_worker_sees_his_documents_and_may_change_nothing() {
    let demo = demo().await;
    let worker = Session::new(&demo, "guest-loc").await;
    let list = worker.call("POST", "apps/wbflex/list", None).await.json();
    let ids: Vec<&str> = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["19914", "j512"]);
    for id in ["19914", "j512", "20417"] {
        let path = format!("apps/wbflex/documents/{id}/short");
        assert_eq!(worker.call("GET", &path, None).await.status, 200, "{id}");
    }
    assert_eq!(
        worker
            .call("GET", "apps/wbflex/documents/20533", None)
            .await
            .status,
        400
    );
    assert_eq!(
        worker
            .call("GET", &format!("{HERO}/list"), None)
            .await
            .status,
        200
    );
    assert_eq!(worker.upload("a.png", b"a").await.status, 403);
    let large = vec![7; 5 << 20];
    assert_eq!(
        worker.upload("a.png", &large).await.status,
        403,
        "told, not cut off"
    );
    let body = json!({"filetoken": "x"});
    let refused = worker.call("POST", HERO, Some(body)).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["error"]["title"].is_string());
    assert_eq!(worker.call("DELETE", HERO, None).await.status, 403);
    assert_eq!(demo.state()["wordbee"]["counts"]["assets"], 627);
}

#[tokio::test]
async fn too_long_a_query_is_refused() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let path = "apps/wbflex/documents/20533/assets/list?segmentIds=";
    let ids = |count: u64| {
        (60_000_000..60_000_000 + count)
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let fits = session
        .call("GET", &format!("{path}{}", ids(200)), None)
        .await;
    assert_eq!(fits.status, 200);
    assert!(!fits.json().as_array().unwrap().is_empty());
    assert_eq!(
        session
            .call("GET", &format!("{path}{}", ids(300)), None)
            .await
            .status,
        400
    );
    assert_eq!(
        session
            .call("GET", &format!("{path}1,x"), None)
            .await
            .status,
        400
    );
    assert_eq!(
        session
            .call("GET", "apps/wbflex/documents/20533/assets/list", None)
            .await
            .status,
        400
    );
}
