//! Assets of the large document, computed when asked for: files of any kind, or pictures in their
//! locales.

use super::content::KINDS;
use super::files::{Shelf, media_type};
use super::flex::{Document, FlexAsset, LOCALES};
use super::{Seed, minutes_ago};

impl Document {
    /// How many computed assets the segment at this place has.
    pub fn bulk_at(&self, at: u64) -> u64 {
        let weights: &[u64] = if self.localised { &SETS } else { &WEIGHTS };
        let weight_below = |place| weight_below(weights, place);
        let whole = weight_below(self.count());
        if self.bulk == 0 || whole == 0 {
            return 0;
        }
        // 128 bits: a million assets times a million segments leaves 64.
        let share = |place: u64| {
            u128::from(self.bulk) * u128::from(weight_below(place)) / u128::from(whole)
        };
        u64::try_from(share(at + 1) - share(at)).unwrap_or(0)
    }

    /// The computed assets of the segment at this place.
    pub fn bulk_assets(&self, seed: Seed, made: &Shelf, at: u64) -> Vec<FlexAsset> {
        let computed = if self.localised {
            localised_asset
        } else {
            bulk_asset
        };
        (0..self.bulk_at(at))
            .map(|n| computed(seed, made, self.first_sid + at, n))
            .collect()
    }
}

/// Twelve segments in a row have this many assets in proportion: most none, one many.
const WEIGHTS: [u64; 12] = [3, 0, 0, 1, 0, 0, 7, 0, 1, 0, 0, 2];

/// The same where they come in sets: fewer segments, each with more.
const SETS: [u64; 30] = [
    6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

fn weight_below(weights: &[u64], place: u64) -> u64 {
    let whole: u64 = weights.iter().sum();
    let period = weights.len() as u64;
    let rest = usize::try_from(place % period).unwrap_or(0);
    place / period * whole + weights[..rest].iter().sum::<u64>()
}

/// A picture in its locales: the source, of the source language or of none, and up to five versions,
/// some of them older, in another format or named by their locale. Where the segment's assets end
/// within a set, the rest of it is missing.
fn localised_asset(seed: Seed, made: &Shelf, sid: u64, n: u64) -> FlexAsset {
    let members = LOCALES.len() as u64;
    let (set, member) = (n / members, n % members);
    let stream = sid.wrapping_mul(4_096).wrapping_add(set);
    let one = stream.wrapping_mul(members).wrapping_add(member);
    let (stem, _, file) = *seed.pick("set kind", stream, &KINDS[..4]);
    let neutral = seed.below("set neutral", stream, 2) == 0;
    // Whose turn it is begins anywhere, so that every locale has gaps.
    let turn = seed.below("set turn", stream, members - 1);
    let locale = match member {
        0 if neutral => None,
        0 => LOCALES.first(),
        _ => LOCALES.get(usize::try_from(1 + (member - 1 + turn) % (members - 1)).unwrap_or(0)),
    };
    let locale = locale.map(|known| known.0);
    let source = member == 0;
    let ending = match seed.below("set format", one, 9) {
        0 if !source => "jpg",
        _ => "png",
    };
    let named = !source && seed.below("set names", stream, 6) == 0;
    let name = match locale.filter(|_| named) {
        Some(locale) => format!("{stem}-{:04}.{locale}.{ending}", set + 1),
        None => format!("{stem}-{:04}.{ending}", set + 1),
    };
    let made_at = 60 + seed.below("set age", stream, 60 * 24 * 90);
    let age = match seed.below("set stored", one, 5) {
        _ if source => made_at,
        0 => made_at + 60 * 24,
        _ => made_at - 60,
    };
    FlexAsset {
        locale: locale.map(Into::into),
        folder: (*seed.pick("set folder", stream, &["", "screens", "screens\\small"])).into(),
        content_type: media_type(&name),
        name,
        created: minutes_ago(age),
        modified: minutes_ago(age),
        blob: made.get(file),
    }
}

fn bulk_asset(seed: Seed, made: &Shelf, sid: u64, n: u64) -> FlexAsset {
    let stream = sid.wrapping_mul(4_096).wrapping_add(n);
    let (stem, ending, file) = *seed.pick("flex kind", stream, &KINDS);
    let name = format!("{stem}-{:04}.{ending}", n + 1);
    let locale = seed.below("flex locale", stream, 9);
    let age = seed.below("flex bulk age", stream, 60 * 24 * 90);
    FlexAsset {
        locale: LOCALES
            .get(usize::try_from(locale).unwrap_or(9))
            .map(|known| known.0.into()),
        folder: (*seed.pick(
            "flex folder",
            stream,
            &["", "", "screens", "screens\\small", "print"],
        ))
        .into(),
        content_type: media_type(&name),
        name,
        created: minutes_ago(age),
        modified: minutes_ago(age),
        blob: made.get(file),
    }
}
