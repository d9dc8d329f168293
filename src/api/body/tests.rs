//! Files on their way out: exact lengths, forged names, and files that change under us.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use super::read::CHUNK;
use super::*;
use crate::api::http::tests::server::{Heard, Server, TestFile, json, reply};
use crate::api::http::{Method, Patience};

const OP: &str = "test";

async fn put(server: &Server, body: Outgoing) -> Result<u64, ApiError> {
    let sent = AtomicU64::new(0);
    let http = server.http(Patience::default());
    http.bare(OP, Method::PUT, &server.url())
        .file(body, &|bytes| sent.store(bytes, Ordering::Relaxed))
        .answer()
        .await?;
    Ok(sent.load(Ordering::Relaxed))
}

#[tokio::test]
async fn the_length_is_exact_and_the_bytes_are_the_files() {
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 17] {
        let content: Vec<u8> = (0..size).map(|at| at.to_le_bytes()[0]).collect();
        let file = TestFile::new("a.bin", &content);
        let server = Server::start(|_| reply(200, "", ""));
        let body = Outgoing::file(OP, &file.path, &file.stamp(), "image/png")
            .await
            .unwrap();
        assert_eq!(put(&server, body).await.unwrap(), size as u64);
        let heard = &server.heard()[0];
        assert_eq!(heard.header("content-length"), Some(&*size.to_string()));
        assert_eq!(heard.header("transfer-encoding"), None);
        assert_eq!(heard.header("content-type"), Some("image/png"));
        assert!(heard.header("x-api-key").is_none() && heard.header("authorization").is_none());
        assert!(heard.body == content);
    }
}

/// Splits a form as a strict reader does; `None` if it is not exactly one part between two rules.
fn one_part(request: &Heard) -> Option<(String, Vec<u8>)> {
    let boundary = request.header("content-type")?.split_once("boundary=")?.1;
    let open = format!("--{boundary}\r\n");
    let close = format!("\r\n--{boundary}--\r\n");
    let inner = request.body.strip_prefix(open.as_bytes())?;
    let inner = inner.strip_suffix(close.as_bytes())?;
    let at = inner.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(inner[..at].to_vec()).ok()?;
    let content = inner[at + 4..].to_vec();
    let rule = format!("--{boundary}");
    let again = content
        .windows(rule.len())
        .any(|window| window == rule.as_bytes());
    (!again).then_some((head, content))
}

#[tokio::test]
async fn no_name_forges_a_part() {
    let content = b"--x\r\nContent-Disposition: form-data; name=\"evil\"\r\n\r\n1\r\n--x--\r\n";
    let file = TestFile::new("a.bin", content);
    let names = [
        "plain.png",
        "a\r\nContent-Type: text/html\r\n\r\nevil",
        "a\nb",
        "a\rb",
        "a\"; name=\"other",
        "a\\\"b",
        "a\\",
        "\"",
        "--",
        ";",
        "a; filename*=UTF-8''b",
        "%22",
        "ヒーロー画像.png",
        "شعار.png",
        "👩‍💻.png",
        "a\0b",
    ];
    for name in names {
        let server = Server::start(|_| json(200, serde_json::json!({})));
        let stamp = file.stamp();
        let body = Outgoing::form(OP, &file.path, &stamp, "image/png\r\nX: y", name);
        let body = body.await.unwrap();
        let sent = put(&server, body).await.unwrap();
        assert_eq!(sent, content.len() as u64, "progress counts the file alone");
        let (head, got) = one_part(&server.heard()[0]).unwrap();
        assert_eq!(got, content);
        let lines: Vec<&str> = head.split("\r\n").collect();
        let written = encode(name);
        assert_eq!(
            lines,
            [
                format!("Content-Disposition: form-data; name=\"file\"; filename=\"{written}\""),
                "Content-Type: application/octet-stream".to_owned(),
            ]
        );
        assert!(head.is_ascii() && head.matches('\n').count() == 1);
    }
}

