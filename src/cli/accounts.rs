//! `accounts`: the accounts of the settings, and where each one's key is.

use super::failure::Failure;
use super::filter::Only;
use super::output::{Cell, Output};
use super::record::{AccountLine, Listing, account_ref};
use super::rights::{self, RightsLine};
use super::session::{Known, Session};
use crate::config::credentials::{Lookup, Place};
use crate::domain::filter::Facts;
use crate::domain::{Keeping, SafeText};
use crate::index::Caller;

const ACCOUNT_HEADS: &[&str] = &[
    "REF", "NAME", "SERVICE", "ADDRESS", "KEY", "LAST USE", "STATE", "RIGHTS",
];

/// The accounts of the settings, and where each one's key is.
pub async fn accounts(
    session: &Session,
    output: &mut Output,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let accounts = session.all()?;
    let mut listing = Listing::new(output, json, ACCOUNT_HEADS);
    for known in accounts {
        let info = &known.info;
        let facts = Facts {
            types: [Some(info.spec.label), None],
            typed: true,
            ..Facts::named(info.name.as_str())
        };
        if !only.keeps(&facts) {
            continue;
        }
        let (source, words) = key_words(session, known).await;
        let name = info.name.as_str();
        let cells = [
            Cell::name(&account_ref(&info.name)),
            Cell::name(name),
            Cell::prose(info.spec.label),
            Cell::name(&info.base_url),
            Cell::Said(words.clone()),
            Cell::when(used(session, known).as_deref()),
            Cell::prose(&session.standing(known, source.is_some()).join(", ")),
            Cell::Said(rights::words(&session.rights(known), info.spec)),
        ];
        listing.put(&cells, &line(session, known, source, words))?;
    }
    listing.end(&only.nothing(String::new()))
}

/// An account as a line of JSON.
pub fn line<'a>(
    session: &Session,
    known: &'a Known,
    source: Option<&'static str>,
    words: String,
) -> AccountLine<'a> {
    let info = &known.info;
    let name = info.name.as_str();
    AccountLine {
        kind: "account",
        reference: account_ref(&info.name),
        id: name,
        name,
        provider: info.spec.id,
        service: info.spec.label,
        base_url: &info.base_url,
        key_source: source,
        key: words,
        last_used: used(session, known),
        state: session.standing(known, source.is_some()),
        rights: RightsLine::of(&session.rights(known), info.spec),
    }
}

/// When the service was called last from this machine, as far as that is known.
fn used(session: &Session, known: &Known) -> Option<String> {
    let at = session.calls().used(&Caller::from(&known.info));
    at.map(|at| at.to_string())
}

/// Where a key is, as a word for scripts and in words for people.
pub async fn key_words(session: &Session, known: &Known) -> (Option<&'static str>, String) {
    words_of(session.key_place(known).await)
}

/// The same of a look that was made.
pub fn words_of(looked: Lookup) -> (Option<&'static str>, String) {
    match looked {
        Lookup::Found { place, note, .. } => {
            let (word, mut text) = match place {
                Place::Environment(variable) => {
                    ("environment", format!("environment ({variable})"))
                }
                Place::Command(program) => {
                    ("command", format!("command ({})", SafeText::name(&program)))
                }
                Place::Store(keeping, place) => (keeping.word(), place),
                Place::Session => ("session", "this session only".to_owned()),
            };
            if let Some(note) = note {
                text = format!("{text} ({note})");
            }
            (Some(word), text)
        }
        // It is there, and works once the passphrase is typed.
        Lookup::Sealed { reason } => (Some(Keeping::EncryptedFile.word()), reason),
        Lookup::Missing { reason } | Lookup::Locked { reason } => {
            (None, format!("no key: {reason}"))
        }
        Lookup::Unusable { reason, .. } => (None, format!("unusable: {reason}")),
    }
}
