//! The matrix against a model that looks for everything by going through everything.

use proptest::prelude::*;

use super::*;
use crate::domain::{AssetKey, AssetPath, AssetScope, ContainerId};

const LOCALES: [&str; 3] = ["en", "de", "pt-BR"];

fn locales() -> Vec<Locale> {
    LOCALES.iter().filter_map(Locale::new).collect()
}

fn asset(locale: &str, folder: &str, name: &str) -> Asset {
    let segment = SegmentId::new("7").unwrap();
    let scope = AssetScope::Segment(ContainerId::new("1").unwrap(), segment);
    let key = AssetKey::from_parts([locale, folder, name]).unwrap();
    let mut asset = Asset::bare(scope, key, name);
    asset.locale = Locale::new(locale);
    asset.folder = AssetPath::from_service(folder);
    asset.content_type = Some("image/png".to_owned());
    asset.modified = Some("2026-05-01T10:00:00Z".to_owned());
    asset
}

fn rows(assets: &[Asset]) -> Vec<Row> {
    Row::of(&locales(), Heard::Assets(assets))
}

/// The states of the only asset that there is.
fn states(assets: &[Asset]) -> Vec<State> {
    let rows = rows(assets);
    assert_eq!(rows.len(), 1, "{rows:#?}");
    (0..LOCALES.len()).map(|at| rows[0].state(at)).collect()
}

use State::{Differs, Missing, NoAssets, NoSource, NotAsked, Older, Present};

#[test]
fn a_source_shows_what_is_missing_and_without_one_nothing_is() {
    let of = |locale| asset(locale, "", "a.png");
    assert_eq!(states(&[of("en")]), [Present, Missing, Missing]);
    assert_eq!(states(&[of("")]), [Present, Missing, Missing]);
    assert_eq!(states(&[of(""), of("DE")]), [Present, Present, Missing]);
    assert_eq!(states(&[of("de")]), [NoSource, Present, NoSource]);
    // A locale that the container does not have is no column, and no gap.
    assert_eq!(states(&[of("xx")]), [NoSource, NoSource, NoSource]);
}

#[test]
fn a_segment_without_assets_is_no_gap() {
    assert_eq!(rows(&[]), [Row::Whole(NoAssets)]);
    let nothing = Heard::<[&Asset; 0]>::NotAsked;
    assert_eq!(Row::of(&locales(), nothing), [Row::Whole(NotAsked)]);
    let failed = Heard::<[&Asset; 0]>::Failed;
    assert_eq!(Row::of(&locales(), failed), [Row::Whole(State::Failed)]);
}

#[test]
fn a_place_is_one_whatever_its_case_and_composition() {
    let own = asset("en", "Screens", "Caf\u{e9}.png");
    let other = asset("de", "screens", "cafe\u{301}.PNG");
    assert_eq!(states(&[own, other]), [Present, Present, Missing]);
}

#[test]
fn what_was_stored_before_its_source_is_older_whatever_else() {
    let source = asset("en", "", "a.png");
    let mut own = asset("de", "", "a.png");
    own.modified = Some("2026-04-30T10:00:00Z".to_owned());
    own.content_type = Some("image/jpeg".to_owned());
    assert_eq!(states(&[source.clone(), own.clone()])[1], Older);
    // One moment says nothing, and neither does one that is not told.
    own.modified.clone_from(&source.modified);
    own.content_type = Some("IMAGE/PNG; q=1".to_owned());
    assert_eq!(states(&[source.clone(), own.clone()])[1], Present);
    own.modified = None;
    assert_eq!(states(&[source, own])[1], Present);
}

