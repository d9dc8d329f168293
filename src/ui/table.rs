//! One table drawn from any columns. It asks for the rows in view only, so that a million rows cost
//! what thirty cost.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::Paint;
use super::text::{cut, cut_name, cut_start, width, words};
use super::theme::Role;
use crate::app::columns::{Column, Value, Width};
use crate::app::modal::view::Piece;

/// Columns in front of every row: the bar and the mark.
const GUTTER: u16 = 2;
/// Columns between two columns.
const GAP: u16 = 2;
/// What a name gets, if it is that long, before further columns come.
const NAME: u16 = 16;
/// Columns that stay free at the right, so that numbers do not touch the frame.
const PAD: u16 = 1;

/// How many rows decide what a column's values need; always the first, so that scrolling moves no
/// column.
const LOOKED_AT: usize = 200;

/// One row as it is asked for.
pub enum Row<'a, T: Clone> {
    /// A thing, told by the table's columns.
    Item { item: Cow<'a, T>, marked: bool },
    /// Words over the whole width, and some at its end that stay: a group, a segment with its mark,
    /// an entry that could not be read.
    Words {
        words: Vec<Piece>,
        end: Vec<Piece>,
        marked: bool,
    },
}

/// What drawing remembers of a table between frames.
#[derive(Debug, Default)]
pub struct Seen {
    /// First row in view.
    pub offset: usize,
    /// Of which rows the columns were measured last, and how wide each wants to be.
    holds: Option<(u64, Vec<u16>)>,
}

/// What a table is drawn from, beside its rows.
pub struct Table<'a, T: 'static> {
    pub columns: &'a [&'static Column<T>],
    /// The column that the rows are sorted by, by name, and whether downwards.
    pub sorted: Option<(&'a str, bool)>,
    /// Which rows these are: others have another number.
    pub rows: u64,
    /// How many rows there are.
    pub len: usize,
    pub cursor: Option<usize>,
    pub focused: bool,
}

/// The offset at which the cursor is in view with a margin. At the edge it moves by a quarter of the
/// page: line by line every row would be painted anew for each key, which is slow over a slow line.
pub fn follow(offset: usize, cursor: usize, len: usize, height: usize) -> usize {
    let last = len.saturating_sub(height);
    if height == 0 {
        return 0;
    }
    let margin = (height - 1).min(4) / 2;
    let step = margin.max(height / 4);
    let offset = offset.min(last);
    let offset = if cursor < offset + margin {
        cursor.saturating_sub(step)
    } else if cursor + margin >= offset + height {
        (cursor + 1 + step).saturating_sub(height)
    } else {
        offset
    };
    // A jump must not push the cursor out of a page that is hardly larger than the jump.
    offset.min(cursor).min(last)
}

