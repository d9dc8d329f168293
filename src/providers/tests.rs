//! What holds for each provider alike, run against the embedded server; and what its tests share.

use std::sync::Mutex;

use super::*;
use crate::api::http::tests::server::TestFile;
use crate::api::{ApiErrorKind, Receipt, Sought, Step, UploadRequest, UploadWatch};
use crate::demo::{self, Demo};
use crate::domain::{
    AccountName, AssetPath, AssetScope, Container, Entry, FileName, Page, SegmentId,
};

/// A watch that keeps what it is told.
#[derive(Default)]
pub(super) struct Noted {
    pub steps: Mutex<Vec<(Step, Option<String>)>>,
    pub sent: Mutex<Vec<u64>>,
    pub warnings: Mutex<Vec<String>>,
}

impl Noted {
    pub fn names(&self) -> Vec<Step> {
        let steps = self.steps.lock().unwrap();
        steps.iter().map(|(step, _)| *step).collect()
    }
}

#[async_trait::async_trait]
impl UploadWatch for Noted {
    async fn step(&self, step: Step, receipt: Option<&Receipt>) -> Result<(), ApiError> {
        let key = receipt.map(|receipt| receipt.storage_key.clone());
        self.steps.lock().unwrap().push((step, key));
        Ok(())
    }

    fn bytes(&self, sent: u64) {
        self.sent.lock().unwrap().push(sent);
    }

    fn warning(&self, text: String) {
        self.warnings.lock().unwrap().push(text);
    }
}

pub(super) fn settings(provider: &str, base_url: &str) -> AccountSettings {
    AccountSettings {
        name: AccountName::new("acme").unwrap(),
        provider: provider.to_owned(),
        base_url: Some(base_url.to_owned()),
        account_id: Some("acme".to_owned()),
        containers: Vec::new(),
        network: std::sync::Arc::default(),
    }
}

pub(super) fn request(file: &TestFile, scope: AssetScope, content_type: &str) -> UploadRequest {
    let name = file.path.file_name().unwrap().to_str().unwrap();
    UploadRequest {
        scope,
        path: file.path.clone(),
        stamp: file.stamp(),
        name: FileName::parse(name).unwrap(),
        content_type: content_type.to_owned().into(),
        locale: None,
        folder: AssetPath::root(),
        asset_type: None,
        metadata: Arc::default(),
        replaces: None,
        beside: false,
    }
}

/// The entries that could be read.
pub(super) fn read<T: crate::domain::Keepable>(page: Page<T>) -> Vec<T> {
    page.entries
        .into_iter()
        .filter_map(Entry::into_read)
        .collect()
}

/// A demo, and one account of it: the demo names its accounts after the providers' examples.
pub(super) async fn demo(options: demo::Options, account: &str) -> (Demo, Arc<dyn Provider>) {
    let demo = demo::serve(options).await.unwrap();
    let provider = if account.ends_with("web") {
        "segmentflow"
    } else {
        "wordbee"
    };
    let variable = format!("ASSETDECK_KEY_{}", account.replace('-', "_").to_uppercase());
    let (_, key) = demo
        .env()
        .into_iter()
        .find(|(name, _)| *name == variable)
        .unwrap();
    let settings = settings(provider, demo.segmentflow_url());
    let connected = connect(&settings, Secret::new(key).unwrap(), None).unwrap();
    (demo, connected)
}

async fn every_container(provider: &dyn Provider) -> Vec<Entry<Container>> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = provider.containers(cursor).await.unwrap();
        all.extend(page.entries);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// A scope that takes assets, in the container of this place in the list.
async fn a_scope(provider: &dyn Provider, at: usize) -> AssetScope {
    let containers = every_container(provider).await;
    let container = containers[at].read().unwrap().id.clone();
    match provider.segments(&container, None).await {
        Err(error) => {
            assert_eq!(error.kind, ApiErrorKind::Unsupported);
            AssetScope::Container(container)
        }
        Ok(page) => {
            let segments = read(page);
            AssetScope::Segment(container, segments[at].id.clone())
        }
    }
}

async fn bytes_of(provider: &dyn Provider, asset: &Asset) -> Vec<u8> {
    use futures_util::TryStreamExt as _;
    let download = provider.download(asset).await.unwrap();
    let chunks: Vec<_> = download.bytes.try_collect().await.unwrap();
    let bytes = chunks.concat();
    assert_eq!(download.size, Some(bytes.len() as u64));
    bytes
}

async fn look(
    provider: &dyn Provider,
    request: &UploadRequest,
    receipt: Option<Receipt>,
) -> Option<Asset> {
    let sought = Sought {
        request: Arc::new(request.clone()),
        receipt,
    };
    let mut found = provider.find_uploads(&[sought]).await;
    assert_eq!(found.len(), 1);
    found.remove(0).unwrap().asset
}

