//! Answers and bodies that end too early, and answers that never come.

use super::*;

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
