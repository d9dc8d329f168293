//! A form: fields one below the other and a button; the part that every form sheet shares.

use tui_input::Input as Line;

use super::view::{Block, FieldView};
use crate::app::edit;
use crate::app::key::{Code, Input, Key};
use crate::domain::SafeText;

/// What a field takes.
#[derive(Debug, Clone)]
pub enum Kind {
    Text(Line),
    /// Shown as dots.
    Secret(Line),
    Choice {
        options: Vec<String>,
        chosen: usize,
    },
}

#[derive(Debug, Clone)]
pub struct Field {
    pub label: &'static str,
    pub kind: Kind,
    pub placeholder: String,
    pub hint: Option<String>,
    pub error: Option<String>,
    /// What it held before the user came.
    initial: String,
    /// Its value is a guess of ours: the first letter typed replaces it.
    suggested: bool,
}

impl Field {
    pub fn text(label: &'static str, value: &str) -> Self {
        Self {
            label,
            kind: Kind::Text(Line::new(value.to_owned())),
            placeholder: String::new(),
            hint: None,
            error: None,
            initial: value.to_owned(),
            suggested: false,
        }
    }

    pub fn secret(label: &'static str) -> Self {
        Self {
            kind: Kind::Secret(Line::default()),
            ..Self::text(label, "")
        }
    }

    pub fn choice(label: &'static str, options: Vec<String>, chosen: usize) -> Self {
        let initial = options.get(chosen).cloned().unwrap_or_default();
        Self {
            kind: Kind::Choice { options, chosen },
            initial,
            ..Self::text(label, "")
        }
    }

    #[must_use]
    pub fn placeholder(mut self, text: impl Into<String>) -> Self {
        self.placeholder = text.into();
        self
    }

    /// Takes its value for a guess: the first letter typed replaces it, any other key keeps it.
    #[must_use]
    pub const fn suggested(mut self) -> Self {
        self.suggested = true;
        self
    }

    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// The text, or the words of the chosen option.
    pub fn value(&self) -> &str {
        match &self.kind {
            Kind::Text(line) | Kind::Secret(line) => line.value(),
            Kind::Choice { options, chosen } => options.get(*chosen).map_or("", String::as_str),
        }
    }

    pub const fn chosen(&self) -> usize {
        match &self.kind {
            Kind::Choice { chosen, .. } => *chosen,
            _ => 0,
        }
    }

    pub fn changed(&self) -> bool {
        self.value() != self.initial
    }

    fn block(&self, focused: bool) -> Block {
        match &self.kind {
            Kind::Choice { options, chosen } => Block::Choice {
                label: self.label,
                options: options
                    .iter()
                    .map(|it| SafeText::prose(it).into_string())
                    .collect(),
                chosen: *chosen,
                focused,
                hint: self.hint.clone(),
                error: self.error.clone(),
            },
            Kind::Text(line) => {
                let before: String = line.value().chars().take(line.cursor()).collect();
                self.field(
                    SafeText::prose(line.value()).into_string(),
                    focused.then(|| SafeText::prose(&before).as_str().chars().count()),
                )
            }
            Kind::Secret(line) => self.field(
                "•".repeat(line.value().chars().count()),
                focused.then(|| line.cursor()),
            ),
        }
    }

    fn field(&self, value: String, cursor: Option<usize>) -> Block {
        Block::Field(FieldView {
            label: self.label,
            value,
            cursor,
            placeholder: self.placeholder.clone(),
            error: self.error.clone(),
            hint: self.hint.clone(),
        })
    }
}

/// What a form made of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormEvent {
    Nothing,
    /// This field holds something else now.
    Changed(usize),
    Submit,
    Leave,
}

/// Fields and a button behind them.
#[derive(Debug, Clone)]
pub struct Form {
    pub fields: Vec<Field>,
    /// The field with the focus; one past the last is the button.
    pub focus: usize,
    pub button: String,
}

impl Form {
    pub fn new(fields: Vec<Field>, button: impl Into<String>) -> Self {
        Self {
            fields,
            focus: 0,
            button: button.into(),
        }
    }

    pub fn changed(&self) -> bool {
        self.fields.iter().any(Field::changed)
    }

