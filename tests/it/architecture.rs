//! The layer table at the head of `src/lib.rs`, held.
//!
//! Comments and the insides of literals are blanked before anything is looked for, except by the
//! check for the services' names, which reads everything. Test code (`#[cfg(test)]` modules and
//! files named `tests.rs` or lying under a `tests` folder) may use any outside crate and does not
//! count as length; it may also import `demo`, the embedded server, which is every layer's fixture.
//! All else holds for it too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Longest file, in lines without tests.
const MAX_LINES: usize = 400;

/// The rules read from the table.
#[derive(Debug, Default)]
struct Rules {
    /// Layer → layers it may import.
    imports: BTreeMap<String, BTreeSet<String>>,
    /// Outside crate → layers that may use it.
    confined: BTreeMap<String, BTreeSet<String>>,
    free: BTreeSet<String>,
}

impl Rules {
    fn parse(head: &str) -> Self {
        let head = head.replace('`', "");
        let names = |cell: &str| -> BTreeSet<String> {
            let parts = cell.split(',').map(|part| part.trim().to_owned());
            parts.filter(|part| !part.is_empty()).collect()
        };
        let lines = head
            .lines()
            .filter_map(|line| line.strip_prefix("//!"))
            .map(str::trim);
        let mut rules = Self::default();
        let mut prose = String::new();
        for line in lines {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            if cells.len() != 5 {
                let _ = write!(prose, "{line} ");
                continue;
            }
            let layer = cells[1];
            if layer == "layer" || layer.starts_with('-') {
                continue;
            }
            rules.imports.insert(layer.to_owned(), names(cells[2]));
            for name in names(cells[3]) {
                rules
                    .confined
                    .entry(name)
                    .or_default()
                    .insert(layer.to_owned());
            }
        }
        // "In several layers: `a` (x, y), `b` and `c` (z). Everywhere: `d`, `e`."
        let (several, everywhere) = prose
            .split_once("In several layers:")
            .and_then(|(_, rest)| rest.split_once("Everywhere:"))
            .expect("the two sentences below the table");
        for entry in several.split(')') {
            let Some((listed, layers)) = entry.split_once('(') else {
                continue;
            };
            for name in names(&listed.replace(" and ", ",").replace('.', "")) {
                rules
                    .confined
                    .entry(name)
                    .or_default()
                    .extend(names(layers));
            }
        }
        rules.free = names(everywhere.split('.').next().unwrap_or_default());
        rules
    }
}

