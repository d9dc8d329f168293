//! Effects against a provider that goes in circles, panics, or never answers.

mod kept;
mod paced;
mod stopped;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::api::{
    AccountInfo, BARE, ConnectError, Connected, Download, KeyEntry, KeyReport, KeySource,
    ProviderSpec, Sighting, Sought, UploadRequest, UploadWatch,
};
use crate::app::effect::Load;
use crate::app::msg::Came;
use crate::domain::{Asset, AssetScope, Container, ContainerId, Cursor, Page, Segment, Shelf};

static SPEC: ProviderSpec = ProviderSpec {
    id: "odd",
    label: "Odd",
    ..BARE
};

#[derive(Debug)]
struct Odd;

#[async_trait]
impl Provider for Odd {
    fn spec(&self) -> &'static ProviderSpec {
        &SPEC
    }
    async fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
    async fn first_containers(&self) -> Result<Option<Vec<Container>>, ApiError> {
        Ok(Some(Vec::new()))
    }
    async fn containers(&self, _: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        Ok(Page {
            entries: Vec::new().into(),
            next: Some(Cursor("again".to_owned())),
            total: None,
        })
    }
    async fn container(&self, _: &ContainerId) -> Result<Container, ApiError> {
        panic!("a mistake in an adapter");
    }
    async fn segments(
        &self,
        _: &ContainerId,
        _: Option<Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        let kind = ApiErrorKind::Server;
        Err(ApiError::new("list segments", kind, "the service is busy"))
    }
    async fn assets(&self, _: &AssetScope, _: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        std::future::pending().await
    }
    async fn upload(&self, _: &UploadRequest, _: &dyn UploadWatch) -> Result<Asset, ApiError> {
        Err(ApiError::unsupported("upload"))
    }
    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        let nothing = |_: &Sought| {
            Ok(Sighting {
                by_name: false,
                asset: None,
                among: 0,
            })
        };
        sought.iter().map(nothing).collect()
    }
    async fn delete(&self, _: &Asset) -> Result<(), ApiError> {
        Ok(())
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        Err(ApiError::unsupported("download"))
    }
}

#[async_trait]
impl Connector for Odd {
    fn accounts(&self) -> Vec<AccountInfo> {
        Vec::new()
    }
    async fn connect(
        &self,
        _: &AccountName,
        _: Option<KeyEntry>,
    ) -> Result<Connected, ConnectError> {
        Ok(Connected {
            provider: Arc::new(Odd),
            key: KeyReport {
                source: KeySource::Session,
                note: None,
            },
        })
    }
}

async fn connected() -> (Runtime, UnboundedReceiver<Msg>, AccountName) {
    let (sender, mut inbox) = unbounded_channel();
    let account = AccountName::new("a").unwrap();
    let mut runtime = Runtime::new(
        Arc::new(Odd),
        Transfers::new(),
        Index::none(),
        PathBuf::new(),
        sender,
    );
    runtime.run(Effect::Connect {
        account: account.clone(),
        entry: None,
    });
    assert!(matches!(
        inbox.recv().await,
        Some(Msg::Connected { result: Ok(_), .. })
    ));
    (runtime, inbox, account)
}

#[tokio::test]
async fn pages_that_go_in_circles_end_behind_what_is_told_before_them() {
    let (mut runtime, mut inbox, account) = connected().await;
    runtime.run(Effect::Load {
        id: RequestId(1),
        account,
        what: Load::Containers,
        patient: false,
        recall: false,
    });
    let Some(Msg::Loaded {
        answer: Answer::Containers(Ok(first)),
        ..
    }) = inbox.recv().await
    else {
        panic!("nothing is told");
    };
    assert!(first.more && first.came == Came::Early);
    loop {
        if let Some(Msg::Loaded {
            answer: Answer::Containers(Err(error)),
            ..
        }) = inbox.recv().await
        {
            assert_eq!(error.kind, ApiErrorKind::Limit);
            return;
        }
    }
}

#[tokio::test]
async fn a_patient_request_waits_and_says_so() {
    let (mut runtime, mut inbox, account) = connected().await;
    let mut ask = |id, patient| {
        runtime.run(Effect::Load {
            id: RequestId(id),
            account: account.clone(),
            what: Load::Segments(ContainerId::new("c").unwrap(), None, None, Shelf::default()),
            patient,
            recall: false,
        });
    };
    ask(1, false);
    let answer = inbox.recv().await;
    let Some(Msg::Loaded {
        answer: Answer::Segments(Err(_)),
        ..
    }) = answer
    else {
        panic!("{answer:?}")
    };
    ask(2, true);
    let answer = inbox.recv().await;
    let Some(Msg::Loaded {
        id: RequestId(2),
        answer: Answer::Waits(why),
    }) = answer
    else {
        panic!("{answer:?}")
    };
    assert!(
        why.contains("is busy; waiting for") && why.contains("try 2 of"),
        "{why}"
    );
}

#[tokio::test]
async fn a_panic_in_a_task_is_a_failure_of_that_request() {
    let (mut runtime, mut inbox, account) = connected().await;
    let what = Load::Container(ContainerId::new("c").unwrap());
    runtime.run(Effect::Load {
        id: RequestId(7),
        account,
        what,
        patient: false,
        recall: false,
    });
    let answer = inbox.recv().await;
    let Some(Msg::Loaded {
        id: RequestId(7),
        answer: Answer::Container(Err(_)),
    }) = answer
    else {
        panic!("{answer:?}")
    };
}

#[tokio::test]
async fn shutdown_does_not_wait_for_a_call_that_never_ends() {
    let (mut runtime, _inbox, account) = connected().await;
    let scope = AssetScope::Container(ContainerId::new("c").unwrap());
    runtime.run(Effect::Load {
        id: RequestId(1),
        account,
        what: Load::Assets(scope, None),
        patient: false,
        recall: false,
    });
    tokio::time::timeout(std::time::Duration::from_secs(3), runtime.shutdown())
        .await
        .unwrap();
}

#[tokio::test]
async fn an_account_that_is_not_connected_says_so() {
    let (mut runtime, mut inbox, _) = connected().await;
    let account = AccountName::new("other").unwrap();
    runtime.run(Effect::Load {
        id: RequestId(1),
        account,
        what: Load::Containers,
        patient: false,
        recall: false,
    });
    assert!(matches!(
        inbox.recv().await,
        Some(Msg::Loaded {
            answer: Answer::Containers(Err(_)),
            ..
        })
    ));
}
