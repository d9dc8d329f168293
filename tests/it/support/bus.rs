//! Private buses: one with a real keyring on it, one that accepts and never answers.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::home::Home;
use super::wait::until;

const PATIENCE: Duration = Duration::from_secs(20);

/// Programs a real keyring needs.
const NEEDED: [&str; 3] = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];

/// A session bus of our own with an unlocked gnome-keyring; both end with it.
pub struct KeyringBus {
    children: Vec<Child>,
}

impl KeyringBus {
    /// Starts both inside this home and points its children at the bus. None, with the reason
    /// printed, where a program is missing; with `CI=true` that fails.
    pub fn start(home: &mut Home) -> Option<Self> {
        let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !installed(name)).collect();
        if !missing.is_empty() {
            skip(&format!("{} not installed", missing.join(", ")));
            return None;
        }
        let run = home.path().join("run");
        std::fs::create_dir(&run).expect("a runtime folder");
        std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700)).expect("0700");
        let socket = run.join("bus");
        let address = format!("unix:path={}", socket.display());
        home.set("XDG_RUNTIME_DIR", run.to_str().expect("text"));
        home.set("DBUS_SESSION_BUS_ADDRESS", &address);

        let mut bus = Self {
            children: Vec::new(),
        };
        // Without service files: a question asked before our keyring has taken its name would start
        // another one, locked, in its place.
        let config = home.path().join("bus.conf");
        std::fs::write(&config, bus_config(&address)).expect("the bus's settings");
        let config = format!("--config-file={}", config.display());
        bus.spawn(home, "dbus-daemon", &["--nofork", "--nopidfile", &config]);
        assert!(until(PATIENCE, || socket.exists()), "the bus did not start");
        bus.spawn(
            home,
            "gnome-keyring-daemon",
            &["--foreground", "--unlock", "--components=secrets"],
        );
        let mut stdin = bus.children[1].stdin.take().expect("stdin");
        stdin
            .write_all(b"a password")
            .expect("the keyring's password");
        drop(stdin);
        // The login collection comes after the name: a client in between would find no default.
        let ready = until(PATIENCE, || {
            let mut ask = Command::new("dbus-send");
            ask.env_clear().envs(home.env()).args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.ReadAlias",
                "string:default",
            ]);
            let answer = ask.output().expect("dbus-send runs");
            String::from_utf8_lossy(&answer.stdout).contains("/collection/login")
        });
        assert!(ready, "the keyring did not come up unlocked");
        Some(bus)
    }

    fn spawn(&mut self, home: &Home, program: &str, args: &[&str]) {
        let child = Command::new(program)
            .args(args)
            .env_clear()
            .envs(home.env())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.children
            .push(child.unwrap_or_else(|e| panic!("{program}: {e}")));
    }
}

/// Locks the keyring on the home's bus, as after a login without a password.
pub fn lock(home: &Home) {
    let mut lock = Command::new("dbus-send");
    lock.env_clear().envs(home.env()).args([
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.Lock",
        "array:objpath:/org/freedesktop/secrets/collection/login",
    ]);
    let answer = lock.output().expect("dbus-send runs");
    assert!(answer.status.success(), "{answer:?}");
}

/// A bus for everybody who reaches its socket, which stands in a folder of ours alone.
fn bus_config(address: &str) -> String {
    format!(
        "<busconfig><type>session</type><listen>{address}</listen><auth>EXTERNAL</auth>\
         <policy context='default'><allow send_destination='*'/><allow receive_sender='*'/>\
         <allow own='*'/></policy></busconfig>"
    )
}

impl Drop for KeyringBus {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A socket that accepts every caller and never says a word.
pub struct SilentBus {
    _listener: UnixListener,
}

impl SilentBus {
    /// Listens inside this home and points its children there. The kernel accepts; nobody reads.
    pub fn start(home: &mut Home) -> Self {
        let socket = home.path().join("silent-bus");
        let listener = UnixListener::bind(&socket).expect("a socket");
        home.set(
            "DBUS_SESSION_BUS_ADDRESS",
            &format!("unix:path={}", socket.display()),
        );
        Self {
            _listener: listener,
        }
    }
}

/// Whether a program is on the path that tests give to children.
pub fn installed(program: &str) -> bool {
    ["/usr/local/bin", "/usr/bin", "/bin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).exists())
}

/// Says past the test runner's capture that a test proves nothing here; a failure with `CI=true`.
pub fn skip(reason: &str) {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "would be skipped: {reason}"
    );
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped {name}: {reason}");
}