/// The columns that fit, with their widths: the highest ranks leave first, rank 0 never does.
///
/// `holds` says how wide the widest value of a column is, as far as it was looked at.
pub fn fit<'a, T>(
    columns: &[&'a Column<T>],
    room: u16,
    wishes: &[u16],
) -> Vec<(&'a Column<T>, u16)> {
    let holds = |column: &Column<T>| {
        let same = |it: &&Column<T>| std::ptr::eq(*it, column);
        let at = columns.iter().position(same);
        at.and_then(|at| wishes.get(at)).copied().unwrap_or(0)
    };
    let least = |column: &Column<T>| match column.width {
        // What names a row is worth more than one column more, up to a readable width.
        Width::Grow(width) if column.rank == 0 => width.max(NAME.min(holds(column)).min(room / 2)),
        Width::Fixed(width) | Width::Grow(width) => width,
    };
    let mut kept: Vec<&Column<T>> = columns.to_vec();
    loop {
        let gaps = GAP * u16::try_from(kept.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let wanted = kept
            .iter()
            .fold(gaps, |sum, column| sum.saturating_add(least(column)));
        let leaves = kept
            .iter()
            .enumerate()
            .filter(|(_, column)| column.rank > 0)
            .max_by_key(|(at, column)| (column.rank, *at))
            .map(|(at, _)| at);
        if wanted <= room || leaves.is_none() {
            return share(&kept, room, least, holds);
        }
        if let Some(at) = leaves {
            kept.remove(at);
        }
    }
}

/// Gives what is left to the growing columns, first to those whose values are cut; or takes what is
/// missing from the first that can spare it.
fn share<'a, T>(
    kept: &[&'a Column<T>],
    room: u16,
    least: impl Fn(&Column<T>) -> u16,
    holds: impl Fn(&Column<T>) -> u16,
) -> Vec<(&'a Column<T>, u16)> {
    let gaps = GAP * u16::try_from(kept.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let mut widths: Vec<u16> = kept.iter().map(|column| least(column)).collect();
    let wanted = widths
        .iter()
        .fold(gaps, |sum, width| sum.saturating_add(*width));
    let grows = |at: &usize| matches!(kept[*at].width, Width::Grow(_));
    let growing: Vec<usize> = (0..kept.len()).filter(grows).collect();
    let wishes: Vec<u16> = kept.iter().map(|column| holds(column)).collect();
    let mut spare = room.saturating_sub(wanted);
    while spare > 0 {
        let cut: Vec<usize> = growing
            .iter()
            .copied()
            .filter(|at| widths[*at] < wishes[*at])
            .collect();
        if cut.is_empty() {
            break;
        }
        for at in cut.into_iter().take(usize::from(spare)) {
            widths[at] += 1;
            spare -= 1;
        }
    }
    if let Some(first) = growing.first() {
        widths[*first] += spare;
    }
    let mut missing = wanted.saturating_sub(room);
    for width in &mut widths {
        let taken = missing.min(width.saturating_sub(1));
        missing -= taken;
        *width -= taken;
    }
    kept.iter().copied().zip(widths).collect()
}

impl<T: Clone> Table<'_, T> {
    /// Draws the head and the rows in view, moves `offset` so that the cursor is among them, and
    /// returns the place of the rows, for the mouse.
    pub fn draw<'r>(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        seen: &mut Seen,
        paint: &Paint<'_>,
        row: impl Fn(usize) -> Option<Row<'r, T>>,
    ) -> Rect {
        let inner = area.width.saturating_sub(GUTTER + PAD);
        let measured = { seen.holds.take() }.filter(|(rows, _)| *rows == self.rows);
        let (_, holds) = seen.holds.insert(measured.unwrap_or_else(|| {
            let columns = self.columns.iter();
            let holds = columns.map(|column| self.holds(column, paint, &row));
            (self.rows, holds.collect())
        }));
        let columns = fit(self.columns, inner, holds);
        let offset = &mut seen.offset;
        // A head over one column says nothing; the pane's title already does.
        let headed = self.columns.len() > 1 && area.height > 2;
        if headed {
            self.head(buffer, area, &columns, paint);
        }
        let skip = u16::from(headed).min(area.height);
        let rows = Rect {
            y: area.y + skip,
            height: area.height - skip,
            ..area
        };
        *offset = match self.cursor {
            Some(cursor) => follow(*offset, cursor, self.len, usize::from(rows.height)),
            None => 0,
        };
        for line in 0..rows.height {
            let at = *offset + usize::from(line);
            if at >= self.len {
                break;
            }
            let Some(row) = row(at) else { break };
            let place = Rect {
                y: rows.y + line,
                height: 1,
                ..rows
            };
            self.row(
                buffer,
                place,
                self.cursor == Some(at),
                &row,
                &columns,
                paint,
            );
        }
        rows
    }

    /// How wide the widest of a growing column's first values is.
    fn holds<'r>(
        &self,
        column: &Column<T>,
        paint: &Paint<'_>,
        row: &impl Fn(usize) -> Option<Row<'r, T>>,
    ) -> u16
    where
        T: 'r,
    {
        if matches!(column.width, Width::Fixed(_)) {
            return 0;
        }
        (0..self.len.min(LOOKED_AT))
            .filter_map(|at| match row(at) {
                Some(Row::Item { item, .. }) => {
                    let text = words(&(column.value)(&item), paint.clock);
                    Some(u16::try_from(width(&text)).unwrap_or(u16::MAX))
                }
                _ => None,
            })
            .max()
            .unwrap_or(0)
    }

    fn head(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        columns: &[(&Column<T>, u16)],
        paint: &Paint<'_>,
    ) {
        let style = paint.theme.style(Role::Head);
        let mut x = area.x + GUTTER;
        for (column, wide) in columns {
            let mut name = column.name.to_uppercase();
            if let Some((_, down)) = self.sorted.filter(|(name, _)| *name == column.name) {
                name.push_str(if down { " ↓" } else { " ↑" });
            }
            cell(
                buffer,
                (x, area.y),
                *wide,
                &cut(&name, usize::from(*wide)),
                column.right,
                style,
            );
            x += wide + GAP;
        }
    }

    fn row(
        &self,
        buffer: &mut Buffer,
        place: Rect,
        under_cursor: bool,
        row: &Row<'_, T>,
        columns: &[(&Column<T>, u16)],
        paint: &Paint<'_>,
    ) {
        let theme = paint.theme;
        let base = match (under_cursor, self.focused) {
            (true, true) => theme.style(Role::Cursor),
            (true, false) => theme.style(Role::CursorAway),
            _ => Style::new(),
        };
        let (Row::Item { marked, .. } | Row::Words { marked, .. }) = row;
        paint.gutter(buffer, place, under_cursor, *marked);
        let text = Rect {
            x: place.x + GUTTER.min(place.width),
            width: place.width.saturating_sub(GUTTER),
            ..place
        };
        buffer.set_style(text, base);
        let text = Rect {
            width: text.width.saturating_sub(PAD),
            ..text
        };
        match row {
            Row::Item { item, .. } => {
                let mut x = text.x;
                for (column, wide) in columns {
                    let value = (column.value)(item);
                    let style = if value == Value::Absent && !under_cursor {
                        theme.style(Role::Dim)
                    } else {
                        base
                    };
                    let text = words(&value, paint.clock);
                    // Of a path the end tells more; of a name the beginning and the extension.
                    let text = if column.rank > 0 && text.contains('/') {
                        cut_start(&text, usize::from(*wide))
                    } else {
                        cut_name(&text, usize::from(*wide))
                    };
                    cell(buffer, (x, place.y), *wide, &text, column.right, style);
                    x += wide + GAP;
                }
            }
            Row::Words { words, end, .. } => paint.both_ends(buffer, text, words, end, base),
        }
    }
}

