//! The pictures in the details pane: cells for them, or a card that says why not.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Block, BorderType, Widget};

use super::Ground;
use crate::app::modal::view::{Tone, Words, say, toned};
use crate::app::pictures::{Shown, Sight};
use crate::domain::{Asset, SafeText, size_words};
use crate::picture::{Drawn, Form, Room, Way, fit, kitty_placeholder};
use crate::ui::text::wrap;
use crate::ui::theme::Role;
use crate::ui::view_state::Placed;

/// Fewer columns or rows show nothing.
const LEAST: (u16, u16) = (8, 3);
/// What is not known of a picture's shape before it came.
const USUAL: (u32, u32) = (1600, 900);
/// Columns between two pictures.
const GAP: u16 = 2;

/// What drawing leaves behind.
#[derive(Default)]
pub(super) struct Drawing {
    /// Columns and rows that there are for each picture.
    pub room: Option<(u16, u16)>,
    pub placed: Vec<Placed>,
    /// Rows used, an empty one at the end among them.
    pub rows: u16,
}

/// Draws what there is to draw at the top of this place, on so many rows at most.
pub(super) fn body(ground: &Ground<'_>, buffer: &mut Buffer, place: Rect, most: u16) -> Drawing {
    let mut drawing = Drawing::default();
    let pictures = &ground.state.pictures;
    if !pictures.on {
        return drawing;
    }
    let heading = u16::from(pictures.beside);
    let wide = if pictures.beside {
        place.width.saturating_sub(GAP) / 2
    } else {
        place.width
    };
    // A line of words above in pairs, one below for why the way is not a better one, an empty one.
    let high = most.saturating_sub(2 + heading);
    let shown = ground.state.pictures();
    if wide < LEAST.0 || high < LEAST.1 {
        // Beside a list it would be said of every row.
        if ground.focused && !shown.is_empty() {
            let row = Rect { height: 1, ..place };
            let words = [toned("· Too small here for the picture", Tone::Dim)];
            ground.paint.line(buffer, row, &words, Style::new());
            drawing.rows = 1.min(place.height);
        }
        return drawing;
    }
    drawing.room = Some((wide, high));
    if shown.is_empty() {
        return drawing;
    }
    let mut used = 0;
    for (at, one) in (0_u16..).zip(&shown) {
        let column = Rect {
            x: place.x + at * (wide + GAP),
            y: place.y,
            width: wide,
            height: high + heading,
        };
        used = used.max(single(
            ground,
            buffer,
            column,
            one,
            heading,
            &mut drawing.placed,
        ));
    }
    let dim = |text: String| vec![toned(text, Tone::Dim)];
    let mut words: Vec<Words> = Vec::new();
    if let [one, other] = shown.as_slice() {
        words.extend(compared(one, other).map(|text| vec![say(text)]));
    }
    let blocks = drawing
        .placed
        .iter()
        .any(|placed| matches!(placed.drawn.form, Form::Blocks(_)));
    let means = pictures.means.as_ref();
    // Beside a list it would be said of every row.
    let told = blocks && ground.focused;
    if let (true, Some(why)) = (told, means.and_then(|means| means.why.as_ref())) {
        let why = SafeText::prose(why);
        let why = dim(format!("half blocks: {why}"));
        words.extend(wrap(&why, usize::from(place.width)));
    }
    for line in &words {
        let row = Rect {
            y: place.y + used,
            height: 1,
            ..place
        };
        if row.y < place.bottom() {
            ground.paint.line(buffer, row, line, Style::new());
            used += 1;
        }
    }
    drawing.rows = (used + 1).min(place.height);
    drawing
}

