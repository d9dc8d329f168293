//! Keys in a real Secret Service, without one, and with one that never answers.

use std::time::{Duration, Instant};

use crate::support::bus::{KeyringBus, SilentBus};
use crate::support::cli::{run, run_with};
use crate::support::home::Home;
use crate::support::secrets::{disguises, holding};
use crate::support::server::Server;

/// The longest that a dead keyring may cost, with room for a busy machine: 5 s and a start.
const ONCE: Duration = Duration::from_secs(8);

#[test]
fn a_key_is_kept_by_one_process_and_found_by_the_next() {
    let server = Server::start();
    let mut home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    let Some(_bus) = KeyringBus::start(&mut home) else {
        return;
    };

    run(&home, &["ls", "acme-loc:"]).exits(4);
    let line = format!("{key}\n");
    run_with(
        &home,
        &["login", "acme-loc", "--key-stdin"],
        line.as_bytes(),
    )
    .exits(0);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    let accounts = run(&home, &["accounts", "--json"]).exits(0);
    assert!(!accounts.stdout.contains(&key), "{}", accounts.stdout);
    let loc = accounts
        .json()
        .into_iter()
        .find(|line| line["name"] == "acme-loc")
        .expect("loc");
    assert!(
        loc.to_string().to_lowercase().contains("keyring")
            || loc.to_string().contains("Secret Service"),
        "says where the key is: {loc}"
    );

    // The environment comes first, a wrong key in it included.
    home.set("ASSETDECK_KEY_ACME_LOC", "wrong");
    run(&home, &["ls", "acme-loc:"]).exits(4);
    home.unset("ASSETDECK_KEY_ACME_LOC");

    // Nothing that the program or the keyring wrote shows the key, plain or in the usual disguises.
    for disguise in disguises(&key) {
        assert_eq!(
            holding(home.path(), &disguise),
            Vec::<std::path::PathBuf>::new()
        );
    }

    run(&home, &["logout", "acme-loc"]).exits(0);
    run(&home, &["ls", "acme-loc:"]).exits(4);
}

#[test]
fn without_a_bus_the_environment_works_and_the_reason_is_said() {
    let server = Server::start();
    let mut home = server.home();
    run(&home, &["ls", "acme-loc:"]).exits(0);
    home.unset("ASSETDECK_KEY_ACME_LOC");
    for bus in [Some("unix:path=/nonexistent/bus"), None] {
        match bus {
            Some(address) => home.set("DBUS_SESSION_BUS_ADDRESS", address),
            None => home.unset("DBUS_SESSION_BUS_ADDRESS"),
        };
        let started = Instant::now();
        let ran = run(&home, &["ls", "acme-loc:"]).exits(4);
        assert!(started.elapsed() < ONCE, "{:?}", started.elapsed());
        assert!(ran.stderr.contains("keyring"), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("ASSETDECK_KEY_ACME_LOC"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_bus_that_never_answers_costs_five_seconds_once() {
    let server = Server::start();
    let mut home = server.home();
    let _bus = SilentBus::start(&mut home);
    // With the key in the environment nobody asks the keyring.
    let started = Instant::now();
    run(&home, &["ls", "acme-loc:"]).exits(0);
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );

    home.unset("ASSETDECK_KEY_ACME_LOC")
        .unset("ASSETDECK_KEY_ACME_WEB");
    let started = Instant::now();
    let ran = run(&home, &["ls", "acme-loc:"]).exits(4);
    assert!(started.elapsed() < ONCE, "{:?}", started.elapsed());
    assert!(ran.stderr.contains("does not answer"), "{}", ran.stderr);

    // Several accounts, one wait.
    let started = Instant::now();
    let ran = run(&home, &["accounts", "--json"]).exits(0);
    assert!(started.elapsed() < ONCE, "{:?}", started.elapsed());
    assert!(ran.stdout.contains("does not answer"), "{}", ran.stdout);

    let started = Instant::now();
    let ran = run_with(&home, &["login", "acme-loc", "--key-stdin"], b"a key\n");
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(started.elapsed() < ONCE, "{:?}", started.elapsed());
}

#[test]
fn keys_stay_out_of_the_home_when_they_come_from_the_environment() {
    let server = Server::start();
    let home: Home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    run(&home, &["ls", "acme-loc:"]).exits(0);
    assert_eq!(
        holding(home.path(), key.as_bytes()),
        Vec::<std::path::PathBuf>::new()
    );
}
