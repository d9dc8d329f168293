//! The embedded demo: both services and the storage on loopback, real HTTP, a world from one seed.
//!
//! Written from the contracts alone. It shares no type with the adapters: a field that both sides
//! spelled wrongly in the same way would otherwise go unnoticed.

mod answer;
mod blob;
mod faults;
mod record;
mod seed;
mod segmentflow;
mod sign;
mod state;
mod storage;
mod store;
#[cfg(test)]
mod tests;
mod wordbee;

pub use record::Exchange;

use std::fmt::Write;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use answer::Call;
use faults::{Handle, What, Wired};
use store::{ACCOUNT_ID, World, held};

/// The accounts of the demo: name and service. The guests show what missing rights look like:
/// `guest-web` has a good key without any scope, `guest-loc` is a worker who may only look.
const ACCOUNTS: [(&str, &str); 4] = [
    ("acme-web", "segmentflow"),
    ("acme-loc", "wordbee"),
    ("guest-web", "segmentflow"),
    ("guest-loc", "wordbee"),
];

/// How long `stop` waits for requests under way.
const GRACE: Duration = Duration::from_secs(2);

/// In which of its two possible forms the list of website assets comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListShape {
    /// An envelope with pages of 100 and a cursor.
    #[default]
    Envelope,
    /// A bare array of everything.
    Array,
}

/// What the world is like.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of both APIs on 127.0.0.1; 0 takes any free one. The storage always takes a free one.
    pub port: u16,
    /// Websites that have assets (3 by default). One more is known from a template only.
    pub websites: Option<usize>,
    /// Flex documents (4 by default). The third is the large one; from the fifth on they are small.
    pub documents: Option<usize>,
    /// Segments of the large document (5,000 by default).
    pub segments: Option<usize>,
    /// Assets that *each* service holds (120, and about 630, by default). What goes beyond the written
    /// ones hangs on the large document at Flex; without that document Flex holds fewer.
    pub assets: Option<usize>,
    /// What hangs on the large document beyond the written assets are pictures in its locales, with
    /// gaps, instead of files of any kind.
    pub localised: bool,
    /// Wait before each answer.
    pub latency: Duration,
    /// Same seed, same world: ids, keys, tokens, dates.
    pub seed: u64,
    /// Keep every exchange for [`Demo::exchanges`]. Costs memory, and bodies no longer stream.
    pub record: bool,
    /// Form of the list of website assets.
    pub list_shape: ListShape,
    /// How long a Flex token lives without a call; 30 minutes where it is not set.
    pub token_lifetime: Option<Duration>,
    /// Status of a refused Flex token: 401, or the 400 that means the same.
    pub expired_as: u16,
    /// How long a presigned address is good, in whole seconds (15 minutes by default).
    pub link_lifetime: Duration,
    /// Flex calls allowed in an hour before 429; no limit where it is not set.
    pub calls_per_hour: Option<u64>,
    /// How long that hour is (an hour by default).
    pub hour: Duration,
    /// Adds a website, a document, segments and assets whose names attack a terminal, and entries of
    /// the wrong type in every list. With it the answers break the contracts on purpose.
    pub hostile: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            websites: None,
            documents: None,
            segments: None,
            assets: None,
            localised: false,
            latency: Duration::ZERO,
            seed: 1,
            record: false,
            list_shape: ListShape::Envelope,
            token_lifetime: None,
            expired_as: 401,
            link_lifetime: Duration::from_mins(15),
            calls_per_hour: None,
            hour: Duration::from_hours(1),
            hostile: false,
        }
    }
}

/// A running demo. Dropping it closes its listeners; [`Demo::stop`] waits for requests under way.
#[derive(Debug)]
pub struct Demo {
    world: Arc<World>,
    stopping: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

/// Starts the demo. Fails where the port is taken or loopback cannot be listened on.
pub async fn serve(options: Options) -> io::Result<Demo> {
    let api = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let storage = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let api_url = format!("http://{}", api.local_addr()?);
    let storage_url = format!("http://{}", storage.local_addr()?);
    let world = Arc::new(World::new(options, api_url, storage_url));
    let (stopping, stopped) = watch::channel(false);
    let servers = vec![
        run(
            api,
            Router::new().fallback(apis).with_state(Arc::clone(&world)),
            stopped.clone(),
        ),
        run(
            storage,
            Router::new()
                .fallback(objects)
                .with_state(Arc::clone(&world)),
            stopped,
        ),
    ];
    Ok(Demo {
        world,
        stopping,
        servers,
    })
}

fn run(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<Handle>();
    tokio::spawn(async move {
        // A sender that is gone means stop, too.
        let stop = async move { drop(stopped.wait_for(|stop| *stop).await) };
        if let Err(error) = axum::serve(Wired(listener), service)
            .with_graceful_shutdown(stop)
            .await
        {
            tracing::warn!(%error, "the demo server ended");
        }
    })
}

async fn apis(State(world): State<Arc<World>>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/__demo/") {
        return state::answer(&world, Call::new(request)).await;
    }
    if path == "/api/v1" || path.starts_with("/api/v1/") {
        return faults::through(world, "segmentflow", request, |world, request| async move {
            segmentflow::answer(&world, Call::new(request)).await
        })
        .await;
    }
    faults::through(world, "wordbee", request, |world, request| async move {
        wordbee::answer(&world, Call::new(request)).await
    })
    .await
}

