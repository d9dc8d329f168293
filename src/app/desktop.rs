//! What came of opening a link and of copying a text, in words.

use std::time::Instant;

use super::State;
use super::modal::view::Tone;
use super::msg::{CopyWay, Desktop};
use crate::domain::SafeText;

/// Of a longer copy only so many characters are shown.
const SHOWN: usize = 2000;

impl State {
    pub(super) fn on_desktop(&mut self, did: &Desktop, result: Result<(), String>, now: Instant) {
        let (tone, text) = match (did, result) {
            (Desktop::Opened, Ok(())) => {
                (Tone::Good, "The link was handed to the desktop".to_owned())
            }
            // Without the link: one of usual length would leave no room for the reason.
            (Desktop::Opened, Err(why)) => (
                Tone::Warning,
                format!(
                    "Could not open the link: {}{}",
                    SafeText::prose(&why),
                    self.keymap.says(". ", "copy-link", "copies it")
                ),
            ),
            (Desktop::Copied { what, text, way }, Ok(())) => {
                let how = match way {
                    CopyWay::Desktop(program) => format!("Copied the {what} by {program}"),
                    CopyWay::Terminal => {
                        format!("Sent the {what} to the terminal's clipboard, if it allows that")
                    }
                    CopyWay::Tmux => format!(
                        "Sent the {what} through tmux to the terminal's clipboard, if it allows that"
                    ),
                    CopyWay::TmuxBuffer => {
                        format!("Copied the {what} to tmux's own buffer; its set-clipboard is off")
                    }
                    CopyWay::Screen => format!(
                        "Sent the {what} through screen to the terminal's clipboard, if it allows that"
                    ),
                };
                (Tone::Good, format!("{how}: {}", shown(text)))
            }
            (Desktop::Copied { what, text, .. }, Err(why)) => (
                Tone::Bad,
                format!(
                    "Could not copy the {what}, {}: {}",
                    SafeText::prose(&why),
                    shown(text)
                ),
            ),
        };
        self.notices.say(tone, text, now);
    }
}

/// A copied text as a message shows it, so that nothing depends on the clipboard; lines stay apart.
fn shown(text: &str) -> String {
    let safe = SafeText::prose(&text.replace('\n', " · ")).into_string();
    match safe.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", safe.get(..at).unwrap_or_default()),
        None => safe,
    }
}
