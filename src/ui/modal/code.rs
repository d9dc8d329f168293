//! Draws a QR code: two modules a cell by half blocks, or one module in two cells where only ASCII is
//! shown. Without colours it is dark on light only as far as the terminal is known to be.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

use super::blocks::Pen;
use crate::app::modal::view::{Matrix, Tone, toned};

/// Light modules around the code, by which readers see where it ends: the more the better.
const QUIET: [usize; 3] = [4, 2, 1];

impl Pen<'_> {
    pub fn code(&mut self, matrix: &Matrix) {
        let ascii = self.paint.theme.ascii();
        let cells = |quiet: usize| {
            let side = matrix.side + 2 * quiet;
            if ascii {
                (2 * side, side)
            } else {
                (side, side.div_ceil(2))
            }
        };
        let fits = |quiet: &usize| {
            let (columns, rows) = cells(*quiet);
            columns <= self.columns && rows <= self.most
        };
        let quiet = QUIET.into_iter().find(fits);
        let (columns, rows) = cells(quiet.unwrap_or(1));
        let Some(quiet) = quiet else {
            let text = format!(
                "The code needs a window of {}×{}.",
                columns + 4,
                // Frame, header and footer.
                rows + 4
            );
            self.words(0, &[toned(text, Tone::Warning)]);
            return;
        };
        let side = matrix.side + 2 * quiet;
        let dark = |x: usize, y: usize| {
            let inside = |at: usize| at.checked_sub(quiet).filter(|at| *at < matrix.side);
            match (inside(x), inside(y)) {
                (Some(x), Some(y)) => matrix.dark.get(y * matrix.side + x) == Some(&true),
                _ => false,
            }
        };
        let margin = " ".repeat((self.columns - columns) / 2);
        let step = if ascii { 1 } else { 2 };
        for y in (0..side).step_by(step) {
            let mut spans = vec![Span::raw(margin.clone())];
            for x in 0..side {
                let (symbol, style) = if ascii {
                    ("  ", self.whole(dark(x, y)))
                } else {
                    self.halves(dark(x, y), y + 1 < side && dark(x, y + 1))
                };
                spans.push(Span::styled(symbol, style));
            }
            self.push(spans);
        }
    }

    /// One module as the background of blanks.
    fn whole(&self, dark: bool) -> Style {
        if self.paint.theme.coloured() {
            Style::new().bg(if dark { Color::Black } else { Color::White })
        } else if self.inked(dark) {
            Style::new().add_modifier(Modifier::REVERSED)
        } else {
            Style::new()
        }
    }

    /// Two modules above each other.
    fn halves(&self, upper: bool, lower: bool) -> (&'static str, Style) {
        if self.paint.theme.coloured() {
            let hue = |dark: bool| if dark { Color::Black } else { Color::White };
            // Blocks may leave a seam to their neighbours; backgrounds never do.
            if upper == lower {
                return (" ", Style::new().bg(hue(upper)));
            }
            return ("▀", Style::new().fg(hue(upper)).bg(hue(lower)));
        }
        let symbol = match (self.inked(upper), self.inked(lower)) {
            (true, true) => "█",
            (true, false) => "▀",
            (false, true) => "▄",
            (false, false) => " ",
        };
        (symbol, Style::new())
    }

    /// The text's colour stands for it: for dark modules on light terminals, else for light ones.
    fn inked(&self, dark: bool) -> bool {
        dark == self.paint.theme.on_light()
    }
}
