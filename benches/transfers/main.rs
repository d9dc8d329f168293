//! How fast files go up: against curl making the same calls to the same server, in the same run.
//!
//! `cargo bench --bench transfers` prints a table of ratios; what it measures and its flags are in
//! `benches/README.md`.

#![allow(clippy::print_stdout, reason = "its table is its purpose")]
#![allow(clippy::cast_precision_loss, reason = "far below 2^52")]

mod engine;
mod measure;
mod sink;
#[path = "../support/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};

use crate::measure::{Run, seconds};
use crate::table::{Spread, row};

const PROGRAM: &str = env!("CARGO_BIN_EXE_assetdeck");
const KEYS: [&str; 2] = ["ASSETDECK_KEY_LOC", "ASSETDECK_KEY_WEB"];
const WEBSITE: &str = "6f1f8a52-6c55-4c0e-9a7e-0f0f5f3b9a10";

#[derive(Parser)]
#[command(about = "Measures transfers against curl")]
struct Args {
    /// What to measure: start, big, small, memory, journal
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Size of the big file, in MiB
    #[arg(long, default_value_t = 1024)]
    mib: u64,
    /// How many small files of 20 KiB
    #[arg(long, default_value_t = 1000)]
    files: usize,
    /// How many of them in the runs that have a latency
    #[arg(long, default_value_t = 300)]
    slow_files: usize,
    /// The server's latency in those, in milliseconds
    #[arg(long, default_value_t = 20)]
    latency: u64,
    /// How many jobs are queued for the measurement of memory
    #[arg(long, default_value_t = 100_000)]
    jobs: u64,
    /// Runs of each side
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// How many files go at once, on both sides
    #[arg(long, default_value_t = 3)]
    at_once: usize,
    /// Where files and journals are put; its disk is the one whose syncs count
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does in processes of its own.
#[derive(Subcommand)]
#[command(hide = true)]
enum Part {
    Sink {
        latency: u64,
    },
    Measure {
        #[arg(last = true)]
        command: Vec<String>,
    },
    Floor {
        origin: String,
        file: PathBuf,
    },
    Upload {
        origin: String,
        journal: String,
        files: Vec<PathBuf>,
    },
    Queue {
        jobs: u64,
        journal: String,
    },
}

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.part {
        Some(Part::Sink { latency }) => sink::serve(Duration::from_millis(*latency)),
        Some(Part::Measure { command }) => measure::inside(command),
        Some(Part::Floor { origin, file }) => floor(origin, file),
        Some(Part::Upload {
            origin,
            journal,
            files,
        }) => {
            tokio::runtime::Runtime::new()?.block_on(engine::upload(origin, folder(journal), files))
        }
        Some(Part::Queue { jobs, journal }) => tokio::runtime::Runtime::new()?
            .block_on(async { engine::queue(*jobs, folder(journal)) }),
        None if args.bench => all(&args),
        None => bail!("run it by `cargo bench --bench transfers`"),
    }
}

fn folder(journal: &str) -> Option<&Path> {
    (journal != "none").then(|| Path::new(journal))
}

/// A sink in a process of its own.
struct Server {
    child: Child,
    origin: String,
}

