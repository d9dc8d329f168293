//! The file browser: choosing the files of an upload.

mod keys;
mod rows;
mod view;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tui_input::Input as Line;

use super::goal::Goal;
use super::plan::PlanSheet;
use super::upload::UploadForm;
use super::view::Tone;
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::effect::{Effect, RequestId};
use crate::app::files::{Folder, FolderError, LocalEntry, LocalKind};
use crate::app::key::{Input, MouseInput};
use crate::app::list::{List, Sort};
use crate::app::msg::{Gathered, Msg};
use crate::domain::{AccountName, Asset};

/// What typed letters do.
#[derive(Debug)]
enum Mode {
    Browse,
    Filter(Line),
    Path(Line),
}

#[derive(Debug)]
pub struct FileBrowser {
    goal: Goal,
    /// The folder that is shown.
    folder: PathBuf,
    parent: Option<PathBuf>,
    list: List<LocalEntry>,
    /// Chosen files, from any folder, in the order they were chosen.
    picks: Vec<PathBuf>,
    /// The folders that were chosen at some time.
    folders: BTreeSet<PathBuf>,
    refused: Vec<(PathBuf, String)>,
    mode: Mode,
    /// `g` was pressed.
    go: bool,
    /// Where a range of marks begins.
    anchor: Option<usize>,
    reading: Option<(RequestId, PathBuf)>,
    /// The files that are being looked at: those that were named, or the pick.
    checking: Option<RequestId>,
    /// What was found of the pick so far, while that is looked at.
    gathered: Option<Gathered>,
    /// The asset whose place the one chosen file takes.
    replaces: Option<Box<Asset>>,
    /// The path that was dropped, while its folder is read: the cursor goes there.
    dropped: Option<PathBuf>,
    /// Why the last folder could not be shown.
    error: Option<String>,
}

impl FileBrowser {
    /// Opens where the user was last.
    pub fn open(state: &mut State, goal: Goal) -> (Self, Vec<Effect>) {
        let folder = state.options.files_at.clone();
        let mut list = List::default();
        list.set_sort(Some(Sort {
            column: rows::NAME,
            descending: false,
        }));
        let mut browser = Self {
            goal,
            folder: folder.clone(),
            parent: folder.parent().map(Path::to_owned),
            list,
            picks: Vec::new(),
            folders: BTreeSet::new(),
            refused: Vec::new(),
            mode: Mode::Browse,
            go: false,
            anchor: None,
            reading: None,
            checking: None,
            gathered: None,
            replaces: None,
            dropped: None,
            error: None,
        };
        let effects = browser.read(state, folder);
        (browser, effects)
    }

    fn read(&mut self, state: &mut State, path: PathBuf) -> Vec<Effect> {
        let before = self.reading.take().map(|(id, _)| id);
        let mut effects: Vec<Effect> = state.forget(before).into_iter().collect();
        let id = state.request_for_modal();
        self.reading = Some((id, path.clone()));
        effects.push(Effect::ReadFolder { id, path });
        effects
    }

    /// Looks at files and folders that were pasted or typed: what can be sent joins the pick.
    fn check(&mut self, state: &mut State, paths: Vec<PathBuf>) -> Vec<Effect> {
        if paths.is_empty() {
            return Vec::new();
        }
        let spec = self.goal.spec;
        self.look(state, |id| Effect::Inspect { id, paths, spec })
    }

