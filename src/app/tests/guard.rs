//! Protected and read-only accounts: what is asked, and what is greyed out.

use super::world::World;
use crate::api::Guard;
use crate::app::effect::Effect;

fn guarded(guard: Guard) -> World {
    let mut world = World::at_site();
    for account in &mut world.state.browse.accounts {
        account.info.guard = guard;
    }
    world
}

#[test]
fn a_protected_account_is_changed_only_after_its_name() {
    let mut world = guarded(Guard::Protected);
    world.keys("d");
    world.settle();
    world.keys("y");
    assert_eq!(world.destructive(), 0, "{}", world.sheet());
    assert!(world.sheet().contains("protected"), "{}", world.sheet());
    // Another name, and leaving, which asks first.
    world.keys("l o c enter enter");
    assert!(
        world.sheet().contains("not the account's name"),
        "{}",
        world.sheet()
    );
    assert_eq!(world.destructive(), 0);
    world.keys("esc");
    assert!(world.sheet().contains("Leave"), "{}", world.sheet());
    world.keys("n ctrl-u w e b enter enter");
    assert_eq!(world.destructive(), 1, "{:?}", world.log);
    let consent = world
        .log
        .iter()
        .position(|it| matches!(it, Effect::Consent(_)));
    let delete = world.log.iter().position(Effect::is_destructive);
    assert!(consent < delete, "{:?}", world.log);
    // The next one asks again.
    world.settle();
    world.log.clear();
    world.keys("d");
    world.settle();
    world.keys("y");
    assert_eq!(world.destructive(), 0);
    world.keys("esc y");
    assert!(world.state.modals.is_empty());
    assert_eq!(world.destructive(), 0);
}

#[test]
fn a_read_only_account_greys_out_every_change() {
    for guard in [Guard::ReadOnly, Guard::Looking] {
        let mut world = guarded(guard);
        for name in ["upload", "replace", "edit", "delete"] {
            let action = crate::app::action::find(name).expect("an action");
            let why = (action.enabled)(&world.state).expect_err(name);
            assert!(
                why.contains("read_only") || why.contains("read-only"),
                "{name}: {why}"
            );
        }
        world.keys("d");
        assert!(world.state.modals.is_empty());
        assert!(world.said().contains("read"), "{}", world.said());
    }
}
