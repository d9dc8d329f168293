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

/// Measures the whole process, so it runs alone:
/// `cargo test --lib a_hundred_thousand -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement of the whole process"]
async fn a_hundred_thousand_queued_jobs_stay_small() {
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
    let mut told = std::io::stderr();
    writeln!(told, "{MANY} jobs: {took:?} to add, {each} bytes for each").unwrap();
    let begun = std::time::Instant::now();
    engine.ask_all(Ask::Pause, None);
    engine.ask_all(Ask::Cancel, None);
    engine.flush();
    engine.clear(&ids);
    engine.flush();
    writeln!(told, "{:?} to pause, cancel and forget", begun.elapsed()).unwrap();
    // Wanted is 1 KiB; a job that nobody looks at still carries a whole state and its words.
    assert!(each < 2048, "{each} bytes for each job");
}
