//! What stands below the help of each command: what is not seen by its flags, and examples that a test
//! runs.

use std::fmt::Write as _;

use crate::domain::filter::{GRAMMAR, GRAMMAR_NOTE};

pub const PROGRAM: &str = "\
Addresses:
  ACCOUNT:                       an account of the settings file
  ACCOUNT:CONTAINER              a website or a document
  ACCOUNT:CONTAINER/SEGMENT      a segment of a document
For an id its name will do, for a segment its key, and behind @ the name of an asset, with folder
and locale before it or without, where only one thing there has it. What changes something asks the
service what a name means now.
Listings print a REF in front of (in a pipe) or behind (on a terminal) each row;
the other commands take it back.

Examples:
  assetdeck                                          open the screen
  assetdeck --plain                                  the same by questions, without a screen
  assetdeck demo                                     try everything, without an account
  assetdeck login acme-loc                           save the key of an account
  assetdeck ls acme-loc:                             list its documents
  assetdeck upload team.jpg --to acme-loc:19914/27667833 --locale de --folder public
  assetdeck ls acme-loc:19914/27667833 --json        one JSON object per line
  assetdeck ls 'acme-loc:Mobile app/hero-banner'     the same place by its names

Exit codes:
  0  all done
  1  failed
  2  wrong usage or settings
  3  some of several failed
  4  not signed in, or not allowed
  5  coverage found what --fail-on names
  130  stopped by the user; transfers that are not done stay queued";

pub const LOGIN: &str = "\
Examples:
  assetdeck login acme-loc
  assetdeck login acme-loc --store encrypted-file
  pass show acme | assetdeck login acme-loc --key-stdin
  pass show acme | assetdeck login acme-loc --key-stdin --store session";

pub const LOGOUT: &str = "\
Examples:
  assetdeck logout acme-loc";

pub const ACCOUNTS: &str = "\
Examples:
  assetdeck accounts
  assetdeck accounts --json";

/// With what a filter can ask for.
pub fn ls() -> String {
    let mut text = "Filters:\n".to_owned();
    for (examples, means) in GRAMMAR {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {examples:26} {means}");
    }
    let _ = write!(text, "{GRAMMAR_NOTE}\n\n{LS}");
    text
}

const LS: &str = "\
Examples:
  assetdeck ls
  assetdeck ls acme-loc:
  assetdeck ls acme-loc:19914
  assetdeck ls acme-loc:19914 --filter 'has:assets missing:fr'
  assetdeck ls acme-loc:19914/27667833 --filter 'type:image -locale:none'
  assetdeck ls acme-loc:19914/27667833 --json";

pub const SHOW: &str = "\
Examples:
  assetdeck show acme-loc:19914
  assetdeck show acme-loc:19914/27667833@de/public/images/hero.png --json";

pub const FIND: &str = "\
Looked through are names, keys, texts, ids, folders, locales, alt texts, tags and types of what the screen \
and `ls` have listed on this machine. SEEN says when. Words and fields are those of `ls --filter`.

Examples:
  assetdeck find hero
  assetdeck find spring type:image --account acme-web
  assetdeck find --json -- hero -draft
  assetdeck find '\"Add to cart\"' --json";

pub const COVERAGE: &str = "\
A row is an asset of a segment: one folder and name, or names that differ only in the locale that \
stands in them (banner.png, banner.de.png) or in the format. Its source is the asset of the document's \
first locale, else the one of no locale. Sizes are compared by pixels where the service tells them, \
else only by content type. A segment without assets is no gap, and neither is a locale of an asset \
that has no source.

Examples:
  assetdeck coverage acme-loc:19914
  assetdeck coverage acme-loc:19914 --locales de,fr --state missing,older
  assetdeck coverage acme-loc:19914/27667837 --json
  assetdeck coverage acme-loc:19914 --csv > coverage.csv
  assetdeck coverage acme-loc:19914 --locales de,fr --fail-on missing,older";