#[test]
fn pixels_are_compared_where_both_are_known_and_else_types() {
    let with = |locale, kind: &str, pixels| {
        let mut asset = asset(locale, "", "a.png");
        asset.content_type = Some(kind.to_owned());
        asset.dimensions = pixels;
        asset
    };
    let (png, jpeg) = ("image/png", "image/jpeg");
    for (kind, pixels, state) in [
        (png, Some((1600, 900)), Present),
        // Who tells pixels need not have the same type.
        (jpeg, Some((1600, 900)), Present),
        (png, Some((800, 450)), Differs(Difference::Size)),
        (png, Some((900, 1600)), Differs(Difference::Shape)),
        (jpeg, None, Differs(Difference::Type)),
        (png, None, Present),
    ] {
        let source = with("en", png, Some((1600, 900)));
        assert_eq!(states(&[source, with("de", kind, pixels)])[1], state);
    }
}

#[test]
fn names_may_differ_by_the_locale_that_stands_in_them() {
    let named = |locale, name| asset(locale, "", name);
    for (source, own) in [
        (named("", "banner.png"), named("de", "banner.de.png")),
        (named("en", "banner.png"), named("de", "banner_DE.png")),
        (named("en", "banner.en.png"), named("de", "banner.de.png")),
        (named("en", "en-banner.png"), named("de", "banner-de.png")),
        (named("en", "banner"), named("de", "banner-de")),
        (named("", "my.banner.png"), named("de", "my-de.banner.png")),
    ] {
        let told = format!("{} {}", source.name, own.name);
        let both = [own, source];
        assert_eq!(states(&both), [Present, Present, Missing], "{told}");
    }
    let both = [named("en", "a.png"), named("pt-BR", "a.pt_br.png")];
    assert_eq!(states(&both), [Present, Missing, Present]);
    let photo = |locale, name| {
        let mut asset = named(locale, name);
        asset.content_type = Some("image/jpeg".to_owned());
        asset
    };
    for other in ["banner.jpg", "banner.de.jpg"] {
        let both = [named("", "banner.png"), photo("de", other)];
        let differs = Differs(Difference::Type);
        assert_eq!(states(&both), [Present, differs, Missing], "{other}");
    }
    let mut film = named("de", "banner.mp4");
    film.content_type = Some("video/mp4".to_owned());
    assert_eq!(rows(&[named("", "banner.png"), film]).len(), 2);
    for other in ["model.png", "de.png", "abode.png", "banner.fr.png"] {
        let both = [named("", "banner.png"), named("de", other)];
        assert_eq!(rows(&both).len(), 2, "{other}");
    }
    // Its very place comes first, and is taken once.
    let three = [
        named("", "banner.png"),
        named("de", "banner.png"),
        named("de", "banner.de.png"),
    ];
    assert_eq!(rows(&three).len(), 2);
}

#[test]
fn a_gap_is_called_like_the_versions_that_are_there() {
    let named = |locale, name| asset(locale, "", name);
    let name = |assets: &[Asset]| {
        let rows = rows(assets);
        let versions = rows[0].versions().unwrap();
        versions.name_in(&locales()[2])
    };
    assert_eq!(name(&[named("", "a.png")]), "a.png");
    assert_eq!(name(&[named("en", "a.png"), named("de", "a.png")]), "a.png");
    assert_eq!(
        name(&[named("", "a.png"), named("de", "a-de.png")]),
        "a-pt-BR.png"
    );
    assert_eq!(name(&[named("en", "a.en.png")]), "a.pt-BR.png");
    // The locale of another one's folder is enough there.
    let both = [named("en", "a.en.png"), named("de", "a.en.png")];
    assert_eq!(name(&both), "a.en.png");
}

#[test]
fn every_state_has_a_word_and_a_sign_of_its_own() {
    for state in State::ALL {
        assert_eq!(State::of(state.word()), Some(state));
        for ascii in [true, false] {
            let same = |other: &State| other.sign(ascii) == state.sign(ascii);
            assert_eq!(State::ALL.iter().filter(|it| same(it)).count(), 1);
            assert!(!ascii || state.sign(ascii).is_ascii());
        }
    }
    assert_eq!(State::of("gone"), None);
}

