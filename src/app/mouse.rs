//! The mouse: clicks, the wheel, and dividers that are drawn along.

use std::time::{Duration, Instant};

use super::State;
use super::browse::{Pane, Widths};
use super::effect::Effect;
use super::key::{Input, MouseInput, Target};

/// Two clicks on a row within this time are one that goes in.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

impl State {
    pub(super) fn on_mouse(&mut self, mouse: MouseInput, now: Instant) -> Vec<Effect> {
        if !self.modals.is_empty() {
            let hit = match mouse {
                MouseInput::Click { target, .. } | MouseInput::Wheel { target, .. } => target,
                MouseInput::Drag(_) => return Vec::new(),
            };
            return if hit == Target::Modal {
                self.tell_top(&Input::Mouse(mouse), now)
            } else {
                Vec::new()
            };
        }
        match mouse {
            MouseInput::Click {
                target: Target::Pane(pane),
                row,
            } => {
                self.end_filter(false, now);
                self.focus(pane, now);
                let Some(row) = row else {
                    return Vec::new();
                };
                let again = |(at, its, when): &(Pane, Option<usize>, Instant)| {
                    (*at, *its) == (pane, Some(row)) && now < *when + DOUBLE_CLICK
                };
                if self.clicked.take().as_ref().is_some_and(again) {
                    return self.go_in(now);
                }
                self.clicked = Some((pane, Some(row), now));
                self.go_to(row, now)
            }
            MouseInput::Click {
                target: Target::Divider(pane),
                ..
            } => {
                let again = |(at, its, when): &(Pane, Option<usize>, Instant)| {
                    (*at, *its) == (pane, None) && now < *when + DOUBLE_CLICK
                };
                if self.clicked.take().as_ref().is_some_and(again) {
                    self.browse.widths = Widths::default();
                } else {
                    self.clicked = Some((pane, None, now));
                }
                Vec::new()
            }
            MouseInput::Drag(widths) => {
                self.clicked = None;
                for pane in Pane::ALL {
                    if let Some(columns) = widths.of(pane) {
                        self.browse.widths.set(pane, columns);
                    }
                }
                Vec::new()
            }
            MouseInput::Wheel {
                target: Target::Pane(pane),
                down,
            } => {
                let by = if down { 3 } else { -3 };
                self.scroll(pane, by, now)
            }
            _ => Vec::new(),
        }
    }
}
