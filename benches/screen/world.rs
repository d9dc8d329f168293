//! The demo's server in a process of its own, homes whose settings lead there, and ways to its lists.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::home::Home;
use crate::screen;
use crate::serving::Serving;
use crate::terminal::{RESTED, Terminal};

/// The website that holds most assets.
const WEBSITE: &str = "Shop";
/// The document that holds most segments, as its row begins, and its address.
const LARGE: &str = "…/ Product catalogue";
pub const LARGE_AT: &str = "acme-loc:20533";
/// Another document, the first.
pub const DOCUMENT: &str = "Mobile app";

/// Pictures are measured nowhere here.
const NO_PICTURES: &str = "\n[pictures]\nenabled = false\n";

/// A running server. It ends with this.
pub struct World {
    pub serving: Serving,
    /// Where it puts its own home.
    _folder: Home,
}

impl World {
    /// One of these sizes.
    pub fn start(sizes: &[(&str, usize)]) -> Result<Self> {
        let mut folder = Home::new();
        let path = folder
            .path()
            .to_str()
            .context("a folder's name")?
            .to_owned();
        folder.set("TMPDIR", &path);
        let args: Vec<String> = { sizes.iter() }
            .flat_map(|(name, size)| [format!("--{name}"), size.to_string()])
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Ok(Self {
            serving: Serving::start(&folder, &args),
            _folder: folder,
        })
    }

    /// A fresh home whose settings lead to this address.
    pub fn home_at(&self, origin: &str) -> Result<Home> {
        let config = self.serving.ready["config"].as_str().context("settings")?;
        let config = std::fs::read_to_string(config)?;
        let mut home = Home::new();
        home.write_config(&(config.replace(self.serving.origin(), origin) + NO_PICTURES));
        for (name, key) in self.serving.env() {
            home.set(name, key);
        }
        Ok(home)
    }

    /// A fresh home whose settings lead here.
    pub fn home(&self) -> Result<Home> {
        self.home_at(self.serving.origin())
    }
}

/// Runs a command in a home to its end.
pub fn command(home: &Home, args: &[&str]) -> Result<()> {
    let output = Command::new(crate::PROGRAM)
        .args(args)
        .env_clear()
        .envs(home.env())
        .output()?;
    if !output.status.success() {
        bail!("{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The screen with all websites and documents.
pub fn started(home: &Home) -> Result<Terminal> {
    let mut terminal = Terminal::start(home)?;
    let places = [WEBSITE, LARGE];
    terminal.wait("websites and documents", |screen| {
        places.iter().all(|place| screen.contains(place))
    })?;
    terminal.rest(RESTED)?;
    Ok(terminal)
}

/// The screen in the list of so many assets of the website, all of them there.
pub fn in_assets(home: &Home, rows: usize) -> Result<Terminal> {
    let mut terminal = started(home)?;
    go_in(&mut terminal, WEBSITE, "NAME")?;
    terminal.pty.send_keys("3");
    loaded(&mut terminal, "Assets", rows)?;
    Ok(terminal)
}

/// The screen in the list of so many segments of the document, all of them there.
pub fn in_segments(home: &Home, rows: usize) -> Result<Terminal> {
    let mut terminal = started(home)?;
    into_segments(&mut terminal, rows)?;
    Ok(terminal)
}

/// From the documents into that list.
pub fn into_segments(terminal: &mut Terminal, rows: usize) -> Result<()> {
    go_in(terminal, LARGE, "Segments")?;
    loaded(terminal, "Segments", rows)
}

/// Opens a place; the service may take long for the first page of a million.
fn go_in(terminal: &mut Terminal, place: &str, then: &str) -> Result<()> {
    screen::go_to(&mut terminal.pty, 1, place);
    terminal.pty.send_keys("Enter");
    terminal.wait(then, |screen| screen.contains(then))
}

/// Until the pane of this title says that it has as many, and nothing is done any more. A few of the
/// world's own are elsewhere.
fn loaded(terminal: &mut Terminal, pane: &str, rows: usize) -> Result<()> {
    let what = format!("{rows} {pane}");
    terminal.wait(&what, |screen| counted(screen, pane) + 10 >= rows)?;
    terminal.rest(4 * RESTED)
}

/// The number behind this title.
fn counted(screen: &str, title: &str) -> usize {
    let behind = screen
        .split_once(title)
        .map_or("", |(_, rest)| rest.trim_start());
    let digits = behind.chars().filter(|it| *it != ',');
    let digits: String = digits.take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
