//! The one place that builds HTTP clients: addresses, origins, time limits, credentials.
//!
//! Two kinds of client exist for each account. The one with credentials reaches the configured
//! origin only and follows no redirect at all, because reqwest keeps `x-api-key` and `X-Auth-Token`
//! when a redirect leaves the origin. The bare one reaches presigned and public addresses and never
//! sees a credential. Neither keeps cookies or sends a `Referer`, and no `reqwest::Error` is ever
//! shown: it prints the whole address, signature included.

mod answer;
mod call;
mod failure;
mod hold;
mod probe;
#[cfg(test)]
pub(crate) mod tests;

pub use answer::{Answer, MAX_ENTRIES, MAX_PAGE, Streaming};
pub use call::Call;
pub use failure::{ErrorReply, ReadError, Reason, looks_like_page};
pub use probe::{Probe, probe};
pub use reqwest::Method;

use std::net::IpAddr;
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::redirect::Policy;
use url::{Host, Url};

use self::hold::Hold;
use super::{ApiError, ApiErrorKind, KeptPause, Network, PauseTold};
use crate::domain::{SafeText, Secret};

/// Everything but the unreserved characters of RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Percent-encodes a text so that it is one part of a path or one value of a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// How long to wait for what. Tests shorten it; nothing else has a reason to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// Without a single byte in either direction.
    pub silence: Duration,
    /// A transfer must move at least `floor` bytes in each `window`.
    pub window: Duration,
    pub floor: u64,
    /// For a whole call that is no transfer.
    pub total: Duration,
    /// For the answer once a file has been handed over whole: the system's send buffers may still
    /// hold megabytes of it then, and on a slow line they drain without our seeing it.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            window: Duration::from_mins(1),
            floor: 60 * 1024,
            total: Duration::from_mins(1),
            answer: Duration::from_mins(2),
        }
    }
}

/// What sets one account's connection apart.
#[derive(Clone)]
pub struct HttpOptions {
    /// Headers that go with each call to the configured origin, and nowhere else.
    pub credentials: Vec<(&'static str, Secret)>,
    /// Reads the service's own error body.
    pub read_error: ReadError,
    pub patience: Patience,
    pub network: Arc<Network>,
}

/// Which certificates and which proxy a client needs: decided by where it goes.
#[derive(Debug, Clone, Copy)]
enum Route {
    /// Plain HTTP, which is for loopback only: no certificates to load, no proxy.
    Plain,
    /// TLS to this machine: no proxy.
    LoopbackTls,
    /// TLS to elsewhere, through the proxy of the settings or the environment where there is one.
    Tls,
}

/// One account's way to its service.
pub struct Http {
    base: Url,
    options: HttpOptions,
    /// Made on first use: loading the system's certificates takes a tenth of a second.
    with_credentials: [OnceLock<reqwest::Client>; 3],
    bare: [OnceLock<reqwest::Client>; 3],
    hold: Hold,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Http({})", safe_url(&self.base))
    }
}

impl Http {
    /// Checks the address. Makes no connection.
    pub fn new(base_url: &str, options: HttpOptions) -> Result<Self, ApiError> {
        let base = check_base_url(base_url)
            .map_err(|reason| ApiError::new("connect", ApiErrorKind::Refused, reason))?;
        for (name, value) in &options.credentials {
            if reqwest::header::HeaderValue::from_str(value.reveal()).is_err() {
                return Err(ApiError::new(
                    "connect",
                    ApiErrorKind::Refused,
                    format!("the value for {name} holds a character that no header can carry"),
                ));
            }
        }
        Ok(Self {
            base,
            options,
            with_credentials: Default::default(),
            bare: Default::default(),
            hold: Hold::default(),
        })
    }

    /// Keeps to a pause that another process was asked for, and tells of those that come.
    pub fn keep_pause(&self, pause: Option<KeptPause>, told: PauseTold) {
        self.hold.keep(pause, told);
    }

    /// The account's service is on this machine, so plain HTTP and links to this machine are fine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// The address of a call: the base address and these parts, each percent-encoded. `Refused` for
    /// a part that could climb (`..`) or vanish, or if what comes out has another origin.
    pub fn url(&self, operation: &'static str, parts: &[&str]) -> Result<Url, ApiError> {
        let refuse = |message: String| ApiError::new(operation, ApiErrorKind::Refused, message);
        let mut path = self.base.path().trim_end_matches('/').to_owned();
        for part in parts {
            // Addresses treat `%2e` like a dot, so encoding does not make these safe.
            if part.is_empty() || *part == "." || *part == ".." {
                return Err(refuse(format!(
                    "the id “{}” cannot stand in an address",
                    SafeText::name(part)
                )));
            }
            path.push('/');
            path.push_str(&encode(part));
        }
        let mut url = self.base.clone();
        url.set_path(&path);
        if url.origin() != self.base.origin() || url.path() != path {
            return Err(refuse("the address would leave the account's host".into()));
        }
        Ok(url)
    }

