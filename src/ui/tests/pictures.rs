//! Pictures in the details pane: blocks, room kept free, cards, two beside each other, modals above.

use std::sync::Arc;
use std::time::Duration;

use insta::assert_snapshot;
use ratatui::buffer::CellDiffOption;

use super::fixture::{Shown, asset, busy, focus, now, view};
use super::modals::long_text;
use super::{Shot, shoot_with};
use crate::app::effect::{Effect, RequestId};
use crate::app::key::Target;
use crate::app::msg::{Answer, Msg};
use crate::app::pictures::Means;
use crate::app::{Pane, State};
use crate::domain::Looks;
use crate::domain::{Entry, Locale};
use crate::picture::{Drawn, Form, Pixels, Room, Way, draw};
use crate::ui::ViewState;
use crate::ui::theme::Theme;

const SIZE: (u16, u16) = (140, 36);

/// With a terminal that shows pictures this way; else by words only.
pub fn shows(state: &mut State, way: Option<Way>, why: &str) {
    state.pictures.on = true;
    let means = Means {
        way,
        cell: (8, 16),
        send: 1 << 20,
        fetch: 10_000_000,
        why: Some(why.to_owned()),
    };
    state.update(Msg::Means(means), now());
}

/// Draws, lets the cursor rest, and says which pictures are asked for.
pub fn asked(
    state: &mut State,
    view: &mut ViewState,
    (columns, rows): (u16, u16),
) -> Vec<(RequestId, Room)> {
    shoot_with(state, view, columns, rows);
    let mut effects = state.update(Msg::PictureRoom(view.picture_room), now());
    effects.extend(state.update(Msg::Tick, now() + Duration::from_secs(1)));
    let asked = effects.into_iter().filter_map(|effect| match effect {
        Effect::Picture { id, room, .. } => Some((id, room)),
        _ => None,
    });
    asked.collect()
}

pub fn answer(state: &mut State, id: RequestId, result: Result<Arc<Drawn>, String>) {
    let answer = Answer::Picture(result);
    state.update(Msg::Loaded { id, answer }, now());
}

/// Everything that is asked for comes.
pub fn come(state: &mut State, view: &mut ViewState, size: (u16, u16)) {
    for (id, room) in asked(state, view, size) {
        let (width, height) = crate::picture::fit((1600, 900), room.pixels());
        let shade = |at: u32| {
            let (x, y) = (at % width * 255 / width, at / width * 255 / height);
            [u8::try_from(x).unwrap(), u8::try_from(y).unwrap(), 60, 255]
        };
        let pixels = Pixels {
            original: (1600, 900),
            width,
            height,
            rgba: (0..width * height).flat_map(shade).collect(),
        };
        answer(state, id, Ok(Arc::new(draw(pixels, &room, 9).unwrap())));
    }
}

struct Look {
    state: State,
    view: ViewState,
}

impl Look {
    fn new(mut state: State, way: Option<Way>) -> Self {
        let why = "tmux holds pictures back, its allow-passthrough is off";
        shows(&mut state, way, why);
        let view = view(Theme::new(&Looks::terminal(), true, false));
        Self { state, view }
    }

    fn shoot(&mut self) -> Shot {
        shoot_with(&self.state, &mut self.view, SIZE.0, SIZE.1)
    }

    fn asked(&mut self) -> Vec<(RequestId, Room)> {
        asked(&mut self.state, &mut self.view, SIZE)
    }

    fn answer(&mut self, id: RequestId, result: Result<Arc<Drawn>, String>) {
        answer(&mut self.state, id, result);
    }

    fn come(&mut self) {
        come(&mut self.state, &mut self.view, SIZE);
    }
}

fn looked() -> State {
    let mut state = busy();
    focus(&mut state, Pane::Assets);
    state
}

pub const BLOCKS: Option<Way> = Some(Way::Blocks { any_colour: true });

#[test]
fn on_its_way_and_there() {
    let mut look = Look::new(looked(), BLOCKS);
    assert_eq!(look.asked().len(), 1);
    let waiting = look.shoot().text();
    assert_snapshot!("picture_coming", waiting);
    let mut look = Look::new(looked(), BLOCKS);
    look.come();
    let there = look.shoot();
    assert_snapshot!("picture_blocks", there.text());
    // Nothing jumps when it comes: the words keep their lines.
    let line = |text: &str| {
        text.lines()
            .position(|line| line.contains("Format"))
            .unwrap()
    };
    assert_eq!(line(&waiting), line(&there.text()));
}