impl Server {
    fn start(latency: u64) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["sink", &latency.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut origin = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut origin)?;
        Ok(Self {
            child,
            origin: origin.trim().to_owned(),
        })
    }

    /// Calls so far, by what they are.
    fn calls(&self) -> Result<BTreeMap<String, u64>> {
        let mut stream = TcpStream::connect(self.origin.trim_start_matches("http://"))?;
        stream.write_all(b"GET /calls HTTP/1.1\r\n\r\n")?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let body = text.split_once("\r\n\r\n").context("no answer")?.1;
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Variables of a command.
type Env = Vec<(String, String)>;

/// Two programs on fresh servers, in turns.
struct Race {
    ours: Vec<Run>,
    theirs: Vec<Run>,
    calls: [BTreeMap<String, u64>; 2],
}

impl Race {
    fn run(
        runs: usize,
        latency: u64,
        mut side: impl FnMut(bool, &str) -> Result<(Vec<String>, Env)>,
    ) -> Result<Self> {
        let mut race = Self {
            ours: Vec::new(),
            theirs: Vec::new(),
            calls: [BTreeMap::new(), BTreeMap::new()],
        };
        for number in 0..runs {
            // Who begins changes each time.
            for ours in [number % 2 == 0, number % 2 == 1] {
                let server = Server::start(latency)?;
                let (command, env) = side(ours, &server.origin)?;
                let run = measure::run(&command, &env)?;
                let (into, at) = if ours {
                    (&mut race.ours, 0)
                } else {
                    (&mut race.theirs, 1)
                };
                into.push(run);
                race.calls[at] = server.calls()?;
            }
        }
        Ok(race)
    }

    /// Of each pair, so that what disturbs both cancels out.
    fn ratio(&self, of: impl Fn(&Run) -> f64) -> Spread {
        let pairs = self.ours.iter().zip(&self.theirs);
        Spread::of(pairs.map(|(ours, theirs)| of(ours) / of(theirs)))
    }

    fn report(&self, what: &str, wall: Option<f64>, cpu: Option<f64>) {
        let of =
            |runs: &[Run], of: fn(&Run) -> f64| seconds(Spread::of(runs.iter().map(of)).median);
        for (name, figure, goal) in [
            ("wall", (|run: &Run| run.wall) as fn(&Run) -> f64, wall),
            ("CPU", |run: &Run| run.cpu, cpu),
        ] {
            row(
                &format!("{what}: {name}"),
                &[&of(&self.ours, figure), &of(&self.theirs, figure)],
                self.ratio(figure),
                "×",
                goal,
            );
        }
    }

    fn calls(&self) -> [String; 2] {
        let text = |calls: &BTreeMap<String, u64>| {
            let each: Vec<String> = calls
                .iter()
                .map(|(kind, n)| format!("{n} {kind}"))
                .collect();
            each.join(", ")
        };
        [text(&self.calls[0]), text(&self.calls[1])]
    }
}

/// A fresh home for each run of the program, with both accounts.
struct Homes {
    folder: tempfile::TempDir,
    made: usize,
}

impl Homes {
    fn env(&mut self, origin: &str) -> Result<Env> {
        self.made += 1;
        let home = self.folder.path().join(format!("home-{}", self.made));
        let config = home.join(".config/assetdeck/config.toml");
        std::fs::create_dir_all(config.parent().context("a parent")?)?;
        std::fs::write(
            &config,
            format!(
                "[[accounts]]\nname = \"loc\"\nprovider = \"wordbee\"\nbase_url = \"{origin}\"\n\
                 account_id = \"bench\"\n\n\
                 [[accounts]]\nname = \"web\"\nprovider = \"segmentflow\"\nbase_url = \"{origin}\"\n"
            ),
        )?;
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600))?;
        let mut env = vec![("HOME".to_owned(), home.to_string_lossy().into_owned())];
        env.extend(KEYS.map(|name| (name.to_owned(), "a-key".to_owned())));
        Ok(env)
    }

    fn journal(&mut self) -> Result<String> {
        self.made += 1;
        let folder = self.folder.path().join(format!("state-{}", self.made));
        std::fs::create_dir_all(&folder)?;
        Ok(folder.to_string_lossy().into_owned())
    }
}

fn all(args: &Args) -> Result<()> {
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let folder = match &args.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let big = folder.path().join("big.bin");
    std::fs::File::create(&big)?.set_len(args.mib * 1024 * 1024)?;
    // Into the cache: the disk is not what is measured.
    std::io::copy(&mut std::fs::File::open(&big)?, &mut std::io::sink())?;
    let small = small_files(folder.path(), args.files.max(args.slow_files))?;
    let mut homes = Homes { folder, made: 0 };

    println!("{}\n", versions()?);
    table::head(&["assetdeck", "against"]);
    if wanted("start") {
        let (race, _) = flex(args, &mut homes, &small[..1])?;
        race.report("one file of 20 KiB to Flex", None, None);
    }
    if wanted("big") {
        let race = self::big(args, &mut homes, &big)?;
        let what = format!("one file of {} MiB to Flex", args.mib);
        race.report(&what, Some(1.05), Some(1.0));
        let peak = |runs: &[Run]| Spread::of(runs.iter().map(|run| run.peak / 1024.0));
        let (ours, theirs) = (peak(&race.ours), peak(&race.theirs));
        let shown = |spread: Spread| format!("{:.1} MiB", spread.median);
        row(
            &format!("{what}: peak memory"),
            &[&shown(ours), &shown(theirs)],
            ours,
            " MiB",
            Some(30.0),
        );
        let race = Race::run(args.runs, 0, |ours, origin| {
            if ours {
                let me = std::env::current_exe()?.to_string_lossy().into_owned();
                let file = big.to_string_lossy().into_owned();
                Ok((
                    vec![me, "floor".to_owned(), origin.to_owned(), file],
                    Vec::new(),
                ))
            } else {
                Ok((curl_big(origin, &big), Vec::new()))
            }
        })?;
        race.report("the floor (a bare loop of read and write)", None, None);
    }
    let mut said = Vec::new();
    if wanted("small") {
        let files = &small[..args.files];
        let what = format!("{} files of 20 KiB", files.len());
        let (race, calls) = flex(args, &mut homes, files)?;
        race.report(&format!("{what} to Flex"), Some(1.1), None);
        said.push(("Flex", calls));
        let (race, calls) = web(args, &mut homes, files)?;
        race.report(&format!("{what} to SegmentFlow"), Some(1.1), None);
        said.push(("SegmentFlow", calls));
    }
    if wanted("memory") {
        memory(args, &mut homes)?;
    }
    if wanted("journal") {
        journal(args, &mut homes, &small[..args.slow_files])?;
    }
    for (service, [ours, theirs]) in said {
        println!("\nCalls to {service}: assetdeck {ours}; curl {theirs}.");
    }
    Ok(())
}

