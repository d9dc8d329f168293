//! Pages followed to the end and told as they come; what is left of a listing, for who goes on with it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::gather::{Gathered, LATE};
use crate::api::{ApiError, ApiErrorKind, Pages};
use crate::app::msg::Batch;
use crate::domain::{Cursor, Keepable, Page, Shelf};
use crate::index::Keeper;
use crate::runtime::lock;

/// Nobody's while a page is looked at, and when there is nothing left.
pub(super) type Slot<T> = Arc<Mutex<Option<Rest<T>>>>;

/// Cursors are taken for good no longer than this: what changed meanwhile is not told by the pages behind them.
const HOLDS: Duration = Duration::from_mins(10);

/// What is left of a listing.
pub(super) struct Rest<T: Keepable> {
    pages: Pages,
    /// The page that comes next.
    next: Option<Cursor>,
    gathered: Gathered<T>,
    /// So many rows were told.
    told: usize,
    keeper: Option<Keeper<T>>,
    /// Whoever stops it is told where it goes on.
    goes_on: bool,
    /// It was stopped, and no page came since.
    stopped: bool,
    /// When its last page came.
    at: Instant,
}

/// How following pages ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The list is whole.
    Whole,
    /// It failed, which was told, or another goes on with it.
    Short,
    /// What it went on with is not there any more. Nothing was told of that.
    Lost,
}

impl<T: Keepable> Rest<T> {
    /// All of it; it is kept once it is whole.
    pub fn all(keeper: Option<Keeper<T>>, goes_on: bool) -> Slot<T> {
        Arc::new(Mutex::new(Some(Self {
            pages: Pages::default(),
            next: None,
            gathered: Gathered::default(),
            told: 0,
            keeper,
            goes_on,
            stopped: false,
            at: Instant::now(),
        })))
    }

    /// Where it goes on, by how many rows were told.
    fn place(&self) -> Cursor {
        Cursor(self.told.to_string())
    }

    /// It was stopped there, and holds: from now on it is another's who goes on with it.
    pub fn goes_on(slot: &Slot<T>, from: &Cursor) -> Option<Slot<T>> {
        let rest = lock(slot).take();
        let mut rest = rest.filter(|it| it.place() == *from && it.at.elapsed() < HOLDS)?;
        rest.stopped = true;
        Some(Arc::new(Mutex::new(Some(rest))))
    }

    fn batch(&mut self, rows: Shelf<T>, more: bool, total: Option<u64>) -> Batch<T> {
        self.told += rows.len();
        Batch {
            more,
            total,
            next: (more && self.goes_on).then(|| self.place()),
            ..Batch::whole(rows)
        }
    }

    /// The rows that were not told.
    fn untold(&mut self, more: bool, total: Option<u64>) -> Batch<T> {
        let rows = self.gathered.rest();
        self.batch(rows, more, total)
    }
}

