//! The four panes: their frames, titles and counts, and which drawer fills them.

mod assets;
mod body;
mod brief;
mod details;
mod middle;
mod picture;
mod places;

use std::ops::Range;
use std::time::Instant;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType, Widget};

use self::body::waits;
use super::paint::{Paint, wide};
use super::text::{age, count};
use super::theme::Role;
use super::view_state::{Hit, ViewState};
use crate::app::key::Target;
use crate::app::list::{List, Row};
use crate::app::modal::view::{Piece, Tone, toned};
use crate::app::remote::Listing;
use crate::app::{Face, Pane, State};
use crate::domain::SafeText;

/// What a pane's frame says.
#[derive(Default)]
struct Frame {
    title: String,
    /// After the title: counts and marks.
    count: Vec<Piece>,
    /// At the right of the title: the spinner.
    corner: Vec<Piece>,
    /// The filter in the lower border; nothing in it where there is none.
    filter: Vec<Piece>,
    /// At the right of the lower border: the data's age, why it is old.
    status: Vec<Piece>,
}

/// One pane's surroundings while it is drawn.
struct Ground<'a> {
    state: &'a State,
    focused: bool,
    now: Instant,
    paint: Paint<'a>,
}

/// A filter, with the part of it that is wrong.
fn filter_line(text: &str, wrong: Option<Range<usize>>) -> Vec<Piece> {
    let wrong = wrong.unwrap_or_default();
    let part = |from: usize, to: usize| {
        let part: String = text.chars().skip(from).take(to - from).collect();
        SafeText::prose(&part).into_string()
    };
    if wrong.is_empty() {
        let text = SafeText::prose(text);
        return vec![toned(format!(" /{text} "), Tone::Strong)];
    }
    vec![
        toned(format!(" /{}", part(0, wrong.start)), Tone::Strong),
        toned(part(wrong.start, wrong.end), Tone::Bad),
        toned(format!("{} ", part(wrong.end, usize::MAX)), Tone::Strong),
    ]
}

/// Draws one pane. Returns where the cursor stands when its filter is being typed.
pub fn draw(
    buffer: &mut Buffer,
    (pane, area): (Pane, Rect),
    state: &State,
    view: &mut ViewState,
    now: Instant,
) -> Option<Position> {
    if area.width < 4 || area.height < 3 {
        return None;
    }
    let theme = view.theme;
    let (clock, links) = (view.clock.clone(), view.links.clone());
    let ground = Ground {
        state,
        focused: state.browse.focus == pane,
        now,
        paint: Paint {
            theme,
            clock: &clock,
            links: &links,
            beat: state.spinner,
        },
    };
    let frame = match pane {
        Pane::Places => places::frame(&ground),
        Pane::Middle => middle::frame(&ground),
        Pane::Assets => assets::frame(&ground),
        Pane::Details => details::frame(&ground),
    };
    let border = theme.style(if ground.focused {
        Role::Focus
    } else {
        Role::Dim
    });
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border);
    let inner = block.inner(area);
    block.render(area, buffer);
    let cursor = ground.borders(buffer, area, &frame);
    let rows = match pane {
        Pane::Places => places::body(&ground, buffer, inner, view.seen(pane)),
        Pane::Middle => middle::body(&ground, buffer, inner, view.seen(pane)),
        Pane::Assets => assets::body(&ground, buffer, inner, view.seen(pane)),
        Pane::Details => {
            let drawing = details::body(&ground, buffer, inner);
            view.picture_room = drawing.room;
            view.pictures = drawing.placed;
            None
        }
    };
    let rows = rows.map(|rows| (rows, view.seen(pane).offset));
    view.hits.push(Hit {
        area,
        target: Target::Pane(pane),
        rows,
    });
    cursor
}

