//! Servers that send too much, too slowly, or nonsense.

use super::*;

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
        let http = home.http(Patience::default());
        let call = |method| http.call(OP, method, &["a"]);
        let error = call(Method::GET).answer().await.unwrap_err();
        // It may have done what it was asked for, and said so at length.
        let change = call(Method::POST).changes().answer().await.unwrap_err();
        assert!(change.in_doubt() && !error.in_doubt(), "{change:?}");
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
