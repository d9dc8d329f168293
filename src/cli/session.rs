//! The composition of settings, keys and adapters into ready accounts, for commands and screen.

mod calls;
mod connect;
mod guard;
pub mod network;
mod operations;
mod usual;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::failure::Failure;
use super::key_command::Programs;
use super::output::Voice;
use super::series::once;
use super::stop::Stop;
use crate::api::{
    AccountInfo, AccountSettings, ConnectError, Consent, Guard, Network, Provider, Waits,
};
use crate::config::bound::Bound;
use crate::config::credentials::{Credentials, KeyOwner, Lookup};
use crate::config::dirs::Dirs;
use crate::config::learned::Learned;
use crate::config::pauses::Pauses;
use crate::config::stores::Stores;
use crate::config::{Account, Env, HOW_TO_BEGIN, Settings};
use crate::domain::{AccountName, Allowance, Looks, Reports, SafeText, Shape, Share, nearest};
use crate::index::{Calls, Index, Standing};
use crate::picture::Preference;
use crate::providers;
use crate::runtime::pace::Pacer;
use crate::transfer::patient::Patient;
use crate::tui::Keymap;

/// How long signing out may take at the end: whoever leaves should not wait.
const FAREWELL: Duration = Duration::from_secs(2);

/// One account of the settings whose fields its provider has accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub settings: AccountSettings,
    pub info: AccountInfo,
}

impl Known {
    fn owner(&self) -> KeyOwner {
        KeyOwner::new(self.info.name.clone(), &self.info.base_url)
    }
}

/// What was listed before, opened with its first use.
#[derive(Debug)]
struct Shelf {
    /// `None` without a home.
    cache: Option<PathBuf>,
    /// The settings say that something is kept.
    keeps: bool,
    open: OnceLock<(Index, Option<String>)>,
}

impl Shelf {
    fn open(&self) -> (Index, Option<String>) {
        let open = || match &self.cache {
            Some(folder) if self.keeps => Index::open(folder),
            Some(folder) => (Index::none(), Index::remove(folder)),
            None => (Index::none(), None),
        };
        self.open.get_or_init(open).clone()
    }
}

/// The accounts, where their keys are, and who has been signed in.
#[derive(Debug)]
pub struct Session {
    settings: Settings,
    accounts: Vec<Known>,
    /// Opened with its first use.
    index: Arc<Shelf>,
    calls: Calls,
    state: Option<PathBuf>,
    /// For `~` in the settings.
    home: Option<PathBuf>,
    credentials: Credentials,
    network: Arc<Network>,
    voice: Voice,
    /// What the command lists can wait for what its service allows.
    can_wait: bool,
    /// Signed out at the end.
    open: Mutex<Vec<Arc<dyn Provider>>>,
    /// Count the calls, of each account once.
    pacers: Mutex<HashMap<AccountName, Arc<Pacer>>>,
    bound: Bound,
    pauses: Pauses,
    learned: Arc<Learned>,
    /// Whose name was given.
    consents: HashMap<AccountName, Consent>,
}

impl Session {
    /// Reads the settings and checks each account with its provider. A missing file is no accounts.
    pub fn open(config: Option<&Path>, env: Env, stores: Stores) -> Result<Self, Failure> {
        let settings = Settings::load(config, &env)?;
        let network = Arc::new(network::network(&settings, &env)?);
        let accounts = settings
            .accounts
            .iter()
            .map(|account| known(&settings, account, &network))
            .collect::<Result<Vec<_>, _>>()?;
        let dirs = Dirs::locate(&env).ok();
        let cache = dirs.as_ref().map(|dirs| dirs.cache.clone());
        let state = dirs.map(|dirs| dirs.state);
        let commands = settings.accounts.iter();
        let commands = commands.filter_map(|account| {
            let words = account.credential_command.clone()?;
            Some((account.name.clone(), words))
        });
        let commands = commands.collect();
        let names = accounts.iter().map(|known| known.info.name.clone());
        Ok(Self {
            bound: Bound::new(state.clone()),
            pauses: Pauses::new(state.clone()),
            learned: Arc::new(Learned::new(state.clone())),
            consents: names.map(|name| (name, Consent::default())).collect(),
            calls: Calls::new(state.clone()),
            state,
            home: env.get("HOME").map(PathBuf::from),
            index: Arc::new(Shelf {
                cache,
                keeps: settings.keep_index,
                open: OnceLock::new(),
            }),
            settings,
            accounts,
            credentials: Credentials::new(env, stores).with_commands(commands, Arc::new(Programs)),
            network,
            voice: Voice::default(),
            can_wait: false,
            open: Mutex::default(),
            pacers: Mutex::default(),
        })
    }

