//! What is fetched, when, and what is said where nothing is.

use super::*;
use crate::app::Pane;
use crate::app::msg::Msg;
use crate::app::tests::world::World;
use crate::domain::Locale;
use crate::picture::Form;

fn means() -> Means {
    Means {
        way: Some(Way::Kitty),
        cell: (10, 20),
        send: 1000,
        fetch: 10_000_000,
        why: None,
    }
}

/// In the assets, with the details beside them.
fn looking() -> World {
    let mut world = World::at_site();
    world.state.pictures.on = true;
    world.send(Msg::Means(means()));
    world.send(Msg::PictureRoom(Some((30, 10))));
    world
}

fn asked(world: &mut World) -> Vec<(RequestId, String)> {
    let effects = world.take().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Picture { id, asset, .. } => Some((id, asset.name.clone())),
            _ => None,
        })
        .collect()
}

fn drawn() -> Arc<Drawn> {
    Arc::new(Drawn {
        original: (4, 3),
        cells: (2, 1),
        form: Form::Inline("x".to_owned()),
    })
}

fn sight(world: &World) -> Option<Sight> {
    world.state.pictures().into_iter().next().map(|it| it.sight)
}

#[test]
fn only_what_is_looked_at_is_fetched_after_a_pause() {
    let mut world = looking();
    assert_eq!(asked(&mut world), [], "not at once");
    world.wait(400);
    let first = asked(&mut world);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(sight(&world), Some(Sight::Coming));
    // Moving on cancels it, and passing by asks for nothing.
    let (id, name) = first[0].clone();
    for key in ["j", "k", "j"] {
        let key = key.parse::<crate::app::key::Chord>().unwrap().0[0];
        world.send(Msg::Input(crate::app::Input::Key(key)));
    }
    let effects = world.take();
    assert!(effects.contains(&Effect::Cancel(id)), "{effects:?}");
    world.wait(400);
    let second = asked(&mut world);
    assert!(
        second.len() <= 1 && second.iter().all(|(_, other)| *other != name),
        "{second:?}"
    );
    // A late answer is for nobody.
    let answer = Answer::Picture(Ok(drawn()));
    world.send(Msg::Loaded { id, answer });
    assert!(!matches!(sight(&world), Some(Sight::Ready(_))));
}

#[test]
fn what_was_drawn_is_not_asked_again() {
    let mut world = looking();
    world.wait(400);
    let (id, _) = asked(&mut world)[0].clone();
    let answer = Answer::Picture(Ok(drawn()));
    world.send(Msg::Loaded { id, answer });
    assert_eq!(sight(&world), Some(Sight::Ready(drawn())));
    world.keys("p");
    assert!(world.state.pictures().is_empty());
    world.keys("p");
    world.wait(400);
    assert_eq!(asked(&mut world), []);
    assert_eq!(sight(&world), Some(Sight::Ready(drawn())));
    // Another room is another picture.
    world.send(Msg::PictureRoom(Some((60, 20))));
    world.wait(400);
    assert_eq!(asked(&mut world).len(), 1);
}

#[test]
fn a_failure_is_said_in_its_place() {
    let mut world = looking();
    world.wait(400);
    let (id, _) = asked(&mut world)[0].clone();
    let answer = Answer::Picture(Err("it is damaged".to_owned()));
    world.send(Msg::Loaded { id, answer });
    assert_eq!(sight(&world), Some(Sight::None("it is damaged".to_owned())));
}

#[test]
fn nothing_is_fetched_where_nothing_would_be_seen() {
    let quiet = |change: &dyn Fn(&mut World)| {
        let mut world = World::at_site();
        world.state.pictures.on = true;
        change(&mut world);
        world.wait(1000);
        asked(&mut world).is_empty()
    };
    let room = Msg::PictureRoom(Some((30, 10)));
    assert!(!quiet(&|world| {
        world.send(Msg::Means(means()));
        world.send(room.clone());
    }));
    assert!(quiet(&|world| world.send(Msg::Means(means()))), "no room");
    assert!(quiet(&|world| world.send(room.clone())), "no way");
    assert!(quiet(&|world| {
        world.send(Msg::Means(means()));
        world.send(room.clone());
        world.state.pictures.on = false;
        world.send(Msg::Tick);
    }));
    assert!(quiet(&|world| {
        world.send(room.clone());
        world.send(Msg::Means(Means {
            way: None,
            why: Some("no colours".to_owned()),
            ..means()
        }));
        assert_eq!(sight(world), Some(Sight::None("no colours".to_owned())));
    }));
    assert!(quiet(&|world| {
        world.send(room.clone());
        world.send(Msg::Means(Means {
            fetch: 1,
            ..means()
        }));
        let said = sight(world);
        assert!(
            matches!(&said, Some(Sight::None(why)) if why.contains("fetched")),
            "{said:?}"
        );
    }));
}

