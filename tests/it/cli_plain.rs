//! `--plain`: the five main tasks by questions on plain lines, on a terminal and in a pipe.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::cli_upload::png;
use crate::support::cli::{command, run, run_with};
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::server::{Server, sha256};
use crate::support::wait::until;

const ACCOUNT: &str = "ref of the account; help or quit: ";
const DOCUMENT: &str = "ref of the document; back, help or quit: ";
const SEGMENT: &str = "ref of the segment; back, help or quit: ";
const ASSET: &str = "ref of the asset; upload, back, help or quit: ";
const SEND: &str = ". Send? yes or no: ";
const DO: &str = "1 save, 2 open the link; back, help or quit: ";

/// Someone who answers only what was asked.
struct Talk {
    pty: Pty,
    /// How much of the output has been read.
    read: usize,
}

impl Talk {
    fn start(home: &Home) -> Self {
        let pty = Pty::start(home, &["--plain"], (80, 24));
        Self { pty, read: 0 }
    }

    /// Waits for the question; what was said before it.
    #[track_caller]
    fn hears(&mut self, question: &str) -> String {
        let find = |bytes: &[u8]| {
            let at = bytes.windows(question.len());
            at.into_iter().position(|it| it == question.as_bytes())
        };
        let mut end = None;
        until(PATIENCE, || {
            end = self.pty.output().get(self.read..).and_then(find);
            end.is_some()
        });
        let output = self.pty.output();
        let rest = String::from_utf8_lossy(&output[self.read..]).into_owned();
        let end = end.unwrap_or_else(|| panic!("no {question:?} in {rest}"));
        self.read += end + question.len();
        rest[..rest.find(question).unwrap()].to_owned()
    }

    /// Answers the question; what was said before it.
    #[track_caller]
    fn answers(&mut self, question: &str, answer: &str) -> String {
        let said = self.hears(question);
        self.pty.send(&format!("{answer}\r"));
        said
    }
}

/// A desktop whose browser writes down what it is given.
fn desktop(home: &mut Home) -> std::path::PathBuf {
    let opened = home.path().join("opened");
    let script = format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display());
    let program = home.file("bin/xdg-open", script.as_bytes());
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}/bin:/usr/bin:/bin", home.path().display());
    home.set("PATH", &path).set("DISPLAY", ":9");
    opened
}

#[test]
fn the_five_tasks_are_done_without_an_escape() {
    let server = Server::start();
    let mut home = server.home();
    let opened = desktop(&mut home);
    let bytes = png("by questions");
    home.file("new hero.png", &bytes);
    let mut talk = Talk::start(&home);

    // List.
    let said = talk.answers(ACCOUNT, "acme-loc");
    assert!(said.contains("2. acme-loc; service "), "{said}");
    talk.answers(DOCUMENT, "Mobile app");
    let said = talk.answers(SEGMENT, "hero-banner");
    assert!(said.contains("segments of Mobile app:"), "{said}");

    // Upload; a wrong path and a wrong locale are asked for again.
    talk.answers(ASSET, "upload");
    talk.answers("several in quotes; back: ", "no hero.png");
    let said = talk.answers("several in quotes; back: ", "new hero.png");
    assert!(said.contains("no hero.png: "), "{said}");
    talk.answers("an empty line for none, back: ", "xx");
    let said = talk.answers("an empty line for none, back: ", "de");
    assert!(said.contains("“xx” is not one of"), "{said}");
    // All of it once more, and a question; what is no yes is a no.
    talk.answers("Folder; an empty line for none, back: ", "public/images");
    let said = talk.answers(SEND, "maybe");
    for part in [
        "new hero.png; ",
        "; locale de; folder public/images; ",
        "acme-loc:",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains("1 file to send, "), "{said}");
    assert!(said.ends_with(", to hero-banner"), "{said}");
    let said = talk.answers(ASSET, "upload");
    assert!(said.contains("Nothing was sent."), "{said}");
    assert!(server.stored("new hero.png").is_empty());
    talk.answers("several in quotes; back: ", "new hero.png");
    talk.answers("an empty line for none, back: ", "de");
    talk.answers("Folder; an empty line for none, back: ", "public/images");
    talk.answers(SEND, "yes");
    let said = talk.answers(ASSET, "new hero.png");
    assert!(said.contains("new hero.png: done, "), "{said}");
    assert!(said.contains(". new hero.png; locale de; "), "{said}");
    assert_eq!(server.stored("new hero.png").len(), 1);

    // Look.
    let said = talk.answers(DO, "save");
    assert!(said.contains("Folder: public/images"), "{said}");
    assert!(said.contains("Locale: de"), "{said}");

    // Save; what is there and differs is asked about.
    let saved = home.path().join("kept/new hero.png");
    talk.answers("; back: ", "kept");
    let said = talk.answers("in it? yes or no: ", "yes");
    assert!(
        said.contains("kept is not there. Make it, and save new hero.png "),
        "{said}"
    );
    let said = talk.answers(DO, "1");
    assert!(said.contains("saved "), "{said}");
    assert_eq!(fs::read(&saved).unwrap(), bytes);
    fs::write(&saved, "mine").unwrap();
    talk.answers("; back: ", "kept");
    talk.answers("[s]", "s");
    talk.answers(DO, "save");
    assert_eq!(fs::read(&saved).unwrap(), b"mine");
    talk.answers("; back: ", "kept");
    talk.answers("[s]", "r");
    let before_open = talk.answers(DO, "back");
    assert!(before_open.contains("saved "), "{before_open}");
    assert_eq!(sha256(&fs::read(&saved).unwrap()), sha256(&bytes));

    // Open, at a website: its links need no sign-in.
    talk.answers(ASSET, "acme-web:");
    talk.answers("ref of the website; back, help or quit: ", "Shop");
    talk.answers("ref of the type; upload, back, help or quit: ", "all");
    talk.answers("upload, back, help or quit: ", "1");
    talk.answers(DO, "2");
    let said = talk.answers(DO, "quit");
    assert!(said.contains("handed to the desktop"), "{said}");
    let link = fs::read_to_string(&opened).unwrap();
    assert!(
        link.starts_with("http") && said.contains(link.trim()),
        "{link}"
    );

    assert_eq!(talk.pty.exit_code(PATIENCE), 0);
    let all = String::from_utf8_lossy(&talk.pty.output()).into_owned();
    let odd = |c: char| c.is_control() && !matches!(c, '\r' | '\n');
    assert!(!all.contains(odd), "{all:?}");
    talk.pty.assert_restored();
}

