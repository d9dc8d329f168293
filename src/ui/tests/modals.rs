//! The blocks that sheets are made of.

use insta::assert_snapshot;

use super::fixture::{Shown, busy};
use super::names::rename_asset;
use super::shoot;
use crate::app::State;
use crate::app::modal::view::{Block, FieldView, Hint, ModalView, Room, RowView, Tone, say, toned};

fn hint(keys: &str, does: &str) -> Hint {
    Hint {
        keys: keys.to_owned(),
        does: does.to_owned(),
    }
}

fn form() -> ModalView {
    let field = |label, value: &str, cursor, error: Option<&str>, hint: Option<&str>| {
        Block::Field(FieldView {
            label,
            value: value.to_owned(),
            cursor,
            placeholder: "none".to_owned(),
            error: error.map(str::to_owned),
            hint: hint.map(str::to_owned),
        })
    };
    ModalView {
        title: "Upload to Mobile app / hero-banner".to_owned(),
        room: Room::Wide,
        danger: false,
        blocks: vec![
            Block::Pairs(vec![
                ("File".to_owned(), vec![toned("hero.png", Tone::Strong)]),
                ("Size".to_owned(), vec![say("214 kB")]),
            ]),
            Block::Blank,
            Block::Choice {
                label: "Locale",
                options: ["none", "de", "fr", "ja"].map(str::to_owned).to_vec(),
                chosen: 1,
                focused: false,
                hint: None,
                error: None,
            },
            field(
                "Folder",
                "public/images",
                Some(13),
                None,
                Some("It becomes de/public/images/hero.png"),
            ),
            field(
                "Alt text",
                "",
                None,
                Some("cannot be longer than 200"),
                None,
            ),
            Block::Blank,
            Block::Button {
                label: "Send 1 file".to_owned(),
                focused: false,
                enabled: true,
            },
        ],
        hints: vec![
            hint("Tab", "next field"),
            hint("C-s", "send"),
            hint("Esc", "leave"),
        ],
    }
}

fn sheet() -> ModalView {
    ModalView {
        title: "Delete".to_owned(),
        room: Room::Small,
        danger: true,
        blocks: vec![
            Block::Line(vec![
                say("Delete "),
                toned("hero.png", Tone::Strong),
                say(" (de, public/images) from the segment hero-banner? Nobody can bring it back."),
            ]),
            Block::Blank,
            Block::Progress {
                ratio: 0.41,
                label: "41 %".to_owned(),
            },
        ],
        hints: vec![hint("d", "delete"), hint("Esc", "leave")],
    }
}

pub fn browser() -> ModalView {
    let row = |left: &str, right: &str| RowView {
        left: left.to_owned(),
        right: right.to_owned(),
        ..RowView::default()
    };
    let mut rows: Vec<RowView> = (0..40)
        .map(|at| row(&format!("picture-{at:02}.png"), "214 kB"))
        .collect();
    rows[30].marked = true;
    rows[31].refused = Some("a pipe cannot be sent".to_owned());
    rows[31].right = String::new();
    ModalView {
        title: "Choose files".to_owned(),
        room: Room::Full,
        danger: false,
        blocks: vec![
            Block::Heading("/home/ana/Pictures".to_owned()),
            Block::List {
                rows: rows.into_iter().collect(),
                cursor: 30,
                focused: true,
                empty: "Nothing here.".to_owned(),
            },
            Block::Line(vec![say("1 file, 214 kB")]),
        ],
        hints: vec![
            hint("Enter", "choose"),
            hint("Space", "mark"),
            hint(".", "hidden files"),
            hint("Esc", "leave"),
        ],
    }
}

pub fn long_text() -> ModalView {
    ModalView {
        title: "Raw".to_owned(),
        room: Room::Wide,
        danger: false,
        blocks: vec![Block::Scroll {
            lines: (0..100).map(|at| format!("line {at}")).collect(),
            top: 40,
        }],
        hints: vec![hint("Esc", "leave")],
    }
}

pub fn over(view: ModalView) -> State {
    let mut state = busy();
    state.modals.push(Box::new(Shown(view)));
    state
}

#[test]
fn modals() {
    for (name, view) in [
        ("form", form()),
        ("sheet", sheet()),
        ("browser", browser()),
        ("text", long_text()),
    ] {
        let state = over(view);
        assert_snapshot!(format!("modal_{name}_wide"), shoot(&state, 100, 30).text());
        assert_snapshot!(format!("modal_{name}_least"), shoot(&state, 40, 12).text());
        for width in 1..60 {
            shoot(&state, width, 13);
        }
    }
}

#[test]
fn a_wide_glyph_does_not_swallow_a_modals_border() {
    let mut state = over(sheet());
    rename_asset(&mut state, "ヒーローヒーローヒーローヒーローヒーロー");
    // `assert_sound` looks at every cell; somewhere the border cuts a glyph in two.
    for width in 60..110 {
        for height in 12..16 {
            shoot(&state, width, height);
        }
    }
}

#[test]
fn a_field_has_the_real_cursor() {
    let shot = shoot(&over(form()), 100, 30);
    let cursor = shot.cursor.unwrap();
    let line = &shot.lines()[usize::from(cursor.y)];
    let before: String = line.chars().take(usize::from(cursor.x)).collect();
    assert!(before.ends_with("public/images"), "{before:?}");
    assert_eq!(shoot(&over(sheet()), 100, 30).cursor, None);
    // On the least screen the form is scrolled to the field.
    let least = shoot(&over(form()), 40, 12);
    let cursor = least.cursor.unwrap();
    assert!(least.lines()[usize::from(cursor.y)].contains("Folder"));
}