/// One picture with its heading; returns the rows it took.
fn single(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    column: Rect,
    shown: &Shown<'_>,
    heading: u16,
    placed: &mut Vec<Placed>,
) -> u16 {
    if heading > 0 {
        let row = Rect {
            height: 1,
            ..column
        };
        let locale = shown.asset.locale.as_ref();
        let locale = locale.map_or("no language".to_owned(), |it| {
            SafeText::name(it.as_str()).into_string()
        });
        let name = SafeText::name(&shown.asset.name).into_string();
        let words = [toned(locale, Tone::Strong), say(format!(" {name}"))];
        if !matches!(shown.sight, Sight::None(_)) {
            ground.paint.line(buffer, row, &words, Style::new());
        }
    }
    let room = Rect {
        y: column.y + heading,
        height: column.height - heading,
        ..column
    };
    heading
        + match &shown.sight {
            Sight::Coming => coming(ground, buffer, room, &shown.asset),
            Sight::None(why) => card(ground, buffer, room, &shown.asset, why),
            Sight::Ready(drawn) => picture(ground, buffer, room, drawn, placed),
        }
}

/// Keeps the cells that the picture will probably take, so that nothing jumps when it comes.
fn coming(ground: &Ground<'_>, buffer: &mut Buffer, room: Rect, asset: &Asset) -> u16 {
    let row = Rect { height: 1, ..room };
    let words = [toned("… the picture is on its way", Tone::Dim)];
    ground.paint.line(buffer, row, &words, Style::new());
    let known = asset.dimensions.and_then(|(width, height)| {
        Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?))
    });
    let means = ground.state.pictures.means.as_ref();
    let expected = means.and_then(|means| {
        let room = Room {
            way: means.way?,
            cells: (room.width, room.height),
            cell: means.cell,
            send: means.send,
        };
        Some(room.taken(fit(known.unwrap_or(USUAL), room.pixels())).1)
    });
    expected.unwrap_or(1).min(room.height)
}

fn card(ground: &Ground<'_>, buffer: &mut Buffer, room: Rect, asset: &Asset, why: &str) -> u16 {
    let inner = usize::from(room.width.saturating_sub(4)).max(1);
    let name = SafeText::name(&asset.name).into_string();
    let mut lines = vec![vec![say(name)]];
    let why = format!(
        "No picture: {}.",
        SafeText::prose(why).into_string().trim_end_matches('.')
    );
    lines.extend(wrap(&[toned(why, Tone::Dim)], inner));
    let height = u16::try_from(lines.len() + 2)
        .unwrap_or(u16::MAX)
        .min(room.height);
    let frame = Rect { height, ..room };
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(ground.paint.theme.style(Role::Dim))
        .render(frame, buffer);
    for (line, y) in lines
        .iter()
        .zip(frame.y + 1..frame.bottom().saturating_sub(1))
    {
        let row = Rect {
            x: frame.x + 2,
            y,
            width: frame.width.saturating_sub(4),
            height: 1,
        };
        ground.paint.line(buffer, row, line, Style::new());
    }
    height
}

fn picture(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    room: Rect,
    drawn: &Arc<Drawn>,
    placed: &mut Vec<Placed>,
) -> u16 {
    let area = Rect {
        width: drawn.cells.0.min(room.width),
        height: drawn.cells.1.min(room.height),
        ..room
    };
    let whole = (area.width, area.height) == drawn.cells;
    let cells = area.rows().flat_map(Rect::columns).map(Rect::as_position);
    let any_colour = ground
        .state
        .pictures
        .means
        .as_ref()
        .is_some_and(|means| means.way == Some(Way::Blocks { any_colour: true }));
    for at in cells {
        let (column, row) = (at.x - area.x, at.y - area.y);
        let Some(cell) = buffer.cell_mut(at) else {
            continue;
        };
        match &drawn.form {
            Form::Blocks(blocks) => {
                let index = usize::from(row) * usize::from(drawn.cells.0) + usize::from(column);
                let [above, below] = blocks.get(index).copied().unwrap_or_default();
                let colour = |[red, green, blue]: [u8; 3]| {
                    if any_colour {
                        Color::Rgb(red, green, blue)
                    } else {
                        Color::Indexed(nearest([red, green, blue]))
                    }
                };
                match (above, below) {
                    (None, None) => {}
                    (None, Some(below)) => {
                        cell.set_symbol("▄").set_fg(colour(below));
                    }
                    (Some(above), None) => {
                        cell.set_symbol("▀").set_fg(colour(above));
                    }
                    (Some(above), Some(below)) => {
                        cell.set_symbol("▀")
                            .set_fg(colour(above))
                            .set_bg(colour(below));
                    }
                }
            }
            Form::Kitty {
                id, behind: true, ..
            } => {
                if let Some(text) = kitty_placeholder(column, row) {
                    let [_, red, green, blue] = id.to_be_bytes();
                    cell.set_symbol(&text).set_fg(Color::Rgb(red, green, blue));
                }
            }
            // Written behind the frame; see the layer of the terminal.
            Form::Kitty { .. } | Form::Inline(_) => {}
        }
    }
    if whole {
        placed.push(Placed {
            area,
            drawn: Arc::clone(drawn),
        });
    }
    area.height
}

