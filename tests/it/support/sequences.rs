//! What a terminal is told beside text: every control sequence that the program writes anywhere in
//! the suite is one of those listed here, with arguments of our own making.

use vte::{Params, Parser, Perform};

use super::strings;

/// Modes that are set and taken back: cursor, other screen, pasting, mouse, focus, frames as a whole.
const MODES: [u16; 8] = [25, 1000, 1002, 1004, 1006, 1049, 2004, 2026];

/// The first things in these bytes that are not ours.
pub fn foreign(bytes: &[u8]) -> Vec<String> {
    let (plain, foreign) = strings::judged(bytes);
    let mut judge = Judge { foreign };
    Parser::new().advance(&mut judge, &plain);
    judge.foreign
}

/// What these bytes left on that a terminal does not have on from the start, where programs turn it
/// on and off by sequences.
pub fn left_on(bytes: &[u8]) -> Vec<String> {
    let mut terminal = Modes::default();
    Parser::new().advance(&mut terminal, bytes);
    let mut left: Vec<String> = terminal
        .numbers
        .iter()
        .map(|it| format!("mode {it}"))
        .collect();
    let flags = [("keys of the screen", 0), ("keys of the other screen", 1)];
    let counted = flags.map(|(what, screen)| (what, terminal.flags[screen]));
    for (what, count) in counted.into_iter().chain([("titles", terminal.titles)]) {
        if count != 0 {
            left.push(format!("{count} {what}"));
        }
    }
    left.extend(terminal.told.into_iter().map(str::to_owned));
    left
}

/// What a terminal has on, as far as programs can tell it.
#[derive(Default)]
struct Modes {
    numbers: std::collections::BTreeSet<u16>,
    /// How often the keyboard was told apart and not given back, on each screen.
    flags: [i32; 2],
    /// Titles that are kept and were not given back.
    titles: i32,
    told: std::collections::BTreeSet<&'static str>,
}

impl Modes {
    fn tell(&mut self, what: &'static str, on: bool) {
        if on {
            self.told.insert(what);
        } else {
            self.told.remove(what);
        }
    }
}

impl Perform for Modes {
    fn csi_dispatch(&mut self, params: &Params, between: &[u8], _: bool, last: char) {
        let all: Vec<u16> = params.iter().flatten().copied().collect();
        let screen = usize::from(self.numbers.contains(&1049));
        match (between, last, all.first()) {
            // The cursor is seen from the start.
            (b"?", 'h' | 'l', _) => {
                for mode in all {
                    if (last == 'h') == (mode != 25) {
                        self.numbers.insert(mode);
                    } else {
                        self.numbers.remove(&mode);
                    }
                }
            }
            (b">", 'u', _) => self.flags[screen] += 1,
            (b"<", 'u', count) => self.flags[screen] -= i32::from(*count.unwrap_or(&1)).max(1),
            (b"", 't', Some(22)) => self.titles += 1,
            (b"", 't', Some(23)) => self.titles -= 1,
            (b"", 'm', first) => {
                let on = all.len() > 1 || first.is_some_and(|it| *it != 0);
                self.tell("colours", on);
            }
            _ => {}
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        match params {
            [b"2", title @ ..] => self.tell("a title", title.iter().any(|it| !it.is_empty())),
            [b"8", _, address @ ..] => self.tell("a link", address.iter().any(|it| !it.is_empty())),
            [b"9", b"4", state, ..] => self.tell("a progress bar", *state != b"0"),
            _ => {}
        }
    }
}

struct Judge {
    foreign: Vec<String>,
}

impl Judge {
    fn odd(&mut self, what: String) {
        if self.foreign.len() < 10 {
            self.foreign.push(what);
        }
    }
}

pub fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

/// The command of an operating system command and what follows it.
fn is_our_command(command: &str) -> bool {
    match command.split_once(';') {
        // The title: the program's name and how far transfers are.
        Some(("2", title)) => {
            let rest = title.strip_prefix("assetdeck").unwrap_or(title);
            rest.chars()
                .all(|c| "↑↓ %".contains(c) || c.is_ascii_digit())
        }
        // A link: a number of our own, and an address of the web in plain letters.
        Some(("8", link)) => {
            let (id, address) = link.split_once(';').unwrap_or_default();
            let numbered = id.strip_prefix("id=").is_some_and(|id| {
                id.chars().all(|c| c.is_ascii_hexdigit())
                    && (address.starts_with("https://") || address.starts_with("http://"))
            });
            (link == ";" || numbered) && address.chars().all(|c| c.is_ascii_graphic())
        }
        // The terminal's own bar, or a notification in numbers.
        Some(("9", told)) => match told.strip_prefix("4;") {
            Some(bar) => bar.split(';').all(is_number),
            None => told.strip_prefix("assetdeck: ").is_some_and(|told| {
                told.split(", ").all(|part| {
                    let (count, what) = part.split_once(' ').unwrap_or_default();
                    is_number(count) && ["done", "failed"].contains(&what)
                })
            }),
        },
        // The question for the background colour.
        Some(("11", asked)) => asked == "?",
        // A copy, in letters that mean nothing to a terminal.
        Some(("52", copied)) => copied.strip_prefix("c;").is_some_and(strings::is_base64),
        // A picture of a size.
        Some(("1337", picture)) => picture.split_once(':').is_some_and(|(about, file)| {
            let about = about.strip_prefix("File=inline=1;");
            let sizes =
                about.and_then(|it| it.strip_suffix(";preserveAspectRatio=1;doNotMoveCursor=1"));
            let sizes = sizes.unwrap_or_default().split(';');
            let holds = |(part, key): (&str, &str)| part.strip_prefix(key).is_some_and(is_number);
            sizes.clone().count() == 3
                && sizes.zip(["size=", "width=", "height="]).all(holds)
                && !file.is_empty()
                && strings::is_base64(file)
        }),
        _ => false,
    }
}

impl Perform for Judge {
    fn execute(&mut self, byte: u8) {
        if !matches!(byte, 0x07 | b'\n' | b'\r') {
            self.odd(format!("the byte {byte:#04x}"));
        }
    }