pub const UPLOAD: &str = r#"Examples:
  assetdeck upload spring-banner.png --to acme-loc:19914/27667833 --locale de --folder public
  assetdeck upload *.jpg --to acme-web:db9bd93b-d43c-478d-bd2f-11d6acad6448 \
      --alt "Our team" --tag team --tag 2026
  assetdeck upload pictures --to acme-loc:19914/27667833 --pattern "{locale}/{folder}/{name}" \
      --dry-run
  assetdeck upload by-name --to acme-loc:19914/27667833 --pattern "{name}.{locale}.{ext}" \
      --save-plan spring.plan
  assetdeck upload --plan spring.plan
  assetdeck upload docs --to acme-loc:19914 --dry-run

A folder that `get` saved holds assetdeck.json: without --pattern each file gets locale, folder and
name from it, and its own segment where --to names the document alone.

What is there already with the same name, place and size is not sent again. Where it was sent from
here, the file must be unchanged since; else it must be more than two seconds older than the asset."#;

pub const GET: &str = "\
Of a whole place, segments, locales and folders become folders, and assetdeck.json in DIR keeps
which file came from where, so that the same tree can be uploaded back. A file that is there
already with the same size, and has the asset's time or one more than two seconds later, is not
fetched again.

Examples:
  assetdeck get acme-loc:19914/27667833@de/public/images/hero.png
  assetdeck get acme-loc:19914 --out ./docs
  assetdeck get acme-loc:19914 --out ./docs --on-clash replace";

pub const SYNC: &str = "\
--up changes the service, --down this machine; nothing is changed on the other side but assetdeck.json \
in DIR, which keeps what was the same on both sides. By it the next run knows which side was changed: only \
the one that is taken from is taken without a question, anything else is a clash. The same are a file and \
an asset of one place, locale, folder, name and size, unless one of them was changed since both were the \
same; where that is not known, unless the date of the one that is taken from is later, or their dates are \
within two seconds of each other. No service tells a digest, so that a change that keeps size and date is \
not seen. Where a service tells no date, the size alone counts. Links and hidden entries are left out, texts stay as they are.

--delete is for what the other side does not have. It is named, asked about (--yes does not ask), done \
last and only when all else went well; what was changed there since both were the same is a clash too, \
and stays unless --on-clash replace says otherwise. Nothing goes when DIR holds nothing that can be sent, \
when the service lists nothing, or when one of the two could not be read whole.

Examples:
  assetdeck sync docs acme-loc:19914/27667833 --down
  assetdeck sync docs acme-loc:19914/27667833 --dry-run
  assetdeck sync docs acme-loc:19914/27667833
  assetdeck sync docs acme-loc:19914/27667833 --delete --yes
  assetdeck sync docs acme-loc:19914/27667833 --down --delete --dry-run --json";

pub const WATCH: &str = "\
A file is sent when its size and date have not changed for --settle: what is there at the start, what comes, \
and again what was changed. Changed, it takes the place of what was sent of it before, if nobody changed \
that meanwhile: this is known as long as it watches, for a day after that (`assetdeck transfers clear` \
forgets), and by the assetdeck.json of a folder that `get` or `sync` made. Where anything else has the \
name, that is told and left alone unless --on-clash says otherwise. What was sent in the same state is \
not sent again, also after a restart. What comes while others are sent goes after them: two versions of \
one file are never on their way at once. While the service cannot be reached it is tried again. A file that \
goes deletes nothing.

It ends with Ctrl-C or a signal, and 130; files on their way stay in the queue, and the next start goes \
on with them.

Examples:
  assetdeck watch pictures --to acme-loc:19914/27667833 --pattern \"{locale}/{folder}/{name}\"
  assetdeck watch by-name --to acme-loc:19914/27667833 --locale de --on-clash replace --json";

pub const TRANSFERS: &str = "\
Examples:
  assetdeck transfers
  assetdeck transfers resume
  assetdeck transfers retry 12
  assetdeck transfers list --json";

pub const TRANSFERS_LIST: &str = "\
Examples:
  assetdeck transfers list
  assetdeck transfers list --json";

pub const TRANSFERS_RESUME: &str = "\
Exits 0 only when nothing is left: not while a file is in doubt or failed.

Examples:
  assetdeck transfers resume
  assetdeck transfers resume --no-progress";

