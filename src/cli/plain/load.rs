//! Where the conversation is: an account's places, a list of assets, one asset.

use std::borrow::Cow;

use super::reader::Rest;
use super::rows::{PAGE, Rows};
use crate::api::Middle;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::record::nothing_in;
use crate::cli::session::{Known, Session};
use crate::cli::{find, ls, names, show};
use crate::domain::{Asset, AssetScope, ContainerId, Entry, Ref, SafeText, Shelf, TypeChoice};

/// A place.
pub(super) enum Place<'a> {
    Accounts(&'a [Known]),
    Account(&'a Known),
    /// Its segments or types.
    Container(&'a Known, ContainerId),
    Assets(&'a Known, AssetScope, TypeChoice),
    Asset(&'a Known, Box<Asset>),
}

/// A place with what was read of it, and how far it was said.
pub(super) struct Level<'a> {
    pub place: Place<'a>,
    /// What the place is called.
    name: String,
    /// What the place is called that files go to from here.
    home: String,
    pub(super) rows: Option<Rows<'a>>,
    /// What was not read of it.
    pub(super) rest: Option<Rest>,
    pub from: usize,
}

/// The way to a thing that was named by its ref. Whether it is there is looked at.
pub(super) async fn way_to(session: &Session, to: Ref) -> Result<Vec<Level<'_>>, Failure> {
    let Ref { address, key } = to;
    let known = session.known(&address.account)?;
    let mut way = vec![
        Level::new(Place::Accounts(session.all()?), ""),
        Level::new(Place::Account(known), address.account.as_str()),
    ];
    let Some(scope) = address.scope() else {
        return Ok(way);
    };
    if key.is_some() || scope.segment().is_some() {
        find::check_scope(known.info.spec, &scope)?;
    }
    let container = Place::Container(known, scope.container().clone());
    let provider = session.ready(known).await?;
    let (name, segment) = names::of_scope(session, known, provider.as_ref(), &scope).await?;
    way.push(Level::new(container, name.clone()));
    if key.is_some() || scope.segment().is_some() {
        let assets = Place::Assets(known, scope.clone(), TypeChoice::All);
        way.push(Level::new(assets, segment.unwrap_or(name)));
    }
    if let Some(key) = key {
        let asset = names::asset(&known.info.name, provider.as_ref(), &scope, &key).await?;
        let name = asset.name.clone();
        way.push(Level::new(Place::Asset(known, Box::new(asset)), name));
    }
    Ok(way)
}

impl<'a> Place<'a> {
    /// Whose it is.
    pub(super) const fn known(&self) -> Option<&'a Known> {
        match self {
            Self::Accounts(_) | Self::Asset(..) => None,
            Self::Account(known) | Self::Container(known, _) | Self::Assets(known, ..) => {
                Some(known)
            }
        }
    }

    /// The list of it, before anything was read; nothing is read for an asset, which its list has.
    pub(super) fn rows(&self) -> Option<Rows<'a>> {
        Some(match self {
            Self::Accounts(all) => Rows::Accounts(all),
            Self::Account(known) => Rows::Containers(known, Vec::new()),
            Self::Container(known, id) => match known.info.spec.middle {
                Middle::Segments => Rows::Segments(known, id.clone(), Vec::new()),
                Middle::Types => Rows::Types(Vec::new(), Shelf::default()),
            },
            Self::Assets(known, ..) => Rows::Assets(known, Shelf::default()),
            Self::Asset(..) => return None,
        })
    }

    /// Which assets are listed, or counted by their types.
    pub(super) fn assets(&self) -> Option<(AssetScope, TypeChoice)> {
        match self {
            Self::Container(_, id) => Some((AssetScope::Container(id.clone()), TypeChoice::All)),
            Self::Assets(_, scope, choice) => Some((scope.clone(), choice.clone())),
            _ => None,
        }
    }
}

