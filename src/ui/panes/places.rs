//! The first pane: accounts as groups, their websites or documents below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::body::waits_words;
use super::{Frame, Ground};
use crate::api::{ConnectError, Noun};
use crate::app::Face;
use crate::app::browse::{Account, Link, PlaceRow};
use crate::app::list::Row as _;
use crate::app::modal::view::{Piece, Tone, Words, say, toned};
use crate::domain::{Container, Entry, SafeText};
use crate::ui::paint::wide;
use crate::ui::table::{Row, Seen, Table};
use crate::ui::text::{age, cut, cut_start, width};

/// Where names begin: after the table's gutter and the mark of what is open, before its margin.
const NAME_AT: u16 = 5;

pub(super) fn frame(ground: &Ground<'_>) -> Frame {
    let browse = &ground.state.browse;
    let mut frame = Frame {
        title: title(&browse.accounts),
        ..Frame::default()
    };
    let all = browse
        .accounts
        .iter()
        .map(|account| account.rows.len())
        .sum();
    let list = &browse.places;
    let shown = (0..list.shown().len())
        .filter(|place| list.row(*place).is_some_and(|row| !row.heading()))
        .count();
    ground.counted(&mut frame, list, all, shown);
    if shown == all {
        // How many there are of all kinds together tells nobody anything; the title needs the room.
        frame.count.clear();
    }
    let busy = |account: &Account| account.containers.pending().is_some();
    if browse.accounts.iter().any(busy) {
        frame.corner = ground.spinner();
    }
    frame
}

/// The services' own words: `Websites, documents`.
fn title(accounts: &[Account]) -> String {
    let mut nouns: Vec<_> = accounts
        .iter()
        .map(|account| &account.info.spec.container)
        .collect();
    nouns.dedup();
    let mut seen: Vec<&str> = Vec::new();
    for noun in nouns {
        if !seen.iter().any(|it| it.eq_ignore_ascii_case(noun.many)) {
            seen.push(if seen.is_empty() {
                noun.title
            } else {
                noun.many
            });
        }
    }
    if seen.is_empty() {
        "Accounts".to_owned()
    } else {
        seen.join(", ")
    }
}

pub(super) fn body(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    inner: Rect,
    seen: &mut Seen,
) -> Option<Rect> {
    let browse = &ground.state.browse;
    let list = &browse.places;
    if browse.accounts.is_empty() {
        let lines = [
            vec![toned("○ ", Tone::Dim), say("No accounts yet.")],
            Vec::new(),
            vec![toned(
                "Add one to the settings file, or try `assetdeck demo`.",
                Tone::Dim,
            )],
        ];
        ground.lines(buffer, inner, &lines);
        return None;
    }
    let table = Table::<Container> {
        columns: &[],
        sorted: None,
        rows: list.edition(),
        len: list.shown().len(),
        cursor: (!list.shown().is_empty()).then(|| list.cursor()),
        focused: ground.focused,
    };
    let room = usize::from(inner.width.saturating_sub(NAME_AT));
    let rows = table.draw(buffer, inner, seen, &ground.paint, |place| {
        let row = list.row(place)?;
        let account = browse.accounts.get(row.account())?;
        let (words, end) = match row {
            PlaceRow::Account { .. } => {
                // The spinner's place stays free, so that nothing jumps when it comes.
                heading(ground, account, room)
            }
            PlaceRow::Note { .. } => (note(ground, account), Vec::new()),
            PlaceRow::Container { entry, .. } => {
                (container(ground, account, entry, room), Vec::new())
            }
        };
        Some(Row::Words {
            words,
            end,
            marked: list.is_marked(place),
        })
    });
    Some(rows)
}

