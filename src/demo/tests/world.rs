//! The world itself: same seed, same world; large ones at once; files, settings, clean ends.

use std::collections::HashSet;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Session, demo, send, web};
use crate::demo::{Options, sample_files, serve};

/// The state with what depends on the ports taken out.
fn timeless(demo: &super::Demo) -> String {
    let text = demo.state().to_string();
    text.replace(demo.segmentflow_url(), "API")
        .replace(demo.storage_url(), "STORAGE")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let seeded = |seed| {
        serve(Options {
            seed,
            ..Options::default()
        })
    };
    let (a, b, c) = (
        seeded(4).await.unwrap(),
        seeded(4).await.unwrap(),
        seeded(5).await.unwrap(),
    );
    assert_eq!(timeless(&a), timeless(&b));
    assert_ne!(timeless(&a), timeless(&c));
    assert_eq!(a.env(), b.env());
    assert_ne!(a.env(), c.env());
    assert_eq!(
        Session::new(&a, "acme-loc").await.token,
        Session::new(&b, "acme-loc").await.token
    );
}

#[tokio::test]
async fn the_world_is_believable() {
    let demo = demo().await;
    let state = demo.state();
    assert_eq!(state["segmentflow"]["counts"]["websites"], 4);
    assert_eq!(state["segmentflow"]["counts"]["assets"], 120);
    assert_eq!(state["wordbee"]["counts"]["documents"], 4);
    assert_eq!(state["wordbee"]["counts"]["assets"], 627);
    assert_eq!(state["segmentflow"]["assetsNotListed"], 0);
    assert_eq!(state["wordbee"]["assetsNotListed"], 0);
    let kinds: HashSet<String> = state["wordbee"]["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| {
            // An empty file would mean a name that the picture script does not make.
            assert_ne!(asset["size"], 0, "{asset}");
            asset["contentType"].as_str().unwrap().to_owned()
        })
        .collect();
    for kind in [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/svg+xml",
        "video/mp4",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let mut ids = HashSet::new();
    for asset in state["segmentflow"]["assets"].as_array().unwrap() {
        assert_ne!(asset["size"], 0, "{asset}");
        assert!(ids.insert(asset["id"].to_string()), "{asset}");
    }
    let session = Session::new(&demo, "acme-loc").await;
    let list = session
        .call("POST", "apps/wbflex/list", Some(json!({})))
        .await
        .json();
    let large = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["segments"] == 5_000);
    assert_eq!(large.unwrap()["did"], 20_533);
    assert!(list["rows"][1]["name"].as_str().unwrap().contains('\\'));
}

#[tokio::test]
async fn a_large_world_starts_at_once_and_counts_right() {
    let start = Instant::now();
    let options = Options {
        segments: Some(100_000),
        assets: Some(200_000),
        documents: Some(300),
        websites: Some(50),
        ..Options::default()
    };
    let demo = serve(options).await.unwrap();
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
    let state = demo.state();
    assert_eq!(state["segmentflow"]["counts"]["assets"], 200_000);
    assert_eq!(state["wordbee"]["counts"]["assets"], 200_000);
    assert_eq!(state["segmentflow"]["counts"]["websites"], 51);
    let large = &demo.world.documents[2];
    let sum: u64 = (0..large.count()).map(|at| large.bulk_at(at)).sum();
    assert_eq!(sum, large.bulk);
    let some = (0..large.count())
        .filter(|at| large.bulk_at(*at) > 0)
        .count();
    assert!(some < 50_000, "most segments have none");
}

#[tokio::test]
async fn tiny_worlds_hold() {
    for (documents, segments, assets, websites) in
        [(0, 0, 0, 0), (1, 0, 1, 1), (3, 0, 9, 2), (3, 1, 40, 1)]
    {
        let options = Options {
            documents: Some(documents),
            segments: Some(segments),
            assets: Some(assets),
            websites: Some(websites),
            ..Options::default()
        };
        let demo = serve(options).await.unwrap();
        let state = demo.state();
        assert_eq!(state["wordbee"]["counts"]["documents"], documents);
        assert_eq!(state["segmentflow"]["counts"]["assets"], assets);
        assert_eq!(web(&demo, "GET", "templates", None).await.status, 200);
    }
}

