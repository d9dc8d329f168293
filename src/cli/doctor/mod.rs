//! `doctor`: what works here, what does not, why, and what to do about it.

mod account;
mod machine;
mod terminal;
mod widths;

use serde_json::json;

use super::failure::{Exit, Failure};
use super::output::{Cell, Output, Table};
use super::session::Session;
use super::stop::Stop;
use crate::config::Env;
use crate::domain::SafeText;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Works,
    /// It works with less.
    Limited,
    Broken,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Limited => "limited",
            Self::Broken => "broken",
        }
    }
}

/// One thing that was looked at. Foreign text in it is safe already.
#[derive(Debug, Clone)]
struct Check {
    /// `terminal`, or `account NAME`.
    of: String,
    name: &'static str,
    state: State,
    /// What was found.
    found: String,
    /// What to do; empty where there is nothing to do.
    advice: String,
}

impl Check {
    fn new(of: &str, name: &'static str, state: State, found: impl Into<String>) -> Self {
        Self {
            of: of.to_owned(),
            name,
            state,
            found: found.into(),
            advice: String::new(),
        }
    }

    fn works(of: &str, name: &'static str, found: impl Into<String>) -> Self {
        Self::new(of, name, State::Works, found)
    }

    fn limited(of: &str, name: &'static str, found: impl Into<String>) -> Self {
        Self::new(of, name, State::Limited, found)
    }

    fn broken(of: &str, name: &'static str, found: impl Into<String>) -> Self {
        Self::new(of, name, State::Broken, found)
    }

    #[must_use]
    fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }
}

/// How it is told.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    pub json: bool,
    pub report: bool,
}

/// Looks at everything, also where the settings cannot be read: then at all but the accounts.
pub async fn doctor(
    output: &mut Output,
    stop: &mut Stop,
    form: Form,
    session: Result<Session, Failure>,
    env: &Env,
) -> Result<(), Failure> {
    let var = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    let mut telling = Telling {
        output,
        form,
        table: Table::new(&["STATE", "OF", "WHAT", "FOUND", "ADVICE"]),
        broken: 0,
    };
    if form.report {
        telling.output.line(&heading())?;
    }
    for check in terminal::checks(var) {
        telling.tell(&check)?;
    }
    if let Some(check) = widths::check(var) {
        telling.tell(&check)?;
    }
    telling.tell(&machine::settings(session.as_ref().map(Session::settings)))?;
    if let Some(check) = session
        .as_ref()
        .ok()
        .and_then(|it| machine::network(it, env))
    {
        telling.tell(&check)?;
    }
    for check in machine::folders(env) {
        telling.tell(&check)?;
    }
    telling.tell(&machine::journal(env))?;
    if let Some(check) = machine::index(env) {
        telling.tell(&check)?;
    }
    telling.tell(&stop.or(async { Ok(machine::keyring().await) }).await?)?;
    if let Some(check) = stop.or(async { Ok(machine::kernel().await) }).await? {
        telling.tell(&check)?;
    }
    if let Ok(session) = session {
        session.leave_foreign_index();
        let accounts = session.all().unwrap_or_default();
        let looks = accounts
            .iter()
            .map(|known| account::checks(&session, known, env));
        let looks = futures_util::future::join_all(looks);
        let checks = stop.or(async { Ok(looks.await) }).await?;
        for check in checks.into_iter().flatten() {
            telling.tell(&check)?;
        }
        super::close(&session, telling.output, stop).await;
    }
    telling.output.flush()?;
    match telling.broken {
        0 => Ok(()),
        _ => Err(Failure::silent(Exit::Failed)),
    }
}

/// What whoever helps has to know first.
fn heading() -> String {
    format!(
        "assetdeck {} on {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

struct Telling<'a> {
    output: &'a mut Output,
    form: Form,
    /// For a pipe.
    table: Table,
    broken: usize,
}

impl Telling<'_> {
    fn tell(&mut self, check: &Check) -> Result<(), Failure> {
        self.broken += usize::from(check.state == State::Broken);
        if self.form.json {
            return self.output.json(&json!({
                "kind": "check",
                "of": check.of,
                "name": check.name,
                "state": check.state.word(),
                "found": check.found,
                "advice": check.advice,
            }));
        }
        let Check { of, name, .. } = check;
        let state = check.state.word();
        if !self.form.report && !self.output.on_screen() {
            let cells = [state, of, name, &check.found, &check.advice];
            let cells = cells.map(|cell| Cell::Said(cell.to_owned()));
            return self.output.row(&mut self.table, &cells);
        }
        // The home folder's name is often a person's.
        let anonymous = |text: &str| match std::env::var("HOME") {
            Ok(home) if self.form.report && home.len() > 1 => text.replace(&home, "~"),
            _ => text.to_owned(),
        };
        let found = anonymous(&check.found);
        self.output
            .line(&format!("{state:<8} {of}: {name}: {found}"))?;
        if check.advice.is_empty() {
            return Ok(());
        }
        self.output
            .line(&format!("         → {}", anonymous(&check.advice)))
    }
}

/// A path or a name for a sentence.
fn shown(text: &str) -> SafeText {
    SafeText::name(text)
}
