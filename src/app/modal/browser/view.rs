//! How the file browser looks.

use super::{FileBrowser, Mode, rows};
use crate::app::files::LocalKind;
use crate::app::modal::confirm::hint;
use crate::app::modal::upload::refusals;
use crate::app::modal::view::{
    Block, FieldView, ModalView, Piece, Room, RowView, Tone, quote, say, toned,
};
use crate::domain::SafeText;
use crate::domain::filter::Filter;

impl FileBrowser {
    pub(super) fn draw(&self) -> ModalView {
        let folder = SafeText::name(&self.folder.to_string_lossy());
        let mut head: Vec<Piece> = vec![quote(&folder)];
        if let Some((_, path)) = &self.reading {
            let path = SafeText::name(&path.to_string_lossy());
            head.push(toned(format!("  reading {path} …"), Tone::Dim));
        }
        if self.list.lens().0 {
            head.push(toned("  hidden files shown", Tone::Dim));
        }
        let mut blocks = vec![Block::Line(head)];
        match &self.mode {
            Mode::Browse if !self.list.filter().is_empty() => {
                let filter = SafeText::prose(self.list.filter());
                blocks.push(Block::Line(vec![say("filter: "), quote(&filter)]));
            }
            Mode::Browse => {}
            Mode::Filter(line) => {
                let mut block = field("Filter", line, "");
                block.error = Filter::parse(line.value()).err().map(|it| it.message);
                blocks.push(Block::Field(block));
            }
            Mode::Path(line) => blocks.push(Block::Field(field(
                "Path",
                line,
                "a folder or a file; ~ is your home folder",
            ))),
        }
        if let Some(error) = &self.error {
            blocks.push(Block::Line(vec![toned(error.clone(), Tone::Bad)]));
        }
        blocks.push(Block::List {
            rows: (0..self.list.shown().len())
                .filter_map(|place| self.row(place))
                .collect(),
            cursor: self.list.cursor(),
            focused: matches!(self.mode, Mode::Browse),
            empty: if self.list.is_empty() {
                "This folder is empty; h goes out.".to_owned()
            } else {
                "Nothing here is shown: Esc clears the filter, . shows hidden files.".to_owned()
            },
        });
        blocks.extend(refusals(&self.refused));
        let chosen = match (self.picks.len(), self.checking.map(|_| &self.gathered)) {
            (_, Some(Some(gathered))) => match gathered.count() {
                0 => "looking at the files …".to_owned(),
                count => format!("looking at the files … {count} so far"),
            },
            (_, Some(None)) => "looking at what was pasted …".to_owned(),
            (0, None) => "nothing chosen: Space chooses, Enter takes this one".to_owned(),
            (count, None) => format!("{} chosen: C-s goes on", self.chosen(count)),
        };
        blocks.push(Block::Line(vec![toned(chosen, Tone::Strong)]));
        ModalView {
            title: match &self.replaces {
                Some(old) => format!("Replace {}", SafeText::name(&old.name)),
                None => format!("Upload to {}", SafeText::prose(&self.goal.place)),
            },
            room: Room::Full,
            danger: false,
            blocks,
            hints: self.hints(),
        }
    }

    fn hints(&self) -> Vec<crate::app::modal::view::Hint> {
        match self.mode {
            Mode::Filter(_) => vec![hint("Enter", "keep the filter"), hint("Esc", "clear it")],
            Mode::Path(_) => vec![hint("Enter", "go there"), hint("Esc", "leave it")],
            Mode::Browse if self.go => vec![
                hint("g", "top"),
                hint("h", "home"),
                hint("p", "type a path"),
                hint("Esc", "leave it"),
            ],
            Mode::Browse => vec![
                hint("Enter", "take, or go in"),
                hint("Space", "choose"),
                hint("C-s", "go on"),
                hint("h", "out"),
                hint("/", "filter"),
                hint("g p", "type a path"),
                hint(".", "hidden"),
                hint("~", "home"),
                hint("paste", "paths"),
                hint(",", "sort"),
                hint("l", "go in"),
                hint("v", "choose a range"),
                hint("V", "choose all"),
                hint("*", "choose the others"),
                hint("n", "next that fits"),
                hint("N", "last that fits"),
                hint("g g", "top"),
                hint("G", "bottom"),
                hint("R", "read again"),
                hint("Esc", "leave"),
            ],
        }
    }

    /// `3 files`, `a folder and 2 files`, without asking the disk.
    fn chosen(&self, count: usize) -> String {
        let folders = self.folders.iter().filter(|it| self.picks.contains(it));
        let folders = folders.count();
        let some = |many: usize, one: &str| match many {
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        };
        match (folders, count - folders) {
            (0, files) => some(files, "file"),
            (folders, 0) => some(folders, "folder"),
            (folders, files) => format!("{}, {}", some(folders, "folder"), some(files, "file")),
        }
    }

    fn row(&self, place: usize) -> Option<RowView> {
        let entry = self.list.row(place)?;
        let folder = entry.kind == LocalKind::Folder;
        let mut left = SafeText::name(&entry.name).into_string();
        if folder {
            left.push('/');
        }
        let right = match entry.kind {
            LocalKind::File => entry
                .size
                .map(crate::domain::size_words)
                .unwrap_or_default(),
            // What it is stands in the reason.
            LocalKind::Folder | LocalKind::Other(_) => String::new(),
        };
        let ranged = self.anchor.is_some_and(|anchor| {
            let cursor = self.list.cursor();
            !folder && (anchor.min(cursor)..=anchor.max(cursor)).contains(&place)
        });
        Some(RowView {
            marked: ranged || self.picks.contains(&entry.path),
            left,
            right,
            tone: if folder { Tone::Strong } else { Tone::Plain },
            refused: rows::refusal(entry, self.goal.spec),
        })
    }
}

fn field(label: &'static str, line: &tui_input::Input, hint: &str) -> FieldView {
    let before: String = line.value().chars().take(line.cursor()).collect();
    FieldView {
        label,
        value: SafeText::prose(line.value()).into_string(),
        cursor: Some(SafeText::prose(&before).as_str().chars().count()),
        placeholder: String::new(),
        error: None,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    }
}
