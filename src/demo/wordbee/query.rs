//! The service's query language for lists, as far as its pages describe it: fields in braces,
//! comparisons, `.Contains`, `.StartsWith`, `.EndsWith`, AND, OR, NOT and brackets.

use std::cmp::Ordering;

use serde_json::Value;

/// A condition on a row.
#[derive(Debug)]
pub enum Condition {
    /// Both hold.
    And(Box<Condition>, Box<Condition>),
    /// One holds.
    Or(Box<Condition>, Box<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A field compared with a value.
    Is(String, Sign, Value),
    /// A text function on a field.
    Text(String, Function, String),
}

/// A comparison.
#[derive(Clone, Copy, Debug)]
pub enum Sign {
    /// `=` and `==`.
    Equal,
    /// `!=` and `<>`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
}

/// A function on text; all ignore case.
#[derive(Clone, Copy, Debug)]
pub enum Function {
    /// Begins with.
    Starts,
    /// Ends with.
    Ends,
    /// Has anywhere.
    Contains,
}

impl Condition {
    /// Whether it holds for a row.
    pub fn holds(&self, row: &Value) -> bool {
        match self {
            Self::And(a, b) => a.holds(row) && b.holds(row),
            Self::Or(a, b) => a.holds(row) || b.holds(row),
            Self::Not(a) => !a.holds(row),
            Self::Is(field, sign, value) => {
                let order = order(&row[field.as_str()], value);
                match sign {
                    Sign::Equal => order == Ordering::Equal,
                    Sign::Unequal => order != Ordering::Equal,
                    Sign::Less => order == Ordering::Less,
                    Sign::AtMost => order != Ordering::Greater,
                    Sign::More => order == Ordering::Greater,
                    Sign::AtLeast => order != Ordering::Less,
                }
            }
            Self::Text(field, function, part) => {
                let whole = row[field.as_str()].as_str().unwrap_or("").to_lowercase();
                match function {
                    Function::Starts => whole.starts_with(part),
                    Function::Ends => whole.ends_with(part),
                    Function::Contains => whole.contains(part),
                }
            }
        }
    }
}

/// How two values stand: numbers by size, everything else as text, ignoring case.
pub fn order(a: &Value, b: &Value) -> Ordering {
    if let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) {
        return a.total_cmp(&b);
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    text(a).cmp(&text(b))
}

/// Reads a condition; the error is a title for the service's envelope.
pub fn parse(text: &str) -> Result<Condition, String> {
    let mut reader = Reader { rest: text };
    let condition = reader.either()?;
    if reader.peek().is_empty() {
        Ok(condition)
    } else {
        Err(reader.wrong())
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&mut self) -> &str {
        self.rest = self.rest.trim_start();
        self.rest
    }

    fn wrong(&self) -> String {
        let near: String = self.rest.chars().take(20).collect();
        format!("Syntax error in the query near '{near}'.")
    }

    /// Takes a sign or word if it is next. A word must end where it ends.
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.peek();
        let Some(head) = rest.get(..token.len()) else {
            return false;
        };
        let is_word = token.chars().all(char::is_alphabetic);
        let goes_on = rest[token.len()..]
            .chars()
            .next()
            .is_some_and(char::is_alphanumeric);
        if !head.eq_ignore_ascii_case(token) || (is_word && goes_on) {
            return false;
        }
        self.rest = &self.rest[token.len()..];
        true
    }

    fn needs(&mut self, token: &str) -> Result<(), String> {
        if self.takes(token) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn either(&mut self) -> Result<Condition, String> {
        let mut left = self.both()?;
        while self.takes("OR") {
            left = Condition::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Condition, String> {
        let mut left = self.single()?;
        while self.takes("AND") {
            left = Condition::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Condition, String> {
        if self.takes("NOT") {
            return Ok(Condition::Not(Box::new(self.single()?)));
        }
        if self.takes("(") {
            let inner = self.either()?;
            self.needs(")")?;
            return Ok(inner);
        }
        self.needs("{")?;
        let end = self.rest.find('}').ok_or_else(|| self.wrong())?;
        let field = self.rest[..end].trim().to_owned();
        self.rest = &self.rest[end + 1..];
        for (name, function) in [
            (".Contains", Function::Contains),
            (".StartsWith", Function::Starts),
            (".EndsWith", Function::Ends),
        ] {
            if self.takes(name) {
                self.needs("(")?;
                let part = self.quoted()?.to_lowercase();
                self.needs(")")?;
                return Ok(Condition::Text(field, function, part));
            }
        }
        // Longer signs first, or `<=` would be read as `<`.
        for (token, sign) in [
            ("==", Sign::Equal),
            ("!=", Sign::Unequal),
            ("<>", Sign::Unequal),
            ("<=", Sign::AtMost),
            (">=", Sign::AtLeast),
            ("=", Sign::Equal),
            ("<", Sign::Less),
            (">", Sign::More),
        ] {
            if self.takes(token) {
                return Ok(Condition::Is(field, sign, self.value()?));
            }
        }
        Err(self.wrong())
    }

    fn value(&mut self) -> Result<Value, String> {
        if self.takes("null") {
            return Ok(Value::Null);
        }
        if self.peek().starts_with('"') {
            return Ok(Value::String(self.quoted()?));
        }
        let rest = self.peek();
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c)))
            .unwrap_or(rest.len());
        let number: f64 = rest[..end].parse().map_err(|_| self.wrong())?;
        self.rest = &self.rest[end..];
        Ok(serde_json::json!(number))
    }

    /// Text in double quotes; a quote inside is doubled.
    fn quoted(&mut self) -> Result<String, String> {
        self.needs("\"")?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '"' {
                text.push(c);
            } else if chars.next_if(|(_, next)| *next == '"').is_some() {
                text.push('"');
            } else {
                self.rest = &self.rest[at + 1..];
                return Ok(text);
            }
        }
        Err(self.wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_hold_as_the_pages_say() {
        let row = json!({"name": "Say \"Hi\" NOW", "segments": 12, "connector": null});
        for text in [
            "{name}.Contains(\"say\")",
            "{name}.Contains(\"\"\"hi\"\"\")",
            " NOT {name}.StartsWith(\"x\") AND ({segments} >= 12 OR {segments}=0)",
            "{connector} = null",
            "{segments} <> 11 and {name}.EndsWith(\"now\")",
        ] {
            assert!(parse(text).expect(text).holds(&row), "{text}");
        }
        assert!(!parse("{segments} < 12").expect("sound").holds(&row));
        for text in [
            "",
            "{name}",
            "{name}.Contains(\"a)",
            "name = 1",
            "{a} = 1 {b} = 2",
            "{a",
            "ä",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
