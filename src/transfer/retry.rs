//! Whether a failed try is repeated by itself, and when.

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use crate::api::{ApiError, ApiErrorKind};

/// So many tries of one job at the most, the first one included.
pub const TRIES: u32 = 6;

/// No new try begins this long after the first one.
pub const ALTOGETHER: Duration = Duration::from_mins(30);

/// The first wait after a failure that the service gave no wait for.
const FIRST: Duration = Duration::from_secs(1);

/// The first wait after "too many calls" without a wait: services that say so count by the minute
/// or the hour, so that seconds would only add to it.
const FIRST_LIMITED: Duration = Duration::from_secs(10);

/// The longest wait of our own choosing.
const LONGEST: Duration = Duration::from_mins(1);

/// The longest wait that is honoured when the service names it; beyond it a person decides.
pub const LONGEST_NAMED: Duration = Duration::from_mins(5);

/// What to do about a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Leave it to the user.
    GiveUp,
    /// Begin again after this long.
    Again {
        after: Duration,
        /// The service asked the whole account to pause, not only this job.
        account: bool,
    },
}

/// Decides. `attempt` is the try that failed (the first is 1), `elapsed` the time since the first
/// began, `jitter` a number from 0 to 1 that spreads tries which failed together. What is in doubt
/// is never repeated here: it has to be looked for.
pub fn decide(error: &ApiError, attempt: u32, elapsed: Duration, jitter: f64) -> Verdict {
    if !error.is_transient() || error.in_doubt() || attempt >= TRIES || elapsed >= ALTOGETHER {
        return Verdict::GiveUp;
    }
    let (named, limited) = match &error.kind {
        ApiErrorKind::RateLimited { after } => (*after, true),
        _ => (None, false),
    };
    if named.is_some_and(|wait| wait > LONGEST_NAMED) {
        return Verdict::GiveUp;
    }
    let first = if limited { FIRST_LIMITED } else { FIRST };
    let own = first
        .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)))
        .min(LONGEST);
    // Never sooner than named; up to a quarter later, so that not all come at the same moment.
    let spread = jitter.clamp(0.0, 1.0);
    let after = match named {
        Some(wait) => wait + (wait.max(FIRST) / 4).mul_f64(spread),
        None => own.mul_f64(0.5 + 0.5 * spread),
    };
    Verdict::Again {
        after,
        account: limited,
    }
}

/// A number from 0 to 1. Every hasher of the standard library is seeded anew.
#[allow(clippy::cast_precision_loss, reason = "any number will do")]
pub(super) fn jitter() -> f64 {
    let drawn = std::hash::RandomState::new().build_hasher().finish();
    (drawn >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Delivery;
    use proptest::prelude::*;

    fn error(kind: ApiErrorKind) -> ApiError {
        ApiError::new("send the file", kind, "no")
    }

    fn again(seconds: f64, account: bool) -> Verdict {
        Verdict::Again {
            after: Duration::from_secs_f64(seconds),
            account,
        }
    }

    #[test]
    fn transient_failures_back_off_and_end() {
        let lost = error(ApiErrorKind::Transport);
        let at = |attempt| decide(&lost, attempt, Duration::ZERO, 1.0);
        let waits: Vec<_> = (1..=TRIES).map(at).collect();
        let wanted: Vec<_> = [1.0, 2.0, 4.0, 8.0, 16.0]
            .into_iter()
            .map(|seconds| again(seconds, false))
            .chain([Verdict::GiveUp])
            .collect();
        assert_eq!(waits, wanted);
        assert_eq!(decide(&lost, 1, ALTOGETHER, 0.5), Verdict::GiveUp);
        assert_eq!(decide(&lost, 1, Duration::ZERO, 0.0), again(0.5, false));
    }

    #[test]
    fn the_services_own_wait_is_honoured_up_to_a_cap() {
        let limited = |after| error(ApiErrorKind::RateLimited { after });
        let wait = |seconds| Some(Duration::from_secs(seconds));
        let judge = |error: ApiError| decide(&error, 1, Duration::ZERO, 0.0);
        assert_eq!(judge(limited(wait(42))), again(42.0, true));
        assert_eq!(judge(limited(wait(301))), Verdict::GiveUp);
        assert_eq!(judge(limited(None)), again(5.0, true));
        assert_eq!(judge(limited(wait(0))), again(0.0, true));
    }

    #[test]
    fn what_is_final_or_in_doubt_is_never_repeated() {
        for kind in [
            ApiErrorKind::Invalid,
            ApiErrorKind::Unauthorized,
            ApiErrorKind::Conflict,
            ApiErrorKind::File,
            ApiErrorKind::Cancelled,
        ] {
            assert_eq!(
                decide(&error(kind), 1, Duration::ZERO, 0.5),
                Verdict::GiveUp
            );
        }
        let mut doubt = error(ApiErrorKind::Transport);
        doubt.changes = true;
        doubt.delivery = Delivery::Unknown;
        assert_eq!(decide(&doubt, 1, Duration::ZERO, 0.5), Verdict::GiveUp);
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_named_or_longer_than_its_cap(
            attempt in 1_u32..100, named in proptest::option::of(0_u64..2000), jitter in -1.0_f64..2.0,
        ) {
            let after = named.map(Duration::from_secs);
            let error = error(ApiErrorKind::RateLimited { after });
            if let Verdict::Again { after: wait, .. } = decide(&error, attempt, Duration::ZERO, jitter) {
                prop_assert!(wait >= after.unwrap_or_default());
                prop_assert!(wait <= LONGEST_NAMED + LONGEST_NAMED / 4);
            }
        }
    }
}
