//! The sheet that reads what assets hold: how many files and bytes that takes, how far it is, and
//! then the assets that hold the same.

use std::sync::Arc;
use std::time::Instant;

use super::confirm::{Answering, hint};
use super::view::{Block, ModalView, Room, Tone, quote, say, toned};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::browse::Pane;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::key::{Code, Input};
use crate::app::msg::{Answer, InContents, Msg};
use crate::domain::{
    AccountName, Allowance, Asset, AssetScope, Digest, Digests, SafeText, file_words, size_words,
};
use crate::transfer::contents::cost_words;

/// How many of those that could not be read are named.
const NAMED: usize = 5;

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// What was read before is looked up.
    Recalling,
    Ask(Answering),
    Reading,
    /// Some could not be read.
    Short,
    Failed(String),
}

#[derive(Debug)]
pub struct ContentsSheet {
    account: AccountName,
    scope: AssetScope,
    /// What the service is called, and what it allows.
    label: &'static str,
    allowance: Option<Allowance>,
    stage: Stage,
    /// Those that are to be read.
    assets: Arc<Vec<Asset>>,
    /// So many of them were, or could not be.
    read: usize,
    /// Bytes of those, and of the one on its way.
    bytes: (u64, u64),
    /// What was read and the panes do not know yet.
    found: Digests,
    /// Those that could not be read, by their place, and why.
    failed: Vec<(usize, String)>,
    /// The answer that is awaited.
    pending: Option<RequestId>,
    /// What it waits for before it goes on.
    waits: Option<String>,
}

impl ContentsSheet {
    /// Looks up at once what was read before.
    pub fn open(state: &mut State) -> Option<(Self, Vec<Effect>)> {
        let opened = state.browse.open()?;
        let account = state.browse.account(&opened.account)?;
        let mut sheet = Self {
            account: opened.account.clone(),
            scope: opened.scope.clone()?,
            label: opened.spec.label,
            allowance: account.info.allowance,
            stage: Stage::Recalling,
            assets: Arc::default(),
            read: 0,
            bytes: (0, 0),
            found: Digests::default(),
            failed: Vec::new(),
            pending: None,
            waits: None,
        };
        let recall = Load::Digests(sheet.scope.clone());
        let recall = sheet.load(recall, state);
        Some((sheet, vec![recall]))
    }

    fn load(&mut self, what: Load, state: &mut State) -> Effect {
        let id = state.request_for_modal();
        self.pending = Some(id);
        Effect::Load {
            id,
            account: self.account.clone(),
            what,
            patient: false,
            recall: false,
        }
    }

    /// What was read is known to the panes, as long as they show that place.
    fn learn(&mut self, state: &mut State) {
        let digests = std::mem::take(&mut self.found);
        if let Some(opened) = state.opened_mut(&self.account, self.scope.container()) {
            opened.learn_contents(digests);
        }
    }

    fn is_here(&self, state: &State) -> bool {
        let here = state.browse.open();
        here.is_some_and(|it| it.account == self.account && it.scope.as_ref() == Some(&self.scope))
    }

    /// What was read before is known: asks whether the others are to be read.
    fn recalled(&mut self, digests: &Digests, state: &mut State, now: Instant) -> Reply {
        self.found = digests.clone();
        self.learn(state);
        if let Some(opened) = state.browse.open().filter(|_| self.is_here(state)) {
            self.assets = Arc::new(opened.unread());
        }
        if self.assets.is_empty() {
            return self.done(state, now);
        }
        self.stage = Stage::Ask(Answering::new(now));
        Reply::stay()
    }

    /// Shows what holds the same.
    fn done(&mut self, state: &mut State, now: Instant) -> Reply {
        self.learn(state);
        if self.is_here(state) {
            state.focus(Pane::Assets, now);
            state.apply_filter("is:identical", now);
            let text = "Shown is what holds the same as another; / and Esc show all again";
            state.notices.say(Tone::Plain, text, now);
        }
        Reply::close()
    }

    fn told(&mut self, answer: &Answer, state: &mut State, now: Instant) -> Reply {
        self.waits = None;
        match answer {
            Answer::Waits(why) => self.waits = Some(why.clone()),
            Answer::Digests(digests) => {
                self.pending = None;
                return self.recalled(digests, state, now);
            }
            Answer::Contents(Ok(InContents::Came(bytes))) => self.bytes.1 = *bytes,
            Answer::Contents(Ok(InContents::Read(read))) => {
                match read {
                    Ok(digest) => self.take(*digest),
                    Err(error) => self.failed.push((self.read, error.to_string())),
                }
                let size = self.assets.get(self.read).and_then(|asset| asset.size);
                self.bytes = (self.bytes.0 + size.unwrap_or_default(), 0);
                self.read += 1;
            }
            Answer::Contents(Ok(InContents::End)) => {
                self.pending = None;
                if self.failed.is_empty() {
                    return self.done(state, now);
                }
                self.stage = Stage::Short;
            }
            Answer::Contents(Err(error)) => {
                self.pending = None;
                self.stage = Stage::Failed(error.to_string());
            }
            _ => {}
        }
        Reply::stay()
    }

