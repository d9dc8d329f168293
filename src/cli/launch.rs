//! The program as the process between itself and a launcher of links: nothing of it is for users.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::runtime::desktop;

/// Does it, if that is what these arguments ask for.
pub fn launch(args: &[OsString]) -> Option<ExitCode> {
    let [_, word, launcher, arguments @ ..] = args else {
        return None;
    };
    if word != desktop::WORD {
        return None;
    }
    // Without a session of its own a launcher could take our terminal.
    if rustix::process::setsid().is_err() {
        return Some(ExitCode::FAILURE);
    }
    Some(desktop::between(launcher, arguments).into())
}
