//! Faults as told: each fires over a real socket, exactly as often as armed, and clears.

mod cuts;
mod script;
mod waits;

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
