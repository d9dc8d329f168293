//! Mistakes on purpose, in debug builds only: how the program bears a panic is tested with them.

/// Panics if `ASSETDECK_PANIC` names this place. Release builds have nothing of it.
#[track_caller]
pub fn point(place: &str) {
    #[cfg(debug_assertions)]
    {
        let named = std::env::var("ASSETDECK_PANIC");
        assert_ne!(named.as_deref(), Ok(place), "on purpose, in {place}");
    }
    #[cfg(not(debug_assertions))]
    let _ = place;
}
