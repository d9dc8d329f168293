//! The script itself: what it may say, and that it is refused whole.

use super::*;

#[tokio::test]
async fn a_status_fires_where_and_as_often_as_told_in_the_services_own_words() {
    let demo = demo().await;
    arm(
        &demo,
        json!([
            {"service": "segmentflow", "operation": "list", "fault": "status", "status": 503, "times": 2, "skip": 1},
            {"service": "wordbee", "method": "get", "path": "/api/apps/*/list", "fault": "status", "status": 500},
            {"operation": "put", "fault": "status", "status": 503},
            {"operation": "templates", "fault": "status", "status": 200, "shape": "html"},
            {"operation": "templates", "fault": "status", "status": 200, "shape": "garbage"},
            {"operation": "templates", "fault": "status", "status": 500, "shape": "empty"},
            {"operation": "templates", "fault": "status", "status": 409, "code": "concurrent_redeem", "message": "later"},
        ]),
    )
    .await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(web(&demo, "GET", "assets", None).await);
    }
    let statuses: Vec<u16> = seen.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 503, 503, 200, 200]);
    assert_eq!(seen[1].json()["error"], "internal_error");

    let session = Session::new(&demo, "acme-loc").await;
    let refused = session.call("GET", LIST, None).await;
    assert_eq!(refused.status, 500);
    assert_eq!(
        refused.json()["error"]["title"],
        "An internal error occurred"
    );
    assert_eq!(session.call("GET", LIST, None).await.status, 200);

    let (link, refused) = put(&demo, BYTES).await;
    assert_eq!(refused.status, 503);
    assert!(
        refused.text().contains("<Code>SlowDown</Code>"),
        "{}",
        refused.text()
    );
    assert_eq!(demo.state()["storage"]["counts"]["objects"], 0);
    assert_eq!(put_to(&link, BYTES).await.status, 200);

    let page = web(&demo, "GET", "templates", None).await;
    assert!(page.text().contains("<title>200 OK</title>"));
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    let garbage = web(&demo, "GET", "templates", None).await;
    assert!(serde_json::from_slice::<Value>(&garbage.body).is_err());
    let empty = web(&demo, "GET", "templates", None).await;
    assert_eq!((empty.status, empty.body.len()), (500, 0));
    let worded = web(&demo, "GET", "templates", None).await;
    assert_eq!(
        worded.json(),
        json!({"error": "concurrent_redeem", "message": "later"})
    );
    assert_eq!(web(&demo, "GET", "templates", None).await.status, 200);
    assert_eq!(fired(&demo, "status"), 8);
    let each: Vec<u64> = demo.state()["faults"]["script"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["fired"].as_u64().unwrap())
        .collect();
    assert_eq!(each, [2, 1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn scripts_are_shown_cleared_replaced_and_refused_whole() {
    let demo = demo().await;
    let origin = demo.segmentflow_url().to_owned();
    let list = json!({"operation": "list", "fault": "status", "status": 500, "times": "always"});
    arm(&demo, list.clone()).await;
    for _ in 0..3 {
        assert_eq!(web(&demo, "GET", "assets", None).await.status, 500);
    }
    // The storage's listener knows them as well.
    let shown = send(demo.storage_url(), "GET", "/__demo/faults", &[], b"")
        .await
        .json();
    assert_eq!(shown["armed"][0]["left"], "always");
    assert_eq!(shown["armed"][0]["fired"], 3);
    let wrong = [
        json!([{"operation": "list", "fault": "delay", "ms": 1}, {"fault": "explode"}]),
        json!({"fault": "status", "status": 99}),
        json!({"fault": "status", "status": 500, "tmies": 3}),
        json!({"fault": "delay", "ms": 1, "times": 0}),
        json!({"fault": "lag", "lists": 0}),
        json!({"fault": "wrong-size", "how": "stored", "by": -1}),
        json!({"operation": "creat", "fault": "delay", "ms": 1}),
        json!({"service": "wordbee", "operation": "create", "fault": "delay", "ms": 1}),
        json!({"service": "elsewhere", "fault": "delay", "ms": 1}),
        json!("status"),
    ];
    for told in wrong {
        let text = told.to_string();
        let refused = send(&origin, "POST", "/__demo/faults", &[], text.as_bytes()).await;
        assert_eq!(refused.status, 400, "{text}");
        assert!(!refused.json()["message"].as_str().unwrap().is_empty());
        assert!(demo.faults(told).is_err());
    }
    assert_eq!(
        web(&demo, "GET", "assets", None).await.status,
        500,
        "still armed"
    );
    let cleared = send(&origin, "DELETE", "/__demo/faults", &[], b"").await;
    assert_eq!(cleared.status, 204);
    assert_eq!(web(&demo, "GET", "assets", None).await.status, 200);
    for empty in [
        json!([]),
        json!([{"operation": "delete", "fault": "delay", "ms": 1}]),
    ] {
        arm(&demo, list.clone()).await;
        arm(&demo, empty).await;
        assert_eq!(web(&demo, "GET", "assets", None).await.status, 200);
    }
    let shown = send(&origin, "GET", "/__demo/faults", &[], b"")
        .await
        .json();
    assert_eq!(shown["armed"].as_array().unwrap().len(), 1);
    assert_eq!(fired(&demo, "status"), 4, "counts outlive the script");
}

#[tokio::test]
async fn every_example_in_the_handbook_is_a_sound_script() {
    let text = include_str!("../../../../CONTRIBUTING.md");
    let examples = text.lines().filter_map(|line| {
        let told = line.strip_prefix("$ curl $D -d '")?;
        Some(told.split_once('\'').expect("a closing quote").0)
    });
    let examples: Vec<&str> = examples.collect();
    assert!(examples.len() > 15, "{examples:?}");
    let demo = demo().await;
    for example in &examples {
        arm(&demo, serde_json::from_str(example).expect(example)).await;
    }
    for kind in [
        "status",
        "throttle",
        "delay",
        "stall",
        "cut",
        "drop",
        "expire",
        "wrong-size",
        "lag",
        "fail-after",
    ] {
        let member = format!("\"fault\":\"{kind}\"");
        assert!(
            examples.iter().any(|example| example.contains(&member)),
            "{kind}"
        );
    }
}
