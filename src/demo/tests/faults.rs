//! Faults as told: each fires over a real socket, exactly as often as armed, and clears.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Demo, Session, cut, demo, key, send, web};
use crate::demo::sign::{Permit, sha256_hex};
use crate::demo::store::held;
use crate::demo::{ListShape, Options, serve};

const BYTES: &[u8] = b"some bytes of a picture that is not one";
const SEGMENT: &str = "apps/wbflex/documents/19914/assets/27667836";
const LIST: &str = "apps/wbflex/documents/19914/assets/27667836/list";

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Eof,
    Reset,
    /// Nothing more came for half a second.
    Silence,
}

/// Sends these bytes and takes in what comes back, however it ends.
async fn talk(origin: &str, bytes: &[u8]) -> (Vec<u8>, End) {
    let address = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let mut got = Vec::new();
    let receive = async {
        let mut piece = [0; 4096];
        loop {
            match tokio::time::timeout(Duration::from_millis(500), reading.read(&mut piece)).await {
                Err(_) => return End::Silence,
                Ok(Ok(0)) => return End::Eof,
                Ok(Ok(count)) => got.extend_from_slice(&piece[..count]),
                Ok(Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                    return End::Reset;
                }
            }
        }
    };
    // A server that breaks off makes sending fail, too; what counts is what is read.
    let (end, _) = tokio::join!(receive, writing.write_all(bytes));
    (got, end)
}

