//! Names in addresses: they stand for ids where they are unique, by what was listed before, else by the
//! service.

mod assets;
mod reading;

use std::collections::HashMap;
use std::time::Duration;

pub use self::assets::asset;
pub use self::reading::is_id;
use self::reading::{Fit, Reading, decoded, fit, readings};
use super::args::Command;
use super::failure::Failure;
use super::find;
use super::output::Output;
use super::segments::texts_of;
use super::session::{Known, Session};
use crate::api::{Middle, Provider};
use crate::domain::{
    AccountName, Address, AssetKey, AssetScope, Container, ContainerId, Entry, Keepable, Ref,
    SafeText, Segment, SegmentId, Shelf, decode_part, nearest,
};
use crate::index::{Index, Owner, Place};

/// How long what was listed may take to be kept.
const KEEPING: Duration = Duration::from_secs(2);
/// So many candidates are told; more are counted.
const TOLD: usize = 20;

/// Puts ids in the place of names, in every address of the command.
pub async fn settle(
    session: &Session,
    output: &mut Output,
    command: &mut Command,
) -> Result<(), Failure> {
    let kept = !changes(command);
    for text in addresses(command) {
        if let Some(settled) = settled(session, output, text, kept).await? {
            *text = settled;
        }
    }
    Ok(())
}

/// Whether it changes a service: then what a name meant some time ago will not do.
fn changes(command: &Command) -> bool {
    match command {
        Command::Rm { .. } | Command::Edit(_) | Command::Mv(_) | Command::Watch(_) => true,
        Command::Upload(args) => !args.dry_run,
        Command::Sync(args) => !args.dry_run,
        _ => false,
    }
}

fn addresses(command: &mut Command) -> Vec<&mut String> {
    match command {
        Command::Ls(args) => args.address.iter_mut().collect(),
        Command::Show { reference, .. }
        | Command::Url { reference, .. }
        | Command::Open { reference, .. } => vec![reference],
        Command::Coverage(args) => vec![&mut args.address],
        Command::Sync(args) => vec![&mut args.address],
        Command::Watch(args) => vec![&mut args.to],
        Command::Upload(args) => args.to.iter_mut().collect(),
        Command::Get(args) => args.references.iter_mut().collect(),
        Command::Rm { references, .. } => references.iter_mut().collect(),
        Command::Edit(args) => args.references.iter_mut().collect(),
        Command::Mv(args) => std::iter::once(&mut args.reference)
            .chain(&mut args.to)
            .collect(),
        _ => Vec::new(),
    }
}

/// The address with ids; `None` where it has no names, or where nothing of that name is known: then the
/// command says what is wrong with it. `kept`: what was listed before tells as well as the service.
pub async fn settled(
    session: &Session,
    output: &mut Output,
    text: &str,
    kept: bool,
) -> Result<Option<String>, Failure> {
    let Some((account, rest)) = text.split_once(':') else {
        return Ok(None);
    };
    let readings = readings(rest);
    if readings.is_empty() || readings.iter().any(Reading::is_plain) {
        return Ok(None);
    }
    let known = session.known(&find::account(&decoded(account))?)?;
    let (index, _) = session.index();
    let mut lists = Lists::new(known);
    if kept {
        lists.recall(&index, known, &readings);
    }
    let mut found = lists.search(&readings);
    if found.is_empty() {
        lists.ask(session, output, &index, known, &readings).await?;
        found = lists.search(&readings);
    }
    let account = &known.info.name;
    match found.as_slice() {
        [] => Err(lists.nothing(known, &readings)),
        [one] => {
            let settled = one.reference(account).to_string();
            if settled == text {
                return Ok(None);
            }
            output.mention(&format!("{} is {settled}", SafeText::name(text)));
            Ok(Some(settled))
        }
        many => {
            for one in many.iter().take(TOLD) {
                output.note(&format!("  {}  {}", one.reference(account), one.named));
            }
            let count = many.len();
            Err(
                Failure::usage(format!("“{}” names {count} places", SafeText::name(text)))
                    .hint("Write one of these addresses instead."),
            )
        }
    }
}

/// A place that a reading fits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    container: ContainerId,
    segment: Option<SegmentId>,
    key: Option<AssetKey>,
    /// For people.
    named: String,
}

impl Found {
    fn reference(&self, account: &AccountName) -> Ref {
        Ref {
            address: Address {
                account: account.clone(),
                container: Some(self.container.clone()),
                segment: self.segment.clone(),
            },
            key: self.key.clone(),
        }
    }
}

/// The name with its folders, as the first pane of the screen has it.
pub fn path_of(container: &Container) -> String {
    let folders = container.folders.iter().map(String::as_str);
    let parts: Vec<&str> = folders.chain([container.name.as_str()]).collect();
    parts.join("/")
}

/// What is known of an account's containers and segments.
struct Lists {
    middle: Middle,
    containers: Vec<Container>,
    /// Of those containers that a reading names with a segment.
    segments: HashMap<ContainerId, Vec<Segment>>,
}