/// An asset of the model: its parts, not its name.
#[derive(Debug, Clone)]
struct Part {
    stem: usize,
    /// The locale that stands in the name.
    named: Option<usize>,
    folder: usize,
    /// `None` is of no language.
    locale: Option<usize>,
    day: u8,
    pixels: Option<(u64, u64)>,
    kind: usize,
    upper: bool,
    ending: usize,
}

const FOLDERS: [&str; 2] = ["", "screens"];
const KINDS: [&str; 2] = ["image/png", "image/jpeg"];
const ENDINGS: [&str; 2] = ["jpg", "png"];

impl Part {
    fn asset(&self) -> Asset {
        let stem = ["team", "banner"][self.stem];
        let stem = if self.upper {
            stem.to_uppercase()
        } else {
            stem.to_owned()
        };
        let ending = ENDINGS[self.ending];
        let name = match self.named {
            Some(at) => format!("{stem}.{}.{ending}", LOCALES[at]),
            None => format!("{stem}.{ending}"),
        };
        let locale = self.locale.map_or("", |at| LOCALES[at]);
        let mut asset = asset(locale, FOLDERS[self.folder], &name);
        asset.modified = Some(format!("2026-05-{:02}T10:00:00Z", self.day));
        asset.dimensions = self.pixels;
        asset.content_type = Some(KINDS[self.kind].to_owned());
        asset
    }

    const fn place(&self) -> Place {
        (self.folder, self.stem, self.named, self.ending)
    }
}

fn part() -> impl Strategy<Value = Part> {
    let pixels = prop::option::of((1_u64..4, 1_u64..4));
    let locale = || prop::option::of(0..LOCALES.len());
    let (what, how) = (
        (0..2_usize, locale(), 0..2_usize, locale()),
        (1..4_u8, pixels, 0..2_usize, any::<bool>(), 0..2_usize),
    );
    (what, how).prop_map(
        |((stem, named, folder, locale), (day, pixels, kind, upper, ending))| Part {
            stem,
            named,
            folder,
            locale,
            day,
            pixels,
            kind,
            upper,
            ending,
        },
    )
}

/// Folder, stem, the locale in the name, ending.
type Place = (usize, usize, Option<usize>, usize);

