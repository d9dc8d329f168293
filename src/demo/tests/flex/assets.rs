//! Assets of segments: in, listed, out and gone.

use super::*;

#[tokio::test]
async fn an_asset_goes_in_is_listed_comes_back_and_goes() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let (_, bytes) = sample_files()[0];
    let place = json!({"locale": "de", "relativePath": "/public//images/"});
    let made = session.attach(HERO, "neu.png", bytes, place).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let asset = made.json();
    assert_eq!(asset["relativePath"], "public\\images");
    assert_eq!(asset["fileSizeInBytes"], bytes.len());
    let date = asset["createdDate"].as_str().unwrap();
    assert_eq!(date.len(), "2026-11-22T01:02:03.1234567Z".len(), "{date}");
    let list = session
        .call("GET", &format!("{HERO}/list"), None)
        .await
        .json();
    assert!(list.as_array().unwrap().contains(&asset));
    let many = session
        .call(
            "GET",
            "apps/wbflex/documents/19914/assets/list?segmentIds=27667833%2C27667835,27667836",
            None,
        )
        .await
        .json();
    assert_eq!(
        many.as_array().unwrap().len(),
        6 + 3,
        "one of the three has none"
    );
    let state = demo.state();
    let stored = state["wordbee"]["assets"].as_array().unwrap();
    assert!(
        stored
            .iter()
            .any(|stored| stored["sha256"] == sha256_hex(bytes))
    );
    let target = format!("{HERO}?filename=neu.png&locale=de&relativePath=public%2Fimages");
    let back = session.call("GET", &target, None).await;
    assert_eq!((back.status, back.body.as_slice()), (200, bytes));
    assert_eq!(back.header("content-length"), Some(bytes.len().to_string()));
    assert_eq!(back.header("content-type").as_deref(), Some("image/png"));
    assert_eq!(
        back.header("cache-control").as_deref(),
        Some("max-age=2592000")
    );
    let other = format!("{HERO}?filename=neu.png&relativePath=public%2Fimages");
    assert_eq!(
        session.call("GET", &other, None).await.status,
        404,
        "another language"
    );
    assert_eq!(session.call("GET", HERO, None).await.status, 400, "no name");
    // Only the named one goes; what is not there is gone as well.
    assert_eq!(session.call("DELETE", &other, None).await.status, 200);
    assert_eq!(session.call("GET", &target, None).await.status, 200);
    let gone = session.call("DELETE", &target, None).await;
    assert_eq!((gone.status, gone.body.len()), (200, 0));
    assert_eq!(session.call("GET", &target, None).await.status, 404);
    let list = session
        .call("GET", &format!("{HERO}/list"), None)
        .await
        .json();
    assert_eq!(list.as_array().unwrap().len(), 5);
    // Without a name, all of them go, in every language.
    assert_eq!(
        session
            .call("DELETE", &format!("{HERO}?locale=de"), None)
            .await
            .status,
        200
    );
    assert_eq!(
        session
            .call("GET", &format!("{HERO}/list"), None)
            .await
            .json(),
        json!([])
    );
}

