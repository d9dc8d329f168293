//! A number that stands for bytes and is the same in every process: for telling apart what nobody forges.

/// Where one begins that stands for nothing yet (FNV-1a, 64 bits).
pub const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The number of what a number stands for, with one more byte.
pub const fn mixed(number: u64, byte: u8) -> u64 {
    (number ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}
