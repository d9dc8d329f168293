//! Tables on narrow terminals: nothing is wrapped but what is to be copied, and that stands there whole.

use unicode_width::UnicodeWidthStr as _;

use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::server::Server;

const HERO: &str = "acme-loc:19914/27667833";

/// Whether one word reaches beyond the terminal: it is selected as a whole all the same.
fn is_one_word(line: &str) -> bool {
    !line.trim().contains(' ')
}

#[test]
fn a_table_fits_the_terminal_and_its_refs_are_whole() {
    let server = Server::start();
    let home = server.home();
    home.file(
        "in/de/a-picture-with-a-rather-long-name-of-its-own.png",
        &png("x"),
    );
    let pattern = "{locale}/{folder}/{name}";
    let dry = [
        "upload",
        "in",
        "--to",
        HERO,
        "--pattern",
        pattern,
        "--dry-run",
    ];
    for args in [
        &["accounts"][..],
        &["ls"],
        &["ls", "acme-loc:"],
        &["ls", "acme-loc:19914"],
        &["ls", HERO],
        &["ls", "acme-web:"],
        &["find", "hero"],
        &dry,
        &["config", "show"],
        &["coverage", "acme-loc:19914"],
    ] {
        let piped = run(&home, args).exits(0).stdout;
        let first = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
        for columns in [40, 80, 200] {
            let pty = Pty::start(&home, args, (columns, 50));
            assert_eq!(pty.exit_code(PATIENCE), 0);
            let output = String::from_utf8(pty.output()).expect("text");
            // What is said beside it is no table.
            let beside = ["assetdeck: ", "● present", "Nothing"];
            let table = output.lines();
            let table = table.filter(|line| !beside.iter().any(|it| line.starts_with(it)));
            for line in table {
                let fits = line.width() <= usize::from(columns) || is_one_word(line);
                assert!(fits, "{args:?} on {columns}: {line:?} of\n{output}");
            }
            for reference in piped.lines().map(first).filter(|it| it.contains(':')) {
                assert!(output.contains(&reference), "{reference} in\n{output}");
            }
        }
    }
}