/// Follows cursors to the end; one that comes back a second time ends it. While a page is awaited, the rest lies
/// in the slot: whoever stops it there may go on with it.
pub(super) async fn follow<T: Keepable, F>(
    ask: impl Fn(Option<Cursor>) -> F,
    slot: &Slot<T>,
    tell: impl Fn(Result<Batch<T>, ApiError>),
) -> End
where
    F: Future<Output = Result<Page<T>, ApiError>>,
{
    loop {
        let Some(next) = lock(slot).as_ref().map(|rest| rest.next.clone()) else {
            return End::Short;
        };
        let mut page = std::pin::pin!(ask(next));
        let page = if let Ok(page) = tokio::time::timeout(LATE, &mut page).await {
            page
        } else {
            // What came before it is told while it takes long.
            if let Some(rest) = lock(slot).as_mut().filter(|it| it.gathered.any()) {
                tell(Ok(rest.untold(true, None)));
            }
            page.await
        };
        let Some(mut rest) = lock(slot).take() else {
            return End::Short;
        };
        let stopped = std::mem::take(&mut rest.stopped);
        let Page {
            entries,
            next,
            total,
        } = match page {
            Err(error) if stopped && error.kind == ApiErrorKind::Invalid => return End::Lost,
            Err(error) => {
                tell(Ok(rest.untold(true, None)));
                *lock(slot) = Some(rest);
                tell(Err(error));
                return End::Short;
            }
            Ok(page) => page,
        };
        if let Some(keeper) = &mut rest.keeper {
            entries.iter().for_each(|entry| keeper.entry(&entry));
        }
        rest.gathered.add(entries);
        match rest.pages.next(next) {
            Ok(None) => {
                tell(Ok(rest.untold(false, total)));
                if let Some(keeper) = rest.keeper {
                    keeper.end();
                }
                return End::Whole;
            }
            Ok(next) => {
                (rest.next, rest.at) = (next, Instant::now());
                if let Some(rows) = rest.gathered.due() {
                    tell(Ok(rest.batch(rows, true, total)));
                }
                *lock(slot) = Some(rest);
            }
            Err(error) => {
                tell(Ok(rest.untold(true, total)));
                tell(Err(error));
                return End::Short;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::sync::Notify;

    use super::*;
    use crate::domain::{Asset, AssetKey, AssetScope, ContainerId, Entry};

    /// Ten pages of 100 rows, asked for by their numbers.
    const PAGES: usize = 10;

    fn page(cursor: Option<&Cursor>) -> Page<Asset> {
        let at: usize = cursor.map_or(0, |cursor| cursor.0.parse().unwrap());
        let scope = AssetScope::Container(ContainerId::new("site").unwrap());
        let rows = (at * 100..at * 100 + 100).map(|at| {
            let name = at.to_string();
            let key = AssetKey::from_parts([name.as_str()]).unwrap();
            Entry::Read(Asset::bare(scope.clone(), key, name))
        });
        Page {
            entries: rows.collect(),
            next: (at + 1 < PAGES).then(|| Cursor((at + 1).to_string())),
            total: None,
        }
    }

    /// What was told: the rows, and where it goes on.
    #[derive(Default)]
    struct Told {
        rows: Vec<String>,
        next: Option<Cursor>,
        whole: bool,
        failed: bool,
    }

    impl Told {
        fn take(told: &RefCell<Self>, batch: Result<Batch<Asset>, ApiError>) {
            let mut told = told.borrow_mut();
            let Ok(batch) = batch else {
                told.failed = true;
                return;
            };
            let names = batch.entries.read().map(|it| it.name.clone());
            told.rows.extend(names);
            (told.next, told.whole) = (batch.next, !batch.more);
        }
    }

    /// Follows until so many pages came and the next was asked for, which never comes; where `told_all`, until
    /// their rows are told as well.
    async fn stopped_at(slot: &Slot<Asset>, told: &RefCell<Told>, stop: usize, told_all: bool) {
        let reached = Notify::new();
        let ask = async |cursor: Option<Cursor>| {
            if cursor.as_ref().is_some_and(|it| it.0 == stop.to_string()) {
                if !told_all {
                    reached.notify_one();
                }
                std::future::pending::<()>().await;
            }
            Ok(page(cursor.as_ref()))
        };
        let follows = follow(ask, slot, |batch| {
            Told::take(told, batch);
            if told.borrow().rows.len() == stop * 100 {
                reached.notify_one();
            }
        });
        tokio::select! {
            end = follows => panic!("{end:?}"),
            () = reached.notified() => {}
        }
    }

    fn all(rows: usize) -> Vec<String> {
        (0..rows).map(|at| at.to_string()).collect()
    }

    #[tokio::test]
    async fn it_goes_on_behind_what_was_told() {
        let (told, slot) = (RefCell::default(), Rest::all(None, true));
        stopped_at(&slot, &told, 3, true).await;
        // What came is told while the next page takes long.
        assert_eq!(told.borrow().rows, all(300));
        let from = told.borrow().next.clone().unwrap();
        let ask = async |cursor: Option<Cursor>| Ok(page(cursor.as_ref()));
        let rest = Rest::goes_on(&slot, &from).unwrap();
        let end = follow(ask, &rest, |batch| Told::take(&told, batch)).await;
        assert_eq!(end, End::Whole);
        assert_eq!(told.borrow().rows, all(1000));
        assert!(told.borrow().whole && told.borrow().next.is_none());
    }

    #[tokio::test]
    async fn rows_that_were_not_told_are_told_by_who_goes_on() {
        let (told, slot) = (RefCell::default(), Rest::all(None, true));
        stopped_at(&slot, &told, 3, false).await;
        let from = told.borrow().next.clone().unwrap();
        let ask = async |cursor: Option<Cursor>| Ok(page(cursor.as_ref()));
        let rest = Rest::goes_on(&slot, &from).unwrap();
        follow(ask, &rest, |batch| Told::take(&told, batch)).await;
        assert_eq!(told.borrow().rows, all(1000));
    }

    #[tokio::test]
    async fn another_place_an_old_one_and_a_page_that_is_gone_are_not_gone_on_with() {
        for case in ["another", "old", "gone"] {
            let (told, slot) = (RefCell::default(), Rest::all(None, true));
            stopped_at(&slot, &told, 3, true).await;
            let from = told.borrow().next.clone().unwrap();
            if case == "another" {
                assert!(Rest::goes_on(&slot, &Cursor("96".to_owned())).is_none());
                continue;
            }
            if case == "old" {
                let before = Instant::now().checked_sub(HOLDS);
                lock(&slot).as_mut().unwrap().at = before.unwrap();
                assert!(Rest::goes_on(&slot, &from).is_none());
                continue;
            }
            let rest = Rest::goes_on(&slot, &from).unwrap();
            let ask = async |_| -> Result<Page<Asset>, ApiError> {
                Err(ApiError::new("list it", ApiErrorKind::Invalid, "no cursor"))
            };
            let end = follow(ask, &rest, |batch| Told::take(&told, batch)).await;
            assert_eq!(end, End::Lost);
            assert!(!told.borrow().failed);
        }
    }

    #[tokio::test]
    async fn a_page_that_fails_is_asked_for_again_by_who_goes_on() {
        let (told, slot) = (RefCell::default(), Rest::all(None, true));
        let ask = async |cursor: Option<Cursor>| match cursor {
            Some(it) if it.0 == "2" => {
                Err(ApiError::new("list it", ApiErrorKind::Transport, "cut"))
            }
            cursor => Ok(page(cursor.as_ref())),
        };
        let end = follow(ask, &slot, |batch| Told::take(&told, batch)).await;
        assert_eq!(end, End::Short);
        assert!(told.borrow().failed);
        assert_eq!(told.borrow().rows, all(200));
        let from = told.borrow().next.clone().unwrap();
        let rest = Rest::goes_on(&slot, &from).unwrap();
        let ask = async |cursor: Option<Cursor>| Ok(page(cursor.as_ref()));
        follow(ask, &rest, |batch| Told::take(&told, batch)).await;
        assert_eq!(told.borrow().rows, all(1000));
    }
}
