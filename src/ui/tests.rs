//! Whole screens as a user sees them: sizes, faces of panes, names from hell, modals.

mod fixture;
mod pictures;
mod plan;
mod transfers;
mod tree;

use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::{Backend as _, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use self::fixture::{
    Shown, asset, bare, before, busy, error, focus, loaded, loading, name, now, rebuild_places,
    segment_id, view, website,
};
use super::theme::Theme;
use super::{ViewState, draw};
use crate::api::{ApiErrorKind, ConnectError};
use crate::app::browse::Link;
use crate::app::key::Target;
use crate::app::modal::view::{
    Block, FieldView, Hint, Matrix, ModalView, Room, RowView, Tone, say, toned,
};
use crate::app::remote::Remote;
use crate::app::{Pane, State};
use crate::domain::Looks;
use crate::domain::text::{is_unseen, spell_in_ascii};
use crate::domain::{AssetScope, Entry};
use crate::transfer::job::{Direction, Job, JobId, JobState};

/// One drawn screen.
struct Shot {
    buffer: Buffer,
    cursor: Option<Position>,
}

fn shoot_with(state: &State, view: &mut ViewState, width: u16, height: u16) -> Shot {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut cursor = None;
    terminal
        .draw(|frame| {
            draw(frame, state, view, now());
            // Before the backend drops what lies under wide glyphs.
            assert_sound(frame.buffer_mut());
        })
        .unwrap();
    if terminal.backend().cursor_visible() {
        cursor = Some(terminal.backend_mut().get_cursor_position().unwrap());
    }
    let buffer = terminal.backend().buffer().clone();
    Shot { buffer, cursor }
}

fn shoot(state: &State, width: u16, height: u16) -> Shot {
    shoot_with(
        state,
        &mut view(Theme::new(&Looks::terminal(), true, false)),
        width,
        height,
    )
}

/// Nothing that could drive a terminal, and no cell that grows without bounds.
fn assert_sound(buffer: &Buffer) {
    for cell in &buffer.content {
        let symbol = cell.symbol();
        assert!(symbol.len() <= 64, "{symbol:?} is too much for one cell");
        assert!(
            !symbol
                .chars()
                .any(|c| is_unseen(c) && c != '\u{200d}' && c != '\u{fe0f}'),
            "{symbol:?} cannot be seen"
        );
    }
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        for pair in row.windows(2) {
            assert!(
                super::text::width(pair[0].symbol()) < 2 || pair[1].symbol() == " ",
                "{:?} hides {:?}",
                pair[0].symbol(),
                pair[1].symbol()
            );
        }
    }
}

impl Shot {
    fn text(&self) -> String {
        self.lines().join("\n")
    }

    fn lines(&self) -> Vec<String> {
        (self.buffer.area.top()..self.buffer.area.bottom())
            .map(|y| {
                let mut line = String::new();
                let mut x = 0;
                while x < self.buffer.area.width {
                    let symbol = self.buffer[(x, y)].symbol();
                    line.push_str(symbol);
                    x += u16::try_from(super::text::width(symbol).max(1)).unwrap();
                }
                line.trim_end().to_owned()
            })
            .collect()
    }

    /// One letter a cell: how it looks, where it does not look plain.
    fn styles(&self) -> String {
        (0..self.buffer.area.height)
            .map(|y| {
                let line: String = (0..self.buffer.area.width)
                    .map(|x| {
                        let cell = &self.buffer[(x, y)];
                        match (cell.fg, cell.modifier) {
                            (_, it) if it.contains(Modifier::REVERSED) => 'R',
                            (Color::Cyan, _) => 'C',
                            (Color::Green, _) => 'G',
                            (Color::Yellow, _) => 'Y',
                            (Color::Red, _) => 'E',
                            (Color::Magenta, _) => 'M',
                            (_, it) if it.contains(Modifier::UNDERLINED) => 'U',
                            (_, it) if it.contains(Modifier::BOLD) => 'B',
                            (_, it) if it.contains(Modifier::DIM) => 'd',
                            _ if cell.symbol() == " " => ' ',
                            _ => '.',
                        }
                    })
                    .collect();
                line.trim_end().to_owned()
            })
            .collect::<Vec<_>>()
            .join("\n")
    }
}

