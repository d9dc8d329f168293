//! Update: which part of the state a message goes to.

use std::time::Instant;

use super::State;
use super::action::{self, Action};
use super::browse::Asked;
use super::did;
use super::edit;
use super::effect::Effect;
use super::key::{Code, Input, Key};
use super::keymap::Found;
use super::modal::view::Tone;
use super::modal::{Modal, Outcome, Reply};
use super::msg::{Answer, InContents, InScan, InTree, Msg};
use crate::domain::paths;

impl State {
    /// Changes the state by one message and says what I/O that needs. Never waits.
    pub fn update(&mut self, msg: Msg, now: Instant) -> Vec<Effect> {
        let mut effects = match msg {
            Msg::Input(input) => {
                let (spot, told) = (self.spot(), self.details());
                let visit = self.browse.visit.take();
                let effects = self.on_input(&input, now);
                if self.spot() != spot {
                    self.did = None;
                }
                self.stay_on_visit(visit, spot);
                self.hold_details(spot, told, now);
                effects
            }
            Msg::Tick => self.tick(now),
            Msg::GoOn => {
                self.go_on(now);
                Vec::new()
            }
            Msg::Loaded { id, answer } => self.on_answer(id, answer, now),
            Msg::Recalled { account, batch } => {
                self.on_recalled(&account, batch, now);
                Vec::new()
            }
            Msg::Job(job) => {
                let mut effects = self.on_job(&job, now);
                effects.extend(self.tell_modals(&Msg::Job(job), now));
                effects
            }
            Msg::Queue {
                jobs,
                left,
                works,
                closed,
            } => {
                self.transfers.closed = closed;
                self.on_queue(jobs, &left, works, now)
            }
            Msg::Held(held) => {
                self.transfers.set_held(held);
                Vec::new()
            }
            Msg::WorkerStopped(process) => self.on_worker_stopped(process, now),
            Msg::Progress { job, bytes } => {
                self.transfers.meters.bytes(job, bytes, now);
                Vec::new()
            }
            Msg::Desktop { did, result } => {
                self.on_desktop(&did, result, now);
                Vec::new()
            }
            Msg::Connected { account, result } => {
                let mut effects = self.on_connected(&account, &result, now);
                effects.extend(self.tell_modals(&Msg::Connected { account, result }, now));
                effects
            }
            Msg::Files { id, .. }
            | Msg::Found { id, .. }
            | Msg::Inspected { id, .. }
            | Msg::Gathered { id, .. }
            | Msg::LaidOut { id, .. } => {
                let is_asked = self.asked.contains_key(&id);
                if !matches!(msg, Msg::Gathered { more: true, .. }) {
                    self.asked.remove(&id);
                }
                if is_asked {
                    self.tell_modals(&msg, now)
                } else {
                    Vec::new()
                }
            }
            Msg::Memory { .. } => self.tell_modals(&msg, now),
            Msg::Refused { count, reason } => {
                self.on_refused(count, &reason, now);
                Vec::new()
            }
            Msg::IndexTrouble(text) => {
                self.notices.say(Tone::Bad, text, now);
                Vec::new()
            }
            Msg::Means(means) => {
                self.pictures.means = Some(means);
                Vec::new()
            }
            Msg::PictureRoom(room) => {
                self.pictures.room = room;
                Vec::new()
            }
        };
        effects.extend(self.seek_on(now));
        effects = self.guarded(effects);
        if let Some(command) = did::command(&effects, self) {
            self.did = Some(command);
        }
        effects.extend(self.tend_pictures(now));
        self.tend_spinner(now);
        self.tend_count(now);
        effects
    }

    fn on_input(&mut self, input: &Input, now: Instant) -> Vec<Effect> {
        match input {
            Input::Resize(columns, rows) => {
                self.size = (*columns, *rows);
                self.timers.marks(now);
                Vec::new()
            }
            Input::Key(key) => self.on_key(key.normal(), now),
            Input::Paste(_) | Input::Mouse(_) if self.too_small() => Vec::new(),
            Input::Paste(text) => self.on_paste(text, now),
            Input::Mouse(mouse) => self.on_mouse(*mouse, now),
        }
    }