    pub fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }

    /// Puts the focus on the first field that has an error.
    pub fn show_error(&mut self) {
        if let Some(at) = self.fields.iter().position(|field| field.error.is_some()) {
            self.focus = at;
        }
    }

    pub fn input(&mut self, input: &Input) -> FormEvent {
        match input {
            Input::Key(key) => self.key(*key),
            Input::Paste(text) => self.paste(text),
            _ => FormEvent::Nothing,
        }
    }

    fn paste(&mut self, text: &str) -> FormEvent {
        let at = self.focus;
        match self.fields.get_mut(at).map(|field| &mut field.kind) {
            Some(Kind::Text(line)) => edit::paste(line, text),
            // A copied key often ends with a line end or a space, which is never part of it.
            Some(Kind::Secret(line)) => edit::paste(line, text.trim()),
            _ => return FormEvent::Nothing,
        }
        self.fields[at].error = None;
        FormEvent::Changed(at)
    }

    fn key(&mut self, key: Key) -> FormEvent {
        let count = self.fields.len() + 1;
        match key.code {
            Code::Esc => return FormEvent::Leave,
            Code::Char('s') if key.ctrl => return FormEvent::Submit,
            Code::Tab | Code::Down => {
                self.focus = (self.focus + 1) % count;
                return FormEvent::Nothing;
            }
            Code::BackTab | Code::Up => {
                self.focus = (self.focus + count - 1) % count;
                return FormEvent::Nothing;
            }
            Code::Enter if self.focus + 1 == count => return FormEvent::Submit,
            Code::Enter => {
                self.focus += 1;
                return FormEvent::Nothing;
            }
            _ => {}
        }
        let at = self.focus;
        let Some(field) = self.fields.get_mut(at) else {
            return FormEvent::Nothing;
        };
        let changed = match &mut field.kind {
            Kind::Text(line) | Kind::Secret(line) => {
                if std::mem::take(&mut field.suggested) && key.typed().is_some() {
                    line.reset();
                }
                edit::key(line, key)
            }
            Kind::Choice { options, chosen } => choose(options, chosen, key),
        };
        if changed {
            field.error = None;
            FormEvent::Changed(at)
        } else {
            FormEvent::Nothing
        }
    }

    pub fn blocks(&self, enabled: bool) -> Vec<Block> {
        let mut blocks: Vec<Block> = self
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| field.block(at == self.focus))
            .collect();
        blocks.push(Block::Blank);
        blocks.push(Block::Button {
            label: self.button.clone(),
            focused: self.focus == self.fields.len(),
            enabled,
        });
        blocks
    }
}

/// Arrows and Space go round; a letter goes to the next option that begins with it.
fn choose(options: &[String], chosen: &mut usize, key: Key) -> bool {
    let count = options.len();
    if count < 2 {
        return false;
    }
    let next = match key.code {
        Code::Right | Code::Char(' ') => (*chosen + 1) % count,
        Code::Left => (*chosen + count - 1) % count,
        Code::Home => 0,
        Code::End => count - 1,
        Code::Char(c) if key.typed().is_some() => {
            let begins = |at: &usize| {
                options[*at]
                    .to_lowercase()
                    .starts_with(c.to_ascii_lowercase())
            };
            let found = (1..=count).map(|by| (*chosen + by) % count).find(begins);
            match found {
                Some(at) => at,
                None => return false,
            }
        }
        _ => return false,
    };
    let changed = next != *chosen;
    *chosen = next;
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        Form::new(
            vec![Field::text("Folder", "public/images").suggested()],
            "Send",
        )
    }

    fn press(form: &mut Form, keys: &[Key]) -> String {
        for key in keys {
            form.key(*key);
        }
        form.fields[0].value().to_owned()
    }

    #[test]
    fn a_letter_replaces_a_suggestion_and_any_other_key_keeps_it() {
        let letter = |c| Key {
            code: Code::Char(c),
            ..Key::ctrl('x')
        };
        let plain = |c| Key {
            ctrl: false,
            ..letter(c)
        };
        assert_eq!(press(&mut form(), &[plain('n'), plain('e')]), "ne");
        let end = Key {
            code: Code::End,
            ..plain('x')
        };
        assert_eq!(press(&mut form(), &[end, plain('2')]), "public/images2");
    }
}
