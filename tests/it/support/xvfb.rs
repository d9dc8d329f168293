//! A display without a screen, terminals on it, and what they show, pixel by pixel.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::bus::{installed, skip};
use super::home::Home;
use super::wait::{never, until};

const PATIENCE: Duration = Duration::from_mins(1);

/// So long nothing may move: more than a spinner's beat.
const STILL: Duration = Duration::from_millis(700);

/// A display of its own, which ends with it and all that runs on it.
pub struct Xvfb {
    children: Vec<Child>,
    name: String,
    /// The picture of the screen, kept by the server itself.
    frame: PathBuf,
}

/// Columns × rows of pixels, each red, green and blue.
pub struct Shot {
    pub width: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Xvfb {
    /// Starts one on a free display. None, with the reason printed, where one of these programs is
    /// missing; with `CI=true` that fails.
    pub fn start(home: &Home, programs: &[&str]) -> Option<Self> {
        for program in ["Xvfb", "xdotool"].iter().chain(programs) {
            if !installed(program) {
                skip(&format!("{program} is not installed"));
                return None;
            }
        }
        let folder = home.path().join("display");
        fs::create_dir(&folder).expect("a folder");
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
            .args(["-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let stdout = child.stdout.take().expect("stdout");
        BufReader::new(stdout)
            .read_line(&mut number)
            .expect("the display's number");
        Some(Self {
            children: vec![child],
            name: format!(":{}", number.trim()),
            frame: folder.join("Xvfb_screen0"),
        })
    }

    /// Starts a terminal on it, in this home and with its environment.
    pub fn open(&mut self, home: &Home, terminal: &[&str]) {
        let child = Command::new(terminal[0])
            .args(&terminal[1..])
            .current_dir(home.path())
            .env_clear()
            .envs(home.env())
            .env("DISPLAY", &self.name)
            .env("XDG_RUNTIME_DIR", home.path())
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.children.push(child.expect("the terminal starts"));
    }

    /// Types into the window under the pointer, which stands in the middle of the display.
    pub fn type_text(&self, text: &str) {
        self.xdotool(&["type", "--delay", "20", text]);
    }

    /// Presses a key there by its X name: `Return`.
    pub fn press(&self, key: &str) {
        self.xdotool(&["key", key]);
    }

    fn xdotool(&self, args: &[&str]) {
        let mut tool = Command::new("xdotool");
        let done = tool.args(args).env("DISPLAY", &self.name).status();
        assert!(done.expect("xdotool runs").success(), "{args:?}");
    }

    /// What the display shows now.
    pub fn shot(&self) -> Shot {
        let bytes = fs::read(&self.frame).expect("the frame");
        // An X window dump: a head of big-endian numbers, a table of colours, rows of pixels.
        let number = |at: usize| {
            let four = bytes.get(at * 4..at * 4 + 4).expect("a whole head");
            u32::from_be_bytes(four.try_into().expect("four bytes")) as usize
        };
        let (head, width, height) = (number(0), number(4), number(5));
        let (little, stride, colours) = (number(7) == 0, number(12), number(19));
        assert_eq!(number(11), 32, "bits of a pixel");
        let rows = bytes.get(head + colours * 12..).expect("pixels");
        let row = |y: usize| rows.get(y * stride..y * stride + width * 4).expect("a row");
        let colour = |pixel: &[u8]| match pixel {
            [blue, green, red, _] if little => [*red, *green, *blue],
            [_, red, green, blue] => [*red, *green, *blue],
            _ => unreachable!("four bytes"),
        };
        Shot {
            width,
            pixels: (0..height)
                .flat_map(|y| row(y).chunks(4).map(colour))
                .collect(),
        }
    }

    /// Waits until nothing moves any more, which is the measurement itself.
    #[track_caller]
    pub fn wait_still(&self) {
        let still = until(PATIENCE, || {
            let before = self.shot().pixels;
            never(STILL, || self.shot().pixels != before)
        });
        assert!(still, "the screen never rests");
    }

    /// Waits until what is shown satisfies a condition.
    #[track_caller]
    pub fn wait_for(&self, what: &str, condition: impl Fn(&Shot) -> bool) {
        let seen = until(PATIENCE, || condition(&self.shot()));
        if !seen {
            let kept = std::env::temp_dir().join("assetdeck-screenshot.xwd");
            let _ = fs::copy(&self.frame, &kept);
            panic!("waited for {what}; the screen is in {}", kept.display());
        }
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // The terminals first.
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
