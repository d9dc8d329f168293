//! An account: what the settings say of it, and how it becomes a connected provider.

use std::sync::Arc;

use async_trait::async_trait;

use super::{ApiError, Guard, Network, Provider, ProviderSpec};
use crate::domain::{AccountName, Allowance, Colour, Keeping, Secret};

/// What an adapter needs to connect, beside the key. Checked by the adapter, not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSettings {
    pub name: AccountName,
    /// The provider's word in the settings.
    pub provider: String,
    pub base_url: Option<String>,
    pub account_id: Option<String>,
    /// Ids and names of containers that the service cannot list by itself.
    pub containers: Vec<(String, String)>,
    /// The same for all accounts.
    pub network: Arc<Network>,
}

/// What is known of an account before it is connected.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountInfo {
    pub name: AccountName,
    pub spec: &'static ProviderSpec,
    pub base_url: String,
    /// What the service calls it, where that stands in the settings.
    pub account_id: Option<String>,
    pub guard: Guard,
    /// Of its name on the screen, where the settings say one.
    pub colour: Option<Colour>,
    /// What the service allows it, if that is known.
    pub allowance: Option<Allowance>,
}

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// This environment variable.
    Environment(String),
    /// The account's own command, which begins with this program.
    Command(String),
    /// A store that outlives the session, and where it is, for people.
    Store(Keeping, String),
    /// Typed in, kept for this session only.
    Session,
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "environment ({name})"),
            Self::Command(program) => {
                write!(f, "command ({})", crate::domain::SafeText::name(program))
            }
            Self::Store(_, place) => f.write_str(place),
            Self::Session => f.write_str("this session only"),
        }
    }
}

/// Which key is in use, and why it is that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReport {
    pub source: KeySource,
    /// Why a better place was not used, in one sentence.
    pub note: Option<String>,
}

/// What the user typed.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyEntry {
    /// A key, and where to keep it; when that fails, the session goes on with it all the same.
    Key {
        key: Secret,
        keeping: Keeping,
        /// What seals it, where it goes into a file.
        passphrase: Option<Secret>,
    },
    /// What opens the file that the key is in.
    Passphrase(Secret),
    /// Nothing: the key that is kept may go to the account's address, though it went to another one so
    /// far.
    Confirmed,
}

/// A ready account.
#[derive(Debug, Clone)]
pub struct Connected {
    pub provider: Arc<dyn Provider>,
    pub key: KeyReport,
}

/// Why an account is not ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No place has a key: ask for it. The reason names each place that was looked at.
    #[error("{reason}")]
    NoKey { reason: String },
    /// The key is in a file that wants its passphrase: ask for it.
    #[error("{reason}")]
    Sealed { reason: String },
    /// There is a key, and the account's address is another than it was used for: it was not sent.
    #[error("{reason}")]
    Moved {
        reason: String,
        /// Service and origin that it was used for last.
        before: String,
        /// Those of the settings.
        now: String,
    },
    /// The settings or the key cannot be used.
    #[error("{0}")]
    Settings(String),
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Makes accounts ready; the screen calls it, the composition root implements it.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Every account of the settings, in their order.
    fn accounts(&self) -> Vec<AccountInfo>;

    /// Finds the key (or takes the one given) and builds the provider. Makes no call to the service.
    async fn connect(
        &self,
        account: &AccountName,
        entry: Option<KeyEntry>,
    ) -> Result<Connected, ConnectError>;

    /// The user typed the name of a protected account: from now on it may be changed.
    fn consent(&self, account: &AccountName) {
        let _ = account;
    }
}