impl Lists {
    fn new(known: &Known) -> Self {
        Self {
            middle: known.info.spec.middle,
            containers: Vec::new(),
            segments: HashMap::new(),
        }
    }

    /// Takes in what was listed before.
    fn recall(&mut self, index: &Index, known: &Known, readings: &[Reading<'_>]) {
        self.containers = recalled(index, known, &Place::Containers);
        for id in self.wanted(readings) {
            let segments = recalled(index, known, &Place::Segments(id.clone()));
            self.segments.insert(id, segments);
        }
    }

    /// What the service lists, as far as it was not known; kept like everything that is listed.
    async fn ask(
        &mut self,
        session: &Session,
        output: &mut Output,
        index: &Index,
        known: &Known,
        readings: &[Reading<'_>],
    ) -> Result<(), Failure> {
        let provider = session.ready(known).await?;
        let provider = provider.as_ref();
        let owner = Owner::from(&known.info);
        if !readings.iter().any(|it| self.fits(it).next().is_some()) {
            let containers = find::all(async |cursor| provider.containers(cursor).await).await?;
            let mut keeper = index.keep(&owner, Place::Containers, None);
            for entry in &containers {
                keeper.entry(entry);
            }
            keeper.end();
            self.containers = { containers.into_iter() }
                .filter_map(Entry::into_read)
                .collect();
        }
        for id in self.wanted(readings) {
            let listed = find::all(async |cursor| provider.segments(&id, cursor).await);
            let mut segments = listed.await?;
            let texts = texts_of(provider, output, &id).await;
            find::join_texts(&mut segments, &texts);
            let mut keeper = index.keep(&owner, Place::Segments(id.clone()), None);
            for entry in &segments {
                keeper.entry(entry);
            }
            keeper.end();
            let read = segments.into_iter().filter_map(Entry::into_read);
            self.segments.insert(id, read.collect());
        }
        index.settle(KEEPING);
        Ok(())
    }

    /// The containers that a reading may mean.
    fn fits<'a>(&'a self, reading: &Reading<'a>) -> impl Iterator<Item = (Fit, &'a Container)> {
        let text = reading.container;
        let possible = reading.segment.is_none() || self.middle == Middle::Segments;
        let all = self.containers.iter().filter(move |_| possible);
        all.filter_map(move |it| {
            let path = path_of(it);
            Some((fit(text, it.id.as_str(), &[&it.name, &path])?, it))
        })
    }

    /// Whose segments have to be known.
    fn wanted(&self, readings: &[Reading<'_>]) -> Vec<ContainerId> {
        let mut wanted = Vec::new();
        for reading in readings.iter().filter(|it| it.segment.is_some()) {
            let fitting = self.fits(reading).map(|(_, it)| it.id.clone());
            wanted.extend(fitting.filter(|id| self.segments.get(id).is_none_or(Vec::is_empty)));
        }
        wanted.dedup();
        wanted
    }

    /// The places that fit best.
    fn search(&self, readings: &[Reading<'_>]) -> Vec<Found> {
        let mut found: Vec<(Fit, Found)> = Vec::new();
        for reading in readings {
            let key = reading.key.map(key_of);
            if key == Some(None) {
                continue;
            }
            let key = key.flatten();
            for (how, container) in self.fits(reading) {
                let of = |how: Fit, segment: Option<SegmentId>, named: String| {
                    let container = container.id.clone();
                    (
                        how,
                        Found {
                            container,
                            segment,
                            key: key.clone(),
                            named,
                        },
                    )
                };
                let name = path_of(container);
                match reading.segment {
                    None => found.push(of(how, None, SafeText::name(&name).into_string())),
                    Some(text) => {
                        let none = Vec::new();
                        let segments = self.segments.get(&container.id).unwrap_or(&none);
                        found.extend(segments.iter().filter_map(|segment| {
                            let keys: Vec<&str> = segment.key.as_deref().into_iter().collect();
                            let closer = fit(text, segment.id.as_str(), &keys)?;
                            let text = segment.text.as_deref().unwrap_or_default();
                            let name = format!("{name}/{} {text}", keys.concat());
                            let name = SafeText::prose(&name).into_string();
                            Some(of(how.max(closer), Some(segment.id.clone()), name))
                        }));
                    }
                }
            }
        }
        let best = found.iter().map(|(how, _)| *how).min();
        let best = found.into_iter().filter(|(how, _)| Some(*how) == best);
        let mut best: Vec<Found> = best.map(|(_, found)| found).collect();
        best.dedup();
        best
    }

    /// Nothing has such a name.
    fn nothing(&self, known: &Known, readings: &[Reading<'_>]) -> Failure {
        let account = known.info.name.as_str();
        let noun = &known.info.spec.container;
        let within = readings.iter().find_map(|it| {
            let (_, container) = self.fits(it).next()?;
            Some((container, it.segment?))
        });
        if let Some((container, text)) = within {
            let keys = self.segments.get(&container.id).into_iter().flatten();
            let near = nearest(text, keys.filter_map(|it| it.key.as_deref()));
            let failure = Failure::usage(format!(
                "the {} “{}” has no segment “{}”",
                noun.one,
                SafeText::name(&path_of(container)),
                SafeText::name(text)
            ));
            return failure.hint(match near {
                Some(near) => format!("Did you mean {}?", SafeText::name(near)),
                None => format!(
                    "List its segments with `assetdeck ls {account}:{}`.",
                    container.id.as_str()
                ),
            });
        }
        // The longest reading without a segment is what was typed.
        let text = readings
            .iter()
            .map(|it| it.container)
            .max_by_key(|text| text.len());
        let text = text.unwrap_or_default();
        let near = nearest(text, self.containers.iter().map(|it| it.name.as_str()));
        let failure = Failure::usage(format!(
            "{account} has no {} “{}”",
            noun.one,
            SafeText::name(text)
        ));
        failure.hint(match near {
            Some(near) => format!("Did you mean {}?", SafeText::name(near)),
            None => format!("List its {} with `assetdeck ls {account}:`.", noun.many),
        })
    }
}

/// The key of an asset in its one spelling.
fn key_of(text: &str) -> Option<AssetKey> {
    let parts: Option<Vec<String>> = text.split('/').map(decode_part).collect();
    AssetKey::from_parts(parts?.iter().map(String::as_str))
}

/// What the container of a place is called, and its segment where it is one: by what was listed before,
/// else by the service.
pub async fn of_scope(
    session: &Session,
    known: &Known,
    provider: &dyn Provider,
    scope: &AssetScope,
) -> Result<(String, Option<String>), Failure> {
    let (index, _) = session.index();
    let id = scope.container();
    let mut kept = recalled::<Container>(&index, known, &Place::Containers).into_iter();
    let container = match kept.find(|it| it.id == *id) {
        Some(container) => container,
        None => find::container(provider, id).await?,
    };
    let Some(wanted) = scope.segment() else {
        return Ok((container.name, None));
    };
    let kept = recalled::<Segment>(&index, known, &Place::Segments(id.clone()));
    let segment = match kept.into_iter().find(|it| it.id == *wanted) {
        Some(segment) => segment,
        None => find::segment(provider, id, wanted).await?,
    };
    Ok((container.name, Some(segment.name())))
}

/// A list as it was kept, whole.
pub fn recalled<T: Keepable>(index: &Index, known: &Known, place: &Place) -> Vec<T> {
    let mut rows = Vec::new();
    index.recall(&Owner::from(&known.info), place, |_, part: Shelf<T>| {
        rows.extend(part.into_iter().filter_map(Entry::into_read));
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RawJson;

    fn lists() -> Lists {
        let id = |text: &str| ContainerId::new(text).unwrap();
        let container = |text, name: &str, folders: &[&str]| Container {
            folders: folders.iter().map(|&it| it.to_owned()).collect(),
            ..Container::bare(id(text), name)
        };
        let segment = |text: &str, key: &str| Segment {
            id: SegmentId::new(text).unwrap(),
            position: 0,
            part: 0,
            key: Some(key.to_owned()),
            text: None,
            raw: RawJson::new("{}"),
        };
        Lists {
            middle: Middle::Segments,
            containers: vec![
                container("1", "Shop", &[]),
                container("2", "Plan", &["Marketing", "2026"]),
                container("3", "plan", &["Old"]),
                container("4", "Shop/hero", &[]),
                container("5", "3", &[]),
            ],
            segments: HashMap::from([(
                id("1"),
                vec![segment("11", "hero"), segment("12", "a@b/c")],
            )]),
        }
    }

    fn found(text: &str) -> Vec<String> {
        let account = AccountName::new("acme").unwrap();
        let found = lists().search(&readings(text));
        found
            .iter()
            .map(|it| it.reference(&account).to_string())
            .collect()
    }

    #[test]
    fn an_id_comes_before_a_name_and_a_name_before_one_in_other_letters() {
        assert_eq!(found("3"), ["acme:3"]);
        assert_eq!(found("Plan"), ["acme:2"]);
        assert_eq!(found("PLAN"), ["acme:2", "acme:3"]);
        assert_eq!(found("Marketing/2026/Plan"), ["acme:2"]);
        assert_eq!(found("marketing%2F2026%2Fplan"), ["acme:2"]);
        assert!(found("Planet").is_empty());
    }

    #[test]
    fn names_may_hold_what_parts_an_address() {
        assert_eq!(found("Shop/hero"), ["acme:1/11", "acme:4"]);
        assert_eq!(found("1/hero"), ["acme:1/11"]);
        assert_eq!(found("shop/a@b/c"), ["acme:1/12"]);
        assert_eq!(
            found("Shop/hero@de/x.png"),
            ["acme:1/11@de/x.png", "acme:4@de/x.png"]
        );
        assert_eq!(found("Shop/11@de/x%20y.png"), ["acme:1/11@de/x%20y.png"]);
    }
}
