//! What can wait waits for what its service allows, and what is looked at does not.

use std::path::Path;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

use super::kept::{Document, Door};
use super::*;
use crate::api::{Toll as _, Waits};
use crate::domain::Share;
use crate::index::{Caller, Calls};
use crate::runtime::pace::Pacer;

/// Nine calls were made almost an hour ago.
fn nine_spent(folder: &Path) -> Calls {
    let calls = Calls::new(Some(folder.to_owned()));
    let caller = Caller::from(&Door(Document::new(1)).accounts()[0]);
    let almost = Timestamp::now() - SignedDuration::from_millis(3_600_000 - 700);
    calls.spend(&caller, almost, 9);
    calls
}

#[tokio::test]
async fn a_sweep_waits_for_its_turn_and_what_is_looked_at_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let calls = nine_spent(folder.path());
    let info = &Door(Document::new(1)).accounts()[0];
    let pacer = Pacer::new(info, calls).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let waits = Waits::new(Share::Sweeps, move |held| {
        hears.lock().unwrap().push(held.to_string());
    });
    let done = Mutex::new(Vec::new());
    let sweep = async {
        pacer.pass(Some(&waits)).await;
        done.lock().unwrap().push("sweep");
    };
    let look = async {
        pacer.pass(None).await;
        done.lock().unwrap().push("look");
    };
    tokio::join!(sweep, look);
    assert_eq!(*done.lock().unwrap(), ["look", "sweep"]);
    let told = told.lock().unwrap();
    assert!(
        told[0].contains(" of 10 calls of the last hour are made"),
        "{told:?}"
    );
}