fn heading(ground: &Ground<'_>, account: &Account, room: usize) -> (Words, Words) {
    let label = account.info.spec.label.to_uppercase();
    let name = SafeText::name(account.info.name.as_str()).into_string();
    let busy = account.containers.pending().is_some() || account.link == Link::Connecting;
    // Of less than a minute the age would not say that it is old.
    let since = |at| ground.now.saturating_duration_since(at).as_secs();
    let seconds = account.containers.value().map(|it| since(it.at));
    let old = seconds.filter(|it| *it >= 60).map(age);
    let end = if busy {
        vec![toned(ground.paint.spinner(), Tone::Strong)]
    } else if account.containers.value().is_none() && !account.rows.is_empty() {
        // It ended before all of them were told.
        vec![toned("! not all", Tone::Warning)]
    } else if account.containers.error().is_some() && !account.rows.is_empty() {
        let old = old.unwrap_or_else(|| "old".to_owned());
        vec![toned(format!("! {old}"), Tone::Warning)]
    } else {
        Vec::new()
    };
    // The account's name tells which one it is; the service's word gives way.
    let taken = usize::from(wide(&end)) + width(&name) + 1;
    let label = cut(&label, room.saturating_sub(taken).max(3));
    let words = vec![
        toned(format!("{label} "), Tone::Dim),
        ground.state.account_name(&account.info.name),
    ];
    (words, end)
}

fn container(
    ground: &Ground<'_>,
    account: &Account,
    entry: &Entry<Container>,
    room: usize,
) -> Words {
    match entry {
        Entry::Unreadable(bad) => unreadable(&bad.reason),
        Entry::Read(container) => {
            let opened = ground.state.browse.open();
            let open = opened.is_some_and(|opened| {
                opened.account == account.info.name && opened.id == container.id
            });
            let mut words = vec![say(if open { "▸ " } else { "  " })];
            let name = SafeText::name(&container.name).into_string();
            let mut folders = String::new();
            for folder in &container.folders {
                folders.push_str(SafeText::name(folder).as_str());
                folders.push_str(" / ");
            }
            // The name tells more than its folders, and the inner folder more than the outer one.
            let folders = cut_start(&folders, room.saturating_sub(width(&name)));
            words.push(toned(folders, Tone::Dim));
            let tone = if open { Tone::Strong } else { Tone::Plain };
            words.push(toned(name, tone));
            words
        }
    }
}

/// An entry that could not be read.
pub(super) fn unreadable(reason: &str) -> Words {
    let reason = SafeText::prose(reason);
    vec![
        toned("! ", Tone::Warning),
        toned(format!("unreadable: {reason}"), Tone::Dim),
    ]
}

/// The line below a heading when there is no container to show.
fn note(ground: &Ground<'_>, account: &Account) -> Words {
    let spinner = ground.paint.spinner();
    let noun: &Noun = &account.info.spec.container;
    match &account.link {
        Link::Connecting => marked(spinner, Tone::Strong, "looking for the key".to_owned()),
        Link::Failed(ConnectError::NoKey { .. }) => {
            marked("!", Tone::Warning, "no key · Enter: type it".to_owned())
        }
        Link::Failed(ConnectError::Sealed { .. }) => {
            marked("!", Tone::Warning, "locked · Enter: open".to_owned())
        }
        Link::Failed(ConnectError::Moved { .. }) => marked(
            "!",
            Tone::Warning,
            "address changed · Enter: look".to_owned(),
        ),
        Link::Failed(error) => {
            let error = SafeText::prose(&error.to_string());
            marked("✗", Tone::Bad, error.into_string())
        }
        Link::Ready(_) => match account.face() {
            Face::NotAsked => marked("·", Tone::Dim, "Enter: look".to_owned()),
            Face::Loading {
                held: Some(held), ..
            } => marked(spinner, Tone::Warning, waits_words(held)),
            Face::Loading { .. } => marked(spinner, Tone::Strong, "loading".to_owned()),
            Face::Empty | Face::NoMatch | Face::Rows { .. } => {
                marked("○", Tone::Dim, format!("no {}", noun.many))
            }
            Face::SignIn(_) => marked(
                "!",
                Tone::Warning,
                "key not accepted · Enter: type another".to_owned(),
            ),
            Face::Forbidden(_) => {
                marked("✗", Tone::Warning, "not allowed with this key".to_owned())
            }
            Face::Failed(error) => {
                let again = ground.key_of("refresh");
                let error = SafeText::prose(&error.message);
                marked("✗", Tone::Bad, format!("{error} · {again}: try again"))
            }
        },
    }
}

fn marked(mark: &str, tone: Tone, text: String) -> Vec<Piece> {
    vec![
        say("  "),
        toned(format!("{mark} "), tone),
        toned(text, Tone::Dim),
    ]
}
