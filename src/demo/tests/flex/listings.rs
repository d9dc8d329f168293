//! Documents and segments as they are listed.

use super::*;

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