    /// A call to the configured origin, with the account's credentials.
    pub fn call(&self, operation: &'static str, method: Method, parts: &[&str]) -> Call<'_> {
        Call::new(self, operation, method, self.url(operation, parts), true)
    }

    /// A call to an address that the service gave, without any credential. `https` only, unless the
    /// account itself is on this machine: then this machine is fine too.
    pub fn bare(&self, operation: &'static str, method: Method, address: &str) -> Call<'_> {
        let url = self.foreign(operation, address);
        Call::new(self, operation, method, url, false)
    }

    /// Judges an address that a service gave.
    fn foreign(&self, operation: &'static str, address: &str) -> Result<Url, ApiError> {
        let refuse = |message: String| ApiError::new(operation, ApiErrorKind::Refused, message);
        let url = Url::parse(address)
            .map_err(|_| refuse("the service gave an address that is none".into()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(
                "the service gave an address with a user name".into(),
            ));
        }
        let local = is_loopback(&url);
        match url.scheme() {
            "https" if local || is_inside(&url) => {
                if self.is_loopback() && local {
                    Ok(url)
                } else {
                    Err(refuse(format!(
                        "the service gave an address of this machine or of its own link ({})",
                        shown_host(&url)
                    )))
                }
            }
            "https" => Ok(url),
            "http" if local && self.is_loopback() => Ok(url),
            "http" => Err(refuse(format!(
                "the service gave an address without encryption ({})",
                shown_host(&url)
            ))),
            _ => Err(refuse(
                "the service gave an address that is not https".into(),
            )),
        }
    }

    pub(super) fn client(
        &self,
        operation: &'static str,
        url: &Url,
        with_credentials: bool,
    ) -> Result<reqwest::Client, ApiError> {
        let (route, at) = match (url.scheme(), is_loopback(url)) {
            ("http", _) => (Route::Plain, 0),
            (_, true) => (Route::LoopbackTls, 1),
            (_, false) => (Route::Tls, 2),
        };
        let slot = if with_credentials {
            &self.with_credentials[at]
        } else {
            &self.bare[at]
        };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let client =
            build(route, &self.options.patience, &self.options.network).map_err(|error| {
                let mut refused = ApiError::new(
                    operation,
                    ApiErrorKind::Refused,
                    "encryption could not be set up on this machine",
                );
                refused.chain = failure::causes(&error);
                refused
            })?;
        Ok(slot.get_or_init(|| client).clone())
    }
}

/// So often the system asks whether the other side of a connection at rest is still there.
const PROBE: Duration = Duration::from_secs(15);

/// The client of a route. The only call of the builder in the program.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn build(
    route: Route,
    patience: &Patience,
    network: &Network,
) -> Result<reqwest::Client, reqwest::Error> {
    static PROVIDER: Once = Once::new();
    // Fails only when somebody installed one before, which is as good.
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = reqwest::Client::builder()
        .user_agent(concat!("assetdeck/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .gzip(true)
        .https_only(!matches!(route, Route::Plain))
        .connect_timeout(patience.connect)
        // Nothing of ours wakes for a connection at rest: the system asks whether the other side is
        // still there, and what is dead is told to the pool before a call could take it.
        .pool_idle_timeout(None)
        .tcp_keepalive(PROBE)
        .tcp_keepalive_interval(PROBE)
        .tcp_keepalive_retries(2);
    let builder = match route {
        Route::Plain => builder.no_proxy().tls_certs_only([]),
        Route::LoopbackTls => builder.no_proxy(),
        Route::Tls => match &network.proxy {
            Some(proxy) => builder.proxy(proxy.for_client()?),
            None => builder,
        },
    };
    let builder = match route {
        Route::Plain => builder,
        Route::LoopbackTls | Route::Tls if network.trusted() == 0 => builder,
        Route::LoopbackTls | Route::Tls => builder.tls_certs_merge(network.certificates()?),
    };
    builder.build()
}

/// Reads a base address from the settings; the reason is a sentence with the fix.
pub fn check_base_url(text: &str) -> Result<Url, String> {
    const EXAMPLE: &str = "write it like https://api.example.com";
    if text.is_empty() || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(format!("base_url is empty or holds a space; {EXAMPLE}"));
    }
    let url = Url::parse(text).map_err(|_| format!("base_url is no address; {EXAMPLE}"))?;
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return Err(format!("base_url is no web address; {EXAMPLE}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "base_url holds a user name or password; remove it, keys are kept apart".into(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("base_url holds a `?` or `#` part; remove it".into());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(format!(
            "base_url is plain http, which would send the key unencrypted to {}; write https://",
            shown_host(&url)
        ));
    }
    Ok(url)
}

/// This machine: 127.0.0.0/8, `::1` and `localhost`, nothing else.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Addresses that no public storage has: this machine by another spelling, or the link it hangs on,
/// where cloud machines keep their own credentials.
fn is_inside(url: &Url) -> bool {
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => ip.to_canonical(),
        _ => return false,
    };
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified(),
    }
}

/// Host and port for a message.
pub(super) fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or("no host");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Scheme, host, port and path: what of an address may be kept and shown.
pub(super) fn safe_url(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), shown_host(url), url.path())
}
