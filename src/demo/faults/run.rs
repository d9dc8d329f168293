//! A request on its way through the faults that meet it.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};

use super::fault::{Fault, Loss, Point, Span, Way, Wrong};
use super::wire::{Cut, End, Handle};
use super::{Quirks, expire, shape};
use crate::demo::answer::drain;
use crate::demo::record;
use crate::demo::store::World;

/// Where half of an answer without a body ends: in the middle of its head.
const HALF_A_HEAD: u64 = 16;

/// Lets the faults that are due do their part, and the service answer where it still may. Only what
/// reached the service is recorded, as the service saw and answered it.
pub async fn through<F, A>(
    world: Arc<World>,
    origin: &'static str,
    mut request: Request,
    service: F,
) -> Response
where
    F: FnOnce(Arc<World>, Request) -> A,
    A: Future<Output = Response>,
{
    let path = request.uri().path().to_owned();
    let handle = request
        .extensions()
        .get::<ConnectInfo<Handle>>()
        .map(|info| info.0.clone())
        .unwrap_or_default();
    handle.disarm();
    let mut quirks = Quirks::default();
    let mut last = None;
    let (due, release) = world.faults.due(origin, request.method(), &path);
    for fault in due {
        match fault {
            Fault::Delay { ms } => release.wait(ms).await,
            Fault::Expire { what } => expire(&world, what),
            Fault::Lag { lists } => quirks.lists = lists,
            Fault::WrongSize { how, by } => match how {
                Wrong::Stored => quirks.shorter_by = by.unsigned_abs(),
                Wrong::Listed => quirks.listed_smaller_by = by,
            },
            other => last = Some(other),
        }
    }
    request.extensions_mut().insert(quirks);
    let Some(fault) = last else {
        return record::through(world, origin, request, service).await;
    };
    match fault {
        Fault::Status {
            status,
            shape,
            code,
            message,
        } => {
            drain(request.into_body()).await;
            let (code, message) = (code.as_deref(), message.as_deref());
            shape::answer(origin, &path, status, shape, code, message)
        }
        Fault::Throttle { wait, shape } => {
            drain(request.into_body()).await;
            shape::throttled(origin, &path, shape, wait.as_ref())
        }
        Fault::FailAfter {
            bytes,
            status,
            shape,
        } => {
            let rest = swallow(request.into_body(), bytes).await;
            // Answered while the client still sends; what it sends is read on, or it would never see
            // the answer for the reset.
            tokio::spawn(drain(rest));
            shape::answer(origin, &path, status, shape, None, None)
        }
        Fault::Stall { at, after, ms } => {
            let over = release.wait(ms);
            match at {
                Point::Head => {
                    let response = record::through(world, origin, request, service).await;
                    over.await;
                    response
                }
                Point::Request => {
                    let request = request.map(|body| stalled(body, after, over));
                    record::through(world, origin, request, service).await
                }
                Point::Answer => {
                    let response = record::through(world, origin, request, service).await;
                    handle.arm(Cut::of_body(after, End::Stall(Box::pin(over))));
                    response
                }
            }
        }
        Fault::Cut { of, after, by } => {
            let cut = match of {
                Span::Request => {
                    drop(swallow(request.into_body(), after).await);
                    return broken(&handle, by.into());
                }
                Span::Wire => Cut::of_wire(after, by.into()),
                Span::Answer => Cut::of_body(after, by.into()),
            };
            let response = record::through(world, origin, request, service).await;
            handle.arm(cut);
            response
        }
        Fault::Drop { way, ms } => {
            let over = release.wait(ms);
            let response = record::through(world, origin, request, service).await;
            let html =
                |status| shape::answer(origin, &path, status, shape::Shape::Html, None, None);
            match way {
                Loss::Reset => broken(&handle, End::Reset),
                Loss::Close => broken(&handle, End::Close),
                Loss::BadGateway => html(502),
                Loss::GatewayTimeout => html(504),
                Loss::Empty => StatusCode::OK.into_response(),
                Loss::Stall => {
                    over.await;
                    broken(&handle, End::Close)
                }
                Loss::Half => {
                    handle.arm(match response.body().size_hint().exact() {
                        Some(0) => Cut::of_wire(HALF_A_HEAD, End::Close),
                        length => Cut::of_body(length.unwrap_or(2) / 2, End::Close),
                    });
                    response
                }
            }
        }
        // Done above.
        Fault::Delay { .. }
        | Fault::Expire { .. }
        | Fault::Lag { .. }
        | Fault::WrongSize { .. } => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl From<Way> for End {
    fn from(way: Way) -> Self {
        match way {
            Way::Reset => Self::Reset,
            Way::Close => Self::Close,
        }
    }
}

/// Breaks the connection in place of an answer: what is returned never leaves.
fn broken(handle: &Handle, end: End) -> Response {
    handle.arm(Cut::of_wire(0, end));
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Takes in and forgets the first bytes of a body; what is left of it, less the rest of the last piece.
async fn swallow(body: Body, bytes: u64) -> Body {
    let mut stream = body.into_data_stream();
    let mut left = bytes;
    while left > 0 {
        let Some(Ok(piece)) = stream.next().await else {
            break;
        };
        left = left.saturating_sub(piece.len() as u64);
    }
    Body::from_stream(stream)
}

/// The same body, with a wait behind its first bytes.
fn stalled(body: Body, after: u64, over: impl Future<Output = ()> + Send + 'static) -> Body {
    let mut left = usize::try_from(after).unwrap_or(usize::MAX);
    let mut over = Some(Box::pin(over));
    let pieces = body.into_data_stream().map(move |piece| {
        let mut piece: Bytes = piece?;
        let before = piece.split_to(left.min(piece.len()));
        left -= before.len();
        // Nothing of a piece is left behind before the point is reached.
        let wait = if piece.is_empty() { None } else { over.take() };
        Ok::<_, axum::Error>((before, wait, piece))
    });
    let parts = pieces.flat_map(|piece| match piece {
        Err(error) => stream::iter(vec![(Err(error), None)]),
        Ok((before, wait, behind)) => stream::iter(vec![(Ok(before), None), (Ok(behind), wait)]),
    });
    let waited = parts.then(|(piece, wait)| async move {
        if let Some(wait) = wait {
            wait.await;
        }
        piece
    });
    Body::from_stream(waited.filter(|piece| {
        let empty = piece.as_ref().is_ok_and(Bytes::is_empty);
        std::future::ready(!empty)
    }))
}
