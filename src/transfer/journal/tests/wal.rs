//! The write-ahead file, damaged in many places, and as crashes leave it.

use super::*;
use crate::transfer::job::Job;
use crate::transfer::journal::wal::fault;
use crate::transfer::journal::write::all as commit;

/// So many jobs are in it.
const JOBS: usize = 12;

/// What a killed process leaves: the file, its write-ahead file, and the shared index.
struct Left {
    files: [Vec<u8>; 3],
}

impl Left {
    fn of(folder: &Path) -> Self {
        let read = |end| std::fs::read(damage::beside(&file(folder), end)).unwrap();
        Self {
            files: ["", "-wal", "-shm"].map(read),
        }
    }

    /// A journal of twelve jobs, each committed by itself, with a step more for each third.
    fn by_a_kill() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut connection, _) = schema::open(folder.path(), schema::MIGRATIONS).unwrap();
        for id in 1..=JOBS as u64 {
            commit(&mut connection, &[add(id)]).unwrap();
            if id % 3 == 0 {
                let paused = [Change::Event(JobId(id), JobEvent::Paused)];
                commit(&mut connection, &paused).unwrap();
            }
        }
        Self::of(folder.path())
    }

    fn put(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (end, bytes) in ["", "-wal", "-shm"].into_iter().zip(&self.files) {
            std::fs::write(damage::beside(&file(folder.path()), end), bytes).unwrap();
        }
        folder
    }

    fn with_wal(&self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut files = self.files.clone();
        change(&mut files[1]);
        Self { files }
    }

    fn without_index(mut self) -> tempfile::TempDir {
        self.files[2].clear();
        let folder = self.put();
        std::fs::remove_file(damage::beside(&file(folder.path()), "-shm")).unwrap();
        folder
    }

    /// Opened; how many jobs are there, and the note. Looking does not change it, and says the
    /// same. Damage is kept aside as it was.
    fn opened(&self, folder: &Path, point: &str) -> (usize, Option<String>) {
        let (looked, warned) = Journal::look(folder).unwrap();
        let Opened { found, notes, .. } = Journal::open(folder).unwrap();
        assert!(notes.len() <= 1, "{point}: {notes:?}");
        assert_eq!(warned.is_some(), !notes.is_empty(), "{point}: {notes:?}");
        let jobs = |found: &Replayed| -> Vec<Job> {
            found.jobs.iter().map(|kept| kept.job.clone()).collect()
        };
        assert_eq!(jobs(&looked), jobs(&found), "{point}");
        for kept in &found.jobs {
            let id = kept.job.id.0;
            assert_eq!(kept.work, work(&format!("{id}.png")), "{point}");
            if !notes.is_empty() {
                assert!(matches!(kept.job.state, JobState::InDoubt(_)), "{point}");
            }
        }
        if let Some(note) = notes.first() {
            let aside = note.split("set aside as ").nth(1).unwrap();
            let aside = folder.join(aside.split(',').next().unwrap());
            let kept = std::fs::read(damage::beside(&aside, "-wal")).unwrap();
            assert!(kept == self.files[1], "{point}: {note}");
        }
        (found.jobs.len(), notes.into_iter().next())
    }
}

/// One was killed with its last frame written and its commit not counted yet; another one, to whom it
/// was none, wrote a shorter one over its beginning, or is about to.
#[test]
fn what_others_write_over_of_a_killed_one_is_no_damage() {
    let before = Left::by_a_kill();
    let wrote = |changes: &[Change]| {
        let folder = before.put();
        let mut connection = schema::join(folder.path()).unwrap().unwrap();
        commit(&mut connection, changes).unwrap();
        Left::of(folder.path())
    };
    let many: Vec<Change> = (100..140).map(add).collect();
    let killed = &wrote(&many).files[1];
    let after = wrote(&[add(50)]);
    let (whole, own) = (before.files[1].len(), after.files[1].len());
    assert!(killed.len() > own + 2 * 4120 && own > whole);
    for (left, of) in [(&after, own), (&before, whole + 4120)] {
        let under = left.with_wal(|wal| {
            *wal = [&after.files[1][..of], &killed[of..]].concat();
        });
        let folder = under.put();
        assert_eq!(fault(folder.path()).unwrap(), None, "{of} of {own}");
    }
}

#[test]
fn a_flipped_bit_anywhere_loses_nothing_in_silence() {
    let left = Left::by_a_kill();
    let all = left.files[1].len();
    // In the head and in the first frame's, then here and there; in the last one too.
    let places = (0..56).step_by(3).chain((56..all).step_by(6007)).chain([
        all - 1,
        all - 4096,
        all - 4096 - 20,
        all - 4096 - 24 + 7,
    ]);
    let mut lost = 0;
    for at in places {
        let bit = at % 8;
        let point = format!("bit {bit} of byte {at} of {all}");
        let flipped = left.with_wal(|wal| wal[at] ^= 1 << bit);
        let folders = [
            (true, flipped.put()),
            (
                false,
                left.with_wal(|wal| wal[at] ^= 1 << bit).without_index(),
            ),
        ];
        for (indexed, folder) in folders {
            let (count, note) = flipped.opened(folder.path(), &point);
            // Without the index the last frame is like one whose write was cut off.
            let torn = !indexed && at >= all - 4096 - 24;
            assert!(
                note.is_some() || torn,
                "{point}: {count} jobs and not a word"
            );
            // A bit that stands in a job's own text.
            assert!(count + 1 >= JOBS, "{point}: {count}, {note:?}");
            lost += JOBS - count;
        }
    }
    assert!(lost < 10, "{lost}");
}

