//! Extractions of a document's keys and texts: begun, asked for until they are over, and fetched; one that
//! another run began is gone on with.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Adapter;
use super::pull::Segments;
use super::wire;
use crate::api::http::{Answer, Method};
use crate::api::{ApiError, ApiErrorKind, Operation};
use crate::domain::{ContainerId, Gathering, SegmentText, SegmentTexts};
use crate::providers::fields::Fields;

/// Largest extraction, in bytes.
const MAX_PULL: u64 = 256 * 1024 * 1024;
const TEXTS: &str = "read segment texts";
/// One that began longer ago is not asked for any more. Inferred: no page says how long the service knows its
/// number, or keeps its file.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// One that runs.
struct Running {
    number: String,
    /// As others find it.
    kept: Option<Operation>,
}

/// How one stands.
enum Standing {
    /// The token of its file.
    Finished(String),
    /// With this number, where the answer has one.
    Runs(Option<String>),
}

/// Why one gave nothing.
enum Ended {
    /// It may be asked for later.
    Later(ApiError),
    /// It never will give anything.
    Over(ApiError),
}

impl From<ApiError> for Ended {
    fn from(error: ApiError) -> Self {
        let refused = matches!(
            error.kind,
            ApiErrorKind::Invalid
                | ApiErrorKind::NotFound
                | ApiErrorKind::Conflict
                | ApiErrorKind::Forbidden { .. }
                | ApiErrorKind::Decode
        );
        // 400 is what the service says of most; 500 may be what it says of a number that it does not know, and
        // beginning anew costs less than being stuck with it.
        if refused && !error.is_transient() || error.status == Some(500) {
            Self::Over(error)
        } else {
            Self::Later(error)
        }
    }
}

impl Adapter {
    pub(super) async fn pull_texts(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        let ids = self.ids(TEXTS, container).await?;
        let source = ids.source.as_ref().map(|locale| locale.as_str().to_owned());
        let source = source.as_deref();
        let seal = ids.changed.as_deref();
        if let Some(left) = self.left(container, since, seal).await {
            match self.fetched(left, source).await {
                Ok(texts) => return Ok(texts),
                Err(Ended::Later(error)) => return Err(error),
                Err(Ended::Over(error)) => {
                    tracing::info!(%error, "what was begun before is gone, and is begun anew");
                }
            }
        }
        let begun = Timestamp::now();
        let answer = self.begin(container, since).await?;
        let gathered = match standing(&answer) {
            Ok(Standing::Finished(token)) => self.read(&token, source).await.map_err(Ended::from),
            Ok(Standing::Runs(Some(number))) => {
                let kept = self.keep(container, since, seal, &number, begun).await;
                self.fetched(Running { number, kept }, source).await
            }
            Ok(Standing::Runs(None)) => Err(Ended::Over(
                answer.broken("the extraction runs, but has no number to ask for"),
            )),
            Err(ended) => Err(ended),
        };
        gathered.map_err(|ended| match ended {
            Ended::Later(error) | Ended::Over(error) => error,
        })
    }

    /// One that somebody began for the same, of the document as it is now.
    async fn left(
        &self,
        container: &ContainerId,
        since: Option<&str>,
        seal: Option<&str>,
    ) -> Option<Running> {
        let (seal, operations) = (seal?, self.operations.get()?);
        let left = operations.find(container, since).await?;
        let age = Timestamp::now().duration_since(left.begun);
        // Of a clock that was set back nothing tells how old it is.
        if left.seal != seal || age.is_negative() || age >= LIFE {
            operations.forget(&left);
            return None;
        }
        Some(Running {
            number: left.number.to_string(),
            kept: Some(left),
        })
    }

    /// Starts one, of what changed since where that is given.
    async fn begin(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let body = match since {
            Some(since) => json!({ "dtchange": { "min": since } }),
            None => json!({}),
        };
        let parts = [
            "api",
            "apps",
            "wbflex",
            "documents",
            container.as_str(),
            "contents",
            "pull",
        ];
        self.answer(|| self.call(TEXTS, Method::POST, &parts).json(&body))
            .await
    }

    /// Lets others find it, where it can be told what it is of.
    async fn keep(
        &self,
        container: &ContainerId,
        since: Option<&str>,
        seal: Option<&str>,
        number: &str,
        begun: Timestamp,
    ) -> Option<Operation> {
        let operations = self.operations.get()?;
        let operation = Operation {
            container: container.clone(),
            since: since.map(str::to_owned),
            seal: seal?.to_owned(),
            number: number.parse().ok()?,
            begun,
        };
        operations.keep(&operation).await;
        Some(operation)
    }

