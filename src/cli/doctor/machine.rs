//! This machine: settings, folders, the queue of transfers, the keyring.

use std::path::Path;

use super::{Check, shown};
use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::cli::session::network::proxy_variable;
use crate::config::credentials::{CredentialStore as _, KeyOwner, StoreError, UNLOCK};
use crate::config::dirs::{Dirs, NoHome, create_private};
use crate::config::keyring::Keyring;
use crate::config::{Env, Settings};
use crate::domain::{AccountName, Keeping, Secret, file_words, size_words};
use crate::index::{Index, Standing};
use crate::transfer::Transfers;

const OF: &str = "machine";

/// The account that the test entry of the keyring is filed under. Its name can be no account's, since
/// it has a space.
const NOBODY: &str = "doctor's test";

pub fn settings(settings: Result<&Settings, &Failure>) -> Check {
    const NAME: &str = "settings";
    match settings {
        Err(failure) => Check::broken(OF, NAME, failure.message.clone())
            .advice("Mend that line; `assetdeck config check` looks again."),
        Ok(settings) => {
            let file = shown(&settings.file.to_string_lossy());
            match (settings.found, settings.accounts.len()) {
                (false, _) => Check::limited(OF, NAME, format!("there is no {file} yet"))
                    .advice("`assetdeck config init` writes one; `assetdeck demo` needs none."),
                (true, 0) => Check::limited(OF, NAME, format!("{file} holds no account"))
                    .advice("Write one into it, as in config.example.toml."),
                (true, many) => Check::works(OF, NAME, format!("{file}, accounts: {many}")),
            }
        }
    }
}

/// What the settings or the environment say of the way out; nothing where they say nothing.
pub fn network(session: &Session, env: &Env) -> Option<Check> {
    const NAME: &str = "network";
    let network = session.network();
    let mut found = Vec::new();
    if let Some(proxy) = &network.proxy {
        found.push(format!(
            "the proxy {} of [network]",
            shown(proxy.address.as_str())
        ));
    } else if let Some(variable) = proxy_variable(env) {
        found.push(format!("the proxy of {variable}"));
    }
    match network.trusted() {
        0 => {}
        1 => found.push("1 certificate trusted beside the system's".to_owned()),
        many => found.push(format!("{many} certificates trusted beside the system's")),
    }
    (!found.is_empty()).then(|| Check::works(OF, NAME, found.join(", ")))
}

pub fn folders(env: &Env) -> Vec<Check> {
    let Ok(dirs) = Dirs::locate(env) else {
        return vec![
            Check::broken(OF, "folders", NoHome.to_string())
                .advice("Set HOME to a folder of yours."),
        ];
    };
    vec![
        folder(
            "state folder",
            &dirs.state,
            "transfers are kept there, and nothing can be sent without",
        ),
        folder(
            "cache folder",
            &dirs.cache,
            "what was listed is not kept for the next start",
        ),
        folder(
            "temporary folder",
            &std::env::temp_dir(),
            "pictures and moves need it",
        ),
    ]
}

/// What was listed before. Nothing needs it.
pub fn index(env: &Env) -> Option<Check> {
    const NAME: &str = "index";
    let dirs = Dirs::locate(env).ok()?;
    let at = shown(&dirs.cache.to_string_lossy());
    Some(match Index::examine(&dirs.cache) {
        Ok(Standing::None) => Check::works(OF, NAME, "nothing was listed yet"),
        Ok(Standing::Ours(bytes)) => {
            let size = size_words(bytes);
            Check::works(
                OF,
                NAME,
                format!("{size} in {at}; it may be deleted at any time"),
            )
        }
        Ok(Standing::Foreign) => {
            Check::limited(OF, NAME, format!("the file in {at} is no index of ours"))
                .advice("The next start sets it aside and begins anew.")
        }
        Ok(Standing::Damaged) => Check::limited(OF, NAME, format!("the file in {at} is damaged"))
            .advice("What meets that sets it aside; the lists are kept again with the next look."),
        Err(error) => Check::limited(OF, NAME, format!("{at} cannot be read: {error}"))
            .advice("What was listed is not kept; all else works."),
    })
}

