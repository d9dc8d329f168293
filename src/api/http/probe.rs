//! One look at a service without a key: whether it is reached, and what its clock says.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::DATE;

use super::{Http, HttpOptions, Patience, Reason};
use crate::api::{ApiError, Network};

/// What an answer told, whatever its status was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// By the service's clock; `None` where it does not say.
    pub date: Option<Timestamp>,
}

/// Asks for the address of the settings, without any credential, for no longer than this. Any answer
/// will do: most services refuse this call, and that is an answer.
pub async fn probe(
    base_url: &str,
    within: Duration,
    network: Arc<Network>,
) -> Result<Probe, ApiError> {
    let options = HttpOptions {
        credentials: Vec::new(),
        read_error: |_| Reason::default(),
        patience: Patience {
            connect: within,
            silence: within,
            ..Patience::default()
        },
        network,
    };
    let http = Http::new(base_url, options)?;
    let call = http.bare("reach the service", Method::GET, http.base.as_str());
    let date = call.headers().await?;
    let date = date.get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    Ok(Probe {
        date: date.map(|date| date.timestamp()),
    })
}