#[test]
fn kinds_of_files() {
    let of = |name: &str, kind: Option<&str>| {
        let world = World::at_site();
        let mut asset = current_asset(&world.state).unwrap().into_owned();
        asset.name = name.to_owned();
        asset.content_type = kind.map(ToOwned::to_owned);
        drawable(&asset)
    };
    assert_eq!(of("a.PNG", None), Some(Ok(())));
    assert_eq!(of("a", Some("image/jpeg; x=1")), Some(Ok(())));
    assert_eq!(of("a.pdf", Some("application/pdf")), None);
    assert!(of("a.svg", None).unwrap().unwrap_err().starts_with("SVG"));
    assert!(
        of("a", Some("image/svg+xml"))
            .unwrap()
            .unwrap_err()
            .starts_with("SVG")
    );
    assert!(of("a", Some("image/x-odd")).unwrap().is_err());
}

#[test]
fn the_counterpart_is_of_the_source_language() {
    let mut world = World::at_doc();
    world.keys("j k");
    world.settle();
    world.keys("3");
    let opened = world.state.browse.open().unwrap();
    let rows: Vec<Asset> = opened
        .assets
        .list
        .rows()
        .read()
        .map(std::borrow::Cow::into_owned)
        .collect();
    let source = opened.locales().unwrap()[0].clone();
    let of = |name: &str, locale: Option<&str>, key: &str| {
        let mut asset = rows[0].clone();
        asset.name = name.to_owned();
        asset.locale = locale.and_then(Locale::new);
        asset.key = AssetKey::new(key).unwrap();
        asset.image_type = Some("hero".to_owned());
        asset
    };
    let mine = of("hero.png", Some("fr"), "k1");
    let mut check = |others: Vec<Asset>, expected: Option<&str>| {
        let all = others.into_iter().chain([mine.clone()]).map(Entry::Read);
        let opened = world.state.browse.open_mut().unwrap();
        opened.assets.list.replace(all.collect::<Vec<_>>());
        let found = world.state.counterpart(&mine);
        assert_eq!(found.as_ref().ok().map(|it| it.key.as_str()), expected);
    };
    let source = Some(source.as_str());
    let named = of("hero.png", source, "k2");
    let neutral = of("hero.png", None, "k3");
    let alike = of("held.png", source, "k4");
    check(vec![alike.clone(), neutral.clone(), named], Some("k2"));
    check(vec![alike.clone(), neutral], Some("k3"));
    // What coverage does not take for its source is not shown as if it were.
    check(vec![alike], None);
    let mut elsewhere = of("hero.png", source, "k5");
    elsewhere.folder = crate::domain::AssetPath::from_service("old");
    check(vec![elsewhere], None);
    check(vec![of("hero.png", Some("es"), "k6")], None);
    // A name with its locale in it belongs to the one without.
    let mut named = mine.clone();
    named.name = "hero_fr.png".to_owned();
    let all = [of("hero.png", source, "k7"), named.clone()].map(Entry::Read);
    let opened = world.state.browse.open_mut().unwrap();
    opened.assets.list.replace(all.to_vec());
    let found = world.state.counterpart(&named);
    assert_eq!(
        found.map(|it| it.key.as_str().to_owned()).as_deref(),
        Ok("k7")
    );
}

#[test]
fn two_are_shown_and_asked_for_beside_each_other() {
    let mut world = World::at_site();
    world.state.pictures.on = true;
    world.keys("P");
    assert!(!world.state.pictures.beside, "it has no languages");
    let mut world = World::at_doc();
    world.settle();
    world.keys("3");
    world.settle();
    world.send(Msg::Means(means()));
    world.send(Msg::PictureRoom(Some((30, 10))));
    world.state.pictures.beside = true;
    world.state.pictures.on = true;
    world.state.focus(Pane::Details, world.now);
    assert_eq!(world.state.pictures().len(), 2);
}