/// Writes one cell's text, cut already, at its side.
fn cell(buffer: &mut Buffer, (x, y): (u16, u16), wide: u16, text: &str, right: bool, style: Style) {
    let used = u16::try_from(width(text)).unwrap_or(u16::MAX).min(wide);
    let x = if right { x + (wide - used) } else { x };
    if buffer.area.contains((x, y).into()) {
        buffer.set_stringn(x, y, text, usize::from(wide), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::Clock;
    use crate::ui::theme::Theme;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_cursor_is_always_in_view(
            offset in 0_usize..2000, len in 1_usize..1000, at in 0_usize..1000, height in 1_usize..60,
        ) {
            let cursor = at % len;
            let top = follow(offset, cursor, len, height);
            prop_assert!(top <= cursor && cursor < top + height);
            prop_assert!(top + height <= len.max(height), "no page beyond the end");
        }

        #[test]
        fn columns_never_exceed_their_room(room in 0_u16..200) {
            let columns = columns();
            let columns: Vec<_> = columns.iter().collect();
            let kept = fit(&columns, room, &[30; 3]);
            let gaps = GAP * u16::try_from(kept.len() - 1).unwrap();
            let sum: u16 = kept.iter().map(|(_, wide)| wide).sum();
            prop_assert!(sum + gaps <= room.max(1));
            prop_assert_eq!(kept[0].0.name, "name");
        }
    }

    fn columns() -> [Column<u8>; 3] {
        let column = |name, width, rank| Column {
            name,
            width,
            right: false,
            rank,
            value: |_: &u8| Value::Absent,
        };
        [
            column("name", Width::Grow(12), 0),
            column("locale", Width::Fixed(6), 1),
            column("size", Width::Fixed(8), 2),
        ]
    }

    #[test]
    fn a_million_rows_cost_what_a_page_costs() {
        let asked = |len: usize| {
            let asked = std::cell::Cell::new(0_usize);
            let columns: Vec<&'static Column<u8>> = Box::leak(Box::new(columns())).iter().collect();
            let table = Table {
                columns: &columns,
                sorted: None,
                rows: 0,
                len,
                cursor: Some(len - 1),
                focused: true,
            };
            let area = Rect::new(0, 0, 60, 30);
            let clock = Clock {
                now: jiff::Timestamp::UNIX_EPOCH,
                zone: jiff::tz::TimeZone::UTC,
            };
            let paint = Paint {
                theme: Theme::new(&crate::domain::Looks::terminal(), true, false),
                clock: &clock,
                links: &crate::ui::links::Links::default(),
                beat: 0,
            };
            table.draw(
                &mut Buffer::empty(area),
                area,
                &mut Seen::default(),
                &paint,
                |_| {
                    asked.set(asked.get() + 1);
                    Some(Row::Item {
                        item: Cow::Owned(0),
                        marked: false,
                    })
                },
            );
            asked.get()
        };
        assert_eq!(asked(1_000_000), asked(1_000));
    }

    #[test]
    fn the_highest_rank_leaves_first() {
        let columns = columns();
        let columns: Vec<_> = columns.iter().collect();
        let names = |room| {
            fit(&columns, room, &[0; 3])
                .iter()
                .map(|(column, wide)| (column.name, *wide))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(40), [("name", 22), ("locale", 6), ("size", 8)]);
        assert_eq!(names(29), [("name", 21), ("locale", 6)]);
        assert_eq!(names(60), [("name", 42), ("locale", 6), ("size", 8)]);
        assert_eq!(names(10), [("name", 10)]);
    }
}
