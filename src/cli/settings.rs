//! `config`: the settings shown, checked, found, and begun.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use super::args::ConfigCommand;
use super::failure::Failure;
use super::output::{Cell, Output};
use super::prompt;
use super::record::Listing;
use super::session::Session;
use super::stop::Stop;
use crate::api::{AccountField, ProviderSpec};
use crate::config::dirs::create_private;
use crate::config::{Env, Setting, settings_file};
use crate::domain::SafeText;
use crate::providers::PROVIDERS;

const HEADS: &[&str] = &["SETTING", "VALUE", "FROM"];

/// Runs one of the commands. None but `show` and `check` reads the file.
pub async fn config(
    output: &mut Output,
    stop: &mut Stop,
    command: &ConfigCommand,
    file: Option<&Path>,
    env: &Env,
    open: impl FnOnce() -> Result<Session, Failure>,
) -> Result<(), Failure> {
    match command {
        ConfigCommand::Path { json } => {
            let file = settings_file(file, env)?;
            if *json {
                let found = file.exists();
                return output.json(&json!({
                    "kind": "settings-file", "file": file.to_string_lossy(), "found": found,
                }));
            }
            output.line(SafeText::name(&file.to_string_lossy()).as_str())?;
            if !file.exists() {
                output.note("there is no such file yet; `assetdeck config init` writes one");
            }
            Ok(())
        }
        ConfigCommand::Show { json } => show(output, &open()?, *json),
        ConfigCommand::Check { json: false } => {
            let session = open()?;
            let accounts = match judged(&session)? {
                1 => "1 account".to_owned(),
                many => format!("{many} accounts"),
            };
            let file = shown(&session.settings().file);
            output.did(&format!("{file} is fine: {accounts}"))
        }
        ConfigCommand::Check { json: true } => {
            let file = settings_file(file, env)?;
            let judged = open().and_then(|session| judged(&session));
            output.json(&check_line(&file, &judged))?;
            judged.map(drop)
        }
        ConfigCommand::Init => {
            let file = settings_file(file, env)?;
            stop.or(init(output, &file)).await
        }
    }
}

fn show(output: &mut Output, session: &Session, as_json: bool) -> Result<(), Failure> {
    let settings = session.settings();
    if !as_json {
        output.mention(&format!("the file is {}", shown(&settings.file)));
    }
    let mut listing = Listing::new(output, as_json, HEADS);
    for Setting {
        key,
        value,
        written,
    } in settings.listing()
    {
        let from = if written { "file" } else { "default" };
        let cells = [Cell::name(&key), Cell::prose(&value), Cell::prose(from)];
        let line = json!({"kind": "setting", "key": key, "value": value, "from": from});
        listing.put(&cells, &line)?;
    }
    listing.end("")
}

/// How many accounts there are. The file was read and understood already; the rest is what only the
/// screen and uploads look at.
fn judged(session: &Session) -> Result<usize, Failure> {
    session.usuals()?;
    session.keymap()?;
    Ok(session.all()?.len())
}

/// The first fault ends the reading: there is one, or none.
fn check_line(file: &Path, judged: &Result<usize, Failure>) -> Value {
    let fault = judged.as_ref().err().map(|failure| {
        let fault = failure.fault.as_deref();
        let at = fault.and_then(|it| it.file.as_deref());
        json!({
            "file": at.map(Path::to_string_lossy),
            "line": fault.and_then(|it| it.line),
            "message": fault.map_or(&failure.message, |it| &it.message),
        })
    });
    json!({
        "kind": "settings-check",
        "file": file.to_string_lossy(),
        "accounts": judged.as_ref().ok(),
        "faults": Vec::from_iter(fault),
    })
}

fn shown(file: &Path) -> SafeText {
    SafeText::name(&file.to_string_lossy())
}

