//! Saved plans: what is written reads the same, and what changed since is a problem.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::api::UploadRequest;
use crate::domain::{Asset, AssetPath, AssetScope, ContainerId, FileName, SegmentId};
use crate::transfer::known::{Known, Memory};
use crate::transfer::plan::{Candidate, Change, Fill};
use crate::transfer::tests::{SPEC, asset};

fn file(name: &str) -> LocalFile {
    LocalFile {
        path: PathBuf::from("/up").join(name),
        name: FileName::parse(name).unwrap(),
        stamp: FileStamp {
            size: 10,
            modified: Some(UNIX_EPOCH + Duration::new(1_000_000, 123_456_789)),
            identity: Some((1, u64::try_from(name.len()).unwrap())),
        },
        content_type: "image/png".into(),
    }
}

fn scope() -> AssetScope {
    let container = ContainerId::new("a/b c").unwrap();
    AssetScope::Segment(container, SegmentId::new("7").unwrap())
}

const NAMES: [&str; 3] = ["a.png", "bb.png", "ccc.png"];

fn plan() -> Plan {
    let account = AccountName::new("acme").unwrap();
    let mut plan = Plan::new(account, &SPEC, Wishes::default(), OnClash::Fail);
    let files = NAMES.map(|name| Candidate {
        path: PathBuf::from("/up").join(name),
        relative: vec![String::from("x"), name.to_owned()],
        file: Ok(file(name)),
    });
    plan.add(files, &scope(), &Fill::Standing(Vec::new()));
    plan.set_listing(&scope(), []);
    plan.edit([1], &Change::LeftOut(true));
    plan.edit([2], &Change::Name(String::from("other ⟨name⟩.png")));
    plan
}

fn again(text: &str, looks: [LocalFile; 3]) -> Plan {
    let saved = Saved::read(text).unwrap();
    assert_eq!(saved.paths().count(), 3);
    let mut plan = saved.plan(&SPEC, looks.map(Ok));
    plan.set_listing(&scope(), []);
    plan
}

fn requests(plan: &Plan) -> Vec<UploadRequest> {
    plan.requests()
        .into_iter()
        .map(|(_, request)| request)
        .collect()
}

#[test]
fn what_is_saved_asks_for_the_same() {
    let text = plan().to_saved(Path::to_owned).unwrap();
    let again = again(&text, NAMES.map(file));
    assert_eq!(requests(&again), requests(&plan()));
    assert_eq!(requests(&again).len(), 2);
    assert_eq!(requests(&again)[1].name.as_str(), "other ⟨name⟩.png");
    assert_eq!(again.rows()[1].verdict().word(), "skip");
    assert_eq!(again.to_saved(Path::to_owned).unwrap(), text);
}

#[test]
fn a_file_that_differs_in_any_way_is_a_problem() {
    let text = plan().to_saved(Path::to_owned).unwrap();
    let stamps: [fn(&mut FileStamp); 4] = [
        |stamp| stamp.size += 1,
        |stamp| stamp.modified = stamp.modified.map(|time| time + Duration::from_nanos(1)),
        |stamp| stamp.modified = None,
        |stamp| stamp.identity = Some((1, 99)),
    ];
    for change in stamps {
        let mut files = NAMES.map(file);
        change(&mut files[0].stamp);
        let plan = again(&text, files);
        assert_eq!(plan.rows()[0].verdict().word(), "problem");
        assert_eq!(requests(&plan).len(), 1);
    }
    let mut files = NAMES.map(file);
    // The number of a device may be another after a restart.
    files[0].stamp.identity = Some((2, 5));
    assert_eq!(requests(&again(&text, files)).len(), 2);
}

