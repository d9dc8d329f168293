//! Someone who uses the screen by keys: goes to rows, opens places, chooses files and sends them.

use std::path::Path;

use super::home::Home;
use super::pty::{PATIENCE, Pty, Size};
use super::wait::until;

/// Wide enough for the four panes side by side.
const SIZE: Size = (140, 40);

/// The program with both services and what each of them holds.
#[track_caller]
pub fn started(home: &Home) -> Pty {
    let pty = Pty::start(home, &[], SIZE);
    wait_listed(&pty);
    pty
}

/// Until both services are there with what each of them holds.
#[track_caller]
pub fn wait_listed(pty: &Pty) {
    for text in ["acme-web", "acme-loc", "Shop", "Mobile app"] {
        pty.wait_text(text);
    }
}

/// What stands under a cursor's mark, its own marks left out.
fn under(marked: &str) -> &str {
    marked.trim_start_matches([' ', '▸', '✓', '✗'])
}

/// Is the cursor of some list or form on a row that begins with this?
pub fn on(screen: &str, text: &str) -> bool {
    let rows = screen.lines();
    let mut marked = rows.flat_map(|row| row.split('▌').skip(1));
    marked.any(|rest| under(rest).starts_with(text))
}

/// Where the cursor of the pane is, counted from 1: its line on the screen, and what stands there.
fn cursor(screen: &str, pane: usize) -> Option<(usize, String)> {
    let cell = |row: &str| {
        let cell = row.split('│').nth(2 * pane - 1)?;
        cell.strip_prefix('▌').map(|rest| under(rest).to_owned())
    };
    let mut rows = screen.lines().enumerate();
    rows.find_map(|(line, row)| Some((line, cell(row)?)))
}

/// Goes to the pane's first row that begins with this.
#[track_caller]
pub fn go_to(pty: &mut Pty, pane: usize, text: &str) {
    pty.send_keys(&format!("{pane} g g"));
    // Before that is seen, no move down could be told from it. The assets have a line of heads.
    let top = if pane == 3 { 3 } else { 2 };
    pty.wait_for(&format!("the top of pane {pane}"), |screen| {
        cursor(screen, pane).is_some_and(|(line, _)| line == top)
    });
    down_to(pty, pane, text);
}

/// Goes down in the pane, a row at a time, to the next row that begins with this.
#[track_caller]
pub fn down_to(pty: &mut Pty, pane: usize, text: &str) {
    for _ in 0..60 {
        let before = cursor(&pty.screen(), pane);
        if before
            .as_ref()
            .is_some_and(|(_, row)| row.starts_with(text))
        {
            return;
        }
        pty.send_keys("j");
        pty.wait_for("the cursor to move", |screen| {
            let now = cursor(screen, pane);
            now.is_some() && now != before
        });
    }
    panic!("never came to {text:?}; the screen:\n{}", pty.screen());
}

/// Opens a place of the first pane.
#[track_caller]
pub fn open(pty: &mut Pty, place: &str, then: &str) {
    go_to(pty, 1, place);
    pty.send_keys("Enter");
    pty.wait_text(then);
}

/// From the asset list to the filled upload form, by choosing this file in the browser.
#[track_caller]
pub fn choose(pty: &mut Pty, file: &str) {
    pty.send_keys("u");
    pty.wait_text("nothing chosen");
    pty.send_keys("/");
    pty.wait_text("filter");
    pty.send(file);
    pty.wait_for("only the wanted file", |screen| on(screen, file));
    pty.send_keys("Enter");
    pty.send_keys("Space");
    pty.wait_text("1 file chosen");
    pty.send_keys("C-s");
    pty.wait_text("Send 1 file");
}

/// Gives the asset under the cursor this alt text.
#[track_caller]
pub fn describe(pty: &mut Pty, text: &str) {
    pty.send_keys("e");
    pty.wait_text("Alt text");
    for _ in 0..5 {
        if on(&pty.screen(), "Alt text") {
            break;
        }
        let before = pty.screen();
        pty.send_keys("Tab");
        pty.wait_for("the next field", |screen| screen != before);
    }
    pty.send_keys("C-u");
    pty.send(text);
    pty.wait_text(text);
    pty.press_until("C-s", "the form to close", |screen| {
        !screen.contains("C-s change")
    });
}

/// Sends the form, which takes no key for a moment so that a stray one cannot send it.
#[track_caller]
pub fn send(pty: &mut Pty) {
    pty.press_until("C-s", "the form to close", |screen| {
        !screen.contains("Send 1 file")
    });
}

/// Until the service lists the file that was sent, and the list that shows it has come: with it comes
/// the cursor. A list that comes later would move the rows under the keys that follow.
#[track_caller]
pub fn wait_sent(pty: &Pty, name: &str) {
    pty.wait_text("is listed in");
    pty.wait_for(&format!("the cursor on {name}"), |screen| {
        cursor(screen, 3).is_some_and(|(_, row)| row.starts_with(name))
    });
}

/// Saves the asset under the cursor, which has this name, into the home.
#[track_caller]
pub fn save(pty: &mut Pty, home: &Path, name: &str) {
    pty.send_keys("s");
    pty.wait_text("Save 1 file");
    pty.press_until("C-s", "the sheet to close", |screen| {
        !screen.contains("Save 1 file")
    });
    let there = until(PATIENCE, || home.join(name).exists());
    assert!(there, "the screen:\n{}", pty.screen());
}

/// Goes to the first asset of the shop.
pub fn to_first_asset(pty: &mut Pty) {
    pty.wait_text("Shop");
    pty.send_keys("/");
    pty.send("Shop");
    pty.send_keys("Enter Enter Enter");
    pty.wait_text("hero.png");
    pty.send_keys("3 /");
    pty.send("\"hero.png\"");
    pty.send_keys("Enter");
}
