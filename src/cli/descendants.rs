//! A program that a command started, and whatever that one started in turn.

use rustix::process::{Pid, Signal, kill_process};

/// How often what a program started is looked for anew.
const ROUNDS: usize = 32;

/// Kills a child of ours that was not waited for yet, and whatever it started that did not leave it. It
/// stays in our process group, since it could not ask on the terminal in another one. Where the system
/// has no `/proc`, the child alone is killed.
pub fn kill_with_descendants(child: u32) {
    let Some(child) = child.try_into().ok().and_then(Pid::from_raw) else {
        return;
    };
    let mut all = vec![child];
    let mut halted = 0;
    for _ in 0..ROUNDS {
        // What stands still starts nothing more, and keeps its children.
        for one in &all[halted..] {
            let _ = kill_process(*one, Signal::STOP);
        }
        halted = all.len();
        let fresh = parents().filter(|(it, of)| all.contains(of) && !all.contains(it));
        let fresh: Vec<Pid> = fresh.map(|(it, _)| it).collect();
        if fresh.is_empty() {
            break;
        }
        all.extend(fresh);
    }
    for one in all {
        // One of another user's cannot be killed.
        let _ = kill_process(one, Signal::KILL);
    }
}

/// Every process of the system, and its parent.
fn parents() -> impl Iterator<Item = (Pid, Pid)> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| {
        let id = |text: &str| text.parse().ok().and_then(Pid::from_raw);
        let it = id(entry.file_name().to_str()?)?;
        let stat = std::fs::read(entry.path().join("stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name of the program may hold anything; what follows it may not.
        let (_, rest) = stat.rsplit_once(')')?;
        Some((it, id(rest.split_whitespace().nth(1)?)?))
    })
}
