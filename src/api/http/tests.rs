//! The wire at its worst: redirects, lies about length, pages, stalls, bombs, and where secrets go.

pub(crate) mod server;

use std::time::Duration;

use futures_util::StreamExt as _;
use proptest::prelude::*;

use super::*;
use crate::api::body::Outgoing;
use crate::api::{ApiErrorKind, Delivery};
use server::{CANARY, Reply, Server, TestFile, canary, hasty, json, reply};

const OP: &str = "test";

/// Nothing of an error may show the key, raw or in the usual encodings, or a query.
fn assert_clean(error: &ApiError) {
    let shown = format!("{error:?} {error} {}", error.hint());
    for secret in [CANARY, &encode(CANARY), "signature=", "c2tfbGl2ZV9jYW5hcnk"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn assert_unheard(server: &Server) {
    assert!(server.heard().is_empty(), "{:?}", server.heard());
}

#[tokio::test]
async fn no_redirect_is_followed_with_credentials() {
    let stranger = Server::start(|_| json(200, serde_json::json!({})));
    let file = TestFile::new("a.bin", &vec![7; 300_000]);
    let there = stranger.authority();
    let targets = [
        format!("http://{there}/x"),
        format!("//{there}/x"),
        format!("https://{there}/x"),
        format!("/\\{there}/x"),
        format!("http://user:{CANARY}@{there}/x"),
        "file:///etc/passwd".to_owned(),
        "/elsewhere?signature=1".to_owned(),
        String::new(),
    ];
    for status in [301, 302, 303, 307, 308] {
        for target in &targets {
            let location = format!("location: {target}\r\n");
            let home = Server::start(move |_| reply(status, &location, ""));
            let http = home.http(Patience::default());
            let call = |method| http.call(OP, method, &["a", "b"]).query("signature", "1");
            let mut errors = vec![
                call(Method::GET).answer().await.unwrap_err(),
                call(Method::DELETE).changes().answer().await.unwrap_err(),
                call(Method::POST)
                    .json(&1)
                    .changes()
                    .answer()
                    .await
                    .unwrap_err(),
                call(Method::PATCH).json(&1).answer().await.unwrap_err(),
                call(Method::GET).stream().await.unwrap_err(),
            ];
            for method in [Method::PUT, Method::POST] {
                let stamp = file.stamp();
                let body = Outgoing::file(OP, &file.path, &stamp, "image/png");
                let bare = http.bare(OP, method, &format!("{}/put?signature=1", home.url()));
                let sent = bare.file(body.await.unwrap(), &|_| {}).answer().await;
                errors.push(sent.unwrap_err());
            }
            for error in &errors {
                assert_eq!(
                    error.kind,
                    ApiErrorKind::Refused,
                    "{status} {target} {error:?}"
                );
                assert!(!error.in_doubt() && !error.is_transient());
                assert_clean(error);
            }
            let heard = home.heard();
            assert_eq!(heard.len(), errors.len(), "each call once: {heard:?}");
        }
    }
    assert_unheard(&stranger);
}

#[tokio::test]
async fn a_refused_redirect_names_where_it_led() {
    let home = Server::start(|_| reply(302, "location: https://evil.example:444/x?y\r\n", ""));
    let error = home
        .http(Patience::default())
        .call(OP, Method::GET, &["a"])
        .answer()
        .await
        .unwrap_err();
    assert!(error.message.contains("evil.example:444"), "{error}");
    assert_eq!(error.url, Some(format!("{}/a", home.url())));
}

#[tokio::test]
async fn a_bare_download_follows_without_credentials() {
    let storage = Server::start(|_| reply(200, "", "bytes"));
    let location = format!("location: {}/file\r\n", storage.url());
    let home = Server::start(move |_| reply(302, &location, ""));
    let http = home.http(Patience::default());
    let mut stream = http
        .bare(OP, Method::GET, &format!("{}/start", home.url()))
        .stream()
        .await
        .unwrap();
    assert_eq!(stream.size(), Some(5));
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "bytes");
    for heard in home.heard().into_iter().chain(storage.heard()) {
        assert!(!format!("{heard:?}").contains("canary"), "{heard:?}");
        assert_eq!(heard.header("accept-encoding"), Some("identity"));
        assert_eq!(heard.header("referer"), None);
    }

    let around = Server::start(|heard| reply(302, &format!("location: {}x\r\n", heard.path()), ""));
    let http = around.http(Patience::default());
    let error = http
        .bare(OP, Method::GET, &around.url())
        .stream()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Refused);
    assert_eq!(around.heard().len(), 6);
}