pub const TRANSFERS_RETRY: &str = "\
Examples:
  assetdeck transfers retry
  assetdeck transfers retry 12";

pub const TRANSFERS_PAUSE: &str = "\
Examples:
  assetdeck transfers pause
  assetdeck transfers pause 12 13";

pub const TRANSFERS_CANCEL: &str = "\
Examples:
  assetdeck transfers cancel
  assetdeck transfers cancel 12 13";

pub const TRANSFERS_CLEAR: &str = "\
Examples:
  assetdeck transfers clear
  assetdeck transfers clear 12 13";

pub const RM: &str = "\
Examples:
  assetdeck rm acme-loc:19914/27667833@de/public/images/hero.png
  assetdeck rm --yes --json acme-loc:19914/27667833@de/public/images/hero.png";

pub const EDIT: &str = r#"What is left out stays as it is.

Examples:
  assetdeck edit --alt "Herb salt" --tag spices \
      acme-web:db9bd93b-d43c-478d-bd2f-11d6acad6448@bec90e68-6337-4aa9-b2b0-20f1b71f09d0
  assetdeck edit --description "" --no-tags \
      acme-web:db9bd93b-d43c-478d-bd2f-11d6acad6448@bec90e68-6337-4aa9-b2b0-20f1b71f09d0"#;

pub const MV: &str = "\
The services cannot rename or move. The asset is deleted where it was only once the service lists it
at its new place with its size, and only if nobody changed it meanwhile. What the other place cannot
keep (texts, a locale) is named before. Without a yes nothing is done.

Examples:
  assetdeck mv acme-loc:19914/27667833@de/public/images/hero.png --name banner.png --yes
  assetdeck mv acme-loc:19914/27667833@fr/public/images/hero.png acme-loc:19914/27667834 --yes";

pub const URL: &str = "\
Examples:
  assetdeck url acme-loc:19914/27667833@de/public/images/hero.png
  assetdeck url --json acme-loc:19914/27667833@de/public/images/hero.png";

pub const OPEN: &str = "\
A link that carries a signature is shown and never opened: a command line is public. Over SSH
a browser would open where nobody looks, so nothing is started.

Examples:
  assetdeck open acme-loc:19914/27667833@de/public/images/hero.png";

pub const CONFIG: &str = "\
Settings hold in this order: flags, environment, file, defaults.

Examples:
  assetdeck config show
  assetdeck config check
  assetdeck config path
  assetdeck config init";

pub const CONFIG_SHOW: &str = "\
Examples:
  assetdeck config show
  assetdeck config show --json";

pub const CONFIG_CHECK: &str = "\
Exits 2 when they cannot be used.

Examples:
  assetdeck config check
  assetdeck config check --json
  assetdeck config check --config .config/assetdeck/config.toml";

pub const CONFIG_PATH: &str = "\
Examples:
  assetdeck config path
  less \"$(assetdeck config path)\"";

pub const CONFIG_INIT: &str = "\
Examples:
  assetdeck config init
  assetdeck config init --config ./config.toml";

pub const DOCTOR: &str = "\
Writes, reads and removes a test entry of the keyring and a file in each folder, and asks each
service, without and with its key. Exits 1 when something is broken.

Examples:
  assetdeck doctor
  assetdeck doctor --json
  assetdeck doctor --report > report.txt";

pub const SCHEMA: &str = "\
Its $id ends with the version of the shapes. A version takes no member away and changes none.

Examples:
  assetdeck schema
  assetdeck schema > assetdeck.schema.json";

pub const COMPLETIONS: &str = "\
Examples:
  assetdeck completions bash > ~/.local/share/bash-completion/completions/assetdeck
  assetdeck completions fish > ~/.config/fish/completions/assetdeck.fish
  assetdeck completions zsh > ~/.zfunc/_assetdeck";

pub const MAN: &str = "\
Examples:
  assetdeck man > ~/.local/share/man/man1/assetdeck.1
  assetdeck man upload > ~/.local/share/man/man1/assetdeck-upload.1";

pub const DEMO: &str = "\
Examples:
  assetdeck demo
  assetdeck demo --serve --port 8080";
