//! Every byte that a terminal may send, whole and cut up.

use super::*;
use crossterm::event::KeyEventKind;
use proptest::prelude::*;

/// What all these bytes are, when nothing follows.
fn heard(bytes: &[u8]) -> Vec<Heard> {
    let mut keys = Keys::default();
    let mut all = Vec::new();
    keys.feed(bytes, |one| all.push(one));
    keys.give_up(|one| all.push(one));
    all
}

/// The keys among it, in words.
fn words(bytes: &[u8]) -> String {
    let words = heard(bytes).into_iter().map(|one| match one {
        Heard::Event(Event::Key(event)) => {
            let held = event.modifiers - KeyModifiers::SHIFT;
            let code = match event.code {
                KeyCode::Char(c) => c.to_string(),
                code => format!("{code:?}"),
            };
            let mut text = String::new();
            for (name, one) in [("A-", KeyModifiers::ALT), ("C-", KeyModifiers::CONTROL)] {
                if held.contains(one) {
                    text.push_str(name);
                }
            }
            if event.kind == KeyEventKind::Release {
                text.push('^');
            }
            text + &code
        }
        Heard::Event(Event::Paste(text)) => format!("{text:?}"),
        Heard::Event(Event::Mouse(event)) => {
            format!("{:?}@{},{}", event.kind, event.column, event.row)
        }
        Heard::Event(other) => format!("{other:?}"),
        Heard::Answer(answer) => format!("{answer:?}"),
        other => format!("{other:?}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn keys_of_every_kind() {
    for (bytes, expected) in [
        ("aG1", "a G 1"),
        ("äあ🌱", "ä あ 🌱"),
        ("\r\t\x7f\x1b", "Enter Tab Backspace Esc"),
        ("\x01\x1a\0\x1c", "C-a C-z C-  C-4"),
        ("\x1bx\x1bX\x1b\r", "A-x A-X A-Enter"),
        ("\x1b\x1b", "Esc Esc"),
        ("\x1b\x1bx", "Esc A-x"),
        (
            "\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F",
            "Up Down Right Left Home End",
        ),
        ("\x1bOA\x1bOP\x1bOS\x1bOM", "Up F(1) F(4) Enter"),
        ("\x1b[1;5A\x1b[1;3D", "C-Up A-Left"),
        ("\x1b\x1b[A", "A-Up"),
        (
            "\x1b[3~\x1b[5~\x1b[6~\x1b[15~\x1b[24~\x1b[[A",
            "Delete PageUp PageDown F(5) F(12) F(1)",
        ),
        ("\x1b[Z", "BackTab"),
        ("\x1b[97;5u\x1b[27u\x1b[13u\x1b[100;6u", "C-a Esc Enter C-D"),
        ("\x1b[97;1:3u\x1b[97;1:2u", "^a a"),
        ("\x1b[57399u\x1b[57414u\x1b[57441u", "0 Enter"),
        ("\x1b[I\x1b[O", "FocusGained FocusLost"),
    ] {
        assert_eq!(words(bytes.as_bytes()), expected, "{bytes:?}");
    }
}

#[test]
fn the_mouse_is_read_wherever_it_is() {
    for (bytes, expected) in [
        (
            "\x1b[<0;11;6M\x1b[<0;11;6m",
            "Down(Left)@10,5 Up(Left)@10,5",
        ),
        ("\x1b[<64;1;1M\x1b[<65;1;1M", "ScrollUp@0,0 ScrollDown@0,0"),
        ("\x1b[<32;2;2M", "Drag(Left)@1,1"),
        ("\x1b[<0;0;0M", "Down(Left)@0,0"),
        ("\x1b[<0;70000;1M\x1b[<;;M", ""),
        ("\x1b[M !!j", "Down(Left)@0,0 j"),
    ] {
        assert_eq!(words(bytes.as_bytes()), expected, "{bytes:?}");
    }
}

#[test]
fn a_paste_is_one_thing_whatever_is_in_it() {
    let bytes = "\x1b[200~a\r\x1b[A\x1b]11;x\x07q\x1b[201~q";
    assert_eq!(
        words(bytes.as_bytes()),
        "\"a\\r\\u{1b}[A\\u{1b}]11;x\\u{7}q\""
    );
    assert_eq!(words(b"\x1b[200~\x1b[201~"), "\"\"");
    assert_eq!(words(b"\x1b[201~x"), "x", "an end without a beginning");
    let mut long = b"\x1b[200~".to_vec();
    long.extend("ä".repeat(LARGEST_PASTE).into_bytes());
    long.extend(b"\x1b[201~q");
    let all = heard(&long);
    assert!(matches!(&all[..], [Heard::Event(Event::Paste(text))] if text.len() == LARGEST_PASTE));
}

#[test]
fn no_answer_becomes_a_key() {
    let answers = [
        "\x1b]11;rgb:1e1e/2020/3030\x1b\\",
        "\x1b]11;rgb:1e1e/2020/3030\x07",
        "\x1bP>|XTerm(379)\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1b[?62;4;22c",
        "\x1b[>41;379;0c",
        "\x1b[6;18;9t",
        "\x1b[8;24;80t",
        "\x1b[24;80R",
        "\x1b[?2026;2$y",
        "\x1b[?1;0;256S",
        "\x1b_Gi=4207;OK\x1b\\",
        "\x1b_Gi=31;EINVAL:x\x1b\\",
        "\x1b]4;1;rgb:0/0/0\x07",
        "\x1b[?0u",
    ];
    for answer in answers {
        let keys = format!("j{answer}k");
        // Whole, and cut at every place with a pause in between.
        for cut in 0..=keys.len() {
            let (head, tail) = keys.as_bytes().split_at(cut);
            let mut decoder = Keys::default();
            let mut events = String::new();
            let mut take = |one| {
                if let Heard::Event(Event::Key(event)) = one {
                    events.push_str(&event.code.to_string());
                }
            };
            decoder.feed(head, &mut take);
            decoder.feed(tail, &mut take);
            decoder.give_up(&mut take);
            assert_eq!(events, "jk", "{answer:?} cut at {cut}");
        }
    }
}

#[test]
fn a_paste_with_an_end_in_it_presses_nothing() {
    for (bytes, expected) in [
        ("\x1b[200~aaa\x1b[201~qdy\x1b[201~", "\"aaa\""),
        (
            "\x1b[200~x\x1b[201~\x1b[200~/a.png\x1b[201~\x13\x13\x1b[201~",
            "\"x\" \"/a.png\"",
        ),
        ("\x1b[200~x\x1b[201~\x1b[<0;11;6M\x1b[A\x1b", "\"x\""),
        // Nobody presses these.
        ("\x1b[200~x\x1b[201~\x1b[I", "\"x\" FocusGained"),
    ] {
        assert_eq!(words(bytes.as_bytes()), expected, "{bytes:?}");
    }
    // However it is cut up, as long as there is no pause; then keys are keys.
    let mut keys = Keys::default();
    let mut all = Vec::new();
    for byte in b"\x1b[200~a\x1b[201~qdy" {
        keys.feed(&[*byte], |one| all.push(one));
    }
    assert_eq!(keys.patience(), Some(AFTER_PASTE));
    keys.give_up(|one| all.push(one));
    assert_eq!(keys.patience(), None);
    keys.feed(b"k", |one| all.push(one));
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[1], letter('k'));
}

#[test]
fn a_paste_without_an_end_is_left_by_ctrl_c() {
    for interrupt in [&b"\x03"[..], b"\x1b[99;5u"] {
        let mut keys = Keys::default();
        let mut all = Vec::new();
        keys.feed(b"\x1b[200~abc\x03", |one| all.push(one));
        keys.feed(b"\x03", |one| all.push(one));
        assert!(keys.paste.is_some(), "it came with the rest");
        assert_eq!(keys.patience(), Some(REST_OF_PASTE));
        keys.give_up(|one| all.push(one));
        assert_eq!(keys.patience(), None, "nothing wakes us");
        keys.feed(interrupt, |one| all.push(one));
        keys.feed(b"rest", |one| all.push(one));
        keys.give_up(|one| all.push(one));
        assert_eq!(all, [], "nothing of it is used");
        keys.feed(b"k", |one| all.push(one));
        assert_eq!(all, [letter('k')]);
    }
}

#[test]
fn alt_and_the_beginning_of_a_string_is_a_key_when_nothing_follows() {
    for alone in ["]", "P", "_", "[", "O", "^", "X"] {
        assert_eq!(
            words(format!("\x1b{alone}").as_bytes()),
            format!("A-{alone}")
        );
    }
}

#[test]
fn no_string_of_a_terminal_presses_keys() {
    for string in [
        "\x1b]lqdy\x1b\\",
        "\x1b]Lqdy\x07",
        "\x1b]qdy\u{9c}",
        "\x1b^qdy\x1b\\",
        "\x1bXqdy\x1b\\",
        "\x1b_qdy\x1b\\",
        "\x1bPqdy\x1b\\",
        "\x1bPtmux;\x1b\x1b]52;c;qdy\x07\x1b\\",
        "\u{9b}?0u",
        "\u{9d}lqdy\u{9c}",
        "\u{90}tmux;qdy\u{9c}",
        "\u{9f}qdy\x1b\\",
        "\u{85}",
        "\x1b]2;Über ÄÖÜ\x1b\\",
    ] {
        let keys = format!("j{string}k");
        assert_eq!(words(keys.as_bytes()), "j k", "{string:?}");
    }
    assert_eq!(words(b"j\x9b?0uk"), "j k", "in one byte");
    assert_eq!(words(b"\x1b]lqdy"), "", "it breaks off");
}

#[test]
fn an_answer_that_breaks_off_takes_no_key_with_it() {
    assert_eq!(words(b"\x1b]11;rgb\x1b[A"), "Up");
    assert_eq!(words(b"\x1b[12\x1b[A"), "Up");
    assert_eq!(words(b"\x1b[12\rx"), "Enter x");
    assert_eq!(words(b"\x1b]11;rgb"), "");
    let endless = format!("\x1b]11;{}\x07q", "x".repeat(100_000));
    assert_eq!(words(endless.as_bytes()), "q");
    let mut keys = Keys::default();
    keys.feed(b"\x1b]11;", |_| {});
    for _ in 0..1000 {
        keys.feed(&[b'x'; 1000], |_| {});
        assert!(keys.buffer.len() <= LONGEST_ANSWER + 1);
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes: Vec<u8>, at in 0_usize..64) {
        let mut keys = Keys::default();
        let (head, tail) = bytes.split_at(at.min(bytes.len()));
        keys.feed(head, |_| {});
        keys.feed(tail, |_| {});
        keys.give_up(|_| {});
        prop_assert!(keys.buffer.is_empty() || keys.paste.is_some());
    }

    #[test]
    fn cuts_change_nothing(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("\x1b[A"), Just("a"), Just("\x1b]11;rgb:1/2/3\x07"), Just("ä"),
                Just("\x1b[200~x\x1b[201~"), Just("\x1b[<0;1;1M"), Just("\x1bOP"), Just("\r"),
            ],
            0..12,
        ),
        cuts in proptest::collection::vec(1_usize..4, 1..20),
    ) {
        let bytes = parts.concat().into_bytes();
        let whole = heard(&bytes);
        let mut keys = Keys::default();
        let mut cut_up = Vec::new();
        let mut rest = &bytes[..];
        for size in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (head, tail) = rest.split_at((*size).min(rest.len()));
            keys.feed(head, |one| cut_up.push(one));
            rest = tail;
        }
        keys.give_up(|one| cut_up.push(one));
        prop_assert_eq!(whole, cut_up);
    }
}