// --- sizes

#[test]
fn wide() {
    assert_snapshot!(shoot(&busy(), 140, 36).text());
}

#[test]
fn standard() {
    let mut state = busy();
    assert_snapshot!("standard_assets", shoot(&state, 100, 30).text());
    focus(&mut state, Pane::Places);
    assert_snapshot!("standard_places", shoot(&state, 100, 30).text());
}

#[test]
fn classic() {
    let mut state = busy();
    assert_snapshot!("classic_assets", shoot(&state, 80, 24).text());
    focus(&mut state, Pane::Middle);
    assert_snapshot!("classic_middle", shoot(&state, 80, 24).text());
}

#[test]
fn narrow() {
    let mut state = busy();
    assert_snapshot!("narrow_assets", shoot(&state, 60, 20).text());
    focus(&mut state, Pane::Details);
    assert_snapshot!("narrow_details", shoot(&state, 60, 20).text());
}

#[test]
fn least() {
    assert_snapshot!(shoot(&busy(), 40, 12).text());
}

#[test]
fn too_small() {
    assert_snapshot!("too_small", shoot(&busy(), 39, 11).text());
    for (width, height) in [(0, 0), (1, 1), (2, 50), (200, 1), (39, 12), (40, 11)] {
        shoot(&busy(), width, height);
    }
}

#[test]
fn zoomed() {
    let mut state = busy();
    state.browse.zoom = true;
    assert_snapshot!(shoot(&state, 100, 16).text());
}

#[test]
fn a_website_has_types() {
    assert_snapshot!(shoot(&website(), 120, 16).text());
}

#[test]
fn styles() {
    assert_snapshot!("styles", shoot(&busy(), 100, 20).styles());
    let mut colourless = view(Theme::new(&Looks::terminal(), false, false));
    let shot = shoot_with(&busy(), &mut colourless, 100, 20);
    assert!(
        shot.buffer
            .content
            .iter()
            .all(|cell| cell.fg == Color::Reset)
    );
}

#[test]
fn ascii() {
    // In a thread of its own: the spelling is the whole program's.
    let shown = std::thread::spawn(|| {
        spell_in_ascii();
        let mut state = busy();
        rename_asset(&mut state, "ヒーロー画像.png");
        shoot_with(
            &state,
            &mut view(Theme::new(&Looks::terminal(), true, true)),
            80,
            16,
        )
        .text()
    });
    let shown = shown.join().unwrap();
    assert!(shown.is_ascii());
    assert_snapshot!(shown);
}

#[test]
fn themes_differ_in_looks_and_never_in_words() {
    let shot = |looks: &Looks, light| {
        let mut view = view(Theme::new(looks, true, false).lit(looks, light));
        shoot_with(&busy(), &mut view, 100, 20)
    };
    let usual = shot(&Looks::terminal(), false);
    let contrast = shot(&Looks::high_contrast(), false);
    assert_eq!(usual.text(), contrast.text());
    assert_snapshot!("styles_high_contrast", contrast.styles());
    assert_snapshot!("styles_light", shot(&Looks::terminal(), true).styles());
    let plain = shot(&Looks::monochrome(), false);
    let coloured = |cell: &ratatui::buffer::Cell| cell.fg != Color::Reset;
    assert!(!plain.buffer.content.iter().any(coloured));
}

fn code() -> State {
    let side = 21;
    let module = |at: usize| ((at % side) * (at / side)).is_multiple_of(3);
    let mut state = bare();
    state.open_modal(Shown(ModalView {
        title: "Code".to_owned(),
        room: Room::Full,
        danger: false,
        blocks: vec![Block::Code(Matrix {
            side,
            dark: (0..side * side).map(module).collect(),
        })],
        hints: Vec::new(),
    }));
    state
}

