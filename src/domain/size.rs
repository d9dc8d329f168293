//! Sizes and spans of time in words: one rounding for the screen and the commands.

use std::time::Duration;

use humansize::{DECIMAL, FormatSizeOptions, format_size};
use jiff::{SignedDuration, Timestamp};

/// `1 file`, `3 files`.
pub fn file_words(count: usize) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{count} files"),
    }
}

/// A size in words: `802 kB`, `1.2 MB`. Thousands, as the services' limits are mostly given.
pub fn size_words(bytes: u64) -> String {
    let mut scale = 1_u64;
    while bytes / scale >= 1000 {
        scale = scale.saturating_mul(1000);
    }
    // One decimal below ten, none above. What would round up to 1000 kB is rounded first, so that
    // it becomes 1 MB.
    let precise = bytes / scale < 10;
    let step = if precise { scale / 10 } else { scale }.max(1);
    let rounded = (bytes.saturating_add(step / 2) / step).saturating_mul(step);
    let options = FormatSizeOptions::from(DECIMAL)
        .decimal_places(usize::from(precise))
        .decimal_zeroes(0);
    format_size(rounded, options)
}

/// A size in words beside another one: to the byte where both read the same and are not.
pub fn size_beside(bytes: u64, other: Option<u64>) -> String {
    let words = size_words(bytes);
    match other {
        Some(other) if other != bytes && size_words(other) == words => format!("{bytes} bytes"),
        _ => words,
    }
}

/// A span of time in words: `40 s`, `12 min 05 s`, `3 h 20 min`. Two units at the most, cut.
pub fn time_words(span: Duration) -> String {
    let seconds = span.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// How long it is until then, in whole seconds, the begun one counted.
pub fn until(then: Timestamp, time: Timestamp) -> Duration {
    let left = then.duration_since(time).max(SignedDuration::ZERO);
    let more = u64::from(left.subsec_nanos() > 0);
    Duration::from_secs(left.as_secs().unsigned_abs() + more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1234, "1.2 kB"),
            (214_300, "214 kB"),
            (999_700, "1 MB"),
            (1_240_000, "1.2 MB"),
            (20 * 1024 * 1024, "21 MB"),
            (9_960_000, "10 MB"),
        ] {
            assert_eq!(size_words(bytes), text);
        }
        assert_eq!(size_words(u64::MAX), "18 EB");
    }

    #[test]
    fn sizes_that_look_the_same_and_are_not_are_told_to_the_byte() {
        assert_eq!(size_beside(1110, Some(1120)), "1110 bytes");
        assert_eq!(size_beside(1110, Some(1110)), "1.1 kB");
        assert_eq!(size_beside(1110, Some(2000)), "1.1 kB");
        assert_eq!(size_beside(1110, None), "1.1 kB");
    }

    #[test]
    fn spans_read_well() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 00 s"),
            (725, "12 min 05 s"),
            (3600, "1 h 00 min"),
            (12_059, "3 h 20 min"),
            (360_000, "100 h 00 min"),
        ] {
            assert_eq!(time_words(Duration::from_secs(seconds)), text);
        }
    }
}
