//! Files that are damaged, foreign or no files at all: what they cost, and what begins in their place.

use super::*;

/// Overwrites all behind the first page.
fn damage(folder: &Path) {
    let file = store::LISTS.path(folder);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4_096..].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
}

#[test]
fn a_damaged_or_foreign_file_is_set_aside_and_made_anew() {
    for (what, bytes) in [("foreign", b"not ours".to_vec()), ("empty", Vec::new())] {
        let folder = tempfile::tempdir().unwrap();
        let path = store::LISTS.path(folder.path());
        std::fs::write(&path, &bytes).unwrap();
        let standing = Index::look(folder.path()).unwrap();
        assert_eq!(standing == Standing::Foreign, what == "foreign");
        let index = open(folder.path());
        assert_eq!(index.trouble().is_some(), what == "foreign");
        assert!(matches!(Index::look(folder.path()), Ok(Standing::Ours(_))));
        put(&index, &[segment(1, None)], None);
        assert!(got(&index).is_some());
        let aside = path.with_extension("damaged.db");
        assert_eq!(aside.exists(), what == "foreign");
    }
}

#[test]
fn what_is_no_file_is_set_aside_without_waiting_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = store::LISTS.path(folder.path());
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert_eq!(Index::look(folder.path()).unwrap(), Standing::Foreign);
    let index = open(folder.path());
    assert!(index.trouble().unwrap().contains("set aside"));
    put(&index, &[segment(1, None)], None);
    assert!(got(&index).is_some());
}

#[test]
fn damage_that_shows_late_costs_the_index_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (1..=5_000).map(|n| segment(n, Some("some text"))).collect();
    put(&open(folder.path()), &rows, None);
    let path = store::LISTS.path(folder.path());
    let whole = std::fs::read(&path).unwrap();
    // Wherever it is cut or overwritten: no panic, no wrong row, and the next start works.
    for at in (100..whole.len()).step_by(whole.len() / 40) {
        for cut in [true, false] {
            let mut bytes = whole.clone();
            if cut {
                bytes.truncate(at);
            } else {
                let end = (at + 600).min(bytes.len());
                bytes[at..end].fill(0xA5);
            }
            std::fs::write(&path, &bytes).unwrap();
            let (index, _) = Index::open(folder.path());
            if let Some((head, all)) = got(&index) {
                assert_eq!(all, rows[..all.len()]);
                assert_eq!(all.len() as u64, head.count);
            }
            drop(index);
            let again = open(folder.path());
            put(&again, &rows[..2], None);
            let back = got(&again).or_else(|| {
                // What only the second write met: the start after it works.
                put(&open(folder.path()), &rows[..2], None);
                got(&open(folder.path()))
            });
            assert_eq!(back.map(|it| it.1.len()), Some(2), "{at} {cut}");
        }
    }
}

#[test]
fn damage_inside_is_told_and_another_index_begins_while_the_old_one_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let rows: Vec<_> = (1..=2_000).map(|n| segment(n, Some("some text"))).collect();
    put(&index, &rows, None);
    drop(index);
    damage(folder.path());
    let index = open(folder.path());
    assert_eq!(index.trouble(), None);
    assert!(got(&index).is_none());
    let said = index.trouble().expect("a sentence");
    assert!(said.contains("index-1.damaged.db"), "{said}");
    assert!(folder.path().join("index-1.damaged.db").exists());
    // The same handle goes on with another one.
    put(&index, &rows, None);
    assert_eq!(got(&index).unwrap().1.len(), 2_000);
    drop(index);
    assert_eq!(got(&open(folder.path())).unwrap().1.len(), 2_000);
}

#[test]
fn a_list_that_was_on_its_way_when_the_file_was_made_anew_is_not_kept_in_part() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    put(&index, &[segment(1, None)], None);
    // Parts of eight chunks of 256 rows.
    let rows: Vec<_> = (1..=20_000).map(|n| segment(n, Some("text"))).collect();
    let mut keeper = index.keep(&owner("a"), Place::Segments(doc()), None);
    for row in &rows[..9_000] {
        keeper.entry(row);
    }
    settle(&index);
    std::fs::write(store::LISTS.path(folder.path()), vec![0xA5; 65_536]).unwrap();
    assert!(got(&index).is_none());
    assert!(index.trouble().is_some());
    for row in &rows[9_000..] {
        keeper.entry(row);
    }
    keeper.end();
    settle(&index);
    assert_eq!(got(&index).map(|it| it.1.len()), None);
    put(&index, &rows, None);
    assert_eq!(got(&index).map(|it| it.1.len()), Some(rows.len()));
}

#[test]
fn of_two_processes_that_meet_damage_the_second_leaves_alone_what_the_first_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (1..=2_000).map(|n| segment(n, Some("some text"))).collect();
    put(&open(folder.path()), &rows, None);
    let (first, second) = (open(folder.path()), open(folder.path()));
    damage(folder.path());
    assert!(got(&first).is_none());
    put(&first, &rows[..2], None);
    // It still has the damaged one open.
    assert!(got(&second).is_none());
    assert!(second.trouble().is_some());
    assert_eq!(got(&second).map(|it| it.1.len()), Some(2));
    assert_eq!(got(&open(folder.path())).map(|it| it.1.len()), Some(2));
}

#[test]
fn a_list_that_lacks_a_part_is_not_taken_for_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (1..=5_000).map(|n| segment(n, None)).collect();
    put(&open(folder.path()), &rows, None);
    let connection = store::connect(&store::LISTS.path(folder.path())).unwrap();
    connection
        .execute("DELETE FROM chunks WHERE no = 3", [])
        .unwrap();
    drop(connection);
    let index = open(folder.path());
    assert!(got(&index).is_none());
    assert!(index.trouble().unwrap().contains("was damaged"));
    put(&index, &rows, None);
    assert_eq!(got(&index).unwrap().1.len(), 5_000);
}
