//! A list of the conversation: its rows, and which of them an answer means.

use crate::cli::output::{Cell, Output};
use crate::cli::record::{
    ASSET_HEADS, CONTAINER_HEADS, Listing, SEGMENT_HEADS, account_ref, asset_ref, container_ref,
    segment_ref,
};
use crate::cli::{Failure, session::Known};
use crate::domain::{Asset, Container, ContainerId, Entry, Segment, Shelf, TypeChoice};

/// Rows that are said at once.
pub const PAGE: usize = 20;
/// Most numbers that are told when several rows fit.
const TOLD: usize = 9;

/// The rows of one list.
pub enum Rows<'a> {
    Accounts(&'a [Known]),
    Containers(&'a Known, Vec<Entry<Container>>),
    Segments(&'a Known, ContainerId, Vec<Entry<Segment>>),
    /// The types, and the assets that have them.
    Types(Vec<(TypeChoice, usize)>, Shelf<Asset>),
    Assets(&'a Known, Shelf<Asset>),
}

/// By what a row can be called beside its number; none when it could not be read.
struct Names {
    names: Vec<String>,
    reference: Option<String>,
}

impl Rows<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::Accounts(rows) => rows.len(),
            Self::Containers(_, rows) => rows.len(),
            Self::Segments(_, _, rows) => rows.len(),
            Self::Types(rows, _) => rows.len(),
            Self::Assets(_, rows) => rows.len(),
        }
    }

    /// So many things were read, which types are counted over.
    pub fn read(&self) -> usize {
        match self {
            Self::Types(_, assets) => assets.len(),
            rows => rows.len(),
        }
    }

    /// There may be more to read for so many rows. Types are known when all their assets are.
    pub fn lacks(&self, many: usize) -> bool {
        matches!(self, Self::Types(..)) || self.len() < many
    }

    /// All was read.
    pub fn count(&mut self) {
        if let Self::Types(types, assets) = self {
            *types = TypeChoice::counts(assets).into_iter().collect();
        }
    }

    fn names(&self, at: usize) -> Names {
        let (names, reference) = match self {
            Self::Accounts(rows) => {
                let name = &rows[at].info.name;
                (vec![name.as_str().to_owned()], Some(account_ref(name)))
            }
            Self::Containers(known, rows) => match &rows[at] {
                Entry::Unreadable(_) => (Vec::new(), None),
                Entry::Read(row) => {
                    let mut path = row.folders.clone();
                    path.push(row.name.clone());
                    (
                        vec![row.name.clone(), path.join("/")],
                        Some(container_ref(&known.info.name, &row.id)),
                    )
                }
            },
            Self::Segments(known, container, rows) => match &rows[at] {
                Entry::Unreadable(_) => (Vec::new(), None),
                Entry::Read(row) => (
                    vec![row.name()],
                    Some(segment_ref(&known.info.name, container, row)),
                ),
            },
            Self::Types(rows, _) => (vec![rows[at].0.name().to_owned()], None),
            Self::Assets(known, rows) => match rows.get(at).and_then(Entry::seen) {
                None => (Vec::new(), None),
                Some(row) => (
                    vec![row.name.clone()],
                    Some(asset_ref(&known.info.name, &row)),
                ),
            },
        };
        Names { names, reference }
    }

    /// What a row is called; empty when it could not be read.
    pub fn name(&self, at: usize) -> String {
        self.names(at).names.into_iter().next().unwrap_or_default()
    }

    /// The row that is meant: by its number, its ref, its whole name, or a part of it that only one
    /// has; a number is no part of a name. `Ok(None)` when there is none.
    pub fn meant(&self, answer: &str) -> Result<Option<usize>, String> {
        let many = self.len();
        if let Ok(number) = answer.parse::<usize>()
            && (1..=many).contains(&number)
        {
            return Ok(Some(number - 1));
        }
        let all: Vec<Names> = (0..many).map(|at| self.names(at)).collect();
        let lower = answer.to_lowercase();
        let number = answer.parse::<usize>().is_ok();
        let fits: [&dyn Fn(&Names) -> bool; 4] = [
            &|row| row.reference.as_deref() == Some(answer),
            &|row| row.names.iter().any(|name| name == answer),
            &|row| row.names.iter().any(|name| name.to_lowercase() == lower),
            &|row| {
                let mut names = row.names.iter();
                !number && names.any(|name| name.to_lowercase().contains(&lower))
            },
        ];
        for fits in fits {
            let found: Vec<usize> = (0..many).filter(|at| fits(&all[*at])).collect();
            match found.as_slice() {
                [] => {}
                [one] => return Ok(Some(*one)),
                several => return Err(which(several)),
            }
        }
        if number {
            return Err(match many {
                0 => "The list is empty.".to_owned(),
                _ => format!("The list has the numbers 1 to {many}."),
            });
        }
        Ok(None)
    }

    /// One page, numbered through the whole list.
    pub fn print(&self, output: &mut Output, from: usize) -> Result<(), Failure> {
        let to = self.len().min(from + PAGE);
        let page = from..to;
        match self {
            Self::Accounts(rows) => {
                let mut listing = Listing::new(output, false, &["REF", "NAME", "SERVICE"]);
                for known in &rows[page] {
                    let name = known.info.name.as_str();
                    let cells = [
                        Cell::name(&account_ref(&known.info.name)),
                        Cell::name(name),
                        Cell::prose(known.info.spec.label),
                    ];
                    listing.put(&cells, &name)?;
                }
                listing.end("")
            }
            Self::Containers(known, rows) => {
                let mut listing = Listing::new(output, false, CONTAINER_HEADS).from(from + 1);
                for row in &rows[page] {
                    listing.container(&known.info.name, row)?;
                }
                listing.end("")
            }
            Self::Segments(known, container, rows) => {
                let mut listing = Listing::new(output, false, SEGMENT_HEADS).from(from + 1);
                for row in &rows[page] {
                    listing.segment(&known.info.name, container, row)?;
                }
                listing.end("")
            }
            Self::Types(rows, _) => {
                let heads = &["REF", "NAME", "KIND", "ASSETS"];
                let mut listing = Listing::new(output, false, heads).from(from + 1);
                for (choice, count) in &rows[page] {
                    let kind = match choice {
                        TypeChoice::All => "",
                        TypeChoice::Asset(_) => "asset type",
                        TypeChoice::Image(_) => "image type",
                    };
                    let cells = [
                        Cell::name(""),
                        Cell::name(choice.name()),
                        Cell::prose(kind),
                        Cell::name(&count.to_string()),
                    ];
                    listing.put(&cells, &choice.name())?;
                }
                listing.end("")
            }
            Self::Assets(known, rows) => {
                let mut listing = Listing::new(output, false, ASSET_HEADS).from(from + 1);
                for row in rows.iter_from(page.start).take(page.len()) {
                    listing.asset(&known.info.name, &row)?;
                }
                listing.end("")
            }
        }
    }
}

