//! Which file fills which gap.

use super::*;
use crate::api::FileStamp;
use crate::domain::{ContainerId, SegmentId};
use crate::transfer::LocalFile;

fn scope(segment: &str) -> AssetScope {
    AssetScope::Segment(
        ContainerId::new("1").unwrap(),
        SegmentId::new(segment).unwrap(),
    )
}

fn gap(segment: &str, locale: &str, folder: &str, name: &str) -> Gap {
    Gap {
        scope: scope(segment),
        segment: format!("seg-{segment}"),
        locale: Locale::new(locale).unwrap(),
        folder: AssetPath::from_service(folder),
        name: (!name.is_empty()).then(|| name.to_owned()),
    }
}

fn locales() -> Vec<Locale> {
    let codes = ["en", "de", "fr", "ja", "pt-BR"];
    codes.iter().filter_map(Locale::new).collect()
}

fn file(path: &str) -> Candidate {
    let relative: Vec<String> = path.split('/').map(str::to_owned).collect();
    let name = FileName::parse(relative.last().unwrap()).unwrap();
    Candidate {
        path: path.into(),
        file: Ok(LocalFile {
            path: path.into(),
            name,
            stamp: FileStamp {
                size: 1,
                modified: None,
                identity: None,
            },
            content_type: "image/png".into(),
        }),
        relative,
    }
}

/// Where each file goes: segment, locale, folder and name; else why nowhere.
fn sorted(paths: &[&str], gaps: &[Gap]) -> Vec<String> {
    let files = paths.iter().map(|path| file(path)).collect();
    let whole = AssetScope::Container(ContainerId::new("1").unwrap());
    let (batches, _) = matched(files, gaps, &locales(), &whole);
    let mut said: Vec<(usize, String)> = Vec::new();
    for batch in batches {
        for file in batch.files {
            let path = file.relative.join("/");
            let at = paths.iter().position(|it| *it == path).unwrap();
            let text = match &batch.fill {
                Fill::Each(known) => {
                    let it = &known[&file.relative];
                    let segment = batch.scope.segment().unwrap().as_str();
                    let locale = it.locale.clone().flatten().unwrap();
                    let folder = it.folder.clone().unwrap();
                    format!("{segment} {locale} {folder}/{}", it.name)
                }
                Fill::Nowhere(why) => why[&file.relative].clone(),
                _ => unreachable!(),
            };
            said.push((at, text));
        }
    }
    said.sort();
    said.into_iter().map(|it| it.1).collect()
}

#[test]
fn the_name_alone_is_enough_where_one_gap_has_it() {
    let gaps = [
        gap("1", "de", "img", "hero.png"),
        gap("2", "de", "", "logo.png"),
    ];
    assert_eq!(
        sorted(&["x/HERO.png", "logo.png", "else.png"], &gaps),
        [
            "1 de img/hero.png",
            "2 de /logo.png",
            "no marked gap is called that"
        ]
    );
}

#[test]
fn several_gaps_of_one_name_want_the_locale_said() {
    let gaps = [
        gap("1", "de", "", "hero.png"),
        gap("1", "pt-BR", "", "hero.png"),
    ];
    let said = sorted(
        &[
            "de/hero.png",
            "pt_br/hero.png",
            "hero.pt-BR.png",
            "hero.png",
            "xx/hero.png",
            "fr/hero.png",
        ],
        &gaps,
    );
    assert_eq!(
        said[..3],
        ["1 de /hero.png", "1 pt-BR /hero.png", "1 pt-BR /hero.png"]
    );
    // A locale that the document does not have says nothing.
    assert!(said[3].contains("it fits 2 marked gaps"), "{}", said[3]);
    assert!(said[4].contains("it fits 2 marked gaps"), "{}", said[4]);
    assert_eq!(said[5], "no marked gap is called that");
}

#[test]
fn a_file_that_names_another_locale_does_not_fill_this_one() {
    let gaps = [
        gap("1", "de", "", "hero.png"),
        gap("2", "fr", "", "logo.png"),
    ];
    assert_eq!(
        sorted(&["fr/hero.png", "de/hero.png"], &gaps),
        ["no marked gap is called that", "1 de /hero.png"]
    );
}

#[test]
fn several_segments_of_one_name_want_the_segment_said() {
    let gaps = [gap("1", "de", "", "a.png"), gap("2", "de", "", "a.png")];
    let said = sorted(&["seg-2/a.png", "1/de/a.png", "a.png"], &gaps);
    assert_eq!(said[..2], ["2 de /a.png", "1 de /a.png"]);
    assert!(said[2].contains("2 segments"), "{}", said[2]);
}

#[test]
fn names_with_a_locale_and_other_formats_are_found_and_called_as_the_gap_is() {
    let gaps = [
        gap("1", "de", "", "hero.de.png"),
        gap("1", "fr", "", "hero.fr.png"),
    ];
    let said = sorted(&["hero.fr.png", "de/hero.jpg", "hero-fr.webp"], &gaps);
    assert_eq!(
        said,
        [
            "1 fr /hero.fr.png",
            "1 de /hero.de.jpg",
            "1 fr /hero.fr.webp"
        ]
    );
}

#[test]
fn what_stays_open_is_counted() {
    let gaps = [gap("1", "de", "", "a.png"), gap("1", "fr", "", "b.png")];
    let whole = AssetScope::Container(ContainerId::new("1").unwrap());
    let (_, told) = matched(
        vec![file("a.png"), file("c.png")],
        &gaps,
        &locales(),
        &whole,
    );
    assert_eq!((told.files, told.of, told.open), (1, 2, 1));
}
