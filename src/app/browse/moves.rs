//! Moving through the panes: cursor, focus, in and out, filter, marks.

use std::time::Instant;

use super::{LocaleChoice, Pane, PlaceRow};
use crate::api::{ApiError, ConnectError, Middle};
use crate::app::State;
use crate::app::action::MarkWith;
use crate::app::browse::Link;
use crate::app::effect::Effect;
use crate::app::list::RowId;
use crate::app::modal::error::ErrorSheet;
use crate::app::modal::moved::MovedSheet;
use crate::app::modal::sign_in::SignIn;
use crate::app::remote::Face;
use crate::domain::Entry;

/// Runs the same call on the list of a pane.
macro_rules! on_list {
    ($state:expr, $pane:expr, $list:ident => $call:expr) => {
        match $pane {
            Pane::Places => {
                let $list = &mut $state.browse.places;
                $call
            }
            Pane::Middle => {
                if let Some(opened) = $state.browse.open_mut() {
                    match opened.spec.middle {
                        Middle::Segments => {
                            let $list = &mut opened.segments.list;
                            $call
                        }
                        Middle::Types => {
                            let $list = &mut opened.types;
                            $call
                        }
                    }
                }
            }
            Pane::Assets | Pane::Details => {
                if let Some(opened) = $state.browse.open_mut() {
                    let $list = &mut opened.assets.list;
                    $call
                }
            }
        }
    };
}

impl State {
    /// Moves the cursor of the focused pane, or scrolls the details.
    pub(crate) fn step(&mut self, by: isize, now: Instant) -> Vec<Effect> {
        self.scroll(self.browse.focus, by, now)
    }

    /// Moves the cursor of a pane, or scrolls the details.
    pub(crate) fn scroll(&mut self, pane: Pane, by: isize, now: Instant) -> Vec<Effect> {
        if pane == Pane::Details {
            let last = self.details_lines().saturating_sub(1);
            let top = self.browse.details_top.saturating_add_signed(by);
            self.browse.details_top = top.min(last);
        } else {
            on_list!(self, pane, list => list.step(by));
            self.cursor_moved(pane, now);
        }
        Vec::new()
    }

    /// Puts the cursor of the focused pane on a shown row, or the last one.
    pub(crate) fn go_to(&mut self, row: usize, now: Instant) -> Vec<Effect> {
        let pane = self.browse.focus;
        if pane == Pane::Details {
            self.browse.details_top = row.min(self.details_lines().saturating_sub(1));
        } else {
            on_list!(self, pane, list => list.go(row));
            self.cursor_moved(pane, now);
        }
        Vec::new()
    }

    pub(crate) fn next_hit(&mut self, back: bool, now: Instant) -> Vec<Effect> {
        let pane = self.browse.focus;
        on_list!(self, pane, list => list.next_hit(back));
        self.cursor_moved(pane, now);
        Vec::new()
    }

    /// What follows a cursor: the third pane the second, the details all of them.
    pub(crate) fn cursor_moved(&mut self, pane: Pane, now: Instant) {
        self.browse.details_top = 0;
        if pane != Pane::Middle {
            return;
        }
        match self.browse.open_mut() {
            Some(opened) if opened.spec.middle == Middle::Types => opened.follow_type(),
            Some(_) => self.timers.follow(now),
            None => {}
        }
    }

    pub(crate) fn focus(&mut self, pane: Pane, now: Instant) {
        if self.browse.focus != pane {
            self.end_filter(false, now);
            self.browse.focus = pane;
        }
        if pane != Pane::Details && self.browse.subject != pane {
            self.browse.subject = pane;
            self.browse.details_top = 0;
        }
    }

    /// Enter: opens what is under the cursor.
    pub(crate) fn go_in(&mut self, now: Instant) -> Vec<Effect> {
        match self.browse.focus {
            Pane::Places => self.enter_place(now),
            Pane::Middle => {
                if let Some(error) = self.broken(Pane::Middle) {
                    self.open_modal(ErrorSheet::new(&error));
                    return Vec::new();
                }
                let Some(opened) = self.browse.open() else {
                    return Vec::new();
                };
                match opened.spec.middle {
                    Middle::Types => {
                        self.focus(Pane::Assets, now);
                        Vec::new()
                    }
                    Middle::Segments => match opened.segments.list.current_id() {
                        None => Vec::new(),
                        Some(RowId::Unreadable(_)) => {
                            self.focus(Pane::Details, now);
                            Vec::new()
                        }
                        Some(RowId::Read(_)) => {
                            let effects = self.show_segment(now);
                            self.focus(Pane::Assets, now);
                            effects
                        }
                    },
                }
            }
            Pane::Assets => {
                if let Some(error) = self.broken(Pane::Assets) {
                    self.open_modal(ErrorSheet::new(&error));
                } else if self
                    .browse
                    .open()
                    .is_some_and(|opened| opened.assets.list.current().is_some())
                {
                    self.browse.raw = false;
                    self.focus(Pane::Details, now);
                }
                Vec::new()
            }
            Pane::Details => Vec::new(),
        }
    }

    /// The error that a pane shows instead of rows.
    fn broken(&self, pane: Pane) -> Option<ApiError> {
        let opened = self.browse.open()?;
        let face = match pane {
            Pane::Middle if opened.spec.middle == Middle::Segments => opened.segments.face(),
            _ => opened.assets.face(),
        };
        match face {
            Face::Failed(error) | Face::SignIn(error) | Face::Forbidden(error) => {
                Some(error.clone())
            }
            _ => None,
        }
    }

