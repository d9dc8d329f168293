//! Secrets in the disguises in which they leak, and where they are found.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Every file below a folder, searched for bytes; the files that hold them.
pub fn holding(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(holding(&entry.path(), needle));
        } else if kind.is_file() {
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(entry.path());
            }
        }
    }
    found
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A secret raw, in hexadecimal, in base64 without its last digits, and as the list of numbers that a
/// debugger prints of bytes.
pub fn disguises(key: &str) -> [Vec<u8>; 4] {
    let mut hex = String::new();
    for byte in key.bytes() {
        let _ = write!(hex, "{byte:02x}");
    }
    let base64 = key.as_bytes().chunks_exact(3).flat_map(|three| {
        let bits = three
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| DIGITS[bits >> shift & 63])
    });
    let numbers: Vec<String> = key.bytes().map(|byte| byte.to_string()).collect();
    [
        key.as_bytes().to_vec(),
        hex.into_bytes(),
        base64.collect(),
        numbers.join(", ").into_bytes(),
    ]
}
