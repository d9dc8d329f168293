//! The terminal goes away under the screen while it transfers: the program goes with it, and all
//! goes on with the next start.

use std::time::Duration;

use serde_json::json;

use crate::support::batch::{Batch, Place, segment, website};
use crate::support::contract::Scope;
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::server::Server;

/// How soon the program is gone.
const PROMISE: Duration = Duration::from_secs(2);

fn closed_at_each(to: fn(&Home) -> Place, operations: &[&str]) {
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    for operation in operations {
        for ignored in [false, true] {
            let home = server.home();
            let mark = format!("{operation} {}", if ignored { "ignored" } else { "heard" });
            let batch = Batch::new(&home, &place, &mark, 2);
            let program = env!("CARGO_BIN_EXE_assetdeck");
            let script = format!("trap '' HUP; exec '{program}'");
            let mut pty = if ignored {
                Pty::spawn(
                    home.env(),
                    home.path(),
                    "/bin/sh",
                    &["-c", &script],
                    (120, 30),
                )
            } else {
                Pty::start(&home, &[], (120, 30))
            };
            pty.wait_text("Shop");
            // The screen works on the queue: another process hands its files over, and is gone.
            let stands = json!({"operation": operation, "fault": "stall", "ms": LONG});
            let Held::There(program) = hold(&server, &home, &stands, &batch.upload()) else {
                panic!("{mark}: it was not held:\n{}", pty.screen())
            };
            program.kill();
            let promised = batch.promised(&home, &server);
            assert_eq!(promised.queued.len(), 2, "{mark}");
            pty.hang_up();
            pty.exit_code(PROMISE);
            server.faults(json!([]));
            promised.keep(&batch, &home, &server, &mark);
        }
    }
}

#[test]
fn a_closed_terminal_on_the_way_to_a_website() {
    closed_at_each(website, &["upload-url", "put", "create", "update"]);
}

#[test]
fn a_closed_terminal_on_the_way_to_a_segment() {
    closed_at_each(segment, &["media-upload", "attach"]);
}
