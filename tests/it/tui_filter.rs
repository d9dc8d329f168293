//! The filter on the screen: what is wrong is said while it is typed, and nothing moves.

use crate::cli_identical::twice;
use crate::support::screen::{go_to, open, started};
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
    pty.press_until("Esc", "the filter gone", |screen| {
        !screen.contains("did you mean")
    });
    pty.send("/");
    pty.send("type:image \"logo\" -locale:de");
    pty.wait_for("only the logo", |screen| {
        screen.contains("logo.png") && screen.contains("1 of ")
    });
    pty.send_keys("Enter");
    pty.wait_text("/type:image \"logo\" -locale:de");
}

#[test]
fn what_no_template_uses_is_scanned_for_after_a_yes() {
    let server = Server::with(|options| options.assets = Some(24));
    let home = server.home();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    pty.send_keys(":");
    pty.send("orphans");
    pty.wait_text("Scan what uses assets");
    pty.send_keys("Enter");
    pty.wait_text("Scanning 6 templates for the assets they use takes 6 calls");
    pty.press_until("y", "the question to go", |screen| {
        !screen.contains("takes 6 calls")
    });
    pty.wait_text("Shown is what no template uses");
    pty.wait_text("icon-cart.png");
    pty.wait_gone("chili-sauce.jpg");
    pty.send_keys("/");
    pty.wait_text("is:orphan");
    pty.send_keys("Esc");
    pty.wait_text("chili-sauce.jpg");
}

#[test]
fn what_holds_the_same_is_read_after_a_yes_and_told_in_the_details() {
    let (server, home, _) = twice();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "zz-odd.png");
    pty.send_keys("=");
    pty.wait_text("of a size that others have");
    pty.press_until("y", "the question to go", |screen| {
        !screen.contains("Read them")
    });
    pty.wait_text("Shown is what holds the same");
    pty.wait_text("zz-one.png");
    pty.wait_gone("zz-odd.png");
    pty.send_keys("i");
    pty.wait_text("Same content");
    pty.wait_text("as zz-one.png");
    drop(pty);
    // Another start asks nothing any more.
    let asked = server.demo().exchanges().len();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "zz-odd.png");
    pty.send_keys("=");
    pty.wait_text("Shown is what holds the same");
    let exchanges = server.demo().exchanges();
    let read = exchanges.iter().skip(asked);
    let read = read.filter(|it| it.path.contains("zz-")).count();
    assert_eq!(read, 0);
}
