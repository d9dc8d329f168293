//! Uploading: links, names that are taken, lost answers.

use super::*;

/// A service whose storage is on the same listener; `storage` and `create` answer those two calls.
fn service(
    storage: impl Fn(&Heard, usize) -> Reply + Send + Sync + 'static,
    create: impl Fn(&Heard) -> Reply + Send + Sync + 'static,
) -> Server {
    let puts = AtomicUsize::new(0);
    let made = AtomicBool::new(false);
    Server::start(move |heard| match (heard.method.as_str(), heard.path()) {
        ("POST", "/api/v1/assets/upload-url") => answer(
            200,
            json!({
                "success": true, "key": format!("k{}", puts.fetch_add(1, Ordering::Relaxed)), "expiresIn": 60,
                "uploadUrl": format!("http://{}/put?signature=1", heard.header("host").unwrap()),
            }),
        ),
        ("PUT", "/put") => storage(heard, puts.load(Ordering::Relaxed)),
        ("POST", "/api/v1/assets") => {
            made.store(true, Ordering::Relaxed);
            create(heard)
        }
        ("GET", _) if made.load(Ordering::Relaxed) => {
            answer(200, json!([asset("1", "k1", Some(SITE))]))
        }
        ("GET", _) => answer(200, json!([])),
        _ => answer(500, json!({})),
    })
}

/// The record that was asked for.
fn created(heard: &Heard) -> Reply {
    let key = heard.json()["s3Key"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    answer(
        200,
        json!({ "success": true, "asset": asset("1", &key, Some(SITE)) }),
    )
}

#[tokio::test]
async fn an_upload_sends_what_the_contract_says() {
    let server = service(|_, _| reply(200, "", ""), created);
    let file = TestFile::new("a.pdf", &vec![1; 200_000]);
    let mut request = request(&file, site(), "application/pdf");
    Arc::make_mut(&mut request.metadata).image_type = Some("hero".to_owned());
    Arc::make_mut(&mut request.metadata).alt_text = Some("Alt".to_owned());
    let watch = Noted::default();
    let asset = adapter(&server).upload(&request, &watch).await.unwrap();
    assert_eq!(asset.key.as_str(), "1");
    assert_eq!(
        watch.names(),
        [Step::AskLink, Step::Send, Step::Record, Step::Texts]
    );
    // The texts failed (500); the asset stays, and somebody is told.
    assert_eq!(watch.warnings.lock().unwrap().len(), 1);
    let mut heard = server.heard();
    assert_eq!(heard.remove(0).method, "GET", "is the name taken?");
    let sizes = [&heard[0], &heard[2]].map(|call| call.json()["size"].as_u64());
    assert_eq!(sizes, [Some(200_000); 2]);
    assert_eq!(heard[0].json()["assetType"], "content-document");
    assert_eq!(heard[2].json()["imageType"], "hero");
    assert_eq!(heard[2].json()["websiteId"], SITE);
    assert_eq!(heard[3].json(), json!({ "altText": "Alt" }));
    assert_eq!(heard[1].header("content-type"), Some("application/pdf"));
    assert_eq!(heard[1].header("content-length"), Some("200000"));
    assert!(
        !format!("{:?}", heard[1].headers).contains(CANARY),
        "no key for the storage"
    );
}

#[tokio::test]
async fn a_name_that_is_taken_is_found_before_a_byte_is_sent() {
    let server = service(|_, _| reply(200, "", ""), created);
    let file = TestFile::new("a.png", &[1; 10]);
    let request = request(&file, site(), "image/png");
    let adapter = adapter(&server);
    let watch = Noted::default();
    // Of two that begin together one goes, and a third finds what the first has made.
    let both = tokio::join!(
        adapter.upload(&request, &watch),
        adapter.upload(&request, &watch)
    );
    let refused = match both {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused.kind, ApiErrorKind::Conflict);
    let later = adapter.upload(&request, &watch).await.unwrap_err();
    assert_eq!(later.kind, ApiErrorKind::Conflict);
    let posts = || {
        let heard = server.heard();
        let made = |heard: &&Heard| heard.method == "POST" && heard.path() == "/api/v1/assets";
        heard.iter().filter(made).count()
    };
    assert_eq!(posts(), 1);
    // Another process asks the service itself.
    let other = super::tests::adapter(&server);
    let late = other.upload(&request, &watch).await.unwrap_err();
    assert_eq!(late.kind, ApiErrorKind::Conflict);
    assert_eq!(posts(), 1);
    let beside = UploadRequest {
        beside: true,
        ..request
    };
    other.upload(&beside, &watch).await.unwrap();
    assert_eq!(posts(), 2);
}

#[tokio::test]
async fn a_link_that_ran_out_is_replaced_thrice_at_most() {
    let expired = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    for good in [2, 3, 9] {
        let server = service(
            move |_, link| reply(if link >= good { 200 } else { 403 }, "", expired),
            created,
        );
        let file = TestFile::new("a.png", &[1; 10]);
        let watch = Noted::default();
        let done = adapter(&server)
            .upload(&request(&file, site(), "image/png"), &watch)
            .await;
        let puts = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "PUT")
            .count();
        if good <= 3 {
            assert_eq!(done.unwrap().stored_as, Some(format!("k{}", good - 1)));
            assert_eq!(puts, good);
        } else {
            let error = done.unwrap_err();
            assert_eq!(puts, 3);
            assert!(error.message.contains("Request has expired"), "{error}");
            assert!(!error.is_refusal() && !error.in_doubt(), "{error:?}");
            assert!(!watch.names().contains(&Step::Record));
        }
    }
}

