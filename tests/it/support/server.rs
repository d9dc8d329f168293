//! The embedded server for one test: a free port, everything recorded, and every exchange judged by
//! the contracts when the test is over.

use assetdeck::demo::{Demo, Options, serve};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};

use super::contract::{Contracts, Exchange, Origin, Scope};
use super::home::Home;

/// A running world of its own. Dropping it fails the test when an exchange broke a contract.
pub struct Server {
    demo: Demo,
    /// Carries the server on threads of its own; after `demo`, so that it outlives it.
    _runtime: Runtime,
    scope: Scope,
}

impl Server {
    /// The world as users of the demo see it.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// A world with some options changed.
    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            record: true,
            ..Options::default()
        };
        change(&mut options);
        // A hostile world breaks the contracts in its answers on purpose.
        let scope = if options.hostile {
            Scope::Requests
        } else {
            Scope::Both
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let demo = runtime.block_on(serve(options)).expect("the demo listens");
        Self {
            demo,
            _runtime: runtime,
            scope,
        }
    }

    /// Judges only a part of each exchange.
    pub fn judged(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// The running demo, for what only some tests ask of it.
    pub fn demo(&self) -> &Demo {
        &self.demo
    }

    /// Where both services are, as the settings name it.
    pub fn origin(&self) -> String {
        let url = self.demo.segmentflow_url();
        url.trim_end_matches('/').to_owned()
    }

    /// A home with the demo's settings and, in its environment, the keys.
    pub fn home(&self) -> Home {
        let mut home = Home::new();
        // A record that a test hides is hidden for good: looking for it for seconds only takes them.
        home.write_config(&format!(
            "{}\n[transfers]\nlisted_within = 0\n",
            self.demo.config_toml()
        ));
        for (name, value) in self.demo.env() {
            home.set(&name, &value);
        }
        home
    }

    /// Replaces the script of faults.
    #[track_caller]
    pub fn faults(&self, script: Value) {
        self.demo.faults(script).expect("a script of faults");
    }

    /// Whether a request stands still where a fault told it to.
    pub fn holds_one(&self) -> bool {
        self.state()["faults"]["waiting"] != 0
    }

    /// What the services hold, seen behind the client's back.
    pub fn state(&self) -> Value {
        self.demo.state()
    }

    /// What the services hold, without the counts of calls and tokens.
    pub fn holdings(&self) -> Value {
        let state = self.state();
        serde_json::json!([
            state["segmentflow"]["assets"],
            state["segmentflow"]["counts"],
            state["wordbee"]["assets"],
            state["wordbee"]["counts"]["waitingUploads"],
            state["storage"],
        ])
    }

    /// The stored assets of both services with this file name.
    pub fn stored(&self, name: &str) -> Vec<Value> {
        let state = self.state();
        ["segmentflow", "wordbee"]
            .into_iter()
            .flat_map(|service| state[service]["assets"].as_array().expect("a list").clone())
            .filter(|asset| asset["filename"] == name || asset["fileName"] == name)
            .collect()
    }

    /// Every way in which the exchanges so far broke the contracts.
    pub fn violations(&self) -> Vec<String> {
        let exchanges = self.demo.exchanges().into_iter();
        let exchanges = exchanges.filter(|it| !is_probe(it));
        let exchanges: Vec<Exchange> = exchanges.map(exchange).collect();
        let mut found = Contracts::load().violations(&exchanges, self.scope);
        let polls = &self.state()["wordbee"]["pollViolations"];
        if *polls != 0 {
            found.push(format!(
                "{polls} polls came sooner than the contract allows"
            ));
        }
        found
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let found = self.violations();
            assert!(
                found.is_empty(),
                "the contracts were broken:\n{}",
                found.join("\n")
            );
        }
    }
}

/// The doctor's look at the address itself, which is no call of either interface and carries no key.
fn is_probe(recorded: &assetdeck::demo::Exchange) -> bool {
    let keyed = [
        "x-api-key",
        "x-auth-token",
        "x-auth-accountid",
        "authorization",
    ];
    let mut headers = recorded.request_headers.iter();
    recorded.method == "GET"
        && recorded.path == "/"
        && !headers.any(|(name, _)| keyed.contains(&name.to_lowercase().as_str()))
}

fn exchange(recorded: assetdeck::demo::Exchange) -> Exchange {
    Exchange {
        origin: match recorded.origin.as_str() {
            "segmentflow" => Origin::SegmentFlow,
            "wordbee" => Origin::Wordbee,
            "storage" => Origin::Storage,
            other => panic!("unknown origin {other}"),
        },
        method: recorded.method,
        path: recorded.path,
        query: recorded.query,
        request_headers: recorded.request_headers,
        request_body: recorded.request_body,
        status: recorded.status,
        response_headers: recorded.response_headers,
        response_body: recorded.response_body,
    }
}

/// The digest as the demo's state shows it.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
