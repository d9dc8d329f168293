//! What the terminal tells of itself and what becomes of it; and what goes through it beside the
//! frames.

use std::time::{Duration, Instant};

use super::ask::Answer;
use super::copy::{self, Copying, Route};
use super::keys::Heard;
use super::sources::Sources;
use super::terminal::Screen;
use super::{Tui, TuiError, means};
use crate::app::Msg;

/// How long leaving waits for answers that the terminal may still be sending.
const LAST_ANSWER: Duration = Duration::from_millis(100);
/// So long it waits for them after they were asked for: a line may be that slow.
const FIRST_ANSWER: Duration = Duration::from_secs(1);
/// What did not come by then never comes.
const LATEST_ANSWER: Duration = Duration::from_secs(2);

impl Tui {
    /// Uses what is known of the terminal by now.
    pub(super) fn know(&mut self, screen: &Screen, now: Instant) {
        let place = means::Place {
            var: &|name| std::env::var(name).ok(),
            tmux: self.tmux.as_ref(),
            cell: screen.terminal.backend().cell(),
            ascii: self.view.theme.ascii(),
            preference: &self.preference,
        };
        let means = place.means(self.asking.told());
        if self.state.pictures.means.as_ref() != Some(&means) {
            self.tell(Msg::Means(means), now);
        }
    }

    /// Takes an answer of the terminal, and asks what is to be asked next.
    pub(super) fn answered(
        &mut self,
        answer: Answer,
        screen: &mut Screen,
        now: Instant,
    ) -> Result<(), TuiError> {
        let next = self.asking.take(answer);
        if let Some(background) = self.asking.told().background {
            self.view.theme = self.view.theme.lit(&self.looks, background.is_light());
        }
        if self.asking.told().focus {
            self.reporter.tells_focus();
        }
        screen.aside(&next)?;
        self.know(screen, now);
        Ok(())
    }

    /// Waits a moment for answers on their way: behind us they would be typed into the shell.
    pub(super) async fn hear_out(&mut self, sources: &mut Sources) {
        let answers = async {
            while !self.asking.is_over() {
                match sources.heard().await {
                    // What it would be asked next is left out.
                    Some(Heard::Answer(Answer::Attributes { .. }) | Heard::Deaf) | None => break,
                    Some(_) => {}
                }
            }
        };
        let since = self.began.elapsed();
        if since < LATEST_ANSWER {
            let patience = LAST_ANSWER.max(FIRST_ANSWER.saturating_sub(since));
            let _ = tokio::time::timeout(patience, answers).await;
        }
    }

    /// Sends a copy on its way; `first` by a program, where one is better than the terminal.
    pub(super) fn copy(
        &mut self,
        screen: &mut Screen,
        copying: Copying,
        first: bool,
    ) -> Result<(), TuiError> {
        let around = copy::Around {
            var: &|name| std::env::var(name).ok(),
            desktop: first && self.state.options.desktop,
            name: self.asking.told().name.as_deref(),
            tmux: self.tmux.as_ref(),
        };
        match around.route(copying, first) {
            Route::Sequences { text, came } => {
                screen.aside(&text)?;
                // The loop holds the other end.
                let _ = self.inbox.send(came);
            }
            Route::Program(copying, program) => {
                copy::by_program(copying, program, self.inbox.clone(), self.heard.clone());
            }
        }
        Ok(())
    }
}
