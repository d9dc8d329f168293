//! What may happen to transfers, and what is promised all the same: each queued file is stored once.
//!
//! How these tests work stands in `CONTRIBUTING.md`, "Transfers under fire".

mod anothers;
mod batches;
mod changed_files;
mod closed_terminal;
mod kills_at_requests;
mod kills_at_writes;
mod kills_random;
mod left_over;
mod lost_answers;
mod one_place;
mod pauses;
mod refused_calls;
mod several;
mod signals;
mod take_over;
mod waits;
