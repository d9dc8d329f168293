//! What the bytes paint, as an independent terminal reads them.

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::*;

const AREA: Rect = Rect::new(0, 0, 24, 6);

/// Frames painted one after the other, and what a terminal shows after the last.
fn painted(frames: &[Buffer]) -> (vt100::Parser, Vec<usize>) {
    let mut ink = Ink::default();
    let side = |length| NonZeroU16::new(length).unwrap();
    let mut terminal = vt100::Parser::new(side(AREA.height), side(AREA.width), 0);
    let mut before = Buffer::empty(AREA);
    let mut sizes = Vec::new();
    terminal.process(b"\x1b[2J");
    ink.cleared(AREA.as_size());
    for frame in frames {
        let mut bytes = Vec::new();
        ink.paint(&mut bytes, AREA.as_size(), before.diff_iter(frame));
        terminal.process(&bytes);
        sizes.push(bytes.len());
        before = frame.clone();
    }
    (terminal, sizes)
}

fn colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Reset => vt100::Color::Default,
        Color::Cyan => vt100::Color::Idx(6),
        Color::LightRed => vt100::Color::Idx(9),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        other => panic!("{other:?} is not used here"),
    }
}

/// What is seen of a blank is its background, and lines through or under it.
fn agrees(terminal: &vt100::Parser, wanted: &Buffer) -> Result<(), TestCaseError> {
    for y in 0..AREA.height {
        let mut covered = false;
        for x in 0..AREA.width {
            let cell = &wanted[(x, y)];
            if std::mem::take(&mut covered) {
                continue;
            }
            let shown = terminal.screen().cell(y, x).unwrap();
            let text = if shown.has_contents() {
                shown.contents()
            } else {
                " "
            };
            prop_assert_eq!(text, cell.symbol(), "at {},{}", x, y);
            covered = shown.is_wide();
            prop_assert_eq!(shown.bgcolor(), colour(cell.bg), "at {},{}", x, y);
            prop_assert_eq!(
                shown.inverse(),
                cell.modifier.contains(Modifier::REVERSED),
                "at {},{}",
                x,
                y
            );
            prop_assert_eq!(
                shown.underline(),
                cell.modifier.contains(Modifier::UNDERLINED)
            );
            if cell.symbol() != " " {
                prop_assert_eq!(shown.fgcolor(), colour(cell.fg), "at {},{}", x, y);
                prop_assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD));
                prop_assert_eq!(shown.dim(), cell.modifier.contains(Modifier::DIM));
            }
        }
    }
    Ok(())
}

fn style() -> impl Strategy<Value = Style> {
    let colours = prop_oneof![
        4 => Just(Color::Reset),
        1 => Just(Color::Cyan),
        1 => Just(Color::LightRed),
        1 => Just(Color::Indexed(200)),
        1 => Just(Color::Rgb(1, 20, 255)),
    ];
    let marks = prop_oneof![
        4 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::DIM),
        1 => Just(Modifier::REVERSED),
        1 => Just(Modifier::BOLD | Modifier::UNDERLINED),
    ];
    (colours.clone(), colours, marks)
        .prop_map(|(ink, paper, marks)| Style::reset().fg(ink).bg(paper).add_modifier(marks))
}

fn piece() -> impl Strategy<Value = (u16, u16, String, Style)> {
    let text = prop_oneof![
        4 => "[a-z ]{1,24}",
        2 => " {1,24}",
        1 => "[a-c日本صé│▌✓ ]{1,12}",
    ];
    (0..AREA.width, 0..AREA.height, text, style())
}

/// Each frame is the one before with some pieces painted over.
fn frames() -> impl Strategy<Value = Vec<Buffer>> {
    let pieces = prop::collection::vec(piece(), 0..8);
    prop::collection::vec((any::<bool>(), pieces), 1..6).prop_map(|frames| {
        let mut now = Buffer::empty(AREA);
        let mut all = Vec::new();
        for (fresh, pieces) in frames {
            if fresh {
                now = Buffer::empty(AREA);
            }
            for (x, y, text, style) in pieces {
                // A half of a wide character is never left behind by our own drawers.
                let row: String = (0..AREA.width).map(|x| now[(x, y)].symbol()).collect();
                if !row.is_ascii() {
                    now.set_string(0, y, " ".repeat(AREA.width.into()), Style::reset());
                }
                now.set_string(x, y, text, style);
            }
            // This terminal has one of bold and dim: not both on one cell.
            for cell in &mut now.content {
                if cell.modifier.contains(Modifier::BOLD) {
                    cell.modifier.remove(Modifier::DIM);
                }
            }
            all.push(now.clone());
        }
        all
    })
}

proptest! {
    #[test]
    fn a_terminal_shows_what_was_drawn(frames in frames()) {
        let (terminal, _) = painted(&frames);
        agrees(&terminal, frames.last().unwrap())?;
    }
}

