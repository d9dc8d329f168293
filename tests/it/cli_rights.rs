//! What a key may do: learnt by looking and from refusals, told by `login`, `accounts` and `doctor`.

use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::cli::{run, run_with};
use crate::support::home::Home;
use crate::support::server::Server;

const SEGMENT: &str = "19914/27667834";

#[track_caller]
fn account(home: &Home, name: &str) -> Value {
    let lines = run(home, &["accounts", "--json"]).exits(0).json();
    let found = lines.into_iter().find(|it| it["name"] == name);
    found.unwrap_or_else(|| panic!("{name}"))
}

fn rights(list: &str, upload: &str, lacking: &[&str]) -> Value {
    json!({
        "list": list, "save": "unknown", "upload": upload, "change": null, "delete": "unknown",
        "lacking": lacking,
    })
}

#[track_caller]
fn login(home: &Home, name: &str) -> String {
    let variable = format!("ASSETDECK_KEY_{}", name.replace('-', "_").to_uppercase());
    let key = home.get(&variable).expect("the demo's key");
    let args = ["login", name, "--key-stdin", "--store", "session"];
    run_with(home, &args, key.as_bytes()).exits(0).stdout
}

#[test]
fn login_looks_without_changing_anything_and_a_refusal_is_remembered() {
    let server = Server::start();
    let home = server.home();
    let unknown = account(&home, "guest-loc");
    assert_eq!(unknown["rights"], rights("unknown", "unknown", &[]));
    assert_eq!(unknown["state"][0], "ready");

    let said = login(&home, "guest-loc");
    assert!(
        said.contains("may list; not known yet: save, upload, delete"),
        "{said}"
    );
    let asks = ["/auth", "/list", "/search", "/locales", "/pull"];
    for it in server.demo().exchanges() {
        let asked = it.method == "GET" || asks.iter().any(|part| it.path.contains(part));
        assert!(asked, "{} {}", it.method, it.path);
    }
    assert_eq!(
        account(&home, "guest-loc")["rights"],
        rights("allowed", "unknown", &[])
    );

    // The guest may only look.
    let file = home.file("a.png", &png("a guest's"));
    let upload = ["upload", file.to_str().unwrap(), "--to"];
    let to = format!("guest-loc:{SEGMENT}");
    run(
        &home,
        &[&upload[..], &[&to, "--locale", "de", "--yes"]].concat(),
    )
    .exits(4);
    let limited = account(&home, "guest-loc");
    assert_eq!(limited["rights"], rights("allowed", "refused", &[]));
    assert_eq!(limited["state"][0], "limited", "{limited}");
    let table = run(&home, &["accounts"]).exits(0).stdout;
    let row = table
        .lines()
        .find(|line| line.contains("guest-loc"))
        .unwrap();
    assert!(
        row.contains("\tlimited\t") && row.contains("was refused to upload"),
        "{row}"
    );
    let doctor = run(&home, &["doctor", "--json"]).json();
    let told = doctor
        .iter()
        .find(|it| it["of"] == "account guest-loc" && it["name"] == "rights");
    let told = told.unwrap();
    assert_eq!(told["state"], "limited", "{told}");
    assert!(
        told["found"]
            .as_str()
            .unwrap()
            .contains("refused to upload"),
        "{told}"
    );
    // Another account is not touched by it, and another key begins anew.
    assert_eq!(account(&home, "acme-loc")["state"][0], "ready");
    login(&home, "guest-loc");
    assert_eq!(
        account(&home, "guest-loc")["rights"],
        rights("allowed", "unknown", &[])
    );
    assert_eq!(account(&home, "guest-loc")["state"][0], "ready");
}

#[test]
fn what_the_service_says_is_lacking_is_named_and_a_success_heals() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["ls", "guest-web:"]).exits(4);
    let guest = account(&home, "guest-web");
    assert_eq!(guest["rights"]["list"], "refused");
    assert_eq!(guest["rights"]["lacking"], json!(["assets:read"]));
    assert_eq!(guest["state"][0], "limited");
    // A service that is out of order says nothing of rights.
    run(&home, &["ls", "acme-web:"]).exits(0);
    server.faults(
        json!([{"operation": "list", "fault": "status", "status": 500, "times": "always"}]),
    );
    run(&home, &["ls", "acme-web:"]).exits(1);
    assert_eq!(account(&home, "acme-web")["rights"]["list"], "allowed");
    server.faults(json!([{"operation": "list", "fault": "status", "status": 403}]));
    run(&home, &["ls", "acme-web:"]).exits(4);
    assert_eq!(account(&home, "acme-web")["rights"]["list"], "refused");
    run(&home, &["ls", "acme-web:"]).exits(0);
    assert_eq!(account(&home, "acme-web")["rights"]["list"], "allowed");
    assert_eq!(account(&home, "acme-web")["state"][0], "ready");
}
