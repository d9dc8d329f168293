//! What lines of progress say, how narrow they get, and which events programs are told.

use std::sync::Arc;

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::api::{ApiError, ApiErrorKind};
use crate::cli::output::tests::kept;
use crate::domain::{AssetScope, ContainerId};
use crate::transfer::{Gauge, Trail};

fn job(name: &str, size: Option<u64>, state: JobState) -> Job {
    Job {
        id: JobId(1),
        account: AccountName::new("web").unwrap(),
        direction: Direction::Up,
        scope: AssetScope::Container(ContainerId::new("w1").unwrap()),
        name: name.into(),
        place: Arc::default(),
        order: 0,
        size,
        state,
        paused: false,
        trail: Trail::default(),
        warnings: Vec::new(),
    }
}

fn sending() -> JobState {
    JobState::Running(Step::Send)
}

fn gauge(size: Option<u64>, rate: Option<u64>) -> Gauge {
    Gauge {
        bytes: 12_300_000,
        size,
        rate,
        left: rate.map(|_| Duration::from_secs(8)),
    }
}

#[test]
fn a_line_says_less_where_there_is_less_room() {
    let size = Some(30_000_000);
    let job = job("hero-with-a-rather-long-name.png", size, sending());
    let gauge = gauge(size, Some(3_100_000));
    for (width, text) in [
        (
            79,
            "↑ hero-with-a-rather-lo…   41 %  3.1 MB/s  12 MB of 30 MB  8 s left",
        ),
        (40, "↑ hero-with-a-rat…   41 %  3.1 MB/s"),
        (19, "↑ hero-wi…   41 %"),
    ] {
        let line = line(&job, &gauge, width);
        assert!(line.width() <= width, "{line:?}");
        assert_eq!(line.split_whitespace().last(), text.split(' ').next_back());
        assert!(line.contains(" 41 %"), "{line:?}");
    }
}

#[test]
fn what_stands_still_or_is_not_known_is_a_dash() {
    let line = line(&job("a.png", None, sending()), &gauge(None, None), 79);
    assert!(line.contains("–/s  12 MB"), "{line:?}");
    assert!(!line.contains('%') && !line.contains("left"), "{line:?}");
}

#[test]
fn names_cannot_drive_the_terminal() {
    let evil = job("a\x1b]2;evil\x07\u{202e}日本語.png", Some(1), sending());
    let line = line(&evil, &gauge(Some(1), None), 60);
    assert!(line.contains("⟨1B⟩]2;evil⟨07⟩"), "{line:?}");
    assert!(!line.chars().any(char::is_control), "{line:?}");
}

proptest! {
    #[test]
    fn no_line_is_wider_than_its_room(
        name in "\\PC{0,60}",
        width in 0..120_usize,
        bytes: u64,
        size: Option<u64>,
        rate: Option<u64>,
    ) {
        let job = job(&name, size, sending());
        let gauge = Gauge { bytes, size, rate, left: rate.map(Duration::from_secs) };
        let line = line(&job, &gauge, width);
        // An arrow, two gaps and a mark always stand there; the block cuts what is too wide.
        prop_assert!(line.width() <= width.max(5), "{line:?}");
    }
}

fn progress(shape: Shape) -> Progress {
    Progress {
        shape,
        meters: Meters::default(),
        running: BTreeMap::new(),
        told: HashMap::new(),
        held: HashMap::new(),
    }
}

fn told(states: &[JobState]) -> Vec<Value> {
    let (mut output, out, err) = kept(None);
    let mut progress = progress(Shape::Json);
    for state in states {
        progress.job(
            &mut output,
            &job("a.png", Some(9), state.clone()),
            Instant::now(),
        );
    }
    assert_eq!(out.text(), "");
    err.text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn words(states: &[JobState]) -> Vec<String> {
    let told = told(states);
    told.iter()
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn programs_are_told_each_mark_once() {
    let done = JobState::Done {
        asset: None,
        path: None,
    };
    let whole = [
        JobState::Queued,
        JobState::Running(Step::AskLink),
        sending(),
        JobState::Running(Step::Record),
        JobState::Running(Step::Texts),
        JobState::Running(Step::Confirm),
        done,
    ];
    assert_eq!(
        words(&whole),
        ["queued", "sending", "sent", "stored", "listed", "done"]
    );
    let doubt = ApiError::new("record the asset", ApiErrorKind::Transport, "no");
    let unknown = [
        sending(),
        JobState::Running(Step::Record),
        JobState::Running(Step::Look),
        JobState::InDoubt(doubt.into()),
    ];
    let said = words(&unknown);
    assert!(!said.iter().any(|word| word == "stored"), "{said:?}");
    let failed =
        JobState::Failed(ApiError::new("upload the file", ApiErrorKind::Server, "no").into());
    let events = told(&[JobState::Queued, sending(), failed]);
    let last = events.last().unwrap();
    assert_eq!(last["event"], "failed");
    assert_eq!(
        (&last["id"], &last["name"], &last["size"]),
        (&json!(1), &json!("a.png"), &json!(9))
    );
    assert!(last["reason"].as_str().unwrap().contains("no"), "{last}");
}

#[test]
fn each_pause_of_an_account_is_said_once() {
    let (mut output, _, err) = kept(None);
    let mut progress = progress(Shape::Bare);
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let pause = |until| Held {
        account: AccountName::new("web").unwrap(),
        until: at(until),
        why: ApiError::new(
            "upload the file",
            ApiErrorKind::RateLimited {
                after: Some(Duration::from_secs(12)),
            },
            "no",
        ),
    };
    for (held, time) in [
        (vec![pause(13)], 0),
        // A second call was refused, and then another account paused.
        (vec![pause(15)], 1),
        (vec![pause(15)], 14),
        (Vec::new(), 15),
        (vec![pause(30)], 20),
    ] {
        progress.held(&mut output, &held, at(time));
    }
    let said = "assetdeck: held by web, 13 s to go (the service asked for 12 s: too many calls)\n\
                assetdeck: held by web, 10 s to go (the service asked for 12 s: too many calls)\n";
    assert_eq!(err.text(), said);
}
