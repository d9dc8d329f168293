//! Which panes are shown, and where: four on wide terminals, fewer on narrower ones, the focused one
//! always.

use ratatui::layout::Rect;

use crate::app::Pane;

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

/// Places of the shown panes, side by side over the whole area.
pub fn places(panes: &[Pane], area: Rect) -> Vec<(Pane, Rect)> {
    let total: u32 = panes.iter().map(|pane| weight(*pane)).sum();
    let mut widths: Vec<u16> = panes
        .iter()
        .map(|pane| {
            let share = u32::from(area.width) * weight(*pane) / total.max(1);
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
        *width += area.width.saturating_sub(used);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focused_pane_is_always_shown() {
        for width in [40, 60, 80, 99, 100, 129, 130, 300] {
            for focus in Pane::ALL {
                let panes = shown(focus, false, width);
                assert!(panes.contains(&focus), "{focus:?} at {width}");
                assert_eq!(panes.len(), columns_for(width));
                assert_eq!(shown(focus, true, width), [focus]);
                let area = Rect::new(0, 1, width, 20);
                let places = places(&panes, area);
                let sum: u16 = places.iter().map(|(_, place)| place.width).sum();
                assert_eq!(sum, width, "no column is left over");
                assert!(places.iter().all(|(_, place)| place.width >= 20));
            }
        }
    }
}
