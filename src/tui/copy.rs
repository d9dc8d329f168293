//! A text for the terminal's clipboard, which may be on another machine than we are.

use crossterm::clipboard::CopyToClipboard;
use tokio::sync::mpsc::UnboundedSender;

use super::terminal::Screen;
use crate::app::Msg;
use crate::app::msg::Desktop;

/// The longest text that terminals take for their clipboard, in bytes before it is encoded.
const LONGEST: usize = 74_000;

/// Hands it over and says so. No answer ever comes.
pub fn copy(screen: &mut Screen, inbox: &UnboundedSender<Msg>, text: &str, what: &'static str) {
    let result = if text.len() > LONGEST {
        Err("it is too long for a terminal's clipboard".to_owned())
    } else {
        let command = CopyToClipboard::to_clipboard_from(text);
        let sent = screen.terminal.backend_mut().send(command);
        sent.map_err(|error| error.to_string())
    };
    let chars = text.chars().count();
    // The loop holds the other end.
    let _ = inbox.send(Msg::Desktop {
        did: Desktop::Copied { what, chars },
        result,
    });
}
