//! What was kept is given first, and only what changed is asked for.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::api::{Capabilities, Connected, Guard};
use crate::app::msg::{Batch, Came};
use crate::domain::{Allowance, Entry, RawJson, SegmentId, SegmentText, SegmentTexts};

static TEXTS: ProviderSpec = ProviderSpec {
    id: "texts",
    capabilities: Capabilities {
        segment_texts: true,
        calls_an_hour: Some(10),
        ..BARE.capabilities
    },
    ..BARE
};

/// One document, which somebody changes, and what was asked of it.
#[derive(Debug)]
pub(super) struct Document(Mutex<Inside>);

#[derive(Debug)]
struct Inside {
    modified: u64,
    /// When each text changed, and what it is.
    texts: Vec<(u64, String)>,
    calls: Vec<String>,
    /// The page behind so many is never answered.
    stands: Option<u64>,
}

impl Document {
    pub(super) fn new(many: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inside {
            modified: 1,
            texts: (1..=many).map(|n| (1, format!("text {n}"))).collect(),
            calls: Vec::new(),
            stands: None,
        })))
    }

    /// The page behind so many is never answered from now on.
    pub(super) fn stand(&self, behind: Option<u64>) {
        self.0.lock().unwrap().stands = behind;
    }

    pub(super) fn change(&self, change: impl FnOnce(u64, &mut Vec<(u64, String)>)) {
        let mut inside = self.0.lock().unwrap();
        inside.modified += 1;
        let now = inside.modified;
        change(now, &mut inside.texts);
    }

    /// It does not say that it was changed.
    pub(super) fn unmodified(&self) {
        self.0.lock().unwrap().modified = 1;
    }

    fn asked(&self, call: &str) {
        self.0.lock().unwrap().calls.push(call.to_owned());
    }

    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }
}

#[async_trait]
impl Provider for Document {
    fn spec(&self) -> &'static ProviderSpec {
        &TEXTS
    }
    async fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
    async fn containers(&self, _: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        Ok(Page::whole(Vec::new()))
    }
    async fn container(&self, id: &ContainerId) -> Result<Container, ApiError> {
        self.asked("container");
        Ok(Container {
            modified: Some(self.0.lock().unwrap().modified.to_string()),
            ..Container::bare(id.clone(), "")
        })
    }
    async fn segments(
        &self,
        _: &ContainerId,
        cursor: Option<Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        self.asked("segments");
        let from = cursor.map_or(0, |cursor| cursor.0.parse().unwrap());
        let stands = self.0.lock().unwrap().stands;
        if stands == Some(from) {
            std::future::pending::<()>().await;
        }
        let total = self.0.lock().unwrap().texts.len() as u64;
        let upto = (from + 100).min(total);
        let segment = |position: u64| {
            Entry::Read(Segment {
                id: SegmentId::new(format!("s{position}")).unwrap(),
                position,
                part: 0,
                key: None,
                text: None,
                raw: RawJson::new("{}"),
            })
        };
        Ok(Page {
            entries: (from + 1..=upto).map(segment).collect(),
            next: (upto < total).then(|| Cursor(upto.to_string())),
            total: Some(total),
        })
    }
    async fn segment_texts(
        &self,
        _: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        self.asked(&format!("texts since {}", since.unwrap_or("ever")));
        let since: u64 = since.map_or(0, |since| since.parse().unwrap());
        let inside = self.0.lock().unwrap();
        let changed = (1..).zip(&inside.texts).filter(|(_, it)| it.0 >= since);
        let told = changed.map(|(position, (_, text))| SegmentText {
            position,
            key: None,
            text: Some(text.clone()),
        });
        Ok(told.collect())
    }
    async fn assets(&self, _: &AssetScope, _: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        Ok(Page::whole(Vec::new()))
    }
    async fn upload(&self, _: &UploadRequest, _: &dyn UploadWatch) -> Result<Asset, ApiError> {
        Err(ApiError::unsupported("upload"))
    }
    async fn find_uploads(&self, _: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        Vec::new()
    }
    async fn delete(&self, _: &Asset) -> Result<(), ApiError> {
        Ok(())
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        Err(ApiError::unsupported("download"))
    }
}

