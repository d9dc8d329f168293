//! `assetdeck demo` as a user and a script start it: one process with the screen, or only the server.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::screen::open;
use crate::support::serving::Serving;

/// A home whose temporary files are its own, so that what is left behind can be seen.
fn home_with_tmp() -> Home {
    let mut home = Home::new();
    let tmp = home.path().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    home.set("TMPDIR", tmp.to_str().unwrap());
    home
}

/// Everything below a folder but the folders themselves.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_demo_touches_nothing_outside_its_throw_away_home() {
    let home = home_with_tmp();
    for signal in [None, Some(Signal::TERM)] {
        let mut pty = Pty::start(&home, &["demo"], (140, 40));
        // The first frame shows both services.
        pty.wait_text("acme-web");
        pty.wait_text("acme-loc");
        pty.wait_text("Shop");
        assert!(
            !files(&home.path().join("tmp")).is_empty(),
            "it lives in the temporary folder"
        );
        // What it showed is found, and goes with it.
        open(&mut pty, "Shop", "logo.png");
        pty.send_keys("F");
        pty.wait_text("Find anything");
        pty.send("logo.png");
        pty.wait_row(&["logo.png", "asset", "Shop"]);
        pty.press_until("Esc", "the box to go", |screen| {
            !screen.contains("Find anything")
        });
        match signal {
            None => pty.send_keys("q"),
            Some(signal) => pty.signal(signal),
        }
        pty.exit_code(Duration::from_secs(5));
        pty.assert_restored();
        assert_eq!(
            files(home.path()),
            Vec::<std::path::PathBuf>::new(),
            "{signal:?}"
        );
    }
}

#[test]
fn the_line_of_a_serving_demo_makes_every_command_work() {
    let host = home_with_tmp();
    let mut serving = Serving::start(&host, &[]);
    let ready = serving.ready.clone();
    for pointer in [
        "/segmentflow/base_url",
        "/segmentflow/api_key",
        "/wordbee/base_url",
        "/wordbee/account_id",
        "/wordbee/api_key",
        "/config",
    ] {
        assert!(
            ready.pointer(pointer).is_some_and(Value::is_string),
            "{pointer} in {ready}"
        );
    }
    let mut home = Home::new();
    for (name, value) in serving.env() {
        home.set(name, value);
    }
    let config = ready["config"].as_str().expect("a path");
    let accounts = run(&home, &["--config", config, "ls", "--json"]).exits(0);
    for account in accounts.json() {
        let name = account["name"].as_str().expect("a name");
        let allowed = !name.contains("guest-web");
        let address = format!("{name}:");
        run(&home, &["--config", config, "ls", &address]).exits(if allowed { 0 } else { 4 });
    }
    let state = serving.state();
    assert!(
        state["segmentflow"]["counts"]["websites"].as_u64() >= Some(3),
        "{state}"
    );
    assert!(state["wordbee"]["counts"]["documents"].as_u64() >= Some(3));
    assert!(state["wordbee"]["counts"]["segments"].as_u64() > Some(5_000));
    serving.stop();
    assert_eq!(files(host.path()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let home = home_with_tmp();
    let world = |seed: &str| {
        let sizes = [
            "--documents",
            "5",
            "--segments",
            "300",
            "--assets",
            "200",
            "--websites",
            "4",
        ];
        let serving = Serving::start(&home, &[&sizes[..], &["--seed", seed]].concat());
        let origin = serving.origin().to_owned();
        // Addresses name the port and the storage's port, and only those may differ.
        let mut state = serving.state();
        for service in ["segmentflow", "wordbee"] {
            for asset in state[service]["assets"].as_array_mut().expect("assets") {
                for member in ["url", "downloadUrl"] {
                    if let Some(url) = asset[member].as_str() {
                        let path = url.splitn(4, '/').last().unwrap_or_default().to_owned();
                        asset[member] = path.into();
                    }
                }
            }
        }
        assert!(origin.starts_with("http://127.0.0.1:"));
        (state, serving.ready["env"].clone())
    };
    let first = world("7");
    assert_eq!(first.0["segmentflow"]["counts"]["assets"], 200);
    assert_eq!(first.0["wordbee"]["counts"]["documents"], 5);
    assert!(first == world("7"), "the same seed, another world");
    assert!(first != world("8"), "another seed, the same world");
}

#[test]
fn a_taken_port_is_a_sentence() {
    let host = home_with_tmp();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = run(&host, &["demo", "--serve", "--port", &port]).exits(1);
    assert!(
        ran.stderr.contains(&port) && !ran.stderr.contains("panicked"),
        "{}",
        ran.stderr
    );
}

#[test]
fn settings_of_ones_own_are_refused_not_passed_over() {
    let home = Home::new();
    let ran = run(&home, &["demo", "--config", "mine.toml"]).exits(2);
    assert!(
        ran.stderr.contains("the demo has settings of its own"),
        "{ran:?}"
    );
}
