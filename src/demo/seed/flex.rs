//! The documents' side of the world: Flex documents, their segments in six languages, their assets.

use std::borrow::Cow;

use jiff::Timestamp;

use super::files::{Blob, Shelf, media_type};
use super::hostile;
use super::{Seed, minutes_ago};

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

#[rustfmt::skip]
const PHRASES: [[&str; 6]; 10] = [
    ["Add to cart", "In den Warenkorb", "Ajouter au panier", "カートに入れる", "أضف إلى السلة", "Adicionar ao carrinho"],
    ["Checkout", "Zur Kasse", "Paiement", "レジに進む", "إتمام الشراء", "Finalizar compra"],
    ["Your order", "Ihre Bestellung", "Votre commande", "ご注文", "طلبك", "Seu pedido"],
    ["Delivery address", "Lieferadresse", "Adresse de livraison", "お届け先", "عنوان التوصيل", "Endereço de entrega"],
    ["Search products", "Produkte suchen", "Rechercher des produits", "商品を検索", "ابحث عن المنتجات", "Buscar produtos"],
    ["Sign in", "Anmelden", "Se connecter", "ログイン", "تسجيل الدخول", "Entrar"],
    ["Opening hours", "Öffnungszeiten", "Heures d’ouverture", "営業時間", "ساعات العمل", "Horário de funcionamento"],
    ["Gift cards", "Geschenkgutscheine", "Cartes cadeaux", "ギフトカード", "بطاقات الهدايا", "Vales-presente"],
    ["Thank you 🎉", "Vielen Dank 🎉", "Merci 🎉", "ありがとうございます 🎉", "شكرًا لك 🎉", "Obrigado 🎉"],
    ["Page {n} of {m}", "Seite {n} von {m}", "Page {n} sur {m}", "{n} / {m} ページ", "صفحة {n} من {m}", "Página {n} de {m}"],
];
const AREAS: [&str; 6] = ["cart", "checkout", "account", "search", "help", "catalogue"];

/// Key, component, phrase; a key that stands twice in a row is a paragraph in two parts.
const APP: [(&str, &str, usize); 14] = [
    ("hero-banner", "screens/home", 8),
    ("checkout.title", "screens/checkout", 1),
    ("checkout.pay", "screens/checkout", 0),
    ("footer.legal", "shared", 9),
    ("onboarding.welcome", "screens/onboarding", 8),
    ("onboarding.steps", "screens/onboarding", 9),
    ("onboarding.steps", "screens/onboarding", 3),
    ("account.sign-in", "screens/account", 5),
    ("search.placeholder", "screens/search", 4),
    ("store.hours", "screens/store", 6),
    ("gift.card", "screens/gift", 7),
    ("order.summary", "screens/order", 2),
    ("order.address", "screens/order", 3),
    ("empty.state 🛒", "shared", 2),
];
const CAMPAIGN: [(&str, &str, usize); 6] = [
    ("headline", "email", 8),
    ("teaser", "email", 6),
    ("button", "email", 0),
    ("banner.alt", "web", 7),
    ("見出し", "web", 8),
    ("عنوان", "web", 2),
];
const FAQ: [(&str, &str, usize); 5] = [
    ("faq.delivery", "help", 3),
    ("faq.opening", "help", 6),
    ("faq.sign-in", "help", 5),
    ("faq.gift", "help", 7),
    ("faq.page", "help", 9),
];

/// Document (index), segment (index), locale, folder, name, bytes.
#[rustfmt::skip]
const ATTACHED: [(usize, u64, &str, &str, &str, &str); 27] = [
    (0, 0, "de", "public\\images", "hero.png", "hero.png"),
    (0, 0, "fr", "public\\images", "hero.png", "hero@2x.png"),
    (0, 0, "", "", "hero@2x.png", "hero@2x.png"),
    (0, 0, "ja", "", "ヒーロー.png", "hero.png"),
    (0, 0, "ar", "", "بطل.png", "screen-ar.png"),
    (0, 1, "de", "", "zur-kasse.png", "screen-de.png"),
    (0, 2, "", "icons", "cart.png", "icon-cart.png"),
    (0, 2, "", "icons", "check.svg", "check.svg"),
    (0, 2, "de", "", "prices.xls", "prices.xls"),
    (0, 4, "", "", "teaser.mp4", "teaser.mp4"),
    (0, 4, "", "", "🎉 welcome.gif", "spinner.gif"),
    (0, 4, "en", "screens\\onboarding", "welcome.png", "screen-en.png"),
    (0, 4, "de", "screens\\onboarding", "welcome.png", "screen-de.png"),
    (0, 4, "ar", "screens\\onboarding", "welcome.png", "screen-ar.png"),
    (0, 5, "", "", "steps.pdf", "brochure.pdf"),
    (0, 6, "", "", "step-two.png", "screen-en.png"),
    (0, 9, "fr", "", "horaires d’ouverture.csv", "prices.csv"),
    (0, 13, "", "", "empty.jpg", "team.jpg"),
    (1, 0, "", "", "banner.jpg", "hero.jpg"),
    (1, 0, "de", "Kampagne\\Frühling", "banner.jpg", "hero.jpg"),
    (1, 0, "pt-BR", "campanha", "banner.jpg", "hero.jpg"),
    (1, 3, "", "", "logo.png", "logo.png"),
    (1, 4, "ja", "春", "バナー 🌸.png", "hero.png"),
    (1, 5, "ar", "", "كتيب.pdf", "brochure.pdf"),
    (3, 0, "ja", "", "配送.pdf", "brochure.pdf"),
    (3, 2, "", "", "help.png", "icon-help.png"),
    (3, 3, "", "", "flags.png", "flags.png"),
];

