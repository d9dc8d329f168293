//! A table in a modal: columns by what they hold, the cell under the cursor shown apart.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::blocks::{LaidList, Pen};
use crate::app::modal::view::Tone;
use crate::app::modal::view::{Grid, GridRow, toned};
use crate::ui::table::follow;
use crate::ui::text::{cut, cut_name, width};
use crate::ui::theme::Role;

/// Columns between two columns.
const GAP: usize = 2;
/// No column is wider than this.
const WIDEST: usize = 36;
/// With less room than this it is a list: the first column, the one under the cursor, and the words.
const NARROW: usize = 44;

impl Pen<'_> {
    pub fn grid(&mut self, grid: &Grid, height: usize, offset: &mut usize) {
        let from = self.laid.lines.len();
        let room = self.columns.saturating_sub(2);
        let columns = fit(grid, room);
        let mut head = vec![Span::raw("  ")];
        let style = self.style(Role::Head);
        for (at, wide) in &columns {
            let text = cut(&grid.heads[*at].to_uppercase(), *wide);
            let pad = wide - width(&text) + GAP;
            head.push(Span::styled(text, style));
            head.push(Span::raw(" ".repeat(pad)));
        }
        self.push(head);
        if grid.total == 0 {
            self.words(2, &[toned(grid.empty.clone(), Tone::Dim)]);
        }
        let height = height.saturating_sub(1).max(1);
        *offset = follow(*offset, grid.cursor, grid.total, height);
        let rows = grid.rows.iter().enumerate();
        let rows = rows.map(|(at, row)| (grid.first + at, row));
        for (at, row) in rows.skip(offset.saturating_sub(grid.first)).take(height) {
            let column = (at == grid.cursor).then_some(grid.column);
            self.cells(row, &columns, column, room);
        }
        let line = from + 1;
        self.laid
            .lines
            .resize((line + height).max(self.laid.lines.len()), Line::default());
        self.laid.list = Some(LaidList {
            line,
            height,
            first: *offset,
        });
    }

    fn cells(
        &mut self,
        row: &GridRow,
        columns: &[(usize, usize)],
        cursor: Option<usize>,
        room: usize,
    ) {
        let theme = self.paint.theme;
        let base = match cursor {
            Some(_) => theme.style(Role::Cursor),
            None => theme.style(Role::Text),
        };
        let bar = if cursor.is_some() { "▌" } else { " " };
        let mark = if row.marked { "✓" } else { " " };
        let mut spans = vec![
            Span::styled(bar, theme.style(Role::Bar)),
            Span::styled(mark, theme.style(Role::Mark)),
        ];
        let mut used = 0;
        for (at, wide) in columns {
            let text = row.cells.get(*at).map_or("", String::as_str);
            let here = cursor == Some(*at);
            // The cell that a key edits: in brackets too, so that it never rests on a look alone.
            // Only a name has an ending that is worth its room.
            let shorten = if *at == 0 { cut_name } else { cut };
            let text = if here {
                format!("‹{}›", shorten(text, wide.saturating_sub(2)))
            } else {
                shorten(text, *wide)
            };
            let pad = wide.saturating_sub(width(&text)) + GAP;
            let style = if here {
                base.add_modifier(Modifier::BOLD)
            } else {
                base
            };
            spans.push(Span::styled(text, style));
            spans.push(Span::styled(" ".repeat(pad), base));
            used += wide + GAP;
        }
        let says = cut(&row.says, room.saturating_sub(used));
        let pad = room.saturating_sub(used + width(&says));
        let tone = match cursor {
            Some(_) => base,
            None => theme.tone(row.tone),
        };
        spans.push(Span::styled(says, tone));
        spans.push(Span::styled(" ".repeat(pad), base));
        self.push(spans);
    }
}

/// Which columns are shown, and how wide: the first, the one under the cursor, and as many others as
/// fit beside the words at the end; on a narrow screen none of those.
fn fit(grid: &Grid, room: usize) -> Vec<(usize, usize)> {
    let Grid {
        heads,
        widths,
        column: cursor,
        least,
        ..
    } = grid;
    let (cursor, least) = (*cursor, *least);
    let wish = |at: usize| {
        let head = heads.get(at).map_or(0, |head| width(head));
        // Two for the brackets of the cursor.
        let value = widths.get(at).copied().unwrap_or(0) + 2;
        value.max(head).clamp(least, WIDEST)
    };
    let says = grid.says.min(room / 2);
    let others = if room < NARROW { 0 } else { heads.len() };
    let room = room.saturating_sub(says);
    let mut order: Vec<usize> = vec![0, cursor];
    order.extend((1..others).filter(|at| *at != cursor));
    order.dedup();
    order.retain(|at| *at < heads.len());
    // Narrower ones rather than fewer, as long as something can be read in them.
    let mut shown: Vec<(usize, usize)> = Vec::new();
    for (first, other) in [(20, 14), (16, 10), (12, 8), (least, least)] {
        let mut left = room;
        shown.clear();
        for at in &order {
            let wide = wish(*at).min(if *at == 0 { first } else { other });
            let must = *at == 0 || *at == cursor;
            if must || wide + GAP <= left {
                left = left.saturating_sub(wide + GAP);
                shown.push((*at, wide));
            }
        }
        let used: usize = shown.iter().map(|(_, wide)| wide + GAP).sum();
        if shown.len() == order.len() && used <= room {
            break;
        }
    }
    shown.sort_unstable();
    let used: usize = shown.iter().map(|(_, wide)| wide + GAP).sum();
    let mut spare = room.saturating_sub(used);
    while spare > 0 {
        let mut grown = false;
        for (at, wide) in &mut shown {
            if spare > 0 && *wide < wish(*at) {
                *wide += 1;
                spare -= 1;
                grown = true;
            }
        }
        if !grown {
            break;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_and_the_one_under_the_cursor_always_stay() {
        let heads = ["Name", "Locale", "Folder", "Alt text", "Tags"];
        let widths = [30, 5, 40, 60, 20];
        let grid = |column| Grid {
            heads: heads.map(str::to_owned).to_vec(),
            widths: widths.to_vec(),
            column,
            least: 6,
            says: 18,
            ..Grid::default()
        };
        for room in [20, 34, 60, 100, 160] {
            for cursor in 0..heads.len() {
                let columns = fit(&grid(cursor), room);
                let shown: Vec<usize> = columns.iter().map(|it| it.0).collect();
                assert!(
                    shown.contains(&0) && shown.contains(&cursor),
                    "{room} {shown:?}"
                );
                let used: usize = columns.iter().map(|it| it.1 + GAP).sum();
                assert!(used <= room, "{room}: {columns:?}");
            }
        }
        assert_eq!(fit(&grid(1), 160).len(), 5);
    }
}
