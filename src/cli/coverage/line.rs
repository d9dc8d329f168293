//! Coverage as lines of JSON.

use serde::Serialize;

use crate::cli::record::{container_ref, segment_ref};
use crate::domain::coverage::{Row, State, Totals};
use crate::domain::{
    AccountName, AssetKey, AssetScope, Container, ContainerId, Locale, Ref, Segment,
};

#[derive(Debug, Serialize)]
struct CellLine<'a> {
    locale: &'a str,
    state: &'static str,
    /// In what it differs from its source.
    differs: Option<&'static str>,
    #[serde(rename = "ref")]
    reference: Option<String>,
}

#[derive(Debug, Serialize)]
struct RowLine<'a> {
    kind: &'static str,
    #[serde(rename = "ref")]
    reference: String,
    id: &'a str,
    name: String,
    container: &'a str,
    folder: Option<String>,
    asset: Option<&'a str>,
    source: Option<String>,
    cells: Vec<CellLine<'a>>,
}

/// One row: an asset of a segment, or a segment of which nothing more is known.
pub fn row_line<'a>(
    account: &AccountName,
    container: &'a ContainerId,
    segment: &'a Segment,
    row: &'a Row,
    locales: &[(usize, &'a Locale)],
) -> impl Serialize + use<'a> {
    let scope = AssetScope::Segment(container.clone(), segment.id.clone());
    let of = |key: &AssetKey| Ref::asset(account.clone(), &scope, key).to_string();
    let versions = row.versions();
    let cells = locales.iter().map(|(at, locale)| {
        let state = row.state(*at);
        let cell = versions.and_then(|it| it.cells.get(*at));
        CellLine {
            locale: locale.as_str(),
            state: state.word(),
            differs: match state {
                State::Differs(by) => Some(by.word()),
                _ => None,
            },
            reference: cell.and_then(|cell| cell.asset.as_ref()).map(of),
        }
    });
    RowLine {
        kind: "coverage",
        reference: segment_ref(account, container, segment),
        id: segment.id.as_str(),
        name: segment.name(),
        container: container.as_str(),
        folder: versions.map(|it| it.folder.to_string()),
        asset: versions.map(|it| it.name.as_str()),
        source: versions.and_then(|it| it.source.as_ref()).map(of),
        cells: cells.collect(),
    }
}

#[derive(Debug, Serialize)]
struct TotalLine<'a> {
    kind: &'static str,
    #[serde(rename = "ref")]
    reference: String,
    id: &'a str,
    name: &'a str,
    locale: Option<&'a str>,
    folder: Option<&'a str>,
    present: usize,
    missing: usize,
    older: usize,
    differs: usize,
    no_source: usize,
    no_assets: usize,
    not_asked: usize,
    failed: usize,
}

/// The totals of a locale, or of a folder.
pub fn total_line<'a>(
    account: &AccountName,
    container: &'a Container,
    locale: Option<&'a str>,
    folder: Option<&'a str>,
    totals: &Totals,
) -> impl Serialize + use<'a> {
    let [
        present,
        missing,
        older,
        differs,
        no_source,
        no_assets,
        not_asked,
        failed,
    ] = State::ALL.map(|state| totals.of(state));
    TotalLine {
        kind: "coverage-total",
        reference: container_ref(account, &container.id),
        id: container.id.as_str(),
        name: &container.name,
        locale,
        folder,
        present,
        missing,
        older,
        differs,
        no_source,
        no_assets,
        not_asked,
        failed,
    }
}
