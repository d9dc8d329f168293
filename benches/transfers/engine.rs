//! The engine by itself: a run with or without a journal, and what a queued job costs in memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use assetdeck::api::{
    AccountSettings, ApiError, Download, FileStamp, Provider, ProviderSpec, Sighting, Sought,
    UploadRequest, UploadWatch,
};
use assetdeck::domain::{
    AccountName, Asset, AssetPath, AssetScope, Container, ContainerId, Cursor, FileName, Locale,
    Page, Secret, SegmentId,
};
use assetdeck::providers;
use assetdeck::transfer::{JobState, Transfers, Wishes, inspect, request};
use async_trait::async_trait;

fn engine(journal: Option<&Path>) -> Result<Transfers> {
    Ok(match journal {
        Some(folder) => Transfers::open(folder)?,
        None => Transfers::new(),
    })
}

fn scope() -> Result<AssetScope> {
    let container = ContainerId::new("7").context("an id")?;
    Ok(AssetScope::Segment(
        container,
        SegmentId::new("1").context("an id")?,
    ))
}

/// Uploads files to the sink, over a journal in this folder or without one.
pub async fn upload(origin: &str, journal: Option<&Path>, files: &[PathBuf]) -> Result<()> {
    let name = AccountName::new("loc").context("a name")?;
    let settings = AccountSettings {
        name: name.clone(),
        provider: "wordbee".to_owned(),
        base_url: Some(origin.to_owned()),
        account_id: Some("bench".to_owned()),
        containers: Vec::new(),
        network: std::sync::Arc::default(),
    };
    let provider = providers::connect(&settings, Secret::new("a-key".to_owned())?, None)?;
    let engine = engine(journal)?;
    let mut events = engine.events();
    let wishes = Wishes {
        locale: "de".to_owned(),
        ..Wishes::default()
    };
    for path in files {
        let file = inspect(path, provider.spec())?;
        let request = request(&file, scope()?, &wishes, provider.spec(), None)?;
        engine.upload(&name, provider.clone(), request);
    }
    let mut left = files.len();
    while left > 0 {
        let job = events.recv().await.context("the engine ended")?;
        if job.state.is_over() {
            if !matches!(job.state, JobState::Done { .. }) {
                bail!("{}: {:?}", job.name, job.state);
            }
            left -= 1;
        }
    }
    engine.flush();
    Ok(())
}

/// A service that never answers.
#[derive(Debug)]
struct Mute(&'static ProviderSpec);

#[async_trait]
impl Provider for Mute {
    fn spec(&self) -> &'static ProviderSpec {
        self.0
    }
    async fn check(&self) -> Result<(), ApiError> {
        std::future::pending().await
    }
    async fn containers(&self, _: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        std::future::pending().await
    }
    async fn container(&self, _: &ContainerId) -> Result<Container, ApiError> {
        std::future::pending().await
    }
    async fn assets(&self, _: &AssetScope, _: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        std::future::pending().await
    }
    async fn upload(&self, _: &UploadRequest, _: &dyn UploadWatch) -> Result<Asset, ApiError> {
        std::future::pending().await
    }
    async fn find_uploads(&self, _: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        std::future::pending().await
    }
    async fn delete(&self, _: &Asset) -> Result<(), ApiError> {
        std::future::pending().await
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        std::future::pending().await
    }
}

/// Queues so many jobs and prints how many bytes each added: while it is queued, and at the peak.
pub fn queue(count: u64, journal: Option<&Path>) -> Result<()> {
    let spec = providers::spec("wordbee").context("a provider")?;
    let provider: Arc<dyn Provider> = Arc::new(Mute(spec));
    let account = AccountName::new("loc").context("a name")?;
    let engine = engine(journal)?;
    let wanted = |number: u64| -> Result<UploadRequest> {
        let name = format!("product-photo-{number:06}.png");
        Ok(UploadRequest {
            scope: scope()?,
            path: Path::new("/home/content/campaigns/2026/autumn/images").join(&name),
            stamp: FileStamp {
                size: 20 * 1024,
                modified: Some(std::time::SystemTime::now()),
                identity: Some((1, number)),
            },
            name: FileName::parse(&name)?,
            content_type: "image/png".into(),
            locale: Locale::new("de"),
            folder: AssetPath::parse("public/images")?,
            asset_type: None,
            metadata: Arc::default(),
            replaces: None,
            beside: false,
        })
    };
    // What the first ones bring (threads, caches) is no job's.
    for number in 0..200 {
        engine.upload(&account, provider.clone(), wanted(number)?);
    }
    engine.flush();
    let (before, _) = memory()?;
    for number in 200..200 + count {
        engine.upload(&account, provider.clone(), wanted(number)?);
    }
    engine.flush();
    let (after, peak) = memory()?;
    if engine.jobs().len() as u64 != count + 200 {
        bail!("some are missing");
    }
    let each = |kib: u64| kib.saturating_sub(before) as f64 * 1024.0 / count as f64;
    println!("{}", serde_json::json!([each(after), each(peak)]));
    Ok(())
}

/// This process's memory now and at its peak, in KiB.
fn memory() -> Result<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| -> Result<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.context("no such figure here")?.parse()?)
    };
    Ok((field("VmRSS:")?, field("VmHWM:")?))
}
