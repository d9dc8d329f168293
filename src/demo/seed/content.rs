//! What is written in the documents: texts in six languages, keys, and the files on their segments.

/// Texts in the order of the locales.
#[rustfmt::skip]
pub const PHRASES: [[&str; 6]; 10] = [
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
/// Areas of the large document.
pub const AREAS: [&str; 6] = ["cart", "checkout", "account", "search", "help", "catalogue"];

/// Key, component, phrase; a key that stands twice in a row is a paragraph in two parts.
pub const APP: [(&str, &str, usize); 14] = [
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
/// The campaign, in the same form.
pub const CAMPAIGN: [(&str, &str, usize); 6] = [
    ("headline", "email", 8),
    ("teaser", "email", 6),
    ("button", "email", 0),
    ("banner.alt", "web", 7),
    ("見出し", "web", 8),
    ("عنوان", "web", 2),
];
/// The questions, in the same form.
pub const FAQ: [(&str, &str, usize); 5] = [
    ("faq.delivery", "help", 3),
    ("faq.opening", "help", 6),
    ("faq.sign-in", "help", 5),
    ("faq.gift", "help", 7),
    ("faq.page", "help", 9),
];

/// Document (index), segment (index), locale, folder, name, bytes.
#[rustfmt::skip]
pub const ATTACHED: [(usize, u64, &str, &str, &str, &str); 27] = [
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

/// Stem, ending and bytes of computed assets.
#[rustfmt::skip]
pub const KINDS: [(&str, &str, &str); 10] = [
    ("shot", "png", "screen-en.png"), ("bild", "png", "screen-de.png"), ("画面", "png", "screen-en.png"),
    ("لقطة", "png", "screen-ar.png"), ("photo", "jpg", "product-red.jpg"), ("icon", "svg", "check.svg"),
    ("motion", "gif", "spinner.gif"), ("notes", "pdf", "brochure.pdf"), ("figures", "csv", "prices.csv"),
    ("sheet", "xls", "prices.xls"),
];