#[test]
fn nothing_new_is_no_byte() {
    let mut frame = Buffer::empty(AREA);
    frame.set_string(2, 2, "here", Style::new());
    let (_, sizes) = painted(&[frame.clone(), frame]);
    assert_eq!(sizes[1], 0);
}

#[test]
fn a_bar_that_moves_costs_little_more_than_its_two_rows() {
    let rows = |bar: u16| {
        let mut frame = Buffer::empty(AREA);
        for y in 0..AREA.height {
            frame.set_string(1, y, format!("row number {y}"), Style::new());
        }
        let area = Rect::new(0, bar, AREA.width, 1);
        frame.set_style(area, Style::new().add_modifier(Modifier::REVERSED));
        frame
    };
    let (terminal, sizes) = painted(&[rows(1), rows(2)]);
    agrees(&terminal, &rows(2)).unwrap();
    // Two rows of text, one of them with an erased end, and a jump and a pen for each.
    assert!(sizes[1] <= 12 + 24 + 24, "{sizes:?}");
}

#[test]
fn what_may_be_wide_is_followed_by_a_jump() {
    let mut frame = Buffer::empty(AREA);
    frame.set_string(0, 0, "日x", Style::new());
    let mut bytes = Vec::new();
    let before = Buffer::empty(AREA);
    Ink::default().paint(&mut bytes, AREA.as_size(), before.diff_iter(&frame));
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text, "\x1b[1H日\x1b[3Gx");
}

#[test]
fn what_stays_beside_a_letter_of_doubtful_width_is_there_after_it() {
    let name = |text: &str| {
        let mut frame = Buffer::empty(AREA);
        frame.set_string(2, 1, text, Style::new().bold());
        frame
    };
    for (before, after) in [
        ("صورة", "كورة"),
        ("صورة", "aورة"),
        ("صورة", "صوبة"),
        ("abcd", "aوcd"),
    ] {
        let (terminal, _) = painted(&[name(before), name(after)]);
        agrees(&terminal, &name(after)).unwrap();
    }
}

#[test]
fn the_shortest_way_to_the_next_cell_is_taken() {
    let before = Buffer::empty(AREA);
    let mut frame = Buffer::empty(AREA);
    frame.set_string(12, 0, "size", Style::new());
    frame.set_string(12, 1, "kind", Style::new());
    frame.set_string(15, 3, "age", Style::new());
    frame.set_string(12, 4, "画", Style::new());
    frame.set_string(12, 5, "tag", Style::new());
    frame.set_string(20, 5, "end", Style::new());
    let mut ink = Ink::default();
    ink.cleared(AREA.as_size());
    let mut bytes = Vec::new();
    ink.paint(&mut bytes, AREA.as_size(), before.diff_iter(&frame));
    let text = String::from_utf8(bytes).unwrap();
    let ways = [
        "\x1b[1;13Hsize",
        "\x1b[4D\nkind",
        "\x1b[D\n\nage",
        "\x1b[6D\n画",
        // In which column that ended is not trusted, but in which line.
        "\x1b[13G\ntag",
        "\x1b[5Cend",
    ];
    assert_eq!(text, ways.concat());
    let (terminal, _) = painted(&[frame.clone()]);
    agrees(&terminal, &frame).unwrap();
}

#[test]
fn a_link_is_opened_once_for_its_lines_and_closed() {
    let links = Links::default();
    let mut ink = Ink::with(links.clone());
    ink.cleared(AREA.as_size());
    let blank = Buffer::empty(AREA);
    let frame = |address: &str| {
        links.clear();
        let mark = links.mark(&address.into()).unwrap();
        let mut frame = blank.clone();
        frame.set_string(0, 1, "text", Style::new());
        frame.set_string(0, 2, "https://e", Style::new().underline_color(mark));
        frame.set_string(0, 3, "xample", Style::new().underline_color(mark));
        // Between its lines, as of the pane beside it.
        frame.set_string(20, 2, "│", Style::new());
        frame
    };
    let mut paint = |from: &Buffer, to: &Buffer| {
        let mut bytes = Vec::new();
        ink.paint(&mut bytes, AREA.as_size(), from.diff_iter(to));
        String::from_utf8(bytes).unwrap()
    };
    let first = frame("https://example");
    let text = paint(&blank, &first);
    assert_eq!(text.matches("\x1b]8;id=").count(), 1, "{text:?}");
    assert!(text.contains(";https://example\x1b\\") && text.ends_with("\x1b]8;;\x1b\\"));
    assert!(!text.contains("58;"), "no underline has a colour: {text:?}");
    // Only where it leads has changed.
    let second = frame("https://example.org");
    assert!(paint(&first, &second).contains(";https://example.org\x1b"));
    assert_eq!(paint(&second, &second), "");
}
