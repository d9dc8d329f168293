//! The documents' side of the world: Flex documents, their segments in six languages, their assets.

use std::borrow::Cow;

use jiff::Timestamp;

use super::content::{APP, AREAS, ATTACHED, CAMPAIGN, FAQ, PHRASES};
use super::files::{Shelf, media_type};
use super::hostile;
use super::{Seed, minutes_ago};
use crate::demo::blob::Blob;

/// Source language first. The names are in the user's own interface language, English here.
pub const LOCALES: [(&str, &str); 6] = [
    ("en", "English"),
    ("de", "German"),
    ("fr", "French"),
    ("ja", "Japanese"),
    ("ar", "Arabic"),
    ("pt-BR", "Portuguese (Brazil)"),
];

/// Segments of the large document unless told otherwise.
const LARGE: u64 = 5_000;
/// Assets spread over it unless told otherwise.
const BULK: u64 = 600;

/// A Flex document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Document number, the `id` of the list as text.
    pub did: u64,
    /// Resource number.
    pub dsid: u64,
    /// Project number.
    pub pid: u64,
    /// Job number: workers see the document under `j` and this number.
    pub jid: Option<u64>,
    /// Name with folders, backslashes between them.
    pub name: String,
    /// Project reference.
    pub preference: &'static str,
    /// Indexes into [`LOCALES`]; the first is the source.
    pub locales: Vec<usize>,
    /// When its contents last changed.
    pub changed: Timestamp,
    /// Global id of its first segment; the others follow.
    pub first_sid: u64,
    /// Its segments.
    pub content: Content,
    /// Assets spread evenly over its segments and computed when asked for.
    pub bulk: u64,
    /// They are pictures in their locales.
    pub localised: bool,
    /// Whether it holds what no sound service would send.
    pub hostile: bool,
}

/// Segments of a document.
#[derive(Clone, Debug)]
pub enum Content {
    /// Written down.
    Written(Vec<Segment>),
    /// Computed when asked for.
    Computed(u64),
}

/// A segment: a paragraph, or a part of one that was split.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Number of the paragraph in the document, from 1.
    pub bsid: u64,
    /// Part of a split paragraph, from 0.
    pub part: u64,
    /// The customer's key.
    pub key: String,
    /// Component, a path.
    pub component: String,
    /// Texts in the order of [`LOCALES`]; empty where nobody has translated yet.
    pub texts: [Cow<'static, str>; 6],
    /// When it last changed.
    pub changed: Timestamp,
}

/// An asset as the service keeps it.
#[derive(Clone, Debug)]
pub struct FlexAsset {
    /// None for every language.
    pub locale: Option<String>,
    /// Folder, backslashes between its parts, empty at the top.
    pub folder: String,
    /// Name of the file.
    pub name: String,
    /// Media type, derived from the name.
    pub content_type: &'static str,
    /// When it was first attached.
    pub created: Timestamp,
    /// When it was last replaced.
    pub modified: Timestamp,
    /// Its bytes.
    pub blob: Blob,
}

/// Assets of the written segments: document, segment and asset.
pub type Attached = Vec<(u64, u64, FlexAsset)>;

/// The documents (4 unless told otherwise) and the assets of the written segments.
///
/// `assets` counts all of them, the computed ones included; the computed ones hang on the large
/// document, which is the third: a world of fewer than three documents has none.
pub fn world(
    seed: Seed,
    made: &Shelf,
    documents: Option<usize>,
    segments: Option<usize>,
    assets: Option<usize>,
    localised: bool,
    with_hostile: bool,
) -> (Vec<Document>, Attached) {
    let count = documents.unwrap_or(4);
    // Far above what the small documents take, so that no two segments share an id.
    let large_sid = 60_000_000_u64.max(30_000_000 + count as u64 * 1_000);
    let mut list: Vec<Document> = (0..count)
        .map(|n| document(seed, n, large_sid, segments))
        .collect();
    let rows = ATTACHED.iter().filter(|row| row.0 < count);
    let limit = assets.unwrap_or(usize::MAX);
    let mut attached: Attached = rows
        .take(limit)
        .enumerate()
        .map(|(n, row)| {
            let (at, segment, locale, folder, name, file) = *row;
            let age = seed.below("flex age", n as u64, 60 * 24 * 60);
            let asset = FlexAsset {
                locale: (!locale.is_empty()).then(|| locale.into()),
                folder: folder.into(),
                name: name.into(),
                content_type: media_type(name),
                created: minutes_ago(age),
                // Now and then before `created`: the vendor's own sample has it so.
                modified: minutes_ago(age + u64::from(n % 5 == 4)),
                blob: made.get(file),
            };
            (list[at].did, list[at].first_sid + segment, asset)
        })
        .collect();
    if let Some(large) = list.get_mut(2) {
        let wanted = assets.map_or(BULK, |wanted| (wanted - attached.len()) as u64);
        large.bulk = if large.count() == 0 { 0 } else { wanted };
        large.localised = localised;
    }
    if with_hostile {
        let (document, more) = hostile::document(made);
        list.push(document);
        attached.extend(more);
    }
    (list, attached)
}