/// The colour of the 256 that is nearest: the cube of six levels, or the ramp of greys.
fn nearest(colour: [u8; 3]) -> u8 {
    let step = |part: u8| -> u8 {
        match part {
            0..=47 => 0,
            48..=114 => 1,
            _ => (part - 35) / 40,
        }
    };
    let level = |step: u8| {
        if step == 0 {
            0
        } else {
            55 + 40 * i32::from(step)
        }
    };
    let steps = colour.map(step);
    let sum: u32 = colour.iter().map(|part| u32::from(*part)).sum();
    let grey = u8::try_from((sum / 3).saturating_sub(3) / 10)
        .unwrap_or(0)
        .min(23);
    let far = |of: [i32; 3]| -> i32 {
        colour
            .iter()
            .zip(of)
            .map(|(is, of)| (i32::from(*is) - of).pow(2))
            .sum()
    };
    let cube = far(steps.map(level));
    let ramp = far([8 + 10 * i32::from(grey); 3]);
    if ramp < cube {
        232 + grey
    } else {
        let [red, green, blue] = steps;
        16 + 36 * red + 6 * green + blue
    }
}

/// Two pictures' sizes, in words.
fn compared(one: &Shown<'_>, other: &Shown<'_>) -> Option<String> {
    let sizes = |shown: &Shown<'_>| {
        let pixels = match &shown.sight {
            Sight::Ready(drawn) => Some((u64::from(drawn.original.0), u64::from(drawn.original.1))),
            _ => shown.asset.dimensions,
        };
        (pixels, shown.asset.size)
    };
    if matches!(other.sight, Sight::None(_)) {
        return None;
    }
    let ((pixels, size), (other_pixels, other_size)) = (sizes(one), sizes(other));
    let mut parts = Vec::new();
    if let (Some(this), Some(that)) = (pixels, other_pixels) {
        parts.push(if this == that {
            format!("both {}×{}", this.0, this.1)
        } else {
            format!(
                "{}×{} beside {}×{}: not the same size",
                this.0, this.1, that.0, that.1
            )
        });
    }
    if let (Some(this), Some(that)) = (size, other_size) {
        let (this_words, that_words) = (size_words(this), size_words(that));
        parts.push(match this.cmp(&that) {
            std::cmp::Ordering::Equal => format!("both {this_words}"),
            std::cmp::Ordering::Less => {
                format!(
                    "{this_words} beside {that_words}: {} less",
                    size_words(that - this)
                )
            }
            std::cmp::Ordering::Greater => {
                format!(
                    "{this_words} beside {that_words}: {} more",
                    size_words(this - that)
                )
            }
        });
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn colours_find_the_nearest_of_256() {
        for (colour, index) in [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([255, 0, 0], 196),
            ([0, 0, 255], 21),
            ([128, 128, 128], 244),
            ([95, 135, 175], 67),
        ] {
            assert_eq!(nearest(colour), index, "{colour:?}");
        }
    }
}
