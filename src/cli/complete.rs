//! What a shell offers and only this machine knows: accounts, places and locales, by what was listed
//! before. Neither a service nor a person is asked.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::args::Cli;
use super::failure::Failure;
use super::names::{is_id, path_of, recalled};
use super::output::{Cell, Output, Table};
use super::session::{Known, Session};
use crate::api::{Connector as _, Middle};
use crate::domain::{AccountName, Container, Entry, SafeText, Segment, SegmentId};
use crate::index::{Owner, Place};

/// More than so many nobody reads.
const MOST: usize = 500;
/// The assets of so many segments tell which locales there are, in no more than some milliseconds.
const LOOKED_AT: usize = 2000;
/// So many characters of a text say which one it is.
const SHOWN: usize = 60;

/// What may stand there, and what it is, for people.
type Offer = (String, String);

/// Prints what the last of the words may become: a word and what it means in each line. Where that is
/// not for us to say, nothing.
pub fn complete(session: &Session, output: &mut Output, words: &[String]) -> Result<(), Failure> {
    let Some((current, before)) = words.split_last() else {
        return Ok(());
    };
    let (flag, value) = match current.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => (Some(flag), value),
        _ => (None, current.as_str()),
    };
    let offers = match wanted(before, flag, value) {
        Some(Wanted::Account) => accounts(session, ""),
        Some(Wanted::Address) => match value.split_once(':') {
            None => accounts(session, ":"),
            Some((account, _)) => places(session, account, value),
        },
        Some(Wanted::Locale) => several(value, locales(session, before)),
        Some(Wanted::Words(words)) => several(value, words),
        None => Vec::new(),
    };
    let mut table = Table::new(&["WORD", "MEANS"]);
    let fitting = offers
        .into_iter()
        .filter(|(word, _)| word.starts_with(value))
        .map(|(word, means)| match flag {
            Some(flag) => (format!("{flag}={word}"), means),
            None => (word, means),
        });
    for (word, means) in fitting.take(MOST) {
        let means: String = SafeText::name(&means)
            .as_str()
            .chars()
            .take(SHOWN)
            .collect();
        output.row(&mut table, &[Cell::Said(word), Cell::Said(means)])?;
    }
    Ok(())
}

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Account,
    Address,
    Locale,
    /// One of these. Not all shells know it of themselves: not behind a comma, not without a flag, not
    /// behind other words.
    Words(Vec<String>),
}

impl Wanted {
    fn of(arg: &Arg) -> Option<Self> {
        Self::named(arg).or_else(|| Self::words(arg))
    }

    /// Whether a shell has to ask us, whatever it knows of the flag.
    fn is_ours(arg: &Arg) -> bool {
        Self::named(arg).is_some()
            || (arg.get_value_delimiter().is_some() && Self::words(arg).is_some())
    }

    fn words(arg: &Arg) -> Option<Self> {
        let words = arg.get_possible_values().into_iter();
        let words: Vec<String> = words.map(|it| it.get_name().to_owned()).collect();
        (!words.is_empty()).then_some(Self::Words(words))
    }

    /// By what the help calls it.
    fn named(arg: &Arg) -> Option<Self> {
        match arg.get_value_names()?.first()?.as_str() {
            "ACCOUNT" => Some(Self::Account),
            "ADDRESS" | "REF" | "REF|ADDRESS" => Some(Self::Address),
            "LOCALE" => Some(Self::Locale),
            _ => None,
        }
    }
}

/// Whether what stands behind this flag of some command is one of ours to tell.
pub fn is_known(long: &str) -> bool {
    fn of(command: &Command, long: &str) -> bool {
        let mut flags = command.get_arguments();
        flags.any(|arg| arg.get_long() == Some(long) && Wanted::is_ours(arg))
            || command.get_subcommands().any(|it| of(it, long))
    }
    of(&Cli::command(), long)
}

