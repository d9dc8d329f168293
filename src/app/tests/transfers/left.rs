//! What an earlier run left: offered, dropped, shown.

use super::{job, left_world, queue, told};
use crate::api::{Guard, Step};
use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::app::tests::services::account;
use crate::app::tests::world::World;
use crate::transfer::job::{Job, JobId, JobState};

#[test]
fn what_an_earlier_run_left_begins_only_when_the_user_says_so() {
    let mut world = left_world();
    let sheet = world.sheet();
    assert!(sheet.contains("3 files of an earlier run"), "{sheet}");
    assert!(sheet.contains("1 in doubt"), "{sheet}");
    assert!(sheet.contains("2.png"), "{sheet}");
    world.keys("esc");
    assert_eq!(world.take(), [], "later means that nothing happens");
    assert_eq!(world.state.transfers.left_count(), 3, "the strip says so");
    world.keys("t O");
    assert_eq!(world.take(), [Effect::GoOnAll]);
    assert_eq!(world.state.transfers.left_count(), 0);
}

#[test]
fn enter_goes_on_look_opens_the_pane_and_drop_asks_first() {
    let mut world = left_world();
    world.keys("enter");
    assert_eq!(world.take(), [Effect::Resume]);
    assert!(world.state.modals.is_empty());

    let mut world = left_world();
    world.keys("l");
    assert!(world.sheet().contains("Transfers"), "{}", world.sheet());
    world.keys("space");
    assert_eq!(world.take(), [Effect::GoOnJob(JobId(1))]);

    let mut world = left_world();
    world.keys("d");
    assert!(
        world.sheet().contains("3 files will not"),
        "{}",
        world.sheet()
    );
    // One may be at the service already, and would be dropped unseen.
    assert!(
        world.sheet().contains("1 of them is in doubt"),
        "{}",
        world.sheet()
    );
    world.keys("enter");
    assert_eq!(world.take(), [], "Enter answers no");
    let mut world = left_world();
    world.keys("d");
    world.wait(1000);
    world.keys("y");
    let dropped: Vec<Effect> = [1, 2, 3].map(|id| Effect::CancelJob(JobId(id))).into();
    assert_eq!(world.take(), dropped);
}

#[test]
fn a_key_meant_for_something_else_does_not_answer_the_offer() {
    let mut world = World::new();
    world.send(queue(vec![job(1, JobState::Queued)], &[1], true));
    world.send(Msg::Input(crate::app::Input::Key(crate::app::Key::plain(
        crate::app::key::Code::Enter,
    ))));
    assert!(!world.log.contains(&Effect::Resume));
    assert_eq!(world.state.modals.len(), 1);
}

#[test]
fn nothing_is_offered_where_another_program_works() {
    let mut world = World::new();
    world.send(queue(vec![job(1, JobState::Queued)], &[1], false));
    assert!(world.state.modals.is_empty());
    world.keys("t");
    assert!(
        world.sheet().contains("Another assetdeck works"),
        "{}",
        world.sheet()
    );
    world.take();
    world.keys("K");
    assert_eq!(world.take(), [], "the order is the other's");
    world.wait(1500);
    assert!(world.log.contains(&Effect::RefreshQueue), "it is looked at");
    world.send(queue(Vec::new(), &[1], true));
    assert!(!world.sheet().contains("Another assetdeck works"));
}

#[test]
fn a_pause_of_all_that_an_earlier_run_left_is_shown() {
    let mut world = World::new();
    world.send(Msg::Queue {
        jobs: Vec::new(),
        left: Vec::new(),
        works: true,
        closed: true,
    });
    assert!(world.state.transfers.closed);
}

#[test]
fn the_pane_opens_at_what_is_not_finished_and_says_that_a_pause_is_on_its_way() {
    let mut world = World::new();
    let done = JobState::Done {
        asset: None,
        path: None,
    };
    world.send(told(job(1, done)));
    let mut sending = job(2, JobState::Running(Step::Send));
    sending.paused = true;
    world.send(told(sending));
    world.keys("t");
    assert_eq!(world.state.transfers.cursor_row(), 1);
    assert!(
        world.sheet().contains("pausing: sending"),
        "{}",
        world.sheet()
    );
    world.keys("k esc t");
    assert_eq!(world.state.transfers.cursor_row(), 0, "where it was left");
}

#[test]
fn each_protected_account_of_the_queue_wants_its_own_name() {
    let mut world = World::new();
    for account in &mut world.state.browse.accounts {
        account.info.guard = Guard::Protected;
    }
    let other = Job {
        account: account("loc"),
        ..job(2, JobState::Queued)
    };
    world.send(queue(vec![job(1, JobState::Queued), other], &[1, 2], true));
    world.wait(1000);
    world.take();
    world.keys("enter");
    assert!(world.sheet().contains("protected"), "{}", world.sheet());
    world.type_text("web");
    world.keys("enter enter");
    // One name is not both.
    let sent = world.take();
    assert!(!sent.contains(&Effect::Resume), "{sent:?}");
    assert!(sent.contains(&Effect::Consent(account("web"))), "{sent:?}");
    assert!(world.sheet().contains("loc"), "{}", world.sheet());
    world.type_text("loc");
    world.keys("enter enter");
    let sent = world.take();
    let consent = Effect::Consent(account("loc"));
    assert_eq!(sent, [consent, Effect::Resume]);
    assert!(world.state.modals.is_empty());
}