/// The documents (4 unless told otherwise) and the assets of the written segments.
///
/// `assets` counts all of them, the computed ones included; the computed ones hang on the large
/// document, which is the third: a world of fewer than three documents has none.
pub fn world(
    seed: Seed,
    shelf: &Shelf,
    documents: Option<usize>,
    segments: Option<usize>,
    assets: Option<usize>,
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
                blob: shelf.get(file),
            };
            (list[at].did, list[at].first_sid + segment, asset)
        })
        .collect();
    if let Some(large) = list.get_mut(2) {
        let wanted = assets.map_or(BULK, |wanted| (wanted - attached.len()) as u64);
        large.bulk = if large.count() == 0 { 0 } else { wanted };
    }
    if with_hostile {
        let (document, more) = hostile::document(shelf);
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

    /// How many computed assets the segment at this place has.
    pub fn bulk_at(&self, at: u64) -> u64 {
        let whole = weight_below(self.count());
        if self.bulk == 0 || whole == 0 {
            return 0;
        }
        // 128 bits: a million assets times a million segments leaves 64.
        let share = |place: u64| {
            u128::from(self.bulk) * u128::from(weight_below(place)) / u128::from(whole)
        };
        u64::try_from(share(at + 1) - share(at)).unwrap_or(0)
    }

    /// The computed assets of the segment at this place.
    pub fn bulk_assets(&self, seed: Seed, shelf: &Shelf, at: u64) -> Vec<FlexAsset> {
        (0..self.bulk_at(at))
            .map(|n| bulk_asset(seed, shelf, self.first_sid + at, n))
            .collect()
    }
}

/// Twelve segments in a row have this many assets in proportion: most none, one many.
const WEIGHTS: [u64; 12] = [3, 0, 0, 1, 0, 0, 7, 0, 1, 0, 0, 2];

fn weight_below(place: u64) -> u64 {
    let whole: u64 = WEIGHTS.iter().sum();
    let rest = usize::try_from(place % 12).unwrap_or(0);
    place / 12 * whole + WEIGHTS[..rest].iter().sum::<u64>()
}

fn bulk_asset(seed: Seed, shelf: &Shelf, sid: u64, n: u64) -> FlexAsset {
    #[rustfmt::skip]
    const KINDS: [(&str, &str, &str); 10] = [
        ("shot", "png", "screen-en.png"), ("bild", "png", "screen-de.png"), ("画面", "png", "screen-en.png"),
        ("لقطة", "png", "screen-ar.png"), ("photo", "jpg", "product-red.jpg"), ("icon", "svg", "check.svg"),
        ("motion", "gif", "spinner.gif"), ("notes", "pdf", "brochure.pdf"), ("figures", "csv", "prices.csv"),
        ("sheet", "xls", "prices.xls"),
    ];
    let stream = sid.wrapping_mul(4_096).wrapping_add(n);
    let (stem, ending, file) = *seed.pick("flex kind", stream, &KINDS);
    let name = format!("{stem}-{:04}.{ending}", n + 1);
    let locale = seed.below("flex locale", stream, 9);
    let age = seed.below("flex bulk age", stream, 60 * 24 * 90);
    FlexAsset {
        locale: LOCALES
            .get(usize::try_from(locale).unwrap_or(9))
            .map(|known| known.0.into()),
        folder: (*seed.pick(
            "flex folder",
            stream,
            &["", "", "screens", "screens\\small", "print"],
        ))
        .into(),
        content_type: media_type(&name),
        name,
        created: minutes_ago(age),
        modified: minutes_ago(age),
        blob: shelf.get(file),
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
