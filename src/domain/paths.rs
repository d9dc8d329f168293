//! Paths as people type and paste them: quoted, escaped, as addresses, several at once.

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

/// The paths in a paste. Terminals give dropped files quoted, escaped or as `file://` addresses,
/// one a line or with spaces between; a plain line may itself hold spaces.
pub fn pasted(text: &str, base: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    // Terminals send line ends in a paste as carriage returns.
    for line in text.split(['\n', '\r']) {
        for word in words(line.trim()) {
            let path = match word.strip_prefix("file://") {
                Some(address) => address_path(address),
                None => Some(typed(&word, base, home)),
            };
            if let Some(path) = path.filter(|path| !paths.contains(path)) {
                paths.push(path);
            }
        }
    }
    paths
}

/// Whether a paste is nothing but paths that say where they begin, as those of dropped files do.
pub fn are_pasted(text: &str) -> bool {
    let mut lines = text.split(['\n', '\r']).map(str::trim);
    let is_path = |line: &str| line.is_empty() || begins_path(line);
    !text.trim().is_empty() && lines.all(is_path)
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
            (' ' | '\t', None) if begins_path(after.trim_start()) => {
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

/// The path of a `file://` address on this machine; a named host is another machine.
fn address_path(address: &str) -> Option<PathBuf> {
    let at = address.find('/')?;
    let host = &address[..at];
    if !host.is_empty() && host != "localhost" {
        return None;
    }
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(&address[at..]).collect();
    let text = String::from_utf8(bytes).ok()?;
    (!text.contains('\0')).then(|| PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        pasted(text, Path::new("/here"), Some(Path::new("/home/me")))
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    }

    #[test]
    #[cfg(unix)]
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
            for path in pasted(&text, Path::new("/here"), None) {
                prop_assert!(!path.as_os_str().is_empty());
            }
        }
    }
}
