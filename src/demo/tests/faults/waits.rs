//! What makes a client wait, and what has run out.

use super::*;

#[tokio::test]
async fn delays_and_stalls_wait_as_told_and_end_when_cleared() {
    let demo = demo().await;
    demo.faults(json!([
        {"operation": "list", "fault": "delay", "ms": 150},
        {"operation": "list", "fault": "stall", "ms": 150},
    ]))
    .unwrap();
    let began = Instant::now();
    assert_eq!(web(&demo, "GET", "assets", None).await.status, 200);
    // Both met the same request: a delay leaves the answer to what follows.
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!((fired(&demo, "delay"), fired(&demo, "stall")), (1, 1));

    let whole = web(&demo, "GET", "assets", None).await;
    let ask = request(&demo, "GET", "assets", "");
    demo.faults(json!({"operation": "list", "fault": "stall"}))
        .unwrap();
    let (got, end) = talk(demo.segmentflow_url(), &ask).await;
    assert_eq!((got.len(), end), (0, End::Silence), "not even a head");
    demo.faults(json!({"operation": "list", "fault": "stall", "at": "answer", "after": 7}))
        .unwrap();
    let (got, end) = talk(demo.segmentflow_url(), &ask).await;
    assert_eq!((body_of(&got), end), (&whole.body[..7], End::Silence));
    demo.faults(
        json!({"operation": "list", "fault": "stall", "at": "answer", "after": 7, "ms": 50}),
    )
    .unwrap();
    assert_eq!(
        web(&demo, "GET", "assets", None).await.body,
        whole.body,
        "it goes on"
    );

    demo.faults(json!({"operation": "list", "fault": "stall", "at": "answer", "after": 0}))
        .unwrap();
    let (answer, ()) = tokio::join!(web(&demo, "GET", "assets", None), async {
        while fired(&demo, "stall") < 5 {
            tokio::task::yield_now().await;
        }
        demo.faults(json!([])).unwrap();
    });
    assert_eq!(answer.body, whole.body);
}

#[tokio::test]
async fn a_script_that_is_replaced_ends_every_wait_of_a_request_that_met_it() {
    let demo = demo().await;
    let long = 600_000;
    demo.faults(json!([
        {"operation": "list", "fault": "delay", "ms": long},
        {"operation": "list", "fault": "stall", "ms": long},
    ]))
    .unwrap();
    let both = async {
        tokio::join!(web(&demo, "GET", "assets", None), async {
            while demo.state()["faults"]["waiting"] == 0 {
                tokio::task::yield_now().await;
            }
            // It stands in the delay; the stall comes later.
            demo.faults(json!([])).unwrap();
        })
    };
    let ended = tokio::time::timeout(Duration::from_mins(1), both).await;
    let (answer, ()) = ended.expect("the stall ends with the script it stood in");
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_body_stands_still_while_it_is_read() {
    let demo = demo().await;
    demo.faults(
        json!({"operation": "put", "fault": "stall", "at": "request", "after": 10, "ms": 200}),
    )
    .unwrap();
    let began = Instant::now();
    let (link, answer) = put(&demo, BYTES).await;
    assert_eq!(answer.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(200));
    let object = &demo.state()["storage"]["objects"][0];
    assert_eq!(object["key"], link["key"]);
    assert_eq!(
        object["sha256"],
        sha256_hex(BYTES),
        "nothing was lost at the seam"
    );
    assert_eq!(fired(&demo, "stall"), 1);
}

#[tokio::test]
async fn links_tokens_and_file_tokens_end_at_once() {
    let demo = demo().await;
    demo.faults(json!([
        {"operation": "put", "fault": "expire", "what": "links"},
        {"service": "wordbee", "operation": "list", "fault": "expire"},
        {"operation": "attach", "fault": "expire", "what": "uploads"},
    ]))
    .unwrap();
    let (_, refused) = put(&demo, BYTES).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Request has expired"));
    assert_eq!(put(&demo, BYTES).await.1.status, 200, "a new link is good");
    let session = Session::new(&demo, "acme-loc").await;
    let lost = session.attach(SEGMENT, "a.png", BYTES, json!({})).await;
    assert_eq!(lost.status, 400);
    assert!(lost.text().contains("file token"));
    assert_eq!(
        session
            .attach(SEGMENT, "a.png", BYTES, json!({}))
            .await
            .status,
        200
    );
    assert_eq!(session.call("GET", LIST, None).await.status, 401);
    let session = Session::new(&demo, "acme-loc").await;
    assert_eq!(session.call("GET", LIST, None).await.status, 200);
    assert_eq!(fired(&demo, "expire"), 3);

    let (link, _) = put(&demo, BYTES).await;
    let origin = demo.segmentflow_url();
    for (query, status) in [("?what=all", 204), ("", 204), ("?what=nothing", 400)] {
        let target = format!("/__demo/expire{query}");
        assert_eq!(send(origin, "POST", &target, &[], b"").await.status, status);
    }
    assert_eq!(put_to(&link, BYTES).await.status, 403);
    assert_eq!(session.call("GET", LIST, None).await.status, 401);
    let (link, _) = put(&demo, BYTES).await;
    demo.expire_links();
    assert_eq!(put_to(&link, BYTES).await.status, 403);
}

#[tokio::test]
async fn too_many_requests_come_with_and_without_a_wait() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    demo.faults(json!([
        {"service": "segmentflow", "operation": "list", "fault": "throttle"},
        {"service": "segmentflow", "operation": "list", "fault": "throttle", "wait": 2},
        {"service": "segmentflow", "operation": "list", "fault": "throttle", "wait": "Wed, 21 Oct 2099 07:28:00 GMT"},
        {"service": "wordbee", "operation": "list", "fault": "throttle", "wait": -1},
        {"operation": "put", "fault": "throttle", "wait": 1, "shape": "html"},
    ]))
    .unwrap();
    for wait in [None, Some("2"), Some("Wed, 21 Oct 2099 07:28:00 GMT")] {
        let answer = web(&demo, "GET", "assets", None).await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.header("retry-after").as_deref(), wait);
        assert_eq!(answer.json()["error"], "rate_limited");
    }
    let answer = session.call("GET", LIST, None).await;
    assert_eq!(
        (answer.status, answer.header("retry-after").as_deref()),
        (429, Some("-1"))
    );
    assert_eq!(answer.json()["error"]["type"], "Throttling");
    let (_, answer) = put(&demo, BYTES).await;
    assert_eq!(
        (answer.status, answer.header("retry-after").as_deref()),
        (429, Some("1"))
    );
    assert!(answer.text().contains("<html>"));
    assert_eq!(web(&demo, "GET", "assets", None).await.status, 200);
    assert_eq!(fired(&demo, "throttle"), 5);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_stalls() {
    let demo = demo().await;
    demo.faults(json!({"operation": "list", "fault": "stall"}))
        .unwrap();
    let ask = request(&demo, "GET", "assets", "");
    talk(demo.segmentflow_url(), &ask).await;
    let origin = demo.segmentflow_url().to_owned();
    demo.faults(json!({"operation": "list", "fault": "stall", "at": "answer"}))
        .unwrap();
    let (_, _) = talk(&origin, &ask).await;
    let began = Instant::now();
    demo.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2));
}