    /// Opens what was listed before, or removes it where the settings say that nothing is kept. Where
    /// that cannot be, the sentence says why; nothing else needs it.
    pub fn index(&self) -> (Index, Option<String>) {
        self.index.open()
    }

    /// What is to be said of damage that was found in the index since it was opened.
    pub fn index_trouble(&self) -> Option<&str> {
        self.index.open.get()?.0.trouble()
    }

    /// From now on there is no index where the file is none of ours: opening it would set it aside.
    pub fn leave_foreign_index(&self) {
        let cache = self.index.cache.as_deref();
        let standing = cache.map(Index::look);
        if !matches!(standing, Some(Ok(Standing::None | Standing::Ours(_)))) {
            let _ = self.index.open.set((Index::none(), None));
        }
    }

    /// What the terminal may be told beside what it shows.
    pub const fn reports(&self) -> Reports {
        self.settings.terminal
    }

    /// The keys as the settings want them.
    pub fn keymap(&self) -> Result<Keymap, Failure> {
        let keymap = Keymap::chosen(&self.settings.keys);
        Ok(keymap.map_err(|error| {
            let line = error.line.unwrap_or(1);
            self.settings.wrong_at(line, error.message)
        })?)
    }

    /// The theme of the settings.
    pub const fn looks(&self) -> Looks {
        self.settings.looks
    }

    /// How the settings want the screen shown.
    pub const fn shape(&self) -> Shape {
        self.settings.shape
    }

    /// What the settings say of pictures.
    pub fn pictures(&self) -> Preference {
        self.settings.pictures
    }

    /// Where what must outlive the session is kept.
    pub fn state_folder(&self) -> Option<&Path> {
        self.state.as_deref()
    }

    /// How many transfers of each account may run side by side.
    pub fn at_once(&self) -> impl Iterator<Item = (&AccountName, usize)> {
        let accounts = self.settings.accounts.iter();
        accounts.map(|account| {
            let count = usize::try_from(account.at_once).unwrap_or(1);
            (&account.name, count)
        })
    }

    /// How long a file is looked for that a service took and does not list yet, where it is set.
    pub fn listed_within(&self) -> Option<Duration> {
        self.settings.sending.listed_within.map(Duration::from_secs)
    }

    /// How to begin, when there is nothing to begin with.
    pub fn how_to_begin(&self) -> Option<String> {
        let file = SafeText::name(&self.settings.file.to_string_lossy());
        if !self.settings.found {
            Some(format!(
                "There is no settings file yet: {file}. `assetdeck config init` writes one. {HOW_TO_BEGIN}"
            ))
        } else if self.accounts.is_empty() {
            Some(format!("{file} holds no account yet. {HOW_TO_BEGIN}"))
        } else {
            None
        }
    }

    /// All accounts, for a command that needs one.
    pub fn all(&self) -> Result<&[Known], Failure> {
        match self.how_to_begin() {
            Some(how) => Err(Failure::usage(how)),
            None => Ok(&self.accounts),
        }
    }

    /// The account of this name, or who else may be meant.
    pub fn known(&self, name: &AccountName) -> Result<&Known, Failure> {
        let all = self.all()?;
        if let Some(known) = all.iter().find(|known| known.info.name == *name) {
            return Ok(known);
        }
        let names = || all.iter().map(|known| known.info.name.as_str());
        let hint = match nearest(name.as_str(), names()) {
            Some(near) => format!("Did you mean {near}?"),
            None => format!(
                "The accounts are {}.",
                names().collect::<Vec<_>>().join(", ")
            ),
        };
        let wanted = SafeText::name(name.as_str());
        Err(Failure::usage(format!("there is no account “{wanted}” in the settings")).hint(hint))
    }

