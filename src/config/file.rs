//! Finding and reading the settings file, and what is said when it cannot be used.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::dirs::Dirs;
use super::listing::{self, Setting};
use super::model::{self, Account, Model, Network, Problem, Sending};
use super::{Env, dirs, themes};
use crate::domain::{KeyChoice, Looks, Reports, SafeText, Shape};
use crate::picture::Preference;

/// A settings file larger than this is some other file.
const MAX_BYTES: u64 = 1024 * 1024;

/// What to do when there is no account in a settings file yet. Holds an example only of what every provider has.
pub const HOW_TO_BEGIN: &str = "Write your accounts into it ([[accounts]] with name, provider and \
base_url, as in config.example.toml), then save a key with `assetdeck login NAME`; \
`assetdeck demo` shows everything without an account.";

/// The settings, and the file they came from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// In the order of the file.
    pub accounts: Vec<Account>,
    /// What the terminal may be told.
    pub terminal: Reports,
    pub shape: Shape,
    pub looks: Looks,
    pub keys: KeyChoice,
    pub sending: Sending,
    pub network: Network,
    pub pictures: Preference,
    /// What was listed is kept on this machine.
    pub keep_index: bool,
    pub file: PathBuf,
    /// `false` when nobody named a file and there is none at the usual place.
    pub found: bool,
    /// As it was read.
    text: String,
}

/// Why the settings cannot be used: one sentence with file, line and the fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// `None` when not even its place is known.
    pub file: Option<PathBuf>,
    /// From 1.
    pub line: Option<usize>,
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", SafeText::name(&file.to_string_lossy()))?;
            if let Some(line) = self.line {
                write!(f, ", line {line}")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{}", SafeText::sentence(&self.message))
    }
}

impl Settings {
    /// Reads the settings: the file of the flag, else of `ASSETDECK_CONFIG`, else the usual one.
    /// Only the last may be missing. Nothing is ever read from the working folder unasked.
    pub fn load(flag: Option<&Path>, env: &Env) -> Result<Self, ConfigError> {
        let (file, must_exist) = named(flag, env)?;
        let failed = |message: String| ConfigError {
            file: Some(file.clone()),
            line: None,
            message,
        };
        let text = match read(&file) {
            Ok(text) => text,
            Err(Unread::Missing) if !must_exist => {
                return Ok(Self {
                    accounts: Vec::new(),
                    terminal: Reports::default(),
                    shape: Shape::default(),
                    looks: Looks::terminal(),
                    keys: KeyChoice::default(),
                    sending: Sending::default(),
                    network: Network::default(),
                    pictures: Preference::default(),
                    keep_index: true,
                    file,
                    found: false,
                    text: String::new(),
                });
            }
            Err(why) => return Err(failed(why.to_string())),
        };
        let Model {
            accounts,
            terminal,
            shape,
            theme,
            keys,
            sending,
            network,
            pictures,
            keep_index,
        } = model::parse(&text).map_err(|Problem { line, message }| ConfigError {
            file: Some(file.clone()),
            line,
            message,
        })?;
        let looks = match theme {
            None => Looks::terminal(),
            Some((name, line)) => {
                let folder = file.parent().unwrap_or(Path::new("."));
                themes::find(&name, folder).map_err(|why| {
                    why.unwrap_or_else(|message| ConfigError {
                        file: Some(file.clone()),
                        line: Some(line),
                        message,
                    })
                })?
            }
        };
        Ok(Self {
            accounts,
            terminal,
            shape,
            looks,
            keys,
            sending,
            network,
            pictures,
            keep_index,
            file,
            found: true,
            text,
        })
    }

    /// Every setting that has a value, and whether the file says it.
    pub fn listing(&self) -> Vec<Setting> {
        listing::settings(&self.text)
    }

    /// An error about what stands on a line.
    pub fn wrong_at(&self, line: usize, message: impl Into<String>) -> ConfigError {
        ConfigError {
            file: Some(self.file.clone()),
            line: Some(line),
            message: message.into(),
        }
    }

    /// An error about one account, with its line.
    pub fn problem(&self, account: &Account, message: impl Into<String>) -> ConfigError {
        ConfigError {
            file: Some(self.file.clone()),
            line: Some(account.line),
            message: message.into(),
        }
    }
}

/// Where the settings are read from, whether the file is there or not.
pub fn settings_file(flag: Option<&Path>, env: &Env) -> Result<PathBuf, ConfigError> {
    named(flag, env).map(|(file, _)| file)
}

