//! Signing in, and the token that comes of it.

use super::*;

fn signs(heard: &[Heard]) -> usize {
    let sign = |heard: &&Heard| heard.method == "POST" && heard.path() == "/api/auth/token";
    heard.iter().filter(sign).count()
}

#[tokio::test]
async fn many_calls_sign_in_once_and_again_once_after_each_expiry() {
    let refusals: [fn() -> Reply; 3] = [
        || answer(401, json!({ "reason": "x" })),
        || {
            answer(
                400,
                json!({ "error": { "title": "Token invalid or expired." } }),
            )
        },
        || {
            answer(
                400,
                json!({ "error": {}, "reason": "Not authenticated (x)" }),
            )
        },
    ];
    for refusal in refusals {
        let valid = Arc::new(AtomicUsize::new(1));
        let issued = AtomicUsize::new(0);
        let now = valid.clone();
        let server = Server::start(move |heard| {
            if heard.path() == "/api/auth/token" {
                let number = issued
                    .load(Ordering::Relaxed)
                    .max(now.load(Ordering::Relaxed));
                issued.store(number, Ordering::Relaxed);
                return answer(200, json!(format!("{TOKEN}{number}")));
            }
            let good = format!("{TOKEN}{}", now.load(Ordering::Relaxed));
            if heard.header("x-auth-token") == Some(&good) {
                answer(200, json!({ "total": 0, "rows": [] }))
            } else {
                refusal()
            }
        });
        let adapter = adapter(&server);
        for expiry in 1..=3 {
            valid.store(expiry, Ordering::Relaxed);
            let calls = (0..50).map(|_| adapter.check());
            for outcome in futures_util::future::join_all(calls).await {
                outcome.unwrap();
            }
            assert_eq!(signs(&server.heard()), expiry);
        }
        let heard = server.heard();
        let call = heard
            .iter()
            .find(|heard| heard.path().ends_with("/list"))
            .unwrap();
        assert_eq!(call.header("x-auth-accountid"), Some("acme"));
        assert!(
            !format!("{:?}", call.headers).contains(CANARY),
            "the key is for signing in only"
        );
    }
}

#[tokio::test]
async fn a_bad_key_is_not_hammered() {
    for status in [400, 401, 403] {
        let server = Server::start(move |_| {
            answer(
                status,
                json!({ "error": { "title": format!("Bad key {CANARY}") }, "reason": "r" }),
            )
        });
        let adapter = adapter(&server);
        for _ in 0..20 {
            let error = adapter.containers(None).await.unwrap_err();
            assert_eq!(error.kind, ApiErrorKind::Unauthorized);
            assert!(!format!("{error:?} {error}").contains(CANARY), "{error:?}");
        }
        assert_eq!(server.heard().len(), 1);
    }
    // A good key whose tokens are never taken.
    let server = service(|_| answer(401, json!({ "error": { "title": format!("no {TOKEN}") } })));
    let adapter = adapter(&server);
    for _ in 0..20 {
        let error = adapter.containers(None).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Unauthorized);
        assert!(!format!("{error:?} {error}").contains(TOKEN), "{error:?}");
    }
    assert!(signs(&server.heard()) <= 2);
    assert!(!format!("{adapter:?}").contains("canary"));
}

#[tokio::test]
async fn odd_tokens_are_refused_and_a_bare_one_is_taken() {
    for (body, good) in [
        (TOKEN, true),
        ("\"quoted\"", true),
        ("\"\"", false),
        ("", false),
        ("a b", false),
        ("\"a\\nX: y\"", false),
        ("{\"token\":1}", false),
        ("<html>", false),
    ] {
        let server = Server::start(move |heard| match heard.path() {
            "/api/auth/token" => reply(200, "", body),
            _ => answer(200, json!({ "rows": [] })),
        });
        let done = adapter(&server).check().await;
        assert_eq!(done.is_ok(), good, "{body}: {done:?}");
    }
}

#[tokio::test]
async fn a_token_that_lay_idle_is_renewed_beforehand() {
    for (idle, signed_in) in [(Duration::ZERO, 3), (Pace::default().idle, 1)] {
        let server = service(|_| answer(200, json!({ "rows": [] })));
        let pace = Pace {
            idle,
            ..Pace::default()
        };
        let settings = settings("wordbee", &server.url());
        let adapter = Adapter::new(&settings, canary(), Patience::default(), pace).unwrap();
        for _ in 0..3 {
            adapter.check().await.unwrap();
        }
        assert_eq!(signs(&server.heard()), signed_in);
    }
}

#[tokio::test]
async fn leaving_drops_the_token() {
    let server = service(|_| answer(200, json!({ "rows": [] })));
    let adapter = adapter(&server);
    adapter.sign_out().await;
    assert!(server.heard().is_empty());
    adapter.check().await.unwrap();
    adapter.sign_out().await;
    adapter.sign_out().await;
    let heard = server.heard();
    let last = heard.last().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path()),
        ("DELETE", "/api/auth/token")
    );
    assert_eq!(last.header("x-auth-token"), Some(TOKEN));
    assert_eq!(heard.len(), 3);
}
