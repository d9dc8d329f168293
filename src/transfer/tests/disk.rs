//! The engine over a journal: another process goes on where one ended.

use super::*;

pub(super) fn account() -> AccountName {
    AccountName::new("a").unwrap()
}

pub(super) fn fake(play: Play) -> Arc<Fake> {
    Arc::new(Fake {
        play: Mutex::new(play),
        ..Fake::default()
    })
}

pub(super) async fn until_state(engine: &Transfers, wanted: impl Fn(&Job) -> bool) -> Arc<Job> {
    let mut events = engine.events();
    if let Some(job) = engine.jobs().into_iter().find(|job| wanted(job)) {
        return job;
    }
    let wait = async {
        loop {
            let job = events.recv().await.unwrap();
            if wanted(&job) {
                return job;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .unwrap_or_else(|_| panic!("{:?}", engine.jobs()))
}

pub(super) fn is_done(job: &Job) -> bool {
    matches!(job.state, JobState::Done { .. })
}

/// Starts an upload that hangs at a step, and ends the engine there as leaving does.
pub(super) async fn left_at(folder: &Path, play: Play, step: Step) -> Arc<Fake> {
    let fake = fake(play);
    let engine = Transfers::open(folder).unwrap();
    engine.upload(&account(), fake.clone(), ask(folder));
    until_state(&engine, |job| job.state == JobState::Running(step)).await;
    // Until its last word is on disk, however slow that is: else it still has the worker's lock.
    engine.drain(Duration::from_secs(20)).await;
    fake
}

#[tokio::test]
async fn what_was_left_while_sending_is_sent_by_the_next_one() {
    let dir = tempfile::tempdir().unwrap();
    let fake = left_at(dir.path(), Play::HangsWhileSending, Step::Send).await;
    let jobs = Transfers::look(dir.path()).unwrap().jobs;
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].state, JobState::Queued, "left, not cancelled");
    *fake.play.lock().unwrap() = Play::Stores;
    let engine = Transfers::open(dir.path()).unwrap();
    engine.resume();
    assert_eq!(engine.attach_provider(&account(), fake.clone()).len(), 1);
    until_state(&engine, is_done).await;
    assert_eq!(fake.stored.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_paused_one_waits_and_the_order_can_be_changed() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::HangsWhileSending);
    let engine = Transfers::open(dir.path()).unwrap();
    let ids: Vec<JobId> = (0..5)
        .map(|_| engine.upload(&account(), fake.clone(), ask(dir.path())))
        .collect();
    until_state(&engine, |job| job.id == ids[4]).await;
    engine.pause(ids[0]);
    let paused = until_state(&engine, |job| {
        job.id == ids[0] && job.paused && job.state == JobState::Queued
    })
    .await;
    assert!(paused.paused);
    engine.reorder(ids[4], true);
    let order: Vec<JobId> = engine.jobs().iter().map(|job| job.id).collect();
    assert_eq!(order[0], ids[4]);
    *fake.play.lock().unwrap() = Play::Stores;
    engine.go_on(ids[0]);
    until_state(&engine, |job| job.id == ids[4] && is_done(job)).await;
    engine.flush();
    let kept = Transfers::look(dir.path()).unwrap().jobs;
    assert_eq!(kept[0].id, ids[4], "the order is kept");
}

#[tokio::test]
async fn a_second_process_hands_over_and_hears_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::Stores);
    let worker = Transfers::open(dir.path()).unwrap();
    let guest = Transfers::open(dir.path()).unwrap();
    assert!(worker.works() && !guest.works());
    worker.attach_provider(&account(), fake.clone());
    let id = guest.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&guest, |job| job.id == id && is_done(job)).await;
    assert!(worker.jobs().iter().any(|job| job.id == id && is_done(job)));
    assert_eq!(*fake.sends.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_second_process_takes_over_when_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::Stores);
    let worker = Transfers::open(dir.path()).unwrap();
    let guest = Transfers::open(dir.path()).unwrap();
    let id = guest.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&guest, |job| job.id == id).await;
    assert_eq!(*fake.sends.lock().unwrap(), 0, "the worker has no account");
    drop(worker);
    until_state(&guest, |job| job.id == id && is_done(job)).await;
    assert!(guest.works());
    assert_eq!(fake.stored.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_journal_nothing_is_called_queued() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Transfers::refusing(JournalError::Newer(9));
    let mut events = engine.events();
    let fake = fake(Play::Stores);
    engine.upload(&account(), fake.clone(), ask(dir.path()));
    let first = events.recv().await.unwrap();
    assert!(matches!(first.state, JobState::Failed(_)), "{first:?}");
    assert_eq!(*fake.sends.lock().unwrap(), 0);
}

