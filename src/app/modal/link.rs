//! The link sheet: shows where a link leads before anything opens it; without a desktop it is copied,
//! and a code brings it to a phone.

use std::time::Instant;

use qrcode::{EcLevel, QrCode};

use super::confirm::hint;
use super::view::{Block, Matrix, ModalView, Room, Tone, linked, say, toned};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::action::current_asset;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::domain::{LinkWay, SafeText, WebLink, pastable};

#[derive(Debug)]
pub struct LinkSheet {
    /// With its host in punycode.
    url: String,
    name: String,
    way: LinkWay,
    /// Whoever has it can use it.
    signed: bool,
    /// It asks for a sign-in that a browser does not have.
    private: bool,
    /// `None` where it is no web address, or too long for a code.
    code: Option<Matrix>,
    shows_code: bool,
}

impl LinkSheet {
    pub fn new(state: &State) -> Option<Self> {
        let asset = current_asset(state)?;
        let url = asset.url.as_deref()?;
        let link = WebLink::parse(url);
        let signed = link.as_ref().is_ok_and(WebLink::signed);
        let way = LinkWay::of(&link, state.options.desktop);
        Some(Self {
            name: asset.name.clone(),
            way,
            signed,
            private: !state.browse.open()?.spec.capabilities.public_urls,
            code: link.ok().and_then(|link| matrix(link.as_str())),
            url: WebLink::shown(url),
            shows_code: false,
        })
    }

    /// Without a desktop, what was asked for is that the link gets to where one is.
    pub fn copied_at_once(&self) -> Option<Effect> {
        (self.way == LinkWay::Carry).then(|| self.copy())
    }

    /// From the link to its code and back.
    fn turn_over(&mut self, state: &mut State) -> Reply {
        self.shows_code = !self.shows_code && self.code.is_some();
        // What was said of the copy has been read, and the code needs its rows.
        if self.shows_code {
            state.notices.dismiss();
        }
        Reply::stay()
    }

    fn copy(&self) -> Effect {
        Effect::Copy {
            text: pastable(&self.url),
            what: "link".to_owned(),
        }
    }
}

/// The link as a code; `None` when it is too long for one.
fn matrix(link: &str) -> Option<Matrix> {
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
    let dark = code
        .to_colors()
        .into_iter()
        .map(|it| it == qrcode::Color::Dark);
    Some(Matrix {
        side: code.width(),
        dark: dark.collect(),
    })
}

impl Modal for LinkSheet {
    fn input(&mut self, input: &Input, state: &mut State, _: Instant) -> Reply {
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace if self.shows_code => {
                self.shows_code = false;
                Reply::stay()
            }
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace => Reply::close(),
            Code::Char('o') | Code::Enter if self.way == LinkWay::Open => {
                Reply::close().with([Effect::Open {
                    url: self.url.clone(),
                }])
            }
            Code::Char('c') => self.turn_over(state),
            Code::Char('o') | Code::Enter if self.way == LinkWay::Carry => self.turn_over(state),
            Code::Char('y') => Reply::stay().with([self.copy()]),
            _ => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        if let Some(code) = self.code.as_ref().filter(|_| self.shows_code) {
            return ModalView {
                title: "Link as a QR code".to_owned(),
                room: Room::Full,
                danger: false,
                blocks: vec![Block::Code(code.clone())],
                hints: vec![hint("y", "copy the link"), hint("Esc", "back")],
            };
        }
        let mut blocks = vec![
            Block::Line(vec![say(SafeText::name(&self.name).into_string())]),
            Block::Line(vec![linked(&self.url)]),
        ];
        let mut note = |text: String, tone| blocks.push(Block::Line(vec![toned(text, tone)]));
        if self.private {
            let text = "A browser has to sign in to the service for this link.";
            note(text.to_owned(), Tone::Dim);
        }
        if self.signed {
            let text = "Whoever has this link can fetch the file until it lapses.";
            note(text.to_owned(), Tone::Warning);
        }
        let mut hints = Vec::new();
        match &self.way {
            LinkWay::Open => hints.push(hint("o", "open it")),
            LinkWay::Carry => note(
                "There is no desktop here to open it on, so it was copied. Where the terminal knows \
                 links, a click on it (often with Ctrl or Cmd) opens it."
                    .to_owned(),
                Tone::Plain,
            ),
            LinkWay::Refuse(why) => note(format!("Not opened: {why}. y copies it."), Tone::Warning),
        }
        if self.code.is_some() {
            let keys = if self.way == LinkWay::Carry { "o" } else { "c" };
            hints.push(hint(keys, "QR code"));
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