#[test]
fn the_beginning_of_a_list_is_said_before_its_end_is_read() {
    const LONG: &str = "ref of the segment; more, back, help or quit: ";
    let server = Server::with(|options| options.segments = Some(1_200));
    let home = server.home();
    let asked = || {
        let exchanges = server.demo().exchanges();
        let pages = exchanges
            .iter()
            .filter(|one| one.path.ends_with("/segments/search"));
        pages.count()
    };
    let mut talk = Talk::start(&home);
    talk.answers(ACCOUNT, "acme-loc");
    talk.answers(DOCUMENT, "catalogue");
    let said = talk.hears(LONG);
    assert!(
        said.contains("1200 segments of Product catalogue"),
        "{said}"
    );
    assert!(said.contains("1 to 20 of 1200; more goes on."), "{said}");
    assert_eq!(asked(), 1, "only the page that is said");
    talk.pty.send("more\r");
    let said = talk.hears(LONG);
    assert!(
        said.contains("\n21. ") && said.contains("21 to 40 of 1200"),
        "{said}"
    );
    assert_eq!(asked(), 1, "it was read with the first");
    talk.pty.send("1100\r");
    let said = talk.answers(ASSET, "back");
    assert!(said.contains("Reading on"), "{said}");
    // A part of a name may be further down again.
    let said = talk.answers(LONG, "no such name");
    assert!(said.contains("21 to 40 of 1200"), "{said}");
    let said = talk.answers(LONG, "quit");
    assert!(said.contains("Nothing here is called"), "{said}");
    assert_eq!(talk.pty.exit_code(PATIENCE), 0);
}

#[test]
fn a_pipe_has_the_text_of_a_terminal() {
    let server = Server::start();
    let home = server.home();
    let script = [
        (ACCOUNT, "acme-loc"),
        (DOCUMENT, "1"),
        (SEGMENT, "hero"),
        (ASSET, "help"),
        (ASSET, "1"),
        (DO, "open"),
        (DO, "zz"),
        (DO, "back"),
        (ASSET, "more"),
        (ASSET, "quit"),
    ];
    let mut talk = Talk::start(&home);
    let mut input = String::new();
    for (question, answer) in script {
        talk.answers(question, answer);
        input.push_str(answer);
        input.push('\n');
    }
    assert_eq!(talk.pty.exit_code(PATIENCE), 0);
    let ran = run_with(&home, &["--plain"], input.as_bytes()).exits(0);
    assert_eq!(ran.stderr, "");
    let terminal = || String::from_utf8_lossy(&talk.pty.output()).replace("\r\n", "\n");
    assert!(
        until(PATIENCE, || terminal() == ran.stdout),
        "{}\n--- in a pipe\n{}",
        terminal(),
        ran.stdout
    );
    assert!(ran.stdout.contains("Not opened: "), "{}", ran.stdout);
}