#[test]
fn a_card_says_why_there_is_none() {
    let mut look = Look::new(looked(), BLOCKS);
    let (id, _) = look.asked()[0];
    look.answer(
        id,
        Err("it is damaged, or not what it says it is".to_owned()),
    );
    assert_snapshot!("picture_failed", look.shoot().text());
    let mut state = looked();
    let opened = state.browse.open_mut().unwrap();
    let scope = opened.scope.clone().unwrap();
    let mut svg = asset(&scope, "logo.svg", None, Some(4_100));
    if let Entry::Read(svg) = &mut svg {
        svg.content_type = None;
    }
    opened.assets.list.replace(vec![svg]);
    let mut look = Look::new(state, BLOCKS);
    assert_eq!(look.asked(), []);
    // It is wrapped within its frame.
    let text = look.shoot().text();
    assert!(
        text.contains("No picture: SVG") && text.contains("here."),
        "{text}"
    );
    let mut look = Look::new(looked(), None);
    assert_eq!(look.asked(), []);
    assert!(look.shoot().text().contains("No picture: tmux"));
}

#[test]
fn two_beside_each_other_are_compared() {
    let mut state = looked();
    let opened = state.browse.open_mut().unwrap();
    let scope = opened.scope.clone().unwrap();
    opened.listed.locales = Some(["en", "de"].map(|it| Locale::new(it).unwrap()).to_vec());
    opened.assets.list.replace(vec![
        asset(&scope, "hero.png", Some("de"), Some(214_000)),
        asset(&scope, "hero.png", Some("en"), Some(209_400)),
    ]);
    state.pictures.beside = true;
    state.browse.zoom = true;
    focus(&mut state, Pane::Details);
    let mut look = Look::new(state, BLOCKS);
    look.come();
    assert_snapshot!("picture_beside", look.shoot().text());
}

#[test]
fn cells_under_a_picture_are_left_alone_and_a_modal_hides_it() {
    let mut look = Look::new(looked(), Some(Way::Kitty));
    look.come();
    let shot = look.shoot();
    let [placed] = look.view.pictures.as_slice() else {
        panic!("{:?}", look.view.pictures);
    };
    assert!(matches!(placed.drawn.form, Form::Kitty { id: 9, .. }));
    let area = placed.area;
    let skipped = |view: &mut ViewState, state: &State| {
        let mut terminal =
            ratatui::Terminal::new(ratatui::backend::TestBackend::new(SIZE.0, SIZE.1)).unwrap();
        let mut skipped = Vec::new();
        terminal
            .draw(|frame| {
                crate::ui::draw(frame, state, view, now());
                let buffer = frame.buffer_mut();
                for at in buffer.area.rows().flat_map(ratatui::layout::Rect::columns) {
                    let at = at.as_position();
                    if buffer[at].diff_option == CellDiffOption::Skip {
                        skipped.push(at);
                    }
                }
            })
            .unwrap();
        skipped
    };
    let cells = skipped(&mut look.view, &look.state);
    assert_eq!(
        cells.len(),
        usize::from(area.width) * usize::from(area.height)
    );
    assert!(cells.iter().all(|at| area.contains(*at)));
    assert!(!shot.text().contains('▀'));
    look.state.browse.zoom = true;
    focus(&mut look.state, Pane::Details);
    look.come();
    look.shoot();
    let area = look.view.pictures[0].area;
    look.state.modals.push(Box::new(Shown(long_text())));
    let cells = skipped(&mut look.view, &look.state);
    let modal = look
        .view
        .hits
        .iter()
        .find(|hit| hit.target == Target::Modal);
    assert!(
        modal.unwrap().area.intersects(area),
        "the test needs them to meet"
    );
    assert!(
        cells.is_empty() && look.view.pictures.is_empty(),
        "{cells:?}"
    );
    look.state.modals.clear();
    look.state.pictures.on = false;
    assert_eq!(skipped(&mut look.view, &look.state), []);
}
