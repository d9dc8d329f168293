//! A way to the service that knows what was asked and when each answer went through.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Result;

/// Parts of what went one way.
type Way = Arc<Mutex<Vec<(Instant, Vec<u8>)>>>;

/// Both ways of a connection: there and back.
type Connection = [Way; 2];

fn held<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hands everything on, both ways.
pub struct Relay {
    port: u16,
    connections: Arc<Mutex<Vec<Connection>>>,
}

impl Relay {
    /// To this address.
    pub fn start(origin: &str) -> Result<Self> {
        let to = origin.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let connections = Arc::<Mutex<Vec<Connection>>>::default();
        let known = Arc::clone(&connections);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(client), Ok(service)) = (stream, TcpStream::connect(&to)) else {
                    return;
                };
                let connection = Connection::default();
                held(&known).push(connection.clone());
                // An end of either side ends the threads, and is no error.
                let _ = connect(client, service, connection);
            }
        });
        Ok(Self { port, connections })
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The paths of all calls so far, each connection's in their order.
    pub fn asked(&self) -> Vec<String> {
        let mut asked = Vec::new();
        for [there, _] in held(&self.connections).iter() {
            let parts = held(there);
            let bytes: Vec<u8> = parts.iter().flat_map(|(_, part)| part.clone()).collect();
            let text = String::from_utf8_lossy(&bytes);
            // The body of the call before may stand in front of the first word.
            let heads = text
                .lines()
                .filter_map(|line| line.strip_suffix(" HTTP/1.1"));
            let paths = heads.filter_map(|head| head.rsplit(' ').next());
            asked.extend(paths.map(str::to_owned));
        }
        asked
    }

    /// When this stood in an answer for the first time.
    pub fn answered(&self, text: &str) -> Option<Instant> {
        let first = |[_, back]: &Connection| {
            let mut come = Vec::new();
            held(back).iter().find_map(|(at, part)| {
                // A word may come in two parts.
                let from = come.len().saturating_sub(text.len());
                come.extend_from_slice(part);
                let mut words = come[from..].windows(text.len());
                words.any(|word| word == text.as_bytes()).then_some(*at)
            })
        };
        held(&self.connections).iter().filter_map(first).min()
    }
}

fn connect(client: TcpStream, service: TcpStream, [there, back]: Connection) -> Result<()> {
    client.set_nodelay(true)?;
    service.set_nodelay(true)?;
    let (up_from, up_to) = (client.try_clone()?, service.try_clone()?);
    std::thread::spawn(move || copy(up_from, up_to, &there));
    std::thread::spawn(move || copy(service, client, &back));
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream, way: &Way) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        held(way).push((Instant::now(), buffer[..read].to_vec()));
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
