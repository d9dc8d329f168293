//! The file itself: what is written comes back, whatever happens to it.

mod wal;

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::api::{FileStamp, Metadata, UploadRequest};
use crate::domain::{AssetPath, AssetScope, ContainerId, FileName, Locale};
use crate::transfer::job::tests::events;
use crate::transfer::job::{Direction, JobState};

fn work(name: &str) -> Work {
    Work::Up(Arc::new(UploadRequest {
        scope: AssetScope::Container(ContainerId::new("c").unwrap()),
        path: format!("/nowhere/{name}").into(),
        stamp: FileStamp {
            size: 7,
            modified: Some(std::time::SystemTime::UNIX_EPOCH + Duration::from_nanos(123_456_789)),
            identity: Some((u64::MAX, 2)),
        },
        name: FileName::parse(name).unwrap(),
        content_type: "image/png".into(),
        locale: Locale::new("de"),
        folder: AssetPath::parse("public/images").unwrap(),
        asset_type: None,
        metadata: Metadata {
            tags: Some(vec!["a".to_owned()]),
            ..Metadata::default()
        }
        .shared(),
        replaces: Some(Box::new(crate::api::Replaced {
            key: crate::domain::AssetKey::from_parts(["old"]).unwrap(),
            name: "alt.png".to_owned(),
            size: Some(6),
            modified: Some("2026-01-02T03:04:05Z".to_owned()),
            stored_as: None,
        })),
        beside: true,
    }))
}

fn add(id: u64) -> Change {
    Change::Add {
        id: JobId(id),
        account: AccountName::new("a").unwrap(),
        work: work(&format!("{id}.png")),
        place: id.cast_signed(),
    }
}

fn write(journal: &Journal, changes: Vec<Change>) -> Result<(), JournalError> {
    let (sender, receiver) = channel();
    journal.write(changes, move |result| sender.send(result).unwrap());
    receiver.recv().unwrap()
}

fn file(folder: &Path) -> PathBuf {
    folder.join(schema::NAME)
}

/// A closed journal of so many jobs, all in one file.
fn filled(folder: &Path, count: u64) -> Vec<u8> {
    let (mut connection, _) = schema::open(folder, schema::MIGRATIONS).unwrap();
    let changes: Vec<Change> = (1..=count).map(add).collect();
    super::write::all(&mut connection, &changes).unwrap();
    drop(connection);
    std::fs::read(file(folder)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_prefix_on_disk_replays_to_the_same_job(events in events()) {
        let folder = tempfile::tempdir().unwrap();
        let Opened { journal, .. } = Journal::open(folder.path()).unwrap();
        write(&journal, vec![add(1)]).unwrap();
        let mut job = work("1.png").job(JobId(1), AccountName::new("a").unwrap(), 1);
        for event in events {
            write(&journal, vec![Change::Event(JobId(1), event.clone())]).unwrap();
            let _ = job.apply(event);
            let kept = Journal::look(folder.path()).unwrap().0.jobs;
            prop_assert_eq!(kept.len(), 1);
            prop_assert_eq!(&kept[0].job, &job);
            prop_assert_eq!(&kept[0].work, &work("1.png"));
        }
    }

    #[test]
    fn a_flipped_bit_or_a_cut_is_found_and_the_file_is_kept(at in any::<prop::sample::Index>(), bit in 0_u8..8, cut in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = filled(folder.path(), 20);
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << bit;
        }
        std::fs::write(file(folder.path()), &bytes).unwrap();
        let Ok(Opened { found, notes, .. }) = Journal::open(folder.path()) else {
            // A version flipped upwards: refused, and untouched.
            prop_assert_eq!(std::fs::read(file(folder.path())).unwrap(), bytes);
            return Ok(());
        };
        for kept in &found.jobs {
            prop_assert!((1..=20).contains(&kept.job.id.0));
            prop_assert_eq!(&kept.work, &work(&format!("{}.png", kept.job.id.0)));
        }
        if found.jobs.len() < 20 && !bytes.is_empty() {
            prop_assert_eq!(notes.len(), 1);
            let aside = notes[0].split("set aside as ").nth(1).unwrap().split(',').next().unwrap();
            prop_assert_eq!(std::fs::read(folder.path().join(aside)).unwrap(), bytes);
        }
    }
}

