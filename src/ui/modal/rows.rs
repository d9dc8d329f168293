//! The blocks of a modal that take the room that is left: lists and long texts; and the bar of a
//! transfer.

use ratatui::text::{Line, Span};

use super::blocks::{LaidList, Pen};
use crate::app::modal::view::{Listing, RowView, Tone, toned};
use crate::ui::table::follow;
use crate::ui::text::{cut, cut_name, width};
use crate::ui::theme::Role;

impl Pen<'_> {
    pub fn progress(&mut self, ratio: f64, label: &str) {
        let label = cut(label, self.columns / 2);
        let room = self.columns.saturating_sub(width(&label) + 2);
        let (done, rest) = bar(ratio, room);
        self.push(vec![
            Span::styled(done, self.style(Role::Bar)),
            Span::styled(rest, self.style(Role::Dim)),
            Span::raw(format!("  {label}")),
        ]);
    }

    pub fn list(
        &mut self,
        rows: &Listing,
        cursor: usize,
        focused: bool,
        empty: &str,
        height: usize,
        offset: &mut usize,
    ) {
        let from = self.laid.lines.len();
        if rows.is_empty() {
            self.words(2, &[toned(empty, Tone::Dim)]);
        }
        *offset = follow(*offset, cursor, rows.len(), height);
        for (at, row) in rows.from(*offset).take(height) {
            self.row(row, at == cursor, focused);
        }
        self.laid
            .lines
            .resize((from + height).max(self.laid.lines.len()), Line::default());
        self.laid.list = Some(LaidList {
            line: from,
            height,
            first: *offset,
        });
        if focused {
            let line = from + cursor.saturating_sub(*offset);
            self.laid.focus = Some((line, line + 1));
        }
    }

    fn row(&mut self, row: &RowView, under_cursor: bool, focused: bool) {
        let theme = self.paint.theme;
        let base = match (under_cursor, focused, &row.refused) {
            (true, true, _) => theme.style(Role::Cursor),
            (true, false, _) => theme.style(Role::CursorAway),
            (false, _, Some(_)) => theme.style(Role::Dim),
            (false, _, None) => theme.tone(row.tone),
        };
        let side = match &row.refused {
            Some(reason) if row.right.is_empty() => reason.clone(),
            Some(reason) => format!("{reason}  {}", row.right),
            None => row.right.clone(),
        };
        let room = self.columns.saturating_sub(2);
        // The name needs half; a reason may take the rest.
        let side = cut(
            &side,
            room.saturating_sub(room.min(width(&row.left)).min(room / 2) + 2),
        );
        let left = cut_name(&row.left, room.saturating_sub(width(&side) + 1));
        let gap = room.saturating_sub(width(&left) + width(&side));
        let mark = if row.marked { "✓" } else { " " };
        let bar = if under_cursor { "▌" } else { " " };
        self.push(vec![
            Span::styled(bar, theme.style(Role::Bar)),
            Span::styled(mark, theme.style(Role::Mark)),
            Span::styled(left, base),
            Span::styled(" ".repeat(gap), base),
            Span::styled(side, base),
        ]);
    }

    pub fn scroll(&mut self, lines: &[String], top: usize, height: usize) {
        let from = self.laid.lines.len();
        let top = top.min(lines.len().saturating_sub(height));
        for line in lines.iter().skip(top).take(height) {
            self.push(vec![Span::raw(cut(line, self.columns))]);
        }
        self.laid.lines.resize(from + height, Line::default());
    }
}

/// A bar of this many columns, done and to do. Full only when all is done.
fn bar(ratio: f64, columns: usize) -> (String, String) {
    let ratio = if ratio.is_finite() {
        ratio.clamp(0.0, 1.0)
    } else {
        0.0
    };
    // Columns of a screen are few: nothing is lost on the way through f64.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let done = ((columns as f64) * ratio).floor() as usize;
    let done = done.min(columns);
    ("━".repeat(done), "─".repeat(columns - done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_only_when_all_is_done() {
        assert_eq!(bar(0.999, 10), ("━".repeat(9), "─".to_owned()));
        assert_eq!(bar(1.0, 4).1, "");
        assert_eq!(bar(f64::NAN, 4).0, "");
    }
}
