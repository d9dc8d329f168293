//! The websites' side of the world: websites, their assets and the templates that use them.

use jiff::Timestamp;

use super::files::{Shelf, media_type, pixels};
use super::{Seed, minutes_ago};
use crate::demo::blob::Blob;

/// A website, of which the service shows an id and a name only.
#[derive(Clone, Debug)]
pub struct Website {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
}

/// An asset as the service keeps it.
#[derive(Clone, Debug)]
pub struct WebAsset {
    /// Number in the library: a higher one was made later. The id follows from it.
    pub sequence: u64,
    /// Name of the file.
    pub filename: String,
    /// Where the storage keeps it.
    pub key: String,
    /// Media type.
    pub content_type: String,
    /// `content-image`, `content-document` or `lead-magnet`.
    pub asset_type: String,
    /// Role of an image.
    pub image_type: Option<String>,
    /// Index of its website.
    pub website: Option<usize>,
    /// Up to 500 characters.
    pub description: Option<String>,
    /// Up to 200 characters.
    pub alt_text: Option<String>,
    /// Up to 20.
    pub tags: Vec<String>,
    /// When it was recorded.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// Its bytes.
    pub blob: Blob,
}

/// A template: the second place where websites show, and the only one that says where an asset is used.
#[derive(Clone, Debug)]
pub struct Template {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// `Active` or `Archived`.
    pub status: &'static str,
    /// One of the contract's purposes.
    pub purpose: &'static str,
    /// BCP 47 tag.
    pub language: &'static str,
    /// Index of its website.
    pub website: Option<usize>,
    /// Numbers of the assets whose addresses its definition holds.
    pub uses: Vec<u64>,
}

/// What the seed says about this side. Assets beyond the written ones are computed when asked for.
#[derive(Debug)]
pub struct Web {
    /// Websites that assets may belong to, then one that only a template mentions.
    pub websites: Vec<Website>,
    /// How many of them have assets.
    pub with_assets: usize,
    /// Numbers 1 to this are computed.
    pub bulk: u64,
    /// The written assets, numbered after the computed ones.
    pub written: Vec<WebAsset>,
    /// Templates.
    pub templates: Vec<Template>,
}

const NAMES: [&str; 3] = ["Shop", "Blog", "日本ストア"];
const BULK: u64 = 96;

/// File name, bytes, website, asset type, image type, alternative text, description, tags.
type Row = (
    &'static str,
    &'static str,
    Option<usize>,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    &'static [&'static str],
);