#[test]
fn what_nobody_awaits_is_written_before_what_comes_next_and_also_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Opened { journal, .. } = Journal::open(folder.path()).unwrap();
    write(&journal, vec![add(1)]).unwrap();
    let (sender, receiver) = channel();
    let said = |word: &'static str| {
        let sender = sender.clone();
        Done::new(move |result: Result<(), JournalError>| {
            result.unwrap();
            sender.send(word).unwrap();
        })
    };
    let event = |event| vec![Change::Event(JobId(1), event)];
    journal.send(event(JobEvent::Paused), false, said("unawaited"));
    journal.send(event(JobEvent::WentOn), true, said("awaited"));
    let told: Vec<&str> = receiver.iter().take(2).collect();
    assert_eq!(told, ["unawaited", "awaited"]);
    journal.send(event(JobEvent::Paused), false, said("alone"));
    assert_eq!(receiver.recv().unwrap(), "alone");
    let kept = Journal::look(folder.path()).unwrap().0.jobs;
    assert!(kept[0].job.paused);
}

#[test]
fn a_damaged_row_is_left_out_and_unfinished_uploads_are_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = filled(folder.path(), 3);
    let at = bytes
        .windows(14)
        .position(|it| it == b"/nowhere/2.png")
        .unwrap();
    bytes[at + 1] = b'N';
    std::fs::write(file(folder.path()), &bytes).unwrap();
    let Opened { found, notes, .. } = Journal::open(folder.path()).unwrap();
    let ids: Vec<u64> = found.jobs.iter().map(|kept| kept.job.id.0).collect();
    assert_eq!(ids, [1, 3], "{notes:?}");
    for kept in &found.jobs {
        assert_eq!(kept.job.direction, Direction::Up);
        assert!(matches!(kept.job.state, JobState::InDoubt(_)));
    }
    assert!(
        notes[0].contains("2 transfers were carried over"),
        "{notes:?}"
    );
}

#[test]
fn what_stands_behind_a_lost_first_page_is_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = filled(folder.path(), 20);
    bytes[..4096].fill(0);
    std::fs::write(file(folder.path()), &bytes).unwrap();
    let Opened { found, notes, .. } = Journal::open(folder.path()).unwrap();
    assert_eq!(found.jobs.len(), 20, "{notes:?}");
    for kept in &found.jobs {
        assert_eq!(kept.work, work(&format!("{}.png", kept.job.id.0)));
        assert!(matches!(kept.job.state, JobState::InDoubt(_)));
    }
}

#[test]
fn a_journal_that_lost_its_version_is_damaged_and_its_jobs_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = filled(folder.path(), 3);
    bytes[60..64].fill(0);
    std::fs::write(file(folder.path()), &bytes).unwrap();
    let looked = Journal::look(folder.path());
    assert!(
        matches!(looked, Err(JournalError::Damaged(_))),
        "{looked:?}"
    );
    let Opened { found, notes, .. } = Journal::open(folder.path()).unwrap();
    assert_eq!(found.jobs.len(), 3, "{notes:?}");
}

/// A file that cannot be locked or read just now is not damaged: what stands in it stays where it is.
#[test]
fn a_file_that_cannot_be_looked_into_is_not_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    let path = file(folder.path());
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
        .unwrap();
    let mine = rusqlite::Connection::open(&path).unwrap();
    mine.busy_timeout(std::time::Duration::ZERO).unwrap();
    let refused = damage::check(&mine);
    assert!(
        matches!(refused, Err(JournalError::Locked(_))),
        "{refused:?}"
    );
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(damage::check(&mine).unwrap(), None);
}

/// The file is made in two steps: what it holds, and how it is written. Who joins between them does
/// the second too, and whoever comes later to it is refused it at once, without any patience.
#[test]
fn who_joins_while_the_file_is_made_waits_for_that() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    let maker = rusqlite::Connection::open(file(folder.path())).unwrap();
    maker
        .execute_batch("PRAGMA journal_mode = TRUNCATE; BEGIN IMMEDIATE")
        .unwrap();
    let _works = Lock::take(folder.path()).unwrap().unwrap();
    std::thread::scope(|scope| {
        let joining = scope.spawn(|| Journal::open(folder.path()).map(|opened| opened.found));
        // Long enough to have come to it, which is only what makes this test see anything.
        std::thread::sleep(Duration::from_millis(200));
        maker.execute_batch("COMMIT").unwrap();
        assert_eq!(joining.join().unwrap().unwrap().jobs.len(), 3);
    });
}

#[test]
fn who_works_goes_on_alone_where_the_lock_file_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(folder.path()).unwrap().journal;
    std::fs::remove_file(folder.path().join("transfers.lock")).unwrap();
    let second = Journal::open(folder.path()).unwrap().journal;
    assert!(first.works() && !second.works());
    assert!(!second.take_over());
    assert!(lock::Lock::is_taken(folder.path()));
    drop(first);
    assert!(second.take_over());
}

