//! The one integration binary: the real program, real sockets, a real terminal.
//!
//! Rules: no sleeping except inside the wait-until helpers of `support`; environment variables are
//! set on the child only; nothing touches the user's home, keyring or network.

#![allow(clippy::unwrap_used)] // All of this crate is test code.

mod architecture;
mod cli_allowance;
mod cli_browse;
mod cli_change;
mod cli_completions;
mod cli_coverage;
mod cli_doctor;
mod cli_extraction;
mod cli_find;
mod cli_get;
mod cli_guard;
mod cli_help;
mod cli_identical;
mod cli_json;
mod cli_leaving;
mod cli_names;
mod cli_network;
mod cli_orphans;
mod cli_patience;
mod cli_plain;
mod cli_plan;
mod cli_progress;
mod cli_rights;
mod cli_same;
mod cli_script;
mod cli_settings;
mod cli_sync;
mod cli_sync_changed;
mod cli_tables;
mod cli_transfers;
mod cli_tree;
mod cli_upload;
mod cli_watch;
mod contract;
mod demo_contract;
mod demo_program;
mod hostile;
mod hostile_pictures;
mod index_kills;
mod key_stores;
mod keyring;
mod over_ssh;
mod readme_picture;
mod real_terminals;
mod secrets;
mod support;
mod terminal;
mod transfers;
mod tui_copy;
mod tui_coverage;
mod tui_filter;
mod tui_forms;
mod tui_kept;
mod tui_leaving;
mod tui_loading;
mod tui_main_job;
mod tui_pace;
mod tui_picture;
mod tui_plan;
mod tui_reports;
mod tui_terminal;
mod tui_tree;
mod tui_windows;
