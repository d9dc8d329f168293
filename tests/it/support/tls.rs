//! A service with a certificate of its own making, on loopback.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::bus::{installed, skip};
use super::home::Home;

/// Answers by TLS with a certificate that nobody signed.
pub struct SelfSigned {
    child: Child,
    /// Kept open: what it prints must go somewhere.
    _stdout: BufReader<ChildStdout>,
    port: u16,
    certificate: PathBuf,
    key: PathBuf,
}

impl SelfSigned {
    /// Its certificate is for this name, such as `IP:127.0.0.1`. None, with the reason printed, without
    /// openssl.
    pub fn start(home: &Home, name: &str) -> Option<Self> {
        if !installed("openssl") {
            skip("openssl is not installed");
            return None;
        }
        let (key, certificate) = (home.path().join("tls.key"), home.path().join("tls.pem"));
        let text = |path: &Path| path.to_str().expect("text").to_owned();
        let alternative = format!("subjectAltName={name}");
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args([
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=a test",
                "-addext",
                &alternative,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ])
            .args(["-keyout", &text(&key), "-out", &text(&certificate)])
            .output()
            .expect("openssl runs");
        assert!(made.status.success(), "{made:?}");
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
            .args(["-key", &text(&key), "-cert", &text(&certificate)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl serves");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let port = loop {
            let mut line = String::new();
            assert!(stdout.read_line(&mut line).expect("a line") > 0, "it ended");
            // ACCEPT 127.0.0.1:40123
            let port = line
                .strip_prefix("ACCEPT")
                .and_then(|line| line.trim().rsplit(':').next());
            if let Some(Ok(port)) = port.map(str::parse) {
                break port;
            }
        };
        Some(Self {
            child,
            _stdout: stdout,
            port,
            certificate,
            key,
        })
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The file of its key.
    pub fn key(&self) -> &Path {
        &self.key
    }

    /// The file of the certificate, for whoever trusts it.
    pub fn certificate(&self) -> String {
        self.certificate.to_str().expect("text").to_owned()
    }
}

impl Drop for SelfSigned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
