//! Reading calls of commands: a failure that passes is waited out and told, any other ends them.

use std::collections::VecDeque;

use super::*;
use crate::transfer::patient::Patient;

#[derive(Debug, Default)]
struct Moody {
    answers: Mutex<VecDeque<Option<ApiError>>>,
    calls: Mutex<usize>,
}

#[async_trait]
impl Provider for Moody {
    fn spec(&self) -> &'static ProviderSpec {
        &SPEC
    }
    async fn check(&self) -> Result<(), ApiError> {
        *self.calls.lock().unwrap() += 1;
        let answer = self.answers.lock().unwrap().pop_front().unwrap();
        answer.map_or(Ok(()), Err)
    }
    async fn containers(&self, _: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        Err(ApiError::unsupported("list the boxes"))
    }
    async fn container(&self, _: &ContainerId) -> Result<Container, ApiError> {
        Err(ApiError::unsupported("read the box"))
    }
    async fn assets(&self, _: &AssetScope, _: Option<Cursor>) -> Result<Page<Asset>, ApiError> {
        Err(ApiError::unsupported("list assets"))
    }
    async fn upload(&self, _: &UploadRequest, _: &dyn UploadWatch) -> Result<Asset, ApiError> {
        Err(ApiError::unsupported("upload"))
    }
    async fn find_uploads(&self, _: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        Vec::new()
    }
    async fn delete(&self, _: &Asset) -> Result<(), ApiError> {
        Err(ApiError::unsupported("delete"))
    }
    async fn download(&self, _: &Asset) -> Result<Download, ApiError> {
        Err(ApiError::unsupported("download"))
    }
}

fn failure(kind: ApiErrorKind, delivery: Delivery) -> ApiError {
    let mut error = ApiError::new("list assets", kind, "not now");
    error.delivery = delivery;
    error
}

/// Too many calls; the service wants no wait at all.
fn busy() -> ApiError {
    let after = Some(Duration::ZERO);
    failure(ApiErrorKind::RateLimited { after }, Delivery::Answered)
}

/// How a call ends that fails so first, how many calls that took, and the tries that were told of.
async fn asked(
    answers: impl IntoIterator<Item = Option<ApiError>>,
) -> (Result<(), ApiError>, usize, Vec<u32>) {
    let moody = Arc::new(Moody::default());
    moody.answers.lock().unwrap().extend(answers);
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let patient = Patient::new(moody.clone(), move |pause| {
        tell.lock().unwrap().push(pause.attempt);
    });
    let mut ended = Ok(());
    while ended.is_ok() && !moody.answers.lock().unwrap().is_empty() {
        ended = patient.check().await;
    }
    let (calls, told) = (*moody.calls.lock().unwrap(), told.lock().unwrap().clone());
    (ended, calls, told)
}

#[tokio::test]
async fn what_passes_is_waited_out_and_told() {
    let (ended, calls, told) = asked([Some(busy()), Some(busy()), None]).await;
    assert_eq!((ended, calls, told), (Ok(()), 3, vec![2, 3]));
}

#[tokio::test]
async fn tries_end() {
    let (ended, calls, told) = asked(std::iter::repeat_n(Some(busy()), 20)).await;
    assert!(ended.is_err());
    assert_eq!((calls, told), (6, vec![2, 3, 4, 5, 6]));
}

#[tokio::test]
async fn what_does_not_pass_ends_the_call_at_once() {
    for kind in [
        ApiErrorKind::Unauthorized,
        ApiErrorKind::NotFound,
        ApiErrorKind::Decode,
        ApiErrorKind::Refused,
    ] {
        let (ended, calls, told) = asked([Some(failure(kind, Delivery::Answered)), None]).await;
        assert!(ended.is_err());
        assert_eq!((calls, told.len()), (1, 0));
    }
}

/// A wrong address and a network that is down look the same at first.
#[tokio::test]
async fn a_service_that_nothing_ever_reached_is_not_waited_for() {
    let unreached = || Some(failure(ApiErrorKind::Transport, Delivery::NotSent));
    let (_, calls, told) = asked([unreached(), None]).await;
    assert_eq!((calls, told.len()), (1, 0));
    let (ended, calls, told) = asked([None, unreached(), None]).await;
    assert_eq!((ended, calls, told), (Ok(()), 3, vec![2]));
}
