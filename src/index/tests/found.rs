//! Searches over all that was kept, and the calls that were counted.

use proptest::prelude::*;

use super::pack::Packer;
use super::*;

/// Everything of this account, by this filter: names, and what matched.
fn found(index: &Index, text: &str) -> Vec<(String, Option<&'static str>)> {
    let haystack = Haystack::gather(index, vec![owner("a"), owner("b")], || true);
    let filter = crate::domain::filter::Filter::parse(text).unwrap();
    let hits = haystack.find(&filter, Timestamp::now(), 10, || true);
    assert!(hits.best.len() <= hits.all && hits.all <= hits.among);
    let name = |thing: Thing| match thing {
        Thing::Container(it) => it.name,
        Thing::Segment(_, it) => it.name(),
        Thing::Asset(it) => it.name,
    };
    { hits.best.into_iter() }
        .map(|hit| (name(hit.thing), hit.field))
        .collect()
}

#[test]
fn a_search_goes_over_all_that_was_kept_best_first() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    put(
        &index,
        &[
            segment(1, Some("The hero of the day")),
            segment(2, Some("antihero")),
            Entry::Unreadable(Unreadable {
                reason: "hero".to_owned(),
                raw: RawJson::new("{}"),
            }),
            segment(3, Some("villain")),
        ],
        None,
    );
    let mut tagged = asset(3, "team.png");
    tagged.tags = vec!["hero".to_owned()];
    tagged.size = Some(10);
    let mut exact = asset(1, "hero");
    exact.size = Some(2_000_000);
    let assets = [tagged, exact, asset(1, "hero.png")].map(Entry::Read);
    index.keep_marks(&owner("b"), &doc(), &ids(&[1, 3]), &assets);
    settle(&index);
    let all = found(&index, "hero");
    let names: Vec<&str> = all.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        names,
        [
            "hero",
            "hero.png",
            "The hero of the day",
            "antihero",
            "team.png"
        ]
    );
    assert_eq!((all[0].1, all[4].1), (Some("name"), Some("tag")));
    assert_eq!(found(&index, "hero size:>1mb").len(), 1);
    assert_eq!(found(&index, "hero -png").len(), 3);
    assert!(found(&index, "nobody").is_empty());
    // Something that was listed anew since is not shown as it was.
    let haystack = Haystack::gather(&index, vec![owner("a")], || true);
    put(&index, &[segment(9, Some("other"))], None);
    let filter = crate::domain::filter::Filter::parse("hero").unwrap();
    let hits = haystack.find(&filter, Timestamp::now(), 10, || true);
    assert!(hits.best.is_empty(), "{hits:?}");
}

prop_compose! {
    fn any_asset()(
        name in ".{1,20}", locale in prop::option::of("[a-z]{2}"), folder in "[a-z/]{0,12}",
        size in prop::option::of(any::<u64>()), alt in prop::option::of(".{0,9}"),
        tags in prop::collection::vec(".{0,4}", 0..3), pixels in prop::option::of((any::<u64>(), any::<u64>())),
        whole in any::<bool>(),
    ) -> Asset {
        let scope = if whole { AssetScope::Container(doc()) } else { asset(1, "x").scope };
        let mut asset = Asset::bare(scope, AssetKey::from_parts([&*name]).unwrap(), name);
        asset.locale = locale.and_then(Locale::new);
        asset.folder = AssetPath::from_service(&folder);
        asset.size = size;
        asset.alt_text = alt;
        asset.tags = tags;
        asset.dimensions = pixels;
        asset
    }
}

proptest! {
    #[test]
    fn rows_come_back_as_they_were(assets in prop::collection::vec(any_asset(), 0..9), name in ".{0,9}", locales in prop::option::of(prop::collection::vec("[a-z]{2}", 0..3))) {
        let entries: Vec<Entry<Asset>> = assets.into_iter().map(Entry::Read).collect();
        let mut packer = Packer::default();
        for entry in &entries { packer.add(entry); }
        let back: Vec<Entry<Asset>> = { packer.end(); packer.take() }.iter().flat_map(|chunk| pack::open(chunk).unwrap()).collect();
        prop_assert_eq!(back, entries);
        let container = Container {
            folders: vec!["a".to_owned()], segments: Some(3),
            locales: locales.map(|all| all.iter().filter_map(Locale::new).collect()),
            ..Container::bare(doc(), name)
        };
        let mut packer = Packer::default();
        packer.add(&Entry::Read(container.clone()));
        prop_assert_eq!({ packer.end(); pack::open(&packer.take()[0]) }, Some(vec![Entry::Read(container)]));
    }
}
