//! Right-to-left names end where their cell ends: see [`direction`](crate::domain::direction).

use ratatui::buffer::Buffer;

use crate::domain::direction::{END, is_right_to_left};
use crate::ui::text::width;

/// Ends every right-to-left run in front of the frame, a gap between columns, or the line's end.
pub fn isolate(buffer: &mut Buffer) {
    let columns = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks_mut(columns) {
        // Where the run has come to, and whether a blank stands behind it.
        let mut run: Option<usize> = None;
        let mut blank = false;
        for at in 0..=row.len() {
            let first = row.get(at).and_then(|cell| cell.symbol().chars().next());
            // Nothing below these is right-to-left.
            let over = match first {
                None | Some('\u{2500}'..='\u{259f}') => true,
                Some(' ') => std::mem::replace(&mut blank, true),
                Some(c) => {
                    blank = false;
                    if is_right_to_left(c) || (run.is_some() && c.is_ascii_digit()) {
                        run = Some(at);
                    } else if c.is_alphabetic() {
                        run = None;
                    }
                    false
                }
            };
            if over && let Some(cell) = run.take().and_then(|end| row.get_mut(end)) {
                let ended = format!("{}{END}", cell.symbol());
                debug_assert_eq!(width(&ended), 1);
                cell.set_symbol(&ended);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn isolated(line: &str) -> String {
        let mut buffer = Buffer::with_lines([line]);
        isolate(&mut buffer);
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn a_name_does_not_run_on_into_its_neighbours() {
        for line in ["hero.png  de │", "│ לוגו.svg  he │", "カ  12"] {
            assert!(!isolated(line).contains(END), "{line}");
        }
        assert_eq!(isolated("│ שלום  12 kB│"), "│ שלום\u{200e}  12 kB│");
        assert_eq!(isolated("│שלום│שלום 2│"), "│שלום\u{200e}│שלום 2\u{200e}│");
        assert_eq!(isolated("שלום (3…"), "שלום (3\u{200e}…");
    }
}
