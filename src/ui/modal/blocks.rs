//! Turns a modal's blocks into lines: labels aligned, texts wrapped, lists cut to the room.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::modal::view::{Block, FieldView, ModalView, Piece, Room, Tone, toned};
use crate::ui::paint::Paint;
use crate::ui::text::{cut, head, width, wrap};
use crate::ui::theme::Role;

/// Least rows of a list or a long text, however little room there is.
const LEAST_ROWS: usize = 3;
/// Widest column of labels.
const WIDEST_LABEL: usize = 18;

/// A list within the lines.
pub(super) struct LaidList {
    pub line: usize,
    pub height: usize,
    /// The first row shown.
    pub first: usize,
}

/// A modal's lines.
#[derive(Default)]
pub(super) struct Laid {
    pub lines: Vec<Line<'static>>,
    /// Line and column of the text cursor.
    pub cursor: Option<(usize, usize)>,
    /// The lines that have to be in view, from and to.
    pub focus: Option<(usize, usize)>,
    pub list: Option<LaidList>,
}

pub(super) struct Pen<'a> {
    pub columns: usize,
    labels: usize,
    /// Columns in front of pairs, so that they stand in line with fields.
    lead: usize,
    /// Lines that there are for all blocks.
    pub most: usize,
    pub paint: &'a Paint<'a>,
    pub laid: Laid,
}

/// Lays the blocks out in this many columns. Lists and long texts take what the others leave of
/// `most` lines; the rest is never cut here, but scrolled.
pub(super) fn lay_out(
    view: &ModalView,
    columns: usize,
    most: usize,
    lists: &mut Vec<usize>,
    paint: &Paint<'_>,
) -> Laid {
    let mut pen = Pen {
        columns: columns.max(1),
        labels: label_width(&view.blocks, columns),
        lead: if view.blocks.iter().any(takes_focus) {
            2
        } else {
            0
        },
        most,
        paint,
        laid: Laid::default(),
    };
    // Once without lists, to see how much room is left for them.
    for block in &view.blocks {
        pen.fixed(block);
    }
    let used = pen.laid.lines.len();
    pen.laid = Laid::default();
    let elastic = view.blocks.iter().filter_map(rows_of).count();
    let mut left = most.saturating_sub(used);
    let mut waiting = elastic;
    lists.resize(elastic, 0);
    let mut offsets = lists.iter_mut();
    for block in &view.blocks {
        let Some(rows) = rows_of(block) else {
            pen.fixed(block);
            continue;
        };
        let share = (left / waiting.max(1)).max(LEAST_ROWS);
        // A list that fills the screen keeps its place when its rows become fewer.
        let height = if view.room == Room::Full && elastic == 1 {
            share
        } else {
            share.min(rows)
        };
        waiting -= 1;
        left = left.saturating_sub(height);
        match (block, offsets.next()) {
            (
                Block::List {
                    rows,
                    cursor,
                    focused,
                    empty,
                },
                Some(offset),
            ) => pen.list(rows, *cursor, *focused, empty, height, offset),
            (Block::Grid(grid), Some(offset)) => pen.grid(grid, height, offset),
            (Block::Scroll { lines, top }, _) => pen.scroll(lines, *top, height),
            _ => {}
        }
    }
    pen.laid
}

/// How many rows an elastic block would take; `None` for the others.
fn rows_of(block: &Block) -> Option<usize> {
    match block {
        Block::List { rows, .. } => Some(rows.len().max(1)),
        // Its rows and its head.
        Block::Grid(grid) => Some(grid.total.max(1) + 1),
        Block::Scroll { lines, .. } => Some(lines.len().max(1)),
        _ => None,
    }
}

/// It has a bar in front of it when it has the focus.
const fn takes_focus(block: &Block) -> bool {
    matches!(
        block,
        Block::Field(_) | Block::Choice { .. } | Block::Button { .. }
    )
}

fn label_width(blocks: &[Block], columns: usize) -> usize {
    let widest = blocks
        .iter()
        .map(|block| match block {
            Block::Pairs(pairs) => pairs
                .iter()
                .map(|(label, _)| width(label))
                .max()
                .unwrap_or(0),
            Block::Field(field) => width(field.label),
            Block::Choice { label, .. } => width(label),
            _ => 0,
        })
        .max()
        .unwrap_or(0);
    widest.min(WIDEST_LABEL).min(columns / 3)
}

