//! The five main tasks by keys, in a real tmux behind a real `sshd`: as users of a server work.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli_upload::png;
use crate::support::bus::{installed, skip};
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::screen::{choose, go_to, open, save, send, wait_listed, wait_sent};
use crate::support::server::{Server, sha256};
use crate::support::sshd::Sshd;
use crate::support::wait::until;

/// One row more than elsewhere: the last one is tmux's.
const SIZE: Size = (140, 41);

/// What the outer terminal was given for its clipboard.
fn copies(pty: &Pty) -> Vec<String> {
    let output = String::from_utf8_lossy(&pty.output()).into_owned();
    let parts = output.split("\x1b]52;").skip(1);
    let payload = |part: &str| {
        let text = part.split_once(';')?.1;
        let end = text.find(['\x07', '\x1b'])?;
        let bytes = STANDARD.decode(text.get(..end)?).ok()?;
        String::from_utf8(bytes).ok()
    };
    parts.filter_map(payload).collect()
}

#[test]
fn all_main_tasks_are_done_by_keys_in_tmux_over_ssh() {
    if !installed("tmux") {
        return skip("tmux is not installed");
    }
    let server = Server::start();
    let home = server.home();
    let Some(sshd) = Sshd::start(&home) else {
        return;
    };
    let bytes = png("over ssh");
    home.file("zz-ssh.png", &bytes);
    // Its server must not outlive the connection.
    home.file("tmux.conf", b"set -g destroy-unattached on\n");
    let tmux = format!(
        "exec tmux -S tmux.socket -f tmux.conf new-session '{}'",
        env!("CARGO_BIN_EXE_assetdeck")
    );
    let mut pty = sshd.login(&home, &tmux, SIZE);

    // List.
    wait_listed(&pty);
    open(&mut pty, "Shop", "logo.png");

    // Look at what is known of one.
    go_to(&mut pty, 3, "logo.png");
    pty.wait_row(&["Alt text", "ACME"]);

    // Upload.
    choose(&mut pty, "zz-ssh.png");
    send(&mut pty);
    wait_sent(&pty, "zz-ssh.png");
    let stored = server.stored("zz-ssh.png");
    assert_eq!(stored.len(), 1, "{stored:#?}");
    assert_eq!(stored[0]["sha256"], sha256(&bytes));

    // Save.
    go_to(&mut pty, 3, "logo.png");
    save(&mut pty, home.path(), "logo.png");

    // Open: there is no desktop behind ssh, so the link is shown and comes to the laptop's clipboard.
    pty.send_keys("o");
    pty.wait_text("There is no desktop here");
    let arrived = until(PATIENCE, || !copies(&pty).is_empty());
    assert!(arrived, "no OSC 52; the screen:\n{}", pty.screen());
    let link = copies(&pty).remove(0);
    assert!(
        link.starts_with("http") && link.contains("logo.png"),
        "{link}"
    );
    pty.wait_text(link.split_at(40.min(link.len())).0);
    pty.send_keys("o");
    pty.wait_text("Link as a QR code");

    // And a name, by its key.
    pty.send_keys("C-c");
    pty.wait_gone("Link as a QR code");
    pty.wait_gone("There is no desktop here");
    pty.send_keys("y n");
    let named = until(PATIENCE, || copies(&pty).contains(&"logo.png".to_owned()));
    assert!(named, "{:?}; the screen:\n{}", copies(&pty), pty.screen());

    pty.send_keys("q");
    pty.exit_code(Duration::from_secs(20));
    pty.assert_restored();
}
