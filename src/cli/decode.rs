//! The program as the process that decodes one picture: nothing of it is for users.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use crate::picture::child;

/// Does it, if that is what these arguments ask for.
pub fn decode(args: &[OsString]) -> Option<ExitCode> {
    let words: Option<Vec<String>> = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_str().map(ToOwned::to_owned))
        .collect();
    let done = child::run(&words?, io::stdin().lock(), io::stdout().lock())?;
    Some(if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
