//! Tests of the settings file: every refusal names its line, and the example documents every key.

use super::*;
use crate::domain::AccountName;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

fn refused(text: &str) -> (usize, String) {
    let problem = parse(text).unwrap_err();
    (problem.line.unwrap(), problem.message)
}

#[test]
fn a_whole_file_is_read() {
    let text = r#"
[[accounts]]
name = "acme-web"
provider = "one"
websites = [{ id = "w1", name = "Shop" }, { id = "w2" }]

[[accounts]]
name = "acme.loc"
provider = "two"
base_url = "https://example.com"
account_id = "acme"
"#;
    let Model {
        accounts,
        terminal,
        shape,
        theme,
        keys,
        sending,
        network,
        pictures,
        keep_index,
    } = parse(text).unwrap();
    assert!(keep_index);
    assert_eq!(sending, Sending::default());
    assert_eq!(network, Network::default());
    assert_eq!(terminal, Reports::default());
    assert_eq!(shape, crate::domain::Shape::default());
    assert_eq!((theme, keys), (None, KeyChoice::default()));
    assert_eq!(pictures, Preference::default());
    assert_eq!(accounts.len(), 2);
    assert_eq!(accounts[0].line, 3);
    assert_eq!(accounts[0].websites[0], ("w1".into(), "Shop".into()));
    assert_eq!(accounts[0].websites[1], ("w2".into(), "w2".into()));
    assert_eq!(accounts[1].account_id.as_deref(), Some("acme"));
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_one() {
    let (line, text) = refused("[[accounts]]\nname = \"a\"\n\nbase_ulr = \"x\"\n");
    assert_eq!(line, 4);
    assert!(
        text.contains("`base_ulr`") && text.contains("`base_url`?"),
        "{text}"
    );
    let (line, text) = refused("\n[[account]]\nname = \"a\"\n");
    assert_eq!(line, 2);
    assert!(text.contains("`accounts`?"), "{text}");
    let (_, text) =
        refused("[[accounts]]\nname=\"a\"\nprovider=\"p\"\nwebsites = [{id=\"1\", nmae=\"x\"}]\n");
    assert!(
        text.contains("`nmae`") && text.contains("`name`?"),
        "{text}"
    );
    let (_, text) = refused("colour = 1\n");
    assert!(text.contains("known are `accounts`"), "{text}");
}

#[test]
fn how_many_at_once_is_bounded_and_an_account_may_differ() {
    let account = "[[accounts]]\nname=\"a\"\nprovider=\"p\"\n";
    let at_once = |text: &str| parse(text).map(|model| model.accounts[0].at_once);
    assert_eq!(at_once(account), Ok(3));
    let all = format!("{account}[transfers]\nat_once = 5\n");
    assert_eq!(at_once(&all), Ok(5));
    let own = format!("{account}at_once = 0x20\n[transfers]\nat_once = 5\n");
    assert_eq!(at_once(&own), Ok(32));
    for wrong in ["0", "33", "-1", "1.5", "\"3\"", "999999999999999999999"] {
        for (text, line) in [
            (format!("{account}at_once = {wrong}\n"), 4),
            (format!("{account}\n[transfers]\nat_once = {wrong}\n"), 6),
        ] {
            let (at, said) = refused(&text);
            assert_eq!(at, line, "{text}");
            assert!(said.contains("`at_once` must be a whole number from 1 to 32"));
        }
    }
    let within = |text: &str| parse(text).map(|model| model.sending.listed_within);
    assert_eq!(within("[transfers]\nlisted_within = 0\n"), Ok(Some(0)));
    let (_, said) = refused("[transfers]\nlisted_within = 301\n");
    assert!(said.contains("from 0 to 300"), "{said}");
    let (_, said) = refused("[transfers]\nat_onec = 1\n");
    assert!(said.contains("`at_once`?"), "{said}");
    let (_, said) = refused("transfers = 3\n");
    assert!(said.contains("write it as [transfers]"), "{said}");
}

#[test]
fn a_key_in_the_file_is_refused_and_never_repeated() {
    for text in [
        "[[accounts]]\nname = \"a\"\napi_key = \"sk_canary\"\n",
        "[[accounts]]\nname = \"a\"\nprovider = [\"sk_canary\"]\n",
        "accounts = \"sk_canary\"\n",
        "[[accounts]]\nname = \"a\"\nwebsites = \"sk_canary\"\n",
        "[[accounts]]\nname = \"a\"\nkey = sk_canary\n",
        "sk_canary\n[[accounts]]\n",
    ] {
        let (_, said) = refused(text);
        assert!(!said.contains("canary"), "{text}: {said}");
    }
    let (line, said) = refused("[[accounts]]\nname = \"a\"\napi_key = \"x\"\n");
    assert!(line == 3 && said.contains("assetdeck login"), "{said}");
}

#[test]
fn names_are_checked() {
    for name in ["-a", ".a", "a b", "a/b", "a:b", "ä", "a\\u001b"] {
        let (line, said) = refused(&format!("[[accounts]]\nname = \"{name}\"\nprovider=\"p\""));
        assert!(
            line == 2 && said.contains("letters, digits"),
            "{name}: {said}"
        );
    }
    let two = |a: &str, b: &str| {
        refused(&format!(
            "[[accounts]]\nname = \"{a}\"\nprovider = \"p\"\n[[accounts]]\nname = \"{b}\"\n"
        ))
    };
    assert!(two("a", "a").1.contains("twice"));
    let (line, said) = two("acme-web", "acme.web");
    assert_eq!(line, 5);
    assert!(said.contains("ASSETDECK_KEY_ACME_WEB"), "{said}");
    assert!(two("Acme", "acme").1.contains("share the variable"));
}

#[test]
fn what_is_missing_or_empty_names_the_account_s_line() {
    let (line, said) = refused("\n\n[[accounts]]\nprovider = \"p\"\n");
    assert!(line == 3 && said.contains("no `name`"), "{line} {said}");
    let (line, said) = refused("[[accounts]]\nname = \"a\"\n");
    assert!(line == 1 && said.contains("no `provider`"), "{line} {said}");
    let (line, said) = refused("[[accounts]]\nname = \"a\"\nprovider = \"\"\n");
    assert!(line == 3 && said.contains("empty"), "{line} {said}");
    let (line, _) = refused("[[accounts]]\nname = \"a\"\nname = \"b\"\n");
    assert_eq!(line, 3);
    let (line, _) = refused("[[accounts]]\nname = \"a\n");
    assert_eq!(line, 2);
}

#[test]
fn a_variable_is_upper_case_with_underscores() {
    let of = |name: &str| key_variable(&AccountName::new(name).unwrap());
    assert_eq!(of("acme-loc"), "ASSETDECK_KEY_ACME_LOC");
    assert_eq!(of("Acme.2_x"), "ASSETDECK_KEY_ACME_2_X");
}

/// The example shows every key, once as a live or commented-out line, with words before it.
#[test]
fn the_example_documents_every_key() {
    parse(EXAMPLE).unwrap();
    let live = |line: &'static str| line.strip_prefix("#: ").unwrap_or(line);
    let uncommented = EXAMPLE.lines().map(live).collect::<Vec<_>>().join("\n");
    let Model {
        accounts,
        terminal,
        shape,
        theme,
        keys,
        sending,
        network,
        pictures,
        keep_index,
    } = parse(&uncommented).unwrap();
    assert!(keep_index && !parse("[index]\nkeep = false").unwrap().keep_index);
    assert!(network.proxy.is_some() && !network.root_certificates.is_empty());
    assert!(sending.usual.patterns.is_some() && sending.usual.save_to.is_some());
    assert!(
        accounts
            .iter()
            .any(|it| it.usual.locale.is_some() && !it.containers.is_empty())
    );
    // What is shown is what holds without it.
    assert_eq!(terminal, Reports::default());
    assert_eq!(shape, crate::domain::Shape::default());
    assert_eq!(theme.unwrap().0, "terminal");
    assert!(keys.preset.is_some() && !keys.given.is_empty());
    let shown = Preference {
        send: Some(150_000),
        ..Preference::default()
    };
    assert_eq!(pictures, shown);
    assert!(accounts.iter().any(|account| !account.websites.is_empty()));
    assert!(accounts.iter().any(|account| account.account_id.is_some()));
    let keys = [
        TOP_KEYS,
        ACCOUNT_KEYS,
        WEBSITE_KEYS,
        CONTAINER_KEYS,
        terminal::KEYS,
        theme::KEYS,
        keys::KEYS,
        transfers::KEYS,
        network::KEYS,
        pictures::KEYS,
        index::KEYS,
    ];
    for key in keys.into_iter().flatten() {
        let shown = uncommented.lines().any(|line| {
            !line.starts_with('#')
                && (line.contains(&format!("[{key}]")) || line.contains(&format!("{key} = ")))
        });
        assert!(shown, "config.example.toml does not show `{key}`");
        assert!(
            EXAMPLE
                .lines()
                .any(|line| line.starts_with("# ") && line.contains(&format!("`{key}`"))),
            "config.example.toml does not explain `{key}`"
        );
    }
}

#[test]
fn patterns_are_texts_with_their_lines() {
    let text = "[transfers]\npatterns = [\n  \"{name}\",\n  \"{x}/{name}\",\n]\n";
    let wanted = [(String::from("{name}"), 3), (String::from("{x}/{name}"), 4)];
    let sending = |text: &str| parse(text).unwrap().sending.usual.patterns;
    assert_eq!(sending(text).unwrap(), wanted);
    assert_eq!(sending("[transfers]\npatterns = []\n"), Some(Vec::new()));
    let (line, said) = refused("[transfers]\npatterns = \"{name}\"\n");
    assert!(line == 2 && said.contains("list of texts"), "{line} {said}");
    let (line, _) = refused("[transfers]\npatterns = [\n1]\n");
    assert_eq!(line, 3);
}

#[test]
fn what_the_terminal_is_told_can_be_turned_off() {
    let text = "[terminal]\ntitle = false\nprogress = false\nnotify = \"osc9\"\n";
    let wanted = Reports {
        title: false,
        progress: false,
        notify: crate::domain::Notify::Osc9,
    };
    assert_eq!(parse(text).unwrap().terminal, wanted);
    let shape = parse("[terminal]\nmouse = false\n").unwrap().shape;
    assert!(shape.no_mouse && !parse("").unwrap().shape.no_mouse);
    let (line, text) = refused("[terminal]\n\nnotify = \"bel\"\n");
    assert_eq!(line, 3);
    assert!(text.contains("did you mean \"bell\"?"), "{text}");
    let (_, text) = refused("[terminal]\ntitle = \"no\"\n");
    assert!(text.contains("true or false"), "{text}");
    let (_, text) = refused("[terminal]\ntitel = true\n");
    assert!(text.contains("`title`?"), "{text}");
    let (_, text) = refused("terminal = true\n");
    assert!(text.contains("[terminal]"), "{text}");
}

#[test]
fn pictures_are_set_within_bounds() {
    let text =
        "[pictures]\nenabled = false\nprotocol = \"sixel\"\nfetch_limit = 3\nsend_limit = 40\n";
    let set = parse(text).unwrap().pictures;
    assert!(!set.enabled && set.choice == crate::picture::Choice::Sixel);
    assert_eq!((set.fetch, set.send), (3_000_000, Some(40_000)));
    for (line, said) in [
        ("protocol = \"ascii\"", "`sixel`"),
        ("enabled = \"no\"", "true or false"),
        ("fetch_limit = 0", "from 1 to"),
        ("send_limit = -1", "from 5 to"),
        ("send_limit = 1.5", "from 5 to"),
        ("fetch_limt = 1", "`fetch_limit`?"),
    ] {
        let (at, text) = refused(&format!("[pictures]\n{line}\n"));
        assert!(at == 2 && text.contains(said), "{line}: {text}");
    }
    assert!(refused("pictures = 1\n").1.contains("[pictures]"));
}

#[test]
fn keys_come_with_their_lines() {
    let text =
        "[keys]\npreset = \"vim\"\nupload = \"ctrl-u\"\nsave = [\n  \"s\",\n  \"f2\"]\nquit = []\n";
    let keys = parse(text).unwrap().keys;
    assert_eq!(keys.preset, Some(("vim".to_owned(), 2)));
    let mut given = keys.given;
    given.sort_by_key(|it| it.line);
    let lines =
        |at: usize| -> Vec<usize> { given[at].keys.iter().map(|(_, line)| *line).collect() };
    assert_eq!(given.len(), 3);
    assert_eq!((given[0].line, lines(0)), (3, vec![3]));
    assert_eq!((given[1].line, lines(1)), (4, vec![5, 6]));
    assert!(given[2].action == "quit" && given[2].keys.is_empty());
    let (line, said) = refused("[keys]\nupload = 3\n");
    assert!(line == 2 && said.contains("list of texts"), "{said}");
    assert!(refused("keys = 3\n").1.contains("[keys]"));
}

#[test]
fn an_account_s_name_has_a_colour_as_themes_write_them() {
    use crate::domain::Colour;
    let of = |word: &str| {
        let text = format!("[[accounts]]\nname=\"a\"\nprovider=\"p\"\ncolor = \"{word}\"\n");
        parse(&text).map(|model| model.accounts[0].colour)
    };
    assert_eq!(of("bright-red"), Ok(Some(Colour::Palette(9))));
    assert_eq!(of("#ff8700"), Ok(Some(Colour::Rgb(0xFF, 0x87, 0))));
    for (word, said) in [
        ("gren", "did you mean `green`?"),
        ("bold red", "is no colour"),
        ("#ff87", "#rrggbb"),
        ("256", "0 to 255"),
    ] {
        let Problem { line, message } = of(word).unwrap_err();
        assert_eq!(line, Some(4));
        assert!(
            message.starts_with("`color`: ") && message.contains(said),
            "{word}: {message}"
        );
    }
}

#[test]
fn what_a_container_does_not_say_its_account_does() {
    let text = r#"
[[accounts]]
name = "a"
provider = "p"
locale = "de"
save_to = "~/a"
[[accounts.containers]]
id = "7"
locale = "fr"
[[accounts.containers]]
id = "8"
patterns = []
[transfers]
patterns = ["{name}"]
save_to = "/all"
"#;
    let Model {
        accounts, sending, ..
    } = parse(text).unwrap();
    let account = accounts[0].usual.or(&sending.usual);
    assert_eq!(account.save_to.as_deref(), Some("~/a"));
    let container = |at: usize| accounts[0].containers[at].1.or(&account);
    assert_eq!(container(0).locale, Some(("fr".to_owned(), 9)));
    assert_eq!(container(0).patterns.unwrap().len(), 1);
    assert_eq!(container(1).locale, Some(("de".to_owned(), 5)));
    assert_eq!(container(1).patterns, Some(Vec::new()));

    let with = |lines: &str| format!("[[accounts]]\nname=\"a\"\nprovider=\"p\"\n{lines}");
    for (lines, line, said) in [
        ("loacle = \"de\"", 4, "did you mean `locale`?"),
        ("\nsave_to = \"pictures\"", 5, "must begin with / or ~/"),
        ("containers = 3", 4, "list of tables"),
        ("containers = [{ locale = \"de\" }]", 4, "no `id`"),
        (
            "containers = [{ id = \"1\", fodler = \"x\" }]",
            4,
            "did you mean `folder`?",
        ),
        (
            "containers = [\n{ id = \"1\" },\n{ id = \"1\" }]",
            6,
            "stands here twice, on line 5",
        ),
    ] {
        let (at, message) = refused(&with(lines));
        assert!(
            at == line && message.contains(said),
            "{lines}: {at} {message}"
        );
    }
    let (_, said) = refused("[transfers]\nlocale = \"de\"\n");
    assert!(said.contains("unknown key `locale`"), "{said}");
}