#[tokio::test]
async fn a_bare_call_cannot_carry_a_credential() {
    let home = Server::start(|_| reply(200, "", ""));
    let http = home.http(Patience::default());
    let call = http.bare(OP, Method::GET, &home.url());
    let error = call
        .secret("x-api-key", &canary())
        .answer()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Refused);
    assert_clean(&error);
    assert_unheard(&home);
}

#[tokio::test]
async fn the_key_goes_to_its_origin_and_never_into_an_error() {
    for status in [400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503] {
        let home = Server::start(move |_| {
            reply(
                status,
                &format!("x-request-id: {CANARY}\r\n"),
                format!("your key {CANARY} is no good"),
            )
        });
        let http = home.http(Patience::default());
        let error = http
            .call(OP, Method::GET, &["a"])
            .answer()
            .await
            .unwrap_err();
        assert_clean(&error);
        assert!(error.message.contains("•••"), "{error}");
        assert_eq!(error.status, Some(status));
        assert_eq!(home.heard()[0].header("x-api-key"), Some(CANARY));
    }
    let http = Server::start(|_| reply(200, "", "")).http(Patience::default());
    assert!(!format!("{http:?}").contains("canary"));
}

#[tokio::test]
async fn a_status_says_what_to_do() {
    use ApiErrorKind as K;
    let cases = [
        (401, "", K::Unauthorized),
        (
            403,
            "",
            K::Forbidden {
                missing: Vec::new(),
            },
        ),
        (404, "", K::NotFound),
        (408, "", K::Transport),
        (409, "", K::Conflict),
        (422, "", K::Invalid),
        (
            429,
            "retry-after: 7\r\n",
            K::RateLimited {
                after: Some(Duration::from_secs(7)),
            },
        ),
        (429, "retry-after: -1\r\n", K::RateLimited { after: None }),
        (
            429,
            "retry-after: 99999999999999999999\r\n",
            K::RateLimited { after: None },
        ),
        (
            429,
            "date: Wed, 21 Oct 2026 07:28:00 GMT\r\nretry-after: Wed, 21 Oct 2026 07:28:09 GMT\r\n",
            K::RateLimited {
                after: Some(Duration::from_secs(9)),
            },
        ),
        (
            503,
            "retry-after: 3\r\n",
            K::RateLimited {
                after: Some(Duration::from_secs(3)),
            },
        ),
        (503, "", K::Server),
    ];
    for (status, headers, kind) in cases {
        let home = Server::start(move |_| reply(status, headers, ""));
        let http = home.http(Patience::default());
        let error = http
            .call(OP, Method::GET, &["a"])
            .answer()
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{status} {headers}");
        assert_eq!(error.delivery, Delivery::Answered);
        assert!(!error.message.is_empty());
    }
}

#[tokio::test]
async fn a_page_is_no_answer() {
    for page in [
        "<!DOCTYPE html><p>Hi",
        "\u{FEFF}\n <HTML>",
        "<!-- x --><b>",
        "<head>",
    ] {
        for status in [200, 500, 403] {
            let home = Server::start(move |_| reply(status, "", page));
            let http = home.http(Patience::default());
            let error = http
                .call(OP, Method::GET, &["a"])
                .answer()
                .await
                .unwrap_err();
            assert!(error.message.contains("web page"), "{error}");
            assert!(!error.to_string().contains('<'));
            if status == 200 {
                assert_eq!(error.kind, ApiErrorKind::Decode);
            }
        }
    }
}

#[tokio::test]
async fn a_broken_answer_leaves_a_change_in_doubt() {
    let answers: [&[u8]; 6] = [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}",
        b"nonsense\r\n\r\n",
    ];
    for answer in answers {
        let home = Server::start(move |_| Reply::Bytes(answer.to_vec()));
        let http = home.http(Patience::default());
        let call = http.call(OP, Method::POST, &["a"]).json(&1).changes();
        let error = call.answer().await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Transport, "{error:?}");
        assert_eq!(error.delivery, Delivery::Unknown);
        assert!(error.in_doubt());
        assert_clean(&error);
        assert_eq!(home.heard().len(), 1, "it is not sent twice");
    }
    for status in [502, 504] {
        let home = Server::start(move |_| reply(status, "", "<html>"));
        let http = home.http(Patience::default());
        let call = http.call(OP, Method::POST, &["a"]).json(&1).changes();
        assert!(call.answer().await.unwrap_err().in_doubt());
    }
}

