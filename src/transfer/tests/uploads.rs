//! Files going up: what counts as done, lost answers, and cancelling.

use super::*;

#[tokio::test]
async fn done_means_listed() {
    let (job, ..) = upload(Play::Stores).await;
    assert!(
        matches!(job.state, JobState::Done { asset: Some(_), .. }),
        "{job:?}"
    );
}

#[tokio::test]
async fn files_that_are_sent_together_are_looked_for_together() {
    let dir = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake::default());
    let engine = Transfers::new();
    let ids: Vec<JobId> = (0..20)
        .map(|at| named(&engine, &fake, dir.path(), &format!("{at}.png")))
        .collect();
    for id in ids {
        let job = end(&engine, id).await;
        assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    }
    let looks = fake.looks.lock().unwrap().clone();
    assert_eq!(looks.iter().sum::<usize>(), 20, "{looks:?}");
    assert!(looks.len() < 20, "{looks:?}");
}

#[tokio::test]
async fn a_listing_that_began_before_a_file_was_recorded_proves_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let fake = Arc::new(Fake::default());
    let hold = Arc::new(tokio::sync::Semaphore::new(0));
    *fake.hold.lock().unwrap() = Some(hold.clone());
    let engine = Transfers::new();
    let first = named(&engine, &fake, dir.path(), "a.png");
    while fake.looks.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // The first listing is under way and does not show it.
    let second = named(&engine, &fake, dir.path(), "b.png");
    let confirming = |job: &Job| job.state == JobState::Running(Step::Confirm);
    while !engine.jobs().iter().all(|job| confirming(job)) {
        tokio::task::yield_now().await;
    }
    hold.add_permits(2);
    for id in [first, second] {
        let job = end(&engine, id).await;
        assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    }
    assert_eq!(*fake.looks.lock().unwrap(), [1, 1]);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking_and_never_doubled() {
    let (job, fake, _) = upload(Play::StoresButLosesTheAnswer).await;
    assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn what_looking_does_not_settle_is_in_doubt_and_retry_looks_first() {
    let (job, fake, engine) = upload(Play::LosesTheRequest).await;
    assert!(matches!(job.state, JobState::InDoubt(_)), "{job:?}");
    // It turns up late: the retry finds it and sends nothing again.
    fake.stored
        .lock()
        .unwrap()
        .push(asset("hero.png", Some(PNG.len() as u64)));
    let mut events = engine.events();
    engine.retry(job.id);
    while !matches!(events.recv().await.unwrap().state, JobState::Done { .. }) {}
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_refusal_is_a_failure_and_a_short_store_is_not_done() {
    assert!(matches!(
        upload(Play::Refuses).await.0.state,
        JobState::Failed(_)
    ));
    assert!(matches!(
        upload(Play::StoresShort).await.0.state,
        JobState::Unlisted { .. }
    ));
}

#[tokio::test]
async fn cancelling_while_it_is_recorded_looks_first() {
    assert!(matches!(
        upload(Play::HangsWhileRecording).await.0.state,
        JobState::Done { .. }
    ));
    assert!(matches!(
        upload(Play::HangsWhileSending).await.0.state,
        JobState::Cancelled
    ));
}