#[tokio::test]
async fn a_file_that_is_not_the_chosen_one_is_not_sent() {
    let file = TestFile::new("a.bin", b"hello");
    let stamp = file.stamp();
    let open = async |path: &Path| Outgoing::file(OP, path, &stamp, "image/png").await;
    std::fs::write(&file.path, b"hello, world").unwrap();
    let error = open(&file.path).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::File);
    assert!(!error.in_doubt());

    let folder = file.path.parent().unwrap();
    assert!(open(folder).await.unwrap_err().message.contains("folder"));
    let missing = open(&folder.join("none")).await.unwrap_err();
    assert_eq!(missing.kind, ApiErrorKind::File);
    assert!(
        open(Path::new("/dev/null"))
            .await
            .unwrap_err()
            .message
            .contains("device")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_without_waiting() {
    let file = TestFile::new("a.bin", b"x");
    let pipe = file.path.with_file_name("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let error = Outgoing::file(OP, &pipe, &file.stamp(), "image/png")
        .await
        .unwrap_err();
    assert!(error.message.contains("pipe"), "{error}");
}

fn append(path: &Path) {
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"more").unwrap();
}

fn cut(path: &Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(100).unwrap();
}

fn rewrite(path: &Path) {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(b"other").unwrap();
    // Even if both writes fall into one tick of the file system's clock.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    file.set_modified(later).unwrap();
}

fn replace(path: &Path) {
    let other = path.with_file_name("other");
    std::fs::write(&other, b"other").unwrap();
    std::fs::rename(&other, path).unwrap();
}

#[tokio::test]
async fn a_file_that_changes_on_the_way_is_never_complete() {
    let size = 10 * CHUNK;
    // While the piece before the last goes out the last one is read, whole and unchanged.
    for (at, change) in [0, 1, 5, 8]
        .into_iter()
        .flat_map(|at| [append as fn(&Path), cut, rewrite].map(|change| (at, change)))
    {
        let file = TestFile::new("a.bin", &vec![1; size]);
        let mut body = Outgoing::file(OP, &file.path, &file.stamp(), "image/png")
            .await
            .unwrap();
        let mut sent = 0;
        let mut pieces = 0;
        let error = loop {
            if pieces == at {
                change(&file.path);
            }
            let next = std::future::poll_fn(|context| body.pieces.poll_next(context));
            match next.await.unwrap() {
                Ok(bytes) => sent += bytes.len(),
                Err(error) => break error,
            }
            pieces += 1;
        };
        assert_eq!(error.kind, ApiErrorKind::File, "{error:?}");
        assert!(!error.is_transient());
        assert!(sent < size, "the last piece must be held back");
    }
}

#[tokio::test]
async fn a_changed_file_breaks_the_request() {
    for change in [append as fn(&Path), cut, rewrite] {
        let file = TestFile::new("a.bin", &vec![1; 3 * CHUNK]);
        let server = Server::start(|_| reply(200, "", ""));
        let body = Outgoing::file(OP, &file.path, &file.stamp(), "image/png")
            .await
            .unwrap();
        change(&file.path);
        let error = put(&server, body).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::File, "{error:?}");
        for heard in server.heard() {
            assert!(
                heard.body.len() < 3 * CHUNK,
                "the storage must not hold a whole body"
            );
        }
        // The form must not be closed either.
        let file = TestFile::new("a.bin", &vec![1; 3 * CHUNK]);
        let stamp = file.stamp();
        let form = Outgoing::form(OP, &file.path, &stamp, "image/png", "a.bin")
            .await
            .unwrap();
        change(&file.path);
        assert_eq!(
            put(&server, form).await.unwrap_err().kind,
            ApiErrorKind::File
        );
        for heard in server.heard() {
            assert!(!heard.body.ends_with(b"--\r\n"));
        }
    }
}

#[tokio::test]
async fn another_file_in_its_place_is_no_change() {
    let file = TestFile::new("a.bin", &vec![1; 3 * CHUNK]);
    let server = Server::start(|_| reply(200, "", ""));
    let body = Outgoing::file(OP, &file.path, &file.stamp(), "image/png")
        .await
        .unwrap();
    replace(&file.path);
    put(&server, body).await.unwrap();
    assert!(
        server.heard()[0].body == vec![1; 3 * CHUNK],
        "the opened one is sent whole"
    );
}
