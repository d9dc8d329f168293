//! What the integration tests stand on: a server, a home, a command line, a terminal, a judge.

pub mod batch;
pub mod bus;
pub mod cli;
pub mod contract;
pub mod dice;
pub mod hold;
pub mod home;
pub mod least;
pub mod program;
pub mod proxy;
pub mod pty;
pub mod screen;
pub mod secrets;
pub mod sequences;
pub mod server;
pub mod serving;
pub mod sshd;
pub mod strace;
pub mod strings;
pub mod svg;
pub mod tls;
pub mod usage;
pub mod wait;
pub mod wire;
pub mod xvfb;
