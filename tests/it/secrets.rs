//! Eight canaries in four encodings: in no output, no file, no log at its highest level, no process list and
//! no core dump.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use serde_json::json;

use crate::support::cli::{Ran, command, run, run_with};
use crate::support::home::Home;
use crate::support::pty::PATIENCE;
use crate::support::secrets::{disguises, holding};
use crate::support::server::Server;
use crate::support::wait::until;

const SEGMENT: &str = "acme-loc:19914/27667833";
const PHRASE: &str = "canary-of-a-passphrase";
const WRONG: &str = "sk_live_canary_that_was_refused";

/// The values of these members and headers in all that went to and fro: tokens and signatures.
fn given(server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    for exchange in server.demo().exchanges() {
        let headers = exchange.request_headers.iter();
        let tokens = headers.filter(|(name, _)| name.eq_ignore_ascii_case("x-auth-token"));
        found.extend(tokens.map(|(_, value)| value.clone()));
        let signature = exchange
            .query
            .split('&')
            .find_map(|pair| pair.strip_prefix("X-Amz-Signature="));
        found.extend(signature.map(str::to_owned));
    }
    found.sort();
    found.dedup();
    found
}

/// A workload that touches every way on which a secret goes, the failing ones too.
fn work(server: &Server, home: &mut Home) -> Vec<Ran> {
    let png = home.file("canary.png", &crate::cli_upload::png("canaries"));
    let png = png.to_str().expect("text").to_owned();
    let out = home.path().join("out");
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("a key");
    let login = [
        "-v",
        "login",
        "acme-loc",
        "--key-stdin",
        "--store",
        "encrypted-file",
    ];
    let mut all = vec![run_with(home, &login, key.as_bytes()).exits(0)];
    home.unset("ASSETDECK_KEY_ACME_LOC");
    let site = run(home, &["ls", "acme-web:"]).exits(0).stdout;
    let site = site.split('\t').next().expect("a website").to_owned();
    for args in [
        &["ls", "acme-loc:"][..],
        &["ls", SEGMENT, "--json"],
        &["upload", &png, "--to", SEGMENT, "--json"],
        &["upload", &png, "--to", &site],
        &[
            "get",
            &format!("{SEGMENT}@/canary.png"),
            "--out",
            out.to_str().expect("text"),
        ],
        &["url", &format!("{SEGMENT}@/canary.png")],
        &["rm", "--yes", &format!("{SEGMENT}@/canary.png")],
        &["accounts", "--json"],
        &["doctor", "--report"],
        &["config", "show"],
        &["transfers", "--json"],
        &["ls", "guest-web:"],
    ] {
        all.push(run(home, &[&["-v"], args].concat()));
    }
    server.faults(json!([{"operation": "list", "fault": "status", "status": 401}]));
    all.push(run(home, &["-v", "ls", SEGMENT]));
    server.faults(json!([]));
    all.push(
        run_with(
            home,
            &["-v", "login", "acme-web", "--key-stdin"],
            WRONG.as_bytes(),
        )
        .exits(4),
    );
    home.set("ASSETDECK_PASSPHRASE", "not-the-passphrase");
    all.push(run(home, &["-v", "ls", "acme-loc:"]).exits(4));
    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    all
}

#[test]
fn no_canary_is_in_any_output_file_or_log() {
    let server = Server::start();
    let mut home = server.home();
    home.set("ASSETDECK_LOG", "trace")
        .set("ASSETDECK_PASSPHRASE", PHRASE);
    let mut canaries: Vec<String> = server
        .demo()
        .env()
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    canaries.extend([PHRASE.to_owned(), WRONG.to_owned()]);
    let all = work(&server, &mut home);
    let given = given(&server);
    assert!(given.len() >= 2, "a token and a signature: {given:?}");
    canaries.extend(given);
    assert!(canaries.len() >= 8, "{}", canaries.len());

    let log = home.path().join(".local/state/assetdeck/log");
    assert!(!holding(&log, b"DEBUG").is_empty(), "it is written");
    for canary in &canaries {
        for disguise in disguises(canary) {
            let found = holding(home.path(), &disguise);
            assert!(found.is_empty(), "{canary} in {found:?}");
            let text = String::from_utf8(disguise).expect("text");
            for ran in &all {
                assert!(
                    !ran.stdout.contains(&text) && !ran.stderr.contains(&text),
                    "{canary} in {ran:#?}"
                );
            }
        }
    }
}

#[test]
fn a_running_command_shows_no_canary_and_leaves_no_core() {
    let server = Server::start();
    let mut home = server.home();
    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    let canaries: Vec<String> = server
        .demo()
        .env()
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    server.faults(
        json!([{"operation": "documents", "fault": "stall", "at": "answer", "times": "always"}]),
    );
    // A shell that allows cores, in the folder where they would be.
    let script = format!(
        "ulimit -c unlimited; exec {} ls acme-loc:",
        env!("CARGO_BIN_EXE_assetdeck")
    );
    let mut shell = command(&home, "bash");
    let shell = shell
        .args(["-c", &script])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = shell.spawn().expect("it starts");
    assert!(
        until(PATIENCE, || server.holds_one()),
        "it asks the service"
    );
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        for canary in canaries.iter().map(String::as_str).chain([PHRASE]) {
            assert!(!line.contains(canary), "{line}");
        }
    }
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).expect("an id");
    rustix::process::kill_process(pid, rustix::process::Signal::ABORT).expect("it is told");
    let status = child.wait().expect("its end");
    assert!(!status.core_dumped(), "{status:?}");
    let cores = std::fs::read_dir(home.path()).expect("the home").flatten();
    let cores = cores.filter(|it| it.file_name().to_string_lossy().starts_with("core"));
    assert_eq!(cores.count(), 0);
    server.faults(json!([]));
}
