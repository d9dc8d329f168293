//! A believable state, built from plain data: two services, one with segments, one with types.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::api::{
    AccountInfo, ApiError, ApiErrorKind, AssetColumn, BARE, Capabilities, Field, FieldSpec, Guard,
    KeyReport, KeySource, Middle, Noun, ProviderSpec,
};
use crate::app::browse::{Known, Link, Opened, PlaceRow, TypeRow};
use crate::app::effect::RequestId;
use crate::app::key::Input;
use crate::app::modal::view::ModalView;
use crate::app::modal::{Modal, Reply};
use crate::app::remote::{Fetched, Remote};
use crate::app::{Pane, StartOptions, State};
use crate::domain::{
    AccountName, Allowance, Asset, AssetKey, AssetPath, AssetScope, Container, ContainerId, Detail,
    Entry, Keeping, Locale, RawJson, Segment, SegmentId, TypeChoice, Unreadable,
};
use crate::ui::ViewState;
use crate::ui::theme::Theme;

pub static SITES: ProviderSpec = ProviderSpec {
    id: "sites",
    label: "Sites",
    container: Noun {
        one: "website",
        many: "websites",
        title: "Websites",
    },
    key_label: "API key",
    asset_columns: &[
        AssetColumn::Name,
        AssetColumn::AssetType,
        AssetColumn::Size,
        AssetColumn::Modified,
    ],
    edit_fields: &[
        FieldSpec::free(Field::AltText),
        FieldSpec::free(Field::Tags),
    ],
    capabilities: Capabilities {
        metadata: true,
        max_size: Some(20 << 20),
        public_urls: true,
        calls_an_hour: Some(1_000),
        ..BARE.capabilities
    },
    details: uploaded_by,
    ..BARE
};

pub static DOCS: ProviderSpec = ProviderSpec {
    id: "docs",
    label: "Lingua",
    container: Noun {
        one: "document",
        many: "documents",
        title: "Documents",
    },
    middle: Middle::Segments,
    key_label: "key",
    asset_columns: &[
        AssetColumn::Name,
        AssetColumn::Locale,
        AssetColumn::Folder,
        AssetColumn::Size,
        AssetColumn::Modified,
    ],
    upload_fields: &[
        FieldSpec::free(Field::Locale),
        FieldSpec::free(Field::Folder),
    ],
    capabilities: Capabilities {
        locales: true,
        folders: true,
        segment_texts: true,
        replace: crate::api::Replace::InPlace,
        ..BARE.capabilities
    },
    details: uploaded_by,
    ..BARE
};

fn uploaded_by(_: &Asset) -> Vec<Detail> {
    Detail::some("Uploaded by", Some("Ana"))
        .into_iter()
        .collect()
}

/// The moment of every test screen.
pub fn now() -> Instant {
    // An hour of past, so that ages can be told.
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *START.get_or_init(|| Instant::now() + Duration::from_hours(1))
}

/// So many seconds before that.
pub fn before(seconds: u64) -> Instant {
    now().checked_sub(Duration::from_secs(seconds)).unwrap()
}

pub fn view(theme: Theme) -> ViewState {
    let mut view = ViewState::new(theme, TimeZone::UTC);
    view.clock.now = "2026-03-10T12:00:00Z".parse().unwrap();
    view
}

pub fn name(text: &str) -> AccountName {
    AccountName::new(text).unwrap()
}

fn container(id: &str, folders: &[&str], name: &str) -> Entry<Container> {
    Entry::Read(Container {
        folders: folders.iter().map(|&part| part.to_owned()).collect(),
        segments: Some(4),
        modified: Some("2026-03-08T09:00:00Z".to_owned()),
        ..Container::bare(ContainerId::new(id).unwrap(), name)
    })
}

pub fn segment(position: u64, key: &str, text: &str) -> Entry<Segment> {
    Entry::Read(Segment {
        id: segment_id(position),
        position,
        part: 0,
        key: Some(key.to_owned()),
        text: Some(text.to_owned()),
        raw: RawJson::new("{}"),
    })
}

pub fn segment_id(position: u64) -> SegmentId {
    SegmentId::new(format!("2766783{position}")).unwrap()
}

