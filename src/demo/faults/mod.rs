//! The demo misbehaving as told: which faults there are, which requests they meet, how often.
//!
//! Described for users in `CONTRIBUTING.md`, "Faults of the demo server".

mod fault;
mod place;
mod run;
mod shape;
mod wire;

pub use fault::What;
pub use run::through;
pub use wire::{Handle, Wired};

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::store::{World, held};
use fault::Fault;
use place::Place;

/// What faults do to the thing that a request stores.
#[derive(Clone, Debug, Default)]
pub struct Quirks {
    /// So many bytes at the end are not stored.
    pub shorter_by: u64,
    /// Lists show a size that is smaller by so many bytes.
    pub listed_smaller_by: i64,
    /// So many lists leave it out.
    pub lists: u64,
}

/// One line of the script.
#[derive(Debug)]
struct Rule {
    /// As it was told.
    told: Value,
    place: Place,
    fault: Fault,
    /// How many matching requests it still lets pass.
    skip: u64,
    /// How often it will still fire; none is for ever.
    left: Option<u64>,
    fired: u64,
}

impl Rule {
    fn read(told: Value) -> Result<Self, String> {
        let Value::Object(mut rest) = told.clone() else {
            return Err("must be an object".into());
        };
        let place = Place::take(&mut rest)?;
        let skip = match rest.remove("skip") {
            None => 0,
            Some(skip) => skip.as_u64().ok_or("skip: a whole number")?,
        };
        let left = match rest.remove("times") {
            None => Some(1),
            Some(Value::String(word)) if word == "always" => None,
            Some(times) => Some(
                times
                    .as_u64()
                    .filter(|times| *times > 0)
                    .ok_or("times: a whole number from 1, or \"always\"")?,
            ),
        };
        let fault: Fault =
            serde_json::from_value(Value::Object(rest)).map_err(|error| error.to_string())?;
        fault.sound()?;
        Ok(Self {
            told,
            place,
            fault,
            skip,
            left,
            fired: 0,
        })
    }

    fn show(&self) -> Value {
        let mut shown = self.told.clone();
        shown["left"] = self.left.map_or_else(|| "always".into(), Value::from);
        shown["skip"] = self.skip.into();
        shown["fired"] = self.fired.into();
        shown
    }
}

#[derive(Debug, Default)]
struct Script {
    rules: Vec<Rule>,
    fired: BTreeMap<&'static str, u64>,
}

/// The faults that are armed, and how often each fired.
#[derive(Debug)]
pub struct Faults {
    script: Mutex<Script>,
    /// Changes whenever waits under way must end; true for good once the demo stops.
    released: watch::Sender<bool>,
    /// How many waits are under way.
    waiting: Arc<AtomicU64>,
}

/// A wait under way; counted until it is over or its request was given up.
struct Wait(Arc<AtomicU64>);

impl Wait {
    fn begin(waiting: Arc<AtomicU64>) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Faults {
    /// Nothing armed.
    pub fn new() -> Self {
        Self {
            script: Mutex::default(),
            released: watch::Sender::new(false),
            waiting: Arc::default(),
        }
    }

    /// Replaces the script by this list (or single fault) and ends waits under way. Where one entry is
    /// wrong nothing changes, and the text says which and why.
    pub fn arm(&self, told: Value) -> Result<(), String> {
        let list = match told {
            Value::Array(list) => list,
            single => vec![single],
        };
        let rules: Result<Vec<Rule>, String> = list
            .into_iter()
            .enumerate()
            .map(|(n, told)| Rule::read(told).map_err(|why| format!("fault {n}: {why}")))
            .collect();
        let rules = rules?;
        let mut script = held(&self.script);
        script.rules = rules;
        // Under the lock: a fault that was due before has to hear of it, one that is due after must not.
        self.released.send_modify(|_| {});
        Ok(())
    }

    /// Ends waits under way, and those to come.
    pub fn stop(&self) {
        self.released.send_replace(true);
    }

    /// What is armed, and how often each kind fired since the start.
    pub fn armed(&self) -> Value {
        let script = held(&self.script);
        let armed = script.rules.iter().filter(|rule| rule.left != Some(0));
        json!({
            "armed": armed.map(Rule::show).collect::<Vec<_>>(),
            "fired": script.fired,
            "waiting": self.waiting(),
        })
    }

    /// The whole script with what is used up, and how often each kind fired since the start.
    pub fn state(&self) -> Value {
        let script = held(&self.script);
        json!({
            "script": script.rules.iter().map(Rule::show).collect::<Vec<_>>(),
            "fired": script.fired,
            "waiting": self.waiting(),
        })
    }

    /// How many requests stand still at this moment: who waits for it knows that a delay, a stall or
    /// a dropped answer has come as far as it was told to.
    fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// The faults that meet this request, which count as fired, and what ends their waits.
    fn due(&self, origin: &str, method: &Method, path: &str) -> (Vec<Fault>, Release) {
        let mut script = held(&self.script);
        let release = Release {
            released: self.released.subscribe(),
            waiting: Arc::clone(&self.waiting),
        };
        let Script { rules, fired } = &mut *script;
        let mut due = Vec::new();
        for rule in rules.iter_mut() {
            if rule.left == Some(0) || !rule.place.holds(origin, method, path) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.left = rule.left.map(|left| left - 1);
            rule.fired += 1;
            *fired.entry(rule.fault.kind()).or_default() += 1;
            due.push(rule.fault.clone());
            if !rule.fault.goes_on() {
                break;
            }
        }
        (due, release)
    }
}

/// Ends the waits of the faults that met one request: when the script changes that they stood in, or
/// the demo stops. It listens from when they were due, since much may come before a wait.
struct Release {
    released: watch::Receiver<bool>,
    waiting: Arc<AtomicU64>,
}

impl Release {
    /// Waits so long at the most.
    fn wait(&self, ms: u64) -> impl Future<Output = ()> + Send + use<> {
        let mut released = self.released.clone();
        let waiting = Arc::clone(&self.waiting);
        async move {
            if *released.borrow() {
                return;
            }
            let _wait = Wait::begin(waiting);
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(ms)) => {}
                _ = released.changed() => {}
            }
        }
    }
}

/// Ends links, tokens or both at once.
pub fn expire(world: &World, what: What) {
    if matches!(what, What::Tokens | What::All) {
        held(&world.flex).tokens.clear();
    }
    if matches!(what, What::Uploads | What::All) {
        held(&world.flex).uploads.clear();
    }
    if matches!(what, What::Links | What::All) {
        let given: Vec<String> = held(&world.library).issued.keys().cloned().collect();
        held(&world.storage).lapsed.extend(given);
    }
}
