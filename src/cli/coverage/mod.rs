//! `coverage`: which assets of a document are there in which locale.

mod line;
mod table;

use std::time::Duration;

use self::table::{Form, Sheet};
use super::args;
use super::asking::{Answers, Asking, tell_unreadable};
use super::failure::{Exit, Failure, Tally};
use super::find;
use super::locales;
use super::output::Output;
use super::segments::Listing;
use super::session::{Known, Session};
use super::stop::Stop;
use crate::api::{Middle, ProviderSpec};
use crate::domain::coverage::{Coverage, Heard, State, Totals};
use crate::domain::text::{speaks_utf8, spell_in_ascii};
use crate::domain::{Container, Locale, Segment};
use crate::index::Owner;

/// Shows the coverage of a document, or of one of its segments.
pub async fn coverage(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Coverage,
) -> Result<(), Failure> {
    let address = find::address(&args.address)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    if spec.middle != Middle::Segments || !spec.capabilities.locales {
        return Err(none(spec));
    }
    let Some(scope) = address.scope() else {
        let one = spec.container.one;
        let place = one.to_uppercase();
        return Err(Failure::usage(format!("coverage is of one {one}"))
            .hint(format!("Write ACCOUNT:{place} or ACCOUNT:{place}/SEGMENT.")));
    };
    let provider = stop.or(session.ready(known)).await?;
    let container = find::container(provider.as_ref(), scope.container());
    let container = stop.or(container).await?;
    let locales = container.locales.clone().unwrap_or_default();
    if locales.is_empty() {
        let one = spec.container.one;
        return Err(Failure::failed(format!(
            "the service names no locale of this {one}, so there is nothing to compare"
        )));
    }
    let wanted = args.locales.iter().map(String::as_str);
    let mut chosen = locales::places(&locales, wanted, spec)?;
    if chosen.is_empty() {
        chosen = (0..locales.len()).collect();
    }
    let mut tally = Tally::default();
    let (index, note) = session.index();
    if let Some(note) = note {
        output.note(&note);
    }
    let listing = Listing {
        patient: provider.as_ref(),
        index: &index,
        owner: Owner::from(&known.info),
        container: &container,
    };
    let (segments, unread) = listing.segments(output, stop, scope.segment()).await?;
    let asking = Asking {
        label: spec.label,
        allowance: known.info.allowance,
        patient: provider.as_ref(),
        index: &index,
        owner: Owner::from(&known.info),
        container: &container.id,
        max_age: Duration::from_mins(args.max_age.into()),
        yes: args.yes,
    };
    let answers = asking.ask(output, stop, &segments, &mut tally).await?;
    let unreadable = unread + answers.unreadable;
    let matrix = matrix(locales, &segments, &answers);
    drop(answers);
    show(
        session,
        output,
        known,
        &container,
        args,
        &Shown {
            matrix: &matrix,
            segments: &segments,
            chosen: &chosen,
        },
    )?;
    tell_unreadable(output, &mut tally, unreadable);
    match found(&matrix, &chosen, &args.fail_on) {
        Some(found) => Err(Failure::new(Exit::Found, found)),
        None => tally.end(),
    }
}

/// Why there is no coverage there.
fn none(spec: &ProviderSpec) -> Failure {
    let (one, label) = (spec.container.one, spec.label);
    Failure::usage(format!(
        "assets of a {one} of {label} have no locales, so there is no coverage of them"
    ))
    .hint("List them with `assetdeck ls`.")
}

fn matrix(locales: Vec<Locale>, segments: &[Segment], answers: &Answers) -> Coverage {
    let mut matrix = Coverage::new(locales);
    for segment in segments {
        let heard = match answers.heard.get(&segment.id) {
            None => Heard::NotAsked,
            Some(None) => Heard::Failed,
            Some(Some(assets)) => Heard::Assets(assets),
        };
        matrix.add(segment.id.clone(), heard);
    }
    matrix
}

/// What is shown.
struct Shown<'a> {
    matrix: &'a Coverage,
    /// In the order of the matrix.
    segments: &'a [Segment],
    chosen: &'a [usize],
}

fn show(
    session: &Session,
    output: &mut Output,
    known: &Known,
    container: &Container,
    args: &args::Coverage,
    shown: &Shown<'_>,
) -> Result<(), Failure> {
    let var = |name: &str| std::env::var(name).ok();
    let person = output.on_screen() && !args.json && !args.csv;
    let ascii = args.ascii || person && (session.shape().ascii || !speaks_utf8(var));
    if ascii && person {
        spell_in_ascii();
    }
    let locales = shown.matrix.locales();
    let sheet = Sheet {
        account: &known.info.name,
        container,
        locales: { shown.chosen.iter() }
            .filter_map(|at| Some((*at, locales.get(*at)?)))
            .collect(),
        ascii,
    };
    let form = match (args.json, args.csv) {
        (true, _) => Form::Json,
        (_, true) => Form::Csv,
        _ => Form::Table,
    };
    let wanted = |row: &crate::domain::coverage::Row| {
        let empty = row.state(0).is(State::NoAssets);
        let named = args.state.iter().any(|it| it.is(State::NoAssets));
        let hidden = empty && !args.all && !named && shown.segments.len() > 1;
        !hidden && row.is_any(shown.chosen, &args.state)
    };
    let rows = shown.matrix.rows().filter(|(_, row)| wanted(row));
    let rows = rows.filter_map(|(at, row)| Some((shown.segments.get(at)?, row)));
    sheet.rows(output, form, rows)?;
    if form != Form::Csv {
        sheet.totals(output, form, shown.matrix)?;
    }
    output.flush()
}

/// How many cells are in the states that are looked for, in words; nothing where none is.
fn found(matrix: &Coverage, chosen: &[usize], states: &[State]) -> Option<String> {
    let by_locale = matrix.by_locale();
    let mut parts = Vec::new();
    for state in State::ALL {
        let many: usize = { chosen.iter() }
            .filter_map(|at| by_locale.get(*at))
            .map(|totals: &Totals| totals.of(state))
            .sum();
        if many > 0 && states.iter().any(|it| it.is(state)) {
            parts.push(format!("{many} {}", state.title()));
        }
    }
    (!parts.is_empty()).then(|| format!("coverage: {}", parts.join(", ")))
}
