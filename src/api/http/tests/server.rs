//! A raw HTTP/1 server for tests: it says exactly the bytes it is told to, and keeps what it heard.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::api::FileStamp;
use crate::api::http::{Http, HttpOptions, Patience, Reason};
use crate::domain::Secret;

/// A request as it arrived; the body is what came before the client stopped.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, then nothing for as long as the test runs.
    Stall(Vec<u8>),
    /// The first bytes at once, the others one at a time with a pause between.
    Drip(Vec<u8>, Vec<u8>),
}

/// An answer with a right length.
pub(crate) fn reply(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// An answer of JSON.
#[allow(clippy::needless_pass_by_value, reason = "reads better in tests")]
pub(crate) fn json(status: u16, body: serde_json::Value) -> Reply {
    reply(
        status,
        "content-type: application/json\r\n",
        body.to_string(),
    )
}

pub(crate) struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub fn start(handler: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(handler, true)
    }

    /// Answers as soon as the head is there, and never reads a body.
    pub fn deaf(answer: &'static [u8]) -> Self {
        Self::listen(move |_| Reply::Stall(answer.to_vec()), false)
    }

    fn listen(handler: impl Fn(&Heard) -> Reply + Send + Sync + 'static, reads: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let handler = Arc::new(handler);
        let server = Self {
            address,
            heard: heard.clone(),
            stop: stop.clone(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (heard, stop, handler) = (heard.clone(), stop.clone(), handler.clone());
                std::thread::spawn(move || {
                    serve(&stream.unwrap(), &heard, &stop, reads, &*handler);
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// A connection of the account `canary` to this server.
    pub fn http(&self, patience: Patience) -> Http {
        Http::new(
            &self.url(),
            HttpOptions {
                credentials: vec![("x-api-key", canary())],
                read_error: |reply| Reason {
                    message: Some(reply.body.to_owned()),
                    ..Reason::default()
                },
                patience,
                network: Arc::default(),
            },
        )
        .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the listener so that its thread ends.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(
    mut stream: &TcpStream,
    log: &Mutex<Vec<Heard>>,
    stop: &AtomicBool,
    reads: bool,
    handler: &(dyn Fn(&Heard) -> Reply + Send + Sync),
) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Heard {
        method: first.next().unwrap().to_owned(),
        target: first.next().unwrap().to_owned(),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: bytes[head_end..].to_vec(),
    };
    let length = request
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    while reads && request.body.len() < length {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => request.body.extend_from_slice(&buffer[..read]),
        }
    }
    let answer = handler(&request);
    log.lock().unwrap().push(request);
    let pause = || std::thread::park_timeout(Duration::from_millis(20));
    match answer {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Reply::Drip(head, bytes) => {
            let _ = stream.write_all(&head);
            for byte in bytes {
                if stop.load(Ordering::Relaxed) || stream.write_all(&[byte]).is_err() {
                    return;
                }
                pause();
            }
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes);
            while !stop.load(Ordering::Relaxed) {
                pause();
            }
        }
    }
}

/// What must not be seen anywhere but at the origin it belongs to.
pub(crate) const CANARY: &str = "sk_live_canary_0123456789";

pub(crate) fn canary() -> Secret {
    Secret::new(CANARY.to_owned()).unwrap()
}

/// Limits that a test can wait for. Only for what stalls: a busy machine pauses longer than these.
pub(crate) fn hasty() -> Patience {
    Patience {
        silence: Duration::from_millis(400),
        window: Duration::from_secs(1),
        floor: 1024,
        answer: Duration::from_millis(400),
        ..Patience::default()
    }
}

/// A file in a folder that goes with the value.
pub(crate) struct TestFile {
    folder: PathBuf,
    pub path: PathBuf,
}

impl TestFile {
    pub fn new(name: &str, content: &[u8]) -> Self {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let folder = std::env::temp_dir().join(format!(
            "assetdeck-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        Self { folder, path }
    }

    pub fn stamp(&self) -> FileStamp {
        FileStamp::of(&std::fs::metadata(&self.path).unwrap())
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
