//! Links that a click opens: which cells of a frame lead where. A cell carries its link's number as
//! the colour of its underline, so that it counts as changed when only its link has changed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;
use std::sync::Arc;

use ratatui::style::Color;

/// Longer addresses are not followed by every terminal.
const LONGEST: usize = 2000;

/// The links of the last frame, shared by whoever draws and whoever writes.
#[derive(Debug, Clone, Default)]
pub struct Links {
    known: Rc<RefCell<HashMap<u32, Arc<str>>>>,
    off: Rc<Cell<bool>>,
}

impl Links {
    /// This terminal would print what it does not understand.
    pub fn turn_off(&self) {
        self.off.set(true);
    }

    /// A new frame begins.
    pub fn clear(&self) {
        self.known.borrow_mut().clear();
    }

    /// What the cells of a link carry; nothing where it cannot be one.
    pub fn mark(&self, address: &Arc<str>) -> Option<Color> {
        let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
        if self.off.get() || !plain || address.len() > LONGEST {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        address.hash(&mut hasher);
        let [_, _, _, _, _, red, green, blue] = hasher.finish().to_be_bytes();
        let number = u32::from_be_bytes([0, red, green, blue]);
        let mut known = self.known.borrow_mut();
        let there = known.entry(number).or_insert_with(|| Arc::clone(address));
        // Two of a number: the second is only text.
        (*there == *address).then_some(Color::Rgb(red, green, blue))
    }

    /// The number and the address of the link that a cell carries.
    pub fn find(&self, mark: Color) -> Option<(u32, Arc<str>)> {
        let Color::Rgb(red, green, blue) = mark else {
            return None;
        };
        let number = u32::from_be_bytes([0, red, green, blue]);
        let address = self.known.borrow().get(&number).cloned()?;
        Some((number, address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_leads_to_its_address_and_nothing_else_does() {
        let links = Links::default();
        let address: Arc<str> = "https://example.com/a".into();
        let mark = links.mark(&address).unwrap();
        assert_eq!(links.find(mark).unwrap().1, address);
        assert_eq!(links.find(Color::Reset), None);
        assert_eq!(links.mark(&"https://e\u{7}".into()), None);
        links.clear();
        assert_eq!(links.find(mark), None);
        links.turn_off();
        assert_eq!(links.mark(&address), None);
    }
}