#[test]
fn a_newer_file_is_refused_untouched_and_an_older_one_moves_with_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2);
    let more = [
        schema::MIGRATIONS,
        &["ALTER TABLE jobs ADD COLUMN more TEXT;"],
    ]
    .concat();
    let newest = u32::try_from(more.len()).unwrap();
    let (connection, copy) = schema::open(folder.path(), &more).unwrap();
    let copy = copy.unwrap();
    assert_eq!(copy, format!("transfers.v{}.db", newest - 1));
    drop(connection);
    assert_eq!(
        schema::head(&folder.path().join(copy)).unwrap(),
        schema::Head::Version(newest - 1)
    );
    assert_eq!(
        schema::head(&file(folder.path())).unwrap(),
        schema::Head::Version(newest)
    );
    let before = std::fs::read(file(folder.path())).unwrap();
    let refused = JournalError::Newer(newest);
    assert_eq!(Journal::open(folder.path()).err(), Some(refused.clone()));
    assert_eq!(Journal::look(folder.path()).err(), Some(refused));
    assert_eq!(std::fs::read(file(folder.path())).unwrap(), before);
}

#[test]
fn a_journal_of_the_first_version_opens_with_its_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let (mut connection, _) = schema::open(folder.path(), &schema::MIGRATIONS[..1]).unwrap();
    super::write::all(&mut connection, &[add(1)]).unwrap();
    // As the first release wrote it.
    let (added, account, row): (String, String, String) = connection
        .query_row("SELECT added, account, work FROM jobs", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    let (before, _) = row.split_once(r#","replaces":"#).unwrap();
    let row = format!("{before}}}}}");
    let sum = row::sum(1, 0, &[&added, &account, &row]);
    connection
        .execute("UPDATE jobs SET work = ?1, sum = ?2", (row, sum))
        .unwrap();
    drop(connection);
    let Opened { found, notes, .. } = Journal::open(folder.path()).unwrap();
    let Work::Up(request) = &found.jobs[0].work else {
        panic!("{:?}", found.jobs[0]);
    };
    assert_eq!(request.replaces, None);
    assert_eq!(request.name.as_str(), "1.png");
    assert!(notes[0].contains("transfers.v1.db"), "{notes:?}");
}

#[test]
fn one_works_the_other_adds_and_takes_over() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(folder.path()).unwrap().journal;
    let second = Journal::open(folder.path()).unwrap().journal;
    assert!(first.works() && !second.works() && !second.take_over());
    let numbers = [first.reserve(10), second.reserve(10)].map(Result::unwrap);
    assert_eq!(numbers, [1, 11]);
    write(&second, vec![add(11), Change::Ask(JobId(11), Ask::Cancel)]).unwrap();
    let news = first.news(Seen::default()).unwrap();
    assert_eq!(news.jobs.len(), 1);
    assert_eq!(news.asks.len(), 1);
    // One that was numbered earlier and comes later is news too.
    write(&second, vec![add(3)]).unwrap();
    assert_eq!(first.news(news.seen).unwrap().jobs[0].job.id, JobId(3));
    drop(first);
    assert!(second.take_over());
}

#[test]
fn only_its_user_may_read_it_and_no_link_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("state");
    let journal = Journal::open(&place).unwrap().journal;
    let mut error =
        crate::api::ApiError::new("upload the file", crate::api::ApiErrorKind::Server, "no");
    error.url = Some("https://host/signed".to_owned());
    write(
        &journal,
        vec![add(1), Change::Event(JobId(1), JobEvent::Failed(error))],
    )
    .unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    for entry in std::fs::read_dir(&place).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
        let text = std::fs::read(&path).unwrap();
        assert!(
            !text.windows(8).any(|it| it == b"https://"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn what_cannot_be_written_is_said_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let (mut connection, _) = schema::open(folder.path(), schema::MIGRATIONS).unwrap();
    super::write::all(&mut connection, &[add(1)]).unwrap();
    let pages: i64 = connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    // A full disk, as SQLite meets it.
    connection
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let many: Vec<Change> = (2..200).map(add).collect();
    let refused = super::write::all(&mut connection, &many).unwrap_err();
    assert!(
        refused.to_string().contains("the disk is full"),
        "{refused}"
    );
    assert_eq!(replay::all(&connection).unwrap().jobs.len(), 1);
}
