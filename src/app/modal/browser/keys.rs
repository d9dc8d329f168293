//! What the keys and pastes of the file browser do.

use std::path::PathBuf;

use tui_input::Input as Line;

use super::rows::{self, Hidden};
use super::{FileBrowser, Mode};
use crate::app::key::{Code, Key};
use crate::app::list::Sort;
use crate::app::modal::Reply;
use crate::app::modal::rows::{Step, step_key};
use crate::app::{State, edit};
use crate::domain::paths;

impl FileBrowser {
    pub(super) fn browse(&mut self, key: Key, state: &mut State) -> Reply {
        if std::mem::take(&mut self.go) {
            return match key.code {
                Code::Char('g') => {
                    self.list.go(0);
                    Reply::stay()
                }
                Code::Char('h') => self.home(state),
                Code::Char('p') => {
                    self.mode = Mode::Path(Line::new(String::new()));
                    Reply::stay()
                }
                _ => Reply::stay(),
            };
        }
        if step_key(key, state.page(), |step| match step {
            Step::By(by) => self.list.step(by),
            Step::To(place) => self.list.go(place),
        }) {
            return Reply::stay();
        }
        let shown = self.list.shown().len();
        match key.code {
            Code::Char('s') if key.ctrl => return self.go_on(state),
            _ if key.ctrl || key.alt => {}
            Code::Esc if !self.list.filter().is_empty() => self.list.clear_filter(),
            Code::Esc | Code::Char('q') => return Reply::close(),
            Code::Enter => return self.enter(state, true),
            Code::Right | Code::Char('l') => return self.enter(state, false),
            Code::Left | Code::Char('h') | Code::Backspace => return self.leave_folder(state),
            Code::Char('g') => self.go = true,
            Code::Char('~') => return self.home(state),
            Code::Char('.') => {
                let shown = !self.list.lens().0;
                self.list.set_lens(Hidden(shown));
            }
            Code::Char('/') => {
                self.mode = Mode::Filter(Line::new(self.list.filter().to_owned()));
            }
            Code::Char('n') => self.list.next_hit(false),
            Code::Char('N') => self.list.next_hit(true),
            Code::Char(',') => self.sort(),
            Code::Char('R') | Code::F(5) => {
                let folder = self.folder.clone();
                return Reply::stay().with(self.read(state, folder));
            }
            Code::Char(' ') => {
                self.toggle(self.list.cursor());
                self.list.step(1);
            }
            Code::Char('v') => match self.anchor.take() {
                None => self.anchor = Some(self.list.cursor()),
                Some(anchor) => {
                    let cursor = self.list.cursor();
                    let range = self.choosable(anchor.min(cursor)..=anchor.max(cursor));
                    self.pick_files(range);
                }
            },
            Code::Char('V') => {
                let all = self.choosable(0..shown);
                if all.iter().all(|path| self.picks.contains(path)) {
                    self.picks.retain(|path| !all.contains(path));
                } else {
                    self.pick_files(all);
                }
            }
            Code::Char('*') => {
                let all = self.choosable(0..shown);
                let new: Vec<PathBuf> = all
                    .iter()
                    .filter(|path| !self.picks.contains(path))
                    .cloned()
                    .collect();
                self.picks.retain(|path| !all.contains(path));
                self.pick_files(new);
            }
            _ => {}
        }
        Reply::stay()
    }

    /// By name, by name backwards, by size with the largest first.
    fn sort(&mut self) {
        let next = match self.list.sort() {
            Some(sort) if sort.column.name == rows::NAME.name && !sort.descending => Sort {
                column: rows::NAME,
                descending: true,
            },
            Some(sort) if sort.column.name == rows::NAME.name => Sort {
                column: rows::SIZE,
                descending: true,
            },
            _ => Sort {
                column: rows::NAME,
                descending: false,
            },
        };
        self.list.set_sort(Some(next));
    }

    fn home(&mut self, state: &mut State) -> Reply {
        let Some(home) = state.options.home.clone() else {
            self.error = Some("this user has no home folder".to_owned());
            return Reply::stay();
        };
        Reply::stay().with(self.read(state, home))
    }

    /// Letters of the filter or of a typed path.
    pub(super) fn type_key(&mut self, key: Key, state: &mut State) -> Reply {
        match &mut self.mode {
            Mode::Browse => {}
            Mode::Filter(line) => match key.code {
                Code::Esc => {
                    self.mode = Mode::Browse;
                    self.list.clear_filter();
                }
                Code::Enter | Code::Tab => self.mode = Mode::Browse,
                Code::Down => self.list.step(1),
                Code::Up => self.list.step(-1),
                _ => {
                    if edit::key(line, key) {
                        // What is wrong stands below the field.
                        let _ = self.list.set_filter(line.value(), state.time);
                        self.list.settle();
                    }
                }
            },
            Mode::Path(line) => match key.code {
                Code::Esc => self.mode = Mode::Browse,
                Code::Enter => {
                    let text = line.value().to_owned();
                    self.mode = Mode::Browse;
                    if !text.trim().is_empty() {
                        let home = state.options.home.as_deref();
                        let path = paths::typed(&text, &self.folder, home);
                        return Reply::stay().with(self.read(state, path));
                    }
                }
                _ => {
                    edit::key(line, key);
                }
            },
        }
        Reply::stay()
    }

    pub(super) fn paste(&mut self, text: &str, state: &mut State) -> Reply {
        match &mut self.mode {
            Mode::Filter(line) => {
                edit::paste(line, text);
                let _ = self.list.set_filter(line.value(), state.time);
                self.list.settle();
                Reply::stay()
            }
            Mode::Path(line) => {
                edit::paste(line, text);
                Reply::stay()
            }
            Mode::Browse => {
                let home = state.options.home.as_deref();
                let pasted = paths::pasted(text, &self.folder, home);
                let effects = self.check(state, pasted.paths);
                self.refused = pasted.refused;
                Reply::stay().with(effects)
            }
        }
    }
}
