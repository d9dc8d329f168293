//! Draws any modal: one drawer for every sheet and form.

mod blocks;
mod code;
mod grid;
mod rows;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Block as Frame, BorderType, Clear, Padding, Widget};

use self::blocks::{Laid, lay_out};
use super::paint::{Paint, wide};
use super::text::{cut, width};
use super::theme::Role;
use crate::app::modal::view::{Block, ModalView, Piece, Room, Tone, say, toned};

/// Where a modal was scrolled to; begins anew with another modal.
#[derive(Debug, Default)]
pub struct ModalScroll {
    title: String,
    /// First line of the blocks in view.
    pub(super) top: usize,
    /// First row of each list in view, in the order of the blocks.
    pub(super) lists: Vec<usize>,
}

/// What the mouse can hit in a modal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModalBox {
    pub area: Rect,
    /// The rows of its list, and the first row's number.
    pub rows: Option<(Rect, usize)>,
}

/// Draws the modal in the middle of the screen, with the account that it is about. Returns where the cursor stands, if a field has it,
/// and what the mouse can hit.
pub fn draw(
    buffer: &mut Buffer,
    screen: Rect,
    (view, account): (&ModalView, Option<&Piece>),
    scroll: &mut ModalScroll,
    paint: &Paint<'_>,
) -> (Option<Position>, ModalBox) {
    if scroll.title != view.title {
        *scroll = ModalScroll {
            title: view.title.clone(),
            ..ModalScroll::default()
        };
    }
    // On small screens every line and column is needed; a code is never scrolled.
    let coded = view.blocks.iter().any(|it| matches!(it, Block::Code(_)));
    let roomy = !coded && screen.width >= 60 && screen.height >= 18;
    let margin = if roomy { 2 } else { 0 };
    let widest = screen.width.saturating_sub(2 * margin);
    let highest = screen.height.saturating_sub(margin);
    let outer_width = match view.room {
        Room::Small => widest.min(68),
        Room::Wide => widest.min(96),
        Room::Full => widest,
    };
    let side = if roomy { 2 } else { 1 };
    let inner_width = outer_width.saturating_sub(2 + 2 * side);
    let pad = u16::from(roomy);
    let most = highest.saturating_sub(2 + 2 * pad);
    let laid = lay_out(
        view,
        usize::from(inner_width),
        usize::from(most),
        &mut scroll.lists,
        paint,
    );
    let wanted = u16::try_from(laid.lines.len()).unwrap_or(u16::MAX);
    let inner_height = match view.room {
        Room::Full => most,
        _ => wanted.min(most),
    };
    let area = centred(screen, outer_width, inner_height + 2 + 2 * pad);
    clear(buffer, area);
    let inner = frame(buffer, area, (view, account), (side, pad), paint);
    let (top, cursor) = place(buffer, inner, &laid, &mut scroll.top, paint);
    let rows = laid.list.map(|list| {
        let first = list.line.saturating_sub(top);
        let above = top.saturating_sub(list.line);
        let height = list.height.saturating_sub(above);
        let visible = usize::from(inner.height).saturating_sub(first).min(height);
        let rect = Rect {
            x: inner.x,
            y: inner.y + u16::try_from(first).unwrap_or(u16::MAX).min(inner.height),
            width: inner.width,
            height: u16::try_from(visible).unwrap_or_default(),
        };
        (rect, list.first + above)
    });
    (cursor, ModalBox { area, rows })
}

fn centred(screen: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(screen.width);
    let height = height.min(screen.height);
    Rect {
        x: screen.x + (screen.width - width) / 2,
        // A little above the middle looks like the middle.
        y: screen.y + (screen.height - height) * 2 / 5,
        width,
        height,
    }
}

/// Empties the area, and what a wide glyph to its left would cover of it.
fn clear(buffer: &mut Buffer, area: Rect) {
    Clear.render(area, buffer);
    if let Some(x) = area.x.checked_sub(1) {
        for y in area.top()..area.bottom() {
            if let Some(cell) = buffer.cell_mut((x, y))
                && width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
        }
    }
}

