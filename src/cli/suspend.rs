//! Ctrl-Z and back: the terminal is given back as it was found, and taken again.

use rustix::process::{Signal as Number, getpid, kill_process};
use tokio::signal::unix::Signal;

use super::output;
use super::prompt::echo;
use crate::tui::{has_shell, in_a_moment};

/// Stops on the one signal and goes on with the other, whatever the command is at.
pub fn heed(mut stop: Signal, mut go_on: Signal) {
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = stop.recv() => suspend(),
                Some(()) = go_on.recv() => come_back(),
                else => break,
            }
        }
    });
}

/// Takes back what stands on the terminal, and lets it echo, without waiting for one that takes nothing.
pub fn give_back() {
    in_a_moment(|| {
        echo::show();
        output::give_back();
    });
}

fn suspend() {
    // Nobody could ever make us go on.
    if !has_shell() {
        return;
    }
    give_back();
    // Others of the group were told by the terminal as well, and have to tidy up, too.
    if kill_process(getpid(), Number::STOP).is_err() {
        come_back();
    }
}

fn come_back() {
    output::come_back();
    echo::hide();
}