#[test]
fn a_code_is_dark_on_light_or_says_what_it_needs() {
    let theme = Theme::new(&Looks::terminal(), false, false);
    let shot = |theme: Theme, size: (u16, u16)| {
        shoot_with(&code(), &mut view(theme), size.0, size.1).text()
    };
    assert_snapshot!("code", shot(theme, (60, 20)));
    let light = shot(theme.lit(&Looks::terminal(), true), (60, 20));
    // There the text's colour is the dark one: the quiet margin is blank.
    let full = |text: &str| text.matches('█').count();
    assert!(
        full(&light) > 0 && full(&light) < full(&shot(theme, (60, 20))) / 2,
        "{light}"
    );
    assert!(shot(theme, (40, 12)).contains("needs a window of"));
}

// --- faces

fn assets_with(remote: Remote<crate::app::remote::Fetched>, keep: bool) -> State {
    let mut state = busy();
    let opened = state.browse.open_mut().unwrap();
    if !keep {
        opened.assets.list.replace(Vec::new());
    }
    opened.assets.remote = remote;
    state
}

fn failed(kind: ApiErrorKind, old: Option<u64>) -> Remote<crate::app::remote::Fetched> {
    Remote::Failed {
        error: error(kind),
        old: old.and_then(|ago| loaded(ago).value().copied()),
    }
}

#[test]
fn faces() {
    let forbidden = ApiErrorKind::Forbidden {
        missing: vec!["assets:read".to_owned()],
    };
    let cases = [
        ("not_asked", assets_with(Remote::NotAsked, false)),
        ("loading", assets_with(loading(None), false)),
        ("reloading", assets_with(loading(Some(240)), true)),
        ("empty", assets_with(loaded(1), false)),
        (
            "failed",
            assets_with(failed(ApiErrorKind::Server, None), false),
        ),
        (
            "failed_with_old_rows",
            assets_with(failed(ApiErrorKind::Server, Some(240)), true),
        ),
        (
            "sign_in",
            assets_with(failed(ApiErrorKind::Unauthorized, None), false),
        ),
        ("forbidden", assets_with(failed(forbidden, None), false)),
    ];
    let mut seen = Vec::new();
    for (name, mut state) in cases {
        state.browse.zoom = true;
        let text = shoot(&state, 60, 12).text();
        assert_snapshot!(format!("face_{name}"), text);
        assert!(!seen.contains(&text), "{name} looks like another face");
        seen.push(text);
    }
}

#[test]
fn a_filter_without_hits_says_so() {
    let mut state = busy();
    state
        .browse
        .open_mut()
        .unwrap()
        .assets
        .list
        .set_filter("nothing");
    assert_snapshot!(shoot(&state, 80, 14).text());
}

#[test]
fn a_filter_is_typed_in_the_frame() {
    let mut state = busy();
    state
        .browse
        .open_mut()
        .unwrap()
        .assets
        .list
        .set_filter("fr");
    state.filtering = Some("fr".to_owned().into());
    let shot = shoot(&state, 80, 14);
    assert_snapshot!(shot.text());
    let cursor = shot.cursor.unwrap();
    let before = &shot.lines()[usize::from(cursor.y)];
    let typed: String = before.chars().take(usize::from(cursor.x)).collect();
    assert!(typed.ends_with("/fr"), "{typed:?}");
}

#[test]
fn accounts_without_rows_say_why() {
    let mut state = busy();
    state.browse.opened.clear();
    for account in &mut state.browse.accounts {
        account.rows.clear();
    }
    state.browse.accounts[0].link = Link::Failed(ConnectError::NoKey {
        reason: "nothing in the environment, nothing in the keyring".to_owned(),
    });
    state.browse.accounts[1].containers = failed(ApiErrorKind::Server, None);
    rebuild_places(&mut state);
    focus(&mut state, Pane::Places);
    assert_snapshot!("accounts_failed", shoot(&state, 100, 14).text());
    state.browse.accounts[0].link = Link::Connecting;
    state.browse.accounts[1].containers = loading(None);
    assert_snapshot!("accounts_loading", shoot(&state, 100, 14).text());
    assert_snapshot!("accounts_none", shoot(&bare(), 80, 14).text());
}

