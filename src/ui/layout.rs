//! Which panes are shown, and where: four on wide terminals, fewer on narrower ones, the focused one
//! always.

use ratatui::layout::Rect;

use crate::app::Pane;
use crate::app::browse::Widths;

/// Below this nothing useful fits.
pub const LEAST: (u16, u16) = (40, 12);

/// How many panes fit side by side.
pub const fn columns_for(width: u16) -> usize {
    match width {
        0..=69 => 1,
        70..=99 => 2,
        100..=129 => 3,
        _ => 4,
    }
}

/// The panes that are shown, left to right. Those beside the focused one are what it leads to, else
/// what it came from.
pub fn shown(focus: Pane, zoom: bool, width: u16) -> Vec<Pane> {
    let at = Pane::ALL
        .iter()
        .position(|pane| *pane == focus)
        .unwrap_or_default();
    let first = match columns_for(width) {
        _ if zoom => return vec![focus],
        1 => return vec![focus],
        2 => at.min(2)..at.min(2) + 2,
        3 => {
            let first = at.saturating_sub(1).min(1);
            first..first + 3
        }
        _ => 0..4,
    };
    Pane::ALL.get(first).unwrap_or(&Pane::ALL).to_vec()
}

/// Shares of the width.
const fn weight(pane: Pane) -> u32 {
    match pane {
        Pane::Places | Pane::Middle | Pane::Details => 6,
        Pane::Assets => 10,
    }
}

/// The most that a pane can use; the assets take the rest.
const fn most(pane: Pane) -> u16 {
    match pane {
        Pane::Places => 36,
        Pane::Middle => 56,
        Pane::Details => 60,
        Pane::Assets => u16::MAX,
    }
}

/// However a divider is drawn, this much of a pane stays.
pub const NARROWEST: u16 = 16;

/// Places of the shown panes, side by side over the whole area: as wide as usual, or in the
/// proportion that the user gave them.
pub fn places(panes: &[Pane], area: Rect, wished: &Widths) -> Vec<(Pane, Rect)> {
    let mut widths = usual(panes, area.width);
    if panes.len() > 1 && panes.iter().any(|pane| wished.of(*pane).is_some()) {
        for (width, pane) in widths.iter_mut().zip(panes) {
            *width = wished.of(*pane).unwrap_or(*width);
        }
        widths = scaled(&widths, area.width);
    }
    let mut x = area.x;
    panes
        .iter()
        .zip(widths)
        .map(|(pane, width)| {
            let place = Rect { x, width, ..area };
            x += width;
            (*pane, place)
        })
        .collect()
}

/// The same proportion over so many columns; none is narrower than it may be.
fn scaled(widths: &[u16], columns: u16) -> Vec<u16> {
    let count = u16::try_from(widths.len()).unwrap_or(1).max(1);
    let least = NARROWEST.min(columns / count);
    let total: u32 = widths.iter().copied().map(u32::from).sum();
    let share = |width: &u16| {
        let share = u32::from(*width) * u32::from(columns) / total.max(1);
        u16::try_from(share).unwrap_or(u16::MAX).max(least)
    };
    let mut scaled: Vec<u16> = widths.iter().map(share).collect();
    // What rounding and the limit leave or take goes to or from the widest.
    let used: u16 = scaled.iter().sum();
    if let Some(widest) = scaled.iter_mut().max() {
        *widest += columns.saturating_sub(used);
    }
    for _ in 0..used.saturating_sub(columns) {
        if let Some(widest) = scaled.iter_mut().max() {
            *widest -= 1;
        }
    }
    scaled
}

/// The widths where the user gave none.
fn usual(panes: &[Pane], columns: u16) -> Vec<u16> {
    let total: u32 = panes.iter().map(|pane| weight(*pane)).sum();
    let mut widths: Vec<u16> = panes
        .iter()
        .map(|pane| {
            let share = u32::from(columns) * weight(*pane) / total.max(1);
            let share = u16::try_from(share).unwrap_or(u16::MAX);
            if panes.len() > 1 {
                share.min(most(*pane))
            } else {
                share
            }
        })
        .collect();
    let used: u16 = widths.iter().sum();
    // What rounding and the limits leave goes to the assets, or to the last pane.
    let rest = panes
        .iter()
        .position(|pane| *pane == Pane::Assets)
        .unwrap_or(panes.len().saturating_sub(1));
    if let Some(width) = widths.get_mut(rest) {
        *width += columns.saturating_sub(used);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wished_widths_are_shares_and_keep_their_limit() {
        let mut wished = Widths::default();
        wished.set(Pane::Places, 60);
        wished.set(Pane::Middle, 4);
        let of = |columns, panes: &[Pane]| -> Vec<u16> {
            let places = places(panes, Rect::new(0, 1, columns, 20), &wished);
            places.iter().map(|(_, place)| place.width).collect()
        };
        let wide = of(160, &Pane::ALL);
        assert!(wide[0] > 50 && wide[1] == NARROWEST, "{wide:?}");
        for columns in 40..300 {
            for focus in Pane::ALL {
                let panes = shown(focus, false, columns);
                let widths = of(columns, &panes);
                assert_eq!(widths.iter().sum::<u16>(), columns, "{columns}");
                assert!(
                    widths.iter().all(|it| *it >= NARROWEST),
                    "{columns}: {widths:?}"
                );
            }
        }
        // Panes that nobody touched are as usual.
        let untouched = &[Pane::Assets, Pane::Details];
        let usual = places(untouched, Rect::new(0, 1, 80, 20), &Widths::default());
        assert_eq!(of(80, untouched), [usual[0].1.width, usual[1].1.width]);
    }

    #[test]
    fn the_focused_pane_is_always_shown() {
        for width in [40, 60, 80, 99, 100, 129, 130, 300] {
            for focus in Pane::ALL {
                let panes = shown(focus, false, width);
                assert!(panes.contains(&focus), "{focus:?} at {width}");
                assert_eq!(panes.len(), columns_for(width));
                assert_eq!(shown(focus, true, width), [focus]);
                let area = Rect::new(0, 1, width, 20);
                let places = places(&panes, area, &Widths::default());
                let sum: u16 = places.iter().map(|(_, place)| place.width).sum();
                assert_eq!(sum, width, "no column is left over");
                assert!(places.iter().all(|(_, place)| place.width >= 20));
            }
        }
    }
}