#[test]
fn what_is_no_plan_of_ours_is_refused_whole() {
    let text = plan().to_saved(Path::to_owned).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} is not in {text}");
        Saved::read(&text.replace(from, to)).unwrap_err()
    };
    assert_eq!(
        refused("\"assetdeck_plan\": 2", "\"assetdeck_plan\": 3"),
        SavedError::Version(3)
    );
    assert_eq!(refused("acme:a%2Fb%20c/7", "acme:"), SavedError::Address(1));
    assert_eq!(
        refused("acme:a%2Fb%20c/7", "other:1/7"),
        SavedError::Account(1)
    );
    assert!(matches!(
        refused("\"new\"", "\"nwe\""),
        SavedError::Verdict(1, _)
    ));
    assert!(matches!(
        refused("\"new\"", "\"replace\""),
        SavedError::Verdict(1, _)
    ));
    assert!(matches!(
        refused("\"name\"", "\"nmae\""),
        SavedError::Form(_)
    ));
    assert!(matches!(
        Saved::read(&text[..text.len() / 2]),
        Err(SavedError::Form(_))
    ));
}

/// What is replaced, as it was listed when the plan was saved.
fn there(modified: &str, stored_as: &str) -> Asset {
    Asset {
        scope: scope(),
        folder: AssetPath::parse("x").unwrap(),
        modified: Some(modified.to_owned()),
        stored_as: Some(stored_as.to_owned()),
        ..asset("a.png", Some(10))
    }
}

const EARLIER: &str = "1970-01-12T13:46:40Z";
const LATER: &str = "1970-01-12T13:50:00Z";

/// A plan that replaces one asset, as text.
fn replacing() -> String {
    let mut plan = plan();
    plan.set_listing(&scope(), [Arc::new(there(EARLIER, "bytes/1"))]);
    plan.set_on_clash(OnClash::Replace);
    plan.to_saved(Path::to_owned).unwrap()
}

/// What a plan says of its first row when this asset is listed.
fn found(text: &str, asset: Asset, memory: Memory) -> Verdict {
    let mut plan = again(text, NAMES.map(file));
    plan.recall(memory);
    plan.set_listing(&scope(), [Arc::new(asset)]);
    plan.rows()[0].verdict().clone()
}

#[test]
fn an_asset_that_was_changed_since_is_not_replaced_though_its_size_is_the_same() {
    let text = replacing();
    let verdict = |asset| found(&text, asset, Memory::default());
    assert_eq!(verdict(there(EARLIER, "bytes/1")).word(), "replace");
    for other in [there(LATER, "bytes/1"), there(EARLIER, "bytes/2")] {
        let Verdict::Problem(reason) = verdict(other) else {
            panic!("it would be replaced");
        };
        assert!(reason.contains("was changed"), "{reason}");
    }
    let mut untold = there(EARLIER, "bytes/1");
    untold.modified = None;
    assert_eq!(verdict(untold).word(), "problem");
}

#[test]
fn what_an_earlier_run_put_there_is_the_same() {
    let text = replacing();
    let ours = there(LATER, "bytes/2");
    let mut memory = Memory::default();
    let known = Known::sent(&file("a.png").stamp, &ours).unwrap();
    memory.learn(scope(), ours.key.clone(), known);
    assert_eq!(found(&text, ours, memory.clone()).word(), "same");
    let theirs = there("1970-01-12T13:50:05Z", "bytes/3");
    assert_eq!(found(&text, theirs, memory).word(), "problem");
}

#[test]
fn a_plan_of_the_first_version_goes_by_key_and_size() {
    let mut form: serde_json::Value = serde_json::from_str(&replacing()).unwrap();
    form["assetdeck_plan"] = 1.into();
    let row = form["rows"][0].as_object_mut().unwrap();
    assert_eq!(row.remove("replaced_modified").unwrap(), EARLIER);
    assert_eq!(row.remove("replaced_stored_as").unwrap(), "bytes/1");
    let verdict = |asset| found(&form.to_string(), asset, Memory::default());
    assert_eq!(verdict(there(LATER, "bytes/2")).word(), "replace");
    let mut longer = there(EARLIER, "bytes/1");
    longer.size = Some(11);
    assert_eq!(verdict(longer).word(), "problem");
}
