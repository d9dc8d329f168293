//! Paths as people type and paste them: quoted, escaped, as addresses, several at once.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// Reads a typed path: `~` is the home folder, and what is not absolute is below `base`.
pub fn typed(text: &str, base: &Path, home: Option<&Path>) -> PathBuf {
    let text = text.trim();
    match (text.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => base.join(text),
    }
}

/// What a paste names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pasted {
    pub paths: Vec<PathBuf>,
    /// What is no path of this machine, without what may be secret in it, and why.
    pub refused: Vec<(PathBuf, String)>,
}

/// The paths in a paste. Terminals give dropped files quoted, escaped or as `file://` addresses,
/// one a line or with spaces between; a plain line may itself hold spaces.
pub fn pasted(text: &str, base: &Path, home: Option<&Path>) -> Pasted {
    let mut pasted = Pasted::default();
    // Terminals send line ends in a paste as carriage returns.
    for line in text.split(['\n', '\r']) {
        for word in words(line.trim()) {
            let path = match word.strip_prefix("file://") {
                Some(address) => address_path(address),
                None if is_address(&word) => Err("it is an address, no file of this machine"),
                None => Ok(typed(&word, base, home)),
            };
            match path {
                Ok(path) if !pasted.paths.contains(&path) => pasted.paths.push(path),
                Ok(_) => {}
                Err(why) => pasted.refused.push((bare(&word), why.to_owned())),
            }
        }
    }
    pasted
}

/// Whether a paste is nothing but paths that say where they begin, as those of dropped files do; a
/// desktop gives addresses among them for what lies elsewhere.
pub fn are_pasted(text: &str) -> bool {
    let lines = text.split(['\n', '\r']).map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty()).peekable();
    let some = text.split_whitespace().any(begins_path);
    some && lines.all(|line| begins_path(line) || is_address(line))
}

/// Splits a line before everything that begins a path, outside quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    // Part of the word stood in quotes: like in a shell, what touches it belongs to it.
    let mut quoted = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match (c, quote) {
            // A backslash escapes nothing where it separates folders.
            ('\\', None) if !cfg!(windows) => {
                let mut chars = after.chars();
                if let Some(escaped) = chars.next() {
                    word.push(escaped);
                }
                rest = chars.as_str();
                continue;
            }
            ('\'' | '"', None) if word.is_empty() || quoted => {
                quote = Some(c);
                quoted = true;
            }
            (c, Some(open)) if c == open => {
                quote = None;
                if after.starts_with([' ', '\t']) || after.is_empty() {
                    if !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                    quoted = false;
                }
            }
            (' ' | '\t', None) if begins_word(after.trim_start()) => {
                let done = std::mem::take(&mut word);
                if !done.trim().is_empty() {
                    words.push(done.trim().to_owned());
                }
                rest = after.trim_start();
                continue;
            }
            _ => word.push(c),
        }
        rest = after;
    }
    let word = if quote.is_none() { word.trim() } else { &word };
    if !word.is_empty() {
        words.push(word.to_owned());
    }
    words
}

fn begins_path(text: &str) -> bool {
    ["/", "~/", "'/", "\"/", "'~", "\"~", "file://", "./", "../"]
        .iter()
        .any(|start| text.starts_with(start))
}

fn begins_word(text: &str) -> bool {
    let text = text.trim_start_matches(['\'', '"']);
    begins_path(text) || is_address(text)
}

/// Whether it begins with a scheme, such as `https://` or `sftp://`.
fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        let rest = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(rest)
    })
}

/// The path of a `file://` address on this machine, or why it has none; a named host is another machine.
fn address_path(address: &str) -> Result<PathBuf, &'static str> {
    let at = address.find('/').ok_or("it names no file")?;
    let host = &address[..at];
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        return Err("it lies on another machine");
    }
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(&address[at..]).collect();
    if bytes.contains(&0) {
        return Err("no file can be called that");
    }
    // A name may be in another encoding.
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

