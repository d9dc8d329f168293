//! The columns of the plan sheet, and the editing of a cell.

use super::PlanSheet;
use crate::api::{Field, ProviderSpec};
use crate::app::modal::fields;
use crate::app::modal::form::{Field as Entry, Form, Kind};
use crate::domain::SafeText;
use crate::transfer::plan::{Change, Pattern, Row};

/// What a column tells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// The name that is sent.
    Name,
    Field(Field),
}

impl Cell {
    /// The columns of a service: its fields, the places first.
    pub fn of(spec: &'static ProviderSpec) -> Vec<Self> {
        let fields = spec.upload_fields.iter().map(|it| Self::Field(it.field));
        std::iter::once(Self::Name).chain(fields).collect()
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Field(field) => field.label(),
        }
    }

    /// Safe to show.
    pub fn text(self, row: &Row) -> String {
        match self {
            Self::Name => {
                let name = SafeText::name(row.name());
                let path = row.relative.split_last().map_or(&[][..], |(_, path)| path);
                if path.is_empty() {
                    name.into_string()
                } else {
                    // Which of several of one name it is.
                    format!("{}/{name}", SafeText::name(&path.join("/")))
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
            Cell::Field(field) => row.wishes.text(field),
        };
        let options = self.options(cell);
        let entry = if options.is_empty() {
            Entry::text(cell.label(), &value)
        } else {
            let chosen = options.iter().position(|it| *it == value).unwrap_or(0);
            Entry::choice(cell.label(), options, chosen)
                .hint("◂ ▸ or its first letter; Enter sets it")
        };
        let entry = match cell {
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
    fn options(&self, cell: Cell) -> Vec<String> {
        let Cell::Field(field) = cell else {
            return Vec::new();
        };
        if field == Field::Locale {
            let locales = self.plan.locales(&self.goal.container);
            return locales.map_or_else(Vec::new, fields::locale_choices);
        }
        let spec = self.goal.spec.upload_field(field);
        spec.map_or_else(Vec::new, fields::choices)
    }

    /// Sets what was typed; the sentence says why it cannot be.
    pub(super) fn set(&mut self, editing: &Editing) -> Result<(), String> {
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
                self.fill = crate::transfer::plan::Fill::Only(pattern);
                self.plan.fill(rows, &self.fill);
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