    /// The cursor on this path, in whatever folder it is.
    fn stand_on(&mut self, state: &mut State, path: PathBuf) -> Vec<Effect> {
        let folder = path.parent().map(Path::to_owned);
        match folder {
            Some(folder) if folder != self.folder || self.reading.is_some() => {
                self.dropped = Some(path);
                self.read(state, folder)
            }
            Some(_) => {
                self.list.want(path);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Looks at files, instead of at those before.
    fn look(&mut self, state: &mut State, ask: impl FnOnce(RequestId) -> Effect) -> Vec<Effect> {
        let mut effects: Vec<Effect> = state.forget(self.checking).into_iter().collect();
        let id = state.request_for_modal();
        self.checking = Some(id);
        self.gathered = None;
        self.refused.clear();
        effects.push(ask(id));
        effects
    }

    /// The row under the cursor: into a folder, on with a file.
    fn enter(&mut self, state: &mut State, on: bool) -> Reply {
        let Some(entry) = self.list.current() else {
            return self.go_on(state);
        };
        let path = entry.path.clone();
        match entry.kind {
            LocalKind::Folder => Reply::stay().with(self.read(state, path)),
            LocalKind::File if !on => Reply::stay(),
            LocalKind::File => {
                if self.picks.is_empty() {
                    if let Some(why) = rows::refusal(entry, self.goal.spec) {
                        self.refused = vec![(path, why)];
                        return Reply::stay();
                    }
                    self.picks.push(path);
                }
                self.go_on(state)
            }
            LocalKind::Other(_) => {
                let why = rows::refusal(entry, self.goal.spec).unwrap_or_default();
                self.refused = vec![(path, why)];
                Reply::stay()
            }
        }
    }

    /// Opens where the user was last, for the file that takes the place of this asset.
    pub fn open_for(state: &mut State, goal: Goal, old: Asset) -> (Self, Vec<Effect>) {
        let (mut browser, effects) = Self::open(state, goal);
        browser.replaces = Some(Box::new(old));
        (browser, effects)
    }

    /// On to the form, once the files and what the folders hold were looked at.
    fn go_on(&mut self, state: &mut State) -> Reply {
        let paths = self.picks.clone();
        if paths.is_empty() {
            return Reply::stay();
        }
        let spec = self.goal.spec;
        let effects = self.look(state, |id| Effect::Gather { id, paths, spec });
        self.gathered = Some(Gathered::default());
        Reply::stay().with(effects)
    }

    /// Everything was looked at: one file goes into the form, several get one for all of them. One that
    /// takes an asset's place is a plan at once, and so is a tree whose list says where it goes.
    fn form(&mut self, state: &mut State, now: Instant) -> Reply {
        let Gathered {
            chosen,
            links,
            hidden,
        } = self.gathered.take().unwrap_or_default();
        if links + hidden > 0 {
            let text = format!("Left out: {links} links and {hidden} hidden entries");
            state.notices.say(Tone::Plain, text, now);
        }
        let files = || chosen.iter().flat_map(|one| &one.files);
        let refused = files().filter_map(|file| {
            let reason = file.file.as_ref().err()?;
            Some((file.path.clone(), reason.clone()))
        });
        self.refused = refused.collect();
        if self.refused.len() == files().count() {
            let gone: Vec<PathBuf> = self.refused.iter().map(|it| it.0.clone()).collect();
            self.picks.retain(|path| !gone.contains(path));
            if self.refused.is_empty() {
                self.error = Some("there is no file to send in it".to_owned());
            }
            return Reply::stay();
        }
        let goal = self.goal.clone();
        if goal.gaps.len() > 1 {
            let files: Vec<_> = chosen.into_iter().flat_map(|one| one.files).collect();
            let (sheet, effects) = PlanSheet::of_gaps(state, goal, files, now);
            return Reply::of(Outcome::Open(Box::new(sheet))).with(effects);
        }
        if let Some(old) = &self.replaces {
            let mut files: Vec<_> = chosen.into_iter().flat_map(|one| one.files).collect();
            if let (Some(file), true) = (files.pop(), files.is_empty()) {
                let (sheet, effects) = PlanSheet::replace(state, goal, file, old, now);
                return Reply::of(Outcome::Open(Box::new(sheet))).with(effects);
            }
            self.error = Some("one file takes the place of one asset: choose one".to_owned());
            return Reply::stay();
        }
        if let Some(scope) = goal.to.clone()
            && chosen.iter().all(|one| one.back.is_none())
        {
            let files = chosen.into_iter().flat_map(|one| one.files).collect();
            let form = UploadForm::new(state, goal, scope, files, now);
            return Reply::of(Outcome::Open(Box::new(form)));
        }
        // What the form asks, the list says already.
        match PlanSheet::of_trees(state, goal, chosen, now) {
            Ok((sheet, effects)) => Reply::of(Outcome::Open(Box::new(sheet))).with(effects),
            Err(why) => {
                self.error = Some(why);
                Reply::stay()
            }
        }
    }

    fn leave_folder(&mut self, state: &mut State) -> Reply {
        match self.parent.clone() {
            Some(parent) => Reply::stay().with(self.read(state, parent)),
            None => Reply::stay(),
        }
    }

    fn toggle(&mut self, place: usize) {
        let Some(entry) = self.list.row(place) else {
            return;
        };
        let path = entry.path.clone();
        if let Some(at) = self.picks.iter().position(|it| *it == path) {
            self.picks.remove(at);
        } else if let Some(why) = rows::refusal(entry, self.goal.spec) {
            self.refused = vec![(path, why)];
        } else {
            let kind = entry.kind;
            self.refused.retain(|(it, _)| *it != path);
            self.pick(path, kind);
        }
    }

    /// Files that are shown and can be chosen.
    fn choosable(&self, places: impl Iterator<Item = usize>) -> Vec<PathBuf> {
        places
            .filter_map(|place| self.list.row(place))
            .filter(|entry| entry.kind == LocalKind::File)
            .filter(|entry| rows::refusal(entry, self.goal.spec).is_none())
            .map(|entry| entry.path.clone())
            .collect()
    }

    fn pick(&mut self, path: PathBuf, kind: LocalKind) {
        if kind == LocalKind::Folder {
            self.folders.insert(path.clone());
        }
        if !self.picks.contains(&path) {
            self.picks.push(path);
        }
    }

    fn pick_files(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            self.pick(path, LocalKind::File);
        }
    }

    fn show(&mut self, folder: Folder, state: &mut State) {
        let came_from = std::mem::replace(&mut self.folder, folder.path.clone());
        self.parent = folder.parent;
        if came_from != self.folder {
            self.list.clear_filter();
            self.anchor = None;
            self.list.replace(Vec::new());
        }
        self.list.replace(folder.entries);
        let inside = |path: &PathBuf| path.parent() == Some(self.folder.as_path());
        let dropped = self.dropped.take().filter(inside);
        if let Some(path) = dropped.or_else(|| Some(came_from).filter(inside)) {
            self.list.want(path);
        }
        self.error = None;
        state.options.files_at.clone_from(&self.folder);
    }
}

impl Modal for FileBrowser {
    fn input(&mut self, input: &Input, state: &mut State, _: Instant) -> Reply {
        match input {
            Input::Paste(text) => self.paste(text, state),
            Input::Key(key) if matches!(self.mode, Mode::Browse) => self.browse(*key, state),
            Input::Key(key) => self.type_key(*key, state),
            Input::Mouse(MouseInput::Click { row: Some(row), .. }) => {
                self.list.go(*row);
                Reply::stay()
            }
            Input::Mouse(MouseInput::Wheel { down, .. }) => {
                self.list.step(if *down { 3 } else { -3 });
                Reply::stay()
            }
            _ => Reply::stay(),
        }
    }

    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        match msg {
            Msg::Files { id, result } if self.reading.as_ref().is_some_and(|it| it.0 == *id) => {
                self.reading = None;
                match result {
                    Ok(folder) => self.show(folder.clone(), state),
                    Err(FolderError::File(path)) => {
                        let paths = vec![path.clone()];
                        return Reply::stay().with(self.check(state, paths));
                    }
                    Err(FolderError::Other(why)) => self.error = Some(why.clone()),
                }
                Reply::stay()
            }
            Msg::Inspected { id, found } => {
                if self.checking.take_if(|it| it == id).is_none() {
                    return Reply::stay();
                }
                for (path, result) in found {
                    self.refused.retain(|(it, _)| it != path);
                    match result {
                        Ok(kind) => self.pick(path.clone(), *kind),
                        Err(why) => {
                            self.picks.retain(|it| it != path);
                            self.refused.push((path.clone(), why.clone()));
                        }
                    }
                }
                let first = found.iter().find(|(_, result)| result.is_ok());
                match first {
                    Some((path, _)) => Reply::stay().with(self.stand_on(state, path.clone())),
                    None => Reply::stay(),
                }
            }
            Msg::Gathered { id, part, more } => {
                let Some(gathered) =
                    (self.gathered.as_mut()).filter(|_| self.checking == Some(*id))
                else {
                    return Reply::stay();
                };
                gathered.join(part);
                if *more {
                    return Reply::stay();
                }
                self.checking = None;
                self.form(state, now)
            }
            _ => Reply::stay(),
        }
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        let reading = self.reading.take().map(|(id, _)| id);
        let checking = self.checking.take();
        let dropped = [state.forget(reading), state.forget(checking)];
        dropped.into_iter().flatten().collect()
    }

    fn moves(&self) -> bool {
        self.reading.is_some() || self.checking.is_some()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.goal.account.clone())
    }

    fn view(&self, _: &State) -> super::view::ModalView {
        self.draw()
    }
}
