//! Tests of what leaves the program: always whole lines, nothing unseen, whatever goes in.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::table::SAMPLE;
use super::*;
use crate::cli::failure::Exit;
use crate::domain::text::is_unseen;

/// What a command printed.
#[derive(Debug, Clone, Default)]
pub struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An output that is kept: itself, what goes out, what goes to standard error.
pub fn kept(screen: Option<usize>) -> (Output, Sink, Sink) {
    let (out, err) = (Sink::default(), Sink::default());
    let output = Output::new(Box::new(out.clone()), Box::new(err.clone()), screen);
    (output, out, err)
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const HEADS: &[&str] = &["REF", "NAME", "SIZE"];

fn row(name: &str) -> Vec<Cell> {
    vec![
        Cell::name("acme:1@x"),
        Cell::name(name),
        Cell::Bytes(Some(214_000)),
    ]
}

#[test]
fn a_pipe_gets_tabs_and_numbers_without_a_header() {
    let (mut output, out, err) = kept(None);
    let mut table = Table::new(HEADS);
    output.row(&mut table, &row("a\tb.png")).unwrap();
    output.end(table, "nothing").unwrap();
    assert_eq!(out.text(), "acme:1@x\ta⟨09⟩b.png\t214000\n");
    assert_eq!(err.text(), "");
}

#[test]
fn a_terminal_gets_aligned_columns_and_the_ref_last() {
    let (mut output, out, _) = kept(Some(44));
    let mut table = Table::new(HEADS);
    output.row(&mut table, &row("ヒーロー.png")).unwrap();
    output
        .row(&mut table, &row("a-very-long-name-that-does-not-fit.png"))
        .unwrap();
    output.end(table, "nothing").unwrap();
    let text = out.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "NAME                        SIZE    REF");
    assert_eq!(lines[1], "ヒーロー.png                214 kB  acme:1@x");
    assert_eq!(lines[2], "a-very-long-name-that-doe…  214 kB  acme:1@x");
}

#[test]
fn a_ref_that_leaves_no_room_goes_on_to_the_next_line() {
    let (mut output, out, _) = kept(Some(40));
    let mut table = Table::new(HEADS);
    let long = "acme:1/2@de/a/very/long/ref/which/is/never/cut.png";
    let mut cells = row("a-name-of-its-own.png");
    cells[0] = Cell::name(long);
    output.row(&mut table, &cells).unwrap();
    output.end(table, "").unwrap();
    let name = "a-name-of-its-own.png";
    let rows = format!("NAME                   SIZE\n  REF\n{name}  214 kB\n  {long}\n");
    assert_eq!(out.text(), rows);
}

#[test]
fn where_columns_have_no_room_each_row_is_a_list_and_nothing_is_cut() {
    let (mut output, out, _) = kept(Some(30));
    let heads = ["REF", "NAME", "LOCALE", "FOLDER", "WHY"];
    let mut table = Table::new(&heads);
    let why = "it was there already, and older than the file";
    let folder = "public/images/of/the/season";
    let cells = [
        Cell::name("acme:1@x"),
        Cell::name("a-very-long-name-that-does-not-fit.png"),
        Cell::name(""),
        Cell::name(folder),
        Cell::Said(why.to_owned()),
    ];
    output.row(&mut table, &cells).unwrap();
    let unreadable = [
        Cell::name(""),
        Cell::Said("unreadable entry: a size that is no number".to_owned()),
    ];
    output.row(&mut table, &unreadable).unwrap();
    output.end(table, "").unwrap();
    let wanted = [
        "a-very-long-name-that-does-not-fit.png",
        "  folder",
        "  public/images/of/the/season;",
        "  why it was there already,",
        "  and older than the file",
        "  acme:1@x",
        "unreadable entry: a size that",
        "  is no number",
    ];
    assert_eq!(out.text().lines().collect::<Vec<_>>(), wanted);
}

#[test]
fn a_moment_is_left_as_it_is_in_a_pipe_and_shown_on_a_terminal() {
    let text = "2026-10-20T16:31:00.0000000Z";
    assert_eq!(Cell::when(Some(text)).shown(false), text);
    let shown = Cell::when(Some(text)).shown(true);
    assert!(
        shown.len() == 16 && shown.starts_with("2026-10-2"),
        "{shown}"
    );
    assert_eq!(Cell::when(Some("soon\x1b")).shown(true), "soon⟨1B⟩");
    assert_eq!(Cell::when(None).shown(true), "");
}

