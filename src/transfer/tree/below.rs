//! Everything below an address: listed page by page, counting the calls it takes.

use super::Top;
use crate::api::{ApiError, Middle, Pages, Provider};
use crate::domain::{Address, Asset, AssetScope, ContainerId, Cursor, Entry, Page, SegmentId};

/// Segments whose assets are asked for at once: one call of about 150 ids.
const AT_ONCE: usize = 150;

/// What is found on the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// An asset, and the folders that stand for its place below the address.
    Asset(Vec<Top>, Box<Asset>),
    /// An entry that cannot be read, and why; foreign text.
    Unreadable(String),
    /// So many calls more will be made, as far as is known by now.
    Ahead(usize),
}

/// The addresses' places, one after the other. Errors of a place end the walk: half a tree would
/// look whole.
pub struct Walk<'a, F> {
    pub provider: &'a dyn Provider,
    /// Told of everything; an error ends the walk.
    pub tell: F,
}

impl<F: AsyncFnMut(Found) -> Result<(), ApiError>> Walk<'_, F> {
    /// Lists everything below an account, a container or a segment.
    pub async fn below(&mut self, address: &Address) -> Result<(), ApiError> {
        match address.scope() {
            None => {
                let provider = self.provider;
                let containers = pages(async |cursor| provider.containers(cursor).await).await?;
                let containers = self.readable(containers).await?;
                (self.tell)(Found::Ahead(containers.len())).await?;
                for container in containers {
                    let top = Top {
                        id: container.id.as_str().to_owned(),
                        label: container.name.clone(),
                    };
                    self.container(&container.id, vec![top]).await?;
                }
                Ok(())
            }
            Some(AssetScope::Container(container)) => self.container(&container, Vec::new()).await,
            Some(scope) => self.scope(&scope, &[]).await,
        }
    }

    async fn container(&mut self, id: &ContainerId, tops: Vec<Top>) -> Result<(), ApiError> {
        if self.provider.spec().middle == Middle::Types {
            return self.scope(&AssetScope::Container(id.clone()), &tops).await;
        }
        let provider = self.provider;
        let segments = pages(async |cursor| provider.segments(id, cursor).await).await?;
        let segments: Vec<SegmentId> = { self.readable(segments).await? }
            .into_iter()
            .map(|segment| segment.id)
            .collect();
        (self.tell)(Found::Ahead(segments.len().div_ceil(AT_ONCE))).await?;
        for some in segments.chunks(AT_ONCE) {
            for entry in self.provider.assets_of_segments(id, some).await? {
                let tops = |asset: &Asset| {
                    let segment = asset.scope.segment().map(|id| Top::id(id.as_str()));
                    tops.iter().cloned().chain(segment).collect()
                };
                self.entry(entry, tops).await?;
            }
        }
        Ok(())
    }

    async fn scope(&mut self, scope: &AssetScope, tops: &[Top]) -> Result<(), ApiError> {
        let (mut pages, mut cursor) = (Pages::default(), None);
        loop {
            let page = self.provider.assets(scope, cursor).await?;
            for entry in page.entries {
                self.entry(entry, |_| tops.to_vec()).await?;
            }
            cursor = pages.next(page.next)?;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn entry(
        &mut self,
        entry: Entry<Asset>,
        tops: impl Fn(&Asset) -> Vec<Top>,
    ) -> Result<(), ApiError> {
        let found = match entry {
            Entry::Read(asset) => Found::Asset(tops(&asset), Box::new(asset)),
            Entry::Unreadable(what) => Found::Unreadable(what.reason),
        };
        (self.tell)(found).await
    }

    async fn readable<T>(&mut self, entries: Vec<Entry<T>>) -> Result<Vec<T>, ApiError> {
        let mut read = Vec::new();
        for entry in entries {
            match entry {
                Entry::Read(thing) => read.push(thing),
                Entry::Unreadable(what) => (self.tell)(Found::Unreadable(what.reason)).await?,
            }
        }
        Ok(read)
    }
}

async fn pages<T>(
    mut fetch: impl AsyncFnMut(Option<Cursor>) -> Result<Page<T>, ApiError>,
) -> Result<Vec<Entry<T>>, ApiError> {
    let (mut all, mut pages, mut cursor) = (Vec::new(), Pages::default(), None);
    loop {
        let page = fetch(cursor).await?;
        all.extend(page.entries);
        cursor = pages.next(page.next)?;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}