/// An address without its query and user part, which may hold what gives access.
fn bare(address: &str) -> PathBuf {
    let (bare, _) = address.split_once(['?', '#']).unwrap_or((address, ""));
    let Some((scheme, rest)) = bare.split_once("://") else {
        return bare.into();
    };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        pasted(text, Path::new("/here"), Some(Path::new("/home/me")))
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    }

    #[test]
    fn what_is_no_file_here_says_why_and_the_others_are_taken() {
        for (text, taken, refused, why) in [
            (
                "file://far/a.png",
                "",
                "file://far/a.png",
                "another machine",
            ),
            ("file:///x.png%00", "", "file:///x.png%00", "can be called"),
            ("file://far", "", "file://far", "names no file"),
            (
                "/tmp/a b.png https://me:pw@h/a.png?sig=1#x",
                "/tmp/a b.png",
                "https://h/a.png",
                "an address",
            ),
            (
                "'sftp://h/c d.png' /tmp/a.png",
                "/tmp/a.png",
                "sftp://h/c d.png",
                "an address",
            ),
            (
                "https://h/a.png\r/tmp/a.png",
                "/tmp/a.png",
                "https://h/a.png",
                "an address",
            ),
        ] {
            assert_eq!(read(text).concat(), taken, "{text}");
            let pasted = pasted(text, Path::new("/here"), None);
            let [(shown, said)] = &pasted.refused[..] else {
                panic!("{text}: {pasted:?}");
            };
            assert_eq!(shown, Path::new(refused), "{text}");
            assert!(said.contains(why), "{text}: {said}");
        }
        let other = pasted("file:///caf%E9.png", Path::new("/here"), None).paths;
        assert_eq!(other[0].as_os_str().as_encoded_bytes(), b"/caf\xe9.png");
    }

    #[test]
    fn every_way_of_pasting_paths_is_read() {
        assert_eq!(
            read("/home/me/My Photos/hero 1.jpg\n/home/me/b.png"),
            ["/home/me/My Photos/hero 1.jpg", "/home/me/b.png"]
        );
        assert_eq!(read("'/a b.png' '/c.png'"), ["/a b.png", "/c.png"]);
        assert_eq!(read(r"/a\ b.png /c\'d.png"), ["/a b.png", "/c'd.png"]);
        assert_eq!(
            read("file:///a%20b.png\r\nfile://localhost/c.png"),
            ["/a b.png", "/c.png"]
        );
        assert_eq!(read("file://elsewhere/etc/passwd"), [""; 0]);
        assert_eq!(read("~/x.png ./y.png"), ["/home/me/x.png", "/here/./y.png"]);
        assert_eq!(read("/a.png\n/a.png\n\n"), ["/a.png"]);
        assert_eq!(read("file:///a.png\rfile:///b.png\r"), ["/a.png", "/b.png"]);
        assert_eq!(
            read(r"'/up dir/my team'\''s pic.jpg' '/b.png'"),
            ["/up dir/my team's pic.jpg", "/b.png"]
        );
    }

    #[test]
    fn only_what_begins_like_a_path_is_taken_for_dropped_files() {
        for paths in [
            "/a b.png",
            " '/a.png' '/b.png'\r",
            "file:///a.png\n~/b.png",
            "./c.png",
            "/a.png https://a.b/c.png",
            "https://a.b/c.png\n/a.png",
        ] {
            assert!(are_pasted(paths), "{paths}");
        }
        for text in [
            "",
            " \n",
            "hero.png",
            "dyq\n/a.png",
            "https://a.b/c.png",
            "~",
        ] {
            assert!(!are_pasted(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_paste_panics(text in "\\PC{0,60}|[ '\"\\\\/~a\\n]{0,30}") {
            for path in pasted(&text, Path::new("/here"), None).paths {
                prop_assert!(!path.as_os_str().is_empty());
            }
        }
    }
}
