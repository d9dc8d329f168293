//! The filter on the screen: what is wrong is said while it is typed, and nothing moves.

use crate::support::screen::{go_to, started};
use crate::support::server::Server;

#[test]
fn a_wrong_filter_is_told_while_it_is_typed_and_a_right_one_shows_its_rows() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    go_to(&mut pty, 1, "Shop");
    pty.send_keys("Enter 3");
    pty.wait_text("logo.png");
    pty.send_keys("/");
    pty.paste("locle:de");
    pty.wait_text("did you mean `locale`?");
    // The rows are those that were there.
    pty.wait_text("logo.png");
    pty.send_keys("Esc");
    pty.wait_gone("did you mean");
    pty.send("/");
    pty.send("type:image \"logo\" -locale:de");
    pty.wait_for("only the logo", |screen| {
        screen.contains("logo.png") && screen.contains("1 of ")
    });
    pty.send_keys("Enter");
    pty.wait_text("/type:image \"logo\" -locale:de");
}
