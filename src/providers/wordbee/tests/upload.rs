//! Handing a file over and attaching it in its place.

use super::*;

/// A segment with these assets, where uploads are taken and attached as `attached` says.
fn segment_with(
    assets: serde_json::Value,
    attached: impl Fn(&Heard) -> Reply + Send + Sync + 'static,
) -> Server {
    service(move |heard| match (heard.method.as_str(), heard.path()) {
        ("POST", "/api/media/upload") => {
            answer(200, json!({ "result": { "token": "f1", "name": "x" } }))
        }
        ("POST", "/api/apps/wbflex/documents/20417/assets/27667833") => attached(heard),
        ("GET", "/api/apps/wbflex/documents/20417/assets/27667833/list") => {
            answer(200, assets.clone())
        }
        _ => answer(404, json!({})),
    })
}

fn upload_of(file: &TestFile, locale: Option<&str>, folder: &str) -> UploadRequest {
    let mut request = request(file, place(), "image/png");
    request.locale = locale.and_then(Locale::new);
    request.folder = AssetPath::parse(folder).unwrap();
    request
}

#[tokio::test]
async fn a_place_is_checked_before_a_byte() {
    let existing = json!([
        asset(Some("de"), "", "hero.png"),
        asset(None, "public\\images", "HERO.PNG"),
        asset(None, "", "cafe\u{301}.png"),
    ]);
    let server = segment_with(existing, |_| answer(500, json!({})));
    let adapter = adapter(&server);
    let hero = TestFile::new("hero.png", &[1; 10]);
    let coffee = TestFile::new("CAFÉ.png", &[1; 10]);
    let empty = TestFile::new("e.png", b"");
    let (conflict, invalid) = (ApiErrorKind::Conflict, ApiErrorKind::Invalid);
    let cases = [
        (
            upload_of(&hero, Some("DE"), ""),
            &invalid,
            "did you mean de",
        ),
        (
            upload_of(&hero, Some("pt_BR"), ""),
            &invalid,
            "did you mean pt-BR",
        ),
        (
            upload_of(&hero, Some("xx"), ""),
            &invalid,
            "it has en, de, pt-BR",
        ),
        (upload_of(&hero, None, "DE/x"), &invalid, "locale de"),
        (
            upload_of(&hero, Some("de"), ""),
            &conflict,
            "“hero.png” in de",
        ),
        (
            upload_of(&hero, None, "Public/Images"),
            &conflict,
            "“public/images/HERO.PNG”",
        ),
        (upload_of(&coffee, None, ""), &conflict, "already has"),
        (upload_of(&empty, None, ""), &invalid, "empty"),
    ];
    for (request, kind, part) in cases {
        let watch = Noted::default();
        let error = adapter.upload(&request, &watch).await.unwrap_err();
        assert_eq!(&error.kind, kind, "{error}");
        assert!(error.message.contains(part), "{error}");
        assert!(watch.names().is_empty() && !error.in_doubt());
    }
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| !heard.path().contains("media"))
    );
}

#[tokio::test]
async fn an_upload_is_handed_over_and_attached_in_its_place() {
    let refused_once = AtomicBool::new(false);
    let server = segment_with(json!([]), move |_| {
        if !refused_once.swap(true, Ordering::Relaxed) {
            return answer(401, json!({}));
        }
        answer(200, asset(Some("de"), "public\\images", "hero.png"))
    });
    let file = TestFile::new("hero.png", &vec![9; 200_000]);
    let watch = Noted::default();
    let request = upload_of(&file, Some("de"), "public/images");
    let made = adapter(&server).upload(&request, &watch).await.unwrap();
    assert_eq!(made.key.as_str(), "de/public/images/hero.png");
    assert_eq!(watch.names(), [Step::Send, Step::Attach]);
    let heard = server.heard();
    let sent = heard
        .iter()
        .find(|heard| heard.path() == "/api/media/upload")
        .unwrap();
    assert_eq!(sent.target, "/api/media/upload?filename=hero.png");
    assert!(
        sent.header("content-type")
            .unwrap()
            .starts_with("multipart/form-data; boundary=")
    );
    assert_eq!(
        sent.header("content-length").unwrap(),
        sent.body.len().to_string()
    );
    let attach = heard
        .iter()
        .rev()
        .find(|heard| heard.path().ends_with("/27667833"))
        .unwrap();
    assert_eq!(
        attach.json(),
        json!({ "filetoken": "f1", "locale": "de", "relativePath": "public/images" })
    );
}

#[tokio::test]
async fn an_asset_stored_elsewhere_is_not_done() {
    let file = TestFile::new("hero.png", &[9; 10]);
    let request = upload_of(&file, None, "images");
    for (stored, outcome) in [
        (asset(None, "images", "hero.png"), Some(0)),
        (asset(None, "Images", "HERO.png"), Some(1)),
        (asset(None, "images", "hero (1).png"), None),
        (asset(None, "", "hero.png"), None),
        (asset(Some("de"), "images", "hero.png"), None),
        (asset(Some("images"), "", "hero.png"), None),
    ] {
        let server = segment_with(json!([]), move |_| answer(200, stored.clone()));
        let watch = Noted::default();
        let done = adapter(&server).upload(&request, &watch).await;
        match outcome {
            Some(warnings) => {
                done.unwrap();
                assert_eq!(watch.warnings.lock().unwrap().len(), warnings);
            }
            None => assert_eq!(done.unwrap_err().kind, ApiErrorKind::Conflict),
        }
    }
    for lost in [
        || Reply::Bytes(Vec::new()),
        || reply(502, "", ""),
        || answer(200, json!({})),
    ] {
        let server = segment_with(json!([]), move |_| lost());
        let error = adapter(&server)
            .upload(&request, &Noted::default())
            .await
            .unwrap_err();
        assert!(error.in_doubt(), "{error:?}");
    }
}
