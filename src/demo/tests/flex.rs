//! The documents' service: sessions, lists, segments, and the assets' way in and out.

mod assets;
mod listings;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Session, demo, key, send};
use crate::demo::sign::sha256_hex;
use crate::demo::{Options, sample_files, serve};

const HERO: &str = "apps/wbflex/documents/19914/assets/27667833";

fn names(list: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    list.as_array()
        .unwrap()
        .iter()
        .map(|asset| {
            (
                text(&asset["locale"]),
                text(&asset["relativePath"]),
                text(&asset["fileName"]),
            )
        })
        .collect()
}

#[tokio::test]
async fn tokens_are_given_used_and_end() {
    let demo = demo().await;
    let json = [("content-type", "application/json")];
    for body in [
        json!({"accountid": "acme", "key": "wrong"}),
        json!({"accountid": "other", "key": key(&demo, "acme-loc")}),
        json!({}),
    ] {
        let body = body.to_string();
        let refused = send(
            demo.wordbee_url(),
            "POST",
            "/api/auth/token",
            &json,
            body.as_bytes(),
        )
        .await;
        assert_eq!(refused.status, 400);
        assert!(refused.json()["error"]["title"].is_string());
    }
    let session = Session::new(&demo, "acme-loc").await;
    assert_eq!(
        session.call("POST", "apps/wbflex/list", None).await.status,
        200
    );
    // Without the account, the refusal is the documented 400.
    let token = [("X-Auth-Token", session.token.as_str())];
    let lone = send(
        demo.wordbee_url(),
        "POST",
        "/api/apps/wbflex/list",
        &token,
        b"",
    )
    .await;
    assert_eq!(lone.status, 400);
    assert_eq!(lone.json()["error"]["title"], "Token invalid or expired.");
    assert!(
        lone.json()["reason"]
            .as_str()
            .unwrap()
            .starts_with("Not authenticated")
    );
    assert_eq!(session.call("DELETE", "auth/token", None).await.status, 200);
    assert_eq!(
        session.call("POST", "apps/wbflex/list", None).await.status,
        401
    );
    let state = demo.state();
    assert_eq!(state["wordbee"]["logins"], 1);
    assert_eq!(state["wordbee"]["refusedLogins"], 3);
    assert_eq!(state["wordbee"]["counts"]["liveTokens"], 0);
}

#[tokio::test]
async fn an_expired_token_is_refused_in_either_form() {
    for expired_as in [401, 400] {
        let token_lifetime = Some(Duration::ZERO);
        let demo = serve(Options {
            token_lifetime,
            expired_as,
            ..Options::default()
        })
        .await
        .unwrap();
        let session = Session::new(&demo, "acme-loc").await;
        let answer = session.call("POST", "apps/wbflex/list", None).await;
        assert_eq!(answer.status, expired_as);
        assert_eq!(answer.json()["error"]["title"], "Token invalid or expired.");
    }
    let demo = demo().await;
    let session = Session::new(&demo, "acme-loc").await;
    let expire = send(demo.wordbee_url(), "POST", "/__demo/expire", &[], b"").await;
    assert_eq!(expire.status, 204);
    assert_eq!(
        session.call("POST", "apps/wbflex/list", None).await.status,
        401
    );
}

#[tokio::test]
async fn an_allowance_ends_in_the_throttling_shape() {
    let demo = serve(Options {
        calls_per_hour: Some(2),
        ..Options::default()
    })
    .await
    .unwrap();
    let session = Session::new(&demo, "acme-loc").await;
    for status in [200, 200, 429] {
        let answer = session.call("POST", "apps/wbflex/list", None).await;
        assert_eq!(answer.status, status);
        if status == 429 {
            assert!(
                answer.json()["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("2 per hour")
            );
        }
    }
    Session::new(&demo, "acme-loc").await;
}

#[tokio::test]
async fn a_worker_sees_his_documents_and_may_change_nothing() {
    let demo = demo().await;
    let worker = Session::new(&demo, "guest-loc").await;
    let list = worker.call("POST", "apps/wbflex/list", None).await.json();
    let ids: Vec<&str> = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["19914", "j512"]);
    for id in ["19914", "j512", "20417"] {
        let path = format!("apps/wbflex/documents/{id}/short");
        assert_eq!(worker.call("GET", &path, None).await.status, 200, "{id}");
    }
    assert_eq!(
        worker
            .call("GET", "apps/wbflex/documents/20533", None)
            .await
            .status,
        400
    );
    assert_eq!(
        worker
            .call("GET", &format!("{HERO}/list"), None)
            .await
            .status,
        200
    );
    assert_eq!(worker.upload("a.png", b"a").await.status, 403);
    let large = vec![7; 5 << 20];
    assert_eq!(
        worker.upload("a.png", &large).await.status,
        403,
        "told, not cut off"
    );
    let body = json!({"filetoken": "x"});
    let refused = worker.call("POST", HERO, Some(body)).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["error"]["title"].is_string());
    assert_eq!(worker.call("DELETE", HERO, None).await.status, 403);
    assert_eq!(demo.state()["wordbee"]["counts"]["assets"], 627);
}