pub fn asset(
    scope: &AssetScope,
    name: &str,
    locale: Option<&str>,
    size: Option<u64>,
) -> Entry<Asset> {
    let key = AssetKey::from_parts([locale.unwrap_or_default(), "public/images", name]).unwrap();
    Entry::Read(Asset {
        locale: locale.and_then(Locale::new),
        folder: AssetPath::parse("public/images").unwrap(),
        size,
        content_type: Some("image/png".to_owned()),
        asset_type: Some("image".to_owned()),
        alt_text: Some("The shop's window at night, seen from the street".to_owned()),
        tags: vec!["summer".to_owned(), "campaign 2026".to_owned()],
        dimensions: Some((1600, 900)),
        url: Some("https://cdn.example.com/assets/hero.png".to_owned()),
        created: Some("2026-01-15T08:30:00Z".to_owned()),
        modified: Some("2026-03-08T09:00:00Z".to_owned()),
        raw: RawJson::new(r#"{"name":"hero.png","size":214000,"tags":["summer"]}"#),
        ..Asset::bare(scope.clone(), key, name)
    })
}

pub fn loaded(ago: u64) -> Remote<Fetched> {
    Remote::Loaded(Fetched {
        at: before(ago),
        total: None,
        seal: None,
    })
}

pub fn loading(old: Option<u64>) -> Remote<Fetched> {
    Remote::Loading {
        id: RequestId(7),
        since: before(4),
        old: old.map(|ago| Fetched {
            at: before(ago),
            total: None,
            seal: None,
        }),
        held: None,
    }
}

pub fn error(kind: ApiErrorKind) -> ApiError {
    ApiError {
        status: Some(503),
        ..ApiError::new("list assets", kind, "the service is being repaired")
    }
}

fn options() -> StartOptions {
    StartOptions {
        files_at: PathBuf::from("/home/ana"),
        save_to: PathBuf::from("/home/ana"),
        home: None,
        size: (100, 30),
        ascii: false,
        desktop: false,
        usuals: crate::transfer::plan::Usuals::default(),
    }
}

/// No account at all.
pub fn bare() -> State {
    State::new(Vec::new(), options())
}

/// Both services are there, a document and its first segment are open.
pub fn busy() -> State {
    let info = |account: &str, spec: &'static ProviderSpec| AccountInfo {
        name: name(account),
        spec,
        base_url: "https://example.com".to_owned(),
        account_id: None,
        guard: Guard::Open,
        colour: None,
        allowance: spec.capabilities.calls_an_hour.map(Allowance::hourly),
    };
    let accounts = vec![info("acme-web", &SITES), info("acme-loc", &DOCS)];
    let mut state = State::new(accounts, options());
    let rows = [
        vec![
            container("s1", &[], "Shop"),
            container("s2", &[], "Blog"),
            container("s3", &[], "Press"),
        ],
        vec![
            container("19914", &["Apps", "2026"], "Mobile app"),
            container("19915", &[], "Handbook"),
            Entry::Unreadable(Unreadable {
                reason: "`documentId` is missing".to_owned(),
                raw: RawJson::new(r#"{"name":"?"}"#),
            }),
        ],
    ];
    for (account, rows) in state.browse.accounts.iter_mut().zip(rows) {
        account.link = Link::Ready(KeyReport {
            source: KeySource::Store(Keeping::Keyring, "OS keyring".to_owned()),
            note: None,
        });
        account.rows = rows;
        account.containers = loaded(30);
    }
    let listed = match &state.browse.accounts[1].rows[0] {
        Entry::Read(container) => container.clone(),
        Entry::Unreadable(_) => unreachable!(),
    };
    let mut opened = Opened::new(name("acme-loc"), &DOCS, listed);
    opened.segments.list.replace(vec![
        segment(1, "hero-banner", "Everything for summer"),
        segment(2, "checkout.title", "Your basket"),
        segment(3, "checkout.pay", "Pay now"),
        segment(4, "footer.legal", "Terms and conditions apply"),
    ]);
    opened.segments.remote = loaded(30);
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    let assets = vec![
        asset(&scope, "hero.png", Some("de"), Some(214_000)),
        asset(&scope, "hero.png", Some("fr"), Some(209_400)),
        asset(&scope, "hero@2x.png", None, Some(802_000)),
    ];
    let known = |result| Known::of(result, now());
    opened
        .known
        .insert(segment_id(1), known(Ok(assets.clone().into())));
    opened
        .known
        .insert(segment_id(2), known(Ok(Vec::new().into())));
    opened
        .known
        .insert(segment_id(3), known(Err(error(ApiErrorKind::Server))));
    opened.assets.list.replace(assets);
    opened.assets.remote = loaded(30);
    opened.scope = Some(scope);
    state.browse.opened.push(opened);
    rebuild_places(&mut state);
    state.browse.places.go(5);
    focus(&mut state, Pane::Assets);
    state
}

/// The same with wide, combining and right-to-left names in every pane.
pub fn worldly() -> State {
    let mut state = busy();
    let rows = &mut state.browse.accounts[1].rows;
    let named = [("19914", "モバイルアプリ"), ("19915", "دليل المستخدم")];
    for (row, (id, name)) in rows.iter_mut().zip(named) {
        *row = container(id, &["アプリ", "עברית"], name);
    }
    let [Entry::Read(listed), ..] = rows.as_slice() else {
        unreachable!()
    };
    let listed = listed.clone();
    let opened = state.browse.open_mut().unwrap();
    opened.listed = listed;
    opened.segments.list.replace(vec![
        segment(1, "hero-banner", "夏のすべてがここに"),
        segment(2, "checkout.title", "سلة التسوق"),
        segment(3, "checkout.pay", "Paye\u{301} maintenant 👍🏽"),
        segment(4, "footer.legal", "תנאים והגבלות חלים"),
    ]);
    let scope = opened.scope.clone().unwrap();
    let named = [
        ("ヒーロー画像のとても長い名前のファイル.png", Some("ja")),
        ("شعار الشركة 2.png", Some("ar")),
        ("לוגו.svg", Some("he")),
        ("cafe\u{301} cre\u{300}me.png", Some("fr")),
        ("👩‍💻🎉 party.png", None),
        ("hero.png", Some("de")),
    ];
    let assets = named.map(|(name, locale)| asset(&scope, name, locale, Some(214_000)));
    opened.assets.list.replace(assets.to_vec());
    opened.assets.list.go(0);
    rebuild_places(&mut state);
    state
}

/// A website with its types.
pub fn website() -> State {
    let mut state = busy();
    let listed = match &state.browse.accounts[0].rows[0] {
        Entry::Read(container) => container.clone(),
        Entry::Unreadable(_) => unreachable!(),
    };
    let mut opened = Opened::new(name("acme-web"), &SITES, listed);
    let scope = AssetScope::Container(opened.id.clone());
    opened.assets.list.replace(vec![
        asset(&scope, "window.jpg", None, Some(1_240_000)),
        asset(&scope, "logo.svg", None, Some(4_100)),
    ]);
    opened.assets.remote = loaded(5);
    opened.types.replace(vec![
        TypeRow {
            choice: TypeChoice::All,
            count: 2,
        },
        TypeRow {
            choice: TypeChoice::Asset("image".to_owned()),
            count: 2,
        },
        TypeRow {
            choice: TypeChoice::Image("hero".to_owned()),
            count: 1,
        },
    ]);
    state.browse.opened.insert(0, opened);
    state.browse.places.go(1);
    focus(&mut state, Pane::Middle);
    state
}

pub fn focus(state: &mut State, pane: Pane) {
    state.browse.focus = pane;
    if pane != Pane::Details {
        state.browse.subject = pane;
    }
}

pub fn rebuild_places(state: &mut State) {
    let mut rows = Vec::new();
    for (at, account) in state.browse.accounts.iter().enumerate() {
        let name = account.info.name.clone();
        rows.push(PlaceRow::Account {
            account: at,
            name: name.clone(),
        });
        if account.rows.is_empty() {
            rows.push(PlaceRow::Note {
                account: at,
                name: name.clone(),
            });
        }
        rows.extend(account.rows.iter().map(|entry| PlaceRow::Container {
            account: at,
            name: name.clone(),
            entry: entry.clone(),
        }));
    }
    state.browse.places.replace(rows);
}

/// A modal that is only looked at.
#[derive(Debug)]
pub struct Shown(pub ModalView);

impl Modal for Shown {
    fn input(&mut self, _: &Input, _: &mut State, _: Instant) -> Reply {
        Reply::stay()
    }

    fn view(&self, _: &State) -> ModalView {
        self.0.clone()
    }
}