#[test]
fn marks_and_ranges_show() {
    let mut state = busy();
    let list = &mut state.browse.open_mut().unwrap().assets.list;
    list.toggle_mark();
    list.range();
    list.step(1);
    assert_snapshot!(shoot(&state, 80, 12).text());
}

#[test]
fn raw_json_is_one_key_further() {
    let mut state = busy();
    state.browse.raw = true;
    focus(&mut state, Pane::Details);
    assert_snapshot!(shoot(&state, 80, 14).text());
}

// --- names

fn rename_asset(state: &mut State, to: &str) {
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    opened
        .assets
        .list
        .replace(vec![asset(&scope, to, Some("de"), None)]);
}

#[test]
fn names_from_everywhere() {
    let mut state = busy();
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    let names = [
        "ヒーロー画像のとても長い名前のファイルです本当に.png",
        "شعار الشركة.png",
        "👩‍💻🎉 party.png",
        "a-very-long-name-that-fits-in-no-column-of-any-table.png",
        "cafe\u{301}.png",
        "evil\u{1b}[31m\u{1b}]0;title\u{7}.png",
        "gnp\u{202e}exe.png",
        "two\nlines\tand\u{0}nul.png",
        " spaces at the ends ",
        "⟨1B⟩ forged.png",
    ];
    opened.assets.list.replace(
        names
            .iter()
            .map(|name| asset(&scope, name, Some("pt-BR"), Some(1)))
            .collect(),
    );
    opened.assets.list.go(5);
    assert_snapshot!("hostile_names", shoot(&state, 100, 20).text());
    for width in 40..130 {
        for height in [12, 20] {
            shoot(&state, width, height);
        }
    }
}

#[test]
fn hostile_text_is_marked_everywhere() {
    let evil = "x\u{1b}[2J\u{202e}y\u{9b}z\u{200b}\r\n";
    let mut state = website();
    for account in &mut state.browse.accounts {
        account.info.name = name(evil);
        for row in &mut account.rows {
            match row {
                Entry::Read(container) => {
                    evil.clone_into(&mut container.name);
                    container.folders = vec![evil.to_owned()];
                }
                Entry::Unreadable(bad) => evil.clone_into(&mut bad.reason),
            }
        }
    }
    let failure = crate::api::ApiError::new("list assets", ApiErrorKind::Server, evil);
    let opened = state.browse.open_mut().unwrap();
    opened.account = name(evil);
    evil.clone_into(&mut opened.listed.name);
    opened.assets.remote = Remote::Failed {
        error: failure.clone(),
        old: None,
    };
    opened.assets.list.replace(Vec::new());
    rebuild_places(&mut state);
    state.notices.fail(&failure, now());
    state.browse.accounts[1].link = Link::Failed(ConnectError::Settings(evil.to_owned()));
    // `assert_sound` looks at every cell.
    let shot = shoot(&state, 140, 20);
    assert!(shot.text().contains("⟨1B⟩[2J⟨202E⟩y⟨9B⟩z⟨200B⟩"));
    state.browse.accounts[1].rows.clear();
    rebuild_places(&mut state);
    shoot(&state, 140, 20);
    state.browse.opened.remove(0);
    state
        .browse
        .open_mut()
        .unwrap()
        .segments
        .list
        .replace(vec![Entry::Read(crate::domain::Segment {
            id: segment_id(1),
            position: 1,
            part: 0,
            key: Some(evil.to_owned()),
            text: Some(evil.to_owned()),
            raw: crate::domain::RawJson::new("{}"),
        })]);
    shoot(&state, 140, 20);
}

// --- footer

fn job(id: u64, state: JobState, size: u64) -> Job {
    Job {
        id: JobId(id),
        account: name("acme-loc"),
        direction: Direction::Up,
        scope: AssetScope::Container(crate::domain::ContainerId::new("1").unwrap()),
        name: "hero.png".into(),
        place: "de".into(),
        size: Some(size),
        state,
        paused: false,
        order: 0,
        trail: crate::transfer::Trail::default(),
        warnings: Vec::new(),
    }
}