fn which(rows: &[usize]) -> String {
    let numbers = rows.iter().take(TOLD).map(|at| (at + 1).to_string());
    let numbers = numbers.collect::<Vec<_>>().join(", ");
    let more = if rows.len() > TOLD { " and others" } else { "" };
    format!(
        "{} have it in their name; type a number: {numbers}{more}.",
        rows.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(names: &[&str]) -> Rows<'static> {
        let rows = names.iter().map(|it| (TypeChoice::Asset((*it).into()), 1));
        Rows::Types(rows.collect(), Shelf::default())
    }

    #[test]
    fn a_row_is_meant_by_number_name_or_part() {
        let rows = types(&["hero", "Hero", "banner", "7", "banner two"]);
        assert_eq!(rows.meant("2"), Ok(Some(1)));
        assert_eq!(rows.meant("hero"), Ok(Some(0)));
        assert_eq!(rows.meant("Hero"), Ok(Some(1)));
        assert_eq!(rows.meant("BANNER"), Ok(Some(2)));
        assert_eq!(rows.meant("two"), Ok(Some(4)));
        assert_eq!(rows.meant("7"), Ok(Some(3)));
        assert_eq!(rows.meant("nothing"), Ok(None));
        let several = rows.meant("er").unwrap_err();
        assert!(several.contains("1, 2, 3, 5"), "{several}");
        let beyond = rows.meant("9").unwrap_err();
        assert!(beyond.contains("1 to 5"), "{beyond}");
        assert!(rows.meant("0").is_err());
        // No part of a name: who mistypes a number must not go anywhere.
        let beyond = types(&["hero 2", "year 2026"]).meant("26").unwrap_err();
        assert!(beyond.contains("1 to 2"), "{beyond}");
    }
}
