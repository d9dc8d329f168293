//! Where the conversation is: an account's places, a list of assets, one asset.

use super::Talk;
use super::rows::{PAGE, Rows};
use crate::api::{Middle, Provider as _};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::record::nothing_in;
use crate::cli::session::{Known, Session};
use crate::cli::{find, ls, show};
use crate::domain::{Asset, AssetScope, ContainerId, Entry, Ref, SafeText, TypeChoice};

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
    rows: Option<Rows<'a>>,
    pub from: usize,
}

/// The way to a thing that was named by its ref. Whether an asset is there is looked at.
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
    way.push(Level::new(container, scope.container().as_str()));
    if key.is_some() || scope.segment().is_some() {
        let assets = Place::Assets(known, scope.clone(), TypeChoice::All);
        way.push(Level::new(assets, address.to_string()));
    }
    if let Some(key) = key {
        let provider = session.ready(known).await?;
        let asset = find::asset(provider.as_ref(), &scope, &key).await?;
        let name = asset.name.clone();
        way.push(Level::new(Place::Asset(known, Box::new(asset)), name));
    }
    Ok(way)
}

impl<'a> Talk<'a, '_> {
    /// Reads what a level lists, once.
    pub(super) async fn load(&mut self, level: &mut Level<'a>) -> Result<(), Failure> {
        if level.is_loaded() {
            return Ok(());
        }
        let (session, output) = (self.session, &mut *self.output);
        let rows = self.stop.or(rows_of(session, output, &level.place)).await?;
        level.rows = Some(rows);
        level.from = 0;
        Ok(())
    }
}

async fn rows_of<'a>(
    session: &'a Session,
    output: &mut Output,
    place: &Place<'a>,
) -> Result<Rows<'a>, Failure> {
    let known = match place {
        Place::Accounts(all) => return Ok(Rows::Accounts(all)),
        Place::Account(known)
        | Place::Container(known, _)
        | Place::Assets(known, ..)
        | Place::Asset(known, _) => *known,
    };
    let provider = session.ready(known).await?;
    let provider = provider.as_ref();
    let assets = async |scope: &AssetScope| {
        let entries = find::all(async |cursor| provider.assets(scope, cursor).await).await;
        if entries.as_ref().map_or(true, Vec::is_empty) {
            ls::exists(provider, scope).await?;
        }
        entries
    };
    Ok(match place {
        Place::Accounts(all) => Rows::Accounts(all),
        Place::Account(_) => {
            let entries = find::all(async |cursor| provider.containers(cursor).await).await?;
            Rows::Containers(known, entries)
        }
        Place::Container(_, id) if known.info.spec.middle == Middle::Segments => {
            let entries = ls::segments_of(provider, output, id).await?;
            Rows::Segments(known, id.clone(), entries)
        }
        Place::Container(_, id) => {
            let assets = assets(&AssetScope::Container(id.clone())).await?;
            Rows::Types(TypeChoice::counts(&assets).into_iter().collect(), assets)
        }
        Place::Assets(_, scope, choice) => Rows::Assets(known, of(choice, assets(scope).await?)),
        Place::Asset(_, asset) => Rows::Assets(known, vec![Entry::Read((**asset).clone())]),
    })
}

/// Those of a type; entries that could not be read have none.
fn of(choice: &TypeChoice, mut assets: Vec<Entry<Asset>>) -> Vec<Entry<Asset>> {
    assets.retain(|entry| match entry {
        Entry::Read(asset) => choice.holds(asset),
        Entry::Unreadable(_) => *choice == TypeChoice::All,
    });
    assets
}

impl<'a> Level<'a> {
    pub(super) fn new(place: Place<'a>, name: impl Into<String>) -> Self {
        Self {
            place,
            name: name.into(),
            rows: None,
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
                let rows = Rows::Assets(known, of(&choice, assets.clone()));
                Self {
                    name: match &choice {
                        TypeChoice::All => self.name.clone(),
                        _ => format!("{}, {name}", self.name),
                    },
                    place: Place::Assets(known, scope, choice),
                    rows: Some(rows),
                    from: 0,
                }
            }
            Rows::Assets(known, rows) => match &rows[at] {
                Entry::Read(row) => Self::new(Place::Asset(known, Box::new(row.clone())), name),
                Entry::Unreadable(entry) => return Err(unreadable(&entry.reason)),
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

    /// The first line of a list, or of an asset.
    pub(super) fn title(&self) -> String {
        let (noun, name) = (self.noun(), SafeText::name(&self.name));
        let nothing = match &self.place {
            Place::Accounts(_) => return "Accounts:".to_owned(),
            Place::Asset(..) => return format!("Asset {name}:"),
            _ if self.len() > 0 => return format!("{} {noun} of {name}:", self.len()),
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
        let one = match &self.place {
            Place::Account(known) => known.info.spec.container.one,
            _ => self.noun().trim_end_matches('s'),
        };
        let mut words = Vec::new();
        if self.from + PAGE < self.len() {
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
        lines
    }
}
