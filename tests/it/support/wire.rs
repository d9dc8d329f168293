//! Requests by hand: a socket and text, for asking the server what no client of ours would ask.

use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }
}

/// Sends one request to this origin and reads its answer to the end.
#[track_caller]
pub fn ask(
    origin: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    use std::fmt::Write as _;
    let address = origin.strip_prefix("http://").expect("a loopback origin");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    // The older version of the protocol, so that the answer is not cut into chunks.
    let mut head = format!("{method} {target} HTTP/1.0\r\nhost: {address}\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).expect("the head is sent");
    stream.write_all(body).expect("the body is sent");
    let mut received = Vec::new();
    stream.read_to_end(&mut received).expect("an answer");
    let end = received
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("an answer's head");
    let status = String::from_utf8_lossy(&received[..end])
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("a status");
    Answer {
        status,
        body: received[end + 4..].to_vec(),
    }
}
