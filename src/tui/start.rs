//! What the screen needs to start, and how it was left.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::task::JoinHandle;

use crate::api::Connector;
use crate::app::keymap::Keymap;
use crate::domain::{Looks, Reports, Shape};
use crate::index::Index;
use crate::picture::Preference;
use crate::runtime::Recalled;
use crate::transfer::Transfers;
use crate::transfer::plan::Usuals;

/// What the screen needs from the composition root.
pub struct Start {
    pub connector: Arc<dyn Connector>,
    pub opening: JoinHandle<Opened>,
    /// Where the file browser begins.
    pub files_at: PathBuf,
    /// What holds for uploads and saves where the user says nothing else.
    pub usuals: Usuals,
    /// What the terminal may be told beside the frames.
    pub reports: Reports,
    pub keymap: Keymap,
    pub looks: Looks,
    pub shape: Shape,
    pub pictures: Preference,
    /// This program itself, which decodes pictures in processes of their own.
    pub program: PathBuf,
}

/// What takes its time at the start: no frame waits for it.
pub struct Opened {
    pub transfers: Transfers,
    /// What was listed before, and the containers of it.
    pub index: Index,
    pub recalled: Recalled,
    /// The user's time zone, which a system may have to be searched for.
    pub zone: TimeZone,
    /// One sentence for the user to begin with. Safe to show.
    pub notice: Option<String>,
}

/// How the screen was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The user quit.
    Quit,
    /// A signal asked for it, or the terminal went away: the exit status that says so.
    Signalled(u8),
}