pub(super) struct Door(pub(super) Arc<Document>);

#[async_trait]
impl Connector for Door {
    fn accounts(&self) -> Vec<AccountInfo> {
        vec![AccountInfo {
            name: AccountName::new("a").unwrap(),
            spec: &TEXTS,
            base_url: "https://service.example".to_owned(),
            account_id: None,
            guard: Guard::Open,
            colour: None,
            allowance: TEXTS.capabilities.calls_an_hour.map(Allowance::hourly),
        }]
    }
    async fn connect(
        &self,
        _: &AccountName,
        _: Option<KeyEntry>,
    ) -> Result<Connected, ConnectError> {
        Ok(Connected {
            provider: self.0.clone(),
            key: KeyReport {
                source: KeySource::Session,
                note: None,
            },
        })
    }
}

/// What a session showed of the document's segments, in the end.
#[derive(Debug, Default, PartialEq)]
struct Shown {
    /// Their texts, where they are known.
    texts: Vec<Option<String>>,
    /// So many of these were known when the last page was there.
    known: usize,
    kept: usize,
    seal: Option<String>,
    unchanged: bool,
    failed: bool,
}

/// One session: opens the document and follows what comes until the last page; then its texts, as
/// the screen asks for them.
async fn session(folder: &Path, document: &Arc<Document>, connect: bool) -> Shown {
    let (sender, mut inbox) = unbounded_channel();
    let account = AccountName::new("a").unwrap();
    let container = ContainerId::new("d").unwrap();
    let (index, note) = Index::open(folder);
    assert_eq!(note, None);
    let mut runtime = Runtime::new(
        Arc::new(Door(document.clone())),
        Transfers::new(),
        index,
        PathBuf::new(),
        sender,
    );
    if connect {
        runtime.run(Effect::Connect {
            account: account.clone(),
            entry: None,
        });
        assert!(matches!(inbox.recv().await, Some(Msg::Connected { .. })));
    }
    let mut load = |what, recall| {
        runtime.run(Effect::Load {
            id: RequestId(1),
            account: account.clone(),
            what,
            patient: false,
            recall,
        });
    };
    let nothing = Shelf::default();
    load(Load::Segments(container.clone(), None, None, nothing), true);
    let mut shown = Shown::default();
    let (mut rows, mut listed) = (Shelf::default(), Shelf::default());
    let texts = |rows: &Shelf<Segment>| rows.read().map(|it| it.text.clone()).collect::<Vec<_>>();
    loop {
        let Some(Msg::Loaded { answer, .. }) = inbox.recv().await else {
            panic!("the inbox ended");
        };
        match answer {
            Answer::ChangedTexts(told) => rows = told,
            Answer::Segments(Ok(Batch {
                entries,
                more,
                came,
                seal,
                ..
            })) => {
                shown.seal = seal;
                match came {
                    Came::Kept(age) => {
                        assert!(age < Duration::from_mins(1));
                        shown.kept += entries.len();
                    }
                    Came::Unchanged => shown.unchanged = true,
                    Came::Fresh => {
                        shown.kept = 0;
                        listed.append(entries.clone());
                        if !more {
                            rows = std::mem::take(&mut listed);
                        }
                    }
                    Came::Anew | Came::Early => {}
                }
                if matches!(came, Came::Kept(_)) {
                    rows.append(entries);
                }
                if !more {
                    break;
                }
            }
            Answer::Segments(Err(_)) => {
                shown.failed = true;
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    shown.known = texts(&rows).iter().flatten().count();
    if !shown.failed && shown.known < rows.len() {
        load(Load::SegmentTexts(container, rows.clone()), false);
        let Some(Msg::Loaded {
            answer: Answer::SegmentTexts(Ok(told)),
            ..
        }) = inbox.recv().await
        else {
            panic!("no texts");
        };
        assert!(told.alike(&rows));
        rows = told;
    }
    shown.texts = texts(&rows);
    runtime.shutdown().await;
    shown
}

fn texts(document: &Document) -> Vec<Option<String>> {
    let inside = document.0.lock().unwrap();
    inside.texts.iter().map(|it| Some(it.1.clone())).collect()
}

#[tokio::test]
async fn segments_come_once_and_then_only_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let document = Document::new(250);
    let first = session(folder.path(), &document, true).await;
    assert_eq!((first.kept, first.texts), (0, texts(&document)));
    assert_eq!(
        document.calls(),
        [
            "container",
            "segments",
            "segments",
            "segments",
            "texts since ever"
        ]
    );
    // Nothing changed: one call says so.
    let second = session(folder.path(), &document, true).await;
    assert!(second.unchanged);
    assert_eq!((second.kept, second.texts), (250, texts(&document)));
    assert_eq!(document.calls(), ["container"]);
    // A text changed: it alone comes, and a look whether there are still as many.
    document.change(|now, texts| texts[7] = (now, "another".to_owned()));
    let third = session(folder.path(), &document, true).await;
    assert_eq!((third.kept, third.texts), (250, texts(&document)));
    assert_eq!(document.calls(), ["container", "texts since 1", "segments"]);
    let again = session(folder.path(), &document, true).await;
    assert_eq!((again.kept, again.texts), (250, texts(&document)));
    assert_eq!(document.calls(), ["container"]);
    // One was added: all are listed anew.
    document.change(|now, texts| texts.push((now, "new".to_owned())));
    let last = session(folder.path(), &document, true).await;
    assert_eq!((last.kept, last.texts), (0, texts(&document)));
    assert!(document.calls().len() > 5);
    // Until the texts are there, those that were known stand there.
    assert_eq!((first.known, last.known), (0, 250));
}

#[tokio::test]
async fn damage_that_is_met_is_told_once_and_what_comes_then_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let document = Document::new(250);
    session(folder.path(), &document, true).await;
    let (index, _) = Index::open(folder.path());
    let file = folder.path().join("index-1.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4_096..].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let (sender, mut inbox) = unbounded_channel();
    let door = Arc::new(Door(document.clone()));
    let mut runtime = Runtime::new(door, Transfers::new(), index, PathBuf::new(), sender);
    let mut said = Vec::new();
    for _ in 0..2 {
        runtime.run(Effect::Load {
            id: RequestId(1),
            account: AccountName::new("a").unwrap(),
            what: Load::Segments(ContainerId::new("d").unwrap(), None, None, Shelf::default()),
            patient: false,
            recall: true,
        });
        let mut loaded = false;
        while !loaded || said.is_empty() {
            let came = tokio::time::timeout(Duration::from_secs(20), inbox.recv());
            match came.await.expect("a word in time").expect("more") {
                Msg::Loaded { .. } => loaded = true,
                Msg::IndexTrouble(text) => said.push(text),
                _ => {}
            }
        }
    }
    runtime.shutdown().await;
    while let Some(msg) = inbox.recv().await {
        if let Msg::IndexTrouble(text) = msg {
            said.push(text);
        }
    }
    assert!(
        matches!(&said[..], [one] if one.contains("set aside as")),
        "{said:?}"
    );
    session(folder.path(), &document, true).await;
    assert_eq!(session(folder.path(), &document, true).await.kept, 250);
}

#[tokio::test]
async fn what_was_kept_is_there_without_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let document = Document::new(30);
    session(folder.path(), &document, true).await;
    let alone = session(folder.path(), &document, false).await;
    assert!(alone.failed);
    assert_eq!((alone.kept, alone.texts), (30, texts(&document)));
}
