//! A server that reads and forgets: it answers both services' calls from memory, so that what is
//! measured is the client. Both sides of a comparison talk to it.
//!
//! It is no second demo server: it checks nothing. Names of uploads and links follow from file names,
//! so that a list of calls can be written down beforehand.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

const BUFFER: usize = 256 * 1024;

#[derive(Default)]
struct Kept {
    /// Sizes of the files that were handed over, by token or storage key.
    sizes: HashMap<String, u64>,
    /// Entries of the list of assets, joined by commas.
    flex: String,
    web: String,
    /// Calls so far, by what they are.
    calls: BTreeMap<&'static str, u64>,
}

struct Sink {
    origin: String,
    latency: Duration,
    kept: Mutex<Kept>,
}

/// Serves until the process is ended. Prints its origin first.
pub fn serve(latency: Duration) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    println!("{origin}");
    std::io::stdout().flush()?;
    let sink = Arc::new(Sink {
        origin,
        latency,
        kept: Mutex::default(),
    });
    for stream in listener.incoming() {
        let (sink, stream) = (sink.clone(), stream?);
        stream.set_nodelay(true)?;
        // A client that goes away ends its thread.
        std::thread::spawn(move || Connection::new(stream).serve(&sink));
    }
    Ok(())
}

struct Request {
    method: String,
    path: String,
    query: String,
    boundary: usize,
    length: u64,
    expects: bool,
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            buffer: vec![0; BUFFER],
            filled: 0,
        }
    }

    fn serve(mut self, sink: &Sink) -> Result<()> {
        while let Some(request) = self.head()? {
            if request.expects {
                self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            let stores = request.method == "PUT" || request.path == "/api/media/upload";
            let (body, size) = if stores {
                (Vec::new(), self.discard(&request)?)
            } else {
                (self.body(request.length)?, 0)
            };
            if !sink.latency.is_zero() {
                std::thread::sleep(sink.latency);
            }
            let answer = sink.answer(&request, &body, size)?;
            let mut text = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                answer.len()
            );
            text.push_str(&answer);
            self.stream.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// Reads more behind what is there; false at the end.
    fn more(&mut self) -> Result<bool> {
        let read = self.stream.read(&mut self.buffer[self.filled..])?;
        self.filled += read;
        Ok(read > 0)
    }

    fn consume(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    fn head(&mut self) -> Result<Option<Request>> {
        let end = loop {
            if let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break end + 4;
            }
            if !self.more()? {
                return Ok(None);
            }
        };
        let text = std::str::from_utf8(&self.buffer[..end])?;
        let mut lines = text.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let method = first.next().unwrap_or_default().to_owned();
        let target = first.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Request {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            boundary: 0,
            length: 0,
            expects: false,
        };
        for line in lines {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => request.length = value.parse()?,
                "expect" => request.expects = true,
                "content-type" => {
                    request.boundary = value.split_once("boundary=").map_or(0, |it| it.1.len());
                }
                "transfer-encoding" => bail!("a body of unknown length"),
                _ => {}
            }
        }
        self.consume(end);
        Ok(Some(request))
    }

    fn body(&mut self, length: u64) -> Result<Vec<u8>> {
        let length = usize::try_from(length)?;
        if length > BUFFER {
            bail!("a long text");
        }
        while self.filled < length {
            if !self.more()? {
                bail!("a cut body");
            }
        }
        let body = self.buffer[..length].to_vec();
        self.consume(length);
        Ok(body)
    }

    /// Reads a file and forgets it; its size, without the framing of a form.
    fn discard(&mut self, request: &Request) -> Result<u64> {
        let mut left = request.length;
        let mut size = request.length;
        if request.boundary > 0 {
            let head = loop {
                if let Some(at) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                    break at + 4;
                }
                if !self.more()? {
                    bail!("a cut form");
                }
            };
            // The end of a form: a line end, two dashes, the boundary, two dashes, a line end.
            size = size
                .checked_sub((head + request.boundary + 8) as u64)
                .context("a form without its end")?;
        }
        loop {
            let now = left.min(self.filled as u64);
            left -= now;
            self.consume(usize::try_from(now)?);
            if left == 0 {
                return Ok(size);
            }
            if !self.more()? {
                bail!("a cut file");
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// The file name in a query, as it came.
fn named(query: &str) -> &str {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("filename="))
        .unwrap_or_default()
}

impl Sink {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Request, body: &[u8], size: u64) -> Result<String> {
        let mut kept = self.kept();
        let path: Vec<&str> = request.path.split('/').skip(1).collect();
        let (kind, answer) = match (request.method.as_str(), path.as_slice()) {
            ("POST", ["api", "media", "upload"]) => {
                let token = format!("t-{}", named(&request.query));
                kept.sizes.insert(token.clone(), size);
                let answer = json!({ "result": { "token": token } });
                ("upload", answer.to_string())
            }
            ("PUT", ["put", key]) => {
                kept.sizes.insert((*key).to_owned(), size);
                ("put", String::new())
            }
            ("POST", ["api", "apps", "wbflex", "documents", _, "assets", _]) => {
                let asset = flex_asset(&kept, &serde_json::from_slice(body)?);
                note(&mut kept.flex, &asset);
                ("attach", asset)
            }
            ("GET", ["api", "apps", "wbflex", "documents", _, "assets", _, "list"]) => {
                ("list", format!("[{}]", kept.flex))
            }
            ("GET", ["api", "apps", "wbflex", "documents", ..]) => ("place", document()),
            ("POST", ["api", "resources", "segments", "search"]) => (
                "place",
                json!({ "rows": [{ "sid": 1, "bsid": 1, "bssid": 0 }], "total": 1 }).to_string(),
            ),
            (_, ["api", "auth", "token"]) => ("sign in/out", "\"a-token\"".to_owned()),
            ("POST", ["api", "v1", "assets", "upload-url"]) => {
                let asked: Value = serde_json::from_slice(body)?;
                let key = format!("k-{}", asked["filename"].as_str().unwrap_or_default());
                let link = format!("{}/put/{key}", self.origin);
                let answer = json!({ "success": true, "uploadUrl": link, "key": key });
                ("link", answer.to_string())
            }
            ("POST", ["api", "v1", "assets"]) => {
                let asset = web_asset(&serde_json::from_slice(body)?);
                note(&mut kept.web, &asset);
                ("create", format!("{{\"success\":true,\"asset\":{asset}}}"))
            }
            ("GET", ["api", "v1", "assets"]) => ("list", format!("{{\"assets\":[{}]}}", kept.web)),
            ("GET", ["calls"]) => return Ok(serde_json::to_string(&kept.calls)?),
            (method, _) => bail!("{method} {} is no call of either", request.path),
        };
        *kept.calls.entry(kind).or_default() += 1;
        Ok(answer)
    }
}

fn note(list: &mut String, asset: &str) {
    if !list.is_empty() {
        list.push(',');
    }
    // Writing to a String cannot fail.
    let _ = write!(list, "{asset}");
}

fn document() -> String {
    json!({
        "id": 7, "dsid": 1, "pid": 1, "name": "bench.json",
        "src": { "v": "en", "t": "English" },
        "trgs": [{ "v": "de", "t": "German" }],
    })
    .to_string()
}

fn flex_asset(kept: &Kept, asked: &Value) -> String {
    let token = asked["filetoken"].as_str().unwrap_or_default();
    json!({
        "projectId": 1, "documentId": 7, "segmentId": 1,
        "locale": asked["locale"],
        "relativePath": asked["relativePath"],
        "fileName": token.strip_prefix("t-").unwrap_or(token),
        "fileSizeInBytes": kept.sizes.get(token).copied().unwrap_or_default(),
        "contentType": "image/png",
        "createdDate": "2026-01-01T00:00:00Z",
        "modifiedDate": "2026-01-01T00:00:00Z",
    })
    .to_string()
}

fn web_asset(asked: &Value) -> String {
    let key = asked["s3Key"].as_str().unwrap_or_default();
    json!({
        "id": key, "organizationId": "o", "assetType": asked["assetType"],
        "filename": asked["filename"], "s3Key": key, "contentType": asked["contentType"],
        "size": asked["size"], "url": format!("https://cdn.example.com/{key}"),
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
        "tags": [], "websiteId": asked["websiteId"],
    })
    .to_string()
}
