//! Deleting one asset, and no other.

use super::*;

/// A segment that deletes like the real one: without a name, everything goes.
fn deleting(
    assets: Vec<serde_json::Value>,
    also: usize,
) -> (Server, Arc<std::sync::Mutex<Vec<serde_json::Value>>>) {
    let left = Arc::new(std::sync::Mutex::new(assets));
    let inside = left.clone();
    let server = service(move |heard| {
        let mut left = inside.lock().unwrap();
        if heard.method == "DELETE" {
            let url = url::Url::parse(&format!("http://x{}", heard.target)).unwrap();
            let value = |name: &str| {
                url.query_pairs()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.into_owned())
            };
            match value("filename").filter(|name| !name.is_empty()) {
                None => left.clear(),
                Some(name) => left.retain(|asset| {
                    let path = asset["relativePath"].as_str().unwrap().replace('\\', "/");
                    asset["fileName"] != name.as_str()
                        || Some(path) != value("relativePath")
                        || asset["locale"].as_str() != value("locale").as_deref()
                }),
            }
            let keep = left.len().saturating_sub(also);
            left.truncate(keep);
            return reply(200, "", "");
        }
        answer(200, json!(*left))
    });
    (server, left)
}

#[tokio::test]
async fn deleting_one_takes_no_other() {
    let names = [
        "a.png",
        "A.png",
        "a#b.png",
        "a&filename=.png",
        "a%00.png",
        "a b+c.png",
        "ä.png",
        "?.png",
        "..",
        "👩‍💻.png",
    ];
    let mut assets = Vec::new();
    for name in names {
        for (locale, folder) in [
            (None, ""),
            (Some("de"), ""),
            (Some("de"), "x\\y"),
            (None, "de"),
        ] {
            assets.push(asset(locale, folder, name));
        }
    }
    let (server, left) = deleting(assets.clone(), 0);
    let adapter = adapter(&server);
    let listed = read(adapter.assets(&place(), None).await.unwrap());
    assert_eq!(listed.len(), assets.len());
    for (gone, asset) in listed.iter().enumerate() {
        adapter.delete(asset).await.unwrap();
        assert_eq!(
            left.lock().unwrap().len(),
            assets.len() - gone - 1,
            "{asset:?}"
        );
    }
    for heard in server
        .heard()
        .iter()
        .filter(|heard| heard.method == "DELETE")
    {
        assert!(heard.target.contains("?filename=") && heard.target.contains("&relativePath="));
    }
}

#[tokio::test]
async fn what_has_no_name_cannot_be_deleted() {
    let (server, left) = deleting(vec![asset(None, "", "a.png"), asset(None, "", "b.png")], 0);
    let adapter = adapter(&server);
    let good = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
    for name in [
        "",
        " ",
        "\u{200b}",
        "\u{202e}\u{2066}",
        "\0",
        "x/a.png",
        "..\\a.png",
        "a.png\0",
    ] {
        let key = wire::key(None, &AssetPath::root(), name);
        let bad = Asset {
            name: name.to_owned(),
            key: key.unwrap_or_else(|| good.key.clone()),
            ..good.clone()
        };
        assert_eq!(
            adapter.delete(&bad).await.unwrap_err().kind,
            ApiErrorKind::Invalid,
            "{name:?}"
        );
    }
    // A key and a name that disagree: one of them is not what was shown.
    let bad = Asset {
        name: "b.png".to_owned(),
        ..good.clone()
    };
    assert_eq!(
        adapter.delete(&bad).await.unwrap_err().kind,
        ApiErrorKind::Invalid
    );
    let deep = Asset {
        scope: AssetScope::Container(document()),
        ..good
    };
    assert_eq!(
        adapter.delete(&deep).await.unwrap_err().kind,
        ApiErrorKind::Unsupported
    );
    assert_eq!(left.lock().unwrap().len(), 2);
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.method != "DELETE" || heard.path() == "/api/auth/token")
    );
}

#[tokio::test]
async fn a_delete_that_took_more_is_told() {
    let assets = vec![
        asset(None, "", "a.png"),
        asset(None, "", "b.png"),
        asset(None, "x", "c.png"),
    ];
    let (server, _) = deleting(assets, 1);
    let adapter = adapter(&server);
    let first = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
    let error = adapter.delete(&first).await.unwrap_err();
    assert!(error.message.contains("x/c.png"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_to_a_delete_is_settled_by_looking() {
    for gone in [true, false] {
        let sent = AtomicBool::new(false);
        let server = service(move |heard| {
            if heard.method == "DELETE" {
                sent.store(true, Ordering::Relaxed);
                return Reply::Bytes(Vec::new());
            }
            let list = if gone && sent.load(Ordering::Relaxed) {
                json!([])
            } else {
                json!([asset(None, "", "a.png")])
            };
            answer(200, list)
        });
        let adapter = adapter(&server);
        let listed = read(adapter.assets(&place(), None).await.unwrap()).remove(0);
        let done = adapter.delete(&listed).await;
        assert_eq!(done.is_ok(), gone, "{done:?}");
        let deletes = server
            .heard()
            .iter()
            .filter(|heard| heard.method == "DELETE")
            .count();
        assert_eq!(deletes, 1, "never sent again");
    }
}