/// One source file, as the checks see it.
struct Source {
    /// Relative to `src`, with forward slashes.
    path: String,
    text: String,
    /// Without comments and literals.
    code: String,
    /// Without test modules as well; empty for a file that is all test.
    product: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let code = blank_comments_and_literals(text);
        let all_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        let product = if all_test {
            String::new()
        } else {
            blank_test_modules(&code)
        };
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            product,
        }
    }

    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The composition root and the list of modules see everything.
    fn is_root(&self) -> bool {
        matches!(self.path.as_str(), "lib.rs" | "main.rs")
    }

    /// Does `super::` in this file, outside inline modules, leave its layer?
    fn is_layer_top(&self) -> bool {
        !self.path.contains('/')
            || self.path.matches('/').count() == 1 && self.path.ends_with("/mod.rs")
    }

    fn violations(&self, rules: &Rules) -> Vec<String> {
        let mut found = Vec::new();
        self.check_head(&mut found);
        self.check_length(&mut found);
        self.check_names(&mut found);
        self.check_supers(&mut found);
        self.check_layers(rules, &mut found);
        self.check_crates(rules, &mut found);
        self.check_calls(&mut found);
        found
            .into_iter()
            .map(|problem| format!("src/{}: {problem}", self.path))
            .collect()
    }

    fn check_head(&self, found: &mut Vec<String>) {
        let head = self
            .text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("//!"));
        if head.is_none_or(|sentence| sentence.trim().is_empty()) {
            found.push("does not open with a //! sentence".into());
        }
    }

    fn check_length(&self, found: &mut Vec<String>) {
        if self.product.is_empty() {
            return;
        }
        // Blanked test modules keep their line ends; their lines are taken off the whole.
        let test_lines = self
            .code
            .lines()
            .zip(self.product.lines())
            .filter(|(code, product)| code != product)
            .count();
        let lines = self.text.lines().count() - test_lines;
        if lines > MAX_LINES {
            found.push(format!(
                "{lines} lines without tests, the limit is {MAX_LINES}"
            ));
        }
    }

    fn check_names(&self, found: &mut Vec<String>) {
        if self.path.starts_with("providers/") || self.path.starts_with("demo/") {
            return;
        }
        for (number, line) in self.text.lines().enumerate() {
            if self.path == "lib.rs" && line.starts_with("//!") {
                continue;
            }
            let lower = line.to_lowercase();
            for name in ["segmentflow", "wordbee"] {
                if lower.contains(name) {
                    found.push(format!("line {}: names the service {name}", number + 1));
                }
            }
        }
    }

    fn check_supers(&self, found: &mut Vec<String>) {
        let squeezed: String = self.code.split_whitespace().collect();
        if squeezed.contains("super::super") || squeezed.contains("super::{super") {
            found.push("super::super walks round the layer table".into());
        }
        if self.is_layer_top() && !paths_from(&self.product, "super").is_empty() {
            found.push("super:: at the top of a layer walks round the layer table".into());
        }
    }

    fn check_layers(&self, rules: &Rules, found: &mut Vec<String>) {
        if self.is_root() {
            return;
        }
        let layer = self.layer();
        let Some(allowed) = rules.imports.get(layer) else {
            found.push(format!("layer {layer} is not in the table of src/lib.rs"));
            return;
        };
        let product: BTreeSet<String> = paths_from(&self.product, "crate");
        for target in paths_from(&self.code, "crate") {
            let fixture = target == "demo" && !product.contains(&target);
            if target != layer && !allowed.contains(&target) && !fixture {
                found.push(format!("{layer} may not import crate::{target}"));
            }
        }
    }

    fn check_crates(&self, rules: &Rules, found: &mut Vec<String>) {
        if self.is_root() {
            return;
        }
        for (name, layers) in &rules.confined {
            if !layers.contains(self.layer()) && uses_crate(&self.product, name) {
                found.push(format!("{} may not use the crate {name}", self.layer()));
            }
        }
    }

    /// What clippy bans too, held here where an `allow` cannot lift it.
    fn check_calls(&self, found: &mut Vec<String>) {
        let printing = ["println!", "print!", "eprintln!", "eprint!"];
        for name in printing {
            if self.path != "cli/output.rs" && has_word(&self.product, name) {
                found.push(format!("{name} outside cli/output.rs"));
            }
        }
        // The watcher of the terminal ends the process when the main thread cannot; it gives the
        // terminal back first.
        if self.product.contains("process::exit") && self.path != "tui/hangup.rs" {
            found.push("process::exit skips the terminal guard".into());
        }
        if self.product.contains("process::Command") || has_word(&self.product, "Command::new") {
            let opener = self.layer() == "runtime" || self.layer() == "cli";
            if !opener {
                found.push("starts a program outside runtime and cli".into());
            }
        }
    }
}

fn is_ident(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Is `word` in the code, not as the tail of a longer name?
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(at, _)| at == 0 || !is_ident(code.as_bytes()[at - 1]))
}

