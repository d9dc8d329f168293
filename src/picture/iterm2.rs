//! The protocol that iTerm2 made, which others speak as well: a whole file, shown where the cursor is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, RgbaImage};

pub(super) fn draw(image: &RgbaImage, (columns, rows): (u16, u16)) -> Option<String> {
    let file = if opaque(image) {
        jpeg(image)?
    } else {
        png(image)?
    };
    let size = file.len();
    let data = STANDARD.encode(file);
    Some(format!(
        "\x1b]1337;File=inline=1;size={size};width={columns};height={rows};\
         preserveAspectRatio=1;doNotMoveCursor=1:{data}\x07"
    ))
}

fn opaque(image: &RgbaImage) -> bool {
    image.pixels().all(|pixel| pixel.0[3] == u8::MAX)
}

/// A photograph is several times smaller this way.
fn jpeg(image: &RgbaImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let rgb = DynamicImage::ImageRgba8(image.clone()).into_rgb8();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
    encoder
        .write_image(
            rgb.as_raw(),
            rgb.width(),
            rgb.height(),
            ExtendedColorType::Rgb8,
        )
        .ok()?;
    Some(bytes)
}

pub(super) fn png(image: &RgbaImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    let (width, height) = image.dimensions();
    let result = if opaque(image) {
        let rgb = DynamicImage::ImageRgba8(image.clone()).into_rgb8();
        encoder.write_image(rgb.as_raw(), width, height, ExtendedColorType::Rgb8)
    } else {
        encoder.write_image(image.as_raw(), width, height, ExtendedColorType::Rgba8)
    };
    result.ok()?;
    Some(bytes)
}
