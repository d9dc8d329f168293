//! Calls are counted before they are made, and once.

use super::*;
use crate::api::{AccountInfo, BARE, Guard};
use crate::domain::{Allowance, Share};

fn info(allowance: &str) -> AccountInfo {
    AccountInfo {
        name: AccountName::new("a").unwrap(),
        spec: &BARE,
        base_url: "https://service.example".to_owned(),
        guard: Guard::Open,
        colour: None,
        allowance: Allowance::read(allowance),
    }
}

/// What the index says of this account's calls.
fn noted(index: &Index, of: &AccountInfo) -> u64 {
    let spent = index.spent(&Owner::from(of), Timestamp::UNIX_EPOCH);
    spent.unwrap().iter().map(|it| it.1).sum()
}

#[test]
fn a_call_is_on_disk_before_it_is_made_in_blocks_where_much_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    for (allowance, of_one, of_eight) in [("12/1h", 1, 8), ("500/1h", 5, 10), ("1000/1h", 10, 10)] {
        let info = AccountInfo {
            name: AccountName::new(allowance.replace('/', "-")).unwrap(),
            ..info(allowance)
        };
        let meter = Meter::new(&info).unwrap();
        let enter = || meter.enter(&index, Share::Sweeps);
        assert_eq!(enter(), None);
        assert_eq!(noted(&index, &info), of_one);
        for _ in 1..8 {
            assert_eq!(enter(), None);
        }
        assert_eq!(noted(&index, &info), of_eight);
        // What was not made is there for others.
        assert_eq!(meter.give_back(&index), of_eight > 8);
        settle(&index);
        assert_eq!(noted(&index, &info), 8);
        assert!(!meter.give_back(&index));
    }
}

#[test]
fn calls_that_nothing_holds_back_are_noted_together() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let info = info("1000/1h");
    let meter = Meter::new(&info).unwrap();
    assert_eq!(meter.enter(&index, Share::Sweeps), None);
    let due = (0..500).filter(|_| meter.count()).count();
    assert!(due >= 1, "the first is noted at once");
    assert!(meter.note(&index));
    assert!(!meter.note(&index));
    settle(&index);
    // The block that was begun is not counted as made.
    assert_eq!(noted(&index, &info), 501);
    meter.count();
    assert!(meter.give_back(&index));
    settle(&index);
    assert_eq!(noted(&index, &info), 502);
}

#[test]
fn where_the_index_cannot_be_read_any_more_the_own_calls_count() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let info = info("12/1h");
    let meter = Meter::new(&info).unwrap();
    for _ in 0..9 {
        assert_eq!(meter.enter(&index, Share::Sweeps), None);
    }
    // Somebody writes something else over it; another one is made, which knows of none of them.
    std::fs::write(folder.path().join("index-1.db"), vec![b'x'; 65_536]).unwrap();
    assert_eq!(meter.enter(&index, Share::Sweeps), None);
    let held = meter.enter(&index, Share::Sweeps);
    assert_eq!(held.expect("ten of twelve are made").made, 10);
    assert!(index.damage().is_some());
}
