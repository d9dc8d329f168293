//! Looking for words in all that was listed before. What is looked through is gathered with the first
//! word and dropped when nobody looks any more.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::{Runtime, borne, lock, mistake, send};
use crate::app::effect::RequestId;
use crate::app::msg::Msg;
use crate::domain::drill;
use crate::domain::filter::Filter;
use crate::index::Haystack;

/// What is looked through, while somebody looks.
pub(super) type Gathered = Arc<Mutex<Option<Haystack>>>;

impl Runtime {
    /// A new request ends this one.
    pub(super) fn find(&mut self, id: RequestId, filter: Filter, most: usize) {
        let token = self.begin(id);
        let (archives, gathered) = (self.archives.clone(), Arc::clone(&self.gathered));
        let inbox = self.inbox.clone();
        self.tasks.spawn_blocking(move || {
            let go_on = || !token.is_cancelled();
            let hits = borne(|| {
                drill::point("search");
                let mut gathered = lock(&gathered);
                let haystack = gathered.get_or_insert_with(|| archives.haystack());
                haystack.find(&filter, Timestamp::now(), most, go_on)
            });
            let hits = hits.ok_or_else(mistake);
            if go_on() {
                send(&inbox, Msg::Found { id, hits });
            }
            archives.tell_trouble(&inbox);
            token.cancel();
        });
    }

    /// Nobody looks any more.
    pub(super) fn end_find(&self) {
        let gathered = Arc::clone(&self.gathered);
        // Behind what may still be looking.
        self.tasks.spawn_blocking(move || lock(&gathered).take());
    }
}
