//! The sheet that saves whole places: what is in them, where it goes, and what stands there.

mod question;
mod view;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use self::question::Question;
use super::form::{Form, FormEvent};
use super::save::{folder_chosen, folder_field, usual_folder};
use super::view::Tone;
use super::{Modal, Reply};
use crate::api::ProviderSpec;
use crate::app::State;
use crate::app::did;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::key::{Code, Input};
use crate::app::msg::{Answer, Found, InTree, Listed, Msg};
use crate::domain::{AccountName, SafeText, TypeChoice, file_words};
use crate::transfer::tree::{MANY_CALLS, Source, Tree};

/// Places of one account, and what to call them.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    pub account: AccountName,
    pub spec: &'static ProviderSpec,
    pub source: Source,
    /// Only assets of these types; none stands for all.
    pub types: Vec<TypeChoice>,
    /// Foreign text.
    pub name: String,
}

/// How far the listing is.
#[derive(Debug)]
enum Listing {
    Running(Found),
    /// So many calls more were not made without a yes.
    Costs(usize),
    Failed(String),
    Done(Arc<Listed>),
}

#[derive(Debug)]
enum Stage {
    /// The folder is chosen, and the listing runs meanwhile.
    Form,
    /// It is looked what stands in the folder.
    Looking(PathBuf),
    Ask(Box<Question>),
}

#[derive(Debug)]
pub struct TreeSheet {
    places: Places,
    /// The folder that the settings name for them.
    usual: Option<PathBuf>,
    form: Form,
    listing: Listing,
    stage: Stage,
    /// The answer that is awaited.
    pending: Option<RequestId>,
    /// So many calls ahead are not made without a yes.
    most: usize,
    /// What the listing waits for before it goes on.
    waits: Option<String>,
    /// The folder was chosen before the listing was complete.
    chosen: Option<PathBuf>,
}

impl TreeSheet {
    /// Lists at once. `goes_on`: what is typed goes on with the folder last used.
    pub fn open(state: &mut State, places: Places, goes_on: bool) -> (Self, Vec<Effect>) {
        let usual = usual_folder(state, &places.account, places.source.container());
        let field = folder_field(state, usual.as_deref(), goes_on);
        let field = field.hint("nothing that is there is replaced without a yes that names it");
        let mut sheet = Self {
            places,
            usual,
            form: Form::new(vec![field], String::new()),
            listing: Listing::Running(Found::default()),
            stage: Stage::Form,
            pending: None,
            most: MANY_CALLS,
            waits: None,
            chosen: None,
        };
        let effects = sheet.list(state);
        (sheet, effects)
    }

    fn list(&mut self, state: &mut State) -> Vec<Effect> {
        let mut effects: Vec<Effect> = state.forget(self.pending.take()).into_iter().collect();
        let id = state.request_for_modal();
        self.pending = Some(id);
        self.listing = Listing::Running(Found::default());
        self.waits = None;
        effects.push(Effect::Load {
            id,
            account: self.places.account.clone(),
            what: Load::Tree {
                source: self.places.source.clone(),
                types: self.places.types.clone(),
                calls: self.most,
            },
            patient: true,
            recall: false,
        });
        effects
    }

    /// The folder is chosen: what stands there is looked at as soon as it is known what goes there.
    fn submit(&mut self, state: &mut State) -> Reply {
        let Some(folder) = folder_chosen(&mut self.form, state, self.usual.as_deref()) else {
            return Reply::stay();
        };
        match &self.listing {
            Listing::Running(_) => {
                self.chosen = Some(folder);
                Reply::stay()
            }
            Listing::Costs(_) => {
                self.chosen = Some(folder);
                self.most = usize::MAX;
                Reply::stay().with(self.list(state))
            }
            Listing::Failed(_) => {
                self.chosen = Some(folder);
                Reply::stay().with(self.list(state))
            }
            Listing::Done(listed) if listed.assets.is_empty() => Reply::stay(),
            Listing::Done(listed) => {
                let listed = Arc::clone(listed);
                self.look(state, listed, folder)
            }
        }
    }

    fn look(&mut self, state: &mut State, listed: Arc<Listed>, folder: PathBuf) -> Reply {
        let id = state.request_for_modal();
        self.pending = Some(id);
        self.stage = Stage::Looking(folder.clone());
        Reply::stay().with([Effect::LayOut {
            id,
            account: self.places.account.clone(),
            spec: self.places.spec,
            listed,
            folder,
        }])
    }