impl Ground<'_> {
    /// Writes title, counts, filter and age over the border.
    fn borders(&self, buffer: &mut Buffer, area: Rect, frame: &Frame) -> Option<Position> {
        let paint = &self.paint;
        let room = |y| Rect {
            x: area.x + 2,
            y,
            width: area.width.saturating_sub(4),
            height: 1,
        };
        let clean = |buffer: &mut Buffer, x: u16, y: u16, columns: u16| {
            // The border's own style would shine through.
            for x in x..x + columns {
                if let Some(cell) = buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        };
        let top = room(area.y);
        let corner = wide(&frame.corner);
        // In the terminal's own colour: an accent that is easy to read on every background does not
        // exist among the sixteen.
        let tone = if self.focused {
            Tone::Strong
        } else {
            Tone::Plain
        };
        let lead = if self.focused { "▸" } else { " " };
        let mut title = match frame.title.as_str() {
            "" if !self.focused => Vec::new(),
            named => vec![toned(format!("{lead}{named} "), tone)],
        };
        title.extend(frame.count.iter().cloned());
        let left = Rect {
            width: top
                .width
                .saturating_sub(if corner > 0 { corner + 3 } else { 0 }),
            ..top
        };
        clean(buffer, left.x, left.y, wide(&title).min(left.width));
        paint.line(buffer, left, &title, Style::new());
        if corner > 0 && corner + 2 <= top.width {
            let x = top.right() - corner - 2;
            clean(buffer, x, top.y, corner + 2);
            let place = Rect {
                x: x + 1,
                width: corner,
                ..top
            };
            paint.line(buffer, place, &frame.corner, Style::new());
        }
        let bottom = room(area.bottom() - 1);
        let status = wide(&frame.status);
        let shows = status > 0 && status + 2 <= bottom.width;
        if shows {
            let x = bottom.right() - status - 2;
            clean(buffer, x, bottom.y, status + 2);
            let place = Rect {
                x: x + 1,
                width: status,
                ..bottom
            };
            paint.line(buffer, place, &frame.status, Style::new());
        }
        let taken = if shows { status + 3 } else { 0 };
        let editing = self.state.filtering.as_ref().filter(|_| self.focused);
        if frame.filter.is_empty() {
            return None;
        }
        let width = bottom.width.saturating_sub(taken).max(8.min(bottom.width));
        clean(buffer, bottom.x, bottom.y, wide(&frame.filter).min(width));
        let place = Rect { width, ..bottom };
        paint.line(buffer, place, &frame.filter, Style::new());
        let editing = editing?;
        let before = super::text::width(
            &editing
                .value()
                .chars()
                .take(editing.cursor())
                .collect::<String>(),
        );
        let along = u16::try_from(before).unwrap_or(u16::MAX);
        let x = bottom.x.saturating_add(2).saturating_add(along);
        Some(Position::new(x.min(bottom.right() - 1), bottom.y))
    }

    /// Counts, marks and the filter of a list. `all` counts without headings.
    fn counted<R: Row>(&self, frame: &mut Frame, list: &List<R>, all: usize, shown: usize) {
        if all > 0 {
            let text = if shown == all {
                count(all)
            } else {
                format!("{} of {}", count(shown), count(all))
            };
            frame.count.push(toned(format!("{text} "), Tone::Dim));
        }
        let marks = list.marks();
        if marks > 0 {
            frame
                .count
                .push(toned(format!("✓ {} ", count(marks)), Tone::Strong));
        }
        if list.ranging() {
            frame.count.push(toned("range ", Tone::Warning));
        }
        let asked = list.not_asked();
        if asked > 0 {
            let text = format!("{} not asked ", count(asked));
            frame.count.push(toned(text, Tone::Warning));
        }
        frame.filter = match &self.state.filtering {
            Some(typed) if self.focused => {
                let wrong = self.state.filter_error().map(|error| error.at);
                filter_line(typed.value(), wrong)
            }
            _ if list.filter().is_empty() => Vec::new(),
            _ => filter_line(list.filter(), None),
        };
    }

    /// A list that ended before its last page says so, and what goes on with it.
    fn cut_off<R: Row>(&self, frame: &mut Frame, listing: &Listing<R>) {
        if !listing.is_cut_off() {
            return;
        }
        let (text, tone) = match listing.remote.error() {
            Some(_) => ("✗ cut off", Tone::Bad),
            None => ("! stopped", Tone::Warning),
        };
        let next = format!(" · {} goes on", self.key_of("refresh"));
        frame.status = vec![toned(text, tone), toned(next, Tone::Dim)];
    }

    /// The spinner while it loads, the age of rows that are about to be replaced or could not be.
    fn freshness(&self, frame: &mut Frame, face: &Face<'_>) {
        match face {
            Face::Loading { .. } => frame.corner = self.spinner(),
            Face::Rows {
                loading,
                held,
                error,
                at,
            } => {
                if let Some(held) = held {
                    frame.status.push(waits(held));
                    frame.status.push(toned(" ", Tone::Dim));
                }
                if *loading {
                    frame.corner = self.spinner();
                }
                let old = at.map(|at| age(self.now.saturating_duration_since(at).as_secs()));
                if error.is_some() {
                    frame.status.push(toned("✗ not refreshed", Tone::Bad));
                    if let Some(old) = old {
                        frame.status.push(toned(format!(" · {old}"), Tone::Dim));
                    }
                } else if let (true, Some(old)) = (*loading, old) {
                    frame.status.push(toned(old, Tone::Dim));
                }
            }
            _ => {}
        }
    }

    /// The key of an action, as the user has it; empty when it has none.
    fn key_of(&self, name: &str) -> String {
        self.state.keymap.key_of(name)
    }

    fn spinner(&self) -> Vec<Piece> {
        vec![toned(self.paint.spinner(), Tone::Strong)]
    }
}
