//! What the integration tests stand on: a server, a home, a command line, a terminal, a judge.

pub mod contract;
