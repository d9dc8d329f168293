//! What the user decides: nothing an earlier run left begins unasked, and a file in doubt is settled
//! by a look, by the user's word, or by another try, and by nothing else.

use super::disk::{account, fake, is_done, left_at, until_state};
use super::*;

#[tokio::test]
async fn what_an_earlier_run_left_begins_when_the_user_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let fake = left_at(dir.path(), Play::HangsWhileSending, Step::Send).await;
    *fake.play.lock().unwrap() = Play::Stores;
    let engine = Transfers::open(dir.path()).unwrap();
    let before = *fake.sends.lock().unwrap();
    assert_eq!(
        engine.attach_provider(&account(), fake.clone()),
        Vec::new(),
        "nobody said so yet"
    );
    // A file of now overtakes it: with one worker task at a time it would have begun first.
    let new = engine.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&engine, |job| job.id == new && is_done(job)).await;
    assert_eq!(*fake.sends.lock().unwrap(), before + 1);
    assert_eq!(engine.resume(), 1);
    until_state(&engine, |job| job.id != new && is_done(job)).await;
    assert_eq!(*fake.sends.lock().unwrap(), before + 2);
}

#[tokio::test]
async fn another_process_may_say_that_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let fake = left_at(dir.path(), Play::HangsWhileSending, Step::Send).await;
    *fake.play.lock().unwrap() = Play::Stores;
    let worker = Transfers::open(dir.path()).unwrap();
    worker.attach_provider(&account(), fake.clone());
    let guest = Transfers::open(dir.path()).unwrap();
    assert!(!guest.works());
    assert_eq!(guest.resume(), 1);
    until_state(&worker, is_done).await;
}

#[tokio::test]
async fn a_file_in_doubt_is_looked_for_again_without_being_sent() {
    let (job, fake, engine) = upload(Play::LosesTheRequest).await;
    assert!(matches!(job.state, JobState::InDoubt(_)), "{job:?}");
    assert_eq!(
        job.trail.risked.map(|(step, _)| step),
        Some(Step::Record),
        "the answer to this was lost"
    );
    let showed = |job: &Job| job.trail.look.as_ref().map(|look| look.showed.clone());
    assert_eq!(showed(&job), Some(Showed::Absent { among: 0 }));
    fake.stored
        .lock()
        .unwrap()
        .push(asset("other.png", Some(7)));
    let one = Some(Showed::Absent { among: 1 });
    let again = |job: &Job| matches!(job.state, JobState::InDoubt(_)) && showed(job) == one;
    engine.look_again(job.id);
    until_state(&engine, again).await;
    fake.stored
        .lock()
        .unwrap()
        .push(asset("hero.png", Some(PNG.len() as u64)));
    engine.look_again(job.id);
    until_state(&engine, is_done).await;
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_file_that_was_not_listed_as_sent_stays_so_after_a_look_that_shows_the_same() {
    let (job, fake, engine) = upload(Play::StoresShort).await;
    assert!(matches!(job.state, JobState::Unlisted { .. }), "{job:?}");
    let mut events = engine.events();
    engine.look_again(job.id);
    let mut steps = Vec::new();
    loop {
        let job = events.recv().await.unwrap();
        match &job.state {
            JobState::Running(step) => steps.push(*step),
            JobState::Unlisted { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(steps, [Step::Confirm], "only a look");
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn the_users_word_settles_what_is_in_doubt_and_nothing_else() {
    let (job, fake, engine) = upload(Play::LosesTheRequest).await;
    engine.call_done(job.id);
    let done = until_state(&engine, is_done).await;
    assert_eq!(done.warnings.len(), 1, "it says whose word that is");
    assert_eq!(*fake.sends.lock().unwrap(), 1);
    let (failed, _, engine) = upload(Play::Refuses).await;
    assert!(
        matches!(failed.state, JobState::Failed(_)),
        "{:?}",
        failed.state
    );
    engine.call_done(failed.id);
    assert_eq!(engine.jobs()[0].state, failed.state);
}

#[tokio::test]
async fn two_jobs_change_places_and_everyone_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Transfers::open(dir.path()).unwrap();
    let fake = fake(Play::HangsWhileSending);
    let ids: Vec<JobId> = (0..3)
        .map(|_| engine.upload(&account(), fake.clone(), ask(dir.path())))
        .collect();
    until_state(&engine, |job| job.id == ids[2]).await;
    let orders: Vec<i64> = engine.jobs().iter().map(|job| job.order).collect();
    let mut events = engine.events();
    engine.swap(ids[1], ids[2]);
    let told = async {
        while {
            let job = events.recv().await.unwrap();
            (job.id, job.order) != (ids[2], orders[1])
        } {}
    };
    tokio::time::timeout(Duration::from_secs(20), told)
        .await
        .unwrap();
    engine.flush();
    let kept = Transfers::look(dir.path()).unwrap().jobs;
    let order: Vec<JobId> = kept.iter().map(|job| job.id).collect();
    assert_eq!(order, [ids[0], ids[2], ids[1]]);
}
