//! Calls are counted before they are made, and once.

use super::*;
use crate::api::{AccountInfo, BARE, Guard};
use crate::domain::{Allowance, Share};

fn info(allowance: &str) -> AccountInfo {
    AccountInfo {
        name: AccountName::new("a").unwrap(),
        spec: &BARE,
        base_url: "https://service.example".to_owned(),
        account_id: None,
        guard: Guard::Open,
        colour: None,
        allowance: Allowance::read(allowance),
    }
}

/// An account that is called so in the settings, and so by its service.
fn named(name: &str, account_id: Option<&str>) -> AccountInfo {
    AccountInfo {
        name: AccountName::new(name).unwrap(),
        account_id: account_id.map(str::to_owned),
        ..info("12/1h")
    }
}

fn caller(name: &str, account_id: Option<&str>) -> Caller {
    Caller::from(&named(name, account_id))
}

fn calls(folder: &Path) -> Calls {
    Calls::new(Some(folder.to_owned()))
}

/// How many calls of this account are known.
fn noted(calls: &Calls, of: &AccountInfo) -> u64 {
    let spent = calls.spent(&Caller::from(of), Timestamp::UNIX_EPOCH);
    spent.unwrap().iter().map(|it| it.1).sum()
}

#[test]
fn a_call_is_on_disk_before_it_is_made_in_blocks_where_much_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let calls = calls(folder.path());
    for (allowance, of_one, of_eight) in [("12/1h", 1, 8), ("500/1h", 5, 10), ("1000/1h", 10, 10)] {
        let info = AccountInfo {
            name: AccountName::new(allowance.replace('/', "-")).unwrap(),
            ..info(allowance)
        };
        let meter = Meter::new(&info).unwrap();
        let enter = || meter.enter(&calls, Share::Sweeps);
        assert_eq!(enter(), None);
        assert_eq!(noted(&calls, &info), of_one);
        for _ in 1..8 {
            assert_eq!(enter(), None);
        }
        assert_eq!(noted(&calls, &info), of_eight);
        // What was not made is there for others.
        assert_eq!(meter.give_back(&calls), of_eight > 8);
        assert_eq!(noted(&calls, &info), 8);
        assert!(!meter.give_back(&calls));
    }
}

#[test]
fn calls_that_nothing_holds_back_are_noted_together() {
    let folder = tempfile::tempdir().unwrap();
    let calls = calls(folder.path());
    let info = info("1000/1h");
    let meter = Meter::new(&info).unwrap();
    assert_eq!(meter.enter(&calls, Share::Sweeps), None);
    let due = (0..500).filter(|_| meter.count()).count();
    assert!(due >= 1, "the first is noted at once");
    assert!(meter.note(&calls));
    assert!(!meter.note(&calls));
    // The block that was begun is not counted as made.
    assert_eq!(noted(&calls, &info), 501);
    meter.count();
    assert!(meter.give_back(&calls));
    assert_eq!(noted(&calls, &info), 502);
}

#[test]
fn where_the_file_is_lost_the_own_calls_count() {
    let folder = tempfile::tempdir().unwrap();
    let calls = calls(folder.path());
    let info = info("12/1h");
    let meter = Meter::new(&info).unwrap();
    for _ in 0..9 {
        assert_eq!(meter.enter(&calls, Share::Sweeps), None);
    }
    // Somebody writes something else over it; another one is made, which knows of none of them.
    std::fs::write(store::CALLS.path(folder.path()), vec![b'x'; 65_536]).unwrap();
    assert_eq!(meter.enter(&calls, Share::Sweeps), None);
    let held = meter.enter(&calls, Share::Sweeps);
    assert_eq!(held.expect("ten of twelve are made").made, 10);
    assert_eq!(noted(&calls, &info), 1);
    assert!(folder.path().join("calls-2.damaged.db").exists());
    // Nowhere to be written.
    let nowhere = Calls::new(None);
    let meter = Meter::new(&info).unwrap();
    let made = (0..12).take_while(|_| meter.enter(&nowhere, Share::Sweeps).is_none());
    assert_eq!(made.count(), 10);
}

