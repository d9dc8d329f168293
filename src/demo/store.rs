//! Everything the demo keeps: the seeded world, and beside it only what was changed since.
//!
//! Seeded assets are computed when they are asked for; a change copies one out of the seed into a
//! map. So 200,000 assets cost no memory until somebody touches them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;

use super::Options;
use super::blob::Blob;
use super::faults::Faults;
use super::record::Exchange;
use super::seed::Seed;
use super::seed::files::Shelf;
use super::seed::flex::{self, Document, FlexAsset};
use super::seed::hostile;
use super::seed::web::{Web, WebAsset};
use super::sign::Signer;

/// Platform code of the documents' service.
pub const ACCOUNT_ID: &str = "acme";
/// The storage's one bucket.
pub const BUCKET: &str = "acme-assets";

/// The server's whole state. Every lock is held for plain computing only.
#[derive(Debug)]
pub struct World {
    /// What it was started with.
    pub options: Options,
    /// The number everything seeded follows from.
    pub seed: Seed,
    /// The made files.
    pub made: Shelf,
    /// Address of the listener with both APIs, without a slash at the end.
    pub api: String,
    /// Address of the storage's listener, without a slash at the end.
    pub storage_origin: String,
    /// Websites, templates and seeded assets.
    pub web: Web,
    /// Documents, in the order of the list.
    pub documents: Vec<Document>,
    /// The storage's key pair.
    pub signer: Signer,
    /// What changed on the websites' side.
    pub library: Mutex<Library>,
    /// What changed on the documents' side.
    pub flex: Mutex<Flex>,
    /// Objects put to the storage.
    pub storage: Mutex<Storage>,
    /// Kept exchanges, when asked to.
    pub exchanges: Mutex<Vec<Exchange>>,
    /// What it was told to do wrong.
    pub faults: Faults,
}

/// Changes to the assets of websites. A number without an entry is as seeded.
#[derive(Debug, Default)]
pub struct Library {
    /// None where an asset was deleted.
    pub touched: BTreeMap<u64, Option<WebAsset>>,
    /// The highest number given out.
    pub last: u64,
    /// Storage keys given out, with the type and size they were asked for.
    pub issued: HashMap<String, (String, u64)>,
    /// How many keys were given out.
    pub issued_count: u64,
    /// Calls that reached the API.
    pub calls: u64,
}

/// Changes on the documents' side, its sessions and its operations.
#[derive(Debug, Default)]
pub struct Flex {
    /// Assets of touched segments by document and segment id.
    pub touched: HashMap<(u64, u64), Vec<FlexAsset>>,
    /// Live sessions.
    pub tokens: HashMap<String, Session>,
    /// How many tokens were given out.
    pub logins: u64,
    /// Sign-ins with a wrong key or account.
    pub refused_logins: u64,
    /// Calls with a token that is missing, wrong or lapsed.
    pub refused_tokens: u64,
    /// Uploaded files that nobody attached yet.
    pub uploads: HashMap<String, (String, Blob)>,
    /// How many file tokens were given out.
    pub upload_count: u64,
    /// Running operations.
    pub operations: HashMap<u64, Operation>,
    /// How many operations were started.
    pub operation_count: u64,
    /// Extractions that can be fetched.
    pub pulls: HashMap<String, Pull>,
    /// Polls that came less than five seconds after the one before.
    pub poll_violations: u64,
    /// Calls that count against the allowance.
    pub calls: u64,
    /// Calls that were refused because it was used up.
    pub throttled: u64,
    /// When the current hour of the allowance began, and its calls.
    pub hour: Option<(Instant, u64)>,
}

/// Who a token belongs to, and when it was last used.
#[derive(Debug)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// Monotonic.
    pub used: Instant,
}

/// The two users of the documents' service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// Sees and may do everything.
    Manager,
    /// Sees the documents of his jobs and may change nothing.
    Worker,
}

/// A pull that was not over at once.
#[derive(Debug)]
pub struct Operation {
    /// How often it was asked about.
    pub polls: u64,
    /// When it was last asked about, or started.
    pub last: Instant,
    /// What it extracts.
    pub pull: Pull,
}

/// What to extract: computed again when fetched, so a large one costs no memory.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Index of the document.
    pub document: usize,
    /// Places of the segments in it.
    pub places: Vec<u64>,
}

/// Objects put through presigned addresses, by key.
#[derive(Debug, Default)]
pub struct Storage {
    /// The objects.
    pub objects: BTreeMap<String, Object>,
    /// Keys whose seeded object was deleted.
    pub gone: HashSet<String>,
    /// Keys whose presigned address was ended before its time.
    pub lapsed: HashSet<String>,
    /// How many requests were refused, by S3's code.
    pub refused: BTreeMap<String, u64>,
}

