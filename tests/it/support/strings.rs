//! The strings in what a terminal is told: pictures, and what multiplexers are to hand on. Each is
//! taken apart here, since a parser of sequences passes over what they hold.

/// Bytes without such strings, and what is in these that is not ours.
pub fn judged(bytes: &[u8]) -> (Vec<u8>, Vec<String>) {
    let mut reader = Reader::default();
    reader.read(bytes);
    reader.end_envelope();
    (reader.plain, reader.foreign)
}

#[derive(Default)]
struct Reader {
    /// What stands between the strings, and what multiplexers hand on.
    plain: Vec<u8>,
    foreign: Vec<String>,
    /// What screen is to hand on, in pieces.
    envelope: Vec<u8>,
    /// A picture was begun, and more of it is to come.
    more: bool,
}

impl Reader {
    fn read(&mut self, mut bytes: &[u8]) {
        while let Some(at) = bytes.iter().position(|byte| *byte == 0x1b) {
            self.put(&bytes[..at]);
            bytes = &bytes[at..];
            let kind = bytes.get(1).copied().unwrap_or_default();
            if !b"P_^X".contains(&kind) {
                self.put(&bytes[..bytes.len().min(2)]);
                bytes = &bytes[bytes.len().min(2)..];
                continue;
            }
            let doubled = bytes[2..].starts_with(b"tmux;");
            let Some((text, rest)) = string(&bytes[2..], doubled) else {
                // Whoever wrote it was ended in the middle.
                return;
            };
            self.string(kind, &text);
            bytes = rest;
        }
        self.put(bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.end_envelope();
            self.plain.extend_from_slice(bytes);
        }
    }

    fn string(&mut self, kind: u8, text: &[u8]) {
        let is_piece = |it: &[u8]| it.starts_with(b"\x1b]");
        match (kind, text) {
            (b'P', [b't', b'm', b'u', b'x', b';', inner @ ..]) => {
                self.end_envelope();
                self.read(inner);
            }
            (b'P', piece) if is_piece(piece) || !self.envelope.is_empty() => {
                self.envelope.extend_from_slice(piece);
            }
            (b'P', sixel) if is_sixel(sixel) => {}
            (b'_', [b'G', picture @ ..]) if self.is_kitty(picture) => {}
            _ => {
                let shown = text.escape_ascii().to_string();
                let shown: String = shown.chars().take(80).collect();
                self.foreign
                    .push(format!("string {}{shown}", char::from(kind)));
            }
        }
    }

    /// All of it came: it is what the terminal around will be told.
    fn end_envelope(&mut self) {
        let inner = std::mem::take(&mut self.envelope);
        self.plain.extend_from_slice(&inner);
    }

    /// One of our own pictures, or the question for them.
    fn is_kitty(&mut self, text: &[u8]) -> bool {
        let text = String::from_utf8_lossy(text);
        let (control, data) = text.split_once(';').unwrap_or((&text, ""));
        let Some(form) = KITTY.iter().find(|form| fits(control, form)) else {
            return false;
        };
        let goes_on = !form.contains("a=");
        let sound = match *form {
            _ if form.contains("a=q") => data == "AAAA",
            // The beginning of a PNG file.
            _ if form.contains("f=100") => data.starts_with("iVBORw0KGgo"),
            _ if goes_on => !data.is_empty(),
            _ => data.is_empty(),
        };
        let in_turn = goes_on == self.more;
        self.more = control.ends_with("m=1");
        sound && in_turn && data.len() <= 4096 && is_base64(data)
    }
}

/// What a picture is told by; `#` is a number.
const KITTY: [&str; 6] = [
    "i=4207,s=1,v=1,a=q,t=d,f=24",
    "q=2,a=t,f=100,i=#,m=#",
    "q=2,a=T,U=1,f=100,i=#,c=#,r=#,m=#",
    "q=2,m=#",
    "q=2,a=p,i=#,p=1,c=#,r=#,C=1",
    "q=2,a=d,d=I,i=#",
];

/// The text up to the end of the string, and what follows it. Where escapes are doubled they come
/// back single, and a single one is the end.
fn string(bytes: &[u8], doubled: bool) -> Option<(Vec<u8>, &[u8])> {
    let mut text = Vec::new();
    let mut rest = bytes;
    loop {
        match rest {
            [0x1b, 0x1b, after @ ..] if doubled => {
                text.push(0x1b);
                rest = after;
            }
            [0x1b, b'\\', after @ ..] => return Some((text, after)),
            [byte, after @ ..] => {
                text.push(*byte);
                rest = after;
            }
            [] => return None,
        }
    }
}

fn fits(control: &str, form: &str) -> bool {
    let (mut given, mut wanted) = (control.split(','), form.split(','));
    loop {
        match (given.next(), wanted.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                let number = other
                    .strip_suffix('#')
                    .and_then(|key| one.strip_prefix(key));
                if !number.is_some_and(|it| !it.is_empty() && super::sequences::is_number(it)) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

pub fn is_base64(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    text.chars().all(letter)
}

/// Square pixels of a size, colours of a palette in hundredths, and nothing but pixels by them.
fn is_sixel(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some(mut rest) = text.strip_prefix("0;1;0q\"1;1;") else {
        return false;
    };
    // `width;height`, then commands until the end.
    let mut size = numbers(&mut rest);
    size.retain(|it| *it > 0);
    if size.len() != 2 {
        return false;
    }
    let is_pixels = |c: char| ('?'..='~').contains(&c);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let sound = match c {
            '#' => match numbers(&mut rest)[..] {
                [colour] => colour < 256,
                [colour, 2, red, green, blue] => {
                    colour < 256 && [red, green, blue].iter().all(|it| *it <= 100)
                }
                _ => false,
            },
            '!' => {
                let counted = matches!(numbers(&mut rest)[..], [count] if count <= size[0]);
                counted && rest.starts_with(is_pixels)
            }
            '$' | '-' => true,
            pixels => is_pixels(pixels),
        };
        if !sound {
            return false;
        }
    }
    true
}

/// The numbers at the beginning, with semicolons between.
fn numbers(rest: &mut &str) -> Vec<u32> {
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';');
    let (all, after) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = after;
    let numbers = all.split(';').map(|it| it.parse().unwrap_or(u32::MAX));
    numbers.collect()
}
