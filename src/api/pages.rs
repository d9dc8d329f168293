//! Following a listing from page to page: none is asked for twice.

use std::collections::HashSet;

use super::{ApiError, ApiErrorKind};
use crate::domain::Cursor;

/// More pages than any service has: beyond this it goes in circles with new cursors.
const MOST: usize = 100_000;

/// The cursors of one listing, as far as it was followed.
#[derive(Debug, Default)]
pub struct Pages {
    seen: HashSet<Cursor>,
}

impl Pages {
    /// Where the next page starts; `None` behind the last one. A cursor that comes again would go
    /// round for ever: an error of kind [`ApiErrorKind::Limit`].
    pub fn next(&mut self, next: Option<Cursor>) -> Result<Option<Cursor>, ApiError> {
        match next {
            Some(next) if self.seen.len() == MOST || !self.seen.insert(next.clone()) => {
                let message = "the service's pages go in circles";
                Err(ApiError::new("list it", ApiErrorKind::Limit, message))
            }
            next => Ok(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_comes_again_ends_it() {
        let cursor = |text: &str| Some(Cursor(text.to_owned()));
        let mut pages = Pages::default();
        assert_eq!(pages.next(cursor("a")).unwrap(), cursor("a"));
        assert_eq!(pages.next(cursor("b")).unwrap(), cursor("b"));
        assert_eq!(
            pages.next(cursor("a")).unwrap_err().kind,
            ApiErrorKind::Limit
        );
        assert_eq!(pages.next(None).unwrap(), None);
    }
}