    fn on_key(&mut self, key: Key, now: Instant) -> Vec<Effect> {
        // Keys that work above everything, so that no form can swallow them.
        if key == Key::ctrl('c') {
            return self.interrupt(now);
        }
        if key == Key::ctrl('z') {
            return vec![Effect::Suspend];
        }
        // What cannot be seen is not obeyed.
        if self.too_small() {
            return Vec::new();
        }
        if key == Key::ctrl('l') {
            return vec![Effect::Redraw];
        }
        if let Some(top) = self.modals.last() {
            // What is drawn is asked only for a key that may matter.
            if top.has_help()
                && self.asks_help(key, false)
                && self.asks_help(key, top.view(self).is_typing())
            {
                let help = top.help(self, now);
                self.modals.push(help);
                return Vec::new();
            }
            return self.tell_top(&Input::Key(key), now);
        }
        if self.filtering.is_some() {
            if self.asks_help(key, true) {
                return self.on_pane_key(key, now);
            }
            return self.edit_filter(key, now);
        }
        self.on_pane_key(key, now)
    }

    pub(super) fn on_pane_key(&mut self, key: Key, now: Instant) -> Vec<Effect> {
        if !self.pending.is_empty() && key.code == Code::Esc {
            self.end_chord();
            return Vec::new();
        }
        self.pending.push(key);
        match self.keymap.find(self.contexts(), &self.pending) {
            Found::Action(action) => {
                self.end_chord();
                self.run(action, now)
            }
            Found::Begun(_) => {
                self.timers.chord(Some(now));
                Vec::new()
            }
            Found::Nothing => {
                self.end_chord();
                Vec::new()
            }
        }
    }

    fn end_chord(&mut self) {
        self.pending.clear();
        self.timers.chord(None);
    }

    /// Runs an action, or says why it cannot run.
    pub(crate) fn run(&mut self, action: &Action, now: Instant) -> Vec<Effect> {
        match (action.enabled)(self) {
            Ok(()) => (action.run)(self, now),
            Err(why) => {
                let text = format!("{}: {why}", action.title);
                self.notices.say(Tone::Warning, text, now);
                Vec::new()
            }
        }
    }

    /// Ctrl-C: the first press leaves what is on top, the second within two seconds quits.
    fn interrupt(&mut self, now: Instant) -> Vec<Effect> {
        if self.timers.interrupted(now) {
            return vec![Effect::Quit];
        }
        self.timers.interrupt(now);
        // Nothing is closed that cannot be seen; the line there is says the rest.
        if self.too_small() {
            return Vec::new();
        }
        let again = "Press Ctrl-C again to quit";
        let mut effects = Vec::new();
        let left;
        let done = if let Some(mut modal) = self.modals.pop() {
            effects.extend(modal.leave(self));
            "Closed. "
        } else if self.filtering.is_some() {
            self.end_filter(true, now);
            "Filter cleared. "
        } else if !self.pending.is_empty() {
            self.end_chord();
            ""
        } else {
            let (stopped, said) = self.stop_loading();
            effects.extend(stopped);
            left = said;
            left.as_str()
        };
        self.notices
            .say(Tone::Warning, format!("{done}{again}"), now);
        effects
    }

    fn on_paste(&mut self, text: &str, now: Instant) -> Vec<Effect> {
        if !self.modals.is_empty() {
            return self.tell_top(&Input::Paste(text.to_owned()), now);
        }
        if let Some(mut line) = self.filtering.take() {
            edit::paste(&mut line, text);
            self.apply_filter(line.value(), now);
            self.filtering = Some(line);
            return Vec::new();
        }
        self.end_chord();
        // Dropped files are paths that say where they begin.
        if paths::are_pasted(text)
            && let Some(upload) = action::find("upload")
        {
            let mut effects = self.run(upload, now);
            if !self.modals.is_empty() {
                effects.extend(self.tell_top(&Input::Paste(text.to_owned()), now));
            }
            return effects;
        }
        let text = "A paste runs no keys. To upload files, paste or drop their paths here";
        self.notices.say(Tone::Plain, text, now);
        Vec::new()
    }

    // --- modals

