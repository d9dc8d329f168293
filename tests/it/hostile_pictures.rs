//! Hostile pictures against the process that decodes: each costs that picture and nothing else.

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};

use crate::support::usage::peak;

/// The promise is two seconds of a processor that nobody else uses.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the process may hold in memory, in kB, with the program itself.
const MEMORY: u64 = 300_000;

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn sound() -> Vec<u8> {
    encode(
        RgbImage::from_fn(64, 48, |x, y| image::Rgb([low(x * 3), low(y * 4), 90])),
        ImageFormat::Png,
    )
}

/// The lowest eight bits.
fn low(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    !crc
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    let body = [kind, data].concat();
    bytes.extend_from_slice(&body);
    bytes.extend(crc(&body).to_be_bytes());
    bytes
}

/// A PNG of this head: bits a sample, kind of colour.
fn png(width: u32, height: u32, bits: u8, kind: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([bits, kind, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &head));
    bytes.extend(chunks.concat());
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

/// The compressed data of a PNG.
fn compressed(png: &[u8]) -> Vec<u8> {
    let (mut at, mut data) = (8, Vec::new());
    while at + 8 <= png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        if &png[at + 4..at + 8] == b"IDAT" {
            data.extend_from_slice(&png[at + 8..at + 8 + length]);
        }
        at += 12 + length;
    }
    data
}

/// A picture in frames without an end, and one frame over the whole of it.
fn gif(width: u16, height: u16, frames: usize, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    for _ in 0..frames {
        bytes.extend([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
        bytes.extend_from_slice(data);
    }
    bytes
}

fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = compressed(&encode(GrayImage::new(6500, 6500), ImageFormat::Png));
    let photo = encode(
        RgbImage::from_fn(400, 300, |x, y| image::Rgb([low(x), low(y), low(x * y)])),
        ImageFormat::Jpeg,
    );
    let mut tall_jpeg = photo.clone();
    let frame = tall_jpeg
        .windows(2)
        .position(|it| it == [0xff, 0xc0])
        .unwrap();
    tall_jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let mut odd_jpeg = photo.clone();
    for byte in odd_jpeg.iter_mut().skip(300).step_by(7) {
        *byte ^= 0x5a;
    }
    let sound = sound();
    let idat = |data: &[u8]| chunk(b"IDAT", data);
    let webp = |size: [u8; 6]| {
        let mut bytes = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0".to_vec();
        bytes.extend(size);
        bytes.extend(b"VP8L\x08\0\0\0\x2f\xff\xff\xff\x1f\xff\xff\xff");
        bytes
    };
    let mut bmp = encode(RgbImage::new(4, 4), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
    let text_bomb = [b"Comment\0\0".as_slice(), &zeros].concat();
    let profile_bomb = [b"icc\0\0".as_slice(), &zeros].concat();
    vec![
        ("nothing", Vec::new()),
        ("one byte", vec![0x89]),
        ("words", b"this is no picture".to_vec()),
        (
            "a portal's page",
            b"<!doctype html><title>Sign in</title>".to_vec(),
        ),
        (
            "an svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
                .to_vec(),
        ),
        ("a head alone", sound[..33].to_vec()),
        ("half a png", sound[..sound.len() / 2].to_vec()),
        ("a png of no size", png(0, 0, 8, 2, &[])),
        (
            "a png of all sizes",
            png(0x7fff_ffff, 0x7fff_ffff, 8, 2, &[]),
        ),
        (
            "a png of 64 megapixels",
            png(8000, 8000, 8, 0, &[idat(&zeros)]),
        ),
        (
            "a png of 16 bits and 4 samples",
            png(6500, 6500, 16, 6, &[idat(&zeros)]),
        ),
        (
            "a png of 42 megapixels",
            png(6500, 6500, 8, 0, &[idat(&zeros)]),
        ),
        (
            "a png with rubbish in it",
            png(64, 64, 8, 2, &[idat(&[0x5a; 4000])]),
        ),
        (
            "a small png with much data",
            png(2, 2, 8, 0, &[idat(&zeros)]),
        ),
        (
            "a comment that unfolds",
            png(2, 2, 8, 0, &[chunk(b"zTXt", &text_bomb), idat(&zeros)]),
        ),
        (
            "a profile that unfolds",
            png(2, 2, 8, 0, &[chunk(b"iCCP", &profile_bomb), idat(&zeros)]),
        ),
        ("half a jpeg", photo[..photo.len() / 2].to_vec()),
        ("a jpeg of all sizes", tall_jpeg),
        ("a jpeg with rubbish in it", odd_jpeg),
        (
            "a gif without an end",
            gif(1, 1, 400_000, &[2, 2, 0x44, 1, 0]),
        ),
        (
            "a gif of all sizes",
            gif(u16::MAX, u16::MAX, 1, &[2, 2, 0x44, 1, 0]),
        ),
        (
            "a gif with rubbish in it",
            gif(9, 9, 1, &[12, 255, 1, 2, 3]),
        ),
        (
            "a webp of all sizes",
            webp([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ),
        ("a webp with rubbish in it", webp([9, 0, 0, 9, 0, 0])),
        ("a bmp of all sizes", bmp),
    ]
}

struct Outcome {
    answer: Vec<u8>,
    /// The most memory it ever held, in kB; 0 when it ended too soon to be looked at.
    held: u64,
}

/// Until it is that program it shares the memory of the one that started it.
fn is_program(pid: u32) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline"));
    line.is_ok_and(|line| {
        line.split(|byte| *byte == 0)
            .any(|word| word == b"__decode")
    })
}

fn decoded(body: &[u8]) -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_assetdeck"))
        .args(["__decode", "320", "200"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let body = body.to_vec();
    let feeder = std::thread::spawn(move || {
        let _ = input.write_all(&body);
    });
    let mut answer = Vec::new();
    let mut output = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        output.read_to_end(&mut answer).unwrap();
        answer
    });
    let mut held = 0;
    let ended = crate::support::wait::until(PATIENCE, || {
        if is_program(child.id()) {
            held = held.max(peak(child.id()).unwrap_or(0));
        }
        child.try_wait().unwrap().is_some()
    });
    let _ = child.kill();
    assert!(ended, "it did not end in {PATIENCE:?}");
    feeder.join().unwrap();
    Outcome {
        answer: reader.join().unwrap(),
        held,
    }
}

#[test]
fn hostile_pictures_cost_themselves_and_no_more() {
    let most = 4 + 1 + 16 + 4 * 320 * 200;
    let (mut shown, mut refused) = (Vec::new(), Vec::new());
    for (what, body) in bodies() {
        let outcome = decoded(&body);
        let answer = &outcome.answer;
        assert!(answer.len() <= most, "{what}: {} bytes", answer.len());
        assert!(outcome.held < MEMORY, "{what}: {} kB", outcome.held);
        match answer.get(4) {
            Some(0) => shown.push(what),
            _ => refused.push(what),
        }
        let sound = decoded(&sound()).answer;
        assert_eq!(sound.get(4), Some(&0), "after {what}");
    }
    assert!(refused.len() >= 18, "shown: {shown:?}");
    for harmless in ["a gif without an end", "a png of 42 megapixels"] {
        assert!(shown.contains(&harmless), "{harmless} is refused");
    }
}

#[test]
fn the_process_that_decodes_wants_its_two_numbers() {
    for args in [
        &["__decode", "0", "9"][..],
        &["__decode", "9", "99999"],
        &["__decode", "a", "b"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_assetdeck"))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{args:?}"
        );
    }
}