#[tokio::test]
async fn a_file_goes_up_is_found_comes_down_and_goes_away() {
    let content: Vec<u8> = [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![42; 300_000]].concat();
    for account in ["acme-web", "acme-loc"] {
        let (demo, provider) = demo(demo::Options::default(), account).await;
        provider.check().await.unwrap();
        let scope = a_scope(&*provider, 1).await;
        let before = read(provider.assets(&scope, None).await.unwrap());
        for name in ["neu ☃ “a” & b#c?d%20.png", "شعار.png", "ポスター.png"] {
            let name = name.replace('?', "");
            let file = TestFile::new(&name, &content);
            let request = request(&file, scope.clone(), "image/png");
            assert_eq!(look(&*provider, &request, None).await, None);
            let watch = Noted::default();
            let made = provider.upload(&request, &watch).await.unwrap();
            assert_eq!(made.name, name);
            assert_eq!(made.size, Some(content.len() as u64));
            assert_eq!(
                *watch.sent.lock().unwrap().last().unwrap(),
                content.len() as u64
            );
            assert_eq!(*watch.warnings.lock().unwrap(), Vec::<String>::new());

            let found = look(&*provider, &request, None).await.unwrap();
            assert_eq!(found.key, made.key);
            assert_eq!(found.scope, scope);
            assert!(bytes_of(&*provider, &found).await == content);
            provider.delete(&found).await.unwrap();
            let error = provider.delete(&found).await.unwrap_err();
            assert_eq!(error.kind, ApiErrorKind::NotFound);
        }
        let after = read(provider.assets(&scope, None).await.unwrap());
        assert_eq!(after, before, "nothing else was touched");
        provider.sign_out().await;
        demo.stop().await;
    }
}

#[tokio::test]
async fn an_odd_entry_is_one_row_among_others() {
    let options = demo::Options {
        hostile: true,
        ..demo::Options::default()
    };
    for account in ["acme-web", "acme-loc"] {
        let (_demo, provider) = demo(options.clone(), account).await;
        let containers = every_container(&*provider).await;
        let mut unreadable = containers
            .iter()
            .filter(|entry| entry.read().is_none())
            .count();
        for container in containers.iter().filter_map(Entry::read) {
            let scopes = match provider.segments(&container.id, None).await {
                Ok(page) => {
                    unreadable += page
                        .entries
                        .iter()
                        .filter(|entry| entry.read().is_none())
                        .count();
                    let ids: Vec<SegmentId> =
                        read(page).into_iter().map(|one| one.id).take(40).collect();
                    ids.into_iter()
                        .map(|id| AssetScope::Segment(container.id.clone(), id))
                        .collect()
                }
                Err(_) => vec![AssetScope::Container(container.id.clone())],
            };
            for scope in scopes {
                let page = provider.assets(&scope, None).await.unwrap();
                for entry in page.entries {
                    if let Entry::Unreadable(why) = entry {
                        unreadable += 1;
                        assert!(
                            why.reason.contains('`') || why.reason.contains("object"),
                            "{why:?}"
                        );
                    }
                }
            }
        }
        assert!(
            unreadable > 0,
            "{account}: the hostile world has bad entries"
        );
    }
}

#[tokio::test]
async fn a_guest_is_told_why() {
    for account in ["guest-web", "guest-loc"] {
        let (_demo, provider) = demo(demo::Options::default(), account).await;
        let scope = match provider.containers(None).await {
            Ok(_) => a_scope(&*provider, 0).await,
            Err(error) => {
                assert!(error.is_refusal(), "{error:?}");
                continue;
            }
        };
        let file = TestFile::new("a.png", b"\x89PNG\r\n\x1a\nx");
        let request = request(&file, scope, "image/png");
        let error = provider
            .upload(&request, &Noted::default())
            .await
            .unwrap_err();
        assert!(error.is_refusal(), "{error:?}");
        assert!(!error.in_doubt());
    }
}

#[test]
fn settings_that_cannot_work_are_a_sentence() {
    for entry in PROVIDERS {
        let good = settings(entry.spec.id, "https://api.example.com");
        assert_eq!(check_settings(&good), Ok(()));
        assert_eq!(spec(entry.spec.id), Some(entry.spec));
        let mut plain = good.clone();
        plain.base_url = Some("http://api.example.com".to_owned());
        let mut bare = good.clone();
        bare.account_id = None;
        bare.base_url = None;
        let needs = entry.spec.account_fields.iter().any(|field| field.required);
        assert_eq!(check_settings(&bare).is_err(), needs);
        assert_eq!(base_url(&bare).is_none(), needs);
        let reason = check_settings(&plain).unwrap_err().to_string();
        assert!(
            reason.contains("https://") && reason.contains("acme"),
            "{reason}"
        );
    }
    let error = check_settings(&settings("acme\u{1b}", "https://a")).unwrap_err();
    assert!(error.to_string().contains(PROVIDERS[0].spec.id));
    assert!(!error.to_string().contains('\u{1b}'));
}