#[tokio::test]
async fn without_a_connection_nothing_is_in_doubt() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let options = Server::start(|_| reply(200, "", ""))
        .http(Patience::default())
        .options;
    let http = Http::new(&format!("http://{free}"), options).unwrap();
    let call = http
        .call(OP, Method::POST, &["a"])
        .query("signature", "x")
        .json(&1)
        .changes();
    let error = call.answer().await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Transport);
    assert_eq!(error.delivery, Delivery::NotSent);
    assert!(!error.in_doubt() && error.is_transient());
    assert!(error.message.contains("refused"), "{error}");
    assert_clean(&error);
}

#[tokio::test]
async fn a_silent_or_dripping_server_ends_in_time() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
    for part in [0, 9, head.len()] {
        let home = Server::start(move |_| Reply::Stall(head[..part].to_vec()));
        let http = home.http(hasty());
        let error = http
            .call(OP, Method::GET, &["a"])
            .answer()
            .await
            .unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Transport, "{error:?}");
        let streamed = http.call(OP, Method::GET, &["a"]).stream().await;
        let error = match streamed {
            Err(error) => error,
            Ok(mut stream) => stream.chunk().await.unwrap_err(),
        };
        assert_eq!(error.delivery, Delivery::Unknown);
    }

    let home = Server::start(move |_| Reply::Drip(head.to_vec(), vec![b'x'; 1000]));
    let http = home.http(hasty());
    let stream = http.call(OP, Method::GET, &["a"]).stream().await.unwrap();
    let mut download = stream.into_download();
    let error = loop {
        match download.bytes.next().await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(error.message.contains("moved less than"), "{error}");
}

#[tokio::test]
async fn an_upload_that_stops_moving_ends_in_time() {
    let file = TestFile::new("big.bin", &vec![7; 30_000_000]);
    let home = Server::deaf(b"");
    let http = home.http(hasty());
    let body = Outgoing::file(OP, &file.path, &file.stamp(), "image/png")
        .await
        .unwrap();
    let call = http.bare(OP, Method::PUT, &home.url());
    let error = call.file(body, &|_| {}).answer().await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Transport);
    assert!(error.message.contains("moved nothing"), "{error}");

    let small = TestFile::new("small.bin", &[7; 10]);
    let body = Outgoing::file(OP, &small.path, &small.stamp(), "image/png")
        .await
        .unwrap();
    let call = http.bare(OP, Method::PUT, &home.url());
    let error = call.file(body, &|_| {}).answer().await.unwrap_err();
    assert!(error.message.contains("gave no answer"), "{error}");
}

#[tokio::test]
async fn a_yes_before_the_end_is_no_yes() {
    let file = TestFile::new("big.bin", &vec![7; 30_000_000]);
    let home = Server::deaf(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let http = home.http(Patience::default());
    let body = Outgoing::file(OP, &file.path, &file.stamp(), "image/png")
        .await
        .unwrap();
    let call = http.bare(OP, Method::PUT, &home.url());
    let error = call.file(body, &|_| {}).answer().await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Decode, "{error:?}");
}

/// A gzip stream of about `size` zeros: one literal and matches of 258 bytes, fixed Huffman codes.
fn bomb(size: usize) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut bits, mut count) = (0_u32, 0);
    let mut put = |value: u32, width: u32, out: &mut Vec<u8>| {
        bits |= value << count;
        count += width;
        while count >= 8 {
            out.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            count -= 8;
        }
    };
    put(0b011, 3, &mut out);
    put(0b0000_1100, 8, &mut out);
    for _ in 0..size / 258 {
        put(0b1010_0011, 8, &mut out);
        put(0, 5, &mut out);
    }
    out
}

#[tokio::test]
async fn too_much_is_refused() {
    let packed = bomb(2 * MAX_PAGE);
    assert!(packed.len() < MAX_PAGE / 50);
    let gzip = "content-encoding: gzip\r\n";
    let cases: Vec<Box<dyn Fn() -> Reply + Send + Sync>> = vec![
        Box::new(move || reply(200, gzip, &packed)),
        Box::new(|| reply(200, "", vec![b' '; MAX_PAGE + 1])),
    ];
    for case in cases {
        let home = Server::start(move |_| case());
        let patience = Patience::default();
        let error = home
            .http(patience)
            .call(OP, Method::GET, &["a"])
            .answer()
            .await
            .unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Limit, "{error:?}");
    }
    let list = format!("[{}]", vec!["1"; MAX_ENTRIES + 1].join(","));
    let home = Server::start(move |_| reply(200, "", &list));
    let http = home.http(Patience::default());
    let answer = http.call(OP, Method::GET, &["a"]).answer().await.unwrap();
    let error = answer.entries(answer.raw().unwrap()).unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Limit);
}

