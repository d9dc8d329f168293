//! A throw-away home with a settings file, and the whole environment of a child.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A temporary home folder; nothing of the user's own is seen by a program started in it.
pub struct Home {
    folder: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    /// An empty home without settings.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("assetdeck-it-")
            .tempdir()
            .expect("a folder");
        let path = folder
            .path()
            .to_str()
            .expect("the folder's name is text")
            .to_owned();
        let env = [
            ("HOME", path.as_str()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            // No bus: the developer's own keyring must not be reached.
            (
                "DBUS_SESSION_BUS_ADDRESS",
                "unix:path=/nonexistent/assetdeck-test",
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            folder,
            env: env.to_vec(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the settings file stands.
    pub fn config(&self) -> PathBuf {
        self.path().join(".config/assetdeck/config.toml")
    }

    /// Writes the settings file, readable by its owner only.
    pub fn write_config(&self, text: &str) {
        let file = self.config();
        fs::create_dir_all(file.parent().expect("a parent")).expect("the settings folder");
        fs::write(&file, text).expect("the settings file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("0600");
    }

    /// Writes a file into the home; its path.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("its folder");
        fs::write(&path, bytes).expect("the file");
        path
    }

    /// Sets a variable for children started in this home.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.unset(name);
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a variable away from children.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.env.retain(|(known, _)| known != name);
        self
    }

    /// A variable that children get.
    pub fn get(&self, name: &str) -> Option<String> {
        self.env
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }

    /// The whole environment of a child.
    pub fn env(&self) -> Vec<(String, String)> {
        self.env.clone()
    }
}
