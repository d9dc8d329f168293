//! Which file is the same as what is there: by what is remembered, else by times.

use super::*;
use crate::transfer::known::Known;

#[test]
fn a_file_that_may_have_been_changed_later_is_not_the_same() {
    let at = |name: &str, millis: u64| {
        let mut file = file(name, 10);
        file.file.as_mut().unwrap().stamp.modified =
            Some(UNIX_EPOCH + Duration::from_millis(millis));
        file
    };
    let names = ["later.csv", "within.csv", "just.csv", "before.csv"];
    let times = [1_000_001_000, 1_000_000_900, 999_999_000, 999_990_000];
    for (rule, word) in [
        (OnClash::Ask, "clash"),
        (OnClash::Fail, "problem"),
        (OnClash::Replace, "replace"),
        (OnClash::Skip, "skip"),
    ] {
        let files = names.iter().zip(times).map(|(name, time)| at(name, time));
        let listed = names.map(|name| asset("", "", name, 10));
        let plan = plan(rule, files.collect(), listed.to_vec());
        assert_eq!(words(&plan), [word, word, word, "same"], "{}", rule.word());
        if rule == OnClash::Ask {
            let clash = plan.rows()[0].clash().unwrap();
            assert!(clash.contains("may have been changed since"), "{clash}");
        }
    }
}

#[test]
fn what_is_remembered_decides_what_is_the_same() {
    let there = asset("", "", "a.csv", 10);
    let sent = file("a.csv", 10).file.unwrap().stamp;
    let mut memory = Memory::default();
    let known = Known::sent(&sent, &there).unwrap();
    memory.learn(there.scope.clone(), there.key.clone(), known);
    let verdict = |stamp: FileStamp| {
        let mut now = file("a.csv", 10);
        now.file.as_mut().unwrap().stamp = stamp;
        let mut plan = plan(OnClash::Ask, vec![now], vec![there.clone()]);
        plan.recall(memory.clone());
        words(&plan)[0]
    };
    assert_eq!(verdict(sent.clone()), "same");
    // By a clock that was set back in the meantime.
    let edited = FileStamp {
        modified: Some(UNIX_EPOCH + Duration::from_hours(250)),
        ..sent
    };
    assert_eq!(verdict(edited), "clash");
}

/// A service whose clock is ahead: what was written since may bear an earlier time.
#[test]
fn who_wants_it_replaced_gets_that_where_times_cannot_tell() {
    let ahead = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(10);
    let verdict = |rule| {
        let mut there = asset("", "", "a.csv", 10);
        Arc::make_mut(&mut there).modified = Some(ahead.to_string());
        words(&plan(rule, vec![file("a.csv", 10)], vec![there]))[0]
    };
    let rules = [OnClash::Replace, OnClash::Ask, OnClash::Fail];
    assert_eq!(rules.map(verdict), ["replace", "same", "same"]);
}
