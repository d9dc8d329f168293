//! The fields of an asset as a form: built from a provider's spec, checked, and read back.

use super::form::{Field as Entry, Form, Kind};
use crate::api::{Field, FieldSpec, Metadata};
use crate::domain::{AssetPath, Locale};
use crate::transfer::{Wishes, plan};

/// The values of a field to choose from, the first of which leaves it to the service; none where any
/// text is a value.
pub(super) fn choices(spec: &FieldSpec) -> Vec<String> {
    if spec.choices.is_empty() {
        return Vec::new();
    }
    let choices = spec.choices.iter().map(|&it| it.to_owned());
    std::iter::once("not set".to_owned())
        .chain(choices)
        .collect()
}

/// The locales to choose from, the first of which is none: the asset is of no language.
pub(super) fn locale_choices(locales: &[Locale]) -> Vec<String> {
    let locales = locales.iter().map(|it| it.as_str().to_owned());
    std::iter::once("none".to_owned()).chain(locales).collect()
}

#[derive(Debug)]
pub struct AssetForm {
    pub form: Form,
    specs: &'static [FieldSpec],
    locales: Vec<Locale>,
}

impl AssetForm {
    /// One field for each of the spec's, holding what `initial` says.
    pub fn new(
        specs: &'static [FieldSpec],
        button: impl Into<String>,
        initial: impl Fn(Field) -> String,
    ) -> Self {
        let fields = specs
            .iter()
            .map(|spec| {
                let value = initial(spec.field);
                let label = spec.field.label();
                if spec.field == Field::Locale {
                    return Entry::choice(label, locale_choices(&[]), 0);
                }
                let mut options = choices(spec);
                if options.is_empty() {
                    let field = Entry::text(label, &value);
                    return match spec.field {
                        Field::Folder => field
                            .placeholder("public/images, or empty for the top")
                            .suggested(),
                        Field::Tags => field.placeholder("one, two, three"),
                        _ => field,
                    };
                }
                if !value.is_empty() && !options.contains(&value) {
                    options.push(value.clone());
                }
                let chosen = options.iter().position(|it| *it == value).unwrap_or(0);
                Entry::choice(label, options, chosen)
            })
            .collect();
        Self {
            form: Form::new(fields, button),
            specs,
            locales: Vec::new(),
        }
    }

    /// The locales to choose from. `wanted` is chosen when they come; afterwards the choice is the
    /// user's, also where it is none, and kept when it is still among them.
    pub fn set_locales(&mut self, locales: &[Locale], wanted: Option<&Locale>) {
        let wanted = if self.locales.is_empty() {
            wanted.cloned()
        } else {
            self.locale()
        };
        let Some(at) = self.at(Field::Locale) else {
            return;
        };
        let chosen = wanted
            .and_then(|wanted| locales.iter().position(|it| *it == wanted))
            .map_or(0, |at| at + 1);
        let before = &self.form.fields[at];
        let mut field = Entry::choice(Field::Locale.label(), locale_choices(locales), chosen);
        field.hint.clone_from(&before.hint);
        self.form.fields[at] = field;
        self.locales = locales.to_vec();
    }

    /// Says something below a field.
    pub fn hint(&mut self, field: Field, hint: Option<String>) {
        if let Some(at) = self.at(field) {
            self.form.fields[at].hint = hint;
        }
    }

    fn at(&self, field: Field) -> Option<usize> {
        self.specs.iter().position(|spec| spec.field == field)
    }

    fn entry(&self, field: Field) -> Option<&Entry> {
        self.form.fields.get(self.at(field)?)
    }

    /// The text of a field, `None` when it is empty or left to the service.
    pub fn text(&self, field: Field) -> Option<String> {
        let entry = self.entry(field)?;
        if matches!(entry.kind, Kind::Choice { .. }) && entry.chosen() == 0 {
            return None;
        }
        let text = entry.value().trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub fn locale(&self) -> Option<Locale> {
        let chosen = self.entry(Field::Locale)?.chosen();
        chosen
            .checked_sub(1)
            .and_then(|at| self.locales.get(at))
            .cloned()
    }

    /// The folder, or in one sentence what is wrong with it.
    pub fn folder(&self) -> Result<AssetPath, String> {
        match self.entry(Field::Folder) {
            Some(entry) => AssetPath::parse(entry.value()).map_err(|error| error.to_string()),
            None => Ok(AssetPath::root()),
        }
    }

    /// Tags between commas, each once.
    pub fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.entry(Field::Tags).map_or("", Entry::value).split(',') {
            let tag = tag.trim();
            if !tag.is_empty() && !tags.iter().any(|it| it == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }

    /// Checks one field and says what is wrong below it.
    pub fn check(&mut self, at: usize) {
        let Some(spec) = self.specs.get(at) else {
            return;
        };
        let field = &self.form.fields[at];
        let result = match (spec.field, &field.kind) {
            (_, Kind::Choice { .. }) => Ok(()),
            (Field::Folder, _) => plan::check_folder(field.value(), self.locales()),
            (Field::Tags, _) => plan::check_tags(spec, &self.tags()),
            _ => plan::check_text(spec, field.value().trim()),
        };
        let error = result.err();
        self.form.fields[at].error = error;
    }

    /// Says what is wrong with a field, and goes there.
    pub fn refuse(&mut self, field: Field, reason: String) {
        if let Some(at) = self.at(field) {
            self.form.fields[at].error = Some(reason);
            self.form.show_error();
        }
    }

    /// Checks every field; says whether all may be sent, and goes to the first that may not.
    pub fn check_all(&mut self) -> bool {
        for at in 0..self.specs.len() {
            self.check(at);
        }
        self.form.show_error();
        !self.form.has_errors()
    }

    /// What is wished for a new asset.
    pub fn wishes(&self) -> Wishes {
        let text = |field| self.text(field).unwrap_or_default();
        Wishes {
            locale: self
                .locale()
                .map_or_else(String::new, |it| it.as_str().to_owned()),
            folder: text(Field::Folder),
            asset_type: text(Field::AssetType),
            image_type: text(Field::ImageType),
            alt_text: text(Field::AltText),
            description: text(Field::Description),
            tags: self.tags(),
        }
    }

    /// The container's locales, once they are known.
    pub fn locales(&self) -> Option<&[Locale]> {
        (!self.locales.is_empty()).then_some(self.locales.as_slice())
    }

    /// The texts that the user changed; an emptied one is sent empty.
    pub fn changes(&self) -> Metadata {
        let changed = |field: Field| {
            self.entry(field)
                .filter(|entry| entry.changed())
                .map(|_| self.text(field).unwrap_or_default())
        };
        Metadata {
            image_type: changed(Field::ImageType),
            alt_text: changed(Field::AltText),
            description: changed(Field::Description),
            tags: changed(Field::Tags).map(|_| self.tags()),
        }
    }
}
