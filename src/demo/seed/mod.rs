//! Where the demo's world comes from: one number, from which every id, key, token and date follows.
//!
//! Nothing here keeps a state: each value is computed from the seed, the name of a stream and a
//! number, so a world of 200,000 assets needs no list of them.

mod bulk;
mod content;
pub mod files;
pub mod flex;
pub mod hostile;
pub mod web;

use jiff::{SignedDuration, Timestamp};

/// The world's last quiet moment (2 November 2026, 08:15 UTC): a fixed date, because the same seed
/// has to give the same dates.
const ANCHOR_SECONDS: i64 = 1_793_607_300;

/// The number everything follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// A number of the stream `stream`, the same for the same `n`.
    pub fn number(self, stream: &str, n: u64) -> u64 {
        // FNV over the name keeps streams apart; splitmix64 does the mixing.
        let named = stream
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        mix(mix(self.0 ^ named).wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number from 0 up to, not including, `bound` (0 when `bound` is 0).
    pub fn below(self, stream: &str, n: u64, bound: u64) -> u64 {
        self.number(stream, n).checked_rem(bound).unwrap_or(0)
    }

    /// One of `list`, which is never empty here.
    pub fn pick<'a, T>(self, stream: &str, n: u64, list: &'a [T]) -> &'a T {
        let at = self.below(stream, n, list.len() as u64);
        &list[usize::try_from(at).unwrap_or(0)]
    }

    /// 32 hexadecimal digits.
    pub fn hex(self, stream: &str, n: u64) -> String {
        format!(
            "{:016x}{:016x}",
            self.number(stream, n),
            self.number(stream, n ^ u64::MAX)
        )
    }

    /// A UUID of version 4's form, the only forms the contract's pattern takes being 1 to 8.
    pub fn uuid(self, stream: &str, n: u64) -> String {
        self.uuid_ending(stream, n, self.number(stream, n ^ u64::MAX))
    }

    /// The id of the asset with this number in the library: its last twelve digits hide the number,
    /// so an id leads back to its asset without an index (see [`Seed::asset_number`]).
    pub fn asset_id(self, sequence: u64) -> String {
        self.uuid_ending("asset", sequence, sequence ^ self.number("asset mask", 0))
    }

    /// The number behind an asset's id; nothing for ids that were never given out.
    pub fn asset_number(self, id: &str) -> Option<u64> {
        let tail = id.get(24..)?;
        let hidden = u64::from_str_radix(tail, 16).ok()?;
        let sequence = (hidden ^ self.number("asset mask", 0)) & 0xffff_ffff_ffff;
        id.eq_ignore_ascii_case(&self.asset_id(sequence))
            .then_some(sequence)
    }

    fn uuid_ending(self, stream: &str, n: u64, tail: u64) -> String {
        let head = self.number(stream, n);
        let variant = 0x8000 | (self.number(stream, n.wrapping_add(1 << 40)) & 0x3fff);
        format!(
            "{:08x}-{:04x}-4{:03x}-{variant:04x}-{:012x}",
            head >> 32,
            (head >> 16) & 0xffff,
            head & 0x0fff,
            tail & 0xffff_ffff_ffff,
        )
    }
}

/// A moment so many minutes before the world's last quiet one.
pub fn minutes_ago(minutes: u64) -> Timestamp {
    let anchor = Timestamp::from_second(ANCHOR_SECONDS).unwrap_or(Timestamp::UNIX_EPOCH);
    let back = SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(0));
    anchor.checked_sub(back).unwrap_or(anchor)
}

fn mix(value: u64) -> u64 {
    let a = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_id_leads_back_to_its_number_and_to_no_other() {
        let seed = Seed(7);
        for sequence in [0, 1, 99, 200_000, 0xffff_ffff_ffff] {
            let id = seed.asset_id(sequence);
            assert_eq!(seed.asset_number(&id), Some(sequence));
            assert_eq!(seed.asset_number(&id.to_uppercase()), Some(sequence));
            assert_eq!(Seed(8).asset_number(&id), None);
        }
        assert_eq!(
            seed.asset_number("00000000-0000-0000-0000-000000000000"),
            None
        );
        assert_eq!(seed.asset_number("ä"), None);
    }

    #[test]
    fn streams_are_apart_and_repeat() {
        assert_eq!(Seed(1).hex("token", 5), Seed(1).hex("token", 5));
        assert_ne!(Seed(1).hex("token", 5), Seed(1).hex("key", 5));
        assert_ne!(Seed(1).hex("token", 5), Seed(2).hex("token", 5));
        assert_eq!(Seed(1).below("x", 1, 0), 0);
    }
}
