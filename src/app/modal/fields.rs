//! The fields of an asset as a form: built from a provider's spec, checked, and read back.

use super::form::{Field as Entry, Form, Kind};
use crate::api::{Field, FieldSpec, Metadata};
use crate::domain::{AssetPath, Locale, SafeText};

/// The first option of a choice: leaves the field to the service.
const UNSET: &str = "not set";
/// The first option of the locale: the asset is of no language.
const NO_LOCALE: &str = "none";

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
                    return Entry::choice(label, vec![NO_LOCALE.to_owned()], 0);
                }
                if spec.choices.is_empty() {
                    let field = Entry::text(label, &value);
                    return match spec.field {
                        Field::Folder => field.placeholder("public/images, or empty for the top"),
                        Field::Tags => field.placeholder("one, two, three"),
                        _ => field,
                    };
                }
                let mut options = vec![UNSET.to_owned()];
                options.extend(spec.choices.iter().map(|&choice| choice.to_owned()));
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

    /// The locales to choose from; keeps the choice when it is still among them.
    pub fn set_locales(&mut self, locales: &[Locale], wanted: Option<&Locale>) {
        let wanted = self.locale().or_else(|| wanted.cloned());
        let Some(at) = self.at(Field::Locale) else {
            return;
        };
        let mut names = vec![NO_LOCALE.to_owned()];
        names.extend(locales.iter().map(|it| it.as_str().to_owned()));
        let chosen = wanted
            .and_then(|wanted| locales.iter().position(|it| *it == wanted))
            .map_or(0, |at| at + 1);
        let before = &self.form.fields[at];
        let mut field = Entry::choice(Field::Locale.label(), names, chosen);
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
        let error = match spec.field {
            Field::Folder => self.folder().err(),
            Field::Tags => self.check_tags(spec),
            _ => {
                let long = |max: &usize| length(self.form.fields[at].value()) > *max;
                spec.max_chars
                    .filter(long)
                    .map(|max| format!("longer than {max} characters; shorten it"))
            }
        };
        self.form.fields[at].error = error;
    }

    fn check_tags(&self, spec: &FieldSpec) -> Option<String> {
        let tags = self.tags();
        if let Some(max) = spec.max_items.filter(|max| tags.len() > *max) {
            return Some(format!("{} tags; the service takes {max}", tags.len()));
        }
        let max = spec.max_chars?;
        tags.iter()
            .find(|tag| length(tag) > max)
            .map(|tag| format!("“{}” is longer than {max} characters", SafeText::prose(tag)))
    }

    /// Checks every field; says whether all may be sent, and goes to the first that may not.
    pub fn check_all(&mut self) -> bool {
        for at in 0..self.specs.len() {
            self.check(at);
        }
        self.form.show_error();
        !self.form.has_errors()
    }

    /// The texts for a new asset.
    pub fn metadata(&self) -> Metadata {
        let tags = self.tags();
        Metadata {
            image_type: self.text(Field::ImageType),
            alt_text: self.text(Field::AltText),
            description: self.text(Field::Description),
            tags: (!tags.is_empty()).then_some(tags),
        }
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

/// As the services count: the larger of code points and UTF-16 units, which is the latter.
fn length(text: &str) -> usize {
    text.trim().encode_utf16().count()
}