/// Asks what an account needs and writes the file with it. One that is there is left alone.
async fn init(output: &mut Output, file: &Path) -> Result<(), Failure> {
    let there = |file: &Path| {
        Failure::usage(format!(
            "{} is there already; it is not replaced",
            shown(file)
        ))
        .hint("Write your account into it, as in config.example.toml.")
    };
    if file.exists() {
        return Err(there(file));
    }
    if !output.can_ask() {
        return Err(Failure::usage("there is no terminal to ask on")
            .hint("Write the file by hand, as in config.example.toml."));
    }
    let labels: Vec<&str> = PROVIDERS.iter().map(|entry| entry.spec.label).collect();
    let spec = loop {
        let question = format!("Which service is the account at: {}?", labels.join(" or "));
        let answer = prompt::answer(output, &question).await?.to_lowercase();
        let fits = |spec: &ProviderSpec| {
            !answer.is_empty()
                && (spec.id.starts_with(&answer) || spec.label.to_lowercase() == answer)
        };
        match PROVIDERS.iter().find(|entry| fits(entry.spec)) {
            Some(entry) => break entry.spec,
            None => output.note("that is none of them"),
        }
    };
    let name = loop {
        let answer = prompt::answer(output, "How do you call it (letters, digits and -):").await?;
        match crate::config::account_name(&answer) {
            Ok(name) => break name,
            Err(why) => output.note(&SafeText::prose(&why).into_string()),
        }
    };
    let mut fields = Vec::new();
    for field in spec.account_fields {
        fields.push((field, answered(output, field).await?));
    }
    let text = written(spec, name.as_str(), &fields);
    if let Some(folder) = file.parent().filter(|folder| !folder.exists()) {
        create_private(folder).map_err(|error| failed(folder, &error))?;
    }
    let mut options = std::fs::File::options();
    let created = options.write(true).create_new(true).mode(0o600).open(file);
    let mut created = match created {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(there(file)),
        created => created.map_err(|error| failed(file, &error))?,
    };
    created
        .write_all(text.as_bytes())
        .and_then(|()| created.sync_all())
        .map_err(|error| failed(file, &error))?;
    output.line(&format!(
        "{} is written. Save the key with `assetdeck login {}`.",
        shown(file),
        name.as_str()
    ))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{} could not be written: {error}", shown(path)))
}

async fn answered(output: &mut Output, field: &AccountField) -> Result<String, Failure> {
    loop {
        let question = match field.default {
            Some(default) => format!("{} (Enter for {default}):", field.label),
            None => format!("{}, such as {}:", field.label, field.help),
        };
        let answer = prompt::answer(output, &question).await?;
        let answer = match field.default {
            Some(default) if answer.is_empty() => default.to_owned(),
            _ => answer,
        };
        if answer
            .chars()
            .any(|c| c.is_control() || c == '"' || c == '\\')
        {
            output.note("it holds a character that cannot be in it");
        } else if field.required && answer.is_empty() {
            output.note("the service needs it");
        } else if field.name == "base_url"
            && let Err(why) = crate::api::http::check_base_url(&answer)
        {
            output.note(&SafeText::prose(&why).into_string());
        } else {
            return Ok(answer);
        }
    }
}

fn written(spec: &ProviderSpec, name: &str, fields: &[(&AccountField, String)]) -> String {
    let mut text = format!(
        "# Settings of assetdeck. `assetdeck config show` lists every setting with its value, and\n\
         # config.example.toml explains each. Keys of services never go into this file:\n\
         # `assetdeck login {name}` saves yours.\n\n\
         [[accounts]]\n# How you call it, in the panes and in addresses such as {name}:.\nname = \"{name}\"\n\
         # Which service it is at: {}.\nprovider = \"{}\"\n",
        spec.label, spec.id
    );
    for (field, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(text, "# {}.\n{} = \"{value}\"\n", field.label, field.name);
    }
    text += "# Asks for the account's name before anything of it is sent, replaced or deleted.\n\
             # protected = true\n\
             # Nothing of it is ever changed.\n\
             # read_only = true\n";
    text
}