/// The model: places in order, each with what it has in each locale and in none.
fn model(parts: &[Part]) -> Vec<Vec<State>> {
    let mut places: Vec<Place> = parts.iter().map(Part::place).collect();
    // As the names are in order.
    places.sort_by_key(|place| {
        let name = Part {
            stem: place.1,
            named: place.2,
            folder: place.0,
            locale: None,
            day: 1,
            pixels: None,
            kind: 0,
            upper: false,
            ending: place.3,
        };
        let name = name.asset().name.to_lowercase();
        (place.0, name)
    });
    places.dedup();
    let at = |place: Place, locale: Option<usize>| {
        let mut found: Vec<&Part> = parts
            .iter()
            .filter(|it| it.place() == place && it.locale == locale)
            .collect();
        found.sort_by_key(|it| (it.day, it.asset().key));
        found.last().copied()
    };
    let source = |place| at(place, Some(0)).or_else(|| at(place, None));
    // Who joins whom, decided once for each asset.
    let mut joined: Vec<(Place, usize, Place)> = Vec::new();
    for format in [false, true] {
        for place in &places {
            let (folder, stem, token, ending) = *place;
            for locale in 0..LOCALES.len() {
                let gone = joined.iter().any(|it| (it.0, it.1) == (*place, locale));
                if source(*place).is_some() || at(*place, Some(locale)).is_none() || gone {
                    continue;
                }
                // A locale in the name is only one where it is its own.
                let tokens = match token {
                    Some(other) if other != locale => vec![token],
                    _ => vec![None, Some(0)],
                };
                let endings = if format { vec![0, 1] } else { vec![ending] };
                let all = { tokens.iter() }
                    .flat_map(|token| endings.iter().map(move |ending| (*token, *ending)));
                let to = all
                    .map(|(token, ending)| (folder, stem, token, ending))
                    .find(|to| source(*to).is_some());
                if let Some(to) = to
                    && at(to, Some(locale)).is_none()
                    && !joined.iter().any(|it| (it.1, it.2) == (locale, to))
                {
                    joined.push((*place, locale, to));
                }
            }
        }
    }
    let left =
        |place: Place, locale: usize| !joined.iter().any(|it| (it.0, it.1) == (place, locale));
    let mut matrix = Vec::new();
    for place in &places {
        let came = |locale: usize| joined.iter().find(|it| (it.1, it.2) == (locale, *place));
        let own = |locale: usize| match came(locale) {
            Some((from, ..)) => at(*from, Some(locale)),
            None => at(*place, Some(locale)).filter(|_| left(*place, locale)),
        };
        let source = source(*place);
        if source.is_none() && (0..3).all(|locale| own(locale).is_none()) {
            continue;
        }
        let state = |locale: usize| {
            let own = own(locale).or(source.filter(|_| locale == 0));
            let (Some(own), Some(source)) = (own, source) else {
                return match (own, source) {
                    (Some(_), _) => Present,
                    (None, Some(_)) => Missing,
                    (None, None) => NoSource,
                };
            };
            if own.asset().key == source.asset().key {
                return Present;
            }
            if own.day < source.day {
                return Older;
            }
            match (own.pixels, source.pixels) {
                (Some(own), Some(source)) if own == source => Present,
                (Some((a, b)), Some((c, d))) if a * d == b * c => Differs(Difference::Size),
                (Some(_), Some(_)) => Differs(Difference::Shape),
                _ if own.kind == source.kind => Present,
                _ => Differs(Difference::Type),
            }
        };
        matrix.push((0..3).map(state).collect());
    }
    matrix
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_matrix_is_that_of_the_model(mut parts in prop::collection::vec(part(), 0..12)) {
        // One key is one asset.
        parts.sort_by_key(|it| it.asset().key);
        parts.dedup_by_key(|it| it.asset().key);
        let assets: Vec<Asset> = parts.iter().map(Part::asset).collect();
        let rows = rows(&assets);
        let made: Vec<Vec<State>> = { rows.iter() }
            .filter(|row| row.versions().is_some())
            .map(|row| (0..3).map(|at| row.state(at)).collect())
            .collect();
        prop_assert_eq!(made, model(&parts));
    }

    #[test]
    fn totals_count_every_cell_once(lists in prop::collection::vec(
        prop::option::of(prop::collection::vec(part(), 0..6)), 0..8)
    ) {
        let mut coverage = Coverage::new(locales());
        for (at, list) in lists.iter().enumerate() {
            let assets: Option<Vec<Asset>> =
                list.as_ref().map(|list| list.iter().map(Part::asset).collect());
            let heard = match &assets {
                Some(assets) => Heard::Assets(assets.iter()),
                None => Heard::NotAsked,
            };
            coverage.add(SegmentId::new(at.to_string()).unwrap(), heard);
        }
        let rows = coverage.rows().count();
        let by_locale = coverage.by_locale();
        prop_assert!(by_locale.iter().all(|totals| totals.all() == rows));
        let versions = coverage.rows().filter(|(_, row)| row.versions().is_some()).count();
        let by_folder = coverage.by_folder(&[0, 1, 2]);
        let sum: usize = by_folder.values().map(Totals::all).sum();
        prop_assert_eq!(sum, versions * 3);
        for state in State::ALL {
            let named = coverage.rows().filter(|(_, row)| row.is_any(&[1], &[state])).count();
            prop_assert_eq!(named, by_locale[1].of(state));
        }
        let gaps = by_locale.iter().map(Totals::gaps).sum::<usize>();
        let counted: usize = coverage
            .rows()
            .map(|(_, row)| (0..3).filter(|at| row.state(*at).is_gap()).count())
            .sum();
        prop_assert_eq!(gaps, counted);
    }
}
