//! A service that does what a test tells it.

use super::*;

pub(in crate::transfer) static SPEC: ProviderSpec = FAKE;

/// The fake's spec, for others like it.
pub(super) const FAKE: ProviderSpec = ProviderSpec {
    upload_fields: &[
        FieldSpec::free(Field::Locale),
        FieldSpec::free(Field::Folder),
        FieldSpec {
            max_chars: Some(5),
            ..FieldSpec::free(Field::AltText)
        },
        FieldSpec {
            max_chars: Some(5),
            max_items: Some(2),
            ..FieldSpec::free(Field::Tags)
        },
    ],
    capabilities: Capabilities {
        locales: true,
        folders: true,
        max_size: Some(1000),
        accepted_types: &["image/png", "text/csv"],
        ..BARE.capabilities
    },
    ..BARE
};

#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) enum Play {
    #[default]
    Stores,
    StoresButLosesTheAnswer,
    LosesTheRequest,
    Refuses,
    StoresShort,
    HangsWhileRecording,
    HangsWhileSending,
    NoRoom,
}

#[derive(Debug, Default)]
pub(super) struct Fake {
    pub(super) play: Mutex<Play>,
    pub(super) stored: Mutex<Vec<Asset>>,
    pub(super) sends: Mutex<usize>,
    /// How many uploads each listing was asked for.
    pub(super) looks: Mutex<Vec<usize>>,
    /// So many listings more leave out what is stored.
    pub(super) late: Mutex<usize>,
    /// A listing waits for one of these before it answers.
    pub(super) hold: Mutex<Option<Arc<tokio::sync::Semaphore>>>,
    /// Looks go by names only.
    pub(super) by_name: bool,
    pub(super) body: Vec<Bytes>,
    pub(super) announced: Option<u64>,
}

pub(in crate::transfer) fn asset(name: &str, size: Option<u64>) -> Asset {
    let scope = AssetScope::Container(ContainerId::new("c").unwrap());
    let key = AssetKey::from_parts([name, "x"]).unwrap();
    Asset {
        size,
        ..Asset::bare(scope, key, name)
    }
}

#[async_trait]
impl Provider for Fake {
    fn spec(&self) -> &'static ProviderSpec {
        &SPEC
    }
    async fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
    async fn containers(&self, _: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        Ok(Page::whole(Vec::new()))
    }
    async fn container(&self, _: &ContainerId) -> Result<Container, ApiError> {
        Err(ApiError::unsupported("read the box"))
    }
    async fn assets(&self, _: &AssetScope, _: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        Ok(Page::whole(
            self.stored
                .lock()
                .unwrap()
                .iter()
                .cloned()
                .map(Entry::Read)
                .collect::<Vec<_>>(),
        ))
    }
    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        let play = *self.play.lock().unwrap();
        watch.step(Step::Send, None).await?;
        *self.sends.lock().unwrap() += 1;
        watch.bytes(request.stamp.size);
        if play == Play::HangsWhileSending {
            std::future::pending::<()>().await;
        }
        watch
            .step(
                Step::Record,
                Some(&Receipt {
                    storage_key: "k".to_owned(),
                }),
            )
            .await?;
        let stored = asset(
            request.name.as_str(),
            Some(request.stamp.size - u64::from(play == Play::StoresShort)),
        );
        let mut lost = ApiError::new(
            "record the file",
            ApiErrorKind::Transport,
            "the connection broke",
        );
        lost.changes = true;
        lost.delivery = Delivery::Unknown;
        match play {
            Play::Refuses => Err(ApiError::new(
                "record the file",
                ApiErrorKind::Invalid,
                "no",
            )),
            Play::LosesTheRequest => Err(lost),
            Play::StoresButLosesTheAnswer => {
                self.stored.lock().unwrap().push(stored);
                Err(lost)
            }
            Play::HangsWhileRecording => {
                self.stored.lock().unwrap().push(stored);
                std::future::pending().await
            }
            _ => {
                self.stored.lock().unwrap().push(stored.clone());
                Ok(stored)
            }
        }
    }
    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        let shown = {
            let mut late = self.late.lock().unwrap();
            let hides = *late > 0;
            *late = late.saturating_sub(1);
            let stored = self.stored.lock().unwrap();
            stored
                .iter()
                .filter(|_| !hides)
                .cloned()
                .collect::<Vec<Asset>>()
        };
        self.looks.lock().unwrap().push(sought.len());
        let hold = self.hold.lock().unwrap().clone();
        if let Some(hold) = hold {
            hold.acquire().await.unwrap().forget();
        }
        let find = |one: &Sought| {
            let same = |asset: &&Asset| asset.name == one.request.name.as_str();
            Ok(Sighting {
                asset: shown.iter().find(same).cloned(),
                by_name: self.by_name,
                among: shown.len() as u64,
            })
        };
        sought.iter().map(find).collect()
    }
    async fn delete(&self, _: &Asset) -> Result<(), ApiError> {
        Ok(())
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        if *self.play.lock().unwrap() == Play::NoRoom {
            let full = "the disk is full";
            return Err(ApiError::new("save the file", ApiErrorKind::DiskFull, full));
        }
        let chunks: Vec<_> = self.body.iter().cloned().map(Ok).collect();
        Ok(Download {
            size: self.announced,
            bytes: stream::iter(chunks).boxed(),
        })
    }
}