#[tokio::test]
async fn all_of_an_account_are_paused_resumed_and_cancelled_together() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::HangsWhileSending);
    let engine = Transfers::open(dir.path()).unwrap();
    engine.allow_at_once(&account(), 2);
    let other = AccountName::new("b").unwrap();
    let ids = engine.upload_all(&account(), fake.clone(), (0..5).map(|_| ask(dir.path())));
    let alone = engine.upload(&other, fake.clone(), ask(dir.path()));
    let running = |engine: &Transfers| {
        let jobs = engine.jobs();
        let runs = jobs
            .iter()
            .filter(|job| matches!(job.state, JobState::Running(_)));
        runs.count()
    };
    let mut events = engine.events();
    while running(&engine) < 3 {
        events.recv().await.unwrap();
    }
    // Two of one account and one of the other, with more of the first waiting.
    while *fake.sends.lock().unwrap() < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(running(&engine), 3);
    assert_eq!(engine.ask_all(Ask::Pause, Some(&account())), 5);
    while running(&engine) > 1 {
        events.recv().await.unwrap();
    }
    assert!(
        ids.iter()
            .all(|id| engine.jobs().iter().any(|job| job.id == *id && job.paused))
    );
    *fake.play.lock().unwrap() = Play::Stores;
    assert_eq!(engine.ask_all(Ask::GoOn, None), 5);
    for id in &ids {
        until_state(&engine, |job| job.id == *id && is_done(job)).await;
    }
    assert_eq!(engine.ask_all(Ask::Cancel, None), 1);
    until_state(&engine, |job| {
        job.id == alone && job.state == JobState::Cancelled
    })
    .await;
    assert_eq!(engine.ask_all(Ask::Retry, None), 0, "nothing failed");
    assert_eq!(engine.ask_all(Ask::Forget, None), 6);
    assert!(engine.jobs().is_empty());
    engine.flush();
    assert!(Transfers::look(dir.path()).unwrap().jobs.is_empty());
}

#[tokio::test]
async fn one_that_cannot_be_forgotten_on_disk_is_not_sent_again() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::Stores);
    let worker = Transfers::open(dir.path()).unwrap();
    // The look with which it begins must not be what shows it its own job.
    worker.catch_up().await;
    worker.catch_up().await;
    let first = worker.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&worker, |job| job.id == first && is_done(job)).await;
    let disk = rusqlite::Connection::open(dir.path().join("transfers.db")).unwrap();
    disk.execute_batch(
        "CREATE TRIGGER refused BEFORE DELETE ON jobs BEGIN SELECT RAISE(FAIL, 'no'); END",
    )
    .unwrap();
    worker.clear(&[first]);
    worker.flush();
    assert_eq!(
        Transfers::look(dir.path()).unwrap().jobs.len(),
        1,
        "it is still there"
    );
    // Another process adds one, whose bell makes the worker read what is new.
    let guest = Transfers::open(dir.path()).unwrap();
    let second = guest.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&guest, |job| job.id == second && is_done(job)).await;
    assert_eq!(*fake.sends.lock().unwrap(), 2);
    let ids: Vec<JobId> = worker.jobs().iter().map(|job| job.id).collect();
    assert_eq!(ids, [second]);
}

#[tokio::test]
async fn files_are_sent_while_the_disk_is_slow_and_none_is_recorded_before_its_row_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::HangsWhileSending);
    let engine = Transfers::open(dir.path()).unwrap();
    engine.allow_at_once(&account(), 1);
    engine.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&engine, |job| job.state == JobState::Running(Step::Send)).await;
    let mut events = engine.events();
    let ids = engine.upload_all(&account(), fake.clone(), (0..4).map(|_| ask(dir.path())));
    // Nobody is told before they are on disk.
    while events.recv().await.unwrap().id != ids[3] {}
    // Somebody else writes: nothing gets to the disk for now.
    let other = rusqlite::Connection::open(dir.path().join("transfers.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    *fake.play.lock().unwrap() = Play::Stores;
    engine.allow_at_once(&account(), 2);
    let sent = async {
        while *fake.sends.lock().unwrap() < 5 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(4), sent)
        .await
        .expect("one after the other, through the one place that is free");
    assert!(
        fake.stored.lock().unwrap().is_empty(),
        "its row is not there"
    );
    other.execute_batch("ROLLBACK").unwrap();
    for id in ids {
        until_state(&engine, |job| job.id == id && is_done(job)).await;
    }
    assert_eq!(fake.stored.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn where_all_is_paused_what_is_added_waits_too() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::Stores);
    let worker = Transfers::open(dir.path()).unwrap();
    let guest = Transfers::open(dir.path()).unwrap();
    worker.close_all();
    let own = worker.upload(&account(), fake.clone(), ask(dir.path()));
    let is_held = |id| move |job: &Job| job.id == id && job.paused && job.state == JobState::Queued;
    until_state(&worker, is_held(own)).await;
    // What another process adds is heard of here, and held as well.
    let other = guest.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&guest, is_held(other)).await;
    worker.flush();
    assert_eq!(*fake.sends.lock().unwrap(), 0);
    // It is kept: the next start finds them so.
    let Standing {
        jobs: kept, closed, ..
    } = Transfers::look(dir.path()).unwrap();
    assert!(kept.iter().all(|job| job.paused) && kept.len() == 2);
    assert!(closed && guest.is_closed());
    worker.open_all();
    for id in [own, other] {
        until_state(&worker, |job| job.id == id && is_done(job)).await;
    }
    let new = worker.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&worker, |job| job.id == new && is_done(job)).await;
    assert_eq!(*fake.sends.lock().unwrap(), 3);
    assert!(!Transfers::look(dir.path()).unwrap().closed);
}

#[tokio::test]
async fn a_pause_of_all_outlives_the_program_and_is_lifted_from_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    let fake = fake(Play::Stores);
    {
        let engine = Transfers::open(dir.path()).unwrap();
        engine.close_all();
        engine.drain(Duration::from_secs(20)).await;
    }
    let worker = Transfers::open(dir.path()).unwrap();
    assert!(worker.is_closed(), "it is told at the next start");
    let held = worker.upload(&account(), fake.clone(), ask(dir.path()));
    until_state(&worker, |job| job.id == held && job.paused).await;
    // Another process lifts it; the one that works hears of that.
    let guest = Transfers::open(dir.path()).unwrap();
    guest.open_all();
    until_state(&worker, |job| job.id == held && is_done(job)).await;
    assert!(!worker.is_closed());
    assert!(!Transfers::look(dir.path()).unwrap().closed);
}