fn document(seed: Seed, n: usize, large_sid: u64, segments: Option<usize>) -> Document {
    let number = n as u64;
    let small_sid = 30_000_000 + number * 1_000;
    let all = vec![0, 1, 2, 3, 4, 5];
    let (did, first_sid, name, preference, locales, content) = match n {
        // The ids of the picture and the examples in the documentation.
        0 => (
            19_914,
            27_667_833,
            "Mobile app".into(),
            "ACME-APP",
            all,
            lines(seed, 0, &APP),
        ),
        1 => {
            let name = "Marketing\\2026\\Spring campaign.json".into();
            (
                20_417,
                small_sid,
                name,
                "ACME-MKT",
                all,
                lines(seed, 1, &CAMPAIGN),
            )
        }
        2 => {
            let count = segments.map_or(LARGE, |count| count as u64);
            let name = "Web shop\\Product catalogue.json".into();
            (
                20_533,
                large_sid,
                name,
                "ACME-SHOP",
                all,
                Content::Computed(count),
            )
        }
        3 => {
            let name = "ヘルプセンター\\よくある質問.json".into();
            (
                20_611,
                small_sid,
                name,
                "ACME-HELP",
                vec![3, 0, 1],
                lines(seed, 3, &FAQ),
            )
        }
        _ => {
            let name = format!("Archive\\{:04}\\Letter {n:05}.json", 2000 + n % 25);
            let count = 12 + seed.below("document size", number, 49);
            (
                21_000 + number,
                small_sid,
                name,
                "ACME-ARCHIVE",
                vec![0, 1, 2],
                Content::Computed(count),
            )
        }
    };
    Document {
        did,
        dsid: did + 500_000,
        pid: 700 + number.min(4),
        // Workers see what is in their running jobs: the app by its number, the campaign by its job.
        jid: (n == 1).then_some(512),
        name,
        preference,
        locales,
        changed: minutes_ago(30 + seed.below("document age", number, 60 * 24 * 20)),
        first_sid,
        content,
        bulk: 0,
        localised: false,
        hostile: false,
    }
}

fn lines(seed: Seed, document: u64, rows: &[(&str, &str, usize)]) -> Content {
    let mut bsid = 0;
    let mut part = 0;
    let mut list: Vec<Segment> = Vec::new();
    for (n, (key, component, phrase)) in rows.iter().enumerate() {
        let goes_on = list.last().is_some_and(|before| before.key == *key);
        (bsid, part) = if goes_on {
            (bsid, part + 1)
        } else {
            (bsid + 1, 0)
        };
        let mut texts = PHRASES[*phrase].map(Cow::Borrowed);
        if n % 4 == 3 {
            texts[5] = Cow::Borrowed("");
        }
        list.push(Segment {
            bsid,
            part,
            key: (*key).into(),
            component: (*component).into(),
            texts,
            changed: minutes_ago(seed.below("segment age", document * 1_000 + n as u64, 60_000)),
        });
    }
    Content::Written(list)
}

impl Document {
    /// How many segments it has, parts counted apart.
    pub fn count(&self) -> u64 {
        match &self.content {
            Content::Written(list) => list.len() as u64,
            Content::Computed(count) => *count,
        }
    }

    /// How many paragraphs it has.
    pub fn paragraphs(&self) -> u64 {
        match &self.content {
            Content::Written(list) => list.last().map_or(0, |last| last.bsid),
            Content::Computed(count) => *count,
        }
    }

    /// The segment at a place, from 0.
    pub fn segment(&self, at: u64) -> Option<Cow<'_, Segment>> {
        match &self.content {
            Content::Written(list) => list.get(usize::try_from(at).ok()?).map(Cow::Borrowed),
            Content::Computed(count) if at < *count => Some(Cow::Owned(computed(self.did, at))),
            Content::Computed(_) => None,
        }
    }

    /// The place of a segment by its global id.
    pub fn place(&self, sid: u64) -> Option<u64> {
        sid.checked_sub(self.first_sid)
            .filter(|at| *at < self.count())
    }
}

fn computed(did: u64, at: u64) -> Segment {
    let area = AREAS[usize::try_from(at / 7 % 6).unwrap_or(0)];
    let phrase = PHRASES[usize::try_from((at * 7 + did) % 10).unwrap_or(0)];
    let mut texts = phrase.map(|text| Cow::Owned(format!("{text} · {}", at + 1)));
    // Every ninth is not yet translated into two languages, as in a project under way.
    if at % 9 == 4 {
        texts[2] = Cow::Borrowed("");
        texts[4] = Cow::Borrowed("");
    }
    Segment {
        bsid: at + 1,
        part: 0,
        key: format!("{area}.{:06}.label", at + 1),
        component: format!("pages/{area}/{:03}", at / 50),
        texts,
        changed: minutes_ago(at % 50_000),
    }
}
