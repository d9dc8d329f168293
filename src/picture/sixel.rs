//! The oldest protocol for pictures: rows of six pixels, one pass for each colour of a palette.

use std::fmt::Write as _;

use image::RgbaImage;

/// More than half see-through is not there.
const OPAQUE: u8 = 128;
/// No terminal keeps more, and no picture needs them.
const MOST_COLOURS: u16 = 256;
/// Colours are told apart by so many bits each while the palette is made.
const BITS: u32 = 5;

pub(super) fn draw(image: &RgbaImage, colours: u16) -> String {
    let palette = palette(image, usize::from(colours.clamp(2, MOST_COLOURS)));
    let indexes = indexes(image, &palette);
    let (width, height) = image.dimensions();
    // Pixels are square, and those that nobody draws show what is behind.
    let mut text = format!("\x1bP0;1;0q\"1;1;{width};{height}");
    for (at, [red, green, blue]) in palette.iter().enumerate() {
        let percent = |part: &u8| (u32::from(*part) * 100 + 127) / 255;
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "#{at};2;{};{};{}",
            percent(red),
            percent(green),
            percent(blue)
        );
    }
    let wide = usize::try_from(width).unwrap_or(1).max(1);
    for band in indexes.chunks(wide * 6) {
        let mut used = [false; MOST_COLOURS as usize];
        for index in band.iter().flatten() {
            if let Some(used) = used.get_mut(usize::from(*index)) {
                *used = true;
            }
        }
        let colours = used.iter().enumerate().filter(|(_, used)| **used);
        for (at, (colour, _)) in colours.enumerate() {
            if at > 0 {
                text.push('$');
            }
            let _ = write!(text, "#{colour}");
            pass(&mut text, band, wide, colour);
        }
        text.push('-');
    }
    text.push_str("\x1b\\");
    text
}

/// One colour's pixels of a band, with repeats counted.
fn pass(text: &mut String, band: &[Option<u8>], wide: usize, colour: usize) {
    let mut last = 0_u8;
    let mut count = 0_usize;
    for column in 0..wide {
        let mut bits = 0;
        for row in 0..6 {
            let index = band.get(row * wide + column).copied().flatten();
            if index.map(usize::from) == Some(colour) {
                bits |= 1 << row;
            }
        }
        if bits != last {
            run(text, last, count);
            (last, count) = (bits, 0);
        }
        count += 1;
    }
    // What is empty up to the end is left out.
    if last != 0 {
        run(text, last, count);
    }
}

fn run(text: &mut String, bits: u8, count: usize) {
    let sixel = char::from(b'?' + bits);
    if count > 3 {
        let _ = write!(text, "!{count}{sixel}");
    } else {
        text.extend(std::iter::repeat_n(sixel, count));
    }
}

/// How often each colour occurs, rounded to [`BITS`].
type Counted = Vec<([u8; 3], u32)>;

/// The colours that stand for those of a picture: the box of all colours, cut where it has most in
/// it along its longest side until there are enough boxes.
fn palette(image: &RgbaImage, most: usize) -> Vec<[u8; 3]> {
    let mut counts = std::collections::HashMap::<[u8; 3], u32>::new();
    for pixel in image.pixels() {
        let [red, green, blue, opacity] = pixel.0;
        if opacity >= OPAQUE {
            let round = |part: u8| part >> (8 - BITS);
            *counts
                .entry([round(red), round(green), round(blue)])
                .or_default() += 1;
        }
    }
    let mut all: Counted = counts.into_iter().collect();
    all.sort_unstable();
    let mut boxes = vec![all];
    while boxes.len() < most {
        let worst = boxes
            .iter()
            .enumerate()
            .filter(|(_, one)| one.len() > 1)
            .max_by_key(|(_, one)| {
                let (_, length) = longest(one);
                u64::from(length) * one.iter().map(|(_, count)| u64::from(*count)).sum::<u64>()
            });
        let Some((at, _)) = worst else {
            break;
        };
        let (low, high) = halves(boxes.swap_remove(at));
        boxes.push(low);
        boxes.push(high);
    }
    boxes.iter().map(mean).collect()
}

/// The side along which these colours differ most, and by how much.
fn longest(colours: &Counted) -> (usize, u8) {
    let side = |part: usize| {
        let values = colours.iter().filter_map(|(colour, _)| colour.get(part));
        let low = values.clone().min().copied().unwrap_or(0);
        (part, values.max().copied().unwrap_or(0) - low)
    };
    let sides = [side(0), side(1), side(2)];
    sides
        .into_iter()
        .max_by_key(|(_, length)| *length)
        .unwrap_or((0, 0))
}

