//! A service that lists late: what was sent is looked for several times, all that wait by the same
//! listings, and nobody has to wait for it.

use super::disk::{account, fake, is_done, until_state};
use super::*;

/// With looks a quarter of a second and half of one after the first.
fn patient() -> Transfers {
    let engine = Transfers::new();
    engine.listed_within(Duration::from_secs(4));
    engine
}

fn looks(fake: &Fake) -> usize {
    fake.looks.lock().unwrap().len()
}

fn lists_late(fake: &Fake, looks: usize) {
    *fake.late.lock().unwrap() = looks;
}

#[tokio::test]
async fn what_is_listed_late_is_done_and_stored_until_then() {
    let dir = tempfile::tempdir().unwrap();
    let engine = patient();
    let fake = fake(Play::Stores);
    lists_late(&fake, 2);
    let mut events = engine.events();
    engine.upload(&account(), fake.clone(), ask(dir.path()));
    let mut steps = Vec::new();
    let job = loop {
        let job = events.recv().await.unwrap();
        match &job.state {
            JobState::Running(step) => steps.push(*step),
            state if state.is_over() => break job,
            _ => {}
        }
    };
    assert!(is_done(&job), "{job:?}");
    assert_eq!(steps, [Step::Send, Step::Record, Step::Confirm]);
    assert_eq!(looks(&fake), 3);
    assert_eq!(
        job.trail.look, None,
        "what was found is not told as missing"
    );
}

#[tokio::test]
async fn what_is_never_listed_is_looked_for_as_long_as_was_said() {
    for (play, state) in [
        (Play::Stores, "unlisted"),
        (Play::LosesTheRequest, "in doubt"),
    ] {
        for (millis, most) in [(0, 1), (160, 5)] {
            let dir = tempfile::tempdir().unwrap();
            let engine = Transfers::new();
            engine.listed_within(Duration::from_millis(millis));
            let fake = fake(play);
            lists_late(&fake, usize::MAX);
            let id = engine.upload(&account(), fake.clone(), ask(dir.path()));
            assert_eq!(end(&engine, id).await.state.word(), state);
            // Where the machine is slow, fewer fit in.
            let least = most.min(2);
            assert!((least..=most).contains(&looks(&fake)), "{}", looks(&fake));
        }
    }
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_a_later_look() {
    let dir = tempfile::tempdir().unwrap();
    let engine = patient();
    let fake = fake(Play::StoresButLosesTheAnswer);
    lists_late(&fake, 1);
    let id = engine.upload(&account(), fake.clone(), ask(dir.path()));
    let job = end(&engine, id).await;
    assert!(is_done(&job), "{job:?}");
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_thousand_files_that_are_listed_late_share_their_looks() {
    const FILES: usize = 1000;
    let dir = tempfile::tempdir().unwrap();
    let engine = patient();
    let fake = fake(Play::Stores);
    lists_late(&fake, 2);
    let template = ask(dir.path());
    let requests = (0..FILES).map(|n| UploadRequest {
        name: FileName::parse(&format!("{n}.png")).unwrap(),
        ..template.clone()
    });
    let ids = engine.upload_all(&account(), fake.clone(), requests);
    for id in ids {
        assert!(is_done(&*end(&engine, id).await));
    }
    assert_eq!(*fake.sends.lock().unwrap(), FILES);
    assert!(looks(&fake) < FILES / 10, "{}", looks(&fake));
}

#[tokio::test]
async fn whoever_cancels_does_not_wait_for_a_listing() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Transfers::new();
    engine.listed_within(Duration::from_hours(1));
    let fake = fake(Play::Stores);
    lists_late(&fake, usize::MAX);
    let id = engine.upload(&account(), fake.clone(), ask(dir.path()));
    while looks(&fake) == 0 {
        tokio::task::yield_now().await;
    }
    engine.cancel(id);
    let job = tokio::time::timeout(Duration::from_mins(1), end(&engine, id)).await;
    let job = job.unwrap();
    assert!(matches!(job.state, JobState::Unlisted { .. }), "{job:?}");
}

#[tokio::test]
async fn who_leaves_leaves_the_looking_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::Stores);
    lists_late(&fake, usize::MAX);
    {
        let engine = Transfers::open(dir.path()).unwrap();
        engine.listed_within(Duration::from_hours(1));
        engine.upload(&account(), fake.clone(), ask(dir.path()));
        while looks(&fake) == 0 {
            tokio::task::yield_now().await;
        }
        engine.drain(Duration::from_secs(20)).await;
    }
    lists_late(&fake, 0);
    let engine = Transfers::open(dir.path()).unwrap();
    let left = engine.jobs();
    assert!(matches!(left[0].state, JobState::InDoubt(_)), "{left:?}");
    assert_eq!(engine.resume(), 1);
    engine.attach_provider(&account(), fake.clone());
    until_state(&engine, is_done).await;
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

/// With a journal, each file waits for the disk between its calls: it is on its way all the same.
#[tokio::test(flavor = "multi_thread")]
async fn while_files_are_on_their_way_listings_keep_their_distance() {
    const FILES: usize = 200;
    let dir = tempfile::tempdir().unwrap();
    let engine = Transfers::open(dir.path()).unwrap();
    let fake = fake(Play::Stores);
    let request = ask(dir.path());
    let requests = (0..FILES).map(|n| UploadRequest {
        name: FileName::parse(&format!("{n}.png")).unwrap(),
        ..request.clone()
    });
    let begun = std::time::Instant::now();
    let ids = engine.upload_all(&account(), fake.clone(), requests);
    for id in ids {
        let job = end(&engine, id).await;
        assert!(is_done(&job), "{job:?}");
    }
    // One for each distance, the one that ends it, and one more where all of them waited at once.
    let most = begun.elapsed().as_millis() / 500 + 3;
    assert!((looks(&fake) as u128) <= most, "{} > {most}", looks(&fake));
}

#[tokio::test]
async fn what_only_looks_like_the_file_is_not_taken_for_it() {
    let theirs = vec![b'x'; PNG.len()];
    for (body, gone, wanted) in [
        (PNG.to_vec(), false, None),
        (theirs, false, Some(Showed::Alike { other: true })),
        (PNG.to_vec(), true, Some(Showed::Alike { other: false })),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let fake = Arc::new(Fake {
            play: Mutex::new(Play::StoresButLosesTheAnswer),
            by_name: true,
            body: vec![Bytes::from(body)],
            ..Fake::default()
        });
        let request = ask(dir.path());
        if gone {
            std::fs::remove_file(&request.path).unwrap();
        }
        let engine = hasty();
        let id = engine.upload(&account(), fake.clone(), request);
        let job = end(&engine, id).await;
        assert_eq!(is_done(&job), wanted.is_none(), "{job:?}");
        let showed = job.trail.look.as_ref().map(|look| look.showed.clone());
        assert_eq!(showed, wanted);
        if wanted.is_some() {
            assert_eq!(job.state.word(), "in doubt");
        }
    }
}