#[test]
fn the_end_of_the_input_and_an_interrupt_leave_quietly() {
    let server = Server::start();
    let home = server.home();
    let ran = run(&home, &["--plain"]).exits(0);
    assert!(ran.stdout.ends_with(&format!("{ACCOUNT}\n")), "{ran:?}");
    assert_eq!(ran.stderr, "");
    // In the middle of a form nothing is done.
    let input = "acme-loc\n1\nhero-banner\nupload\n";
    let ran = run_with(&home, &["--plain"], input.as_bytes()).exits(130);
    assert!(ran.stdout.ends_with("back: \n"), "{ran:?}");
    let mut talk = Talk::start(&home);
    talk.hears(ACCOUNT);
    talk.pty.send_keys("C-c");
    assert_eq!(talk.pty.exit_code(PATIENCE), 130);
    let rest = || String::from_utf8_lossy(&talk.pty.output()[talk.read..]).into_owned();
    assert!(until(PATIENCE, || rest() == "^C\r\n"), "{:?}", rest());
}

#[test]
fn foreign_text_is_filtered() {
    let server = Server::with(|options| options.hostile = true);
    let home = server.home();
    let input = "acme-loc\n1\n1\n1\nback\nback\n\x1b[31m\u{202e}\nacme-web:\n1\n1\n1\n2\n";
    let ran = run_with(&home, &["--plain"], input.as_bytes());
    let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!ran.stdout.contains(odd), "{:?}", ran.stdout);
    assert!(ran.stdout.contains('⟨'), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_wrong_number_and_a_part_of_what_is_not_said_go_nowhere() {
    let server = Server::start();
    let home = server.home();
    let mut talk = Talk::start(&home);
    talk.answers(ACCOUNT, "99");
    let said = talk.answers(ACCOUNT, "acme-loc");
    assert!(said.contains("The list has the numbers 1 to 4."), "{said}");
    talk.hears(DOCUMENT);
    // The ref names a document whole; a part of its number stands nowhere.
    let listed = run(&home, &["ls", "acme-loc:", "--json"]).exits(0);
    let first: serde_json::Value =
        serde_json::from_str(listed.stdout.lines().next().unwrap()).unwrap();
    let reference = first["ref"].as_str().unwrap();
    let id = reference.trim_start_matches("acme-loc:");
    talk.pty.send(&format!("{}\r", &id[1..]));
    let said = talk.hears(DOCUMENT);
    assert!(said.contains("The list has the numbers 1 to "), "{said}");
    talk.pty.send(&format!("{reference}\r"));
    talk.answers(SEGMENT, "quit");
    assert_eq!(talk.pty.exit_code(PATIENCE), 0);
}

#[test]
fn an_empty_line_is_what_is_usual_and_none_is_a_word() {
    let server = Server::start();
    let home = server.home();
    let settings = fs::read_to_string(home.config()).unwrap();
    let named = "name = \"acme-loc\"\n";
    assert!(settings.contains(named), "{settings}");
    let usual = "locale = \"de\"\nfolder = \"public/usual\"\n";
    home.write_config(&settings.replace(named, &format!("{named}{usual}")));
    home.file("usual.png", &png("usual"));
    let mut talk = Talk::start(&home);
    talk.answers(ACCOUNT, "acme-loc");
    talk.answers(DOCUMENT, "Mobile app");
    talk.answers(SEGMENT, "hero-banner");
    for (locale, folder, said) in [
        ("", "", "; locale de; folder public/usual; "),
        ("none", "none", "; "),
    ] {
        talk.answers(ASSET, "upload");
        talk.answers("several in quotes; back: ", "usual.png");
        talk.answers("; an empty line for de, none for none, back: ", locale);
        talk.answers(
            "; an empty line for public/usual, none for none, back: ",
            folder,
        );
        let shown = talk.answers(SEND, "no");
        assert!(shown.contains(said), "{shown}");
        assert_eq!(
            shown.contains("public/usual;"),
            folder.is_empty(),
            "{shown}"
        );
    }
    talk.hears(ASSET);
}

const HERE: &str = "acme-loc:Mobile app/hero-banner";

#[test]
fn the_words_are_understood_at_every_question_and_make_no_folder() {
    let server = Server::start();
    let home = server.home();
    home.file("new hero.png", &png("by questions"));
    let asked = "Folder to save in, an empty line for ";
    let input = format!(
        "{HERE}\n1\nSave\nhelp\n?\nBack\nsave\n1\nno\nSAVE\n1\nback\nsave\n'help'\nHelp\nyes\nQuit\n"
    );
    let ran = run_with(&home, &["--plain"], input.as_bytes()).exits(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.stdout.matches(asked).count(), 6, "{}", ran.stdout);
    for (said, times) in [
        ("A folder of this machine; ", 2),
        ("The question names", 0),
        ("One of the words or letters that the question names.", 1),
        ("Nothing was done.", 2),
        ("Nothing was saved.", 1),
    ] {
        assert_eq!(
            ran.stdout.matches(said).count(),
            times,
            "{said}: {}",
            ran.stdout
        );
    }
    assert!(!home.path().join("1").exists(), "{}", ran.stdout);
    assert!(home.path().join("help").is_dir(), "{}", ran.stdout);
    // In the upload's form, and before its last question.
    for leaves in ["quit", "Exit"] {
        let input = format!("{HERE}\nUpload\nHELP\nnew hero.png\n?\nde\nhelp\n\nhelp\n{leaves}\n");
        let ran = run_with(&home, &["--plain"], input.as_bytes()).exits(0);
        for said in [
            "A path such as ",
            "A locale, such as ",
            "A folder of the service",
            "One of the words or letters that the question names.",
        ] {
            assert_eq!(
                ran.stdout.matches(said).count(),
                1,
                "{said}: {}",
                ran.stdout
            );
        }
        assert!(
            ran.stdout.ends_with("Nothing was done.\n"),
            "{}",
            ran.stdout
        );
    }
    let input = format!("{HERE}\nupload\nnew hero.png\nde\n\nback\nquit\n");
    let ran = run_with(&home, &["--plain"], input.as_bytes()).exits(0);
    // Who leaves the form is where they were.
    let (_, rest) = ran.stdout.split_once("Nothing was done.").unwrap();
    assert!(rest.contains(" of hero-banner:"), "{}", ran.stdout);
    assert!(server.stored("new hero.png").is_empty());
}

#[test]
fn places_that_a_ref_names_are_called_by_their_names() {
    let server = Server::start();
    let home = server.home();
    let said = |input: &str| run_with(&home, &["--plain"], input.as_bytes()).stdout;
    let listed = run(&home, &["ls", "acme-web:", "--json"]).exits(0).json();
    let shop = listed.iter().find(|row| row["name"] == "Shop").unwrap();
    let by_id = said(&format!("{}\nback\nquit\n", shop["ref"].as_str().unwrap()));
    for text in [said("acme-web:Shop\nquit\n"), by_id] {
        assert!(text.contains(" types of Shop:"), "{text}");
    }
    let text = said(&format!("{HERE}\nback\nquit\n"));
    assert!(text.contains(" of hero-banner:"), "{text}");
    assert!(text.contains(" segments of Mobile app:"), "{text}");
    // What a browser cannot open is nothing to take along, and only the conversation's words are named.
    let text = said(&format!("{HERE}\n1\nopen\nquit\n"));
    assert!(
        text.contains("without signing in; type save to save it"),
        "{text}"
    );
    assert!(
        text.contains("Not opened: there is no desktop here.\n"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_taken_of_several_files_is_said_and_the_others_go_on() {
    let server = Server::start();
    let home = server.home();
    let file = home.file("good.png", &png("good"));
    let (file, none) = (file.display(), home.path().join("none.png"));
    let none = none.display();
    let files = format!("file://far/a.png '{none}' https://h/a.png?sig=canary '{file}'");
    let input = format!("{HERE}\nupload\n{files}\nde\n\nno\nquit\n");
    let text = run_with(&home, &["--plain"], input.as_bytes())
        .exits(0)
        .stdout;
    for said in [
        "file://far/a.png: it lies on another machine.\n",
        "https://h/a.png: it is an address, no file of this machine.\n",
        "none.png: ",
        "1 file to send, ",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn an_input_that_cannot_be_read_ends_it_and_says_so_once() {
    let server = Server::start();
    let home = server.home();
    let mut program = command(&home, "timeout");
    program.args(["60", env!("CARGO_BIN_EXE_assetdeck"), "--plain"]);
    let ran = program.stdin(fs::File::open(home.path()).unwrap()).output();
    let ran = ran.unwrap();
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let (said, wrong) = (ran.stdout, String::from_utf8(ran.stderr).unwrap());
    assert!(
        String::from_utf8(said)
            .unwrap()
            .ends_with(&format!("{ACCOUNT}\n"))
    );
    assert!(
        wrong.starts_with("assetdeck: could not read the answer: "),
        "{wrong}"
    );
    assert_eq!(wrong.lines().count(), 1, "{wrong}");
}

#[test]
fn a_terminal_that_is_gone_ends_it_though_hang_ups_are_ignored() {
    let server = Server::start();
    let home = server.home();
    let script = r#"trap "" HUP; exec "$0" --plain"#;
    let args = ["-c", script, env!("CARGO_BIN_EXE_assetdeck")];
    let mut pty = Pty::spawn(home.env(), home.path(), "sh", &args, (80, 24));
    pty.wait_written(ACCOUNT);
    // What is echoed wakes whoever reads the terminal.
    pty.hang_up_at(|pty| pty.send("acme"));
    // A closed terminal reads as an error or, a moment later, as its end.
    let code = pty.exit_code(PATIENCE);
    assert!(matches!(code, 0 | 1), "{code}");
}