    fn csi_dispatch(&mut self, params: &Params, between: &[u8], ignored: bool, last: char) {
        let all: Vec<u16> = params.iter().flatten().copied().collect();
        let ours = match (between, last) {
            // Colours and their like; where to write; what to wipe; questions what it can do.
            (b"", 'm' | 'H' | 'A' | 'C' | 'D' | 'G' | 'J' | 'K' | 'X') => true,
            (b"", 'c') | (b">", 'q') | (b"?", 'u') => all == [0],
            // Where the cursor is: asked by the doctor only.
            (b"", 'n') => all == [6],
            // Whether focus is reported already.
            (b"?$", 'p') => all == [1004],
            (b"?", 'h' | 'l') => all.iter().all(|mode| MODES.contains(mode)),
            // The title is kept and given back; a cell's size is asked.
            (b"", 't') => matches!(all[..], [22 | 23, 0] | [16]),
            (b"?", 'S') => all == [1, 1, 0],
            // Keys told apart, while the screen runs.
            (b">" | b"<", 'u') => all.iter().all(|flag| *flag <= 1),
            _ => false,
        };
        if ignored || !ours {
            let between = String::from_utf8_lossy(between).into_owned();
            self.odd(format!("CSI {between} {all:?} {last}"));
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        let command = String::from_utf8_lossy(&params.join(&b';')).into_owned();
        if !is_our_command(&command) {
            self.odd(format!("OSC {command}"));
        }
    }

    fn esc_dispatch(&mut self, between: &[u8], _: bool, byte: u8) {
        // The end of a string; the cursor kept and given back around a picture.
        if !between.is_empty() || !matches!(byte, b'\\' | b'7' | b'8') {
            self.odd(format!("ESC {between:?} {}", byte as char));
        }
    }

    fn hook(&mut self, params: &Params, between: &[u8], _: bool, last: char) {
        // Those that are ours were taken out.
        let all: Vec<u16> = params.iter().flatten().copied().collect();
        self.odd(format!("DCS {between:?} {all:?} {last}"));
    }
}

#[test]
fn what_is_left_on_is_found() {
    let sound = b"\x1b[?1049h\x1b[?2004h\x1b[>1u\x1b[?25l\x1b[22;0t\x1b]2;assetdeck\x1b\\\x1b]9;4;1;5\x1b\\\
        \x1b[1m\x1b[m\x1b[<1u\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b]9;4;0;\x1b\\\x1b]2;\x1b\\\x1b[23;0t";
    assert_eq!(left_on(sound), [""; 0]);
    let odd: [&[u8]; 10] = [
        b"\x1b[?1004h",
        b"\x1b[?2026h",
        b"\x1b[?25l",
        b"\x1b[>1u",
        b"\x1b[<1u",
        b"\x1b[22;0t",
        b"\x1b]2;assetdeck\x1b\\",
        b"\x1b]9;4;1;5\x1b\\",
        b"\x1b]8;id=1;https://a.b/\x1b\\",
        b"\x1b[1;31m",
    ];
    for bytes in odd {
        assert_eq!(left_on(bytes).len(), 1, "{}", bytes.escape_ascii());
    }
    // Given back on the other screen than that where it was taken.
    let other = left_on(b"\x1b[?1049h\x1b[>1u\x1b[?1049l\x1b[<1u");
    assert_eq!(other.len(), 2, "{other:?}");
}

#[test]
fn what_is_not_ours_is_found() {
    let sound = b"a\x1b[?2026h\x1b[3;4H\x1b[38;5;9mtext\x1b[m\x1b]8;id=f;https://a.b/c\x1b\\x\x1b]8;;\x1b\\\
        \x1b]2;assetdeck \xe2\x86\x91 41 %\x1b\\\x1b_Gi=4207,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b]52;c;aGk=\x07\x1b[?2026l\r\n\
        \x1bP0;1;0q\"1;1;9;6#0;2;100;0;50#0!9~-\x1b\\\x1bPtmux;\x1b\x1b_Gq=2,a=d,d=I,i=9\x1b\x1b\\\x1b\\\
        \x1b_Gq=2,a=t,f=100,i=9,m=1;iVBORw0KGgoA\x1b\\\x1b_Gq=2,m=0;AAAA\x1b\\\
        \x1bP\x1b]52;c;aG\x1b\\\x1bPk=\x07\x1b\\\
        \x1b]1337;File=inline=1;size=9;width=3;height=2;preserveAspectRatio=1;doNotMoveCursor=1:AAAA\x07";
    assert_eq!(foreign(sound), [""; 0]);
    let odd: [&[u8]; 26] = [
        // Strings that hold something else.
        b"\x1b_Gi=4207,s=1;AAAA\x1b\\",
        b"\x1b_Gq=2,a=t,t=f,f=100,i=9;L2V0Yy9wYXNzd2Q=\x1b\\",
        b"\x1b_Gq=2,a=t,f=100,i=9,m=0;QUJD\x1b\\",
        b"\x1b_Gq=2,m=0;AAAA\x1b\\",
        b"\x1b_Gq=2,a=d,d=A,i=9\x1b\\",
        b"\x1bP0;1;0q\"1;1;9;6#0!10~-\x1b\\",
        b"\x1bP0;1;0q\"1;1;9;6#0;2;101;0;0~-\x1b\\",
        b"\x1bP0;1;0q\"1;1;9;6#0~\x07-\x1b\\",
        b"\x1bP$qm\x1b\\",
        b"\x1bPtmux;\x1b\x1b]0;a title\x07\x1b\\",
        b"\x1bPtmux;\x1b\x1b[5i\x1b\\",
        b"\x1bPtmux;\x1b\x1b_Gq=2,a=d,d=A\x1b\x1b\\\x1b\\",
        b"\x1bP\x1b]0;a ti\x1b\\\x1bPtle\x07\x1b\\",
        b"\x1b]1337;File=inline=0;name=YQ==:AAAA\x07",
        b"\x1b]0;a title\x07",
        b"\x1b]2;assetdeck <name>\x07",
        b"\x1b]8;id=1;file:///etc/passwd\x1b\\",
        b"\x1b]52;c;?\x07",
        b"\x1b]9;hello\x1b\\",
        b"\x1b[?47h",
        b"\x1b[5i",
        b"\x1b[21t",
        b"\x1bc",
        b"\x1b(0",
        b"\x0e",
        b"\x1b^privacy\x1b\\",
    ];
    for bytes in odd {
        assert_eq!(foreign(bytes).len(), 1, "{}", bytes.escape_ascii());
    }
}
