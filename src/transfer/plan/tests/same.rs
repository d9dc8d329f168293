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

#[test]
fn files_of_several_assets_of_one_name_are_each_the_same_as_their_own() {
    let twin = |id: &str, size| {
        let mut twin = asset("", "", "p.png", size);
        Arc::make_mut(&mut twin).key = AssetKey::new(id).unwrap();
        twin
    };
    let listed = vec![twin("1", 10), twin("2", 11)];
    let files = [file("p.png", 10), file("p~2.png", 11)];
    let mut memory = Memory::default();
    for (file, asset) in files.iter().zip(&listed) {
        let stamp = &file.file.as_ref().unwrap().stamp;
        let known = Known::sent(stamp, asset).unwrap();
        memory.learn(asset.scope.clone(), asset.key.clone(), known);
    }
    let verdicts = |files: Vec<Candidate>, listed: Vec<Arc<Asset>>| {
        // As the list of the tree says it.
        let filled = |relative: &str| {
            let filled = Filled {
                locale: None,
                folder: None,
                name: String::from("p.png"),
            };
            (vec![relative.to_owned()], filled)
        };
        let by = Fill::Each(["p.png", "p~2.png"].map(filled).into());
        let mut plan = plan_of(&IDS, OnClash::Replace, files, listed, &by);
        plan.recall(memory.clone());
        words(&plan)
    };
    assert_eq!(verdicts(files.to_vec(), listed.clone()), ["same", "same"]);
    // One that was changed cannot tell which of them it replaces.
    let [first, second] = files;
    let edited = vec![file("p.png", 12), second.clone()];
    assert_eq!(verdicts(edited, listed.clone()), ["problem", "same"]);
    let edited = vec![first.clone(), file("p~2.png", 12)];
    assert_eq!(verdicts(edited, listed.clone()), ["same", "problem"]);
    // Where one asset is left, the row in front may replace it.
    let edited = vec![file("p.png", 12), second];
    assert_eq!(
        verdicts(edited, vec![listed[1].clone()]),
        ["replace", "problem"]
    );
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