    fn enter_place(&mut self, now: Instant) -> Vec<Effect> {
        match self.browse.places.current().cloned() {
            None => Vec::new(),
            Some(PlaceRow::Container {
                account,
                entry: Entry::Read(container),
                ..
            }) => {
                let effects = self.open_container(account, container, now);
                self.focus(Pane::Middle, now);
                self.timers.marks(now);
                effects
            }
            Some(PlaceRow::Container { .. }) => {
                self.focus(Pane::Details, now);
                Vec::new()
            }
            Some(PlaceRow::Account { account, .. } | PlaceRow::Note { account, .. }) => {
                self.enter_account(account, now)
            }
        }
    }

    fn enter_account(&mut self, at: usize, now: Instant) -> Vec<Effect> {
        let Some(account) = self.browse.accounts.get(at) else {
            return Vec::new();
        };
        if let Link::Failed(ConnectError::Moved {
            before, now: here, ..
        }) = &account.link
        {
            let name = account.info.name.clone();
            let sheet = MovedSheet::new(name, before.clone(), here.clone(), now);
            self.open_modal(sheet);
            return Vec::new();
        }
        if account.wants_key() {
            if let Some(form) = SignIn::new(self, at, now) {
                self.open_modal(form);
            }
            return Vec::new();
        }
        if let Link::Failed(error) = &account.link {
            let sheet = match error {
                ConnectError::Api(error) => ErrorSheet::new(error),
                other => ErrorSheet::plain(&account.info.name, &other.to_string()),
            };
            self.open_modal(sheet);
            return Vec::new();
        }
        if let Some(error) = account
            .containers
            .error()
            .filter(|_| account.rows.is_empty())
        {
            let sheet = ErrorSheet::new(error);
            self.open_modal(sheet);
            return Vec::new();
        }
        self.step(1, now)
    }

    /// Back to the pane on the left; from the details to the list they speak of.
    pub(crate) fn go_out(&mut self, now: Instant) -> Vec<Effect> {
        let pane = match self.browse.focus {
            Pane::Places | Pane::Middle => Pane::Places,
            Pane::Assets => Pane::Middle,
            Pane::Details => self.browse.subject,
        };
        self.focus(pane, now);
        Vec::new()
    }

    /// Esc: leaves the topmost thing of the panes; at the root it does nothing.
    pub(crate) fn back(&mut self, now: Instant) -> Vec<Effect> {
        let pane = self.browse.focus;
        if pane != Pane::Details {
            let mut cleared = false;
            on_list!(self, pane, list => cleared = list.clear_marks());
            if cleared {
                return Vec::new();
            }
            if !self.current_filter().is_empty() {
                self.end_filter(true, now);
                return Vec::new();
            }
            if self.clear_lens() {
                return Vec::new();
            }
        }
        if self.browse.zoom {
            self.browse.zoom = false;
            return Vec::new();
        }
        self.go_out(now)
    }

    /// Shows assets of every locale, segments of every state; says whether that changed anything.
    fn clear_lens(&mut self) -> bool {
        let pane = self.browse.focus;
        let Some(opened) = self.browse.open_mut() else {
            return false;
        };
        match pane {
            Pane::Middle if opened.segments.list.lens().state.is_some() => {
                opened.filter_state(None);
                true
            }
            Pane::Assets if opened.assets.list.lens().locale != LocaleChoice::All => {
                opened.filter_locale(LocaleChoice::All);
                true
            }
            _ => false,
        }
    }

    /// The filter of the focused list.
    pub fn current_filter(&self) -> &str {
        match (self.browse.focus, self.browse.open()) {
            (Pane::Places, _) => self.browse.places.filter(),
            (_, None) => "",
            (Pane::Middle, Some(opened)) => match opened.spec.middle {
                Middle::Segments => opened.segments.list.filter(),
                Middle::Types => opened.types.filter(),
            },
            (_, Some(opened)) => opened.assets.list.filter(),
        }
    }

    /// The words of the focused list are made while its filter is typed.
    pub(crate) fn keep_words(&mut self, keep: bool) {
        let pane = self.browse.focus;
        on_list!(self, pane, list => list.keep_words(keep));
    }

    /// A long list on screen was not looked at to its end: [`Msg::GoOn`](crate::app::Msg::GoOn)
    /// does a few milliseconds of that.
    pub fn unfinished(&self) -> bool {
        let opened = self.browse.open().is_some_and(|opened| {
            opened.segments.list.unfinished()
                || opened.types.unfinished()
                || opened.assets.list.unfinished()
        });
        self.browse.places.unfinished() || opened
    }

    /// One step through a list that was not looked at to its end, the focused one first.
    pub(crate) fn go_on(&mut self, now: Instant) {
        for pane in [self.browse.focus, Pane::Places, Pane::Middle, Pane::Assets] {
            let mut moved = None;
            on_list!(self, pane, list => if list.unfinished() {
                let before = list.current_id();
                list.go_on();
                moved = Some(before != list.current_id());
            });
            if let Some(moved) = moved {
                if moved {
                    self.cursor_moved(pane, now);
                } else if pane == Pane::Middle {
                    // Others may be in view.
                    self.timers.marks(now);
                }
                return;
            }
        }
    }

    pub(crate) fn with_marks(&mut self, how: MarkWith) -> Vec<Effect> {
        let pane = self.browse.focus;
        on_list!(self, pane, list => match how {
            MarkWith::Toggle => list.toggle_mark(),
            MarkWith::Range => list.range(),
            MarkWith::All => list.mark_shown(),
            MarkWith::Invert => list.invert_marks(),
        });
        Vec::new()
    }
}