impl Pen<'_> {
    pub fn style(&self, role: Role) -> Style {
        self.paint.theme.style(role)
    }

    pub fn push(&mut self, spans: Vec<Span<'static>>) {
        self.laid.lines.push(Line::from(spans));
    }

    fn spans(&self, pieces: &[Piece]) -> Vec<Span<'static>> {
        pieces
            .iter()
            .map(|piece| Span::styled(piece.text.clone(), self.paint.style(piece)))
            .collect()
    }

    /// Words below each other, each line moved in.
    pub fn words(&mut self, indent: usize, words: &[Piece]) {
        for line in wrap(words, self.columns.saturating_sub(indent)) {
            let mut spans = self.spans(&line);
            if indent > 0 {
                spans.insert(0, Span::raw(" ".repeat(indent)));
            }
            self.push(spans);
        }
    }

    /// Where values begin: after the bar and the labels.
    const fn value_at(&self) -> usize {
        2 + self.labels + 2
    }

    /// The bar of what has the focus, and the label.
    fn label(&self, label: &str, focused: bool) -> Vec<Span<'static>> {
        let text = cut(label, self.labels);
        let pad = self.labels - width(&text) + 2;
        let bar = if focused { "▌ " } else { "  " };
        let role = if focused { Role::Strong } else { Role::Dim };
        vec![
            Span::styled(bar, self.style(Role::Bar)),
            Span::styled(text, self.style(role)),
            Span::raw(" ".repeat(pad)),
        ]
    }

    fn focus_since(&mut self, from: usize) {
        self.laid.focus = Some((from, self.laid.lines.len()));
    }

    fn fixed(&mut self, block: &Block) {
        match block {
            Block::Line(words) => self.words(0, words),
            Block::Blank => self.push(Vec::new()),
            Block::Heading(text) => {
                let text = cut(text, self.columns);
                self.push(vec![Span::styled(text, self.style(Role::Strong))]);
            }
            Block::Pairs(pairs) => self.pairs(pairs),
            Block::Field(field) => self.field(field),
            Block::Choice {
                label,
                options,
                chosen,
                focused,
                hint,
                error,
            } => {
                let from = self.laid.lines.len();
                self.choice(label, options, *chosen, *focused);
                self.notes(error.as_deref(), hint.as_deref());
                if *focused {
                    self.focus_since(from);
                }
            }
            Block::Button {
                label,
                focused,
                enabled,
            } => self.button(label, *focused, *enabled),
            Block::Code(matrix) => self.code(matrix),
            Block::Progress { ratio, label } => self.progress(*ratio, label),
            Block::List { .. } | Block::Grid(_) | Block::Scroll { .. } => {}
        }
    }

    fn pairs(&mut self, pairs: &[(String, Vec<Piece>)]) {
        let room = self.columns.saturating_sub(self.lead + self.labels + 2);
        for (label, words) in pairs {
            for (at, line) in wrap(words, room).iter().enumerate() {
                let label = if at == 0 {
                    cut(label, self.labels)
                } else {
                    String::new()
                };
                let pad = self.labels - width(&label) + 2;
                let mut spans = vec![
                    Span::raw(" ".repeat(self.lead)),
                    Span::styled(label, self.style(Role::Dim)),
                    Span::raw(" ".repeat(pad)),
                ];
                spans.extend(self.spans(line));
                self.push(spans);
            }
        }
    }

    fn field(&mut self, field: &FieldView) {
        let from = self.laid.lines.len();
        let focused = field.cursor.is_some();
        let at = self.value_at();
        let room = self.columns.saturating_sub(at).max(2);
        let mut spans = self.label(field.label, focused);
        let entry = self.style(Role::Entry);
        if field.value.is_empty() && !field.placeholder.is_empty() {
            let text = cut(&field.placeholder, room);
            let pad = room - width(&text);
            let style = entry.patch(self.style(Role::Dim));
            spans.push(Span::styled(text, style));
            spans.push(Span::styled(" ".repeat(pad), entry));
            if focused {
                self.laid.cursor = Some((from, at));
            }
        } else {
            let (shown, column) = window(&field.value, field.cursor, room);
            let pad = room.saturating_sub(width(&shown));
            spans.push(Span::styled(shown, entry));
            spans.push(Span::styled(" ".repeat(pad), entry));
            if let Some(column) = column {
                self.laid.cursor = Some((from, at + column));
            }
        }
        self.push(spans);
        self.notes(field.error.as_deref(), field.hint.as_deref());
        if focused {
            self.focus_since(from);
        }
    }

    /// What is wrong, and what it is for, below a value.
    fn notes(&mut self, error: Option<&str>, hint: Option<&str>) {
        let at = self.value_at();
        if let Some(error) = error {
            self.words(at, &[toned(format!("✗ {error}"), Tone::Bad)]);
        }
        if let Some(hint) = hint {
            self.words(at, &[toned(hint, Tone::Dim)]);
        }
    }

    fn choice(&mut self, label: &str, options: &[String], chosen: usize, focused: bool) {
        let room = self.columns.saturating_sub(self.value_at());
        let mut spans = self.label(label, focused);
        let all: usize = options.iter().map(|option| width(option) + 2).sum();
        let picked = if focused { Role::Cursor } else { Role::Strong };
        if all <= room && options.len() > 1 {
            // The bracket takes a column of the gap, so that values stand in line.
            spans.pop();
            spans.push(Span::raw(
                " ".repeat(self.labels - width(&cut(label, self.labels)) + 1),
            ));
            for (at, option) in options.iter().enumerate() {
                let text = if at == chosen {
                    format!("‹{option}›")
                } else {
                    format!(" {option} ")
                };
                let role = if at == chosen { picked } else { Role::Dim };
                spans.push(Span::styled(text, self.style(role)));
            }
        } else {
            let place = format!("  {}/{}", chosen + 1, options.len());
            let value = options.get(chosen).map_or("–", String::as_str);
            let value = cut(value, room.saturating_sub(4 + width(&place)));
            spans.push(Span::styled("◂ ", self.style(Role::Dim)));
            spans.push(Span::styled(value, self.style(picked)));
            spans.push(Span::styled(" ▸", self.style(Role::Dim)));
            if options.len() > 1 {
                spans.push(Span::styled(place, self.style(Role::Dim)));
            }
        }
        self.push(spans);
    }

    fn button(&mut self, label: &str, focused: bool, enabled: bool) {
        let from = self.laid.lines.len();
        let bar = if focused { "▌ " } else { "  " };
        let role = match (enabled, focused) {
            (false, _) => Role::Dim,
            (true, true) => Role::Cursor,
            (true, false) => Role::Strong,
        };
        let text = cut(label, self.columns.saturating_sub(6));
        self.push(vec![
            Span::styled(bar, self.style(Role::Bar)),
            Span::styled(format!("[ {text} ]"), self.style(role)),
        ]);
        if focused {
            self.focus_since(from);
        }
    }
}