fn versions() -> Result<String> {
    let curl = Command::new("curl").arg("--version").output();
    let curl = curl.context("curl is needed to compare with")?;
    let curl = String::from_utf8_lossy(&curl.stdout);
    let curl: Vec<&str> = curl.split_whitespace().take(2).collect();
    let size = std::fs::metadata(PROGRAM)?.len() as f64 / 1024.0 / 1024.0;
    Ok(format!(
        "assetdeck {}, a program of {size:.1} MiB, against {}",
        env!("CARGO_PKG_VERSION"),
        curl.join(" ")
    ))
}

fn small_files(folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    let folder = folder.join("small");
    std::fs::create_dir(&folder)?;
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.resize(20 * 1024, 7);
    let mut paths = Vec::new();
    for number in 0..count {
        let path = folder.join(format!("f{number:05}.png"));
        std::fs::write(&path, &bytes)?;
        paths.push(path);
    }
    Ok(paths)
}

fn upload(to: &str, locale: bool, files: &[PathBuf]) -> Vec<String> {
    let mut command: Vec<String> = [PROGRAM, "upload", "--to", to].map(str::to_owned).to_vec();
    if locale {
        command.extend(["--locale", "de"].map(str::to_owned));
    }
    command.extend(files.iter().map(|path| path.to_string_lossy().into_owned()));
    command
}

fn big(args: &Args, homes: &mut Homes, file: &PathBuf) -> Result<Race> {
    Race::run(args.runs, 0, |ours, origin| {
        Ok(if ours {
            let command = upload("loc:7/1", true, std::slice::from_ref(file));
            (command, homes.env(origin)?)
        } else {
            (curl_big(origin, file), Vec::new())
        })
    })
}

fn curl_big(origin: &str, file: &Path) -> Vec<String> {
    let mut command = vec!["curl".to_owned()];
    for call in flex_calls(origin, file) {
        if command.len() > 1 {
            command.push("--next".to_owned());
        }
        command.extend(["-sSf", "-o", "/dev/null"].map(str::to_owned));
        for (flag, value) in call {
            command.extend([format!("--{flag}"), value]);
        }
    }
    command
}