#[rustfmt::skip]
const ROWS: [Row; 24] = [
    ("hero-frühling.jpg", "hero.jpg", Some(0), "content-image", Some("hero"), Some("Hügel im Abendlicht mit der Zeile „Spring is here“"), Some("Startseite, März bis Mai"), &["frühling", "startseite"]),
    ("hero.png", "hero.png", Some(0), "content-image", Some("hero"), Some("Hills at sunset"), None, &["spring", "storefront"]),
    ("hero@2x.png", "hero@2x.png", Some(0), "content-image", Some("hero"), None, None, &["spring", "retina"]),
    ("logo.png", "logo.png", Some(0), "content-image", Some("logo"), Some("ACME"), Some("Use on light backgrounds only"), &["brand"]),
    ("icon-cart.png", "icon-cart.png", Some(0), "content-image", Some("icon"), Some("Shopping cart"), None, &["icon"]),
    ("chili-sauce.jpg", "product-red.jpg", Some(0), "content-image", Some("product"), Some("A bottle of chili sauce"), None, &["sauce", "bestseller"]),
    ("kräutersalz.jpg", "product-green.jpg", Some(0), "content-image", Some("product"), Some("Ein Glas Kräutersalz"), None, &["gewürz"]),
    ("prices-2026.csv", "prices.csv", Some(0), "content-document", None, None, Some("Price list for resellers"), &[]),
    ("preisliste-2026.xls", "prices.xls", Some(0), "content-document", None, None, Some("Preisliste für den Handel"), &["handel"]),
    ("spring-brochure.pdf", "brochure.pdf", Some(0), "lead-magnet", None, None, Some("Sent after signing up to the newsletter"), &["newsletter", "spring"]),
    ("team-photo.jpg", "team.jpg", Some(1), "content-image", Some("other"), Some("Three colleagues"), None, &["people"]),
    ("header-blog.png", "hero@2x.png", Some(1), "content-image", Some("header"), None, None, &[]),
    ("gartentipps 🌱.pdf", "brochure.pdf", Some(1), "lead-magnet", None, None, Some("Zehn Tipps für den Küchengarten"), &["garten", "🌱"]),
    ("recipe-card.png", "screen-en.png", Some(1), "content-image", Some("other"), Some("A recipe card"), None, &["recipe"]),
    ("🎉 party-snacks.jpg", "product-red.jpg", Some(1), "content-image", Some("product"), Some("Snacks"), None, &["party", "🎉"]),
    ("icon-help.png", "icon-help.png", Some(1), "content-image", Some("icon"), None, None, &[]),
    ("春のバナー.png", "hero.png", Some(2), "content-image", Some("hero"), Some("夕焼けの丘"), Some("三月から五月まで"), &["春", "バナー"]),
    ("ロゴ.png", "logo.png", Some(2), "content-image", Some("logo"), Some("ACME"), None, &["ブランド"]),
    ("柚子胡椒.jpg", "product-green.jpg", Some(2), "content-image", Some("product"), Some("柚子胡椒の瓶"), None, &["調味料"]),
    ("価格表.csv", "prices.csv", Some(2), "content-document", None, None, None, &[]),
    ("شعار.png", "logo.png", Some(2), "content-image", Some("logo"), Some("شعار الشركة"), None, &["علامة"]),
    ("كتيب الربيع.pdf", "brochure.pdf", None, "content-document", None, None, Some("نسخة للطباعة"), &[]),
    ("flags.png", "flags.png", None, "content-image", Some("other"), None, None, &["unused"]),
    ("background.jpg", "hero.jpg", None, "content-image", Some("background"), None, None, &[]),
];

/// Stem, bytes, ending, asset type, image type of computed assets.
#[rustfmt::skip]
const BULK_ROWS: [(&str, &str, &str, &str, Option<&str>); 10] = [
    ("product", "product-red.jpg", "jpg", "content-image", Some("product")),
    ("produkt", "product-green.jpg", "jpg", "content-image", Some("product")),
    ("banner", "hero.png", "png", "content-image", Some("header")),
    ("screenshot", "screen-en.png", "png", "content-image", Some("other")),
    ("商品", "product-green.jpg", "jpg", "content-image", Some("product")),
    ("صورة", "screen-ar.png", "png", "content-image", None),
    ("icon", "icon-cart.png", "png", "content-image", Some("icon")),
    ("price-list", "prices.csv", "csv", "content-document", None),
    ("catalogue", "brochure.pdf", "pdf", "content-document", None),
    ("stock", "prices.xls", "xls", "content-document", None),
];

impl Web {
    /// The world's websites (3 unless said otherwise) and assets (120 unless said otherwise).
    pub fn new(seed: Seed, made: &Shelf, websites: Option<usize>, assets: Option<usize>) -> Self {
        let with_assets = websites.unwrap_or(NAMES.len());
        let mut sites: Vec<Website> = (0..with_assets)
            .map(|n| Website {
                id: seed.uuid("website", n as u64),
                name: NAMES
                    .get(n)
                    .map_or_else(|| format!("Campaign {:03}", n + 1), ToString::to_string),
            })
            .collect();
        // No asset belongs to this one: a client that asks the templates too knows one website more.
        sites.push(Website {
            id: seed.uuid("website", u64::MAX),
            name: "Press room".into(),
        });
        let rows: Vec<&Row> = ROWS
            .iter()
            .filter(|row| row.2.is_none_or(|site| site < with_assets))
            .collect();
        let wanted = assets.map_or_else(
            || (rows.len() as u64 + BULK).max(with_assets as u64),
            |wanted| wanted as u64,
        );
        let bulk = wanted.saturating_sub(rows.len() as u64);
        let kept = usize::try_from(wanted).unwrap_or(usize::MAX);
        let written = rows
            .iter()
            .take(kept)
            .enumerate()
            .map(|(n, row)| written(seed, made, bulk + 1 + n as u64, row))
            .collect();
        let templates = templates(seed, bulk, sites.len() - 1, kept.min(rows.len()));
        Self {
            websites: sites,
            with_assets,
            bulk,
            written,
            templates,
        }
    }

