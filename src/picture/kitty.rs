//! The protocol that kitty made, directly and through a multiplexer.
//!
//! Its description: <https://sw.kovidgoyal.net/kitty/graphics-protocol/>.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbaImage;

use super::draw::Form;
use super::iterm2::png;

/// The most of its base64 that one sequence carries.
const CHUNK: usize = 4096;

/// What stands for a cell of a picture, before the marks of its row and column.
const PLACEHOLDER: char = '\u{10EEEE}';

/// The marks that stand for 0, 1, 2… in the protocol; no pane shows a picture of more cells.
const NUMBERS: [u32; 120] = [
    0x305, 0x30D, 0x30E, 0x310, 0x312, 0x33D, 0x33E, 0x33F, 0x346, 0x34A, 0x34B, 0x34C, 0x350,
    0x351, 0x352, 0x357, 0x35B, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36A, 0x36B,
    0x36C, 0x36D, 0x36E, 0x36F, 0x483, 0x484, 0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595,
    0x597, 0x598, 0x599, 0x59C, 0x59D, 0x59E, 0x59F, 0x5A0, 0x5A1, 0x5A8, 0x5A9, 0x5AB, 0x5AC,
    0x5AF, 0x5C4, 0x610, 0x611, 0x612, 0x613, 0x614, 0x615, 0x616, 0x617, 0x657, 0x658, 0x659,
    0x65A, 0x65B, 0x65D, 0x65E, 0x6D6, 0x6D7, 0x6D8, 0x6D9, 0x6DA, 0x6DB, 0x6DC, 0x6DF, 0x6E0,
    0x6E1, 0x6E2, 0x6E4, 0x6E7, 0x6E8, 0x6EB, 0x6EC, 0x730, 0x732, 0x733, 0x735, 0x736, 0x73A,
    0x73D, 0x73F, 0x740, 0x741, 0x743, 0x745, 0x747, 0x749, 0x74A, 0x7EB, 0x7EC, 0x7ED, 0x7EE,
    0x7EF, 0x7F0, 0x7F1, 0x7F3, 0x816, 0x817, 0x818, 0x819, 0x81B, 0x81C, 0x81D, 0x81E, 0x81F,
    0x820, 0x821, 0x822,
];

/// The most columns, and rows, that placeholders can stand for.
pub const MOST_CELLS: u16 = 120;

pub(super) fn draw(
    image: &RgbaImage,
    (columns, rows): (u16, u16),
    id: u32,
    behind: bool,
) -> Option<Form> {
    let data = STANDARD.encode(png(image)?);
    let mut send = String::with_capacity(data.len() + 256);
    let mut add = |sequence: String| {
        if behind {
            // The multiplexer hands on what it is told to, with every ESC doubled.
            send.push_str("\x1bPtmux;");
            send.push_str(&sequence.replace('\x1b', "\x1b\x1b"));
            send.push_str("\x1b\\");
        } else {
            send.push_str(&sequence);
        }
    };
    let mut chunks = data.as_bytes().chunks(CHUNK).peekable();
    let mut first = true;
    while let Some(chunk) = chunks.next() {
        let more = u8::from(chunks.peek().is_some());
        let mut sequence = String::with_capacity(chunk.len() + 64);
        // Writing to a String cannot fail.
        let _ = match (first, behind) {
            (true, false) => write!(sequence, "\x1b_Gq=2,a=t,f=100,i={id},m={more};"),
            (true, true) => write!(
                sequence,
                "\x1b_Gq=2,a=T,U=1,f=100,i={id},c={columns},r={rows},m={more};"
            ),
            (false, _) => write!(sequence, "\x1b_Gq=2,m={more};"),
        };
        first = false;
        sequence.extend(chunk.iter().map(|byte| char::from(*byte)));
        sequence.push_str("\x1b\\");
        add(sequence);
    }
    let show = if behind {
        String::new()
    } else {
        format!("\x1b_Gq=2,a=p,i={id},p=1,c={columns},r={rows},C=1\x1b\\")
    };
    Some(Form::Kitty {
        id,
        behind,
        send,
        show,
    })
}

/// Makes the terminal forget a picture and everything that shows it.
pub fn delete(id: u32, behind: bool) -> String {
    let sequence = format!("\x1b_Gq=2,a=d,d=I,i={id}\x1b\\");
    if behind {
        format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
    } else {
        sequence
    }
}

/// The text of one cell of a picture behind a multiplexer; its colour has to be the picture's
/// number. `None` beyond `MOST_CELLS`.
pub fn placeholder(column: u16, row: u16) -> Option<String> {
    let mark = |number: u16| {
        NUMBERS
            .get(usize::from(number))
            .copied()
            .and_then(char::from_u32)
    };
    Some([PLACEHOLDER, mark(row)?, mark(column)?].iter().collect())
}