    /// Waits for one and reads it. Dropping the future stops the waiting only: whoever comes next goes on with it.
    async fn fetched(&self, running: Running, source: Option<&str>) -> Result<SegmentTexts, Ended> {
        let fetched = async {
            let token = self.finished(&running).await?;
            self.read(&token, source).await.map_err(Ended::from)
        };
        let fetched = fetched.await;
        if let (Some(operations), Some(kept)) = (self.operations.get(), &running.kept)
            && !matches!(fetched, Err(Ended::Later(_)))
        {
            operations.forget(kept);
        }
        fetched
    }

    /// Asks for one until it is over; the token of its file.
    async fn finished(&self, running: &Running) -> Result<String, Ended> {
        let mut number = running.number.clone();
        // Waiting for what is allowed is not the service's doing.
        let mut waited = Duration::ZERO;
        loop {
            self.turn(running, &mut waited).await?;
            let answer = self
                .answer(|| {
                    self.call(TEXTS, Method::GET, &["api", "trm", "status"])
                        .query("requestid", &number)
                })
                .await?;
            if let (Some(operations), Some(kept)) = (self.operations.get(), &running.kept) {
                operations.asked(kept);
            }
            match standing(&answer)? {
                Standing::Finished(token) => return Ok(token),
                Standing::Runs(other) => number = other.unwrap_or(number),
            }
        }
    }

    /// Waits until it may be asked for: no sooner than the pace after whoever asked last.
    async fn turn(&self, running: &Running, waited: &mut Duration) -> Result<(), Ended> {
        // From taking the turn until the call is there, another process may need less.
        let every = self.pace.poll + self.pace.poll / 20;
        loop {
            let wait = match (self.operations.get(), &running.kept) {
                (Some(operations), Some(kept)) => operations.turn(kept, every).await,
                _ => None,
            };
            if wait == Some(Duration::ZERO) {
                return Ok(());
            }
            let pause = wait.unwrap_or(self.pace.poll);
            *waited += pause;
            if *waited > self.pace.cap {
                return Err(Ended::Later(ApiError::new(
                    TEXTS,
                    ApiErrorKind::Limit,
                    "the extraction takes too long; try again later",
                )));
            }
            tokio::time::sleep(pause).await;
            if wait.is_none() {
                return Ok(());
            }
        }
    }

    /// Reads the file of one as it comes.
    async fn read(&self, token: &str, source: Option<&str>) -> Result<SegmentTexts, ApiError> {
        let mut stream = self
            .stream(|| self.call(TEXTS, Method::GET, &["api", "media", "get", token]))
            .await?;
        let mut texts = Gathering::default();
        let mut reader = Segments::default();
        let mut size = 0;
        while let Some(bytes) = stream.chunk().await? {
            size += bytes.len() as u64;
            if size > MAX_PULL {
                return Err(
                    stream.too_large(format!("the extraction has more than {MAX_PULL} bytes"))
                );
            }
            reader
                .push(&bytes, &mut |entry| {
                    if let Some(text) = segment_text(entry, source) {
                        texts.push(text);
                    }
                })
                .map_err(|why| stream.broken(why.sentence()))?;
        }
        reader
            .finish()
            .map_err(|why| stream.broken(why.sentence()))?;
        Ok(texts.end())
    }
}

/// What an answer says of one.
fn standing(answer: &Answer) -> Result<Standing, Ended> {
    let fields = wire::object(answer)?;
    let operation = fields
        .object("trm")
        .ok_or_else(|| answer.broken("its answer lacks `trm`"))?;
    // Only the status decides: the id of a finished operation may or may not be 0.
    match operation.text("status").as_deref() {
        Some("Finished") => {
            let custom = fields.object("custom");
            let token = custom.and_then(|custom| custom.full_text("filetoken"));
            let token =
                token.ok_or_else(|| answer.broken("its answer lacks `custom.filetoken`"))?;
            Ok(Standing::Finished(token))
        }
        Some("Failed") => {
            let why = operation
                .full_text("statusInfo")
                .or_else(|| operation.full_text("statusText"))
                .unwrap_or_else(|| "no reason given".to_owned());
            let mut error = answer.broken(format!("the extraction failed: {why}"));
            error.kind = ApiErrorKind::Server;
            Err(Ended::Over(error))
        }
        Some("Waiting" | "Executing") => {
            let number = operation.some_id("requestid").filter(|id| id != "0");
            Ok(Standing::Runs(number))
        }
        _ => Err(answer
            .broken("the extraction has a status that is unknown")
            .into()),
    }
}

/// Key and source text of one extracted entry; nothing when it has no position.
fn segment_text(entry: &[u8], source: Option<&str>) -> Option<SegmentText> {
    #[derive(Deserialize)]
    struct Wrapped<'a>(#[serde(borrow)] &'a RawValue);
    let Wrapped(raw) = serde_json::from_slice(entry).ok()?;
    let fields = Fields::read(raw).ok()?;
    Some(SegmentText {
        position: fields.count("bsid")?,
        key: fields.full_text("key"),
        text: source.and_then(|source| fields.object("texts")?.object(source)?.text("v")),
    })
}
