//! A service that wants a pause gets it: from every call of that account, and of no other.

use std::time::{Duration, Instant};

use assetdeck::api::{AccountSettings, Provider};
use assetdeck::api::{FileStamp, UploadRequest};
use assetdeck::domain::Secret;
use assetdeck::domain::{AccountName, AssetPath, AssetScope, ContainerId, FileName, SegmentId};
use assetdeck::transfer::{Ask, JobState, Transfers};
use serde_json::json;

use crate::cli_upload::png;
use crate::support::batch::{segment, website};
use crate::support::server::Server;

const WAIT: u64 = 3;

fn account(server: &Server, name: &str, provider: &str) -> std::sync::Arc<dyn Provider> {
    let variable = format!("ASSETDECK_KEY_{}", name.to_uppercase().replace('-', "_"));
    let env = server.demo().env();
    let (_, key) = env.iter().find(|(known, _)| *known == variable).unwrap();
    let settings = AccountSettings {
        name: AccountName::new(name).unwrap(),
        provider: provider.to_owned(),
        base_url: Some(server.demo().segmentflow_url().to_owned()),
        account_id: Some("acme".to_owned()),
        containers: Vec::new(),
        network: std::sync::Arc::default(),
    };
    assetdeck::providers::connect(&settings, Secret::new(key.clone()).unwrap(), None).unwrap()
}

/// The scope in a reference that a command printed.
fn scope(reference: &str) -> AssetScope {
    let (_, place) = reference.split_once(':').unwrap();
    match place.split_once('/') {
        None => AssetScope::Container(ContainerId::new(place).unwrap()),
        Some((container, segment)) => AssetScope::Segment(
            ContainerId::new(container).unwrap(),
            SegmentId::new(segment).unwrap(),
        ),
    }
}

#[test]
fn one_refusal_holds_all_calls_of_the_account_and_of_no_other() {
    let server = Server::start();
    let home = server.home();
    let ask = |reference: &str, name: &str| {
        let bytes = png(name);
        let path = home.file(name, &bytes);
        UploadRequest {
            scope: scope(reference),
            stamp: FileStamp::of(&std::fs::metadata(&path).unwrap()),
            path,
            name: FileName::parse(name).unwrap(),
            content_type: "image/png".into(),
            locale: None,
            folder: AssetPath::root(),
            asset_type: None,
            metadata: std::sync::Arc::default(),
            replaces: None,
            beside: false,
        }
    };
    let (website, segment) = (website(&home).reference, segment(&home).reference);
    let websites = (0..9).map(|n| ask(&website, &format!("w{n}.png")));
    let websites: Vec<_> = websites.collect();
    let documents = [ask(&segment, "d.png")];
    let web = account(&server, "acme-web", "segmentflow");
    let documents_at = account(&server, "acme-loc", "wordbee");
    let before = server.demo().exchanges().len();
    // As many as run side by side: all of the first calls are refused.
    server.faults(json!([
        {"operation": "upload-url", "fault": "throttle", "wait": WAIT, "times": 3}
    ]));
    let begun = Instant::now();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let engine = Transfers::new();
        let mut held = engine.held();
        let (of_web, of_loc) = (
            AccountName::new("acme-web").unwrap(),
            AccountName::new("acme-loc").unwrap(),
        );
        engine.upload_all(&of_web, web, websites);
        held.wait_for(|held| !held.is_empty()).await.unwrap();
        {
            let held = held.borrow();
            assert_eq!(held.len(), 1);
            assert_eq!(held[0].account, of_web);
            assert!(held[0].until > jiff::Timestamp::now());
            assert!(held[0].why.to_string().contains("429"), "{:?}", held[0]);
        }
        engine.upload_all(&of_loc, documents_at, documents);
        held.wait_for(Vec::is_empty).await.unwrap();
        let mut events = engine.events();
        let done = |engine: &Transfers| {
            let jobs = engine.jobs();
            assert!(
                jobs.iter()
                    .all(|job| !matches!(job.state, JobState::Failed(_)))
            );
            jobs.iter()
                .all(|job| matches!(job.state, JobState::Done { .. }))
        };
        while !done(&engine) {
            let _ = tokio::time::timeout(Duration::from_mins(1), events.recv())
                .await
                .expect("it goes on after the pause");
        }
        assert_eq!(engine.ask_all(Ask::Forget, Some(&of_web)), 9);
        assert_eq!(engine.jobs().len(), 1);
    });
    let exchanges = server.demo().exchanges().split_off(before);
    let (loc, web): (Vec<_>, Vec<_>) = exchanges
        .iter()
        .partition(|exchange| exchange.origin == "wordbee");
    // Whether their names are taken was asked once for all of them, before anything was refused.
    let mut web = web;
    web.sort_by_key(|exchange| exchange.arrived);
    let pages = web.iter().take_while(|exchange| exchange.method == "GET");
    assert!((1..=3).contains(&pages.clone().count()));
    let first = web[pages.count()].arrived;
    assert!(
        first >= begun + Duration::from_secs(WAIT),
        "a call came {:?} after the first, in spite of the pause",
        first - begun
    );
    let other = loc.iter().map(|exchange| exchange.arrived).min().unwrap();
    assert!(other < first, "the other account waited too");
    // Nine files: the bytes and the record for each; looks beside. A try whose link came just before a
    // refusal of another's ends there, and the next asks for a fresh one: no more than were refused.
    let posted = |end: &str| {
        web.iter()
            .filter(|it| it.method == "POST" && it.path.ends_with(end))
            .count()
    };
    let sent = web.iter().filter(|it| it.method == "PUT").count();
    assert_eq!((sent, posted("/assets")), (9, 9));
    assert!(
        (9..=12).contains(&posted("upload-url")),
        "{}",
        posted("upload-url")
    );
}
