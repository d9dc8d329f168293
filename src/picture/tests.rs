//! What is sent to terminals: whole, small enough, and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// Left half red, right half blue, with a hole in the first pixel when asked for.
fn pixels(width: u32, height: u32, hole: bool) -> Pixels {
    let pixel = |at: u32| {
        let colour = if at % width < width / 2 {
            [255, 0, 0, 255]
        } else {
            [0, 0, 255, 255]
        };
        if hole && at == 0 { [0; 4] } else { colour }
    };
    Pixels {
        original: (width * 10, height * 10),
        width,
        height,
        rgba: (0..width * height).flat_map(pixel).collect(),
    }
}

/// Nothing repeats, so that nothing is small.
fn noise(width: u32, height: u32) -> Pixels {
    let mut number = 1_u32;
    let rgba = (0..width * height * 4).map(|at| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if at % 4 == 3 {
            255
        } else {
            number.to_be_bytes()[0]
        }
    });
    Pixels {
        original: (width, height),
        width,
        height,
        rgba: rgba.collect(),
    }
}

fn room(way: Way) -> Room {
    Room {
        way,
        cells: (40, 12),
        cell: (10, 20),
        send: 1 << 20,
    }
}

#[test]
fn a_picture_keeps_its_shape_and_never_grows() {
    assert_eq!(fit((1600, 900), (400, 400)), (400, 225));
    assert_eq!(fit((900, 1600), (400, 400)), (225, 400));
    assert_eq!(fit((16, 16), (400, 400)), (16, 16));
    assert_eq!(fit((10_000, 1), (100, 100)), (100, 1));
    assert_eq!(fit((0, 0), (0, 0)), (1, 1));
    let room = room(Way::Kitty);
    assert_eq!(room.pixels(), (400, 240));
    assert_eq!(room.taken((400, 225)), (40, 12));
    assert_eq!(room.taken((16, 16)), (2, 1));
    let blocks = Room {
        way: Way::Blocks { any_colour: true },
        ..room
    };
    assert_eq!(blocks.pixels(), (40, 24));
    assert_eq!(blocks.taken((40, 23)), (40, 12));
    let huge = Room {
        cells: (u16::MAX, u16::MAX),
        cell: (u16::MAX, u16::MAX),
        ..room
    };
    assert_eq!(huge.pixels(), (LARGEST, LARGEST));
}

#[test]
fn blocks_are_two_pixels_a_cell() {
    let way = Way::Blocks { any_colour: true };
    let drawn = draw(pixels(4, 3, true), &room(way), 1).unwrap();
    assert_eq!((drawn.cells, drawn.original), ((4, 2), (40, 30)));
    let Form::Blocks(cells) = drawn.form else {
        panic!("{drawn:?}");
    };
    let (red, blue) = (Some([255, 0, 0]), Some([0, 0, 255]));
    assert_eq!(cells[0], [None, red], "the hole");
    assert_eq!(cells[3], [blue, blue]);
    assert_eq!(cells[4], [red, None], "below its end there is nothing");
}

/// The base64 of every piece, behind the keys of each.
fn pieces(send: &str) -> Vec<(&str, &str)> {
    let pieces = send.split("\x1b_G").filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            piece
                .strip_suffix("\x1b\\")
                .unwrap()
                .split_once(';')
                .unwrap()
        })
        .collect()
}

#[test]
fn kitty_gets_a_png_in_pieces() {
    let drawn = draw(noise(120, 60), &room(Way::Kitty), 77).unwrap();
    assert_eq!(drawn.cells, (12, 3));
    let Form::Kitty {
        id: 77,
        behind: false,
        send,
        show,
    } = drawn.form
    else {
        panic!("{drawn:?}");
    };
    let pieces = pieces(&send);
    assert!(pieces.len() > 3);
    assert_eq!(pieces[0].0, "q=2,a=t,f=100,i=77,m=1");
    assert_eq!(pieces[1].0, "q=2,m=1");
    assert_eq!(pieces.last().unwrap().0, "q=2,m=0");
    assert!(pieces.iter().all(|(_, data)| data.len() <= 4096));
    let data: String = pieces.iter().map(|(_, data)| *data).collect();
    let png = image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap();
    assert_eq!((png.width(), png.height()), (120, 60));
    assert_eq!(show, "\x1b_Gq=2,a=p,i=77,p=1,c=12,r=3,C=1\x1b\\");
}

#[test]
fn behind_a_multiplexer_the_picture_hangs_on_characters() {
    let drawn = draw(pixels(20, 20, true), &room(Way::KittyBehind), 5).unwrap();
    let Form::Kitty { send, show, .. } = drawn.form else {
        panic!("{drawn:?}");
    };
    assert!(show.is_empty());
    assert!(send.starts_with("\x1bPtmux;\x1b\x1b_Gq=2,a=T,U=1,f=100,i=5,c=2,r=1,m=0;"));
    assert!(send.ends_with("\x1b\x1b\\\x1b\\"));
    assert_eq!(kitty_placeholder(0, 1).unwrap(), "\u{10EEEE}\u{30D}\u{305}");
    let far = kitty_placeholder(kitty::MOST_CELLS - 1, 0).unwrap();
    assert_eq!(far.chars().count(), 3);
    assert_eq!(kitty_placeholder(kitty::MOST_CELLS, 0), None);
    assert_eq!(
        kitty_delete(5, true),
        "\x1bPtmux;\x1b\x1b_Gq=2,a=d,d=I,i=5\x1b\x1b\\\x1b\\"
    );
}

