//! A company's network on loopback: a proxy that everything goes through, and a service behind TLS
//! whose certificate nobody else signed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A silence in which the other direction has its turn.
const TURN: Duration = Duration::from_millis(5);

/// Connects whoever asks to one port of this machine, whatever name was asked for.
pub struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn start(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), heard) = (stream, Arc::clone(&heard)) else {
                    return;
                };
                // An end of either side ends the thread, and is no error.
                std::thread::spawn(move || connect(stream, to, &heard));
            }
        });
        Self { port, asked }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The heads of all requests, and nothing of what went through.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn connect(stream: TcpStream, to: u16, heard: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut asked = String::new();
    while !asked.ends_with("\r\n\r\n") {
        (reader.read_line(&mut asked).ok()? > 0).then_some(())?;
    }
    let connects = asked.starts_with("CONNECT ");
    heard.lock().unwrap().push(asked);
    let mut stream = stream;
    if !connects {
        let refused = b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(refused).ok();
    }
    let service = TcpStream::connect(("127.0.0.1", to)).ok()?;
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
    let (mut up, mut down) = (service.try_clone().ok()?, service);
    let back = std::thread::spawn(move || {
        let copied = std::io::copy(&mut down, &mut stream);
        let _ = stream.shutdown(Shutdown::Both);
        copied
    });
    let _ = std::io::copy(&mut reader, &mut up);
    let _ = up.shutdown(Shutdown::Both);
    back.join().ok().map(drop)
}

/// Speaks TLS with this certificate and hands what it says to a port of this machine.
pub fn tls_front(certificate: &Path, key: &Path, to: u16) -> u16 {
    let chain = CertificateDer::pem_file_iter(certificate).expect("the certificate");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("PEM");
    let key = PrivateKeyDer::from_pem_file(key).expect("the key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a key of this certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(stream), config) = (stream, Arc::clone(&config)) else {
                return;
            };
            std::thread::spawn(move || unwrap_tls(stream, config, to));
        }
    });
    port
}

fn unwrap_tls(stream: TcpStream, config: Arc<ServerConfig>, to: u16) -> Option<()> {
    let mut service = TcpStream::connect(("127.0.0.1", to)).ok()?;
    service.set_read_timeout(Some(TURN)).ok()?;
    let connection = ServerConnection::new(config).ok()?;
    let mut tls = StreamOwned::new(connection, stream);
    tls.conn.complete_io(&mut tls.sock).ok()?;
    tls.sock.set_read_timeout(Some(TURN)).ok()?;
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let count = taken(tls.read(&mut bytes))?;
        service.write_all(&bytes[..count]).ok()?;
        let count = taken(service.read(&mut bytes))?;
        tls.write_all(&bytes[..count]).ok()?;
        tls.flush().ok()?;
    }
}

/// How much came in this turn, perhaps nothing; none where it ended.
fn taken(read: std::io::Result<usize>) -> Option<usize> {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    match read {
        Ok(0) => None,
        Ok(count) => Some(count),
        Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => Some(0),
        Err(_) => None,
    }
}