/// The part of a value that fits with the cursor in it, and the cursor's column in that part.
/// `cursor` counts characters.
fn window(value: &str, cursor: Option<usize>, room: usize) -> (String, Option<usize>) {
    let Some(cursor) = cursor else {
        return (cut(value, room), None);
    };
    let at = value
        .char_indices()
        .nth(cursor)
        .map_or(value.len(), |(at, _)| at);
    let (before, after) = value.split_at(at);
    // One column stays free for the cursor at the end.
    let seen = if width(before) < room {
        before.to_owned()
    } else {
        crate::ui::text::cut_start(before, room.saturating_sub(1))
    };
    let column = width(&seen);
    let rest = head(after, room.saturating_sub(column));
    (format!("{seen}{rest}"), Some(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_shows_the_part_with_the_cursor() {
        assert_eq!(window("abc", Some(3), 10), ("abc".to_owned(), Some(3)));
        assert_eq!(window("abcdefgh", Some(8), 5), ("…fgh".to_owned(), Some(4)));
        assert_eq!(
            window("abcdefgh", Some(0), 5),
            ("abcde".to_owned(), Some(0))
        );
        assert_eq!(window("abcdefgh", None, 5), ("abcd…".to_owned(), None));
        assert_eq!(window("ヒーロー", Some(4), 4), ("…ー".to_owned(), Some(3)));
    }
}
