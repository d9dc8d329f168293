//! A way to the service that knows when each answer went through.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Result;

/// Parts of what a connection brought back.
type Answers = Arc<Mutex<Vec<(Instant, Vec<u8>)>>>;

/// Hands everything on, both ways.
pub struct Relay {
    port: u16,
    connections: Arc<Mutex<Vec<Answers>>>,
}

impl Relay {
    /// To this address.
    pub fn start(origin: &str) -> Result<Self> {
        let to = origin.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let connections = Arc::<Mutex<Vec<Answers>>>::default();
        let known = Arc::clone(&connections);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(client), Ok(service)) = (stream, TcpStream::connect(&to)) else {
                    return;
                };
                let answers = Answers::default();
                known
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Arc::clone(&answers));
                // An end of either side ends the threads, and is no error.
                let _ = connect(client, service, answers);
            }
        });
        Ok(Self { port, connections })
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// When this stood in an answer for the first time.
    pub fn answered(&self, text: &str) -> Option<Instant> {
        let connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = |answers: &Answers| {
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            let mut come = Vec::new();
            answers.iter().find_map(|(at, part)| {
                // A word may come in two parts.
                let from = come.len().saturating_sub(text.len());
                come.extend_from_slice(part);
                let mut words = come[from..].windows(text.len());
                words.any(|word| word == text.as_bytes()).then_some(*at)
            })
        };
        connections.iter().filter_map(first).min()
    }
}

fn connect(client: TcpStream, service: TcpStream, answers: Answers) -> Result<()> {
    client.set_nodelay(true)?;
    service.set_nodelay(true)?;
    let (up_from, up_to) = (client.try_clone()?, service.try_clone()?);
    std::thread::spawn(move || copy(up_from, up_to, |_| ()));
    std::thread::spawn(move || {
        copy(service, client, |part| {
            answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((Instant::now(), part.to_vec()));
        });
    });
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream, seen: impl Fn(&[u8])) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        seen(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
