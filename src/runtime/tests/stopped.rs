//! A listing that is stopped: gone on with behind the pages that came, as long as they still hold.

use std::path::Path;

use super::kept::{Document, Door};
use super::*;
use crate::app::msg::{Batch, Came};
use crate::index::{Owner, Place};

const ID: &str = "d";

struct Stopped {
    runtime: Runtime,
    inbox: UnboundedReceiver<Msg>,
    number: u64,
}

impl Stopped {
    /// One page of a hundred was shown when it was stopped in front of the second.
    async fn at(folder: &Path, document: &Arc<Document>) -> Self {
        let mut it = Self::open(folder, document).await;
        document.stand(Some(100));
        it.load(None);
        let first = it.next().await;
        assert_eq!((first.entries.len(), first.more), (100, true));
        assert_eq!(first.next, Some(Cursor("100".to_owned())));
        it.runtime.run(Effect::Cancel(RequestId(1)));
        document.stand(None);
        document.calls();
        it
    }

    async fn open(folder: &Path, document: &Arc<Document>) -> Self {
        let (sender, inbox) = unbounded_channel();
        let (index, _) = Index::open(folder);
        let door = Arc::new(Door(document.clone()));
        let runtime = Runtime::new(door, Transfers::new(), index, PathBuf::new(), sender);
        let mut it = Self {
            runtime,
            inbox,
            number: 0,
        };
        let account = AccountName::new("a").unwrap();
        it.runtime.run(Effect::Connect {
            account,
            entry: None,
        });
        assert!(matches!(it.inbox.recv().await, Some(Msg::Connected { .. })));
        it
    }

    fn load(&mut self, from: Option<Cursor>) {
        self.number += 1;
        self.runtime.run(Effect::Load {
            id: RequestId(self.number),
            account: AccountName::new("a").unwrap(),
            what: Load::Segments(ContainerId::new(ID).unwrap(), None, from, Shelf::default()),
            patient: false,
            recall: false,
        });
    }

    async fn next(&mut self) -> Batch<Segment> {
        match self.inbox.recv().await {
            Some(Msg::Loaded {
                answer: Answer::Segments(Ok(batch)),
                ..
            }) => batch,
            other => panic!("{other:?}"),
        }
    }

    /// Goes on, and tells the positions that came.
    async fn go_on(&mut self) -> (bool, Vec<u64>) {
        self.load(Some(Cursor("100".to_owned())));
        self.rest().await
    }

    /// What comes until the end.
    async fn rest(&mut self) -> (bool, Vec<u64>) {
        let (mut anew, mut came) = (false, Vec::new());
        loop {
            let batch = self.next().await;
            anew |= batch.came == Came::Anew;
            came.extend(batch.entries.read().map(|segment| segment.position));
            if !batch.more {
                return (anew, came);
            }
        }
    }
}

/// The positions that the index holds, once all is written.
fn kept(folder: &Path) -> Vec<u64> {
    let (index, _) = Index::open(folder);
    let owner = Owner::from(&Door(Document::new(0)).accounts()[0]);
    let place = Place::Segments(ContainerId::new(ID).unwrap());
    let mut kept = Vec::new();
    index.recall(&owner, &place, |_, rows: Shelf<Segment>| {
        kept.extend(rows.read().map(|segment| segment.position));
    });
    kept
}

#[tokio::test]
async fn it_goes_on_with_the_next_page_and_is_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let document = Document::new(250);
    let mut stopped = Stopped::at(folder.path(), &document).await;
    let (anew, came) = stopped.go_on().await;
    assert!(!anew);
    assert_eq!(came, (101..=250).collect::<Vec<_>>());
    assert_eq!(document.calls(), ["container", "segments", "segments"]);
    stopped.runtime.shutdown().await;
    assert_eq!(kept(folder.path()), (1..=250).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_changed_meanwhile_is_listed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let document = Document::new(250);
    let mut stopped = Stopped::at(folder.path(), &document).await;
    document.change(|now, texts| texts.push((now, "new".to_owned())));
    let (anew, came) = stopped.go_on().await;
    assert!(anew);
    assert_eq!(came, (1..=251).collect::<Vec<_>>());
    stopped.runtime.shutdown().await;
    assert_eq!(kept(folder.path()).len(), 251);
}

/// A run that ended in the middle of six thousand.
async fn ended(folder: &Path, document: &Arc<Document>) {
    let mut it = Stopped::open(folder, document).await;
    document.stand(Some(5_000));
    it.load(None);
    let mut came = 0;
    while came < 5_000 {
        came += it.next().await.entries.len();
    }
    it.runtime.shutdown().await;
    document.stand(None);
    document.calls();
    assert_eq!(kept(folder), [0; 0], "nobody takes it for the list");
}

#[tokio::test]
async fn the_next_run_goes_on_where_one_was_ended() {
    let folder = tempfile::tempdir().unwrap();
    let document = Document::new(6_000);
    ended(folder.path(), &document).await;
    let mut next = Stopped::open(folder.path(), &document).await;
    next.load(None);
    let (anew, came) = next.rest().await;
    assert!(!anew);
    assert_eq!(came, (1..=6_000).collect::<Vec<_>>());
    let calls = document.calls();
    assert_eq!(calls.iter().filter(|it| *it == "segments").count(), 60 - 50);
    next.runtime.shutdown().await;
    assert_eq!(kept(folder.path()), (1..=6_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_next_run_begins_anew_where_it_changed_since() {
    for seen in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let document = Document::new(6_000);
        ended(folder.path(), &document).await;
        // Where the document does not say so, the count of its segments does.
        document.change(|now, texts| texts.push((now, "new".to_owned())));
        if !seen {
            document.unmodified();
        }
        let mut next = Stopped::open(folder.path(), &document).await;
        next.load(None);
        let (anew, came) = next.rest().await;
        assert_eq!(anew, !seen);
        let rows = if seen { &came[..] } else { &came[5_000..] };
        assert_eq!(rows, (1..=6_001).collect::<Vec<_>>());
        next.runtime.shutdown().await;
        assert_eq!(kept(folder.path()), (1..=6_001).collect::<Vec<_>>());
    }
}
