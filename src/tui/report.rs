//! What the terminal is told beside the frames while transfers run: the window's title, its own
//! progress bar, and a sign at the end. Fixed words and numbers only, never a name.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anstyle_progress::{TermProgress, TermProgressStatus, supports_term_progress};

use crate::domain::{Notify, Reports};
use crate::transfer::Total;

/// Changes are told no more often than this; beginning and end at once.
const EVERY: Duration = Duration::from_secs(1);
/// What has not changed is told again: terminals take a bar away that nobody moves.
const AGAIN: Duration = Duration::from_secs(10);

/// What the terminal has to be freed of, shared with whoever gives it back.
#[derive(Debug, Clone, Default)]
pub struct Debt(Arc<Owed>);

#[derive(Debug, Default)]
struct Owed {
    title: AtomicBool,
    progress: AtomicBool,
}

impl Debt {
    /// What takes back all that was told; empty when nothing was. Once: whoever takes it has to
    /// write it.
    pub fn settle(&self) -> String {
        let mut text = String::new();
        if self.0.progress.swap(false, Ordering::SeqCst) {
            let _ = write!(text, "{}", TermProgress::remove());
        }
        if self.0.title.swap(false, Ordering::SeqCst) {
            // An empty title is the terminal's own, where the old one cannot be brought back.
            text.push_str("\x1b]2;\x1b\\\x1b[23;0t");
        }
        text
    }
}

/// The state of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bar {
    /// Moving; how far is not always known.
    Normal(Option<u8>),
    /// Some have failed.
    Error(Option<u8>),
    /// Nothing moves before somebody or the clock says so.
    Paused(Option<u8>),
}

impl Bar {
    fn of(total: &Total) -> Self {
        let percent = total.percent();
        if total.failed > 0 {
            Self::Error(percent)
        } else if total.running == 0 {
            Self::Paused(percent)
        } else {
            Self::Normal(percent)
        }
    }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (status, percent) = match self {
            Self::Normal(percent) => (TermProgressStatus::Normal, percent),
            Self::Error(percent) => (TermProgressStatus::Error, percent),
            Self::Paused(percent) => (TermProgressStatus::Paused, percent),
        };
        let bar = TermProgress::none().status(status);
        match percent {
            Some(percent) => write!(f, "{}", bar.percent(*percent)),
            None => write!(f, "{bar}"),
        }
    }
}

/// Tells the terminal how far a run of transfers is.
#[derive(Debug)]
pub struct Reporter {
    reports: Reports,
    /// The terminal has a bar of its own.
    has_bar: bool,
    debt: Debt,
    /// What was told last, and when.
    title: Option<String>,
    bar: Option<(Bar, Instant)>,
    told: Option<Instant>,
    running: bool,
    /// Somebody looks at the terminal; `None` as long as it does not tell.
    looked_at: Option<bool>,
}

impl Reporter {
    /// For a terminal with these variables.
    pub fn new(reports: Reports, var: impl Fn(&str) -> Option<String>) -> Self {
        let multiplexed = is_multiplexed(&var);
        Self {
            reports: Reports {
                notify: match reports.notify {
                    // They swallow what they do not know, but hand a bell on.
                    Notify::Osc9 if multiplexed => Notify::Bell,
                    notify => notify,
                },
                ..reports
            },
            // A variable of the terminal around it may have come along.
            has_bar: !multiplexed && supports_term_progress(true),
            debt: Debt::default(),
            title: None,
            bar: None,
            told: None,
            running: false,
            looked_at: None,
        }
    }

    /// The terminal was turned to, or away from.
    pub const fn turned_to(&mut self, looked_at: bool) {
        self.looked_at = Some(looked_at);
    }

    /// The terminal tells of each change from now on. It is as it was when the program was begun,
    /// which is by somebody who is there.
    pub fn tells_focus(&mut self) {
        self.looked_at.get_or_insert(true);
    }

    /// What has to be taken back at the end, whoever comes to do it.
    pub fn debt(&self) -> Debt {
        self.debt.clone()
    }