fn frame(
    buffer: &mut Buffer,
    area: Rect,
    (view, account): (&ModalView, Option<&Piece>),
    (side, pad): (u16, u16),
    paint: &Paint<'_>,
) -> Rect {
    let theme = paint.theme;
    let role = if view.danger { Role::Bad } else { Role::Focus };
    let block = Frame::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(role))
        .padding(Padding::new(side, side, pad, pad));
    let inner = block.inner(area);
    block.render(area, buffer);
    let room = area.width.saturating_sub(4);
    let line = |y: u16| Rect {
        x: area.x + 2.min(area.width),
        y,
        width: room,
        height: 1.min(area.height),
    };
    let title = if view.danger {
        format!(" ! {} ", view.title)
    } else {
        format!(" {} ", view.title)
    };
    // Whose it is stays in view; the title gives way.
    let account = account.map(|name| {
        let text = cut(&name.text, usize::from(room / 2));
        let tone = name.tone;
        [say(" "), toned(text, tone), say(" ")]
    });
    let account = account
        .as_ref()
        .map(<[Piece; 3]>::as_slice)
        .unwrap_or_default();
    let right = wide(account).min(room);
    let left = room.saturating_sub(right + u16::from(right > 0));
    let title = [toned(cut(&title, usize::from(left)), Tone::Strong)];
    let style = theme.style(if view.danger { Role::Bad } else { Role::Strong });
    on_border(buffer, line(area.y), &title, style, paint);
    let at_right = Rect {
        x: area.right().saturating_sub(2 + right),
        width: right,
        ..line(area.y)
    };
    on_border(buffer, at_right, account, Style::new(), paint);
    if area.height > 1 && !view.hints.is_empty() {
        // The last two say what else can be done and how to leave: they stay when others do not fit.
        let mut hints = paint.hints(&view.hints, 2, room.saturating_sub(2));
        hints.insert(0, toned(" ", Tone::Plain));
        hints.push(toned(" ", Tone::Plain));
        on_border(buffer, line(area.bottom() - 1), &hints, Style::new(), paint);
    }
    inner
}

/// Writes over a border, whose own style would shine through.
fn on_border(buffer: &mut Buffer, line: Rect, words: &[Piece], style: Style, paint: &Paint<'_>) {
    for x in line.x..line.x + wide(words).min(line.width) {
        if let Some(cell) = buffer.cell_mut((x, line.y)) {
            cell.reset();
        }
    }
    paint.line(buffer, line, words, style);
}

/// Puts the laid lines into the frame, scrolled so that what has the focus is in view.
fn place(
    buffer: &mut Buffer,
    inner: Rect,
    laid: &Laid,
    top: &mut usize,
    paint: &Paint<'_>,
) -> (usize, Option<Position>) {
    let height = usize::from(inner.height);
    let last = laid.lines.len().saturating_sub(height);
    if let Some((from, to)) = laid.focus {
        if to > *top + height {
            *top = to.saturating_sub(height);
        }
        if from < *top {
            *top = from;
        }
    }
    *top = (*top).min(last);
    for (line, at) in laid.lines.iter().skip(*top).zip(0..inner.height) {
        let place = Rect {
            y: inner.y + at,
            height: 1,
            ..inner
        };
        buffer.set_line(place.x, place.y, line, place.width);
    }
    if inner.height > 0 && inner.width > 0 {
        let dim = paint.theme.style(Role::Dim);
        let right = inner.right();
        if *top > 0 {
            buffer.set_stringn(right, inner.y, "↑", 1, dim);
        }
        if *top < last {
            buffer.set_stringn(right, inner.bottom() - 1, "↓", 1, dim);
        }
    }
    let cursor = laid.cursor.and_then(|(line, column)| {
        let down = u16::try_from(line.checked_sub(*top)?).ok()?;
        let along = u16::try_from(column)
            .ok()?
            .min(inner.width.saturating_sub(1));
        (down < inner.height).then(|| Position::new(inner.x + along, inner.y + down))
    });
    (*top, cursor)
}
