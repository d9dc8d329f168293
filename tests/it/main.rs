//! The one integration binary: the real program, real sockets, a real terminal.
//!
//! Rules: no sleeping except inside the wait-until helpers of `support`; environment variables are
//! set on the child only; nothing touches the user's home, keyring or network.

mod architecture;
mod contract;
mod keyring;
mod support;
mod terminal;
