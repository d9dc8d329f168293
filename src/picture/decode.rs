//! Foreign bytes to pixels. Runs in a process of its own only: see [`child`](super::child).

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::fit;
use super::framing::{Failure, Pixels};

/// More pixels are not decoded, whatever their number of bytes.
const MOST_PIXELS: u64 = 50_000_000;
/// The decoder's own limit on what it allocates, below the process's.
const MEMORY: u64 = 128 << 20;

/// Decodes a picture, the first one of several, and scales it down to fit into so many pixels.
pub fn decode(bytes: &[u8], most: (u32, u32)) -> Result<Pixels, Failure> {
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| Failure::Unknown)?;
    if reader.format().is_none() {
        return Err(Failure::Unknown);
    }
    let mut decoder = reader.into_decoder().map_err(|error| failure(&error))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Failure::Damaged);
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Failure::TooLarge);
    }
    if decoder.total_bytes() > MEMORY {
        return Err(Failure::TooMuchMemory);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY);
    decoder
        .set_limits(limits)
        .map_err(|error| failure(&error))?;
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| failure(&error))?;
    Ok(scaled(picture, turned, most))
}

fn scaled(picture: DynamicImage, turned: Orientation, most: (u32, u32)) -> Pixels {
    let sideways = matches!(
        turned,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let flip = |(a, b): (u32, u32)| if sideways { (b, a) } else { (a, b) };
    let size = (picture.width(), picture.height());
    let (width, height) = fit(size, flip(most));
    let mut small = if (width, height) == size {
        picture
    } else {
        picture.thumbnail_exact(width, height)
    };
    small.apply_orientation(turned);
    let small = small.into_rgba8();
    Pixels {
        original: flip(size),
        width: small.width(),
        height: small.height(),
        rgba: small.into_raw(),
    }
}

fn failure(error: &ImageError) -> Failure {
    match error {
        ImageError::Unsupported(_) => Failure::Unknown,
        ImageError::Limits(_) => Failure::TooMuchMemory,
        _ => Failure::Damaged,
    }
}