    /// What is to be written now; mostly nothing.
    pub fn tell(&mut self, total: &Total, now: Instant) -> String {
        let mut text = String::new();
        let over = total.is_over();
        let turned = self.running == over;
        let rested = self.told.is_none_or(|at| now >= at + EVERY);
        if !turned && !rested {
            return text;
        }
        if self.reports.title {
            self.tell_title(&mut text, total);
        }
        if self.reports.progress && self.has_bar {
            self.tell_bar(&mut text, total, now);
        }
        if turned {
            self.running = !over;
            if over {
                self.notify(&mut text, total);
            }
        }
        if !text.is_empty() {
            self.told = Some(now);
        }
        text
    }

    fn tell_title(&mut self, text: &mut String, total: &Total) {
        let title = match total.percent() {
            _ if total.is_over() => "assetdeck".to_owned(),
            Some(percent) => format!("assetdeck {} {percent} %", total.arrows()),
            None => format!("assetdeck {}", total.arrows()),
        };
        // Others may have had the terminal since, and it was given back to them as it was.
        let begun = self.debt.0.title.swap(true, Ordering::SeqCst);
        if !begun {
            text.push_str("\x1b[22;0t");
        }
        if !begun || self.title.as_ref() != Some(&title) {
            let _ = write!(text, "\x1b]2;{title}\x1b\\");
            self.title = Some(title);
        }
    }

    fn tell_bar(&mut self, text: &mut String, total: &Total, now: Instant) {
        if total.is_over() {
            self.bar = None;
            if self.debt.0.progress.swap(false, Ordering::SeqCst) {
                let _ = write!(text, "{}", TermProgress::remove());
            }
            return;
        }
        let bar = Bar::of(total);
        let begun = self.debt.0.progress.swap(true, Ordering::SeqCst);
        let stands = |(before, at): (Bar, Instant)| before == bar && now < at + AGAIN;
        if !begun || !self.bar.is_some_and(stands) {
            let _ = write!(text, "{bar}");
            self.bar = Some((bar, now));
        }
    }

    fn notify(&self, text: &mut String, total: &Total) {
        if total.done + total.failed == 0 {
            // All were cancelled, by someone who is here.
            return;
        }
        if self.looked_at == Some(true) {
            return;
        }
        match self.reports.notify {
            Notify::Off => {}
            Notify::Bell => text.push('\x07'),
            Notify::Osc9 => {
                let _ = write!(text, "\x1b]9;assetdeck: {} done", total.done);
                if total.failed > 0 {
                    let _ = write!(text, ", {} failed", total.failed);
                }
                text.push_str("\x1b\\");
            }
        }
    }
}