async fn objects(State(world): State<Arc<World>>, request: Request) -> Response {
    if request.uri().path().starts_with("/__demo/") {
        return state::answer(&world, Call::new(request)).await;
    }
    faults::through(world, "storage", request, |world, request| async move {
        storage::respond(&world, request).await
    })
    .await
}

impl Demo {
    /// Base address of the websites' service, without a slash at the end.
    pub fn segmentflow_url(&self) -> &str {
        &self.world.api
    }

    /// Base address of the documents' service: the same listener.
    pub fn wordbee_url(&self) -> &str {
        &self.world.api
    }

    /// Origin of the storage behind presigned addresses.
    pub fn storage_url(&self) -> &str {
        &self.world.storage_origin
    }

    /// A settings file with the demo's accounts.
    pub fn config_toml(&self) -> String {
        let mut text =
            String::from("# Accounts of the demo. Their keys come from the environment.\n");
        for (name, provider) in ACCOUNTS {
            // Writing into a String cannot fail.
            let _ = write!(
                text,
                "\n[[accounts]]\nname = \"{name}\"\nprovider = \"{provider}\"\nbase_url = \"{}\"\n",
                self.world.api
            );
            if provider == "wordbee" {
                let _ = writeln!(text, "account_id = \"{ACCOUNT_ID}\"");
                if let Some(calls) = self.world.options.calls_per_hour {
                    let hour = self.world.options.hour.as_secs();
                    let _ = writeln!(text, "allowance = \"{calls}/{hour}s\"");
                }
            }
        }
        text
    }

    /// The variables that hold the accounts' keys.
    pub fn env(&self) -> Vec<(String, String)> {
        let variable = |account: &str| {
            let upper = account.to_ascii_uppercase();
            let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
            format!(
                "ASSETDECK_KEY_{}",
                upper.chars().map(safe).collect::<String>()
            )
        };
        ACCOUNTS
            .iter()
            .map(|(name, _)| (variable(name), self.world.key(name)))
            .collect()
    }

    /// The line that `demo --serve` prints; `config` is where [`Demo::config_toml`] was written to.
    pub fn ready_json(&self, config: &Path) -> Value {
        let env: Map<String, Value> = self
            .env()
            .into_iter()
            .map(|(name, key)| (name, key.into()))
            .collect();
        json!({
            "segmentflow": { "base_url": self.world.api, "api_key": self.world.key("acme-web") },
            "wordbee": {
                "base_url": self.world.api,
                "account_id": ACCOUNT_ID,
                "api_key": self.world.key("acme-loc"),
            },
            "config": config.to_string_lossy(),
            "env": env,
        })
    }

    /// What `GET /__demo/state` answers.
    pub fn state(&self) -> Value {
        state::state(&self.world)
    }

    /// The exchanges so far, where they are kept.
    pub fn exchanges(&self) -> Vec<Exchange> {
        held(&self.world.exchanges).clone()
    }

    /// Ends every Flex token at once, as half an hour of silence would.
    pub fn expire_tokens(&self) {
        faults::expire(&self.world, What::Tokens);
    }

    /// Ends every presigned address given out so far.
    pub fn expire_links(&self) {
        faults::expire(&self.world, What::Links);
    }

    /// What `POST /__demo/faults` does: replaces the script of faults by this list; an empty one
    /// clears. Where an entry is wrong nothing changes, and the error says which and why.
    pub fn faults(&self, script: Value) -> Result<(), String> {
        self.world.faults.arm(script)
    }

    /// Stops listening and waits up to two seconds for requests under way.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        self.world.faults.stop();
        for server in std::mem::take(&mut self.servers) {
            let abort = server.abort_handle();
            if tokio::time::timeout(GRACE, server).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.world.faults.stop();
        for server in &self.servers {
            server.abort();
        }
    }
}

/// Small real files that a user of the demo can upload: name and bytes. None of them is in the
/// world at the start.
pub fn sample_files() -> &'static [(&'static str, &'static [u8])] {
    seed::files::UPLOADS
}
