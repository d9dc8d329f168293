//! A step that is written down and not begun: whoever stops in order takes it back, so that nothing
//! is in doubt that never left this machine.

use super::disk::{account, fake, is_done, until_state};
use super::*;

const RECORDS: JobState = JobState::Running(Step::Record);

/// Two files, room for one: its call hangs, and the other's stands on disk as the next.
async fn one_hangs_and_one_is_announced(engine: &Transfers, dir: &Path) -> (Arc<Fake>, [JobId; 2]) {
    let fake = fake(Play::HangsWhileRecording);
    engine.allow_at_once(&account(), 1);
    let ids = ["a.png", "b.png"].map(|name| named(engine, &fake, dir, name));
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