/// What stands behind these words, if it is one of ours to tell; or behind this flag of the same word.
fn wanted(before: &[String], given: Option<&str>, current: &str) -> Option<Wanted> {
    let mut root = Cli::command();
    root.build();
    let mut command = &root;
    let mut awaited = None;
    let mut placed = 0;
    for word in before {
        if awaited.take().is_some() {
            continue;
        }
        if let Some(flag) = flag(command, word) {
            awaited = Some(flag).filter(|flag| flag.get_action().takes_values());
        } else if word.starts_with('-') {
            // One with its value, or none of ours.
        } else if let Some(sub) = command.find_subcommand(word).filter(|_| placed == 0) {
            command = sub;
        } else {
            placed += 1;
        }
    }
    if let Some(given) = given {
        return flag(command, given).and_then(Wanted::of);
    }
    if awaited.is_none() && current.starts_with('-') {
        return None;
    }
    let several = |arg: &&Arg| matches!(arg.get_action(), ArgAction::Append);
    let place = command.get_positionals().nth(placed);
    let place = place.or_else(|| command.get_positionals().last().filter(several));
    awaited.or(place).and_then(Wanted::of)
}

fn flag<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let long = word.strip_prefix("--");
    let short = word.strip_prefix('-').and_then(|short| {
        let mut letters = short.chars();
        letters.next().filter(|_| letters.next().is_none())
    });
    command.get_arguments().find(|arg| {
        long.is_some() && arg.get_long() == long || short.is_some() && arg.get_short() == short
    })
}

fn accounts(session: &Session, end: &str) -> Vec<Offer> {
    let infos = session.accounts().into_iter();
    infos
        .map(|info| {
            (
                format!("{}{end}", info.name.as_str()),
                info.spec.label.to_owned(),
            )
        })
        .collect()
}

/// The containers of an account; behind one of them and a `/`, its segments.
fn places(session: &Session, account: &str, current: &str) -> Vec<Offer> {
    let known = AccountName::new(account).and_then(|name| session.known(&name).ok());
    let Some(known) = known else {
        return Vec::new();
    };
    let (index, _) = session.index();
    let containers: Vec<Container> = recalled(&index, known, &Place::Containers);
    let words = words(&containers, |it| {
        (it.id.as_str(), vec![it.name.clone(), path_of(it)])
    });
    let mut offers = Vec::new();
    for (container, word) in containers.iter().zip(words) {
        let id = container.id.as_str();
        for begin in [format!("{account}:{word}"), format!("{account}:{id}")] {
            if known.info.spec.middle == Middle::Segments
                && current.starts_with(&format!("{begin}/"))
            {
                return segments(session, known, container, &begin);
            }
        }
        // Who begins with the id goes on with it.
        let by_id = format!("{account}:{id}");
        if current.len() > account.len() + 1 && by_id.starts_with(current) {
            offers.push((by_id, path_of(container)));
        } else {
            offers.push((format!("{account}:{word}"), path_of(container)));
        }
    }
    offers
}

fn segments(session: &Session, known: &Known, of: &Container, begin: &str) -> Vec<Offer> {
    let (index, _) = session.index();
    let segments: Vec<Segment> = recalled(&index, known, &Place::Segments(of.id.clone()));
    let words = words(&segments, |it| {
        (it.id.as_str(), it.key.iter().cloned().collect())
    });
    let offers = segments.iter().zip(words).map(|(segment, word)| {
        let text = segment.text.clone().unwrap_or_default();
        (format!("{begin}/{word}"), text)
    });
    offers.collect()
}

/// For each thing the first of its names that no other has, as it can be typed in any shell; else its id.
fn words<T>(things: &[T], of: impl Fn(&T) -> (&str, Vec<String>)) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for thing in things {
        let names = of(thing).1.into_iter().map(|name| name.to_lowercase());
        for name in names.collect::<BTreeSet<_>>() {
            *seen.entry(name).or_default() += 1;
        }
    }
    let word = |thing: &T| {
        let (id, names) = of(thing);
        let mut own = names.iter().filter(|name| {
            !name.is_empty() && !is_id(name) && seen.get(&name.to_lowercase()) == Some(&1)
        });
        own.next().map_or_else(|| spelled(id), |name| spelled(name))
    };
    things.iter().map(word).collect()
}

