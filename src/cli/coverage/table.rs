//! Coverage as rows: signs with a legend for people, words for programs.

use super::line::{row_line, total_line};
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output};
use crate::cli::record::{Listing, segment_ref};
use crate::domain::coverage::{Coverage, Row, State, Totals};
use crate::domain::{AccountName, Container, Locale, SafeText, Segment};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Table,
    Json,
    Csv,
}

/// What all rows share.
pub struct Sheet<'a> {
    pub account: &'a AccountName,
    pub container: &'a Container,
    /// The columns: the locale's place in the matrix.
    pub locales: Vec<(usize, &'a Locale)>,
    pub ascii: bool,
}

impl Sheet<'_> {
    /// The rows, and on a terminal what their signs mean.
    pub fn rows<'b>(
        &self,
        output: &mut Output,
        form: Form,
        rows: impl Iterator<Item = (&'b Segment, &'b Row)>,
    ) -> Result<(), Failure> {
        let codes: Vec<String> = { self.locales.iter() }
            .map(|(_, locale)| SafeText::name(locale.as_str()).into_string())
            .collect();
        if form == Form::Csv {
            let heads = ["ref", "segment", "folder", "name"];
            output.csv(heads.into_iter().chain(codes.iter().map(String::as_str)))?;
        }
        let mut heads = vec!["REF", "SEGMENT", "ASSET"];
        heads.extend(codes.iter().map(String::as_str));
        let signs = output.on_screen() && !output.is_linear();
        let mut seen = Totals::default();
        let mut listing = Listing::new(output, form == Form::Json, &heads);
        for (segment, row) in rows {
            let reference = segment_ref(self.account, &self.container.id, segment);
            let states = self.locales.iter().map(|(at, _)| row.state(*at));
            let folder = row.versions().map(|it| it.folder.to_string());
            let name = row.versions().map(|it| it.name.as_str());
            if form == Form::Csv {
                let folder = folder.unwrap_or_default();
                let named = segment.name();
                let mut fields: Vec<&str> = vec![&reference, &named, &folder];
                fields.push(name.unwrap_or_default());
                for state in states {
                    fields.push(state.word());
                }
                listing.csv(fields)?;
            } else {
                let place = match (&folder, name) {
                    (Some(folder), Some(name)) if !folder.is_empty() => {
                        format!("{folder}/{name}")
                    }
                    (_, name) => name.unwrap_or_default().to_owned(),
                };
                let mut cells = vec![
                    Cell::name(&reference),
                    Cell::name(&segment.name()),
                    Cell::name(&place),
                ];
                cells.extend(states.map(|state| {
                    seen.count(state);
                    let text = if signs {
                        state.sign(self.ascii)
                    } else {
                        state.word()
                    };
                    Cell::Said(text.trim().to_owned())
                }));
                let (account, container) = (self.account, &self.container.id);
                let line = row_line(account, container, segment, row, &self.locales);
                listing.put(&cells, &line)?;
            }
        }
        listing.end("No row is in such a state.")?;
        if signs && form == Form::Table && seen.all() > 0 {
            let legend: Vec<String> = seen
                .told()
                .filter(|(state, _)| !state.is(State::NoAssets))
                .map(|(state, _)| format!("{} {}", state.sign(self.ascii), state.title()))
                .collect();
            output.line("")?;
            output.line(&legend.join("   "))?;
        }
        Ok(())
    }

    /// How many cells of each locale and of each folder are in which state; in a pipe only as JSON.
    pub fn totals(
        &self,
        output: &mut Output,
        form: Form,
        matrix: &Coverage,
    ) -> Result<(), Failure> {
        let by_locale = matrix.by_locale();
        let places: Vec<usize> = self.locales.iter().map(|it| it.0).collect();
        let by_folder = matrix.by_folder(&places);
        let locales: Vec<(&str, &Totals)> = { self.locales.iter() }
            .filter_map(|(at, locale)| Some((locale.as_str(), by_locale.get(*at)?)))
            .collect();
        let folders: Vec<(&str, &Totals)> = { by_folder.iter() }
            .map(|(folder, totals)| (folder.as_str(), totals))
            .collect();
        if form == Form::Json {
            for (locale, totals) in locales {
                let line = total_line(self.account, self.container, Some(locale), None, totals);
                output.json(&line)?;
            }
            for (folder, totals) in folders {
                let line = total_line(self.account, self.container, None, Some(folder), totals);
                output.json(&line)?;
            }
            return Ok(());
        }
        if !output.on_screen() {
            return Ok(());
        }
        Self::table(output, "LOCALE", &locales)?;
        if folders.len() > 1 {
            Self::table(output, "FOLDER", &folders)?;
        }
        Ok(())
    }

    fn table(output: &mut Output, head: &str, rows: &[(&str, &Totals)]) -> Result<(), Failure> {
        let used: Vec<State> = { State::ALL.into_iter() }
            .filter(|state| rows.iter().any(|(_, totals)| totals.of(*state) > 0))
            .collect();
        let titles: Vec<String> = { used.iter() }
            .map(|state| state.word().to_uppercase())
            .collect();
        let mut heads = vec!["", head];
        heads.extend(titles.iter().map(String::as_str));
        if !output.is_linear() {
            output.line("")?;
        }
        let mut listing = Listing::new(output, false, &heads);
        for (name, totals) in rows {
            let name = if name.is_empty() {
                Cell::prose("(top)")
            } else {
                Cell::name(name)
            };
            let mut cells = vec![Cell::name(""), name];
            cells.extend({ used.iter() }.map(|state| Cell::Said(totals.of(*state).to_string())));
            listing.put(&cells, &())?;
        }
        listing.end("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::tests::kept;
    use crate::domain::coverage::Heard;
    use crate::domain::{Asset, AssetKey, AssetScope, ContainerId, RawJson, SegmentId};

    #[test]
    fn a_person_sees_signs_with_their_meaning_and_totals() {
        let container = Container::bare(ContainerId::new("19914").unwrap(), "Mobile app");
        let segment = |at: u64, key: &str| Segment {
            id: SegmentId::new(at.to_string()).unwrap(),
            position: at,
            part: 0,
            key: Some(key.to_owned()),
            text: None,
            raw: RawJson::new("{}"),
        };
        let segments = [segment(1, "hero"), segment(2, "title"), segment(3, "legal")];
        let asset = |locale: &str, folder: &str, name: &str| {
            let key = AssetKey::from_parts([locale, folder, name]).unwrap();
            let scope = AssetScope::Container(container.id.clone());
            let mut asset = Asset::bare(scope, key, name);
            asset.locale = Locale::new(locale);
            asset.folder = crate::domain::AssetPath::from_service(folder);
            asset
        };
        let locales: Vec<Locale> = ["en", "de", "pt-BR"]
            .iter()
            .filter_map(Locale::new)
            .collect();
        let mut matrix = Coverage::new(locales.clone());
        let first = [
            asset("", "", "a.png"),
            asset("de", "", "a.png"),
            asset("de", "x", "b.png"),
        ];
        matrix.add(segments[0].id.clone(), Heard::Assets(&first[..]));
        let second = [asset("en", "x", "\u{1b}[31mc.png")];
        matrix.add(segments[1].id.clone(), Heard::Assets(&second[..]));
        matrix.add(segments[2].id.clone(), Heard::<[&Asset; 0]>::Failed);
        let account = AccountName::new("acme-loc").unwrap();
        for (ascii, name) in [(false, "coverage"), (true, "coverage_ascii")] {
            let (mut output, out, _) = kept(Some(90));
            let sheet = Sheet {
                account: &account,
                container: &container,
                locales: locales.iter().enumerate().collect(),
                ascii,
            };
            let rows = matrix.rows().map(|(at, row)| (&segments[at], row));
            sheet.rows(&mut output, Form::Table, rows).unwrap();
            sheet.totals(&mut output, Form::Table, &matrix).unwrap();
            insta::assert_snapshot!(name, out.text());
        }
    }
}
