//! One line for a file or for all of them: how far they are, what matters most first.

use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use crate::api::Step;
use crate::cli::output::cut;
use crate::domain::{SafeText, size_words, time_words};
use crate::transfer::{Direction, Gauge, Job, JobState, Total};

/// Joins what fits behind a name, the first of them first.
fn fitted(parts: &[String], width: usize) -> String {
    let mut text = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let gap = if text.is_empty() { "" } else { "  " };
        if text.width() + gap.len() + part.width() > width {
            break;
        }
        text.push_str(gap);
        text.push_str(part);
    }
    text
}

/// One running file: its name, as much of it as there is room for, and how far it is.
pub(super) fn line(job: &Job, gauge: &Gauge, width: usize) -> String {
    let arrow = match job.direction {
        Direction::Up => '↑',
        Direction::Down => '↓',
    };
    let behind = fitted(&parts(job, gauge), (width * 2 / 3).saturating_sub(4));
    let room = width.saturating_sub(behind.width() + 4);
    let name = cut(SafeText::name(&job.name).as_str(), room);
    let fill = " ".repeat(room.saturating_sub(name.width()));
    format!("{arrow} {name}{fill}  {behind}")
}

/// How far a running file is, what matters most first; what is not known is empty.
pub(super) fn parts(job: &Job, gauge: &Gauge) -> Vec<String> {
    match &job.state {
        JobState::Waiting { until, error, .. } => {
            let left = until.duration_since(jiff::Timestamp::now()).as_secs();
            let left = Duration::from_secs(u64::try_from(left).unwrap_or(0));
            vec![format!("again in {}", time_words(left)), error.to_string()]
        }
        JobState::Running(step) if *step != Step::Send => vec![step.label().to_owned()],
        _ => {
            let percent = gauge.size.filter(|size| *size > 0).map(|size| {
                // Sent is not done.
                let share = u128::from(gauge.bytes) * 100 / u128::from(size);
                format!("{:>3} %", share.min(99))
            });
            let bytes = match gauge.size {
                Some(size) => format!("{} of {}", size_words(gauge.bytes), size_words(size)),
                None => size_words(gauge.bytes),
            };
            let rate = format!("{}/s", gauge.rate.map_or("–".to_owned(), size_words));
            let left = gauge.left.map(|left| format!("{} left", time_words(left)));
            vec![
                percent.unwrap_or_default(),
                rate,
                bytes,
                left.unwrap_or_default(),
            ]
        }
    }
}

/// The line below them: all of the run.
pub(super) fn sum(total: &Total, width: usize) -> String {
    fitted(&sum_parts(total), width)
}

/// How far all of the run is, what matters most first.
pub(super) fn sum_parts(total: &Total) -> Vec<String> {
    let mut parts = vec![format!("{} of {} done", total.done, total.files)];
    if total.failed > 0 {
        parts.push(format!("{} failed", total.failed));
    }
    parts.extend(total.percent().map(|percent| format!("{percent} %")));
    parts.push(format!(
        "{}/s",
        total.rate.map_or("–".to_owned(), size_words)
    ));
    if total.unsized_files == 0 {
        parts.push(format!(
            "{} of {}",
            size_words(total.bytes),
            size_words(total.of)
        ));
    } else {
        parts.push(size_words(total.bytes));
    }
    parts.extend(total.left.map(|left| format!("{} left", time_words(left))));
    parts
}
