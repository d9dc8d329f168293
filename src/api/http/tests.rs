//! The wire at its worst: redirects, lies about length, pages, stalls, bombs, and where secrets go.

pub(crate) mod server;

mod limits;
mod network;
mod origin;

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_id_leaves_the_origin(id in "\\PC{0,12}|[./\\\\:@%?#a\\t\\n]{0,6}|(%2[eEfF]|\\.){0,3}") {
        let options = HttpOptions { credentials: Vec::new(), read_error: |_| Reason::default(), patience: Patience::default(), network: Arc::default() };
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