/// One object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its bytes.
    pub blob: Blob,
    /// The type it was put with.
    pub content_type: String,
    /// When it was put.
    pub modified: Timestamp,
}

/// A lock that a panicking request does not take from the others.
pub fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// Makes the world of these options, served at these addresses.
    pub fn new(options: Options, api: String, storage_origin: String) -> Self {
        let seed = Seed(options.seed);
        let made = Shelf::new();
        let mut web = Web::new(seed, &made, options.websites, options.assets);
        if options.hostile {
            hostile::website(seed, &made, &mut web);
        }
        let (documents, attached) = flex::world(
            seed,
            &made,
            options.documents,
            options.segments,
            options.assets,
            options.localised,
            options.hostile,
        );
        let mut library = Library {
            last: web.bulk,
            ..Library::default()
        };
        for asset in std::mem::take(&mut web.written) {
            library.last = library.last.max(asset.sequence);
            library.touched.insert(asset.sequence, Some(asset));
        }
        let mut flex = Flex::default();
        for (document, segment, asset) in attached {
            flex.touched
                .entry((document, segment))
                .or_default()
                .push(asset);
        }
        let signer = Signer {
            key_id: format!("AKDEMO{}", &seed.hex("storage id", 0)[..14].to_uppercase()),
            secret: seed.hex("storage secret", 0),
            region: "eu-central-1".into(),
        };
        Self {
            options,
            seed,
            made,
            api,
            storage_origin,
            web,
            documents,
            signer,
            library: Mutex::new(library),
            flex: Mutex::new(flex),
            storage: Mutex::default(),
            exchanges: Mutex::default(),
            faults: Faults::new(),
        }
    }

    /// The key of an account of the demo, by the account's name.
    pub fn key(&self, account: &str) -> String {
        if account.ends_with("-web") {
            format!("sk_live_{}", self.seed.hex(account, 0))
        } else {
            self.seed.hex(account, 0)
        }
    }

    /// The address at which the storage gives out an object.
    pub fn object_url(&self, key: &str) -> String {
        let path = super::sign::encode_path(&format!("/{BUCKET}/{key}"));
        format!("{}{path}", self.storage_origin)
    }

    /// The organization of the websites' service.
    pub fn organization(&self) -> String {
        self.seed.uuid("organization", 0)
    }

    /// The asset of a website with this number, if there is one.
    pub fn web_asset(&self, library: &Library, sequence: u64) -> Option<WebAsset> {
        match library.touched.get(&sequence) {
            Some(changed) => changed.clone(),
            None if (1..=self.web.bulk).contains(&sequence) => {
                Some(self.web.computed(self.seed, &self.made, sequence))
            }
            None => None,
        }
    }

    /// How many assets the websites' service holds.
    pub fn web_count(&self, library: &Library) -> u64 {
        let touched_seeded = library.touched.range(..=self.web.bulk).count() as u64;
        let alive = library.touched.values().flatten().count() as u64;
        self.web.bulk - touched_seeded + alive
    }

    /// The assets of a segment at its place in a document.
    pub fn flex_assets(&self, flex: &Flex, document: &Document, place: u64) -> Vec<FlexAsset> {
        let key = (document.did, document.first_sid + place);
        match flex.touched.get(&key) {
            Some(list) => list.clone(),
            None => document.bulk_assets(self.seed, &self.made, place),
        }
    }

    /// How many assets the documents' service holds.
    pub fn flex_count(&self, flex: &Flex) -> u64 {
        let computed: u64 = self.documents.iter().map(|document| document.bulk).sum();
        let mut count = computed;
        for ((did, sid), list) in &flex.touched {
            let document = self.documents.iter().find(|document| document.did == *did);
            let seeded = document
                .and_then(|document| Some(document.bulk_at(document.place(*sid)?)))
                .unwrap_or(0);
            count = count + list.len() as u64 - seeded;
        }
        count
    }

    /// An object of the storage: put, or seeded.
    pub fn object(&self, key: &str) -> Option<Object> {
        {
            let storage = held(&self.storage);
            if let Some(object) = storage.objects.get(key) {
                return Some(object.clone());
            }
            if storage.gone.contains(key) {
                return None;
            }
        }
        let id = key.strip_prefix("library/")?.split('/').next()?;
        let sequence = self.seed.asset_number(id)?;
        let asset = self.web_asset(&held(&self.library), sequence)?;
        (asset.key == key).then(|| Object {
            content_type: asset.content_type.clone(),
            modified: asset.created,
            blob: asset.blob,
        })
    }
}
