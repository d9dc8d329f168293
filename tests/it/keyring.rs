//! Keys in a real Secret Service, without one, and with one that never answers.

use crate::support::bus::KeyringBus;
use crate::support::home::Home;

#[test]
fn bus_starts() {
    let mut home = Home::new();
    let bus = KeyringBus::start(&mut home);
    assert!(bus.is_some());
}
