//! What saving a tree will do, and what becomes of each file whose name is taken.

use std::time::Instant;

use crate::app::key::{Code, Input};
use crate::app::modal::confirm::Answering;
use crate::app::modal::rows::Cursor;
use crate::transfer::OnClash;
use crate::transfer::tree::{Fate, Tree};

#[derive(Debug)]
pub(super) struct Question {
    tree: Tree,
    /// The rows whose names are taken, and what was decided for each.
    pub clashes: Vec<(usize, OnClash)>,
    pub cursor: Cursor,
    pub answering: Answering,
}

/// How many files, and of how many bytes as far as those are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub saved: usize,
    pub bytes: u64,
    /// Those whose size the service does not tell.
    pub unsized_files: usize,
    pub same: usize,
    /// They stay as they are here.
    pub kept: usize,
    pub replaced: usize,
}

impl Question {
    pub fn new(tree: Tree, now: Instant) -> Self {
        // What is here is kept until the user says otherwise.
        let clashes = tree.clashes().map(|at| (at, OnClash::Skip)).collect();
        Self {
            tree,
            clashes,
            cursor: Cursor::default(),
            answering: Answering::new(now),
        }
    }

    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The tree with what was decided.
    pub fn decided(&self) -> Tree {
        let mut tree = self.tree.clone();
        for (at, rule) in &self.clashes {
            tree.decide(*at, *rule);
        }
        tree
    }

    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        let mut add = |size: Option<u64>| {
            totals.saved += 1;
            totals.bytes += size.unwrap_or(0);
            totals.unsized_files += usize::from(size.is_none());
        };
        let rules = { self.clashes.iter() }.filter(|(_, rule)| *rule != OnClash::Skip);
        let rows = self.tree.rows.iter();
        let chosen = rules.filter_map(|(at, _)| self.tree.rows.get(*at));
        for row in rows.clone().filter(|row| row.fate.is_saved()).chain(chosen) {
            add(row.asset.size);
        }
        let of = |wanted: OnClash| {
            let rules = self.clashes.iter();
            rules.filter(|(_, rule)| *rule == wanted).count()
        };
        totals.same = rows.filter(|row| row.fate == Fate::Same).count();
        totals.kept = of(OnClash::Skip);
        totals.replaced = of(OnClash::Replace);
        totals
    }

    /// Yes, no, or neither: then it may have decided about a row.
    pub fn input(&mut self, input: &Input, page: usize, now: Instant) -> Option<bool> {
        if self.decide(input, page) {
            return None;
        }
        self.answering.input(input, now)
    }

    /// Decides for the row under the cursor, or for all by a capital; says whether the input was for
    /// the rows.
    fn decide(&mut self, input: &Input, page: usize) -> bool {
        if self.clashes.is_empty() {
            return false;
        }
        if self.cursor.input(input, self.clashes.len(), page) {
            return true;
        }
        let Input::Key(key) = input else { return false };
        let (rule, all) = match key.code {
            _ if key.ctrl || key.alt => return false,
            Code::Char('r') => (OnClash::Replace, false),
            Code::Char('R') => (OnClash::Replace, true),
            Code::Char('b') => (OnClash::Keep, false),
            Code::Char('B') => (OnClash::Keep, true),
            Code::Char('x') => (OnClash::Skip, false),
            Code::Char('X') => (OnClash::Skip, true),
            _ => return false,
        };
        for (at, (_, decision)) in self.clashes.iter_mut().enumerate() {
            if all || at == self.cursor.at {
                *decision = rule;
            }
        }
        true
    }
}