    /// The computed asset with this number (1 to `bulk`).
    pub fn computed(&self, seed: Seed, made: &Shelf, sequence: u64) -> WebAsset {
        let at = usize::try_from(seed.below("web kind", sequence, BULK_ROWS.len() as u64));
        let (stem, file, ending, asset_type, image_type) = BULK_ROWS[at.unwrap_or(0)];
        let filename = format!("{stem}-{sequence:06}.{ending}");
        let site = sequence.checked_rem(self.with_assets as u64);
        let created = minutes_ago(60 * 24 + (self.bulk - sequence.min(self.bulk)) * 7);
        WebAsset {
            sequence,
            key: library_key(seed, sequence, &filename),
            content_type: media_type(&filename).into(),
            asset_type: asset_type.into(),
            image_type: image_type.map(Into::into),
            website: site.and_then(|site| usize::try_from(site).ok()),
            description: None,
            alt_text: sequence
                .is_multiple_of(3)
                .then(|| format!("{stem} {sequence}")),
            tags: if sequence.is_multiple_of(4) {
                vec!["catalogue".into(), stem.into()]
            } else {
                vec![]
            },
            created,
            updated: created,
            blob: made.get(file),
            filename,
        }
    }
}

impl WebAsset {
    /// Width and height, where the bytes are a picture.
    pub fn pixels(&self) -> Option<(u32, u32)> {
        pixels(self.blob.head())
    }
}

/// The storage key of an asset that was there from the start; the asset's id is in it.
pub fn library_key(seed: Seed, sequence: u64, filename: &str) -> String {
    format!(
        "library/{}/{}",
        seed.asset_id(sequence),
        storage_name(filename)
    )
}

/// What of a file name goes into a storage key: letters of any script, digits and `.-_@`.
pub fn storage_name(filename: &str) -> String {
    let last = filename.rsplit(['/', '\\']).next().unwrap_or(filename);
    let kept = |c: char| {
        if c.is_alphanumeric() || ".-_@".contains(c) {
            c
        } else {
            '-'
        }
    };
    last.chars().map(kept).take(120).collect()
}

fn written(seed: Seed, made: &Shelf, sequence: u64, row: &Row) -> WebAsset {
    let (filename, file, website, asset_type, image_type, alt, description, tags) = *row;
    let created = minutes_ago(seed.below("web age", sequence, 60 * 24 * 40));
    WebAsset {
        sequence,
        filename: filename.into(),
        key: library_key(seed, sequence, filename),
        content_type: media_type(filename).into(),
        asset_type: asset_type.into(),
        image_type: image_type.map(Into::into),
        website,
        description: description.map(Into::into),
        alt_text: alt.map(Into::into),
        tags: tags.iter().map(ToString::to_string).collect(),
        created,
        updated: created,
        blob: made.get(file),
    }
}

/// Name, status, purpose, language, website, places of the assets it uses among the written ones.
type TemplateRow<'a> = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<usize>,
    &'a [u64],
);

fn templates(seed: Seed, bulk: u64, press: usize, assets: usize) -> Vec<Template> {
    #[rustfmt::skip]
    let rows: [TemplateRow<'_>; 6] = [
        ("Welcome", "Active", "Transactional", "en", Some(0), &[4, 2]),
        ("Frühlingsangebote", "Active", "Promotional", "de", Some(0), &[1, 6, 7]),
        ("Monthly letter", "Active", "Newsletter", "en", Some(1), &[11, 12]),
        ("春のお知らせ", "Active", "Newsletter", "ja", Some(2), &[17]),
        ("Brochure download", "Active", "LeadMagnetDelivery", "en", None, &[10]),
        ("Press release", "Archived", "General", "en", Some(press), &[4]),
    ];
    rows.iter()
        .filter(|row| row.4.is_none_or(|site| site <= press))
        .enumerate()
        .map(
            |(n, (name, status, purpose, language, website, uses))| Template {
                id: seed.uuid("template", n as u64),
                name: (*name).into(),
                status,
                purpose,
                language,
                website: *website,
                uses: uses
                    .iter()
                    .filter(|at| **at <= assets as u64)
                    .map(|at| bulk + at)
                    .collect(),
            },
        )
        .collect()
}
