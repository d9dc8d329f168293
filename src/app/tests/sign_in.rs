//! Tests of the key form: where a key goes, and what opens a file that holds one.

use super::services::account;
use super::world::World;
use crate::api::{ConnectError, KeyEntry, KeyReport, KeySource};
use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::domain::Keeping;

fn refused(world: &mut World, name: &str, error: ConnectError) {
    world.send(Msg::Connected {
        account: account(name),
        result: Err(error),
    });
}

fn sealed() -> ConnectError {
    ConnectError::Sealed {
        reason: "encrypted file a.key: it wants its passphrase".to_owned(),
    }
}

/// What the form sent.
#[track_caller]
fn sent(world: &mut World) -> KeyEntry {
    match world.take().as_slice() {
        [
            Effect::Connect {
                entry: Some(entry), ..
            },
        ] => entry.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn enter_on_an_account_without_a_key_asks_for_one_and_uses_it() {
    let mut world = World::cold();
    world.open.clear();
    let reason = "no variable, no keyring".to_owned();
    refused(&mut world, "web", ConnectError::NoKey { reason });
    world.keys("enter");
    assert!(world.sheet().contains("no variable, no keyring"));
    world.paste("sk_canary\n");
    assert!(!world.sheet().contains("canary"), "a key is never shown");
    world.take();
    world.keys("ctrl-s");
    let KeyEntry::Key {
        key,
        keeping: Keeping::Keyring,
        passphrase: None,
    } = sent(&mut world)
    else {
        panic!()
    };
    assert_eq!(key.reveal(), "sk_canary");
    world.settle();
    assert!(world.state.modals.is_empty());
    assert!(world.state.browse.accounts[0].ready());
    assert!(world.said().contains("this session only"));
}

#[test]
fn a_key_goes_into_a_file_only_with_a_passphrase_that_is_typed_twice() {
    let mut world = World::cold();
    world.open.clear();
    let reason = "none".to_owned();
    refused(&mut world, "web", ConnectError::NoKey { reason });
    world.keys("enter");
    world.paste("sk_canary");
    // The last place but the session.
    world.keys("tab end left");
    assert!(world.sheet().contains("passphrase"), "{}", world.sheet());
    world.take();
    world.keys("ctrl-s");
    assert!(world.take().is_empty(), "nothing without a passphrase");
    assert!(world.sheet().contains("the passphrase is empty"));
    world.paste("short");
    world.keys("ctrl-s");
    assert!(world.sheet().contains("fewer than 8"), "{}", world.sheet());
    world.paste("-but longer");
    world.keys("tab");
    world.paste("short and longer");
    world.take();
    world.keys("ctrl-s");
    assert!(world.sheet().contains("not the same"), "{}", world.sheet());
    world.keys("ctrl-u");
    world.paste("short-but longer");
    world.take();
    world.keys("ctrl-s");
    let KeyEntry::Key {
        key,
        keeping: Keeping::EncryptedFile,
        passphrase: Some(passphrase),
    } = sent(&mut world)
    else {
        panic!()
    };
    assert_eq!(key.reveal(), "sk_canary");
    assert_eq!(passphrase.reveal(), "short-but longer");
}

#[test]
fn a_sealed_account_wants_its_passphrase_and_opens_the_others_with_it() {
    let mut world = World::cold();
    world.open.clear();
    refused(&mut world, "web", sealed());
    refused(&mut world, "loc", sealed());
    world.keys("enter");
    assert!(world.sheet().contains("a.key"), "{}", world.sheet());
    world.keys("tab");
    world.paste("one two three");
    assert!(!world.sheet().contains("two"), "it is never shown");
    world.take();
    world.keys("ctrl-s");
    let KeyEntry::Passphrase(passphrase) = sent(&mut world) else {
        panic!()
    };
    assert_eq!(passphrase.reveal(), "one two three");
    // A wrong one is told where it was typed.
    let reason = "encrypted file a.key: the passphrase is another one".to_owned();
    refused(&mut world, "web", ConnectError::Sealed { reason });
    assert!(world.sheet().contains("another one"), "{}", world.sheet());
    world.take();
    world.keys("ctrl-s");
    world.take();
    world.send(Msg::Connected {
        account: account("web"),
        result: Ok(KeyReport {
            source: KeySource::Store(Keeping::EncryptedFile, "a.key".to_owned()),
            note: None,
        }),
    });
    let tried = world.take().into_iter().any(|effect| {
        matches!(effect, Effect::Connect { account: it, entry: None } if it == account("loc"))
    });
    assert!(tried, "the other one is tried with the same passphrase");
}

#[test]
fn who_forgot_the_passphrase_types_another_key() {
    let mut world = World::cold();
    world.open.clear();
    refused(&mut world, "web", sealed());
    world.keys("enter right tab");
    world.paste("sk_new");
    world.take();
    world.keys("ctrl-s");
    assert!(matches!(sent(&mut world), KeyEntry::Key { key, .. } if key.reveal() == "sk_new"));
}

#[test]
fn a_key_goes_to_another_address_only_after_a_yes_that_saw_both() {
    let moved = || ConnectError::Moved {
        reason: "it was not sent there".to_owned(),
        before: "acme https://old.example".to_owned(),
        now: "acme https://new.example".to_owned(),
    };
    let mut world = World::cold();
    world.open.clear();
    refused(&mut world, "web", moved());
    world.take();
    world.keys("enter");
    let sheet = world.sheet();
    assert!(
        sheet.contains("https://old.example") && sheet.contains("https://new.example"),
        "{sheet}"
    );
    // The focus is on no.
    world.keys("enter");
    assert!(world.state.modals.is_empty() && world.take().is_empty());
    world.keys("enter y");
    assert_eq!(sent(&mut world), KeyEntry::Confirmed);
    assert!(world.state.modals.is_empty());
    // It may be that another key is meant.
    refused(&mut world, "web", moved());
    world.keys(":");
    world.type_text("sign-in");
    world.keys("enter");
    assert!(world.sheet().contains("The key of"), "{}", world.sheet());
}
