//! assetdeck: a terminal asset manager for SegmentFlow websites and Wordbee Flex documents.
//!
//! This head is the architecture: the one place where it is written down, compiled with the code.
//!
//! ```text
//! keyboard → tui/event.rs ─▶ Msg::Input ─┐
//! timer    → only while something moves ─┤ Msg::Tick
//!                                        ▼
//!      app: State::update(Msg, now) ──▶ Vec<Effect>        ui: draw(&State, &mut ViewState)
//!                                        │
//!      runtime: Runtime::run(Effect) ◀───┘   one task per request, each with a cancellation token
//!                 │
//!      api::Provider (trait) ── transfer::Transfers (also driven by the commands)
//!                 ▲
//!      providers/…   one folder and one row of `providers::PROVIDERS` each
//! ```
//!
//! Events (terminal) become messages, messages change the state, the state's update answers with
//! effects (I/O as data), and only the runtime carries effects out. The screen is a function of the
//! state. Everything that knows a service's JSON lives in its adapter's folder.
//!
//! # Layers
//!
//! Imports go down this table only. `tests/it/architecture.rs` reads it, and it also holds that the
//! services' names appear only under `providers/` and `demo/`.
//!
//! | layer | may import | outside crates confined to it |
//! |---|---|---|
//! | `domain` | | `strsim`, `humansize`, `memchr`, `unicode_script` |
//! | `logging` | | `tracing_subscriber`, `tracing_appender` |
//! | `demo` | | `axum`, `hmac` |
//! | `picture` | | `image` |
//! | `config` | `domain`, `picture` | `toml`, `keyring`, `keyring_core`, `zbus_secret_service_keyring_store`, `linux_keyutils_keyring_store`, `linux_keyutils`, `argon2`, `chacha20poly1305`, `getrandom`, `etcetera` |
//! | `api` | `domain` | `reqwest`, `http_body`, `rustls` |
//! | `providers` | `domain`, `api` | |
//! | `transfer` | `domain`, `api` | `infer`, `mime_guess`, `notify` |
//! | `index` | `domain`, `api` | |
//! | `app` | `domain`, `picture`, `api`, `transfer` | `tui_input`, `qrcode` |
//! | `ui` | `domain`, `picture`, `api`, `transfer`, `app` | |
//! | `runtime` | `domain`, `picture`, `api`, `transfer`, `index`, `app` | `open` |
//! | `tui` | `domain`, `picture`, `api`, `transfer`, `index`, `app`, `ui`, `runtime` | `crossterm`, `anstyle_progress` |
//! | `cli` | `domain`, `picture`, `config`, `api`, `providers`, `transfer`, `index`, `demo`, `logging`, `runtime`, `tui` | `clap`, `clap_complete`, `clap_mangen` |
//!
//! In several layers: `async_trait` (api, providers, transfer, config, cli), `ratatui` (ui, tui),
//! `secrecy` (domain, config), `base64` (picture, tui, config), `rusqlite` (transfer, index), `flate2` (domain, index, config),
//! `sha2` (transfer, demo), `tokio` (api, providers, transfer, runtime, tui, config, cli, demo), `tempfile` (cli, demo),
//! `unicode_normalization` (domain), `unicode_segmentation` and
//! `unicode_width` (ui, cli), `rustix` (config, api, transfer, index, picture, tui, cli, logging). Everywhere: `serde`,
//! `serde_json`, `thiserror`, `tracing`, `jiff`, `url`, `percent_encoding`.

#[cfg(not(unix))]
compile_error!(
    "assetdeck is for Unix systems: its promises about files rest on their system calls"
);

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod index;
pub mod logging;
pub mod picture;
pub mod providers;
pub mod runtime;
pub mod transfer;
pub mod tui;
pub mod ui;
