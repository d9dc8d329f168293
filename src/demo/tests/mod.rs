//! Tests of the demo over real sockets, with a client of a few lines that can also misbehave.

mod contracts;
mod faults;
mod flex;
mod signing;
mod web;
mod world;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Demo, Options, serve};

/// An answer, whole.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}\n{}", self.head, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header of the answer; names in lower case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            (found.eq_ignore_ascii_case(name)).then(|| value.trim().to_owned())
        })
    }
}

/// Sends exactly these bytes and reads the answer to its end: they must ask for `connection: close`.
pub async fn raw(origin: &str, bytes: &[u8]) -> Answer {
    exchange(origin, bytes, false).await
}

/// The same, hanging up the sending half afterwards: so a body is seen to break off.
pub async fn broken_off(origin: &str, bytes: &[u8]) -> Answer {
    exchange(origin, bytes, true).await
}

async fn exchange(origin: &str, bytes: &[u8], hang_up: bool) -> Answer {
    let address = origin.strip_prefix("http://").expect("plain http");
    let mut stream = TcpStream::connect(address).await.expect("connect");
    stream.write_all(bytes).await.expect("send");
    if hang_up {
        stream.shutdown().await.expect("half-close");
    }
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.expect("an answer");
    let end = all
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .expect("a status");
    let mut body = all[end + 4..].to_vec();
    if head.to_lowercase().contains("transfer-encoding: chunked") {
        body = dechunk(&body);
    }
    Answer { status, head, body }
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|two| two == b"\r\n")
            .expect("a chunk's size");
        let size = std::str::from_utf8(&rest[..end]).expect("digits");
        let size = usize::from_str_radix(size, 16).expect("hexadecimal digits");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
}

/// An ordinary request with a body of known length.
pub async fn send(
    origin: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let host = origin.strip_prefix("http://").expect("plain http");
    let mut bytes =
        format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    raw(origin, &bytes).await
}

/// An address cut into origin and the rest.
pub fn cut(address: &str) -> (String, String) {
    let at = address[7..].find('/').expect("a path") + 7;
    (address[..at].to_owned(), address[at..].to_owned())
}

/// The key of one of the demo's accounts.
pub fn key(demo: &Demo, account: &str) -> String {
    demo.world.key(account)
}

/// A call to the websites' service.
pub async fn web(demo: &Demo, method: &str, path: &str, body: Option<Value>) -> Answer {
    web_as(demo, "acme-web", method, path, body).await
}

/// The same with another account's key.
pub async fn web_as(
    demo: &Demo,
    account: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let key = key(demo, account);
    let mut headers = vec![("x-api-key", key.as_str())];
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let target = format!("/api/v1/{path}");
    send(
        demo.segmentflow_url(),
        method,
        &target,
        &headers,
        body.as_bytes(),
    )
    .await
}

/// A session at the documents' service.
pub struct Session<'a> {
    pub demo: &'a Demo,
    pub token: String,
}

impl<'a> Session<'a> {
    pub async fn new(demo: &'a Demo, account: &str) -> Self {
        let body = serde_json::json!({"accountid": "acme", "key": key(demo, account)}).to_string();
        let json = [("content-type", "application/json")];
        let answer = send(
            demo.wordbee_url(),
            "POST",
            "/api/auth/token",
            &json,
            body.as_bytes(),
        )
        .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token = answer.json().as_str().expect("a JSON string").to_owned();
        Self { demo, token }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut headers = vec![
            ("X-Auth-Token", self.token.as_str()),
            ("X-Auth-AccountId", "acme"),
        ];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let target = format!("/api/{path}");
        send(
            self.demo.wordbee_url(),
            method,
            &target,
            &headers,
            body.as_bytes(),
        )
        .await
    }

    /// Sends a file as the documented form and answers its token.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--xyz--\r\n");
        let headers = [
            ("X-Auth-Token", self.token.as_str()),
            ("X-Auth-AccountId", "acme"),
            ("Content-Type", "multipart/form-data; boundary=xyz"),
        ];
        send(
            self.demo.wordbee_url(),
            "POST",
            "/api/media/upload",
            &headers,
            &body,
        )
        .await
    }

    /// Uploads and attaches in one go.
    pub async fn attach(&self, to: &str, name: &str, bytes: &[u8], mut place: Value) -> Answer {
        let sent = self.upload(name, bytes).await;
        assert_eq!(sent.status, 200, "{}", sent.text());
        place["filetoken"] = sent.json()["result"]["token"].clone();
        self.call("POST", to, Some(place)).await
    }
}

/// A small world.
pub async fn demo() -> Demo {
    serve(Options {
        record: true,
        ..Options::default()
    })
    .await
    .expect("a free port")
}
