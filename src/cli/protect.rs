//! Keeps the keys in this process's memory out of core dumps and away from other processes.

use rustix::process::{Resource, Rlimit, setrlimit};

/// As early as possible. What the system does not allow is left: the keys are no less safe than in
/// any other program.
pub fn memory() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