impl<'a> Level<'a> {
    pub(super) fn new(place: Place<'a>, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            place,
            home: name.clone(),
            name,
            rows: None,
            rest: None,
            from: 0,
        }
    }

    /// Nothing is read for an asset: its list has it.
    pub(super) const fn is_loaded(&self) -> bool {
        self.rows.is_some() || matches!(self.place, Place::Asset(..))
    }

    /// What was read is no longer so.
    pub(super) fn forget(&mut self) {
        self.rows = None;
        self.rest = None;
        self.from = 0;
    }

    /// How many there are in all, where that is known: of some types the service does not say.
    pub(super) fn total(&self) -> Option<usize> {
        match (&self.rest, &self.place) {
            (None, _) => Some(self.len()),
            (_, Place::Assets(_, _, choice)) if *choice != TypeChoice::All => None,
            (Some(rest), _) => rest.total.and_then(|total| usize::try_from(total).ok()),
        }
    }

    /// How far it was read.
    pub(super) fn progress(&self) -> String {
        let read = self.rows.as_ref().map_or(0, Rows::read);
        match (&self.place, self.total()) {
            (Place::Container(..), _) | (_, None) => format!("{read} read so far."),
            (_, Some(total)) => format!("{read} of {total} {} read.", self.noun()),
        }
    }

    /// There is something behind this page, or there may be.
    pub(super) fn goes_on(&self) -> bool {
        self.from + PAGE < self.len() || self.rest.is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.rows.as_ref().map_or(0, Rows::len)
    }

    pub(super) const fn asset(&self) -> Option<(&'a Known, &Asset)> {
        match &self.place {
            Place::Asset(known, asset) => Some((*known, asset)),
            _ => None,
        }
    }

    /// What the place is called that [`Self::takes_files`] names.
    pub(super) fn home(&self) -> &str {
        &self.home
    }

    /// Where files can be uploaded to from here.
    pub(super) fn takes_files(&self) -> Option<(&'a Known, AssetScope)> {
        match &self.place {
            Place::Assets(known, scope, _) => Some((known, scope.clone())),
            Place::Container(known, id) if known.info.spec.middle == Middle::Types => {
                Some((known, AssetScope::Container(id.clone())))
            }
            _ => None,
        }
    }

    /// Goes on to the next page, if there is one.
    pub(super) fn more(&mut self) -> bool {
        let more = self.from + PAGE < self.len();
        if more {
            self.from += PAGE;
        }
        more
    }

    /// What the answer leads to; `Ok(None)` when nothing here is called so.
    pub(super) fn pick(&self, answer: &str) -> Result<Option<Self>, String> {
        let Some(rows) = &self.rows else {
            return Ok(None);
        };
        let Some(at) = rows.meant(answer)? else {
            return Ok(None);
        };
        let unreadable = |reason: &str| format!("It cannot be read: {}.", SafeText::prose(reason));
        let name = rows.name(at);
        let level = match rows {
            Rows::Accounts(rows) => Self::new(Place::Account(&rows[at]), name),
            Rows::Containers(known, rows) => match &rows[at] {
                Entry::Read(row) => Self::new(Place::Container(known, row.id.clone()), name),
                Entry::Unreadable(entry) => return Err(unreadable(&entry.reason)),
            },
            Rows::Segments(known, container, rows) => match &rows[at] {
                Entry::Read(row) => {
                    let scope = AssetScope::Segment(container.clone(), row.id.clone());
                    Self::new(Place::Assets(known, scope, TypeChoice::All), name)
                }
                Entry::Unreadable(entry) => return Err(unreadable(&entry.reason)),
            },
            Rows::Types(types, assets) => {
                let Some((known, scope)) = self.takes_files() else {
                    return Ok(None);
                };
                let choice = types[at].0.clone();
                // They were read a moment ago, with the types.
                let of_it = assets.iter().filter(|entry| choice.keeps(entry));
                let of_it = of_it.map(Cow::into_owned);
                let rows = Rows::Assets(known, of_it.collect());
                Self {
                    home: self.home.clone(),
                    name: match &choice {
                        TypeChoice::All => self.name.clone(),
                        _ => format!("{}, {name}", self.name),
                    },
                    place: Place::Assets(known, scope, choice),
                    rows: Some(rows),
                    rest: None,
                    from: 0,
                }
            }
            Rows::Assets(known, rows) => match rows.get(at).map(Cow::into_owned) {
                Some(Entry::Read(row)) => Self::new(Place::Asset(known, Box::new(row)), name),
                Some(Entry::Unreadable(entry)) => return Err(unreadable(&entry.reason)),
                None => return Ok(None),
            },
        };
        Ok(Some(level))
    }

    /// The plural of what is listed.
    fn noun(&self) -> &'static str {
        match &self.place {
            Place::Accounts(_) => "accounts",
            Place::Account(known) => known.info.spec.container.many,
            Place::Container(known, _) => match known.info.spec.middle {
                Middle::Segments => "segments",
                Middle::Types => "types",
            },
            Place::Assets(..) | Place::Asset(..) => "assets",
        }
    }

    fn one(&self) -> &'static str {
        match &self.place {
            Place::Account(known) => known.info.spec.container.one,
            _ => self.noun().trim_end_matches('s'),
        }
    }

    /// The first line of a list, or of an asset.
    pub(super) fn title(&self) -> String {
        let (noun, name) = (self.noun(), SafeText::name(&self.name));
        let nothing = match &self.place {
            Place::Accounts(_) => return "Accounts:".to_owned(),
            Place::Asset(..) => return format!("Asset {name}:"),
            _ if self.len() > 0 => {
                return match self.total() {
                    Some(1) => format!("1 {} of {name}:", self.one()),
                    Some(total) => format!("{total} {noun} of {name}:"),
                    None => format!("The first {noun} of {name}:"),
                };
            }
            Place::Account(_) => format!("This account has no {noun}."),
            Place::Container(known, _) => nothing_in(known.info.spec, noun),
            Place::Assets(known, scope, _) => ls::no_assets(known.info.spec, scope),
        };
        format!("{name}: {nothing}")
    }

    /// The page, or all that is known of the asset.
    pub(super) fn print(&self, output: &mut Output) -> Result<(), Failure> {
        if let Some((known, asset)) = self.asset() {
            return show::show_asset(known, output, asset, false);
        }
        match &self.rows {
            Some(rows) => rows.print(output, self.from),
            None => Ok(()),
        }
    }

    /// The question behind it, with the words that are understood.
    pub(super) fn question(&self) -> String {
        if self.asset().is_some() {
            return "1 save, 2 open the link; back, help or quit:".to_owned();
        }
        let one = self.one();
        let mut words = Vec::new();
        if self.goes_on() {
            words.push("more");
        }
        if self.takes_files().is_some() {
            words.push("upload");
        }
        if !matches!(self.place, Place::Accounts(_)) {
            words.push("back");
        }
        words.push("help");
        let words = words.join(", ");
        format!("Number, name or ref of the {one}; {words} or quit:")
    }

    /// What can be typed, in full.
    pub(super) fn help(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut say = |line: &str| lines.push(line.to_owned());
        if self.asset().is_some() {
            say("1 or save: save the asset to a folder of this machine.");
            say("2 or open: say its link, and open it where there is a desktop.");
        } else {
            say("A number of the list, a name, a part of a name that only one has, or a ref.");
            say("more: the next 20.");
        }
        if self.takes_files().is_some() {
            say("upload: send files or folders to this place.");
        }
        say("A ref such as ACCOUNT:CONTAINER/SEGMENT goes there from anywhere.");
        say("An empty line: say this again.");
        say("back: the list before. In a question of a form: leave the form, nothing is done.");
        say("quit, Ctrl-C or the end of the input: leave.");
        say("help, back and quit are understood at every question, in small letters or capitals.");
        say("What is itself called by such a word is typed in quotes: 'help'.");
        lines
    }
}