#[tokio::test]
async fn without_a_stored_file_nothing_is_recorded() {
    let file = TestFile::new("a.png", &[1; 10]);
    for link in [
        "http://storage.example.net/put",
        "https://169.254.169.254/put",
        "file:///etc/passwd",
        "https://u:p@storage.example.net/",
        "",
    ] {
        let server = Server::start(move |heard| match heard.method.as_str() {
            "GET" => answer(200, json!([])),
            _ => answer(
                200,
                json!({ "success": true, "key": "k", "expiresIn": 60, "uploadUrl": link }),
            ),
        });
        let watch = Noted::default();
        let done = adapter(&server)
            .upload(&request(&file, site(), "image/png"), &watch)
            .await;
        assert!(!done.unwrap_err().in_doubt());
        assert_eq!(server.heard().len(), 2, "{link}");
    }
    for status in [307, 400, 411, 500, 501] {
        let server = service(
            move |_, _| reply(status, "location: http://127.0.0.1:1/\r\n", "<html>"),
            created,
        );
        let watch = Noted::default();
        let done = adapter(&server)
            .upload(&request(&file, site(), "image/png"), &watch)
            .await;
        assert!(!done.unwrap_err().in_doubt());
        assert!(
            server
                .heard()
                .iter()
                .all(|heard| heard.method == "GET" || heard.path() != "/api/v1/assets")
        );
    }
}

#[tokio::test]
async fn a_lost_answer_to_creating_is_in_doubt_and_found_by_its_key() {
    let answers: [fn(&Heard) -> Reply; 7] = [
        |_| Reply::Bytes(Vec::new()),
        |_| Reply::Stall(Vec::new()),
        |_| {
            Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"success\":true".to_vec())
        },
        |_| reply(502, "", "<html>bad gateway"),
        |_| reply(504, "", ""),
        |_| answer(200, json!({ "success": true })),
        |_| {
            answer(
                200,
                json!({ "success": true, "asset": asset("9", "not-ours", None) }),
            )
        },
    ];
    for lost in answers {
        let server = service(|_, _| reply(200, "", ""), lost);
        let file = TestFile::new("a.png", &[1; 10]);
        let request = request(&file, site(), "image/png");
        let watch = Noted::default();
        let adapter = adapter_with(&server, hasty());
        let error = adapter.upload(&request, &watch).await.unwrap_err();
        assert!(error.in_doubt(), "{error:?}");
        let creates = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "POST" && heard.path() == "/api/v1/assets")
            .count();
        assert_eq!(creates, 1);
        let (_, key) = watch.steps.lock().unwrap().last().unwrap().clone();
        let sought = |storage_key: &str| Sought {
            request: Arc::new(request.clone()),
            receipt: Some(Receipt {
                storage_key: storage_key.to_owned(),
            }),
        };
        let both = [sought(&key.unwrap()), sought("k1")];
        let found = adapter.find_uploads(&both).await;
        let there: Vec<bool> = found
            .into_iter()
            .map(|it| it.unwrap().asset.is_some())
            .collect();
        assert_eq!(there, [false, true], "the list has k1 only, however alike");
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_before_a_byte() {
    let server = Server::start(|_| answer(500, json!({})));
    let adapter = adapter(&server);
    let file = TestFile::new("a.png", &[1; 10]);
    let good = request(&file, site(), "image/png");
    let with = |change: fn(&mut UploadRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let bad = [
        with(|request| request.content_type = "image/webp".into()),
        with(|request| request.content_type = "image/jpg".into()),
        with(|request| request.stamp.size = 0),
        with(|request| request.stamp.size = 20_971_521),
        with(|request| request.asset_type = Some("movie".into())),
        with(|request| Arc::make_mut(&mut request.metadata).image_type = Some("poster".into())),
        with(|request| Arc::make_mut(&mut request.metadata).alt_text = Some("😀".repeat(101))),
        with(|request| Arc::make_mut(&mut request.metadata).description = Some("x".repeat(501))),
        with(|request| Arc::make_mut(&mut request.metadata).tags = Some(vec!["x".into(); 21])),
        with(|request| Arc::make_mut(&mut request.metadata).tags = Some(vec!["x".repeat(51)])),
        with(|request| request.locale = crate::domain::Locale::new("de")),
        with(|request| request.scope = AssetScope::Container(ContainerId::new("shop").unwrap())),
    ];
    for request in bad {
        let error = adapter
            .upload(&request, &Noted::default())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Invalid);
        assert!(!error.message.contains('\n'));
    }
    assert!(server.heard().is_empty());
}
