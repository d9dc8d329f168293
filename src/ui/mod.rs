//! State to cells: everything that is drawn.

pub mod footer;
pub mod header;
mod isolate;
pub mod layout;
pub mod links;
pub mod modal;
pub mod paint;
pub mod panes;
pub mod table;
pub mod text;
pub mod theme;
pub mod view_state;

#[cfg(test)]
mod tests;

use std::time::Instant;

use ratatui::Frame;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use self::footer::Footer;
use self::modal::ModalScroll;
use self::paint::Paint;
use self::text::wrap;
pub use self::view_state::ViewState;
use self::view_state::{Hit, Placed};
use crate::app::State;
use crate::app::key::Target;
use crate::app::modal::view::say;

/// Draws the whole screen. Reads the state; writes only offsets and what the mouse can hit.
pub fn draw(frame: &mut Frame<'_>, state: &State, view: &mut ViewState, now: Instant) {
    let area = frame.area();
    let cursor = fill(frame.buffer_mut(), area, state, view, now);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Fills the cells; returns where the text cursor stands.
fn fill(
    buffer: &mut Buffer,
    area: Rect,
    state: &State,
    view: &mut ViewState,
    now: Instant,
) -> Option<Position> {
    view.links.clear();
    view.hits.clear();
    view.pictures.clear();
    view.picture_room = None;
    let (width, height) = layout::LEAST;
    let cursor = if area.width < width || area.height < height {
        too_small(buffer, area, view, state.is_leaving(now));
        None
    } else {
        screen(buffer, area, state, view, now)
    };
    if view.theme.ascii() {
        theme::to_ascii(buffer);
    } else {
        isolate::isolate(buffer);
    }
    cursor
}

fn too_small(buffer: &mut Buffer, area: Rect, view: &ViewState, leaving: bool) {
    let (clock, links) = (view.clock.clone(), view.links.clone());
    let paint = Paint {
        theme: view.theme,
        clock: &clock,
        links: &links,
        beat: 0,
    };
    let (width, height) = layout::LEAST;
    let text = if leaving {
        "Press Ctrl-C again to quit.".to_owned()
    } else {
        format!(
            "Too small: {}×{}. assetdeck needs {width}×{height}. Ctrl-C twice quits, Ctrl-Z stops; \
             no other key does anything.",
            area.width, area.height
        )
    };
    for (line, y) in wrap(&[say(text)], usize::from(area.width))
        .iter()
        .zip(area.y..area.bottom())
    {
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        paint.line(buffer, row, line, Style::new());
    }
}

fn screen(
    buffer: &mut Buffer,
    area: Rect,
    state: &State,
    view: &mut ViewState,
    now: Instant,
) -> Option<Position> {
    let (clock, links) = (view.clock.clone(), view.links.clone());
    let paint = Paint {
        theme: view.theme,
        clock: &clock,
        links: &links,
        beat: state.spinner,
    };
    let footer = Footer::compose(state, area.width, &paint);
    let below = footer.height();
    let top = Rect { height: 1, ..area };
    let middle = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1 + below),
        ..area
    };
    let bottom = Rect {
        y: middle.bottom(),
        height: below,
        ..area
    };
    header::draw(buffer, top, state, &paint);
    let panes = layout::shown(state.browse.focus, state.browse.zoom, area.width);
    let mut cursor = None;
    let places = layout::places(&panes, middle, &state.browse.widths);
    for place in &places {
        let typed = panes::draw(buffer, *place, state, view, now);
        cursor = cursor.or(typed);
    }
    view.divide(places);
    footer.draw(buffer, bottom, &paint);
    let views = state.modal_views();
    let accounts = state.modal_accounts();
    view.modals.resize_with(views.len(), ModalScroll::default);
    let mut scrolls = std::mem::take(&mut view.modals);
    let mut covered = Vec::new();
    // The footer stays: it says what happens beside the modal. So does the line above, which says
    // where we are, unless every line is needed.
    let above = u16::from(area.height >= 20);
    let room = Rect {
        y: area.y + above,
        height: area.height.saturating_sub(below + above),
        ..area
    };
    for ((modal, account), scroll) in views.iter().zip(&accounts).zip(&mut scrolls) {
        let modal = (modal, account.as_ref());
        let (typed, hit) = modal::draw(buffer, room, modal, scroll, &paint);
        cursor = typed;
        covered.push(hit.area);
        view.hits.retain(|hit| hit.target != Target::Modal);
        view.hits.push(Hit {
            area: hit.area,
            target: Target::Modal,
            rows: hit.rows,
        });
    }
    view.modals = scrolls;
    keep_for_pictures(buffer, view, &covered);
    cursor
}

/// Takes the cells under pictures out of the comparison with the last frame, so that nothing is
/// written over them; a picture that a modal touches is not shown.
fn keep_for_pictures(buffer: &mut Buffer, view: &mut ViewState, covered: &[Rect]) {
    let covers = |area: Rect| covered.iter().any(|it| it.intersects(area));
    let shown = |placed: &Placed| placed.drawn.form.is_text() || !covers(placed.area);
    let kept = std::mem::take(&mut view.pictures);
    let kept: Vec<Placed> = kept.into_iter().filter(shown).collect();
    for placed in kept.iter().filter(|placed| !placed.drawn.form.is_text()) {
        for at in placed.area.rows().flat_map(Rect::columns) {
            if let Some(cell) = buffer.cell_mut(at.as_position()) {
                cell.set_diff_option(CellDiffOption::Skip);
            }
        }
    }
    view.pictures = kept;
}