fn halves(mut colours: Counted) -> (Counted, Counted) {
    let (part, _) = longest(&colours);
    colours.sort_by_key(|(colour, _)| colour.get(part).copied());
    let all: u64 = colours.iter().map(|(_, count)| u64::from(*count)).sum();
    let mut sum = 0;
    let half = colours.iter().position(|(_, count)| {
        sum += u64::from(*count);
        sum * 2 >= all
    });
    let cut = (half.unwrap_or(0) + 1).clamp(1, colours.len() - 1);
    let high = colours.split_off(cut);
    (colours, high)
}

fn mean(colours: &Counted) -> [u8; 3] {
    let all: u64 = colours.iter().map(|(_, count)| u64::from(*count)).sum();
    [0, 1, 2].map(|part| {
        let sum: u64 = colours
            .iter()
            .filter_map(|(colour, count)| Some(u64::from(*colour.get(part)?) * u64::from(*count)))
            .sum();
        let largest = (1 << BITS) - 1;
        let value = (sum * 255 + largest * all.max(1) / 2) / (largest * all.max(1));
        u8::try_from(value).unwrap_or(u8::MAX)
    })
}

/// The palette's number of each pixel; what one is off is spread over its neighbours, so that few
/// colours look like many.
fn indexes(image: &RgbaImage, palette: &[[u8; 3]]) -> Vec<Option<u8>> {
    let wide = usize::try_from(image.width()).unwrap_or(0);
    // What is to be added to the pixels of this row and of the next, in sixteenths; one more at
    // either end.
    let mut here = vec![[0_i32; 3]; wide + 2];
    let mut below = here.clone();
    let mut nearest = Nearest::new(palette);
    let mut all = Vec::with_capacity(image.as_raw().len() / 4);
    for row in image.rows() {
        for (at, pixel) in row.enumerate() {
            let [red, green, blue, opacity] = pixel.0;
            if opacity < OPAQUE {
                all.push(None);
                continue;
            }
            let owed = here.get(at + 1).copied().unwrap_or_default();
            let wanted = [red, green, blue];
            let wanted = [0, 1, 2]
                .map(|part: usize| (i32::from(wanted[part]) + owed[part] / 16).clamp(0, 255));
            let (index, colour) = nearest.find(wanted);
            all.push(Some(index));
            let off = [0, 1, 2].map(|part: usize| wanted[part] - i32::from(colour[part]));
            let spread = |row: &mut Vec<[i32; 3]>, place: usize, share: i32| {
                if let Some(owed) = row.get_mut(place) {
                    for part in 0..3 {
                        owed[part] += off[part] * share;
                    }
                }
            };
            spread(&mut here, at + 2, 7);
            spread(&mut below, at, 3);
            spread(&mut below, at + 1, 5);
            spread(&mut below, at + 2, 1);
        }
        std::mem::swap(&mut here, &mut below);
        below.fill([0; 3]);
    }
    all
}

/// Finds colours of a palette, and remembers what it found.
struct Nearest<'a> {
    palette: &'a [[u8; 3]],
    /// By colour, rounded to six bits.
    found: Vec<u16>,
}

impl<'a> Nearest<'a> {
    const NOT_YET: u16 = u16::MAX;

    fn new(palette: &'a [[u8; 3]]) -> Self {
        Self {
            palette,
            found: vec![Self::NOT_YET; 1 << 18],
        }
    }

    fn find(&mut self, colour: [i32; 3]) -> (u8, [u8; 3]) {
        let rounded = colour.map(|part| usize::try_from(part >> 2).unwrap_or(0) & 63);
        let place = rounded[0] << 12 | rounded[1] << 6 | rounded[2];
        let known = self.found.get(place).copied().unwrap_or(Self::NOT_YET);
        let index = if known == Self::NOT_YET {
            let far = |of: &[u8; 3]| -> i32 {
                (0..3)
                    .map(|part| (colour[part] - i32::from(of[part])).pow(2))
                    .sum()
            };
            let near = self
                .palette
                .iter()
                .enumerate()
                .min_by_key(|(_, of)| far(of));
            let index = near.and_then(|(at, _)| u16::try_from(at).ok()).unwrap_or(0);
            if let Some(slot) = self.found.get_mut(place) {
                *slot = index;
            }
            index
        } else {
            known
        };
        let colour = self.palette.get(usize::from(index)).copied();
        (u8::try_from(index).unwrap_or(0), colour.unwrap_or_default())
    }
}