    fn listed(&mut self, word: &InTree, state: &mut State) -> Reply {
        match word {
            InTree::Found(found) => {
                self.listing = Listing::Running(*found);
                return Reply::stay();
            }
            InTree::Costs(calls) => {
                self.listing = Listing::Costs(*calls);
                // What was chosen before the cost was known is no yes to it.
                self.chosen = None;
            }
            InTree::All(listed) => self.listing = Listing::Done(Arc::clone(listed)),
        }
        self.pending = None;
        match (&self.listing, self.chosen.take()) {
            (Listing::Done(listed), Some(folder)) if !listed.assets.is_empty() => {
                let listed = Arc::clone(listed);
                self.look(state, listed, folder)
            }
            _ => Reply::stay(),
        }
    }

    fn laid_out(&mut self, result: &Result<Box<Tree>, String>, now: Instant) {
        self.pending = None;
        match result {
            Ok(tree) => {
                let question = Question::new(tree.as_ref().clone(), now);
                self.stage = Stage::Ask(Box::new(question));
            }
            Err(why) => {
                self.stage = Stage::Form;
                self.form.fields[0].error = Some(why.clone());
                self.form.focus = 0;
            }
        }
    }

    fn save(&self, tree: Tree, state: &mut State, now: Instant) -> Reply {
        let (files, _) = tree.saved();
        if files == 0 {
            state.notices.say(Tone::Plain, "Nothing was saved", now);
            return Reply::close();
        }
        let text = format!(
            "Saving {} into {}{}",
            file_words(files),
            SafeText::name(&tree.root.to_string_lossy()),
            state.keymap.says("; ", "transfers", "shows them")
        );
        state.notices.say(Tone::Plain, text, now);
        if let Source::Below(address) = &self.places.source
            && self.places.types.is_empty()
        {
            state.did = did::get_all(address, &tree.root);
        }
        Reply::close().with([Effect::SaveTree {
            account: self.places.account.clone(),
            tree: Box::new(tree),
        }])
    }

    fn form_input(&mut self, input: &Input, state: &mut State) -> Reply {
        match self.form.input(input) {
            FormEvent::Submit => self.submit(state),
            FormEvent::Leave => Reply::close(),
            FormEvent::Changed(_) => {
                self.chosen = None;
                Reply::stay()
            }
            FormEvent::Nothing => Reply::stay(),
        }
    }
}

impl Modal for TreeSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        match &mut self.stage {
            Stage::Form => self.form_input(input, state),
            Stage::Looking(_) => {
                let Input::Key(key) = input else {
                    return Reply::stay();
                };
                if key.code != Code::Esc {
                    return Reply::stay();
                }
                self.stage = Stage::Form;
                Reply::stay().with(state.forget(self.pending.take()))
            }
            Stage::Ask(question) => match question.input(input, state.page(), now) {
                Some(true) => {
                    let tree = question.decided();
                    self.save(tree, state, now)
                }
                Some(false) => {
                    self.stage = Stage::Form;
                    Reply::stay()
                }
                None => Reply::stay(),
            },
        }
    }

    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        match msg {
            Msg::Loaded {
                id,
                answer: Answer::Tree(result),
            } if self.pending == Some(*id) => {
                self.waits = None;
                match result {
                    Ok(word) => self.listed(word, state),
                    Err(error) => {
                        self.pending = None;
                        self.chosen = None;
                        self.listing = Listing::Failed(error.to_string());
                        Reply::stay()
                    }
                }
            }
            Msg::Loaded {
                id,
                answer: Answer::Waits(why),
            } if self.pending == Some(*id) => {
                self.waits = Some(why.clone());
                Reply::stay()
            }
            Msg::LaidOut { id, result } if self.pending == Some(*id) => {
                self.laid_out(result, now);
                Reply::stay()
            }
            _ => Reply::stay(),
        }
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        state.forget(self.pending.take()).into_iter().collect()
    }

    fn moves(&self) -> bool {
        self.pending.is_some()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.places.account.clone())
    }

    fn view(&self, _: &State) -> super::view::ModalView {
        self.draw()
    }
}