#[test]
fn several_who_look_at_once_do_not_make_more_than_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let info = info("120/1h");
    let made = std::thread::scope(|scope| {
        let each = || {
            // Each as a process of its own.
            let (calls, meter) = (calls(folder.path()), Meter::new(&info).unwrap());
            (0..120)
                .take_while(|_| meter.enter(&calls, Share::Sweeps).is_none())
                .count()
        };
        let all: Vec<_> = (0..8).map(|_| scope.spawn(each)).collect();
        all.into_iter().map(|it| it.join().unwrap()).sum::<usize>()
    });
    let open = info.allowance.unwrap().open_to(Share::Sweeps);
    assert_eq!(made as u64, open);
}

#[test]
fn calls_are_counted_for_who_makes_them_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let sum = |calls: &Calls, account: &str, since| -> u64 {
        let spent = calls.spent(&caller(account, None), since).unwrap();
        spent.iter().map(|it| it.1).sum()
    };
    let first = calls(folder.path());
    let now = Timestamp::now();
    let earlier = now - jiff::SignedDuration::from_hours(3);
    assert_eq!(first.used(&caller("acme", None)), None);
    assert_eq!(first.spent(&caller("acme", None), now), Some(Vec::new()));
    assert!(
        !store::CALLS.path(folder.path()).exists(),
        "looking makes none"
    );
    first.spend(&caller("guest", None), earlier, 1);
    first.spend(&caller("acme", None), earlier, 30);
    first.spend(&caller("acme", None), now, 7);
    first.spend(&caller("acme", None), now, 4);
    first.spend(&caller("acme", None), now, -2);
    drop(first);
    let second = calls(folder.path());
    // What is too old limits nobody, and the last ones say when the account was used.
    assert_eq!(sum(&second, "acme", Timestamp::UNIX_EPOCH), 9);
    assert_eq!(sum(&second, "guest", Timestamp::UNIX_EPOCH), 1);
    assert_eq!(sum(&second, "acme", now), 0);
    assert!(
        second
            .used(&caller("acme", None))
            .is_some_and(|at| at > earlier)
    );
    assert_eq!(second.used(&caller("nobody", None)), None);
    // One that is deleted is made anew, whoever has it open.
    std::fs::remove_file(store::CALLS.path(folder.path())).unwrap();
    second.spend(&caller("acme", None), now, 3);
    assert_eq!(sum(&calls(folder.path()), "acme", earlier), 3);
}

#[test]
fn two_names_for_one_account_of_a_service_share_what_it_allows() {
    let folder = tempfile::tempdir().unwrap();
    let calls = calls(folder.path());
    let made = |name: &str, account_id: Option<&str>| {
        let meter = Meter::new(&named(name, account_id)).unwrap();
        (0..12)
            .take_while(|_| meter.enter(&calls, Share::Sweeps).is_none())
            .count()
    };
    assert_eq!(made("one", Some("acme")), 10);
    assert_eq!(made("two", Some("acme")), 0);
    assert_eq!(made("three", Some("other")), 10);
    // Where the service has no name for it, the one of the settings is all that is known.
    assert_eq!(made("four", None), 10);
    assert_eq!(made("five", None), 10);
    // When each was used is told by its own name.
    assert!(calls.used(&caller("one", Some("acme"))).is_some());
    assert_eq!(calls.used(&caller("two", Some("acme"))), None);
}

#[test]
fn calls_of_a_clock_that_was_set_back_hold_nobody_for_longer_than_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let info = info("12/1h");
    let tomorrow = Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let first = calls(folder.path());
    first.spend(&Caller::from(&info), tomorrow, 30);
    first.spend(&Caller::from(&info), tomorrow, -20);
    let held = Meter::new(&info).unwrap().enter(&first, Share::Sweeps);
    let held = held.expect("ten of twelve are made");
    assert_eq!(held.made, 10);
    assert!(held.until < tomorrow, "{held:?}");
    // They count as made now, for everyone.
    let spent = first
        .spent(&Caller::from(&info), Timestamp::UNIX_EPOCH)
        .unwrap();
    assert!(spent.iter().all(|(at, _)| *at < tomorrow), "{spent:?}");
}

#[test]
fn where_calls_cannot_be_counted_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    std::fs::write(&state, b"no folder").unwrap();
    let calls = calls(&state);
    let info = info("12/1h");
    assert_eq!(calls.trouble(), None);
    assert_eq!(
        Meter::new(&info).unwrap().enter(&calls, Share::Sweeps),
        None
    );
    assert!(calls.trouble().unwrap().contains("cannot be counted"));
}
