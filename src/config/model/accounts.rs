//! `[[accounts]]`: the logins.

use std::collections::HashMap;

use super::usual::{self, Usual};
use super::{AT_ONCE, Doc, Fields, Problem};
use crate::config::command;
use crate::domain::{AccountName, Allowance, Colour, ColourError};

/// Keys of one `[[accounts]]`.
pub const KEYS: &[&str] = &[
    "name",
    "provider",
    "base_url",
    "account_id",
    "websites",
    "at_once",
    "allowance",
    "locale",
    "folder",
    "patterns",
    "save_to",
    "containers",
    "color",
    "credential_command",
    "protected",
    "read_only",
];
/// Keys of one of an account's `websites`.
pub const WEBSITE_KEYS: &[&str] = &["id", "name"];

/// Keys of one of an account's `containers`.
pub const CONTAINER_KEYS: &[&str] = &["id", "locale", "folder", "patterns", "save_to"];

/// One login, as written. Whether its provider knows these fields is for the provider to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: AccountName,
    pub provider: String,
    pub base_url: Option<String>,
    pub account_id: Option<String>,
    /// Ids and names of containers that the service cannot list by itself.
    pub websites: Vec<(String, String)>,
    /// How many of its transfers run side by side: its own number, else that of `[transfers]`.
    pub at_once: u64,
    /// What its service allows it, where that is not what is known of the service.
    pub allowance: Option<Allowance>,
    /// What holds for its uploads and saves.
    pub usual: Usual,
    /// The same of single containers: the id, what differs there, and the line of the id.
    pub containers: Vec<(String, Usual, usize)>,
    /// The program and its arguments that print its key.
    pub credential_command: Option<Vec<String>>,
    /// Of its name on the screen.
    pub colour: Option<Colour>,
    /// Changes want its name first.
    pub protected: bool,
    /// Nothing of it is ever changed.
    pub read_only: bool,
    /// Where its name stands in the file, from 1.
    pub line: usize,
}

/// The environment variable that may hold an account's key: `ASSETDECK_KEY_` and the name in upper
/// case, other characters than letters and digits as `_`.
pub fn key_variable(name: &AccountName) -> String {
    let tail: String = name
        .as_str()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    format!("ASSETDECK_KEY_{tail}")
}

/// Reads all accounts; what none of them says of itself is the default for each.
pub(super) fn read(doc: &Doc<'_>, top: &Fields<'_>, at_once: u64) -> Result<Vec<Account>, Problem> {
    let mut accounts: Vec<Account> = Vec::new();
    let mut variables: HashMap<String, AccountName> = HashMap::new();
    for (table, span) in top.tables("accounts", "[[accounts]]")? {
        let fields = doc.table(table, &span, "an account", KEYS)?;
        let (name, at) = fields.required("name")?;
        let problem = |message: String| Problem {
            line: Some(doc.line(&at)),
            message,
        };
        let name = account_name(&name).map_err(problem)?;
        let variable = key_variable(&name);
        if let Some(other) = variables.get(&variable) {
            return Err(problem(if *other == name {
                format!(
                    "the account name `{}` is used twice; rename one of them",
                    name.as_str()
                )
            } else {
                format!(
                    "the account names `{}` and `{}` share the variable {variable}; rename one of \
                     them",
                    other.as_str(),
                    name.as_str()
                )
            }));
        }
        variables.insert(variable, name.clone());
        let mut websites = Vec::new();
        for (table, span) in fields.tables("websites", "[{ id = \"…\", name = \"…\" }]")? {
            let website = doc.table(table, &span, "a website", WEBSITE_KEYS)?;
            let (id, _) = website.required("id")?;
            let name = website
                .text("name")?
                .map_or_else(|| id.clone(), |(name, _)| name);
            websites.push((id, name));
        }
        let containers = containers(doc, &fields)?;
        let credential_command = match fields.text("credential_command")? {
            None => None,
            Some((text, span)) => Some(command::words(&text).map_err(|why| Problem {
                line: Some(doc.line(&span)),
                message: format!("`credential_command`: {why}"),
            })?),
        };
        accounts.push(Account {
            credential_command,
            provider: fields.required("provider")?.0,
            base_url: fields.text("base_url")?.map(|(text, _)| text),
            account_id: fields.text("account_id")?.map(|(text, _)| text),
            websites,
            at_once: fields.number("at_once", AT_ONCE)?.unwrap_or(at_once),
            allowance: allowance(doc, &fields)?,
            usual: usual::read(&fields)?,
            containers,
            colour: colour(doc, &fields)?,
            protected: fields.flag("protected")?.unwrap_or(false),
            read_only: fields.flag("read_only")?.unwrap_or(false),
            line: doc.line(&at),
            name,
        });
    }
    Ok(accounts)
}

fn colour(doc: &Doc<'_>, fields: &Fields<'_>) -> Result<Option<Colour>, Problem> {
    let Some((text, span)) = fields.text("color")? else {
        return Ok(None);
    };
    let colour = text.parse().map_err(|why: ColourError| Problem {
        line: Some(doc.line(&span)),
        message: format!("`color`: {why}"),
    })?;
    Ok(Some(colour))
}

fn allowance(doc: &Doc<'_>, fields: &Fields<'_>) -> Result<Option<Allowance>, Problem> {
    let Some((text, span)) = fields.text("allowance")? else {
        return Ok(None);
    };
    let wrong = || Problem {
        line: Some(doc.line(&span)),
        message:
            "`allowance` must be a number of calls and a time up to an hour, as in `1000/1h`, \
                  `100/1min` or `20/10s`"
                .to_owned(),
    };
    Allowance::read(&text).map(Some).ok_or_else(wrong)
}

fn containers(doc: &Doc<'_>, fields: &Fields<'_>) -> Result<Vec<(String, Usual, usize)>, Problem> {
    let mut containers: Vec<(String, Usual, usize)> = Vec::new();
    for (table, span) in fields.tables("containers", "[{ id = \"…\", locale = \"…\" }]")? {
        let container = doc.table(table, &span, "a container", CONTAINER_KEYS)?;
        let (id, at) = container.required("id")?;
        let line = doc.line(&at);
        if let Some((_, _, before)) = containers.iter().find(|(other, _, _)| *other == id) {
            return Err(Problem {
                line: Some(line),
                message: format!(
                    "the container `{id}` stands here twice, on line {before} too; write all of it \
                     into one"
                ),
            });
        }
        containers.push((id, usual::read(&container)?, line));
    }
    Ok(containers)
}

/// Letters, digits, `.`, `_` and `-`, not beginning with one of the latter: such a name needs no
/// quoting in a shell, an address or a keyring.
pub fn account_name(text: &str) -> Result<AccountName, String> {
    let fine = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    AccountName::new(text).filter(|_| fine).ok_or_else(|| {
        format!("`{text}` cannot be an account's name; use letters, digits, `-`, `_` and `.`")
    })
}
