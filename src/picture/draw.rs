//! Pixels to what one way of showing them needs, within a number of bytes.

use image::RgbaImage;
use image::imageops::thumbnail;

use super::framing::Pixels;
use super::{Room, Way, iterm2, kitty, sixel};

/// A picture ready for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Width and height of the picture as it was, in pixels.
    pub original: (u32, u32),
    /// Columns and rows that it takes.
    pub cells: (u16, u16),
    pub form: Form,
}

/// What there is to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// For each cell the upper and the lower pixel's red, green and blue; `None` shows through.
    Blocks(Vec<[Option<[u8; 3]>; 2]>),
    /// Hands the picture over; shown by a second sequence, or by [`kitty_placeholder`]s.
    ///
    /// [`kitty_placeholder`]: super::kitty_placeholder
    Kitty {
        id: u32,
        /// Through a multiplexer, by placeholders.
        behind: bool,
        send: String,
        show: String,
    },
    /// Shown where the cursor stands.
    Inline(String),
}

impl Form {
    /// It is made of characters that the frame writes, and that anything may lie above.
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Blocks(_) | Self::Kitty { behind: true, .. })
    }

    /// Bytes that are sent to the terminal for it; cells are counted by the frame they are part of.
    fn bytes(&self) -> usize {
        match self {
            Self::Blocks(_) => 0,
            Self::Kitty { send, .. } => send.len(),
            Self::Inline(text) => text.len(),
        }
    }
}

impl Drawn {
    /// About how many bytes it holds in memory.
    pub fn weight(&self) -> usize {
        let cells = usize::from(self.cells.0) * usize::from(self.cells.1);
        self.form.bytes() + cells * 8
    }
}

/// Draws pixels for a room. A picture whose bytes would be more than the room's is made smaller
/// until they are not.
pub fn draw(pixels: Pixels, room: &Room, id: u32) -> Option<Drawn> {
    let original = pixels.original;
    let mut image = RgbaImage::from_raw(pixels.width, pixels.height, pixels.rgba)?;
    let mut cells = room.taken(image.dimensions());
    // Each try halves the surface at least; a dozen leave nothing of the largest picture.
    for _ in 0..12 {
        let form = match room.way {
            Way::Blocks { .. } => Form::Blocks(blocks(&image, cells)),
            Way::Kitty => kitty::draw(&image, cells, id, false)?,
            Way::KittyBehind => kitty::draw(&image, cells, id, true)?,
            Way::Iterm2 => Form::Inline(iterm2::draw(&image, cells)?),
            Way::Sixel { colours } => Form::Inline(sixel::draw(&image, colours)),
        };
        let bytes = form.bytes();
        if bytes <= room.send {
            return Some(Drawn {
                original,
                cells,
                form,
            });
        }
        image = smaller(&image, bytes, room.send);
        // The others are scaled up again by the terminal.
        if matches!(room.way, Way::Sixel { .. }) {
            cells = room.taken(image.dimensions());
        }
    }
    None
}

fn smaller(image: &RgbaImage, bytes: usize, most: usize) -> RgbaImage {
    #[expect(clippy::cast_precision_loss, reason = "a ratio that is rounded anyway")]
    let share = (most as f64 / bytes as f64).clamp(0.01, 0.5).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 1 and what it was"
    )]
    let side = |length: u32| ((f64::from(length) * share) as u32).max(1);
    thumbnail(image, side(image.width()), side(image.height()))
}

/// More than half see-through is not there.
const OPAQUE: u8 = 128;

fn blocks(image: &RgbaImage, (columns, rows): (u16, u16)) -> Vec<[Option<[u8; 3]>; 2]> {
    let at = |x: u16, y: u32| {
        let pixel = image.get_pixel_checked(u32::from(x), y)?;
        let [red, green, blue, opacity] = pixel.0;
        (opacity >= OPAQUE).then_some([red, green, blue])
    };
    (0..u32::from(rows))
        .flat_map(|row| {
            (0..columns).map(move |column| [at(column, row * 2), at(column, row * 2 + 1)])
        })
        .collect()
}
