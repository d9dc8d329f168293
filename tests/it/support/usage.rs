//! What the system knows of a running process: its threads, what they took of the processor, and its
//! memory. Linux tells it; elsewhere nothing is known.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The threads of a process at one moment.
#[derive(Debug)]
pub struct Usage(BTreeMap<String, Thread>);

#[derive(Debug, Clone, Copy, Default)]
struct Thread {
    processor: Duration,
    /// How often it gave up the processor of its own will, which is: went to sleep again.
    naps: u64,
}

impl Thread {
    /// Threads end at any moment.
    fn of(folder: &Path) -> Option<Self> {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let nanoseconds = read("schedstat")?.split_whitespace().next()?.parse().ok()?;
        Some(Self {
            processor: Duration::from_nanos(nanoseconds),
            naps: field(&read("status")?, "voluntary_ctxt_switches:")?,
        })
    }
}

impl Usage {
    /// `None` when it is gone.
    pub fn of(pid: u32) -> Option<Self> {
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
        let threads = threads.filter_map(|thread| {
            let folder = thread.ok()?.path();
            let name = folder.file_name()?.to_string_lossy().into_owned();
            Some((name, Thread::of(&folder)?))
        });
        Some(Self(threads.collect()))
    }

    pub fn threads(&self) -> usize {
        self.0.len()
    }

    /// Pairs of each thread now and before.
    fn pairs<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = (Thread, Thread)> + 'a {
        let of = |name| before.0.get(name).copied().unwrap_or_default();
        self.0.iter().map(move |(name, now)| (*now, of(name)))
    }

    /// How often its threads went to sleep again since then.
    pub fn naps_since(&self, before: &Self) -> u64 {
        let pairs = self.pairs(before);
        pairs
            .map(|(now, then)| now.naps.saturating_sub(then.naps))
            .sum()
    }

    /// What its threads took of the processor since then.
    pub fn processor_since(&self, before: &Self) -> Duration {
        let pairs = self.pairs(before);
        pairs
            .map(|(now, then)| now.processor.saturating_sub(then.processor))
            .sum()
    }
}

/// The most memory that a process had so far, in KiB; `None` when it is gone.
pub fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    field(&status, "VmHWM:")
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
