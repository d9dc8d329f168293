//! Pictures as real terminals show them: sixels in xterm, kitty's own way in kitty, half blocks in tmux
//! and where a terminal knows no pictures.

use image::{ImageFormat, Rgb, RgbImage};

use crate::cli_browse::ref_of;
use crate::support::bus::{installed, skip};
use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::pty::PATIENCE;
use crate::support::server::Server;
use crate::support::wait::until;
use crate::support::xvfb::{Shot, Xvfb};

const PROGRAM: &str = env!("CARGO_BIN_EXE_assetdeck");

/// Red above a diagonal, blue below: colours that nothing else on the screen has, and an edge that
/// only real pixels can draw.
fn picture() -> Vec<u8> {
    let picture = RgbImage::from_fn(600, 600, |x, y| {
        if x > y {
            Rgb([255, 0, 0])
        } else {
            Rgb([0, 0, 255])
        }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("a PNG");
    bytes.into_inner()
}

/// Where each row of pixels goes from blue to red, rows without both left out.
fn edge(shot: &Shot) -> Vec<usize> {
    let red = |pixel: &[u8; 3]| pixel[0] > 200 && pixel[1] < 60 && pixel[2] < 60;
    let blue = |pixel: &[u8; 3]| pixel[2] > 200 && pixel[0] < 60 && pixel[1] < 60;
    let edge = |row: &[[u8; 3]]| {
        let last = row.iter().rposition(blue)?;
        let first = row.iter().position(red)?;
        (last < first && first - last < 20).then_some(first)
    };
    shot.pixels.chunks(shot.width).filter_map(edge).collect()
}

/// How many different columns the edge goes through.
fn fineness(shot: &Shot) -> usize {
    let mut columns = edge(shot);
    columns.sort_unstable();
    columns.dedup();
    columns.len()
}

/// It is in the right half, where the details are.
fn at_its_place(shot: &Shot) -> bool {
    edge(shot).iter().all(|at| *at > shot.width / 2)
}

/// A display with this terminal on it, in which the program shows the picture's details.
#[track_caller]
fn shown(server: &Server, home: &Home, terminal: &[&str], arguments: &[&str]) -> Option<Xvfb> {
    let mut display = Xvfb::start(home, &terminal[..1])?;
    let file = home.file("diagonal.png", &picture());
    let websites = run(home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    run(
        home,
        &["upload", file.to_str().expect("text"), "--to", &shop],
    )
    .exits(0);
    let before = server.demo().exchanges().len();
    let mut whole = terminal.to_vec();
    whole.extend(arguments);
    display.open(home, &whole);
    let began = until(PATIENCE, || server.demo().exchanges().len() > before);
    assert!(began, "{terminal:?} did not start the program");
    // Keeps the filter, goes to the shop, opens it; keeps the second filter.
    for (text, returns) in [("/Shop", 3), ("3/diagonal", 1)] {
        display.wait_still();
        display.type_text(text);
        for _ in 0..returns {
            display.wait_still();
            display.press("Return");
        }
    }
    Some(display)
}

fn has_pixels(shot: &Shot) -> bool {
    at_its_place(shot) && fineness(shot) > 80
}

/// As fine as half a cell is high, and a cell wide.
fn has_blocks(shot: &Shot) -> bool {
    at_its_place(shot) && (8..60).contains(&fineness(shot))
}

const XTERM: &[&str] = &["xterm", "-geometry", "140x40+0+0"];

#[test]
fn xterm_shows_the_picture_in_sixels() {
    let server = Server::start();
    let home = server.home();
    let arguments = ["-ti", "vt340", "-e", PROGRAM];
    if let Some(display) = shown(&server, &home, XTERM, &arguments) {
        display.wait_for("the picture's own pixels", has_pixels);
    }
}

#[test]
fn kitty_shows_the_picture_in_its_own_way() {
    let server = Server::start();
    let home = server.home();
    let settings = "initial_window_width 140c\ninitial_window_height 40c\nremember_window_size no\n\
        update_check_interval 0\nshell_integration disabled\nenable_audio_bell no\n";
    let settings = home.file("kitty.conf", settings.as_bytes());
    let kitty = ["kitty", "--config", settings.to_str().expect("text")];
    if let Some(display) = shown(&server, &home, &kitty, &[PROGRAM]) {
        display.wait_for("the picture's own pixels", has_pixels);
    }
}

#[test]
fn a_terminal_without_pictures_shows_it_in_half_blocks() {
    let server = Server::start();
    let home = server.home();
    let arguments = ["-ti", "vt100", "-e", PROGRAM];
    if let Some(display) = shown(&server, &home, XTERM, &arguments) {
        display.wait_for("half blocks", has_blocks);
    }
}

#[test]
fn tmux_shows_it_in_half_blocks_where_the_terminal_could_do_more() {
    if !installed("tmux") {
        return skip("tmux is not installed");
    }
    let server = Server::start();
    let home = server.home();
    let socket = home.path().join("tmux.socket");
    let socket = socket.to_str().expect("text");
    // Its server must not outlive the terminal.
    let settings = home.file("tmux.conf", b"set -g destroy-unattached on\n");
    let settings = settings.to_str().expect("text");
    let tmux = ["tmux", "-S", socket, "-f", settings, "new-session", PROGRAM];
    let arguments = [&["-ti", "vt340", "-e"][..], &tmux].concat();
    if let Some(display) = shown(&server, &home, XTERM, &arguments) {
        display.wait_for("half blocks", has_blocks);
    }
}
