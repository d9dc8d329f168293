//! A long queue: how long adding it takes, and how much memory holding it.

use std::io::Write as _;

use super::*;

const MANY: usize = 100_000;

/// The most memory that this process has had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

/// Jobs for less than 1 KiB each. What is measured is the whole process, so it is one of its own.
#[test]
fn a_hundred_thousand_queued_jobs_stay_small() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "transfer::tests::many::a_long_queue_alone"])
        .args(["--ignored", "--nocapture"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stderr);
    let each = told
        .lines()
        .find_map(|line| line.split_once(" bytes for each")?.0.rsplit(' ').next())
        .unwrap_or_else(|| panic!("{told}"));
    let each: usize = each.parse().unwrap();
    assert!(each < 1024, "{each} bytes for each job");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the test above runs it in a process of its own"]
async fn a_long_queue_alone() {
    fill().await;
}

/// `cargo test --release --lib a_long_queue_is_emptied -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "tells how long it takes"]
async fn a_long_queue_is_emptied() {
    let (_dir, engine, ids) = fill().await;
    let begun = std::time::Instant::now();
    engine.ask_all(Ask::Pause, None);
    engine.ask_all(Ask::Cancel, None);
    engine.flush();
    let stopped = begun.elapsed();
    let begun = std::time::Instant::now();
    engine.clear(&ids);
    engine.flush();
    let took = begun.elapsed();
    tell(&format!(
        "{stopped:?} to pause and cancel, {took:?} to forget"
    ));
}

fn tell(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// An engine whose jobs never get further, and how much memory each takes.
async fn fill() -> (tempfile::TempDir, Transfers, Vec<JobId>) {
    let dir = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake {
        play: Mutex::new(Play::HangsWhileSending),
        ..Fake::default()
    });
    let engine = Transfers::open(dir.path()).unwrap();
    let mut events = engine.events();
    let listener = tokio::spawn(async move {
        let mut queued = 0;
        while queued < MANY {
            let job = events.recv().await.unwrap();
            queued += usize::from(job.state == JobState::Queued);
        }
    });
    let template = ask(dir.path());
    let requests = (0..MANY).map(|n| UploadRequest {
        path: dir
            .path()
            .join(format!("pictures of the summer/hero {n:06}.png")),
        name: FileName::parse(&format!("hero {n:06}.png")).unwrap(),
        locale: Locale::new("de"),
        folder: AssetPath::parse("public/images").unwrap(),
        ..template.clone()
    });
    let before = peak();
    let begun = std::time::Instant::now();
    let ids = engine.upload_all(&AccountName::new("a").unwrap(), fake, requests);
    listener.await.unwrap();
    let took = begun.elapsed();
    let each = (peak() - before) / MANY;
    tell(&format!(
        "{MANY} jobs: {took:?} to add, {each} bytes for each"
    ));
    (dir, engine, ids)
}
