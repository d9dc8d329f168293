//! The columns of the plan sheet, and the editing of a cell.

use std::collections::HashMap;

use super::{PlanSheet, segment};
use crate::api::{Field, Middle, ProviderSpec};
use crate::app::State;
use crate::app::modal::fields;
use crate::app::modal::form::{Field as Entry, Form, Kind};
use crate::domain::{AssetScope, SafeText};
use crate::transfer::plan::{Change, Pattern, Row};

/// What a column tells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// The name that is sent.
    Name,
    /// Where the files of the plan go to several.
    Segment,
    Field(Field),
}

impl Cell {
    /// The columns of a service: its fields, the places first.
    pub fn of(spec: &'static ProviderSpec, by_segment: bool) -> Vec<Self> {
        let segment = (by_segment && spec.middle == Middle::Segments).then_some(Self::Segment);
        let fields = spec.upload_fields.iter().map(|it| Self::Field(it.field));
        let name = std::iter::once(Self::Name);
        name.chain(segment).chain(fields).collect()
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Segment => "Segment",
            Self::Field(field) => field.label(),
        }
    }

    /// Safe to show. `segments`: what those of the rows are called, as far as it is known.
    pub fn text(self, row: &Row, segments: &HashMap<AssetScope, String>) -> String {
        match self {
            Self::Segment => match row.scope.segment() {
                None => "–".to_owned(),
                Some(id) => segments.get(&row.scope).map_or_else(
                    || SafeText::name(id.as_str()).into_string(),
                    |name| SafeText::prose(name).into_string(),
                ),
            },
            Self::Name => {
                let name = SafeText::name(row.name());
                let path = row.relative.split_last().map_or(&[][..], |(_, path)| path);
                if path.is_empty() {
                    name.into_string()
                } else {
                    // Which of several of one name it is; behind the name, which stays when it is cut.
                    format!("{name} in {}", SafeText::name(&path.join("/")))
                }
            }
            Self::Field(Field::Folder) if row.wishes.folder.is_empty() => "(top)".to_owned(),
            Self::Field(field) => {
                let text = row.wishes.text(field);
                if text.is_empty() {
                    "–".to_owned()
                } else {
                    SafeText::prose(&text).into_string()
                }
            }
        }
    }
}

/// What the typed text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Cell(Cell),
    /// A pattern that fills the rows from their paths.
    Pattern,
}

/// One field for some rows.
#[derive(Debug)]
pub(super) struct Editing {
    pub target: Target,
    pub rows: Vec<usize>,
    pub form: Form,
}

impl PlanSheet {
    /// The field for a cell of these rows; it begins with what the first of them holds.
    pub(super) fn edit(&self, cell: Cell, rows: Vec<usize>) -> Option<Editing> {
        let row = self.plan.rows().get(*rows.first()?)?;
        let value = match cell {
            Cell::Name => row.name().to_owned(),
            Cell::Segment => {
                let name = self.segments.get(&row.scope);
                name.cloned().unwrap_or_default()
            }
            Cell::Field(field) => row.wishes.text(field),
        };
        let options = self.options(cell, row);
        let entry = if options.is_empty() {
            Entry::text(cell.label(), &value)
        } else {
            let chosen = options.iter().position(|it| *it == value).unwrap_or(0);
            Entry::choice(cell.label(), options, chosen)
                .hint("◂ ▸ or its first letter; Enter sets it")
        };
        let entry = match cell {
            Cell::Segment => entry
                .suggested()
                .placeholder("its key, a part of it, or its number"),
            Cell::Field(Field::Tags) => entry.placeholder("one, two, three"),
            Cell::Field(Field::Folder) => entry.placeholder("public/images, or empty for the top"),
            _ => entry,
        };
        Some(Editing {
            target: Target::Cell(cell),
            rows,
            form: Form::new(vec![entry], "Set"),
        })
    }

    /// The field for a pattern.
    pub(super) fn edit_pattern(rows: Vec<usize>) -> Editing {
        let entry = Entry::text("Pattern", &Pattern::by_locale().to_string())
            .suggested()
            .hint("how locale, folder and name stand in the path, such as {name}.{locale}.{ext}");
        Editing {
            target: Target::Pattern,
            rows,
            form: Form::new(vec![entry], "Fill"),
        }
    }

    /// The values to choose from; empty where any text is one.
    fn options(&self, cell: Cell, row: &Row) -> Vec<String> {
        let Cell::Field(field) = cell else {
            return Vec::new();
        };
        if field == Field::Locale {
            let locales = self.plan.locales(row.scope.container());
            return locales.map_or_else(Vec::new, fields::locale_choices);
        }
        let spec = self.goal.spec.upload_field(field);
        spec.map_or_else(Vec::new, fields::choices)
    }

    /// Sets what was typed; the sentence says why it cannot be.
    pub(super) fn set(&mut self, editing: &Editing, state: &State) -> Result<(), String> {
        let Some(entry) = editing.form.fields.first() else {
            return Ok(());
        };
        let unset = matches!(entry.kind, Kind::Choice { .. }) && entry.chosen() == 0;
        let text = if unset { "" } else { entry.value().trim() };
        let rows = editing.rows.iter().copied();
        match editing.target {
            Target::Pattern => {
                let pattern: Pattern = text
                    .parse()
                    .map_err(|error: crate::transfer::plan::PatternError| error.to_string())?;
                let fill = crate::transfer::plan::Fill::Only(pattern);
                self.plan.fill(rows, &fill);
            }
            Target::Cell(Cell::Segment) => {
                let row = editing
                    .rows
                    .first()
                    .and_then(|row| self.plan.rows().get(*row));
                let opened =
                    row.and_then(|row| state.opened(&self.goal.account, row.scope.container()));
                let opened = opened.ok_or("its segments are not known here; open it first")?;
                let scope = segment::named(opened, text)?;
                self.plan.edit(rows, &Change::Scope(scope));
                self.name_segments(state);
            }
            Target::Cell(Cell::Name) => self.plan.edit(rows, &Change::Name(text.to_owned())),
            Target::Cell(Cell::Field(field)) => {
                self.plan.edit(rows, &Change::Field(field, text.to_owned()));
            }
        }
        self.touched = true;
        Ok(())
    }
}