#[tokio::test]
async fn an_odd_body_is_an_error_and_no_crash() {
    let deep = "[".repeat(100_000);
    for body in ["", "  ", "{", "nul", "\u{0}", "[1,]", &deep] {
        let body = body.to_owned();
        let home = Server::start(move |_| reply(200, "", &body));
        let answer = home
            .http(Patience::default())
            .call(OP, Method::GET, &["a"])
            .answer()
            .await
            .unwrap();
        assert_eq!(answer.raw().unwrap_err().kind, ApiErrorKind::Decode);
        assert!(answer.json::<serde_json::Value>().is_err());
    }
    // One entry that is not UTF-8 costs that entry only.
    let home = Server::start(|_| reply(200, "", b"[{\"a\":\"x\"},{\"a\":\"\xff\"}]"));
    let answer = home
        .http(Patience::default())
        .call(OP, Method::GET, &["a"])
        .answer()
        .await
        .unwrap();
    let entries = answer.entries(answer.raw().unwrap()).unwrap();
    let damaged: Vec<bool> = entries
        .iter()
        .map(|entry| answer.is_damaged(entry))
        .collect();
    assert_eq!(damaged, [false, true]);
}

#[test]
fn a_base_address_is_sound_or_refused() {
    for text in [
        "https://api.example.com",
        "https://api.example.com/prefix/",
        "https://[2001:db8::1]:8443",
        "http://127.0.0.1:3001",
        "http://127.9.9.9",
        "http://[::1]:80",
        "http://LOCALHOST:1",
    ] {
        assert!(check_base_url(text).is_ok(), "{text}");
    }
    for text in [
        "",
        "api.example.com",
        "ftp://a",
        "file:///x",
        "javascript:1",
        "http://api.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "https://user@a",
        "https://user:pw@a",
        "https://a?x",
        "https://a#x",
        "https://a b",
        " https://a",
        "https://a\n",
        "https://",
    ] {
        let reason = check_base_url(text).unwrap_err();
        assert!(!reason.contains("pw"), "{reason}");
    }
}

#[tokio::test]
async fn an_address_of_the_service_is_judged() {
    let local = Server::start(|_| reply(200, "", "")).http(Patience::default());
    let remote = Http::new("https://api.example.com", local.options.clone()).unwrap();
    let judge = |http: &Http, address: &str| http.foreign(OP, address).is_ok();
    assert!(judge(
        &remote,
        "https://bucket.example.net/a?X-Amz-Signature=1"
    ));
    assert!(judge(&local, "https://bucket.example.net/a"));
    assert!(judge(&local, "http://127.0.0.1:9000/a"));
    assert!(judge(&local, "http://localhost/a"));
    for address in [
        "http://bucket.example.net/a",
        "file:///etc/passwd",
        "ftp://a/b",
        "javascript:alert(1)",
        "//host/a",
        "relative",
        "",
        "https://user@bucket.example.net/",
        "https://169.254.169.254/latest",
        "https://[fe80::1]/",
        "https://0.0.0.0/",
        "http://169.254.169.254/latest",
    ] {
        assert!(!judge(&remote, address), "{address}");
        assert!(!judge(&local, address), "{address}");
    }
    for address in [
        "http://127.0.0.1/a",
        "https://127.0.0.1/a",
        "https://localhost/a",
        "https://[::ffff:127.0.0.1]/a",
    ] {
        assert!(!judge(&remote, address), "{address}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_id_leaves_the_origin(id in "\\PC{0,12}|[./\\\\:@%?#a\\t\\n]{0,6}|(%2[eEfF]|\\.){0,3}") {
        let options = HttpOptions { credentials: Vec::new(), read_error: |_| Reason::default(), patience: Patience::default() };
        let http = Http::new("https://api.example.com/prefix/", options).unwrap();
        match http.url(OP, &["assets", &id, "list"]) {
            Err(error) => prop_assert!(matches!(id.as_str(), "" | "." | ".."), "{error}"),
            Ok(url) => {
                prop_assert_eq!(url.origin(), http.base.origin());
                let parts: Vec<&str> = url.path_segments().unwrap().collect();
                prop_assert_eq!(parts.len(), 4);
                let back = percent_encoding::percent_decode_str(parts[2]).decode_utf8().unwrap();
                prop_assert_eq!(back, id);
                prop_assert!(url.query().is_none() && url.fragment().is_none());
            }
        }
    }
}
