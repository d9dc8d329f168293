//! Which segment a text means that was typed for a row.

use crate::app::browse::Opened;
use crate::domain::{AssetScope, SafeText, Segment};

/// How many segments are named where a text fits several.
const NAMED: usize = 3;

/// Segments that a text fits: how many, and the first of them.
#[derive(Default)]
struct Fits {
    count: usize,
    first: Vec<Segment>,
}

impl Fits {
    fn add(&mut self, segment: &Segment) {
        self.count += 1;
        let room = self.first.len() < NAMED;
        self.first.extend(room.then(|| segment.clone()));
    }
}

/// The segment that a typed text means: its key, text, number or id, or a part of one that no other
/// has.
pub(super) fn named(opened: &Opened, text: &str) -> Result<AssetScope, String> {
    let one = opened.spec.container.one;
    if text.is_empty() {
        return Err(String::from("type its key, a part of it, or its number"));
    }
    let wanted = text.to_lowercase();
    let number = text.trim_start_matches('#').parse::<u64>().ok();
    let [mut exact, mut numbered, mut part] = [(); 3].map(|()| Fits::default());
    // Once through all of them: the rows of a long document are packed.
    for segment in opened.segments.list.rows().read() {
        let name = segment.called();
        if segment.id.as_str() == text || name == text {
            exact.add(&segment);
        }
        if number == Some(segment.position) {
            numbered.add(&segment);
        }
        if name.to_lowercase().contains(&wanted) {
            part.add(&segment);
        }
    }
    let fits = [exact, numbered, part];
    let Some(fits) = fits.into_iter().find(|fits| fits.count > 0) else {
        if opened.segments.remote.pending().is_some() {
            return Err(format!("the segments of this {one} are still being listed"));
        }
        return Err(format!("no segment of this {one} is called that"));
    };
    match fits.first.as_slice() {
        [one] => Ok(AssetScope::Segment(opened.id.clone(), one.id.clone())),
        several => {
            let names: Vec<String> = { several.iter() }
                .map(|it| format!("{} (#{})", SafeText::prose(&it.name()), it.position))
                .collect();
            let more = if fits.count > NAMED { ", …" } else { "" };
            Err(format!(
                "{} segments fit: {}{more}; type more of it, or the number",
                fits.count,
                names.join(", ")
            ))
        }
    }
}
