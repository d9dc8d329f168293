//! A small world for tests: one service with segments, one without, and answers to every effect.

use super::disk::{folder, gather, kind};
use super::services::{SEGMENTS, TYPES, account, asset, container, doc, page, segment, site};
use crate::api::{AccountInfo, Guard, KeyReport, KeySource};
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::key::{Chord, Input};
use crate::app::msg::{Answer, Batch, Gathered, InContents, InScan, InTree, Listed, Msg};
use crate::app::{StartOptions, State};
use crate::domain::filter::Usage;
use crate::domain::{
    AccountName, Asset, AssetScope, Digests, Entry, Locale, RawJson, SegmentId, TypeChoice,
    Unreadable,
};
use crate::transfer::job::{Direction, Job, JobId, JobState};
use crate::transfer::tree::{Source, Tree};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A state, a clock, and the effects that were not answered yet.
pub struct World {
    pub state: State,
    pub now: Instant,
    /// Unanswered.
    pub open: Vec<Effect>,
    /// Everything since the last [`World::take`].
    pub log: Vec<Effect>,
    pub jobs: u64,
}

impl World {
    /// Both accounts, nothing answered.
    pub fn cold() -> Self {
        let info = |name: &str, spec| AccountInfo {
            name: account(name),
            spec,
            base_url: "https://service.example".to_owned(),
            account_id: None,
            guard: Guard::Open,
            colour: None,
            allowance: None,
        };
        let options = StartOptions {
            files_at: PathBuf::from("/pics"),
            save_to: PathBuf::from("/here"),
            home: Some(PathBuf::from("/home/me")),
            size: (120, 30),
            ascii: false,
            desktop: true,
            usuals: crate::transfer::plan::Usuals::default(),
        };
        let mut world = Self {
            state: State::new(vec![info("web", &TYPES), info("loc", &SEGMENTS)], options),
            now: Instant::now(),
            open: Vec::new(),
            log: Vec::new(),
            jobs: 0,
        };
        let effects = world.state.start(world.now);
        world.note(effects);
        world
    }

    /// Both accounts with their containers.
    pub fn new() -> Self {
        let mut world = Self::cold();
        world.settle();
        world.take();
        world
    }

    /// In the assets of the website.
    pub fn at_site() -> Self {
        let mut world = Self::new();
        world.keys("j enter");
        world.settle();
        world.keys("3");
        world.take();
        world
    }

    /// In the segments of the document.
    pub fn at_doc() -> Self {
        let mut world = Self::new();
        world.keys("G enter");
        world.settle();
        world.take();
        world
    }

    fn note(&mut self, effects: Vec<Effect>) {
        self.log.extend(effects.iter().cloned());
        self.open.extend(effects);
    }

    pub fn send(&mut self, msg: Msg) {
        let effects = self.state.update(msg, self.now);
        self.note(effects);
    }

    /// Presses keys, with a space between; a second passes before each.
    pub fn keys(&mut self, keys: &str) {
        for key in keys.parse::<Chord>().unwrap().0 {
            self.wait(400);
            self.send(Msg::Input(Input::Key(key)));
        }
    }

    /// Types letters.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.send(Msg::Input(Input::Key(crate::app::Key::char(c))));
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.send(Msg::Input(Input::Paste(text.to_owned())));
    }

    /// Lets time pass; ticks come when they are due.
    pub fn wait(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(deadline) = self.state.deadline().filter(|it| *it <= end) {
            self.now = self.now.max(deadline);
            self.send(Msg::Tick);
        }
        self.now = end;
    }

    pub fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.log)
    }

    /// Answers everything until nothing is asked any more.
    pub fn settle(&mut self) {
        for _ in 0..30 {
            for effect in std::mem::take(&mut self.open) {
                self.answer(&effect);
            }
            self.wait(400);
        }
    }

    /// Answers one effect as a sound service would.
    pub fn answer(&mut self, effect: &Effect) {
        match effect {
            Effect::Connect { account, .. } => self.send(Msg::Connected {
                account: account.clone(),
                result: Ok(KeyReport {
                    source: KeySource::Session,
                    note: None,
                }),
            }),
            Effect::Load {
                id, account, what, ..
            } => {
                let answer = answer(account, what);
                self.send(Msg::Loaded { id: *id, answer });
            }
            Effect::ReadFolder { id, path } => {
                let result = Ok(folder(path));
                self.send(Msg::Files { id: *id, result });
            }
            Effect::Inspect { id, paths, .. } => {
                let found = paths.iter().map(|path| (path.clone(), kind(path)));
                let found = found.collect();
                self.send(Msg::Inspected { id: *id, found });
            }
            Effect::Gather { id, paths, .. } => {
                let chosen = paths.iter().map(|path| gather(path)).collect();
                let part = Gathered {
                    chosen,
                    ..Gathered::default()
                };
                self.send(Msg::Gathered {
                    id: *id,
                    part,
                    more: false,
                });
            }
            Effect::LayOut {
                id,
                account,
                spec,
                listed,
                folder,
            } => {
                let found = listed.assets.clone();
                let tree = Tree::of_place(folder.clone(), account.clone(), spec, found);
                let result = tree.map(Box::new).map_err(|error| error.message);
                self.send(Msg::LaidOut { id: *id, result });
            }
            Effect::Upload { account, requests } => {
                for request in requests {
                    self.jobs += 1;
                    let job = Job {
                        id: JobId(self.jobs),
                        account: account.clone(),
                        direction: Direction::Up,
                        scope: request.scope.clone(),
                        name: request.name.shared(),
                        place: request.locale.as_ref().map_or("", |it| it.as_str()).into(),
                        size: Some(request.stamp.size),
                        state: JobState::Queued,
                        paused: false,
                        order: 0,
                        trail: crate::transfer::Trail::default(),
                        warnings: Vec::new(),
                    };
                    self.send(Msg::Job(std::sync::Arc::new(job)));
                }
            }
            Effect::Update { id, asset, .. } => {
                let answer = Answer::Updated(Ok(asset.clone()));
                self.send(Msg::Loaded { id: *id, answer });
            }
            Effect::Delete { id, .. } => self.send(Msg::Loaded {
                id: *id,
                answer: Answer::Deleted(Ok(())),
            }),
            _ => {}
        }
    }

    /// Every effect of the log that changes something at a service.
    pub fn destructive(&self) -> usize {
        self.log.iter().filter(|it| it.is_destructive()).count()
    }

    pub fn loads(&self) -> Vec<&Load> {
        self.log
            .iter()
            .filter_map(|effect| match effect {
                Effect::Load { what, .. } => Some(what),
                _ => None,
            })
            .collect()
    }

    /// The pending request for the assets pane.
    pub fn pending_assets(&self) -> RequestId {
        let opened = self.state.browse.open().unwrap();
        opened.assets.remote.pending().unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        let list = &self.state.browse.open().unwrap().assets.list;
        (0..list.shown().len())
            .map(|place| match &*list.row(place).unwrap() {
                Entry::Read(asset) => asset.name.clone(),
                Entry::Unreadable(_) => "?".to_owned(),
            })
            .collect()
    }

    pub fn current(&self) -> Option<String> {
        let list = &self.state.browse.open()?.assets.list;
        Some(list.current()?.read()?.name.clone())
    }

    /// The last thing that was said.
    pub fn said(&self) -> String {
        let last = self.state.notices.all.back();
        last.map(|message| message.text.clone()).unwrap_or_default()
    }

    /// All text of the topmost modal.
    pub fn sheet(&self) -> String {
        let views = self.state.modal_views();
        views
            .last()
            .map(|view| format!("{view:?}"))
            .unwrap_or_default()
    }
}