#[test]
fn a_cut_or_emptied_file_is_said() {
    let left = Left::by_a_kill();
    let all = left.files[1].len();
    for length in [
        1,
        31,
        32,
        33,
        2000,
        32 + 4120,
        10_000,
        all / 2,
        all - 4120,
        all - 1,
    ] {
        let cut = left.with_wal(|wal| wal.truncate(length));
        let (_, note) = cut.opened(cut.put().path(), &format!("cut to {length}"));
        assert!(note.is_some(), "cut to {length}");
    }
    for gone in [false, true] {
        let empty = left.with_wal(Vec::clear);
        let folder = empty.put();
        if gone {
            std::fs::remove_file(damage::beside(&file(folder.path()), "-wal")).unwrap();
        }
        let (_, warned) = Journal::look(folder.path()).unwrap();
        let Opened { notes, .. } = Journal::open(folder.path()).unwrap();
        for said in [warned.unwrap(), notes.concat()] {
            assert!(
                said.contains("emptied or removed: what stood in it is lost"),
                "{said}"
            );
        }
    }
    let zeros = left.with_wal(|wal| wal.fill(0));
    let (_, note) = zeros.opened(zeros.put().path(), "zeros");
    assert!(note.unwrap().contains("is lost"));
    let hole = left.with_wal(|wal| wal[8192..16_384].fill(0));
    let (count, note) = hole.opened(hole.put().path(), "a hole");
    assert!(note.is_some() && count + 1 >= JOBS, "{count}");
}

/// `SQLite` throws the write-ahead file away whose file holds nothing.
#[test]
fn an_emptied_or_missing_file_beside_its_log_is_said() {
    for gone in [false, true] {
        let left = Left::by_a_kill();
        let folder = left.put();
        let file = file(folder.path());
        if gone {
            std::fs::remove_file(&file).unwrap();
        } else {
            std::fs::write(&file, []).unwrap();
        }
        let (_, seen) = Journal::look(folder.path()).unwrap();
        assert!(seen.is_some(), "a look says nothing");
        let Opened { notes, .. } = Journal::open(folder.path()).unwrap();
        let aside = notes[0].split("set aside as ").nth(1).unwrap();
        let aside = aside.split(',').next().unwrap();
        let log = folder.path().join(format!("{aside}-wal"));
        assert_eq!(std::fs::read(log).unwrap(), left.files[1]);
    }
}

#[test]
fn what_a_crash_leaves_is_no_damage() {
    let left = Left::by_a_kill();
    let all = left.files[1].len();
    let mut whole = vec![("as it is", left.with_wal(|_| ()))];
    // The next commit's frame, of which only a part was written.
    for part in [1, 24, 2000, 4119] {
        let torn = left.with_wal(|wal| wal.extend_from_within(all - 4120..all - 4120 + part));
        whole.push(("a torn frame", torn));
    }
    let begun = left.with_wal(|wal| {
        wal.extend_from_within(all - 4120..);
        let mark = all + 4..all + 8;
        wal[mark].fill(0);
    });
    whole.push(("a frame of a transaction that did not end", begun));
    // Used anew from its beginning, with the frames of before behind.
    let folder = tempfile::tempdir().unwrap();
    let (mut connection, _) = schema::open(folder.path(), schema::MIGRATIONS).unwrap();
    for id in 1..JOBS as u64 {
        commit(&mut connection, &[add(id)]).unwrap();
    }
    let checkpoint = "PRAGMA wal_checkpoint(RESTART)";
    connection.query_row(checkpoint, [], |_| Ok(())).unwrap();
    let before = Left::of(folder.path());
    commit(&mut connection, &[add(JOBS as u64)]).unwrap();
    let after = Left::of(folder.path());
    assert_eq!(before.files[1].len(), after.files[1].len());
    whole.push(("used anew", after));
    for (point, left) in whole {
        for folder in [left.put(), left.with_wal(|_| ()).without_index()] {
            let (count, note) = left.opened(folder.path(), point);
            assert_eq!((count, note), (JOBS, None), "{point}");
        }
    }
}

/// All was moved into the journal, and the write-ahead file begun anew, where no frame could be
/// written; the process was ended when it had removed the index and was about to remove that file.
#[test]
fn what_is_left_of_closing_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let (mut connection, _) = schema::open(folder.path(), schema::MIGRATIONS).unwrap();
    for id in 1..=JOBS as u64 {
        commit(&mut connection, &[add(id)]).unwrap();
    }
    let wal = damage::beside(&file(folder.path()), "-wal");
    let head = std::fs::read(&wal).unwrap();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    connection.query_row(checkpoint, [], |_| Ok(())).unwrap();
    let mut left = Left::of(folder.path());
    assert_eq!(left.opened(left.put().path(), "moved"), (JOBS, None));
    for length in [0, 1, 31, 32, 33, 2000] {
        left.files[1] = head[..length].to_vec();
        let folder = left.with_wal(|_| ()).without_index();
        let point = format!("{length} bytes");
        assert_eq!(left.opened(folder.path(), &point), (JOBS, None), "{point}");
    }
}