/// The file, and whether somebody named it: then it has to be there.
fn named(flag: Option<&Path>, env: &Env) -> Result<(PathBuf, bool), ConfigError> {
    let named = flag
        .map(Path::to_owned)
        .or_else(|| env.get("ASSETDECK_CONFIG").map(PathBuf::from));
    match (named, Dirs::locate(env)) {
        (Some(file), _) => Ok((file, true)),
        (None, Ok(dirs)) => Ok((dirs.config.join("config.toml"), false)),
        (None, Err(dirs::NoHome)) => Err(ConfigError {
            file: None,
            line: None,
            message: dirs::NoHome.to_string(),
        }),
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error(
        "there is no such settings file; check the name that --config or ASSETDECK_CONFIG gives"
    )]
    Missing,
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it is larger than such a file can be")]
    Large,
    #[error("it is not UTF-8 text; save it as UTF-8")]
    Encoding,
    #[error(
        "other users can write to it, so what it says cannot be trusted; run `chmod go-w` on it"
    )]
    Writable,
    #[error("another user owns it, so what it says cannot be trusted; use a file of your own")]
    Owner,
    #[error("it cannot be read: {0}")]
    Io(io::Error),
}

/// Opens first and judges the open file, so that it cannot be exchanged in between.
pub(super) fn read(path: &Path) -> Result<String, Unread> {
    let mut options = File::options();
    options.read(true);
    // A pipe without a writer would wait for ever.
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unread::Missing,
        _ => Unread::Io(error),
    })?;
    let metadata = file.metadata().map_err(Unread::Io)?;
    if !metadata.is_file() {
        return Err(Unread::NotAFile);
    }
    // The superuser may provide the file (some systems keep settings in a store of its own): it can
    // replace any file here anyway.
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(Unread::Owner);
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(Unread::Writable);
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(Unread::Io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Unread::Large);
    }
    String::from_utf8(bytes).map_err(|_| Unread::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(path: &Path) -> Result<Settings, String> {
        let env = Env::of([("HOME", "/nowhere")]);
        Settings::load(Some(path), &env).map_err(|error| error.to_string())
    }

    #[test]
    fn the_usual_file_may_be_missing_and_a_named_one_may_not() {
        let home = tempfile::tempdir().unwrap();
        let env = Env::of([("HOME", home.path().as_os_str())]);
        let settings = Settings::load(None, &env).unwrap();
        assert!(!settings.found && settings.accounts.is_empty());
        assert!(settings.file.ends_with(".config/assetdeck/config.toml"));
        let named = home.path().join("no.toml");
        assert!(load(&named).unwrap_err().contains("no such settings file"));
        let env = Env::of([("ASSETDECK_CONFIG", named.as_os_str())]);
        assert!(Settings::load(None, &env).is_err());
    }

    #[test]
    fn the_flag_wins_over_the_variable() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.toml");
        std::fs::write(&file, "").unwrap();
        let env = Env::of([("ASSETDECK_CONFIG", "/nowhere/b.toml")]);
        assert_eq!(Settings::load(Some(&file), &env).unwrap().file, file);
    }

    #[test]
    fn a_file_that_others_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.toml");
        std::fs::write(&file, "").unwrap();
        for (mode, fine) in [(0o600, true), (0o644, true), (0o664, false), (0o666, false)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = load(&file);
            assert_eq!(read.is_ok(), fine, "{mode:o}");
            if let Err(text) = read {
                assert!(text.contains("other users can write") && text.contains("chmod"));
            }
        }
    }

    #[test]
    fn what_is_no_text_file_is_a_sentence() {
        let home = tempfile::tempdir().unwrap();
        assert!(
            load(home.path())
                .unwrap_err()
                .contains("not a regular file")
        );
        let file = home.path().join("a.toml");
        std::fs::write(&file, [0xFF, 0xFE]).unwrap();
        assert!(load(&file).unwrap_err().contains("UTF-8"));
        std::fs::write(&file, " ".repeat(2 << 20)).unwrap();
        assert!(load(&file).unwrap_err().contains("larger"));
    }

    #[test]
    fn a_theme_is_built_in_or_a_file_and_an_error_names_that_file() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.toml");
        let themed = |name: &str| {
            std::fs::write(&file, format!("[theme]\nname = \"{name}\"\n")).unwrap();
            load(&file).map(|settings| settings.looks)
        };
        assert_eq!(themed("monochrome"), Ok(Looks::monochrome()));
        std::fs::create_dir(home.path().join("themes")).unwrap();
        let own = home.path().join("themes/dusk.toml");
        std::fs::write(&own, "bad = \"red\"\n\nfocsu = \"blue\"\n").unwrap();
        let error = themed("dusk").unwrap_err();
        assert!(
            error.contains("dusk.toml, line 3") && error.contains("`focus`?"),
            "{error}"
        );
        std::fs::write(&own, "bad = \"bold red\"\n").unwrap();
        assert!(themed("dusk").is_ok());
        let error = themed("dsuk").unwrap_err();
        assert!(
            error.contains("a.toml, line 2") && error.contains("`dusk`?"),
            "{error}"
        );
        assert!(themed("../a").unwrap_err().contains("letters, digits"));
    }

    #[test]
    fn an_error_names_file_and_line() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.toml");
        std::fs::write(&file, "[[accounts]]\nname = \"a\"\nprovidor = \"x\"\n").unwrap();
        let text = load(&file).unwrap_err();
        assert!(text.contains("a.toml, line 3: "), "{text}");
        assert!(
            text.contains("`providor`") && text.contains("`provider`"),
            "{text}"
        );
    }
}