/// Inside tmux or screen.
fn is_multiplexed(var: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| var(name).is_some_and(|text| !text.is_empty());
    let term = var("TERM").unwrap_or_default();
    set("TMUX") || set("STY") || term.starts_with("tmux") || term.starts_with("screen")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reporter(reports: Reports, term: &str) -> Reporter {
        let term = term.to_owned();
        let var = move |name: &str| (name == "TERM").then(|| term.clone());
        Reporter {
            has_bar: !is_multiplexed(&var),
            ..Reporter::new(reports, var)
        }
    }

    fn total(running: usize, done: usize, failed: usize, bytes: u64) -> Total {
        Total {
            files: running + done + failed,
            running,
            done,
            failed,
            going_up: running,
            bytes,
            of: 100,
            ..Total::default()
        }
    }

    #[test]
    fn a_run_is_told_once_a_second_and_taken_back_at_its_end() {
        let mut reporter = reporter(Reports::default(), "xterm");
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let rest = Total::default();
        assert_eq!(
            reporter.tell(&rest, start),
            "\x1b[22;0t\x1b]2;assetdeck\x1b\\"
        );
        assert_eq!(
            reporter.tell(&total(1, 0, 0, 0), after(10)),
            "\x1b]2;assetdeck ↑ 0 %\x1b\\\x1b]9;4;1;0\x1b\\"
        );
        assert_eq!(reporter.tell(&total(1, 0, 0, 41), after(900)), "");
        assert_eq!(
            reporter.tell(&total(1, 0, 0, 41), after(1010)),
            "\x1b]2;assetdeck ↑ 41 %\x1b\\\x1b]9;4;1;41\x1b\\"
        );
        assert_eq!(reporter.tell(&total(1, 0, 0, 41), after(3000)), "");
        // Kept alive, and its other states.
        assert_eq!(
            reporter.tell(&total(1, 0, 0, 41), after(11_010)),
            "\x1b]9;4;1;41\x1b\\"
        );
        let failing = reporter.tell(&total(1, 0, 1, 41), after(12_010));
        assert_eq!(failing, "\x1b]9;4;2;41\x1b\\");
        let paused = Total {
            running: 0,
            waiting: 1,
            ..total(1, 0, 0, 41)
        };
        let paused = reporter.tell(&paused, after(13_010));
        assert_eq!(paused, "\x1b]9;4;4;41\x1b\\");
        // The end comes at once, with a bell.
        assert_eq!(
            reporter.tell(&total(0, 1, 1, 100), after(13_020)),
            "\x1b]2;assetdeck\x1b\\\x1b]9;4;0;\x1b\\\x07"
        );
        assert_eq!(reporter.tell(&total(0, 1, 1, 100), after(20_000)), "");
        assert_eq!(reporter.debt().settle(), "\x1b]2;\x1b\\\x1b[23;0t");
        assert_eq!(reporter.debt().settle(), "");
    }

    #[test]
    fn who_looks_on_needs_no_bell() {
        let start = Instant::now();
        for (turns, rings) in [
            (&[][..], true),
            (&[true], false),
            (&[true, false], true),
            (&[false, true], false),
        ] {
            let mut reporter = reporter(Reports::default(), "xterm");
            reporter.tell(&total(1, 0, 0, 5), start);
            for turn in turns {
                reporter.turned_to(*turn);
            }
            let end = reporter.tell(&total(0, 1, 0, 100), start);
            assert_eq!(end.contains('\x07'), rings, "{turns:?}");
            // What it was told itself is newer than that it tells.
            reporter.tells_focus();
            assert_eq!(reporter.looked_at, turns.last().copied().or(Some(true)));
        }
    }

    #[test]
    fn what_was_given_back_is_told_anew() {
        let mut reporter = reporter(Reports::default(), "xterm");
        let start = Instant::now();
        reporter.tell(&total(1, 0, 0, 5), start);
        assert_eq!(
            reporter.debt().settle(),
            "\x1b]9;4;0;\x1b\\\x1b]2;\x1b\\\x1b[23;0t"
        );
        assert_eq!(
            reporter.tell(&total(1, 0, 0, 5), start + EVERY),
            "\x1b[22;0t\x1b]2;assetdeck ↑ 5 %\x1b\\\x1b]9;4;1;5\x1b\\"
        );
    }

    #[test]
    fn each_can_be_turned_off() {
        let off = Reports {
            title: false,
            progress: false,
            notify: Notify::Off,
        };
        let mut reporter = reporter(off, "xterm");
        let start = Instant::now();
        for (at, total) in [total(1, 0, 0, 5), total(0, 1, 0, 100)].iter().enumerate() {
            let now = start + EVERY * u32::try_from(at).unwrap();
            assert_eq!(reporter.tell(total, now), "");
        }
        assert_eq!(reporter.debt().settle(), "");
    }

    #[test]
    fn a_multiplexer_gets_a_title_and_a_bell_only() {
        let osc9 = Reports {
            notify: Notify::Osc9,
            ..Reports::default()
        };
        let start = Instant::now();
        let mut inside = reporter(osc9, "tmux-256color");
        inside.tell(&total(1, 0, 0, 5), start);
        let end = inside.tell(&total(0, 2, 1, 100), start);
        assert_eq!(end, "\x1b]2;assetdeck\x1b\\\x07");
        let mut outside = reporter(osc9, "xterm");
        outside.tell(&total(1, 0, 0, 5), start);
        let end = outside.tell(&total(0, 2, 1, 100), start);
        assert!(
            end.ends_with("\x1b]9;assetdeck: 2 done, 1 failed\x1b\\"),
            "{end:?}"
        );
        assert!(!end.contains('\x07'), "{end:?}");
    }
}