#[tokio::test]
async fn equal_names_folders_and_languages_meet_on_the_storage() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let to = "apps/wbflex/documents/19914/assets/27667836";
    session.attach(to, "A.png", b"one", json!({})).await;
    let twin = session.attach(to, "a.PNG", b"two!", json!({})).await.json();
    assert_eq!(
        (&twin["fileName"], &twin["fileSizeInBytes"]),
        (&json!("A.png"), &json!(4))
    );
    let folder = session
        .attach(to, "x.png", b"x", json!({"relativePath": "DE/screens"}))
        .await
        .json();
    assert_eq!(
        (&folder["locale"], &folder["relativePath"]),
        (&json!("de"), &json!("screens"))
    );
    let inner = session
        .attach(to, "in/side/y.png", b"y", json!({}))
        .await
        .json();
    assert_eq!(
        (&inner["relativePath"], &inner["fileName"]),
        (&json!("in\\side"), &json!("y.png"))
    );
    let wins = session
        .attach(to, "in/side/z.png", b"y", json!({"relativePath": "out"}))
        .await
        .json();
    assert_eq!(
        (&wins["relativePath"], &wins["fileName"]),
        (&json!("out"), &json!("z.png"))
    );
    let list = session
        .call("GET", &format!("{to}/list"), None)
        .await
        .json();
    assert_eq!(names(&list).len(), 4);
    for wrong in [
        json!({"locale": "es"}),
        json!({"locale": "DE"}),
        json!({"relativePath": "../up"}),
        json!({"relativePath": 5}),
    ] {
        let answer = session.attach(to, "w.png", b"w", wrong.clone()).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    assert_eq!(
        session
            .attach(to, "what?.png", b"w", json!({}))
            .await
            .status,
        400
    );
    // A token is good once, and a refused attachment does not use it up.
    let token = session.upload("once.png", b"1").await.json()["result"]["token"].clone();
    let refused = json!({"filetoken": token, "locale": "es"});
    assert_eq!(session.call("POST", to, Some(refused)).await.status, 400);
    let good = json!({"filetoken": token});
    assert_eq!(
        session.call("POST", to, Some(good.clone())).await.status,
        200
    );
    assert_eq!(session.call("POST", to, Some(good)).await.status, 400);
    assert_eq!(session.call("POST", to, Some(json!({}))).await.status, 400);
}

#[tokio::test]
async fn uploads_must_be_forms_with_one_named_file() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let auth = [
        ("X-Auth-Token", session.token.as_str()),
        ("X-Auth-AccountId", "acme"),
    ];
    let post = async |target: &str, kind: &str, body: &str| {
        let mut headers = auth.to_vec();
        headers.push(("content-type", kind));
        send(
            demo.wordbee_url(),
            "POST",
            target,
            &headers,
            body.as_bytes(),
        )
        .await
    };
    let up = "/api/media/upload";
    let form = "multipart/form-data; boundary=b";
    let part =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.png\"\r\n\r\nabc\r\n";
    let nameless = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--b--\r\n";
    let one = format!("{part}--b--\r\n");
    for (target, kind, body) in [
        (up, "image/png", "raw bytes"),
        (up, "multipart/form-data", one.as_str()),
        (up, form, "no form at all"),
        (up, form, "--b--\r\n"),
        (up, form, nameless),
        (up, form, &format!("{part}{part}--b--\r\n")),
        ("/api/media/upload?maxsize=2", form, &one),
        ("/api/media/upload?maxsize=x", form, &one),
        ("/api/media/upload?filename=", form, &one),
    ] {
        let answer = post(target, kind, body).await;
        assert_eq!(answer.status, 400, "{target} {kind} {body}");
        assert!(answer.json()["error"]["title"].is_string());
    }
    let named = post(
        "/api/media/upload?filename=%C3%BC.png&maxsize=3",
        form,
        nameless,
    )
    .await;
    assert_eq!(named.json()["result"]["name"], "ü.png");
    let starred = nameless.replace(
        "\"file\"",
        "\"file\"; filename*=UTF-8''%E3%83%AD%E3%82%B4.png",
    );
    assert_eq!(
        post(up, form, &starred).await.json()["result"]["name"],
        "ロゴ.png"
    );
    assert_eq!(demo.state()["wordbee"]["counts"]["waitingUploads"], 2);
}

#[tokio::test]
async fn too_long_a_query_is_refused() {
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let path = "apps/wbflex/documents/20533/assets/list?segmentIds=";
    let ids = |count: u64| {
        (60_000_000..60_000_000 + count)
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let fits = session
        .call("GET", &format!("{path}{}", ids(200)), None)
        .await;
    assert_eq!(fits.status, 200);
    assert!(!fits.json().as_array().unwrap().is_empty());
    assert_eq!(
        session
            .call("GET", &format!("{path}{}", ids(300)), None)
            .await
            .status,
        400
    );
    assert_eq!(
        session
            .call("GET", &format!("{path}1,x"), None)
            .await
            .status,
        400
    );
    assert_eq!(
        session
            .call("GET", "apps/wbflex/documents/20533/assets/list", None)
            .await
            .status,
        400
    );
}