/// Letters and digits of every script as they are; all else so that no shell takes it for something.
fn spelled(text: &str) -> String {
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || "-_.~+".contains(c) {
            word.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a String cannot fail.
            let _ = write!(word, "%{byte:02X}");
        }
    }
    word
}

/// The locales of the accounts that the line names, else of all.
fn locales(session: &Session, before: &[String]) -> BTreeSet<String> {
    let named = |known: &Known| {
        let begin = format!("{}:", known.info.name.as_str());
        before.iter().any(|word| word.starts_with(&begin))
    };
    let all = session.all().unwrap_or_default();
    let any = all.iter().any(named);
    let (index, _) = session.index();
    let mut found = BTreeSet::new();
    let mut left = LOOKED_AT;
    for known in all.iter().filter(|known| !any || named(known)) {
        let owner = Owner::from(&known.info);
        for container in recalled::<Container>(&index, known, &Place::Containers) {
            // Few services tell them in their list; of the others the assets that were seen do.
            let place = Place::Segments(container.id.clone());
            let segments = recalled::<Segment>(&index, known, &place).into_iter();
            let segments: Vec<SegmentId> = segments.map(|it| it.id).take(left).collect();
            left -= segments.len();
            let marks = index.marks(&owner, &container.id, &segments);
            let assets = marks
                .iter()
                .flat_map(|mark| &mark.assets)
                .filter_map(Entry::read);
            let locales = container.locales.iter().flatten();
            let locales = locales.chain(assets.filter_map(|asset| asset.locale.as_ref()));
            found.extend(locales.map(|locale| locale.as_str().to_owned()));
        }
    }
    found
}

/// Several are parted by commas.
fn several(current: &str, words: impl IntoIterator<Item = String>) -> Vec<Offer> {
    let begin = current.rfind(',').map_or("", |at| &current[..=at]);
    let words = words.into_iter();
    words.map(|word| (format!("{begin}{word}"), word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: &str) -> Option<Wanted> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (current, before) = words.split_last().unwrap();
        wanted(before, None, current)
    }

    #[test]
    fn what_is_wanted_follows_from_the_words_before() {
        assert_eq!(at("ls "), Some(Wanted::Address));
        assert_eq!(at("ls --json "), Some(Wanted::Address));
        assert_eq!(at("ls acme: "), None);
        assert_eq!(at("ls --filter "), None);
        assert_eq!(at("-v --config x rm a:1@b "), Some(Wanted::Address));
        assert_eq!(at("upload x.png --to "), Some(Wanted::Address));
        assert_eq!(at("upload "), None);
        assert_eq!(at("upload x --locale "), Some(Wanted::Locale));
        assert_eq!(at("coverage a:1 --locales de,"), Some(Wanted::Locale));
        assert_eq!(at("login "), Some(Wanted::Account));
        assert_eq!(at("ls --confirm "), Some(Wanted::Account));
        assert_eq!(at("find x --account "), Some(Wanted::Account));
        assert_eq!(at("mv a:1@b --name "), None);
        assert_eq!(at("mv a:1@b "), Some(Wanted::Address));
        let shells = at("completions ");
        assert!(matches!(shells, Some(Wanted::Words(words)) if words.contains(&"fish".to_owned())));
        assert!(matches!(at("get x --on-clash "), Some(Wanted::Words(_))));
        assert_eq!(at("rm --"), None);
        assert_eq!(at(""), None);
    }

    #[test]
    fn a_word_is_a_name_that_no_other_has_and_needs_no_quotes() {
        let things = [
            ("1", "Shop"),
            ("2", "Twin"),
            ("3", "twin"),
            ("4", "a b/c'$(x)"),
            ("5", "ヘルプ"),
            ("6", "2024"),
            ("7", ""),
        ];
        let words = words(&things, |(id, name)| (id, vec![(*name).to_owned()]));
        let wanted = [
            "Shop",
            "2",
            "3",
            "a%20b%2Fc%27%24%28x%29",
            "ヘルプ",
            "6",
            "7",
        ];
        assert_eq!(words, wanted);
    }
}
