//! Progress in a conversation: a line now and then, in the words of the block, for those who hear it.

use std::time::{Duration, Instant};

use super::lines::{parts, sum_parts};
use crate::domain::SafeText;
use crate::transfer::{Gauge, Job, Total};

/// No line comes sooner after the start, or after the line before.
const LEAST: Duration = Duration::from_secs(3);
/// After so long a line comes however little has moved.
const MOST: Duration = Duration::from_secs(10);
/// Before that, one comes for so many percent.
const STEP: u8 = 10;

/// When the last line was said, and how far it was by then.
#[derive(Debug, Default)]
pub struct Spoken(Option<(Instant, u8)>);

impl Spoken {
    /// Whether it is time for a line.
    pub fn due(&mut self, total: &Total, now: Instant) -> bool {
        if total.files == 0 || total.is_over() {
            return false;
        }
        let percent = total.percent().unwrap_or(0);
        let (at, told) = *self.0.get_or_insert((now, percent));
        let silent = now.saturating_duration_since(at);
        let due = silent >= MOST || (silent >= LEAST && percent / STEP > told / STEP);
        if due {
            self.0 = Some((now, percent));
        }
        due
    }
}

/// One file and how far it is.
pub fn of(job: &Job, gauge: &Gauge) -> String {
    format!(
        "{}: {}",
        SafeText::name(&job.name),
        said(&parts(job, gauge))
    )
}

/// How far all of them are.
pub fn of_all(total: &Total) -> String {
    said(&sum_parts(total))
}

fn said(parts: &[String]) -> String {
    let known = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty());
    known.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(bytes: u64) -> Total {
        Total {
            files: 2,
            running: 1,
            done: 1,
            bytes,
            of: 100,
            ..Total::default()
        }
    }

    #[test]
    fn a_line_comes_for_ten_percent_or_after_ten_seconds_and_never_at_once() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut spoken = Spoken::default();
        assert!(!spoken.due(&total(5), start), "it has only begun");
        assert!(!spoken.due(&total(50), after(2)), "too soon");
        assert!(spoken.due(&total(50), after(3)));
        assert!(!spoken.due(&total(58), after(12)));
        assert!(spoken.due(&total(58), after(13)), "silent for long");
        assert!(spoken.due(&total(60), after(16)));
        let over = Total {
            running: 0,
            done: 2,
            ..total(100)
        };
        assert!(!spoken.due(&over, after(60)), "its end is told by itself");
    }

    #[test]
    fn a_line_is_in_the_words_of_the_block() {
        let total = Total {
            rate: Some(2_000_000),
            left: Some(Duration::from_secs(8)),
            ..total(30)
        };
        assert_eq!(
            of_all(&total),
            "1 of 2 done; 30 %; 2 MB/s; 30 B of 100 B; 8 s left"
        );
    }
}
