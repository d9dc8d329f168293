//! What comes back from a shelf, and what it takes.

use proptest::prelude::*;

use super::*;
use crate::domain::{Asset, AssetKey, AssetPath, AssetScope, ContainerId, Locale, SegmentId};
use crate::domain::{RawJson, Unreadable};

fn site() -> AssetScope {
    AssetScope::Container(ContainerId::new("site").unwrap())
}

fn asset(n: usize) -> Asset {
    let key = AssetKey::new(format!("{n:032x}")).unwrap();
    let mut asset = Asset::bare(site(), key, format!("hero-{n}.jpg"));
    asset.size = Some(n as u64 * 7);
    asset.asset_type = Some(["image", "video", "font"][n % 3].to_owned());
    asset.content_type = Some("image/jpeg".to_owned());
    asset.url = Some(format!(
        "https://cdn.example.com/a/{n:032x}/hero-{n}.jpg?sig=1"
    ));
    asset.created = Some(format!("2026-09-01T08:{:02}:00.000Z", n % 60));
    asset.raw = RawJson::new(format!(
        "{{\"id\":\"{n:032x}\",\n \"filename\":\"hero-{n}.jpg\",\"more\":{n}}}"
    ));
    asset
}

fn bad(n: usize) -> Entry<Asset> {
    Entry::Unreadable(Unreadable {
        reason: format!("`id` lacks\tin {n}\n!"),
        raw: RawJson::new(format!("[{n}]")),
    })
}

