//! The link sheet: shows where a link leads before anything opens it.

use std::time::Instant;

use super::confirm::hint;
use super::view::{Block, ModalView, Room, Tone, say, toned};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::action::current_asset;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::domain::SafeText;

#[derive(Debug)]
pub struct LinkSheet {
    url: String,
    name: String,
    /// Why it cannot be opened from here.
    refused: Option<&'static str>,
    /// It asks for a sign-in that a browser does not have.
    private: bool,
}

impl LinkSheet {
    pub fn new(state: &State) -> Option<Self> {
        let asset = current_asset(state)?;
        let url = asset.url.clone()?;
        let refused = if web(&url) {
            (!state.options.desktop).then_some("there is no desktop here to open it with")
        } else {
            Some("it is no web address, so it is not opened")
        };
        Some(Self {
            name: asset.name.clone(),
            refused,
            private: !state.browse.open()?.spec.capabilities.public_urls,
            url,
        })
    }
}

/// Only plain web addresses are ever opened.
fn web(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

impl Modal for LinkSheet {
    fn input(&mut self, input: &Input, _: &mut State, _: Instant) -> Reply {
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace => Reply::close(),
            Code::Char('o') | Code::Enter if self.refused.is_none() => {
                Reply::close().with([Effect::Open {
                    url: self.url.clone(),
                }])
            }
            Code::Char('y') => Reply::close().with([Effect::Copy {
                text: self.url.clone(),
                what: "link",
            }]),
            _ => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        let mut blocks = vec![
            Block::Line(vec![say(SafeText::name(&self.name).into_string())]),
            Block::Line(vec![toned(
                SafeText::name(&self.url).into_string(),
                Tone::Link,
            )]),
        ];
        if self.private {
            blocks.push(Block::Line(vec![toned(
                "A browser has to sign in to the service for this link.",
                Tone::Dim,
            )]));
        }
        let mut hints = Vec::new();
        match self.refused {
            Some(why) => blocks.push(Block::Line(vec![toned(
                format!("Not opened: {why}. y copies it."),
                Tone::Warning,
            )])),
            None => hints.push(hint("o", "open it")),
        }
        hints.extend([hint("y", "copy it"), hint("Esc", "leave")]);
        ModalView {
            title: "Link".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints,
        }
    }
}