/// Really makes and removes a file.
fn folder(name: &'static str, path: &Path, why: &str) -> Check {
    let at = shown(&path.to_string_lossy());
    let made = if path.is_dir() {
        Ok(())
    } else {
        create_private(path)
    };
    let wrote = made.and_then(|()| {
        tempfile::NamedTempFile::new_in(path).and_then(|mut file| {
            use std::io::Write as _;
            file.write_all(b"a test")?;
            file.as_file().sync_all()
        })
    });
    match wrote {
        Ok(()) => Check::works(OF, name, format!("{at} can be written")),
        Err(error) => Check::broken(OF, name, format!("{at} cannot be written: {error}; {why}")).advice(
            match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                    "Make room on that disk.".to_owned()
                }
                _ => format!("Make {at} a folder of yours (chown, chmod u+rwx), or set XDG_STATE_HOME, XDG_CACHE_HOME or TMPDIR to another."),
            },
        ),
    }
}

pub fn journal(env: &Env) -> Check {
    const NAME: &str = "transfers";
    let Ok(dirs) = Dirs::locate(env) else {
        return Check::broken(OF, NAME, NoHome.to_string())
            .advice("Set HOME to a folder of yours.");
    };
    match Transfers::look(&dirs.state) {
        Err(error) => Check::broken(OF, NAME, error.to_string())
            .advice("What the folder's check above says comes first; then start assetdeck again."),
        Ok(standing) => {
            let open = standing
                .jobs
                .iter()
                .filter(|job| !job.state.is_over())
                .count();
            match standing.note {
                Some(note) => Check::limited(OF, NAME, note)
                    .advice("`assetdeck transfers` lists what is there."),
                None if standing.closed => {
                    Check::limited(OF, NAME, "all are paused, and so is what is added")
                        .advice("`assetdeck transfers resume` goes on.")
                }
                None if open > 0 => {
                    Check::limited(OF, NAME, format!("{} not finished", file_words(open)))
                        .advice("`assetdeck transfers resume` goes on with them.")
                }
                None => Check::works(OF, NAME, "the queue can be read, and nothing waits in it"),
            }
        }
    }
}

/// Really writes, reads and removes an entry; else what the store is called and why it could not.
async fn tried(store: &Keyring) -> Result<(), StoreError> {
    let nameless = || StoreError::Failed(shown("the test entry has no name or content"));
    let account = AccountName::new(NOBODY).ok_or_else(nameless)?;
    // Two doctors at once must not take each other's entry for theirs.
    let process = std::process::id();
    let owner = KeyOwner::new(account, &format!("https://doctor-{process}.invalid"));
    let secret = Secret::new(format!("a test of {process}"));
    // `save` reads it back by a connection of its own.
    store.save(&owner, &secret.map_err(|_| nameless())?).await?;
    store.remove(&owner).await.map(drop)
}

fn keeps(name: &'static str, store: &Keyring) -> Check {
    let found = format!("{} keeps, gives and removes an entry", store.name());
    Check::works(OF, name, found)
}

/// The keyring of the system.
pub async fn keyring() -> Check {
    const NAME: &str = "keyring";
    const ELSE: &str = "keep keys elsewhere (`assetdeck login --help` at --store), or give them by \
                        ASSETDECK_KEY_<NAME> or credential_command.";
    let store = Keyring::system();
    let Err(why) = tried(&store).await else {
        return keeps(NAME, &store);
    };
    let found = format!("{}: {why}", store.name());
    match why {
        StoreError::NoService => Check::limited(OF, NAME, found).advice(format!(
            "Start a session with D-Bus and gnome-keyring or KWallet (on a server: `dbus-run-session`), or {ELSE}"
        )),
        StoreError::Locked => Check::limited(OF, NAME, found).advice(format!("{UNLOCK} Or {ELSE}")),
        StoreError::Silent => Check::broken(OF, NAME, found).advice(format!(
            "Look for a window that asks for its password; else restart the session's bus or unset \
             DBUS_SESSION_BUS_ADDRESS, or {ELSE}"
        )),
        _ => Check::broken(OF, NAME, found)
            .advice(format!("Look at the keyring with its own program, or {ELSE}")),
    }
}

/// The kernel's store, where there is one.
pub async fn kernel() -> Option<Check> {
    const NAME: &str = "until reboot";
    if !Keeping::HERE.contains(&Keeping::UntilReboot) {
        return None;
    }
    let store = Keyring::kernel();
    Some(match tried(&store).await {
        Ok(()) => keeps(NAME, &store),
        Err(why) => Check::limited(OF, NAME, format!("{}: {why}", store.name())).advice(
            "Keep keys in an encrypted file (`login --store encrypted-file`), or log in to the machine anew.",
        ),
    })
}
