//! The save sheet: which assets are saved, and into which local folder.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::confirm::hint;
use super::form::{Field, Form, FormEvent};
use super::view::{Block, ModalView, Room, Tone, quote, say};
use super::{Modal, Reply};
use crate::app::action::chosen_assets;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::{State, words};
use crate::domain::{AccountName, Asset, ContainerId, SafeText, file_words, paths};

/// How many assets the sheet names one by one.
const NAMED: usize = 8;

#[derive(Debug)]
pub struct SaveSheet {
    account: Option<AccountName>,
    /// The folder that the settings name for their place.
    usual: Option<PathBuf>,
    assets: Vec<Asset>,
    form: Form,
}

impl SaveSheet {
    /// `type_folder`: what is typed goes on with the folder last used, instead of replacing it.
    pub fn new(state: &State, type_folder: bool) -> Self {
        let assets: Vec<Asset> = chosen_assets(state)
            .into_iter()
            .map(Cow::into_owned)
            .collect();
        let button = format!("Save {}", file_words(assets.len()));
        let opened = state.browse.open();
        let usual = opened.and_then(|it| usual_folder(state, &it.account, Some(&it.id)));
        let field = folder_field(state, usual.as_deref(), type_folder);
        let field = field.hint("a file of the same name there is never replaced");
        let form = Form::new(vec![field], button);
        Self {
            account: state.browse.open().map(|opened| opened.account.clone()),
            usual,
            assets,
            form,
        }
    }

    fn save(&mut self, state: &mut State, now: Instant) -> Reply {
        let Some(folder) = folder_chosen(&mut self.form, state, self.usual.as_deref()) else {
            return Reply::stay();
        };
        let Some(account) = self.account.clone() else {
            return Reply::close();
        };
        let shown = SafeText::name(&folder.to_string_lossy());
        let text = format!(
            "Saving {} into {shown}{}",
            file_words(self.assets.len()),
            state.keymap.says("; ", "transfers", "shows them")
        );
        state.notices.say(Tone::Plain, text, now);
        let effects: Vec<Effect> = std::mem::take(&mut self.assets)
            .into_iter()
            .map(|asset| Effect::Save {
                account: account.clone(),
                asset: Box::new(asset),
                folder: folder.clone(),
            })
            .collect();
        Reply::close().with(effects)
    }
}

/// The folder that the settings name for saves from a place.
pub(super) fn usual_folder(
    state: &State,
    account: &AccountName,
    container: Option<&ContainerId>,
) -> Option<PathBuf> {
    let usual = state.options.usuals.of(account, container);
    usual.save_to.clone()
}

/// The field for the folder used last, of places with a usual one among those: what is typed goes on
/// with it, or names another one.
pub(super) fn folder_field(state: &State, usual: Option<&Path>, goes_on: bool) -> Field {
    let folder = last_folder(state, usual).to_string_lossy();
    let field = Field::text("Folder", &folder);
    if goes_on { field } else { field.suggested() }
}

fn last_folder<'a>(state: &'a State, usual: Option<&'a Path>) -> &'a Path {
    let last = |usual| {
        state
            .memory
            .saved_to
            .get(usual)
            .map_or(usual, PathBuf::as_path)
    };
    usual.map_or(&state.options.save_to, last)
}

/// The folder in the form's first field, which is the folder used last from now on; `None` where
/// there is none, which the field then says.
pub(super) fn folder_chosen(
    form: &mut Form,
    state: &mut State,
    usual: Option<&Path>,
) -> Option<PathBuf> {
    let text = form.fields[0].value().trim().to_owned();
    if text.is_empty() {
        form.fields[0].error = Some("type a folder".to_owned());
        form.focus = 0;
        return None;
    }
    let home = state.options.home.as_deref();
    let folder = paths::typed(&text, last_folder(state, usual), home);
    match usual {
        Some(usual) => {
            let last = &mut state.memory.saved_to;
            last.insert(usual.to_owned(), folder.clone());
        }
        None => state.options.save_to.clone_from(&folder),
    }
    Some(folder)
}

impl Modal for SaveSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        match self.form.input(input) {
            FormEvent::Submit => self.save(state, now),
            FormEvent::Leave => Reply::close(),
            FormEvent::Nothing | FormEvent::Changed(_) => Reply::stay(),
        }
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        self.account.clone()
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks: Vec<Block> = self
            .assets
            .iter()
            .take(NAMED)
            .map(|asset| {
                Block::Line(vec![
                    quote(&SafeText::name(&asset.name)),
                    say(format!("  {}", words::place_and_size(asset))),
                ])
            })
            .collect();
        if let Some(more) = self.assets.len().checked_sub(NAMED).filter(|it| *it > 0) {
            blocks.push(Block::Line(vec![say(format!("and {more} more"))]));
        }
        blocks.push(Block::Blank);
        blocks.extend(self.form.blocks(true));
        ModalView {
            title: "Save".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints: vec![
                hint("C-s", "save"),
                hint("Tab", "next"),
                hint("Esc", "leave"),
            ],
        }
    }
}
