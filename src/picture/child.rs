//! The process that decodes: what it may use, and what it is given. A hostile picture takes this
//! process with it, and no more.

use std::io::{Read, Write};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::LARGEST;
use super::decode::decode;
use super::framing::{Failure, Pixels, longest, read, write};

/// The word behind the program's name that makes it this process.
pub const WORD: &str = "__decode";

/// What it may hold in memory, in bytes: the encoded picture, its pixels, and the program itself.
const MEMORY: u64 = 224 << 20;
/// Seconds of a processor.
const SECONDS: u64 = 2;

/// The arguments for a picture of at most so many pixels.
pub fn arguments((width, height): (u32, u32)) -> [String; 3] {
    [WORD.to_owned(), width.to_string(), height.to_string()]
}

/// The most bytes that it may write for a picture of at most so many pixels.
pub const fn longest_answer(most: (u32, u32)) -> u64 {
    longest(most)
}

/// Reads what it wrote; a process that was ended has written too little.
pub fn answer(bytes: Vec<u8>, most: (u32, u32)) -> Result<Pixels, Failure> {
    read(bytes, most)
}

/// Decodes what comes in and writes the pixels. `None`: the arguments are not ours.
pub fn run(arguments: &[String], mut input: impl Read, mut output: impl Write) -> Option<bool> {
    let [word, width, height] = arguments else {
        return None;
    };
    if word != WORD {
        return None;
    }
    let side = |text: &str| text.parse().ok().filter(|it| (1..=LARGEST).contains(it));
    let (Some(width), Some(height)) = (side(width), side(height)) else {
        return Some(false);
    };
    confine();
    let mut bytes = Vec::new();
    if input.read_to_end(&mut bytes).is_err() {
        return Some(false);
    }
    let result = decode(&bytes, (width, height));
    drop(bytes);
    let written = output.write_all(&write(&result));
    Some(written.and_then(|()| output.flush()).is_ok())
}

/// As far as the system allows: no more memory or time, no file, no process. What is open stays so.
fn confine() {
    for (resource, most) in [
        (Resource::Data, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        let _ = setrlimit(resource, limit);
    }
}
