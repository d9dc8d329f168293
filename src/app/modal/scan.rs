//! The sheet that scans what uses assets: how many calls that takes, how far it is, and then the
//! assets that nothing uses.

use std::sync::Arc;
use std::time::Instant;

use super::confirm::{Answering, hint};
use super::view::{Block, ModalView, Room, Tone, say, toned};
use super::{Modal, Reply};
use crate::api::Noun;
use crate::app::State;
use crate::app::browse::Pane;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::key::{Code, Input};
use crate::app::msg::{Answer, InScan, Msg};
use crate::domain::filter::Usage;
use crate::domain::{AccountName, ContainerId};

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// It is asked what there is to scan.
    Counting,
    /// So many of them were read by a scan that did not end.
    Ask(Vec<String>, usize, Answering),
    Scanning {
        read: usize,
        of: usize,
    },
    Failed(String),
}

#[derive(Debug)]
pub struct ScanSheet {
    account: AccountName,
    container: ContainerId,
    /// In what assets are used.
    noun: &'static Noun,
    stage: Stage,
    /// The answer that is awaited.
    pending: Option<RequestId>,
    /// What it waits for before it goes on.
    waits: Option<String>,
}

impl ScanSheet {
    /// Counts at once; `None` where the service does not tell where assets are used.
    pub fn open(state: &mut State) -> Option<(Self, Vec<Effect>)> {
        let opened = state.browse.open()?;
        let mut sheet = Self {
            account: opened.account.clone(),
            container: opened.id.clone(),
            noun: opened.spec.capabilities.used_in.as_ref()?,
            stage: Stage::Counting,
            pending: None,
            waits: None,
        };
        let count = sheet.load(Load::Uses, state);
        Some((sheet, vec![count]))
    }

    fn load(&mut self, what: Load, state: &mut State) -> Effect {
        let id = state.request_for_modal();
        self.pending = Some(id);
        Effect::Load {
            id,
            account: self.account.clone(),
            what,
            patient: true,
            recall: false,
        }
    }

    /// Shows what it found where it was asked for.
    fn done(&self, usage: &Arc<Usage>, state: &mut State, now: Instant) -> Reply {
        if let Some(account) = state.browse.account_mut(&self.account) {
            account.usage = Some(Arc::clone(usage));
        }
        let here = state.browse.open();
        if here.is_some_and(|it| it.account == self.account && it.id == self.container) {
            state.focus(Pane::Assets, now);
            state.apply_filter("is:orphan", now);
            let one = self.noun.one;
            let text = format!("Shown is what no {one} uses, as of now; / and Esc show all again");
            state.notices.say(Tone::Plain, text, now);
        }
        Reply::close()
    }

    fn told(&mut self, answer: &Answer, state: &mut State, now: Instant) -> Reply {
        self.waits = None;
        match answer {
            Answer::Waits(why) => {
                self.waits = Some(why.clone());
                return Reply::stay();
            }
            Answer::Scanned(Ok(InScan::Read(read))) => {
                if let Stage::Scanning { read: before, .. } = &mut self.stage {
                    *before = *read;
                }
                return Reply::stay();
            }
            Answer::Uses(Ok((uses, before))) => {
                self.stage = Stage::Ask(uses.clone(), *before, Answering::new(now));
            }
            Answer::Scanned(Ok(InScan::All(usage))) => {
                self.pending = None;
                return self.done(usage, state, now);
            }
            Answer::Uses(Err(error)) | Answer::Scanned(Err(error)) => {
                self.stage = Stage::Failed(error.to_string());
            }
            _ => return Reply::stay(),
        }
        self.pending = None;
        Reply::stay()
    }
}

impl Modal for ScanSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        let Stage::Ask(uses, _, answering) = &mut self.stage else {
            return match input {
                Input::Key(key) if matches!(key.code, Code::Esc | Code::Char('q')) => {
                    Reply::close()
                }
                _ => Reply::stay(),
            };
        };
        match answering.input(input, now) {
            Some(true) => {
                let uses = std::mem::take(uses);
                let of = uses.len();
                self.stage = Stage::Scanning { read: 0, of };
                let scan = self.load(Load::Scan(uses), state);
                Reply::stay().with([scan])
            }
            Some(false) => Reply::close(),
            None => Reply::stay(),
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
        state.forget(self.pending.take()).into_iter().collect()
    }

    fn moves(&self) -> bool {
        self.pending.is_some()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.account.clone())
    }

    fn view(&self, _: &State) -> ModalView {
        let Noun { one, many, .. } = self.noun;
        let line = |text: String, tone| Block::Line(vec![toned(text, tone)]);
        let mut blocks = Vec::new();
        let mut hints = vec![hint("Esc", "leave")];
        match &self.stage {
            Stage::Counting => blocks.push(Block::Line(vec![say(format!("Counting {many} …"))])),
            Stage::Ask(uses, before, answering) => {
                if *before > 0 {
                    let all = uses.len();
                    let text = format!(
                        "{before} of {all} {many} were read by a scan of the last hour that did not end."
                    );
                    blocks.push(line(text, Tone::Plain));
                }
                let (of, calls) = match uses.len() - before {
                    1 => (format!("1 {one}"), "1 call".to_owned()),
                    of => (format!("{of} {many}"), format!("{of} calls")),
                };
                let text = format!("Scanning {of} for the assets they use takes {calls}.");
                blocks.push(line(text, Tone::Strong));
                let text =
                    "An asset that may be used, by its name for one, is not called an orphan.";
                blocks.push(line(text.to_owned(), Tone::Plain));
                blocks.push(Block::Blank);
                blocks.extend(answering.buttons("Scan them", "Leave"));
                hints = Answering::hints("scan them");
            }
            Stage::Scanning { read, of } => {
                blocks.push(Block::Line(vec![say(format!(
                    "{read} of {of} {many} scanned …"
                ))]));
                hints = vec![hint("Esc", "stop and leave")];
            }
            Stage::Failed(why) => {
                blocks.push(line(why.clone(), Tone::Bad));
                let text = format!("A {one} that cannot be read may use any asset.");
                blocks.push(line(text, Tone::Plain));
            }
        }
        blocks.extend(self.waits.iter().map(|it| line(it.clone(), Tone::Warning)));
        ModalView {
            title: "Orphans".to_owned(),
            room: Room::Small,
            danger: false,
            blocks,
            hints,
        }
    }
}
