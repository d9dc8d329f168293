//! What stands above the panes: palette, help, transfers, messages, keys; and leaving.

use super::{Action, Context, always};
use crate::app::effect::Effect;
use crate::app::modal::confirm::Confirm;
use crate::app::modal::find::Find;
use crate::app::modal::messages::Messages;
use crate::app::modal::palette::Palette;
use crate::app::modal::sign_in::SignIn;
use crate::app::modal::transfers::TransfersPane;
use crate::app::modal::view::Tone;

pub static ACTIONS: &[Action] = &[
    Action {
        name: "palette",
        title: "commands",
        help: "Search everything that can be done, and do it.",
        keys: &[":", "ctrl-p"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, _| {
            let palette = Palette::all(s);
            s.open_modal(palette);
            Vec::new()
        },
    },
    Action {
        name: "help",
        title: "help",
        help: "Show what can be done here, with its keys.",
        keys: &["?", "f1"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, _| {
            let palette = Palette::here(s);
            s.open_modal(palette);
            Vec::new()
        },
    },
    Action {
        name: "find",
        title: "find",
        help: "Find words in all that was listed, on every account, and go there.",
        keys: &["F"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, _| {
            s.open_modal(Find::default());
            Vec::new()
        },
    },
    Action {
        name: "transfers",
        title: "transfers",
        help: "Show the files going up and down.",
        keys: &["t"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, _| {
            let pane = TransfersPane::new(s);
            s.open_modal(pane);
            Vec::new()
        },
    },
    Action {
        name: "messages",
        title: "messages",
        help: "Show the messages of this session.",
        keys: &["!"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, _| {
            let messages = Messages::new(s);
            s.open_modal(messages);
            Vec::new()
        },
    },
    Action {
        name: "sign-in",
        title: "type the key",
        help: "Type another key for the account under the cursor.",
        keys: &[],
        context: Context::Places,
        enabled: |s| {
            if s.account_here().is_some() {
                Ok(())
            } else {
                Err("the settings name no account")
            }
        },
        run: |s, now| {
            if let Some(at) = s.account_here()
                && let Some(form) = SignIn::new(s, at, now)
            {
                s.open_modal(form);
            }
            Vec::new()
        },
    },
    Action {
        name: "mouse",
        title: "mouse on or off",
        help: "Leave the mouse to the terminal, to select text with it, or take it again.",
        keys: &[],
        context: Context::Everywhere,
        enabled: always,
        run: |s, now| {
            s.mouse = !s.mouse;
            let text = if s.mouse {
                "The mouse works here again"
            } else {
                "The mouse is the terminal's own now; the same command takes it back"
            };
            s.notices.say(Tone::Plain, text, now);
            vec![Effect::Mouse(s.mouse)]
        },
    },
    Action {
        name: "redraw",
        title: "redraw",
        help: "Draw the whole screen again.",
        keys: &["ctrl-l"],
        context: Context::Everywhere,
        enabled: always,
        run: |_, _| vec![Effect::Redraw],
    },
    Action {
        name: "suspend",
        title: "suspend",
        help: "Go to the shell; fg comes back.",
        keys: &["ctrl-z"],
        context: Context::Everywhere,
        enabled: always,
        run: |_, _| vec![Effect::Suspend],
    },
    Action {
        name: "quit",
        title: "quit",
        help: "Leave; asks only while transfers run. Ctrl-C twice leaves in any case.",
        keys: &["q"],
        context: Context::Everywhere,
        enabled: always,
        run: |s, now| {
            if s.browse.zoom {
                s.browse.zoom = false;
                return Vec::new();
            }
            let running = s.transfers.under_way();
            if running == 0 {
                return vec![Effect::Quit];
            }
            s.open_modal(Confirm::quit(running, now));
            Vec::new()
        },
    },
];