#[tokio::test]
async fn a_hostile_world_carries_its_poison_as_data() {
    let demo = serve(Options {
        hostile: true,
        ..Options::default()
    })
    .await
    .unwrap();
    let page = web(&demo, "GET", "assets", None).await;
    assert!(!page.body.contains(&0x1b), "JSON must stay sound");
    let assets = page.json()["assets"].as_array().unwrap().clone();
    assert!(assets.iter().any(Value::is_null));
    assert!(assets.iter().any(|asset| {
        asset["filename"]
            .as_str()
            .is_some_and(|name| name.contains('\u{1b}'))
    }));
    let session = Session::new(&demo, "acme-loc").await;
    let rows = session
        .call("POST", "apps/wbflex/list", Some(json!({"take": 500})))
        .await
        .json();
    assert_eq!(rows["total"], 9);
    assert_eq!(rows["rows"].as_array().unwrap().len(), 9);
    let path = "apps/wbflex/documents/20900/assets/29000000/list";
    let list = session.call("GET", path, None).await.json();
    let list = list.as_array().unwrap();
    assert!(list[0].is_object() && list[1].is_null() && list.len() > 10);
    // A poisoned name can be fetched and deleted by naming it exactly.
    let name = "nul%00byte%7F.png";
    let path = format!("apps/wbflex/documents/20900/assets/29000000?filename={name}&locale=de");
    assert_eq!(session.call("GET", &path, None).await.status, 200);
    assert_eq!(session.call("DELETE", &path, None).await.status, 200);
    assert_eq!(session.call("GET", &path, None).await.status, 404);
}

#[tokio::test]
async fn settings_and_keys_are_told() {
    let demo = demo().await;
    let text = demo.config_toml();
    assert_eq!(text.matches("[[accounts]]").count(), 4);
    let flex = "name = \"acme-loc\"\nprovider = \"wordbee\"\nbase_url = \"";
    assert!(text.contains(flex), "{text}");
    assert_eq!(text.matches("account_id = \"acme\"").count(), 2);
    assert_eq!(text.matches(demo.wordbee_url()).count(), 4);
    let ready = demo.ready_json(std::path::Path::new("/x/config.toml"));
    let names: Vec<&String> = ready.as_object().unwrap().keys().collect();
    assert_eq!(names, ["config", "env", "segmentflow", "wordbee"]);
    assert_eq!(
        ready["env"]["ASSETDECK_KEY_ACME_WEB"],
        ready["segmentflow"]["api_key"]
    );
    assert_eq!(
        ready["env"]["ASSETDECK_KEY_ACME_LOC"],
        ready["wordbee"]["api_key"]
    );
    assert!(
        sample_files()
            .iter()
            .any(|(name, _)| *name == "spring-banner.png")
    );
}

#[tokio::test]
async fn unknown_ways_answer_in_the_services_own_shape() {
    let demo = demo().await;
    for (path, member) in [
        ("/api/v1/nothing", "message"),
        ("/api/v1/assets/x/y", "message"),
        ("/api/nothing", "reason"),
        ("/", "reason"),
        ("/api", "reason"),
    ] {
        let answer = send(demo.wordbee_url(), "GET", path, &[], b"").await;
        assert!((400..500).contains(&answer.status), "{path}");
        assert!(
            answer.json().get(member).is_some(),
            "{path}: {}",
            answer.text()
        );
    }
    for origin in [demo.wordbee_url(), demo.storage_url()] {
        let state = send(origin, "GET", "/__demo/state", &[], b"").await.json();
        assert!(state["storage"].is_object());
    }
    let wrong = send(demo.segmentflow_url(), "PUT", "/api/v1/assets", &[], b"").await;
    assert_eq!(
        (wrong.status, wrong.json()["error"].clone()),
        (405, json!("method_not_allowed"))
    );
}

#[tokio::test]
async fn connections_are_kept_and_a_stop_ends_them() {
    let demo = demo().await;
    let address = demo
        .storage_url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    for _ in 0..3 {
        stream
            .write_all(b"GET /__demo/none HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut piece = [0; 2048];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(piece[..read].starts_with(b"HTTP/1.1 404"));
    }
    demo.stop().await;
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(&address).await.is_err());
}