pub fn answer(account: &AccountName, what: &Load) -> Answer {
    match what {
        Load::Containers if account.as_str() == "web" => {
            Answer::Containers(Ok(page([container("w1", "Shop"), container("w2", "Blog")])))
        }
        Load::Containers => Answer::Containers(Ok(page([container("d1", "Mobile app")]))),
        Load::Container(id) => {
            let mut it = container(id.as_str(), "Mobile app");
            it.locales = Some(["de", "fr"].iter().filter_map(Locale::new).collect());
            Answer::Container(Ok(it))
        }
        Load::Segments(..) => Answer::Segments(Ok(page([
            segment("s1", 1),
            segment("s2", 2),
            segment("s3", 3),
        ]))),
        Load::SegmentTexts(_, rows) => Answer::SegmentTexts(Ok(rows.clone())),
        Load::Assets(scope, _) => Answer::Assets(Ok(assets(scope))),
        Load::Marks(container, segments) | Load::Sweep(container, segments) => {
            let mut rows = Vec::new();
            for segment in segments.iter().filter(|it| it.as_str() == "s1") {
                let scope = AssetScope::Segment(container.clone(), segment.clone());
                rows.extend(assets(&scope).entries);
            }
            Answer::Marks(Ok(rows))
        }
        Load::Kept(..) => Answer::KeptMarks(Vec::new()),
        Load::Digests(_) => Answer::Digests(Digests::default()),
        Load::Contents(..) => Answer::Contents(Ok(InContents::End)),
        Load::Uses => Answer::Uses(Ok((vec!["t1".to_owned(), "t2".to_owned()], 0))),
        Load::Scan(_) => {
            let mut usage = Usage::default();
            usage.read("https://cdn.example/banner.png");
            Answer::Scanned(Ok(InScan::All(Arc::new(usage))))
        }
        Load::Tree { source, types, .. } => {
            Answer::Tree(Ok(InTree::All(Arc::new(in_tree(source, types)))))
        }
    }
}

/// What a sound service has in these places: its first segment, or its website.
fn in_tree(source: &Source, types: &[TypeChoice]) -> Listed {
    let scope = match source {
        Source::Below(address) if address.account.as_str() == "web" => site(),
        Source::Containers(_) => site(),
        Source::Below(_) | Source::Segments(..) => doc(),
    };
    let mut listed = Listed::default();
    for entry in assets(&scope).entries {
        match entry {
            Entry::Read(asset) if types.is_empty() || types.iter().any(|it| it.holds(&asset)) => {
                listed.found.files += 1;
                listed.found.bytes += asset.size.unwrap_or(0);
                listed.assets.push((Vec::new(), asset));
            }
            Entry::Read(_) => {}
            Entry::Unreadable(_) => listed.unreadable += 1,
        }
    }
    listed.found.calls = 2;
    listed
}

pub fn assets(scope: &AssetScope) -> Batch<Asset> {
    match scope.segment().map(SegmentId::as_str) {
        Some("s1") => page([
            asset(scope, "hero.png", Some("de")),
            asset(scope, "hero.png", Some("fr")),
            asset(scope, "logo.svg", None),
        ]),
        Some(_) => page([]),
        None => {
            let mut video = asset(scope, "clip.mp4", None);
            video.asset_type = Some("video".to_owned());
            let batch = page([asset(scope, "banner.png", None), video]);
            let mut entries: Vec<_> = batch.entries.into();
            entries.insert(
                1,
                Entry::Unreadable(Unreadable {
                    reason: "no name".to_owned(),
                    raw: RawJson::new("{}"),
                }),
            );
            Batch::whole(entries)
        }
    }
}