/// First names after `root::` in code, groups such as `root::{a, b::c}` taken apart.
fn paths_from(code: &str, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(root) {
        let before = code[..at].bytes().next_back();
        if before.is_some_and(|byte| is_ident(byte) || byte == b'$') {
            continue;
        }
        let Some(rest) = code[at + root.len()..].trim_start().strip_prefix("::") else {
            continue;
        };
        let rest = rest.trim_start();
        let Some(group) = rest.strip_prefix('{') else {
            found.extend(first_name(rest));
            continue;
        };
        let mut depth = 1;
        let mut start = 0;
        for (offset, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || depth == 1 && character == ',' {
                found.extend(first_name(group[start..offset].trim_start()));
                start = offset + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn first_name(text: &str) -> Option<String> {
    let end = text
        .bytes()
        .position(|byte| !is_ident(byte))
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Does the code name this outside crate: `name::…`, `use name`, `use {name, …}`?
fn uses_crate(code: &str, name: &str) -> bool {
    // A module of the file's own may carry the name of a crate.
    if has_word(code, &format!("mod {name};")) || has_word(code, &format!("mod {name} ")) {
        return false;
    }
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].trim_end();
        let after = &code[at + name.len()..];
        let joined = at > 0 && is_ident(code.as_bytes()[at - 1]);
        if joined || after.bytes().next().is_some_and(is_ident) {
            return false;
        }
        // A method, such as `file.open::<T>()`.
        if before.ends_with('.') {
            return false;
        }
        // `a::name::b` is a path of something else; `::name::b` is the crate.
        if let Some(head) = before.strip_suffix("::")
            && head
                .bytes()
                .next_back()
                .is_some_and(|byte| is_ident(byte) || byte == b'>')
        {
            return false;
        }
        let imported = before.ends_with("use") || before.ends_with("extern crate");
        after.trim_start().starts_with("::") || imported
    })
}

/// The text with comments and the insides of string and character literals turned into spaces;
/// line ends stay where they are.
fn blank_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => line_end(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => block_comment_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'r' if starts_raw_string(bytes, at) => raw_string_end(bytes, at),
            b'\'' => char_end(bytes, at),
            _ => at,
        };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8(out).expect("only whole characters are blanked")
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |end| at + end)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn starts_raw_string(bytes: &[u8], at: usize) -> bool {
    let prefixed = at > 0 && is_ident(bytes[at - 1]) && bytes[at - 1] != b'b';
    let hashes = bytes[at + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    !prefixed && bytes.get(at + 1 + hashes) == Some(&b'"')
}

fn raw_string_end(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[at + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    let closing: Vec<u8> = std::iter::once(b'"')
        .chain(std::iter::repeat_n(b'#', hashes))
        .collect();
    let inner = at + hashes + 2;
    let found = bytes[inner..]
        .windows(closing.len())
        .position(|window| window == closing);
    found.map_or(bytes.len(), |end| inner + end + closing.len())
}

/// A character literal; a lifetime is left alone.
fn char_end(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        let inner = at + 3;
        return bytes[inner.min(bytes.len())..]
            .iter()
            .position(|byte| *byte == b'\'')
            .map_or(at, |end| inner + end + 1);
    }
    let rest = std::str::from_utf8(&bytes[at + 1..]).unwrap_or_default();
    let Some(character) = rest.chars().next() else {
        return at;
    };
    let close = at + 1 + character.len_utf8();
    if bytes.get(close) == Some(&b'\'') {
        close + 1
    } else {
        at
    }
}

/// Turns `#[cfg(test)] mod … { … }` into spaces.
fn blank_test_modules(code: &str) -> String {
    let mut out = code.to_owned();
    for marker in ["#[cfg(test)]", "#[cfg(all(test"] {
        while let Some(at) = out.find(marker) {
            let from = out[at..].find(']').map_or(out.len(), |end| at + end + 1);
            let stop = out[from..]
                .find([';', '{'])
                .map_or(out.len(), |end| from + end);
            let end = if out[stop..].starts_with('{') {
                brace_end(&out, stop)
            } else {
                stop
            };
            let end = (end + 1).min(out.len());
            let blank: String = out[at..end]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' })
                .collect();
            out.replace_range(at..end, &blank);
        }
    }
    out
}

fn brace_end(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (offset, byte) in code[open..].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset;
        }
    }
    code.len()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn own_rules() -> Rules {
    let lib = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
    Rules::parse(&std::fs::read_to_string(lib).expect("src/lib.rs"))
}

#[test]
fn the_layer_table_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rules = own_rules();
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    assert!(files.len() > 20, "only {} files found", files.len());
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let relative = file.strip_prefix(&root).expect("under src");
        let path = relative.to_string_lossy().replace('\\', "/");
        found.extend(Source::new(&path, &text).violations(&rules));
    }
    assert!(
        found.is_empty(),
        "{} violations:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn the_table_is_read_whole() {
    let rules = own_rules();
    assert!(rules.imports["domain"].is_empty());
    assert!(rules.imports["providers"].contains("api"));
    assert!(rules.confined["reqwest"].contains("api"));
    assert_eq!(rules.confined["reqwest"].len(), 1);
    assert!(rules.confined["tokio"].contains("transfer") && rules.confined["tokio"].len() > 4);
    assert!(rules.confined["ratatui"].contains("ui"));
    assert!(rules.free.contains("serde") && rules.free.contains("percent_encoding"));
    assert!(rules.confined["ratatui"].contains("tui"));
    let modules = include_str!("../../src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    for module in modules {
        assert!(
            rules.imports.contains_key(module),
            "module {module} has no row"
        );
    }
}

/// Crates that only carry others, and may stand anywhere tokio or reqwest may.
const CARRIERS: [&str; 4] = ["bytes", "futures_util", "tokio_util", "anyhow"];

#[test]
fn every_dependency_has_its_place_in_the_table() {
    let rules = own_rules();
    let manifest = include_str!("../../Cargo.toml");
    let mut homeless = Vec::new();
    let mut normal = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            normal = line.ends_with("dependencies]") && !line.contains("dev-");
        } else if normal && let Some((name, _)) = line.split_once(" = ") {
            let name = name.trim().replace('-', "_");
            let placed = rules.free.contains(&name) || rules.confined.contains_key(&name);
            if !placed && !CARRIERS.contains(&name.as_str()) {
                homeless.push(name);
            }
        }
    }
    assert!(
        homeless.is_empty(),
        "no place in the table of src/lib.rs: {homeless:?}"
    );
}

/// The problems of one made-up file.
fn judge(path: &str, text: &str) -> Vec<String> {
    Source::new(path, text).violations(&own_rules())
}

#[track_caller]
fn red(path: &str, text: &str, words: &str) {
    let problems = judge(path, text);
    assert!(
        problems.iter().any(|p| p.contains(words)),
        "{words:?} not in {problems:?}"
    );
}

#[track_caller]
fn green(path: &str, text: &str) {
    assert_eq!(judge(path, text), Vec::<String>::new());
}