#[test]
fn iterm2_gets_a_file() {
    for (hole, magic) in [(false, b"\xff\xd8"), (true, b"\x89P")] {
        let drawn = draw(pixels(20, 20, hole), &room(Way::Iterm2), 1).unwrap();
        let Form::Inline(text) = drawn.form else {
            panic!("{drawn:?}");
        };
        let body = text.strip_prefix("\x1b]1337;File=inline=1;size=").unwrap();
        let (head, data) = body.strip_suffix('\x07').unwrap().split_once(':').unwrap();
        let file = STANDARD.decode(data).unwrap();
        assert!(file.starts_with(magic));
        assert!(
            head.starts_with(&format!("{};width=2;height=1;", file.len())),
            "{head}"
        );
    }
}

/// Reads sixels as a terminal does: for each pixel the colour's percents, if it was drawn.
fn read_sixel(text: &str) -> (usize, Vec<Option<[u32; 3]>>) {
    let body = text.strip_prefix("\x1bP0;1;0q\"1;1;").unwrap();
    let body = body.strip_suffix("\x1b\\").unwrap();
    let start = body.find('#').unwrap();
    let (width, height) = body[..start].split_once(';').unwrap();
    let (width, height): (usize, usize) = (width.parse().unwrap(), height.parse().unwrap());
    let mut seen = vec![None; width * height];
    let mut palette = std::collections::HashMap::new();
    let (mut x, mut band, mut colour) = (0, 0, 0_usize);
    let mut rest = body[start..].chars().peekable();
    let number = |rest: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let mut value = 0;
        while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
            value = value * 10 + digit;
            rest.next();
        }
        value
    };
    while let Some(c) = rest.next() {
        let mut count = 1;
        let sixel = match c {
            '#' => {
                colour = number(&mut rest) as usize;
                if rest.peek() == Some(&';') {
                    let mut parts = [0; 4];
                    for part in &mut parts {
                        assert_eq!(rest.next(), Some(';'));
                        *part = number(&mut rest);
                    }
                    assert_eq!(parts[0], 2);
                    palette.insert(colour, [parts[1], parts[2], parts[3]]);
                }
                continue;
            }
            '$' => {
                x = 0;
                continue;
            }
            '-' => {
                (x, band) = (0, band + 1);
                continue;
            }
            '!' => {
                count = number(&mut rest) as usize;
                rest.next().unwrap()
            }
            other => other,
        };
        let bits = sixel as u32 - '?' as u32;
        assert!(bits < 64, "{sixel:?}");
        for _ in 0..count {
            for row in (0..6).filter(|row| bits & (1 << row) != 0) {
                let at = (band * 6 + row) * width + x;
                assert!(x < width && seen[at].is_none(), "drawn once, and inside");
                seen[at] = Some(palette[&colour]);
            }
            x += 1;
        }
    }
    (width, seen)
}

#[test]
fn sixels_draw_every_pixel_once_in_its_colour() {
    for colours in [2, 16, 256] {
        let drawn = draw(pixels(30, 17, true), &room(Way::Sixel { colours }), 1).unwrap();
        let Form::Inline(text) = drawn.form else {
            panic!("{drawn:?}");
        };
        let (width, seen) = read_sixel(&text);
        assert_eq!((width, seen.len()), (30, 30 * 17));
        assert_eq!(seen[0], None, "the hole");
        assert_eq!(seen[1], Some([100, 0, 0]));
        assert_eq!(seen[29], Some([0, 0, 100]));
        assert!(seen[1..].iter().all(Option::is_some));
    }
    let drawn = draw(noise(90, 50), &room(Way::Sixel { colours: 16 }), 1).unwrap();
    let Form::Inline(text) = drawn.form else {
        panic!("{drawn:?}");
    };
    let (_, seen) = read_sixel(&text);
    let used: std::collections::HashSet<_> = seen.iter().flatten().collect();
    assert!(used.len() <= 16 && used.len() > 8, "{}", used.len());
}

#[test]
fn what_is_sent_keeps_to_the_number_of_bytes() {
    for way in [Way::Kitty, Way::Iterm2, Way::Sixel { colours: 256 }] {
        let most = 20_000;
        let room = Room {
            send: most,
            ..room(way)
        };
        let drawn = draw(noise(400, 240), &room, 1).unwrap();
        let bytes = match &drawn.form {
            Form::Kitty { send, .. } => send.len(),
            Form::Inline(text) => text.len(),
            Form::Blocks(_) => panic!("{way:?}"),
        };
        assert!(bytes <= most && bytes > most / 20, "{way:?}: {bytes}");
        let none = Room { send: 10, ..room };
        assert_eq!(draw(noise(40, 24), &none, 1), None);
    }
}

#[test]
fn pictures_are_decoded_turned_and_scaled() {
    let picture = image::RgbImage::from_fn(40, 20, |x, _| {
        image::Rgb(if x < 20 { [255, 0, 0] } else { [0, 0, 255] })
    });
    for format in ["png", "jpg", "gif", "webp", "bmp"] {
        let format = image::ImageFormat::from_extension(format).unwrap();
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(picture.clone())
            .write_to(&mut bytes, format)
            .unwrap();
        let pixels = decode(bytes.get_ref(), (10, 10)).unwrap();
        assert_eq!((pixels.width, pixels.height), (10, 5), "{format:?}");
        assert_eq!(pixels.original, (40, 20));
        let [red, .., blue, opacity] = pixels.rgba[..4] else {
            panic!("{format:?}");
        };
        assert!(red > 200 && blue < 50 && opacity == 255, "{format:?}");
    }
    assert_eq!(decode(b"<svg/>", (9, 9)), Err(Failure::Unknown));
    assert_eq!(decode(b"", (9, 9)), Err(Failure::Unknown));
    assert_eq!(decode(b"\x89PNG\r\n\x1a\n", (9, 9)), Err(Failure::Damaged));
}