prop_compose! {
    fn any_entry()(
        name in ".{1,12}", locale in prop::option::of("[a-z]{2}"), folder in "[a-z/]{0,12}",
        size in prop::option::of(any::<u64>()), texts in prop::array::uniform6(prop::option::of(".{0,9}")),
        tags in prop::collection::vec(".{0,4}", 0..3), pixels in prop::option::of((any::<u64>(), any::<u64>())),
        whole in any::<bool>(), sound in prop::bool::weighted(0.9), raw in "\\PC{0,9}",
    ) -> Entry<Asset> {
        let scope = if whole {
            site()
        } else {
            AssetScope::Segment(ContainerId::new("d").unwrap(), SegmentId::new("s").unwrap())
        };
        let mut asset = Asset::bare(scope, AssetKey::from_parts([&*name]).unwrap(), name);
        asset.locale = locale.and_then(Locale::new);
        asset.folder = AssetPath::from_service(&folder);
        asset.size = size;
        asset.tags = tags;
        asset.dimensions = pixels;
        let [alt, description, url, created, modified, stored] = texts;
        (asset.alt_text, asset.description, asset.url) = (alt, description, url);
        (asset.created, asset.modified, asset.stored_as) = (created, modified, stored);
        asset.asset_type = asset.alt_text.clone();
        asset.raw = RawJson::new(serde_json::to_string(&raw).unwrap());
        if sound {
            Entry::Read(asset)
        } else {
            Entry::Unreadable(Unreadable { reason: raw, raw: asset.raw })
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Some are changed and all others are as they were, also where they stand and of what kind they are.
    #[test]
    fn a_changed_shelf_holds_what_it_held_but_for_the_changes(
        entries in prop::collection::vec(any_entry(), 0..700), every in 1_usize..200, closed in any::<bool>(),
    ) {
        let mut shelf: Shelf<Asset> = entries.iter().cloned().collect();
        if closed {
            shelf.close();
        }
        let is_changed = |asset: &Asset| asset.size.unwrap_or(1).is_multiple_of(every as u64);
        let change = |asset: &mut Asset| {
            let changes = is_changed(asset);
            if changes {
                asset.description = Some("changed".to_owned());
                asset.locale = Locale::new("xx");
            }
            changes
        };
        let mut expected = entries.clone();
        for entry in &mut expected {
            if let Entry::Read(asset) = entry { change(asset); }
        }
        let mut changing = Changing::new(shelf.clone());
        let changed = loop {
            if let Some(changed) = changing.step(change) { break changed; }
        };
        prop_assert!(changed.alike(&shelf));
        prop_assert_eq!(changed.len(), expected.len());
        for (at, entry) in expected.iter().enumerate() {
            prop_assert_eq!(&*changed.get(at).unwrap(), entry);
            let kind = entry.read().map(Keepable::kind);
            prop_assert_eq!(changed.kind(at), kind.as_ref());
        }
        prop_assert!(changed.iter().map(Cow::into_owned).eq(expected));
    }

    /// What is told in groups is packed as one list is, however small its pages are.
    #[test]
    fn groups_are_packed_as_the_whole_is(
        pages in prop::collection::vec((1_usize..150, any::<bool>()), 1..20),
    ) {
        let (mut came, mut list) = (Shelf::<Asset>::default(), Shelf::<Asset>::default());
        let mut whole = Shelf::<Asset>::default();
        let entry = |n: usize| if n % 50 == 7 { bad(n) } else { Entry::Read(asset(n)) };
        for (page, told) in pages {
            let from = whole.len();
            came.append((from..from + page).map(entry).collect::<Vec<_>>().into());
            (from..from + page).for_each(|n| whole.push(entry(n)));
            if told {
                let groups = came.take_groups();
                prop_assert_eq!(groups.len() % 32, 0);
                list.append(groups);
                prop_assert!(came.len() < 32);
            }
        }
        list.append(came);
        prop_assert!(list.iter().map(Cow::into_owned).eq(whole.iter().map(Cow::into_owned)));
        for at in 0..whole.len() {
            prop_assert_eq!(list.kind(at), whole.kind(at));
        }
        // Only the last pack may be less than full.
        let starts = |shelf: &Shelf<Asset>| shelf.packs.iter().map(|it| it.0).collect::<Vec<_>>();
        let last = list.packs.len().min(whole.packs.len());
        prop_assert_eq!(&starts(&list)[..last], &starts(&whole)[..last]);
        prop_assert!(list.packs.len() >= whole.packs.len().saturating_sub(8));
    }

    /// As far as the same things come in the same order, and only so far.
    #[test]
    fn the_front_of_a_shelf_is_taken_from_another_of_the_same_things(
        count in 0_usize..900, pages in prop::collection::vec(1_usize..300, 1..6),
        other in prop::option::of(0_usize..900),
    ) {
        let old: Vec<Entry<Asset>> = (0..count).map(|n| if n % 50 == 7 { bad(n) } else { Entry::Read(asset(n)) }).collect();
        let mut shelf: Shelf<Asset> = old.clone().into();
        let told = |n: usize| {
            let mut asset = asset(if other == Some(n) { n + 5_000 } else { n });
            asset.asset_type = Some("new".to_owned());
            Entry::Read(asset)
        };
        let mut new: Shelf<Asset> = Shelf::default();
        for page in pages {
            let from = new.len();
            new.append((from..from + page).map(|n| if n % 50 == 7 { bad(n) } else { told(n) }).collect::<Vec<_>>().into());
            shelf.take_front(&new);
        }
        prop_assert_eq!(shelf.len(), old.len());
        let mut taken = true;
        for (at, entry) in old.iter().enumerate() {
            let found = shelf.get(at).unwrap();
            let is_new = found.read().is_some_and(|it| it.asset_type.as_deref() == Some("new"));
            if entry.read().is_some() {
                prop_assert!(taken || !is_new, "the front and nothing else: {}", at);
                taken = is_new;
            }
            let wanted = if is_new { told(at) } else { entry.clone() };
            prop_assert_eq!(&*found, &wanted);
            let kind = wanted.read().map(Keepable::kind);
            prop_assert_eq!(shelf.kind(at), kind.as_ref());
            prop_assert!(other.is_none_or(|other| at != other) || !is_new);
        }
        prop_assert!(shelf.iter().map(Cow::into_owned).eq((0..old.len()).map(|at| shelf.get(at).unwrap().into_owned())));
    }

    /// In whatever order they are sought.
    #[test]
    fn entries_are_found_one_after_the_other(
        numbers in prop::collection::btree_set(0_usize..2_000, 0..600), skip in 1_usize..5, turned in any::<bool>(),
    ) {
        let shelf: Shelf<Asset> = numbers.iter().map(|n| Entry::Read(asset(*n))).collect();
        prop_assert_eq!(shelf.idents().holds(asset(5).key.as_str()), numbers.contains(&5));
        let mut seeker = shelf.seeker();
        let mut sought: Vec<usize> = (0..2_000).step_by(skip).collect();
        if turned {
            sought.reverse();
        }
        for n in sought {
            let wanted = numbers.contains(&n).then(|| asset(n));
            prop_assert_eq!(seeker.find(asset(n).key.as_str()), wanted);
        }
    }

    /// However they came and in how many parts: each is where it was put, as it was.
    #[test]
    fn everything_comes_back(
        entries in prop::collection::vec(any_entry(), 0..700),
        parts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..4),
        from in any::<prop::sample::Index>(),
    ) {
        let mut cuts: Vec<(usize, bool)> = parts.iter().map(|(at, one)| (at.index(entries.len() + 1), *one)).collect();
        cuts.sort_unstable();
        cuts.push((entries.len(), false));
        let (mut shelf, mut at) = (Shelf::default(), 0);
        for (cut, one_by_one) in cuts {
            let part = entries[at..cut].to_vec();
            if one_by_one {
                for entry in part { shelf.push(entry); }
            } else {
                let mut part: Shelf<Asset> = part.into();
                part.close();
                shelf.append(part);
            }
            at = cut;
        }
        prop_assert_eq!(shelf.len(), entries.len());
        let raw = |entry: &Entry<Asset>| match entry {
            Entry::Read(it) => it.raw.text().into_owned(),
            Entry::Unreadable(it) => it.raw.text().into_owned(),
        };
        for (at, entry) in entries.iter().enumerate() {
            let found = shelf.get(at).unwrap();
            prop_assert_eq!(&*found, entry);
            prop_assert_eq!(raw(&found), raw(entry));
            let kind = entry.read().map(Keepable::kind);
            prop_assert_eq!(shelf.kind(at), kind.as_ref());
            if let Some(asset) = entry.read() {
                let first = entries.iter().position(|it| it.read().is_some_and(|it| it.key == asset.key));
                prop_assert_eq!(shelf.find(asset.key.as_str(), 0), first);
            }
        }
        prop_assert!(shelf.get(entries.len()).is_none());
        let from = from.index(entries.len() + 1);
        let rest: Vec<Entry<Asset>> = shelf.iter_from(from).map(Cow::into_owned).collect();
        prop_assert_eq!(&rest[..], &entries[from..]);
        let read = entries.iter().filter(|it| it.read().is_some()).count();
        prop_assert_eq!(shelf.kinds().map(|(_, count)| count).sum::<usize>(), read);
        prop_assert_eq!(Vec::from(shelf), entries);
    }
}

#[test]
fn one_that_is_not_there_is_not_found() {
    let shelf: Shelf<Asset> = (0..600)
        .map(asset)
        .map(Entry::Read)
        .chain([bad(1)])
        .collect();
    assert_eq!(shelf.find("nobody", 0), None);
    let key = asset(40).key;
    assert_eq!(shelf.find(key.as_str(), 0), Some(40));
    assert_eq!(shelf.find(key.as_str(), 41), None);
    assert_eq!(shelf.kind(600), None);
}

/// Bytes that a long list keeps alive for each of its entries.
fn weight(shelf: &Shelf<Asset>) -> usize {
    let packs = shelf.packs.iter().map(|(_, pack)| pack.weight() + 64);
    let loose = shelf.loose.len() * 1024;
    let sum = packs.sum::<usize>() + loose + shelf.sketches.len() * size_of::<Sketch>();
    sum / shelf.len()
}

#[test]
fn an_entry_of_a_long_list_takes_few_bytes() {
    let noisy = |n: usize| {
        let mut asset = asset(n);
        let id = (n as u128).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        asset.key = AssetKey::new(format!("{id:032x}")).unwrap();
        asset.url = Some(format!("https://cdn.example.com/a/{id:032x}/hero-{n}.jpg"));
        asset.raw = RawJson::new(format!(
            r#"{{"id":"{id:032x}","filename":"hero-{n}.jpg","contentType":"image/jpeg","url":"https://cdn.example.com/a/{id:032x}/hero-{n}.jpg","createdAt":"2026-09-01T08:{:02}:00.000Z"}}"#,
            n % 60
        ));
        Entry::Read(asset)
    };
    let mut shelf: Shelf<Asset> = (0..20_000).map(noisy).collect();
    shelf.close();
    assert!(shelf.loose.is_empty());
    let bytes = weight(&shelf);
    assert!(bytes < 100, "{bytes} bytes an entry");
}

#[test]
fn a_short_list_is_not_packed() {
    let mut shelf: Shelf<Asset> = (0..LOOSE - 1).map(asset).map(Entry::Read).collect();
    shelf.close();
    assert!(shelf.packs.is_empty());
    assert!(matches!(shelf.get(3), Some(Cow::Borrowed(_))));
}
