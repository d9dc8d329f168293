//! What each call passes that counts against an allowance, before it is made.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::domain::{Held, Share};

/// Work that can wait, and what it leaves to others.
#[derive(Clone)]
pub struct Waits {
    pub share: Share,
    tell: Arc<dyn Fn(&Held) + Send + Sync>,
}

impl fmt::Debug for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.share.fmt(f)
    }
}

impl Waits {
    /// `tell` hears why it is held back, and until when.
    pub fn new(share: Share, tell: impl Fn(&Held) + Send + Sync + 'static) -> Self {
        let tell = Arc::new(tell);
        Self { share, tell }
    }

    pub fn tell(&self, held: &Held) {
        (self.tell)(held);
    }
}

/// Counts the calls of one account.
pub trait Toll: Send + Sync + fmt::Debug {
    /// One call is about to be made; one of work that can wait waits for its turn.
    fn pass<'a>(&'a self, waits: Option<&'a Waits>) -> BoxFuture<'a, ()>;
}

/// How the calls of a connection are counted, and whether they wait.
#[derive(Clone, Default)]
pub struct Passage {
    toll: Option<Arc<dyn Toll>>,
    waits: Option<Waits>,
}

impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passage(…)")
    }
}

impl From<Option<Arc<dyn Toll>>> for Passage {
    fn from(toll: Option<Arc<dyn Toll>>) -> Self {
        Self { toll, waits: None }
    }
}

impl Passage {
    /// To be awaited before each call.
    pub async fn pass(&self) {
        if let Some(toll) = &self.toll {
            toll.pass(self.waits.as_ref()).await;
        }
    }

    /// The same for work that can wait; `None` where nothing is counted.
    pub fn paced(&self, waits: Waits) -> Option<Self> {
        let toll = self.toll.clone()?;
        Some(Self {
            toll: Some(toll),
            waits: Some(waits),
        })
    }
}
