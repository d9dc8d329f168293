//! `open`: an asset's link to the desktop's browser, or shown where there is none.

use super::chosen::aside;
use super::failure::Failure;
use super::find;
use super::output::Output;
use super::session::{Known, Session};
use super::show;
use super::stop::Stop;
use crate::domain::{Asset, LinkWay, SafeText, WebLink};
use crate::runtime::desktop::{Place, open_link};

/// Shows the link of an asset, and hands it to the desktop where there is one.
pub async fn open(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    reference: &str,
    json: bool,
) -> Result<(), Failure> {
    let (known, _, asset) = stop.or(find::asset_by_ref(session, reference)).await?;
    let handed = if json {
        let url = show::web_address(known, &asset)?;
        let handed = hand(stop, known, url.clone()).await?;
        let over = matches!(handed, Handed::Over);
        output.json(&show::link_line(known, &asset, &url, Some(over)))?;
        handed
    } else {
        handed(output, stop, known, &asset).await?
    };
    match handed {
        // The object says so.
        Handed::Over if json => Ok(()),
        Handed::Over => output.did("The link was handed to the desktop."),
        Handed::Shown(why) => {
            output.mention(&format!("not opened: {why}"));
            Ok(())
        }
        Handed::Refused(why) => Err(Failure::failed(format!("not opened: {why}"))),
    }
}

/// What became of a link.
pub enum Handed {
    /// A launcher took it. Whether a browser shows it nobody can tell.
    Over,
    /// It is shown, because there is no desktop here or the link is not for one; the reason.
    Shown(String),
    /// It leads to no web page, or no launcher took it; the reason, made safe.
    Refused(String),
}

/// Shows a link, then hands it over where that can be: what the screen's `o` does.
pub async fn handed(
    output: &mut Output,
    stop: &mut Stop,
    known: &Known,
    asset: &Asset,
) -> Result<Handed, Failure> {
    let url = show::link(known, output, asset)?;
    hand(stop, known, url).await
}

async fn hand(stop: &mut Stop, known: &Known, url: String) -> Result<Handed, Failure> {
    let place = Place::here();
    let link = WebLink::parse(&url);
    let signed = link.as_ref().is_ok_and(WebLink::signed);
    match LinkWay::of(&link, place == Place::Desktop) {
        LinkWay::Refuse(why) if signed => Ok(Handed::Shown(why)),
        LinkWay::Refuse(why) => Ok(Handed::Refused(why)),
        // What a browser cannot open is nothing to take along.
        LinkWay::Carry if !known.info.spec.capabilities.public_urls => {
            Ok(Handed::Shown("there is no desktop here".to_owned()))
        }
        LinkWay::Carry => Ok(Handed::Shown(
            "there is no desktop here; open the link above where one is".to_owned(),
        )),
        LinkWay::Open => Ok(
            match stop.or(aside(move || open_link(&url, place))).await? {
                Ok(()) => Handed::Over,
                Err(why) => Handed::Refused(SafeText::prose(&why).into_string()),
            },
        ),
    }
}
