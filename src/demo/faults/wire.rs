//! The socket itself: it can be reset, closed or stopped after so many bytes of an answer.

use std::fmt;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::demo::store::held;

/// Ends a head.
const BLANK: &[u8; 4] = b"\r\n\r\n";

/// A listener whose connections can be broken.
#[derive(Debug)]
pub struct Wired(pub TcpListener);

impl Listener for Wired {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers must not wait for Nagle's algorithm. A socket that refuses works without.
        drop(stream.set_nodelay(true));
        let handle = Handle::default();
        (Wire { stream, handle }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// What a request holds of its own connection.
#[derive(Clone, Debug, Default)]
pub struct Handle {
    cut: Arc<Mutex<Option<Cut>>>,
    /// Spares every write the lock while nothing is armed.
    armed: Arc<AtomicBool>,
}

impl Connected<IncomingStream<'_, Wired>> for Handle {
    fn connect_info(stream: IncomingStream<'_, Wired>) -> Self {
        stream.io().handle.clone()
    }
}

impl Handle {
    /// From now on, counted from the next byte sent.
    pub fn arm(&self, cut: Cut) {
        *held(&self.cut) = Some(cut);
        self.armed.store(true, Ordering::Release);
    }

    /// Takes back what an earlier answer was too short for.
    pub fn disarm(&self) {
        if self.armed.swap(false, Ordering::AcqRel) {
            *held(&self.cut) = None;
        }
    }
}

/// How an answer ends early.
pub enum End {
    /// The peer sees a reset.
    Reset,
    /// The peer sees the end of the stream.
    Close,
    /// It goes on when this is over.
    Stall(Pin<Box<dyn Future<Output = ()> + Send>>),
}

/// Where an answer ends early.
pub struct Cut {
    left: u64,
    /// How much of the head's end was seen; none where the head counts or is over.
    head: Option<usize>,
    end: End,
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cut")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl Cut {
    /// After so many bytes, the head among them.
    pub fn of_wire(after: u64, end: End) -> Self {
        Self {
            left: after,
            head: None,
            end,
        }
    }

    /// After the head and so many bytes of the body.
    pub fn of_body(after: u64, end: End) -> Self {
        Self {
            left: after,
            head: Some(0),
            end,
        }
    }

    /// How many of these bytes belong to the head, and how much of its end was seen behind them.
    fn head_in(&self, bytes: &[u8]) -> (usize, Option<usize>) {
        let Some(mut seen) = self.head else {
            return (0, None);
        };
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == BLANK[seen] {
                seen += 1;
            } else {
                seen = usize::from(*byte == BLANK[0]);
            }
            if seen == BLANK.len() {
                return (at + 1, None);
            }
        }
        (bytes.len(), Some(seen))
    }

    fn room(&self, bytes: &[u8]) -> usize {
        let (head, _) = self.head_in(bytes);
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        head + left.min(bytes.len() - head)
    }

    fn sent(&mut self, bytes: &[u8]) {
        let (head, seen) = self.head_in(bytes);
        self.head = seen;
        self.left = self.left.saturating_sub((bytes.len() - head) as u64);
    }
}

/// A connection that does as its handle says.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    handle: Handle,
}

impl Wire {
    fn armed(&self) -> bool {
        self.handle.armed.load(Ordering::Acquire)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if !this.armed() {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        }
        let mut slot = held(&this.handle.cut);
        let room = slot.as_ref().map_or(bytes.len(), |cut| cut.room(bytes));
        if room == 0
            && !bytes.is_empty()
            && let Some(cut) = slot.as_mut()
        {
            match &mut cut.end {
                End::Close => return Poll::Ready(Err(ErrorKind::ConnectionAborted.into())),
                End::Reset => {
                    // With it, closing sends a reset in place of an end.
                    this.stream.set_zero_linger()?;
                    return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
                }
                End::Stall(over) => ready!(over.as_mut().poll(context)),
            }
            *slot = None;
            this.handle.armed.store(false, Ordering::Release);
            drop(slot);
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        }
        let sent = ready!(Pin::new(&mut this.stream).poll_write(context, &bytes[..room]))?;
        if let Some(cut) = slot.as_mut() {
            cut.sent(&bytes[..sent]);
        }
        Poll::Ready(Ok(sent))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.armed() {
            let first = slices.iter().find(|slice| !slice.is_empty());
            return self.poll_write(context, first.map_or(&[], |slice| slice));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