    /// Where an account's key is, without asking anyone.
    pub async fn key_place(&self, known: &Known) -> Lookup {
        let owner = known.owner();
        let looked = self.credentials.find(&owner).await;
        if !matches!(looked, Lookup::Missing { .. }) {
            return looked;
        }
        let before = self.addresses_before(known);
        let stores = &self.credentials.stores;
        match stores.held_elsewhere(&owner, &before).await {
            Some((other, place)) => Lookup::Missing {
                reason: format!(
                    "its address changed to {}, and the key in {place} is for {} only",
                    SafeText::name(&owner.origin),
                    SafeText::name(&other.origin)
                ),
            },
            None => looked,
        }
    }

    /// The variable or the setting that comes before whatever is saved, if there is one.
    pub fn before_the_store(&self, name: &AccountName) -> Option<String> {
        self.credentials.before_the_store(name)
    }

    /// The way out, for all accounts.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The settings themselves.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The places that keep keys, and under which name they would keep this account's.
    pub fn stores(&self, known: &Known) -> (&Stores, KeyOwner) {
        (&self.credentials.stores, known.owner())
    }

    /// Who says what a command waits for.
    pub const fn speak_by(&mut self, voice: Voice) {
        self.voice = voice;
    }

    /// From now on what is listed waits for what its service allows, less what is kept for people.
    pub const fn can_wait(&mut self) {
        self.can_wait = true;
    }

    /// For a command: what it reads may take some tries, and each wait is said.
    pub fn patiently(&self, provider: Arc<dyn Provider>) -> Arc<Patient> {
        let voice = self.voice;
        let mut provider = provider;
        if self.can_wait {
            let say = once(move |held| voice.note(held));
            let waits = Waits::new(Share::Sweeps, move |held| say(held.to_string()));
            provider = provider.paced(waits).unwrap_or(provider);
        }
        Arc::new(Patient::new(provider, move |pause| {
            voice.note(&pause.to_string());
        }))
    }

    /// Signs out wherever somebody signed in, unless nobody wants to wait for it; what is told to the index is on
    /// disk then.
    pub async fn close(&self, stop: &mut Stop) {
        self.give_back();
        let open = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *open)
        };
        let farewells = open.iter().map(|provider| provider.sign_out());
        // Late ones are left behind: their tokens end by themselves.
        tokio::select! {
            _ = futures_util::future::join_all(farewells) => {}
            () = tokio::time::sleep(FAREWELL) => {}
            () = stop.asked() => {}
        }
        // What was changed here is not to be taken for unchanged by whoever comes next.
        if let Some((index, _)) = self.index.open.get() {
            index.settle(FAREWELL);
        }
    }
}

/// Why a command waits, and for how long.
fn known(settings: &Settings, account: &Account, network: &Arc<Network>) -> Result<Known, Failure> {
    let own = AccountSettings {
        name: account.name.clone(),
        provider: account.provider.clone(),
        base_url: account.base_url.clone(),
        account_id: account.account_id.clone(),
        containers: account.websites.clone(),
        network: Arc::clone(network),
    };
    let checked = providers::check_settings(&own).and_then(|()| {
        let nothing = || ConnectError::Settings("its provider is not known".to_owned());
        let spec = providers::spec(&own.provider).ok_or_else(nothing)?;
        let base_url = providers::base_url(&own).ok_or_else(nothing)?;
        let hourly = spec.capabilities.calls_an_hour.map(Allowance::hourly);
        Ok(AccountInfo {
            name: own.name.clone(),
            spec,
            base_url,
            account_id: own.account_id.clone(),
            colour: account.colour,
            allowance: account.allowance.or(hourly),
            guard: match (account.read_only, account.protected) {
                (true, _) => Guard::ReadOnly,
                (false, true) => Guard::Protected,
                (false, false) => Guard::Open,
            },
        })
    });
    match checked {
        Ok(info) => Ok(Known {
            settings: own,
            info,
        }),
        Err(error) => {
            let mut message = error.to_string();
            let words = providers::PROVIDERS.iter().map(|entry| entry.spec.id);
            if providers::spec(&account.provider).is_none()
                && let Some(near) = nearest(&account.provider, words)
            {
                message = format!("{message}; did you mean {near}?");
            }
            Err(settings.problem(account, message).into())
        }
    }
}

#[cfg(test)]
mod tests;