#[test]
fn a_sideways_import_is_found() {
    red(
        "domain/id.rs",
        "//! Ids.\nuse crate::api::Page;\n",
        "may not import crate::api",
    );
    red(
        "ui/panes.rs",
        "//! P.\nuse crate::{domain::Id, runtime::{x, y}, app};\n",
        "crate::runtime",
    );
    red(
        "app/mod.rs",
        "//! A.\nfn f() { crate::providers::connect(); }\n",
        "crate::providers",
    );
    red(
        "api/mod.rs",
        "//! A.\nuse super::providers;\n",
        "super:: at the top",
    );
    red(
        "api/http.rs",
        "//! A.\nuse super::super::providers;\n",
        "super::super",
    );
    red("stray/mod.rs", "//! S.\n", "not in the table");
    green(
        "app/mod.rs",
        "//! A.\nuse crate::{api::error::ApiError, domain::{Id, Page}};\n",
    );
    green(
        "api/http.rs",
        "//! crate::providers is not for us.\n/* crate::cli */ use super::error;\n",
    );
    green(
        "api/http.rs",
        "//! A.\nconst A: &str = \"crate::cli\"; const B: char = '\"';\n",
    );
}

#[test]
fn test_code_has_its_own_freedom() {
    green(
        "providers/mod.rs",
        "//! P.\n#[cfg(test)]\nmod tests {\n use super::*; use crate::demo::serve;\n use axum::x;\n}\n",
    );
    green(
        "providers/acme/tests.rs",
        "//! T.\nuse crate::demo::serve;\nuse axum::x;\n",
    );
    red(
        "providers/mod.rs",
        "//! P.\n#[cfg(test)]\nmod tests { use crate::cli::x; }\n",
        "crate::cli",
    );
    red(
        "providers/mod.rs",
        "//! P.\nuse crate::demo::serve;\n",
        "crate::demo",
    );
}

#[test]
fn a_confined_crate_is_found() {
    red(
        "app/mod.rs",
        "//! A.\nuse reqwest::Client;\n",
        "may not use the crate reqwest",
    );
    red(
        "app/mod.rs",
        "//! A.\nfn f() { ::crossterm::x(); }\n",
        "crossterm",
    );
    red("cli/mod.rs", "//! A.\nuse ratatui;\n", "ratatui");
    red(
        "domain/mod.rs",
        "//! A.\n#[tokio::main]\nfn f() {}\n",
        "tokio",
    );
    green(
        "api/mod.rs",
        "//! A.\nuse reqwest::Client; use tokio::fs;\n",
    );
    green(
        "app/mod.rs",
        "//! Speaks of reqwest::Client.\nfn f() { self.open(); file.open::<u8>(); }\n",
    );
    green("cli/mod.rs", "//! A.\nmod open;\nfn f() { open::run(); }\n");
}

#[test]
fn a_service_name_is_found() {
    red(
        "ui/panes.rs",
        "//! P.\n// as Wordbee has it\n",
        "names the service wordbee",
    );
    red(
        "app/mod.rs",
        "//! P.\nconst X: &str = \"SegmentFlow\";\n",
        "names the service segmentflow",
    );
    red(
        "lib.rs",
        "//! About Wordbee.\npub mod wordbee;\n",
        "names the service wordbee",
    );
    green("lib.rs", "//! About Wordbee.\npub mod api;\n");
    green("providers/mod.rs", "//! P.\npub mod wordbee;\n");
    green("demo/seed.rs", "//! SegmentFlow's seed.\n");
}

#[test]
fn a_missing_head_and_a_long_file_are_found() {
    red("api/x.rs", "use std::fmt;\n", "//! sentence");
    red("api/x.rs", "//!\nuse std::fmt;\n", "//! sentence");
    let long = format!("//! L.\n{}", "fn f() {}\n".repeat(MAX_LINES));
    red("api/x.rs", &long, "lines without tests");
    let tests = "    fn f() {}\n".repeat(MAX_LINES);
    green(
        "api/x.rs",
        &format!("//! L.\n#[cfg(test)]\nmod tests {{\n{tests}}}\n"),
    );
    green("api/x/tests.rs", &long);
}

#[test]
fn a_stray_print_or_exit_is_found() {
    red("api/x.rs", "//! A.\nfn f() { println!(); }\n", "println!");
    red(
        "tui/x.rs",
        "//! A.\nfn f() { std::process::exit(1); }\n",
        "process::exit",
    );
    red(
        "app/x.rs",
        "//! A.\nuse std::process::Command;\n",
        "starts a program",
    );
    green("cli/output.rs", "//! A.\nfn f() { eprintln!(); }\n");
    green(
        "api/x.rs",
        "//! A.\n#[cfg(test)]\nmod tests { fn f() { println!(); } }\n",
    );
}
