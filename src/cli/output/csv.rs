//! Lines of comma-separated values, as RFC 4180 has them but for the line ends.

use super::Output;
use crate::cli::failure::Failure;
use crate::domain::SafeText;

impl Output {
    /// One line. What cannot be seen is marked, and what a spreadsheet would take for a formula is
    /// made text: both may come from a service.
    pub fn csv<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        self.lift();
        let fields: Vec<String> = fields.into_iter().map(field).collect();
        Ok(writeln!(self.out, "{}", fields.join(","))?)
    }
}

fn field(text: &str) -> String {
    let text = SafeText::name(text).into_string();
    // In full width, too: a spreadsheet in Japanese takes those for the same.
    let formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_one_field_and_no_formula() {
        for (text, said) in [
            ("a.png", "a.png"),
            ("a, b", "\"a, b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("＝1+1", "\"'＝1+1\""),
            ("a\nb", "a⟨0A⟩b"),
        ] {
            assert_eq!(field(text), said);
        }
    }
}
