//! The words of a filter, for people: the screen's help and the help of commands show this.

/// What can be written, and what it shows.
pub const GRAMMAR: &[(&str, &str)] = &[
    (
        "hero",
        "its letters in order, no case, no accents; with a dot or dash as it is",
    ),
    ("\"hero banner\"", "this text as it stands, blanks too"),
    ("-draft  -type:pdf", "not this; works with everything here"),
    (
        "name:hero  folder:public",
        "in one field: name, key, text, alt, tag, folder, id; none has none",
    ),
    ("locale:de  locale:none", "of this locale; of none"),
    (
        "type:image  type:png",
        "a media type, its first half, an extension, or a type of the service",
    ),
    (
        "size:>1mb  size:1mb..5mb",
        "larger; between; < <= >= too; kB MB GB, and KiB MiB GiB",
    ),
    (
        "changed:<7d  changed:>30d",
        "in the last 7 days; longer ago; min h d w mo y",
    ),
    (
        "changed:>=2026-01-31",
        "since a day of UTC; 2026-01-01..2026-01-31 too",
    ),
    (
        "has:assets  has:fr",
        "segments with assets; with one of this locale; has:none of no locale",
    ),
    (
        "missing:fr",
        "segments without one of this locale, as far as they were asked",
    ),
    (
        "is:duplicate",
        "assets that share name and size with another of their list",
    ),
    (
        "is:identical",
        "assets with the bytes of another of their list, once they were read",
    ),
    (
        "is:lookalike",
        "names that another has but for case or Unicode form",
    ),
    (
        "is:orphan",
        "assets that nothing of the service uses, once it was scanned for that",
    ),
];

/// What holds for all of them.
pub const GRAMMAR_NOTE: &str =
    "All words have to fit. What is not known of a row does not fit, with - or without.";
