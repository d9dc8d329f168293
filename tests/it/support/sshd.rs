//! A real `sshd` on loopback for one test: its own host key, its own client key, nobody else's settings.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::bus::{installed, skip};
use super::home::Home;
use super::pty::{Pty, Size};
use super::wait::until;

const PATIENCE: Duration = Duration::from_secs(20);
/// Another program may take the free port before `sshd` does.
const TRIES: usize = 5;

/// The running server, which ends with it.
pub struct Sshd {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Sshd {
    /// Starts one whose keys are inside this home. None, with the reason printed, where a program is
    /// missing; with `CI=true` that fails.
    pub fn start(home: &Home) -> Option<Self> {
        for program in ["ssh", "ssh-keygen"] {
            if !installed(program) {
                skip(&format!("{program} is not installed"));
                return None;
            }
        }
        let server = PathBuf::from("/usr/sbin/sshd");
        if !server.exists() {
            skip("sshd is not installed");
            return None;
        }
        let folder = home.path().join("ssh");
        fs::create_dir(&folder).expect("a folder");
        for name in ["host", "client"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.join(name))
                .status();
            assert!(made.expect("ssh-keygen runs").success());
        }
        fs::copy(folder.join("client.pub"), folder.join("authorized")).expect("copied");
        let settings = format!(
            "ListenAddress 127.0.0.1\nHostKey {0}/host\nAuthorizedKeysFile {0}/authorized\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nAcceptEnv *\nPrintMotd no\n",
            folder.display()
        );
        fs::write(folder.join("settings"), settings).expect("the settings");
        for _ in 0..TRIES {
            let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
            let port = free.local_addr().expect("an address").port();
            drop(free);
            let mut child = Command::new(&server)
                .arg("-D")
                .arg("-f")
                .arg(folder.join("settings"))
                .arg("-E")
                .arg(folder.join("log"))
                .args(["-p", &port.to_string()])
                .stdin(Stdio::null())
                .spawn()
                .expect("sshd starts");
            let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
            let listens = format!("Server listening on 127.0.0.1 port {port}.");
            let mut ended = false;
            until(PATIENCE, || {
                ended = child.try_wait().expect("it can be asked").is_some();
                ended || log().contains(&listens)
            });
            if !ended {
                let host = fs::read_to_string(folder.join("host.pub")).expect("the host's key");
                fs::write(folder.join("known"), format!("[127.0.0.1]:{port} {host}"))
                    .expect("the known host");
                return Some(Self {
                    child,
                    port,
                    folder,
                });
            }
            assert!(
                !log().contains("privilege separation"),
                "sshd needs its folder: mkdir -p /run/sshd\n{}",
                log()
            );
        }
        panic!("no port for sshd");
    }

    /// Logs in with a terminal of this size and runs a command of the shell there, in this home and
    /// with its environment.
    pub fn login(&self, home: &Home, command: &str, size: Size) -> Pty {
        let file = |name: &str| self.folder.join(name).display().to_string();
        let (known, key) = (file("known"), file("client"));
        let known = format!("UserKnownHostsFile={known}");
        let port = self.port.to_string();
        // `HOME` is the server's to set.
        let there = format!(
            "cd '{0}' && export HOME='{0}' && {command}",
            home.path().display()
        );
        let mut args = vec!["-F", "/dev/null", "-i", &key, "-p", &port, "-t"];
        for option in [
            "IdentitiesOnly=yes",
            "StrictHostKeyChecking=yes",
            "SendEnv=*",
            known.as_str(),
        ] {
            args.extend(["-o", option]);
        }
        args.extend(["127.0.0.1", &there]);
        Pty::spawn(home.env(), home.path(), "ssh", &args, size)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