#[test]
fn an_empty_table_says_so_to_a_person_only() {
    for (screen, said) in [(Some(80), "nothing here\n"), (None, "")] {
        let (mut output, out, err) = kept(screen);
        output.end(Table::new(HEADS), "nothing here").unwrap();
        assert_eq!((out.text().as_str(), err.text().as_str()), ("", said));
    }
}

#[test]
fn a_long_table_is_not_held_back() {
    let (mut output, out, _) = kept(Some(80));
    let mut table = Table::new(HEADS);
    for at in 0..SAMPLE + 3 {
        output.row(&mut table, &row(&format!("{at}.png"))).unwrap();
    }
    assert_eq!(out.text().lines().count(), SAMPLE + 4);
}

#[test]
fn an_error_is_one_line_with_its_hint() {
    let (mut output, _, err) = kept(None);
    output.fail(&Failure::failed("could not\nlist\x1b[31m").hint("Try again."));
    output.fail(&Failure::silent(Exit::Partly));
    assert_eq!(
        err.text(),
        "assetdeck: could not list⟨1B⟩[31m. Try again.\n"
    );
}

#[test]
fn a_mark_is_not_marked_again() {
    let (mut output, _, err) = kept(None);
    output.note(&format!("“{}” is gone", SafeText::name("a\x1b")));
    assert_eq!(err.text(), "assetdeck: “a⟨1B⟩” is gone\n");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut output = Output::new(Box::new(Closed), Box::new(Sink::default()), None);
    let mut table = Table::new(HEADS);
    let failure = output.row(&mut table, &row("a")).unwrap_err();
    assert_eq!(failure, Failure::silent(Exit::Done));
}

/// Each call of `write`.
#[derive(Default, Clone)]
struct Writes(Arc<Mutex<Vec<String>>>);

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.0.lock().unwrap().push(text);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is typed ahead, or told by another process, is between two lines and never within one.
#[test]
fn what_is_told_is_written_a_line_at_a_time() {
    for objects in [false, true] {
        let err = Writes::default();
        let mut output = Output::new(Box::new(io::sink()), Box::new(err.clone()), Some(80));
        (output.asks, output.echoes, output.objects) = (true, true, objects);
        output.note("a “b”");
        output.ask("Go on? [y/N]").unwrap();
        output.answered("n");
        output.fail(&Failure::usage("c").hint("d"));
        let writes = err.0.lock().unwrap();
        assert_eq!(writes.len(), 4, "{writes:?}");
        let lines = writes.iter().filter(|it| it.ends_with('\n'));
        assert_eq!(lines.count(), if objects { 4 } else { 3 }, "{writes:?}");
    }
}

/// On a terminal no line is longer than it, unless it is one word, which is left to be copied whole.
fn fits(text: &str, columns: usize) -> Result<(), TestCaseError> {
    for line in text.lines() {
        prop_assert!(
            line.width() <= columns || !line.trim().contains(' '),
            "{line:?} on {columns}"
        );
    }
    Ok(())
}

/// Nothing unseen but the joiners inside an emoji.
fn harmless(text: &str) -> Result<(), TestCaseError> {
    let unseen = text
        .chars()
        .filter(|c| !matches!(c, '\n' | '\t' | '\u{200D}' | '\u{FE0F}'))
        .any(is_unseen);
    prop_assert!(!unseen, "{:?}", text);
    Ok(())
}

proptest! {
    #[test]
    fn no_name_gets_out_raw(
        names in prop::collection::vec("[a-z\u{0}-\u{1f}\u{7f}-\u{9f}\u{202a}-\u{202e}\u{2028}\u{e0041}ー👩\u{200d}💻 ⟨]{0,30}", 1..4),
        screen in prop::option::of(10_usize..90),
    ) {
        let (mut output, out, err) = kept(screen);
        let mut table = Table::new(HEADS);
        for name in &names {
            output.row(&mut table, &row(name)).unwrap();
        }
        output.end(table, "").unwrap();
        let table = out.text();
        harmless(&table)?;
        fits(&table, screen.unwrap_or(usize::MAX))?;
        let in_a_pipe = screen.is_none();
        prop_assert!(!in_a_pipe || table.lines().count() == names.len());
        for name in &names {
            output.note(name);
            output.json(&serde_json::json!({ "name": name })).unwrap();
            output.fact("Name", name).unwrap();
            output.line(name).unwrap();
        }
        // One line for each call.
        prop_assert_eq!(err.text().matches('\n').count(), names.len());
        let since = out.text().matches('\n').count() - table.matches('\n').count();
        prop_assert_eq!(since, 3 * names.len());
        harmless(&err.text())?;
        harmless(&out.text())?;
    }
}