/// A request of the websites' service as bytes.
fn request(demo: &Demo, method: &str, path: &str, body: &str) -> Vec<u8> {
    let key = key(demo, "acme-web");
    format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\nx-api-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn body_of(answer: &[u8]) -> &[u8] {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    &answer[end.expect("a head") + 4..]
}

async fn arm(demo: &Demo, faults: Value) {
    let told = faults.to_string();
    let origin = demo.segmentflow_url();
    let answer = send(origin, "POST", "/__demo/faults", &[], told.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// How often this kind fired since the start.
fn fired(demo: &Demo, kind: &str) -> u64 {
    demo.state()["faults"]["fired"][kind].as_u64().unwrap_or(0)
}

async fn put(demo: &Demo, bytes: &[u8]) -> (Value, super::Answer) {
    let body = json!({"filename": "a.png", "contentType": "image/png", "size": bytes.len()});
    let link = web(demo, "POST", "assets/upload-url", Some(body))
        .await
        .json();
    let answer = put_to(&link, bytes).await;
    (link, answer)
}

async fn put_to(link: &Value, bytes: &[u8]) -> super::Answer {
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    send(
        &origin,
        "PUT",
        &target,
        &[("content-type", "image/png")],
        bytes,
    )
    .await
}

fn record(link: &Value, size: usize) -> Value {
    json!({"filename": "a.png", "s3Key": link["key"], "contentType": "image/png", "size": size})
}

/// The assets whose storage key is this one, as the state shows them.
fn records(demo: &Demo, link: &Value) -> Vec<Value> {
    let state = demo.state();
    let assets = state["segmentflow"]["assets"].as_array().unwrap();
    let of_key = assets.iter().filter(|asset| asset["s3Key"] == link["key"]);
    of_key.cloned().collect()
}

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
async fn answers_are_cut_at_the_byte() {
    let demo = demo().await;
    let ask = request(&demo, "GET", "templates", "");
    let (whole, end) = talk(demo.segmentflow_url(), &ask).await;
    assert_eq!(end, End::Eof);
    let length = body_of(&whole).len();
    for (by, expected) in [("reset", End::Reset), ("close", End::Eof)] {
        for after in [0, 1, length / 2, length - 1] {
            demo.faults(
                json!({"operation": "templates", "fault": "cut", "after": after, "by": by}),
            )
            .unwrap();
            let (got, end) = talk(demo.segmentflow_url(), &ask).await;
            assert_eq!(body_of(&got), &body_of(&whole)[..after], "{after} {by}");
            assert_eq!(end, expected, "{after} {by}");
        }
        for after in [0, 1, 12, 30] {
            demo.faults(json!({"operation": "templates", "fault": "cut", "of": "wire", "after": after, "by": by}))
                .unwrap();
            let (got, end) = talk(demo.segmentflow_url(), &ask).await;
            assert_eq!(got, &whole[..after], "{after} {by}");
            assert_eq!(end, expected, "{after} {by}");
        }
    }
    assert_eq!(fired(&demo, "cut"), 16);
    assert_eq!(
        body_of(&talk(demo.segmentflow_url(), &ask).await.0),
        body_of(&whole)
    );
    // An answer shorter than that goes out whole, and the next one on the connection, too.
    demo.faults(json!({"operation": "templates", "fault": "cut", "after": length}))
        .unwrap();
    let kept = String::from_utf8(ask.clone())
        .unwrap()
        .replace("connection: close\r\n", "");
    let twice = [kept.as_bytes(), &ask].concat();
    let (got, _) = talk(demo.segmentflow_url(), &twice).await;
    assert!(got.ends_with(body_of(&whole)) && got.len() > 2 * length);
}

#[tokio::test]
async fn a_body_is_cut_at_the_byte_and_nothing_of_it_is_stored() {
    let demo = demo().await;
    for after in [0, 1, 20, BYTES.len() - 1, BYTES.len()] {
        demo.faults(json!({"operation": "put", "fault": "cut", "of": "request", "after": after}))
            .unwrap();
        let body = json!({"filename": "a.png", "contentType": "image/png", "size": BYTES.len()});
        let link = web(&demo, "POST", "assets/upload-url", Some(body))
            .await
            .json();
        let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
        let host = origin.strip_prefix("http://").unwrap();
        let mut bytes = format!(
            "PUT {target} HTTP/1.1\r\nhost: {host}\r\ncontent-type: image/png\r\ncontent-length: {}\r\n\r\n",
            BYTES.len()
        )
        .into_bytes();
        // No more than is needed: the reset must come without waiting for the rest.
        bytes.extend_from_slice(&BYTES[..after]);
        assert_eq!(
            talk(&origin, &bytes).await,
            (Vec::new(), End::Reset),
            "{after}"
        );
        assert_eq!(demo.state()["storage"]["counts"]["objects"], 0);
        assert_eq!(
            put_to(&link, BYTES).await.status,
            200,
            "the link is still good"
        );
        let key = link["key"].as_str().unwrap().to_owned();
        held(&demo.world.storage).objects.remove(&key);
    }
    let session = Session::new(&demo, "acme-loc").await;
    demo.faults(json!({"operation": "media-upload", "fault": "cut", "of": "request", "after": 150, "by": "close"}))
        .unwrap();
    let sent = format!(
        "POST /api/media/upload HTTP/1.1\r\nhost: demo\r\nx-auth-token: {}\r\nx-auth-accountid: acme\r\n\
         content-type: multipart/form-data; boundary=xyz\r\ncontent-length: 4000\r\n\r\n{}",
        session.token,
        "x".repeat(150)
    );
    let (got, _) = talk(demo.wordbee_url(), sent.as_bytes()).await;
    assert!(got.is_empty());
    assert_eq!(demo.state()["wordbee"]["counts"]["waitingUploads"], 0);
    assert_eq!(fired(&demo, "cut"), 6);
}

#[tokio::test]
async fn an_answer_is_lost_in_seven_ways_after_storing() {
    let demo = demo().await;
    let ways = ["reset", "close", "502", "504", "half", "stall", "empty"];
    for (n, way) in ways.into_iter().enumerate() {
        demo.faults(json!({"operation": "create", "fault": "drop", "way": way}))
            .unwrap();
        let (link, _) = put(&demo, BYTES).await;
        let create = record(&link, BYTES.len()).to_string();
        let ask = request(&demo, "POST", "assets", &create);
        let (got, end) = talk(demo.segmentflow_url(), &ask).await;
        let text = String::from_utf8_lossy(&got).into_owned();
        assert_eq!(records(&demo, &link).len(), 1, "{way}: it is stored");
        let expected = match way {
            "reset" => End::Reset,
            "stall" => End::Silence,
            _ => End::Eof,
        };
        assert_eq!(end, expected, "{way}");
        match way {
            "reset" | "close" | "stall" => assert!(got.is_empty(), "{way}: {text}"),
            "502" | "504" => {
                assert!(text.starts_with(&format!("HTTP/1.1 {way}")), "{text}");
                assert!(text.contains("<title>"));
            }
            "half" => {
                assert!(text.starts_with("HTTP/1.1 200"));
                let length: usize = text
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .unwrap()
                    .parse()
                    .unwrap();
                assert_eq!(body_of(&got).len(), length / 2);
            }
            _ => {
                assert!(text.starts_with("HTTP/1.1 200"));
                assert_eq!(body_of(&got), b"");
            }
        }
        assert_eq!(fired(&demo, "drop"), n as u64 + 1);
    }
    // Half of an answer without a body is half of its head.
    demo.faults(json!({"operation": "put", "fault": "drop", "way": "half"}))
        .unwrap();
    let body = json!({"filename": "a.png", "contentType": "image/png", "size": 1});
    let link = web(&demo, "POST", "assets/upload-url", Some(body))
        .await
        .json();
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    let host = origin.strip_prefix("http://").unwrap();
    let sent = format!(
        "PUT {target} HTTP/1.1\r\nhost: {host}\r\ncontent-type: image/png\r\ncontent-length: 1\r\n\r\nx"
    );
    assert_eq!(
        talk(&origin, sent.as_bytes()).await,
        (b"HTTP/1.1 200 OK\r".to_vec(), End::Eof)
    );
}

#[tokio::test]
async fn a_lost_answer_of_attach_leaves_one_asset() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    demo.faults(json!({"operation": "attach", "fault": "drop", "way": "504"}))
        .unwrap();
    let lost = session.attach(SEGMENT, "lost.png", BYTES, json!({})).await;
    assert_eq!(lost.status, 504);
    let listed = session.call("GET", LIST, None).await.json();
    let named = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|asset| asset["fileName"] == "lost.png");
    assert_eq!(named.count(), 1);
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
async fn sizes_are_stored_and_listed_wrong() {
    let demo = demo().await;
    demo.faults(json!({"operation": "put", "fault": "wrong-size", "how": "stored", "by": 5}))
        .unwrap();
    let (link, answer) = put(&demo, BYTES).await;
    assert_eq!(answer.status, 200);
    let kept = &BYTES[..BYTES.len() - 5];
    let object = demo.state()["storage"]["objects"][0].clone();
    assert_eq!(
        (&object["size"], &object["sha256"]),
        (&kept.len().into(), &sha256_hex(kept).into())
    );
    let made = web(&demo, "POST", "assets", Some(record(&link, BYTES.len()))).await;
    assert_eq!(made.status, 200, "the service believes its client");
    assert_eq!(made.json()["asset"]["size"], kept.len());

    demo.faults(json!({"operation": "create", "fault": "wrong-size", "how": "listed", "by": -3}))
        .unwrap();
    let (link, _) = put(&demo, BYTES).await;
    web(&demo, "POST", "assets", Some(record(&link, BYTES.len()))).await;
    let listed = web(&demo, "GET", "assets", None).await.json()["assets"][0].clone();
    assert_eq!(
        (&listed["s3Key"], &listed["size"]),
        (&link["key"], &(BYTES.len() + 3).into())
    );
    assert_eq!(
        records(&demo, &link)[0]["size"],
        BYTES.len(),
        "the state tells the truth"
    );

    let session = Session::new(&demo, "acme-loc").await;
    for (operation, how) in [
        ("media-upload", "stored"),
        ("attach", "listed"),
        ("media-upload", "listed"),
    ] {
        demo.faults(json!({"operation": operation, "fault": "wrong-size", "how": how}))
            .unwrap();
        let shown = session
            .attach(SEGMENT, "size.png", BYTES, json!({}))
            .await
            .json();
        assert_eq!(
            shown["fileSizeInBytes"],
            BYTES.len() - 1,
            "{operation} {how}"
        );
        let state = demo.state();
        let assets = state["wordbee"]["assets"].as_array().unwrap();
        let size = &assets
            .iter()
            .find(|asset| asset["fileName"] == "size.png")
            .unwrap()["size"];
        assert_eq!(*size, BYTES.len() - usize::from(how == "stored"));
    }
    let shown = session
        .attach(SEGMENT, "size.png", BYTES, json!({}))
        .await
        .json();
    assert_eq!(shown["fileSizeInBytes"], BYTES.len(), "used up");
    assert_eq!(fired(&demo, "wrong-size"), 5);
}

#[tokio::test]
async fn lists_lag_behind() {
    for list_shape in [ListShape::Envelope, ListShape::Array] {
        let demo = serve(Options {
            list_shape,
            ..Options::default()
        })
        .await
        .unwrap();
        demo.faults(json!({"operation": "create", "fault": "lag", "lists": 2}))
            .unwrap();
        let (link, _) = put(&demo, BYTES).await;
        web(&demo, "POST", "assets", Some(record(&link, BYTES.len()))).await;
        let mut found = Vec::new();
        for _ in 0..4 {
            let text = web(&demo, "GET", "assets", None).await.text();
            found.push(text.contains(link["key"].as_str().unwrap()));
        }
        assert_eq!(found, [false, false, true, true]);
        assert_eq!(records(&demo, &link).len(), 1);
    }
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    demo.faults(json!({"operation": "attach", "fault": "lag", "lists": 1}))
        .unwrap();
    session.attach(SEGMENT, "late.png", BYTES, json!({})).await;
    session.attach(SEGMENT, "soon.png", BYTES, json!({})).await;
    let first = session.call("GET", LIST, None).await.text();
    assert!(first.contains("soon.png") && !first.contains("late.png"));
    assert!(
        session
            .call("GET", LIST, None)
            .await
            .text()
            .contains("late.png")
    );
    assert_eq!(fired(&demo, "lag"), 1);
}

#[tokio::test]
async fn a_request_fails_after_so_many_bytes() {
    let demo = demo().await;
    let bytes = vec![7; 3 << 20];
    demo.faults(json!({"operation": "put", "fault": "fail-after", "bytes": 1000}))
        .unwrap();
    let (link, refused) = put(&demo, &bytes).await;
    assert_eq!(refused.status, 503);
    assert!(refused.text().contains("<Code>SlowDown</Code>"));
    assert_eq!(demo.state()["storage"]["counts"]["objects"], 0);
    // The answer comes before the rest of the body is sent.
    demo.faults(json!({"operation": "put", "fault": "fail-after", "bytes": 10, "status": 507, "shape": "html"})).unwrap();
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    let sent =
        format!("PUT {target} HTTP/1.1\r\nhost: demo\r\ncontent-length: 100\r\n\r\n0123456789");
    let (got, _) = talk(&origin, sent.as_bytes()).await;
    assert!(
        got.starts_with(b"HTTP/1.1 507"),
        "{}",
        String::from_utf8_lossy(&got)
    );
    assert_eq!(put_to(&link, &bytes).await.status, 200);
    assert_eq!(fired(&demo, "fail-after"), 2);
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

#[tokio::test]
async fn large_uploads_leave_memory() {
    let demo = serve(Options::default()).await.unwrap();
    let bytes: Vec<u8> = (0..5_000_000_u32)
        .map(|n| n.to_le_bytes()[n as usize % 3])
        .collect();
    let (length, path) = (bytes.len().to_string(), "/acme-assets/uploads/large.bin");
    // The API gives out links for 20 MiB at most; the storage takes what is signed.
    let link = demo.world.signer.presign(&Permit {
        method: "PUT",
        origin: demo.storage_url(),
        path,
        headers: &[("content-length", &length), ("content-type", "image/png")],
        at: jiff::Timestamp::now(),
        seconds: 60,
    });
    assert_eq!(
        put_to(&json!({"uploadUrl": link}), &bytes).await.status,
        200
    );
    let got = send(demo.storage_url(), "GET", path, &[], b"").await;
    assert_eq!(got.header("content-length"), Some(length));
    assert!(got.body == bytes);
    let object = demo.world.object("uploads/large.bin").unwrap();
    assert!(object.blob.head().len() <= 1 << 20);
    assert_eq!(*object.blob.sha256, *sha256_hex(&bytes));
    let session = Session::new(&demo, "acme-loc").await;
    let shown = session
        .attach(SEGMENT, "large.bin", &bytes, json!({}))
        .await
        .json();
    assert_eq!(shown["fileSizeInBytes"], bytes.len());
    let got = session
        .call("GET", &format!("{SEGMENT}?filename=large.bin"), None)
        .await;
    assert!(got.body == bytes);
}

#[tokio::test]
async fn every_example_in_the_handbook_is_a_sound_script() {
    let text = include_str!("../../../CONTRIBUTING.md");
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