type Flags = Vec<(&'static str, String)>;

fn flex_calls(origin: &str, file: &Path) -> [Flags; 2] {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let signed = || {
        vec![
            ("header", "X-Auth-Token: a-token".to_owned()),
            ("header", "X-Auth-AccountId: bench".to_owned()),
        ]
    };
    let mut send = signed();
    send.push(("url", format!("{origin}/api/media/upload?filename={name}")));
    let kind = if file.extension().is_some_and(|end| end == "png") {
        "image/png"
    } else {
        "application/octet-stream"
    };
    send.push(("form", format!("file=@{};type={kind}", file.display())));
    let mut attach = signed();
    let place = format!("{origin}/api/apps/wbflex/documents/7/assets/1");
    attach.push(("url", place));
    attach.push(("header", "Content-Type: application/json".to_owned()));
    let body = serde_json::json!({ "filetoken": format!("t-{name}"), "locale": "de" });
    attach.push(("data", body.to_string()));
    [send, attach]
}

fn web_calls(origin: &str, file: &Path) -> [Flags; 3] {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut body = serde_json::json!({
        "filename": name, "contentType": "image/png", "size": 20 * 1024,
        "assetType": "content-image", "websiteId": WEBSITE,
    });
    let json = |path: &str, body: &serde_json::Value| {
        vec![
            ("header", "x-api-key: a-key".to_owned()),
            ("header", "Content-Type: application/json".to_owned()),
            ("url", format!("{origin}/api/v1/assets{path}")),
            ("data", body.to_string()),
        ]
    };
    let link = json("/upload-url", &body);
    let put = vec![
        ("url", format!("{origin}/put/k-{name}")),
        ("header", "Content-Type: image/png".to_owned()),
        ("upload-file", file.to_string_lossy().into_owned()),
    ];
    body["s3Key"] = format!("k-{name}").into();
    [link, put, json("", &body)]
}

/// All calls in one file of settings: as curl does many calls best.
fn curl_many<const N: usize>(
    args: &Args,
    homes: &mut Homes,
    calls: impl Iterator<Item = [Flags; N]>,
) -> Result<Vec<String>> {
    let mut text = String::new();
    for call in calls.flatten() {
        if !text.is_empty() {
            text.push_str("next\n");
        }
        text.push_str("fail\noutput = \"/dev/null\"\n");
        for (flag, value) in call {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            writeln!(text, "{flag} = \"{value}\"")?;
        }
    }
    let path = Path::new(&homes.journal()?).join("curl.conf");
    std::fs::write(&path, text)?;
    let path = path.to_string_lossy().into_owned();
    let at_once = args.at_once.to_string();
    let command = [
        "curl",
        "--parallel",
        "--parallel-max",
        &at_once,
        "-sS",
        "-K",
        &path,
    ];
    Ok(command.map(str::to_owned).to_vec())
}

fn flex(args: &Args, homes: &mut Homes, files: &[PathBuf]) -> Result<(Race, [String; 2])> {
    let race = Race::run(args.runs, 0, |ours, origin| {
        Ok(if ours {
            let command = upload("loc:7/1", true, files);
            (command, homes.env(origin)?)
        } else {
            let calls = files.iter().map(|file| flex_calls(origin, file));
            (curl_many(args, homes, calls)?, Vec::new())
        })
    })?;
    let calls = race.calls();
    Ok((race, calls))
}

fn web(args: &Args, homes: &mut Homes, files: &[PathBuf]) -> Result<(Race, [String; 2])> {
    let race = Race::run(args.runs, 0, |ours, origin| {
        Ok(if ours {
            let command = upload(&format!("web:{WEBSITE}"), false, files);
            (command, homes.env(origin)?)
        } else {
            let calls = files.iter().map(|file| web_calls(origin, file));
            (curl_many(args, homes, calls)?, Vec::new())
        })
    })?;
    let calls = race.calls();
    Ok((race, calls))
}

fn memory(args: &Args, homes: &mut Homes) -> Result<()> {
    for (what, journal) in [
        ("in memory only", "none".to_owned()),
        ("over a journal", homes.journal()?),
    ] {
        let output = Command::new(std::env::current_exe()?)
            .args(["queue", &args.jobs.to_string(), &journal])
            .output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        let [kept, peak]: [f64; 2] = serde_json::from_slice(&output.stdout)?;
        row(
            &format!("memory of each of {} queued jobs, {what}", args.jobs),
            &[&format!("peak {peak:.0} B"), ""],
            Spread::of([kept]),
            " B",
            Some(1024.0),
        );
    }
    Ok(())
}

fn journal(args: &Args, homes: &mut Homes, files: &[PathBuf]) -> Result<()> {
    let me = std::env::current_exe()?.to_string_lossy().into_owned();
    let race = Race::run(args.runs.min(3), args.latency, |ours, origin| {
        let journal = if ours {
            homes.journal()?
        } else {
            "none".to_owned()
        };
        let mut command = vec![me.clone(), "upload".to_owned(), origin.to_owned(), journal];
        command.extend(files.iter().map(|path| path.to_string_lossy().into_owned()));
        Ok((command, Vec::new()))
    })?;
    let what = format!(
        "{} files, {} ms latency, journal against none",
        files.len(),
        args.latency
    );
    race.report(&what, Some(1.1), None);
    Ok(())
}

/// The least a client can do: the bytes of the form from the file to the socket.
fn floor(origin: &str, file: &Path) -> Result<()> {
    let mut stream = TcpStream::connect(origin.trim_start_matches("http://"))?;
    let mut file = std::fs::File::open(file)?;
    let length = file.metadata()?.len();
    write!(
        stream,
        "PUT /put/floor HTTP/1.1\r\nHost: sink\r\nContent-Length: {length}\r\n\r\n"
    )?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        stream.write_all(&buffer[..read])?;
    }
    let mut answer = [0; 1024];
    if stream.read(&mut answer)? == 0 {
        bail!("no answer");
    }
    Ok(())
}