#[test]
fn the_strip_tells_of_transfers() {
    let done = || JobState::Done {
        asset: None,
        path: None,
    };
    let running = || JobState::Running(crate::api::Step::Send);
    let mut state = busy();
    let begun = before(1);
    for (id, state_now, size, at) in [
        (1, running(), 1_000_000, begun),
        (2, running(), 2_000_000, begun),
        (3, running(), 1_000_000, begun),
        (
            3,
            JobState::Failed(error(ApiErrorKind::Server).into()),
            1_000_000,
            begun,
        ),
        (1, done(), 1_000_000, now()),
    ] {
        state
            .transfers
            .put(std::sync::Arc::new(job(id, state_now, size)), at);
    }
    state.transfers.meters.bytes(JobId(2), 1_200_000, now());
    for (width, name) in [
        (120, "strip_wide"),
        (60, "strip_narrow"),
        (40, "strip_least"),
    ] {
        let text = shoot(&state, width, 12).text();
        let last = text.lines().last().unwrap().to_owned();
        assert_snapshot!(name, last);
    }
    let last = job(2, done(), 2_000_000);
    state.transfers.put(std::sync::Arc::new(last), now());
    let text = shoot(&state, 80, 12).text();
    assert!(text.ends_with("✓ 2 done  ✗ 1 failed"), "{text}");
}

#[test]
fn a_notice_takes_the_hints_place_but_help_stays() {
    let mut state = busy();
    state.notices.fail(&error(ApiErrorKind::Server), now());
    let text = shoot(&state, 80, 14).text();
    assert_snapshot!(text);
    assert!(text.lines().last().unwrap().ends_with("? help"));
}

// --- modals

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

fn browser() -> ModalView {
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

fn long_text() -> ModalView {
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

fn over(view: ModalView) -> State {
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

// --- the mouse, and size

#[test]
fn the_mouse_hits_what_was_drawn() {
    let mut memory = view(Theme::new(&Looks::terminal(), true, false));
    let shot = shoot_with(&busy(), &mut memory, 140, 20);
    let lines = shot.lines();
    let find = |needle: &str| {
        let y = lines.iter().position(|line| line.contains(needle)).unwrap();
        let x = lines[y].find(needle).unwrap();
        let x = super::text::width(&lines[y][..x]);
        (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
    };
    let hit = |memory: &ViewState, (x, y)| memory.hit(x, y);
    assert_eq!(
        hit(&memory, find("hero@2x.png")),
        Some((Target::Pane(Pane::Assets), Some(2)))
    );
    assert_eq!(
        hit(&memory, find("checkout.pay")),
        Some((Target::Pane(Pane::Middle), Some(2)))
    );
    assert_eq!(hit(&memory, (0, 0)), None);
    shoot_with(&over(browser()), &mut memory, 100, 30);
    let shot = shoot_with(&over(browser()), &mut memory, 100, 30);
    let y = shot
        .lines()
        .iter()
        .position(|line| line.contains("picture-30"))
        .unwrap();
    assert_eq!(
        hit(&memory, (20, u16::try_from(y).unwrap())),
        Some((Target::Modal, Some(30)))
    );
    assert_eq!(
        hit(&memory, (0, 0)),
        None,
        "panes below a modal take no click"
    );
}

#[test]
fn the_end_of_a_long_list_is_in_view() {
    let mut state = busy();
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    let rows = |count: usize| {
        (0..count)
            .map(|at| asset(&scope, &format!("picture-{at}.png"), None, Some(1)))
            .collect::<Vec<_>>()
    };
    opened.assets.list.replace(rows(100_000));
    opened.assets.list.go(99_999);
    let mut memory = view(Theme::new(&Looks::terminal(), true, false));
    let text = shoot_with(&state, &mut memory, 140, 40).text();
    assert!(text.contains("picture-99999.png") && text.contains("100,000"));
}
