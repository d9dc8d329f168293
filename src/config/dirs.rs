//! The folders of the program: settings, state, cache and log.

use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::Env;

/// The name of our folder inside each of the system's.
const OWN: &str = "assetdeck";

/// Where things are kept. Nothing is created by asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirs {
    /// Settings.
    pub config: PathBuf,
    /// What must outlive the session.
    pub state: PathBuf,
    /// What may be thrown away.
    pub cache: PathBuf,
    /// Logs, inside the state folder.
    pub log: PathBuf,
}

/// Neither a home folder nor an override is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("your home folder is not known; set HOME, or name a settings file with --config")]
pub struct NoHome;

impl Dirs {
    /// `ASSETDECK_HOME` holds all of them where it is set (the demo lives in one); else the XDG
    /// folders on every Unix, macOS included. Relative XDG values are ignored, as its
    /// specification says.
    pub fn locate(env: &Env) -> Result<Self, NoHome> {
        if let Some(home) = env.get("ASSETDECK_HOME") {
            return Ok(Self::inside(Path::new(&home)));
        }
        let absolute = |name: &str| {
            env.get(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let home = absolute("HOME")
            .or_else(|| etcetera::home_dir().ok().filter(|home| home.is_absolute()));
        let base = |name: &str, inside: &str| {
            let inside = || home.as_ref().map(|home| home.join(inside));
            absolute(name).or_else(inside).map(|base| base.join(OWN))
        };
        let state = base("XDG_STATE_HOME", ".local/state").ok_or(NoHome)?;
        Ok(Self {
            config: base("XDG_CONFIG_HOME", ".config").ok_or(NoHome)?,
            cache: base("XDG_CACHE_HOME", ".cache").ok_or(NoHome)?,
            log: state.join("log"),
            state,
        })
    }

    /// All folders inside one.
    pub fn inside(home: &Path) -> Self {
        Self {
            config: home.join("config"),
            state: home.join("state"),
            cache: home.join("cache"),
            log: home.join("state").join("log"),
        }
    }
}

/// Makes a folder of ours, readable by its user only; an existing one is narrowed to that.
pub fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    builder.mode(0o700).create(folder)?;
    let mode = std::fs::metadata(folder)?.permissions().mode();
    if mode & 0o077 != 0 {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xdg_is_honoured_and_relative_values_are_not() {
        let env = Env::of([
            ("HOME", "/home/ana"),
            ("XDG_CONFIG_HOME", "/etc/ana"),
            ("XDG_STATE_HOME", "state"),
        ]);
        let dirs = Dirs::locate(&env).unwrap();
        assert_eq!(dirs.config, Path::new("/etc/ana/assetdeck"));
        assert_eq!(dirs.state, Path::new("/home/ana/.local/state/assetdeck"));
        assert_eq!(dirs.cache, Path::new("/home/ana/.cache/assetdeck"));
        assert_eq!(dirs.log, dirs.state.join("log"));
    }

    #[test]
    fn one_variable_moves_everything() {
        let env = Env::of([("ASSETDECK_HOME", "/tmp/x"), ("HOME", "/home/ana")]);
        assert_eq!(
            Dirs::locate(&env).unwrap(),
            Dirs::inside(Path::new("/tmp/x"))
        );
    }

    #[test]
    fn a_folder_of_ours_is_for_its_user_only() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("a/b");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        create_private(&folder).unwrap();
        create_private(&top.path().join("c/d")).unwrap();
        for path in ["a/b", "c", "c/d"] {
            let mode = std::fs::metadata(top.path().join(path))
                .unwrap()
                .permissions();
            assert_eq!(mode.mode() & 0o777, 0o700, "{path}");
        }
    }
}