    pub(super) fn tell_top(&mut self, input: &Input, now: Instant) -> Vec<Effect> {
        let Some(mut modal) = self.modals.pop() else {
            return Vec::new();
        };
        let below = self.modals.len();
        let reply = modal.input(input, self, now);
        self.settle(modal, below, reply, now)
    }

    /// Tells every modal, from the top down.
    fn tell_modals(&mut self, msg: &Msg, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut at = self.modals.len();
        while at > 0 {
            at -= 1;
            if at >= self.modals.len() {
                continue;
            }
            let mut modal = self.modals.remove(at);
            let reply = modal.message(msg, self, now);
            effects.extend(self.settle(modal, at, reply, now));
        }
        effects
    }

    /// Puts a modal back at its place, or does what it answered instead.
    fn settle(
        &mut self,
        mut modal: Box<dyn Modal>,
        at: usize,
        reply: Reply,
        now: Instant,
    ) -> Vec<Effect> {
        let mut effects = reply.effects;
        let sends = |effect: &Effect| matches!(effect, Effect::Upload { .. });
        if effects.iter().any(sends)
            && let Some(opened) = self.browse.open_mut()
        {
            opened.assets.list.expect();
        }
        let at = at.min(self.modals.len());
        match reply.outcome {
            Outcome::Stay => self.modals.insert(at, modal),
            Outcome::Open(other) => {
                self.modals.insert(at, modal);
                self.modals.insert(at + 1, other);
            }
            Outcome::Replace(other) => {
                effects.extend(modal.leave(self));
                self.modals.insert(at, other);
            }
            Outcome::Close => effects.extend(modal.leave(self)),
            Outcome::CloseAll => {
                effects.extend(modal.leave(self));
                for mut other in std::mem::take(&mut self.modals) {
                    if other.stays() {
                        self.modals.push(other);
                    } else {
                        effects.extend(other.leave(self));
                    }
                }
            }
            Outcome::Run(action) => {
                effects.extend(modal.leave(self));
                effects.extend(self.run(action, now));
            }
            Outcome::Press(chord) => {
                effects.extend(modal.leave(self));
                for key in chord.0 {
                    effects.extend(self.tell_top(&Input::Key(key), now));
                }
            }
        }
        effects
    }

    /// Puts a modal on top.
    pub(crate) fn open_modal(&mut self, modal: impl Modal + 'static) {
        self.end_chord();
        if self.filtering.take().is_some() {
            self.keep_words(false);
        }
        self.modals.push(Box::new(modal));
    }

    // --- answers

    fn on_answer(&mut self, id: super::RequestId, answer: Answer, now: Instant) -> Vec<Effect> {
        let more = match &answer {
            Answer::Containers(Ok(batch)) => batch.more,
            Answer::Segments(Ok(batch)) => batch.more,
            Answer::Assets(Ok(batch)) => batch.more,
            Answer::Waits(_) | Answer::Held(_) | Answer::KeptMarks(_) | Answer::ChangedTexts(_) => {
                true
            }
            Answer::Tree(Ok(word)) => matches!(word, InTree::Found(_)),
            Answer::Contents(Ok(word)) => *word != InContents::End,
            Answer::Scanned(Ok(word)) => matches!(word, InScan::Read(_)),
            _ => false,
        };
        let asked = if more {
            self.asked.get(&id).cloned()
        } else {
            self.asked.remove(&id)
        };
        match asked {
            // Nobody waits for it: a newer request took its place, or its place is gone.
            None => Vec::new(),
            Some(Asked::Picture) => {
                self.picture_arrived(id, answer);
                Vec::new()
            }
            Some(Asked::Modal) => {
                let answer = answer.in_words();
                self.tell_modals(&Msg::Loaded { id, answer }, now)
            }
            // The upload form chooses from the container's locales.
            Some(asked @ Asked::Container(..)) => {
                let mut effects = self.arrived(id, asked, answer.clone(), now);
                effects.extend(self.tell_modals(&Msg::Loaded { id, answer }, now));
                effects
            }
            // A plan names segments.
            Some(asked @ (Asked::Segments(..) | Asked::Texts(..))) => {
                let mut effects = self.arrived(id, asked, answer, now);
                effects.extend(self.tell_modals(&Msg::Tick, now));
                effects
            }
            Some(asked) => self.arrived(id, asked, answer, now),
        }
    }
}
