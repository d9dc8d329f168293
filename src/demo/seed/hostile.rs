//! Names and texts that no sound service would send: escape sequences, newlines, direction marks,
//! zero-width characters, NUL, piles of combining marks, and list entries of the wrong type.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::files::{Shelf, media_type};
use super::flex::{Attached, Content, Document, FlexAsset, Segment};
use super::web::{Web, WebAsset, Website, library_key};
use super::{Seed, minutes_ago};

/// What is planted as names and texts, each an attack of its own kind.
pub const TEXTS: [&str; 12] = [
    "\u{1b}[2J\u{1b}[31mred\u{1b}[0m.png",
    "title\u{1b}]0;owned\u{7}.png",
    "copy\u{1b}]52;c;ZWNobyBvd25lZA==\u{7}.png",
    "c1-\u{9b}31m\u{90}q\u{9c}.png",
    "two\nlines\r\nname.png",
    "tab\there\u{8}\u{8}\u{8}.png",
    "invoice\u{202e}gnp.exe",
    "iso\u{2066}late\u{2069}d\u{200f}.png",
    "zero\u{200b}width\u{200d}\u{feff}join.png",
    "nul\u{0}byte\u{7f}.png",
    "pile\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}\u{30d}\u{30e}\u{30f}\u{310}\u{311}\u{312}\u{313}\u{314}.png",
    "../../outside/.bashrc",
];

/// Adds a website whose name and assets are hostile, numbered after everything else.
pub fn website(seed: Seed, made: &Shelf, web: &mut Web) {
    let at = web.websites.len();
    web.websites.push(Website {
        id: seed.uuid("website", u64::MAX - 1),
        name: "Evil\u{1b}[31m\u{202e}etis\nline".into(),
    });
    let first = web.bulk + web.written.len() as u64 + 1;
    web.written
        .extend(TEXTS.iter().enumerate().map(|(n, text)| {
            let sequence = first + n as u64;
            WebAsset {
                sequence,
                filename: (*text).into(),
                key: library_key(seed, sequence, text),
                content_type: "image/png".into(),
                asset_type: "content-image\u{1b}[7m".into(),
                image_type: Some("other".into()),
                website: Some(at),
                description: Some((*text).repeat(3)),
                alt_text: Some((*text).into()),
                tags: vec![(*text).into(), "two\nlines".into()],
                created: minutes_ago(n as u64),
                updated: minutes_ago(n as u64),
                blob: made.get("flags.png"),
            }
        }));
}

/// Entries of a list of assets that cannot be read, to stand between sound ones.
pub fn broken_web_assets() -> Vec<Value> {
    vec![
        Value::Null,
        json!(42),
        json!("text"),
        json!([]),
        json!({"id": 7, "filename": ["a"], "size": "big"}),
        json!({"filename": "no id.png", "size": 1}),
        json!({"id": null, "filename": null}),
    ]
}

/// Entries of a list of Flex assets that cannot be read.
pub fn broken_flex_assets() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!({"fileName": 3, "segmentId": {}, "documentId": []}),
        json!({"documentId": "20900", "segmentId": 29_000_000}),
    ]
}

/// Rows of the document list that cannot be read.
pub fn broken_documents() -> Vec<Value> {
    vec![
        Value::Null,
        json!(12),
        json!({"id": null, "name": "no id"}),
        json!({"id": {}, "name": ["x"]}),
    ]
}

/// Rows of a segment search, or segments of a pull, that cannot be read.
pub fn broken_segments() -> Vec<Value> {
    vec![
        Value::Null,
        json!("row"),
        json!({"sid": "abc", "bsid": [], "key": 5, "texts": 1}),
    ]
}

/// A document with a hostile name, whose segments have hostile keys, texts and assets.
pub fn document(made: &Shelf) -> (Document, Attached) {
    let first_sid = 29_000_000;
    let did = 20_900;
    let segments = TEXTS
        .iter()
        .enumerate()
        .map(|(n, text)| Segment {
            bsid: n as u64 + 1,
            part: 0,
            key: (*text).into(),
            component: format!("evil/{text}"),
            texts: [0; 6].map(|_: u8| Cow::Borrowed(*text)),
            changed: minutes_ago(n as u64),
        })
        .collect();
    let attached = TEXTS
        .iter()
        .enumerate()
        .map(|(n, text)| {
            let asset = FlexAsset {
                locale: (n % 2 == 1).then(|| "de".into()),
                folder: if n % 3 == 2 {
                    format!("fold\u{1b}[1mer\\{n}")
                } else {
                    String::new()
                },
                name: (*text).into(),
                content_type: media_type(text),
                created: minutes_ago(n as u64),
                modified: minutes_ago(n as u64),
                blob: made.get("flags.png"),
            };
            (did, first_sid, asset)
        })
        .collect();
    let document = Document {
        did,
        dsid: did + 500_000,
        pid: 709,
        jid: None,
        name: "Evil\\\u{1b}[31mred\u{1b}[0m\\\u{202e}nosj.live\nline".into(),
        preference: "EVIL\u{1b}[5m",
        locales: vec![0, 1],
        changed: minutes_ago(1),
        first_sid,
        content: Content::Written(segments),
        bulk: 0,
        localised: false,
        hostile: true,
    };
    (document, attached)
}