    fn take(&mut self, digest: Digest) {
        if let Some(asset) = self.assets.get(self.read) {
            self.found.learn(asset, digest);
        }
    }

    /// What a yes costs.
    fn cost(&self) -> String {
        let bytes = self.assets.iter().filter_map(|asset| asset.size).sum();
        let mut text = format!("{}.", cost_words(self.assets.len(), bytes));
        if let Some(allowed) = self.allowance {
            let (label, calls) = (self.label, allowed.calls);
            text = format!("{text} {label} allows about {calls} {}.", allowed.in_time());
        }
        text
    }

    /// Those that could not be read.
    fn misses(&self) -> Vec<Block> {
        let named = self.failed.iter().take(NAMED);
        let mut blocks: Vec<Block> = named
            .filter_map(|(at, why)| {
                let name = SafeText::name(&self.assets.get(*at)?.name);
                let why = toned(format!(": {}", SafeText::prose(why)), Tone::Bad);
                Some(Block::Line(vec![quote(&name), why]))
            })
            .collect();
        if self.failed.len() > NAMED {
            let text = format!("and {} more", self.failed.len() - NAMED);
            blocks.push(Block::Line(vec![toned(text, Tone::Bad)]));
        }
        blocks
    }
}

impl Modal for ContentsSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        let leaves = |input: &Input| matches!(input, Input::Key(key) if matches!(key.code, Code::Esc | Code::Char('q')));
        match &mut self.stage {
            Stage::Ask(answering) => match answering.input(input, now) {
                Some(true) => {
                    self.stage = Stage::Reading;
                    let read = Load::Contents(self.scope.clone(), Arc::clone(&self.assets));
                    let read = self.load(read, state);
                    Reply::stay().with([read])
                }
                Some(false) => Reply::close(),
                None => Reply::stay(),
            },
            Stage::Short
                if leaves(input) || matches!(input, Input::Key(key) if key.code == Code::Enter) =>
            {
                self.done(state, now)
            }
            _ if leaves(input) => Reply::close(),
            _ => Reply::stay(),
        }
    }

    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        match msg {
            Msg::Loaded { id, answer } if self.pending == Some(*id) => {
                self.told(answer, state, now)
            }
            _ => Reply::stay(),
        }
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        self.learn(state);
        state.forget(self.pending.take()).into_iter().collect()
    }

    fn moves(&self) -> bool {
        self.pending.is_some()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.account.clone())
    }

    fn view(&self, _: &State) -> ModalView {
        let line = |text: String, tone| Block::Line(vec![toned(text, tone)]);
        let mut blocks = Vec::new();
        let mut hints = vec![hint("Esc", "leave")];
        match &self.stage {
            Stage::Recalling => {
                blocks.push(Block::Line(vec![say("Looking up what was read before …")]));
            }
            Stage::Ask(answering) => {
                blocks.push(line(self.cost(), Tone::Strong));
                let text = "Nothing of them is kept but what tells whether two are the same.";
                blocks.push(line(text.to_owned(), Tone::Plain));
                blocks.push(Block::Blank);
                blocks.extend(answering.buttons("Read them", "Leave"));
                hints = Answering::hints("read them");
            }
            Stage::Reading => {
                let (read, of) = (self.read, self.assets.len());
                let bytes = size_words(self.bytes.0 + self.bytes.1);
                let text = format!("{read} of {of} files read, {bytes} …");
                blocks.push(Block::Line(vec![say(text)]));
                blocks.extend(self.misses());
                hints = vec![hint("Esc", "stop and leave; what was read stays known")];
            }
            Stage::Short => {
                let left = self.assets.len() - self.read;
                let failed = file_words(self.failed.len());
                let mut text = format!("{failed} could not be read");
                if left > 0 {
                    text = format!("{text}, and {left} more were not asked for");
                }
                blocks.push(line(format!("{text}."), Tone::Strong));
                blocks.extend(self.misses());
                let text =
                    "What is not known is not called identical, and not called unique either.";
                blocks.push(line(text.to_owned(), Tone::Plain));
                hints = vec![hint("Enter", "show what holds the same")];
            }
            Stage::Failed(why) => blocks.push(line(why.clone(), Tone::Bad)),
        }
        blocks.extend(self.waits.iter().map(|it| line(it.clone(), Tone::Warning)));
        ModalView {
            title: "Identical assets".to_owned(),
            room: Room::Small,
            danger: false,
            blocks,
            hints,
        }
    }
}
