//! Where a request may go, and what goes with it.

use super::*;

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
                // "Look there for what became of it" is no "not done".
                let done = error.changes && [302, 303].contains(&status);
                assert_eq!(error.in_doubt(), done, "{status} {error:?}");
                assert!(!error.is_transient());
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
