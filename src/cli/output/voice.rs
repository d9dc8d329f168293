//! One line from beside what a command prints, such as what is waited for.

use std::io::Write as _;

use super::Output;
use super::speech::said;
use crate::domain::SafeText;
use crate::domain::text::escape_json;

/// Says a line at once, while somebody else holds the output. Not for where lines are drawn and
/// taken away again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Voice {
    /// On standard output, which is the only one.
    linear: bool,
    /// One object a line.
    objects: bool,
}

impl Output {
    /// For whoever cannot hold it.
    pub const fn voice(&self) -> Voice {
        Voice {
            linear: self.linear,
            objects: self.objects,
        }
    }
}

impl Voice {
    /// One line on standard error. Foreign text in it is safe already.
    pub fn note(self, text: &str) {
        if self.objects {
            let line = escape_json(&said("note", text).to_string()) + "\n";
            let _ = std::io::stderr().write_all(line.as_bytes());
            return;
        }
        let text = SafeText::sentence(text);
        // There is nowhere left to tell that this failed.
        let _ = if self.linear {
            writeln!(std::io::stdout(), "{text}")
        } else {
            // At once: an echo, or what another process tells, comes before or behind it.
            std::io::stderr().write_all(format!("assetdeck: {text}\n").as_bytes())
        };
    }
}
