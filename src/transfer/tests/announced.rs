//! A step that is written down and not begun: whoever stops in order takes it back, so that nothing
//! is in doubt that never left this machine.

use super::disk::{account, fake, is_done, until_state};
use super::*;

const RECORDS: JobState = JobState::Running(Step::Record);

/// Two files, room for one: its call hangs, and the other's stands on disk as the next.
async fn one_hangs_and_one_is_announced(engine: &Transfers, dir: &Path) -> (Arc<Fake>, [JobId; 2]) {
    let fake = fake(Play::HangsWhileRecording);
    engine.allow_at_once(&account(), 1);
    // Together: one that came first could begin its call before there is another to be announced.
    let requests = ["a.png", "b.png"].map(|name| UploadRequest {
        name: FileName::parse(name).unwrap(),
        ..ask(dir)
    });
    let ids = engine.upload_all(&account(), fake.clone(), requests);
    let ids: [JobId; 2] = ids.try_into().unwrap();
    for id in ids {
        until_state(engine, |job| job.id == id && job.state == RECORDS).await;
    }
    while fake.stored.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let first = fake.stored.lock().unwrap()[0].name.clone();
    let mut ids = ids;
    if first == "b.png" {
        ids.reverse();
    }
    (fake, ids)
}

fn state(dir: &Path, id: JobId) -> JobState {
    let jobs = Transfers::look(dir).unwrap().jobs;
    let job = jobs.iter().find(|job| job.id == id).unwrap();
    job.state.clone()
}

#[tokio::test]
async fn leaving_puts_back_what_was_never_begun() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Transfers::open(dir.path()).unwrap();
    let (fake, [hangs, announced]) = one_hangs_and_one_is_announced(&engine, dir.path()).await;
    let mut leaving = std::pin::pin!(engine.drain(Duration::from_mins(1)));
    let back = async {
        while state(dir.path(), announced) != JobState::Queued {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = &mut leaving => panic!("the call hangs"),
        back = tokio::time::timeout(Duration::from_secs(20), back) => back.unwrap(),
    }
    assert_eq!(state(dir.path(), hangs), RECORDS, "that one may be there");
    assert_eq!(fake.stored.lock().unwrap().len(), 1);
}

/// The state of each of the two files that a process left which ended in the middle, by how the folder
/// was changed since.
fn states_after_a_kill(change: impl FnOnce(&Path)) -> [JobState; 2] {
    let dir = tempfile::tempdir().unwrap();
    // Of one thread: with several the end of the call that hangs could make room for the other one,
    // which would begin before it ends as well. A kill ends them at once.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (engine, ids) = runtime.block_on(async {
        let engine = Transfers::open(dir.path()).unwrap();
        let (_, ids) = one_hangs_and_one_is_announced(&engine, dir.path()).await;
        (engine, ids)
    });
    // Nothing is told or written any more.
    drop(runtime);
    drop(engine);
    // Its thread closes the file as the last, whose log goes with that.
    while dir.path().join("transfers.db-wal").exists() {
        std::thread::yield_now();
    }
    change(dir.path());
    let seen = ids.map(|id| state(dir.path(), id));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let next = runtime.block_on(async { Transfers::open(dir.path()).unwrap() });
    let found = next.jobs();
    let settled = ids.map(|id| found.iter().find(|job| job.id == id).unwrap().state.clone());
    assert_eq!(
        seen, settled,
        "what a look shows is what the next start finds"
    );
    settled
}

#[test]
fn what_a_killed_process_had_not_begun_is_not_in_doubt() {
    let [hangs, announced] = states_after_a_kill(|_| {});
    assert!(matches!(hangs, JobState::InDoubt(_)), "{hangs:?}");
    assert_eq!(announced, JobState::Queued);
}

#[test]
fn all_that_was_written_down_is_in_doubt_where_nothing_tells_what_was_begun() {
    let rewrite = |folder: &Path, change: &dyn Fn(&str) -> String| {
        let path = folder.join("transfers.begun");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() > 1, "{text}");
        std::fs::write(&path, change(&text)).unwrap();
    };
    let none = |folder: &Path| std::fs::remove_file(folder.join("transfers.begun")).unwrap();
    // The machine went down: what was handed to its kernel may be lost.
    let other_start = |folder: &Path| {
        rewrite(folder, &|text| {
            let (_, rest) = text.split_once(' ').unwrap();
            format!("00000000-0000-0000-0000-000000000000 {rest}")
        });
    };
    // A copy put in its place.
    let other_file = |folder: &Path| {
        let path = folder.join("transfers.db");
        std::fs::copy(&path, folder.join("copy")).unwrap();
        std::fs::rename(folder.join("copy"), &path).unwrap();
    };
    // An older state put in the place of a newer one, which had begun notes of its own.
    let newer_notes = |folder: &Path| {
        rewrite(folder, &|text| {
            let (machine, _) = text.lines().next().unwrap().rsplit_once(' ').unwrap();
            format!("{machine} 1000\n")
        });
    };
    let cut = |folder: &Path| rewrite(folder, &|text| text[..20].to_owned());
    let changes: [&dyn Fn(&Path); 5] = [&none, &other_start, &other_file, &newer_notes, &cut];
    for (number, change) in changes.into_iter().enumerate() {
        for state in states_after_a_kill(change) {
            assert!(matches!(state, JobState::InDoubt(_)), "{number}: {state:?}");
        }
    }
}

#[tokio::test]
async fn what_is_cancelled_or_paused_before_it_began_left_nothing() {
    for ask in [Ask::Cancel, Ask::Pause] {
        let dir = tempfile::tempdir().unwrap();
        let engine = Transfers::open(dir.path()).unwrap();
        let (fake, [_, announced]) = one_hangs_and_one_is_announced(&engine, dir.path()).await;
        engine.ask(ask, &[announced]);
        let ended = if ask == Ask::Cancel {
            JobState::Cancelled
        } else {
            JobState::Queued
        };
        let stopped = until_state(&engine, |job| job.id == announced && job.state == ended);
        assert!(!stopped.await.trail.unsettled, "{ask:?}");
        assert_eq!(fake.stored.lock().unwrap().len(), 1);
        *fake.play.lock().unwrap() = Play::Stores;
        engine.allow_at_once(&account(), 2);
        let looks = fake.looks.lock().unwrap().len();
        let again = if ask == Ask::Cancel {
            Ask::Retry
        } else {
            Ask::GoOn
        };
        // Its task may be about to end still, and is let be until then.
        while engine
            .jobs()
            .iter()
            .any(|job| job.id == announced && job.state == JobState::Cancelled)
            || engine
                .jobs()
                .iter()
                .any(|job| job.id == announced && job.paused)
        {
            engine.ask(again, &[announced]);
            engine.flush();
            tokio::task::yield_now().await;
        }
        until_state(&engine, |job| job.id == announced && is_done(job)).await;
        assert_eq!(
            fake.looks.lock().unwrap().len(),
            looks + 1,
            "the one at its end"
        );
    }
}
