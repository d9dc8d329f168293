//! The commands: what they are called, and which one runs.

mod accounts;
mod args;
mod asking;
mod auth;
mod chosen;
mod complete;
mod completions;
mod contents;
mod coverage;
mod decode;
mod demo;
mod descendants;
mod doctor;
mod each;
mod edit;
mod failure;
mod filter;
mod find;
mod follow;
mod get;
mod key_command;
mod launch;
mod locales;
mod ls;
mod man;
mod mv;
mod names;
mod open;
mod output;
mod plain;
mod plan;
mod progress;
mod prompt;
mod protect;
mod record;
mod rights;
mod rm;
mod schema;
mod screen;
mod search;
mod segments;
mod series;
mod session;
mod settings;
mod show;
mod stop;
mod suspend;
mod sync;
mod teller;
mod transfers;
mod upload;
mod uses;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use self::args::{Cli, Command};
pub use self::failure::{Exit, Failure};
use self::filter::Only;
use self::output::Output;
use self::session::Session;
use self::stop::Stop;
use crate::config::Env;
use crate::config::dirs::{Dirs, create_private};
use crate::config::stores::Stores;
use crate::logging::{self, Aloud, Log};

/// So many files are open at once at the least: the runtime, signals, a connection.
const HANDLES: usize = 12;

/// Of the demo's services.
const MOST_WORKERS: usize = 4;

/// Runs the program with these arguments and says how it ended.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    protect::memory();
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(code) = decode::decode(&args) {
        return code;
    }
    if let Some(code) = launch::launch(&args) {
        return code;
    }
    let mut output = Output::standard();
    let cli = match parse(&args, &mut output) {
        Ok(cli) => cli,
        Err(error) => return usage(&mut output, &error),
    };
    let result = start(cli, &mut output);
    let flushed = output.flush();
    match result.and(flushed) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            output.fail(&failure);
            stop::by_signal(failure.exit).into()
        }
    }
}

/// The words of the command line. Who wants JSON gets all that is told so, also that they are wrong.
fn parse(args: &[OsString], output: &mut Output) -> Result<Cli, clap::Error> {
    fn wants_json(matches: &ArgMatches) -> bool {
        let own = matches.try_get_one::<bool>("json");
        let own = own.is_ok_and(|it| it.copied().unwrap_or_default());
        own || matches.subcommand().is_some_and(|(_, it)| wants_json(it))
    }
    let parsed = Cli::command().try_get_matches_from(args);
    let json = match &parsed {
        Ok(matches) => wants_json(matches),
        Err(_) => { args.iter() }
            .take_while(|word| *word != "--")
            .any(|word| word == "--json"),
    };
    if json {
        output.speak_in_objects();
    }
    Cli::from_arg_matches(&parsed?)
}

/// Help and version go to standard output, a wrong call to standard error. The arguments that it
/// repeats may be file names: nothing of it is printed raw.
fn usage(output: &mut Output, error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    if error.use_stderr() {
        output.complain(text.trim_end());
        Exit::Usage.into()
    } else {
        // Whoever closed the pipe has read enough.
        let _ = output.page(text.trim_end());
        Exit::Done.into()
    }
}

fn start(cli: Cli, output: &mut Output) -> Result<(), Failure> {
    let env = Env::process();
    room_for_files()?;
    if cli.quiet {
        output.hush(true);
    }
    // Nothing but the screen is on the screen.
    let aloud = cli.verbose && cli.command.is_some();
    if aloud {
        output.keep_to_lines();
    }
    let _log = log(&env, output, aloud.then(|| output.log_form()));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers(cli.command.as_ref()))
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("could not start: {error}")))?;
    let result = runtime.block_on(run(cli, env, output));
    // Never waits: a call that hangs (a keyring's, a name look-up) must not keep us from ending.
    runtime.shutdown_background();
    result
}

/// Threads for requests and transfers: what waits for a network needs no more on a machine of many
/// cores, and each keeps what it once needed for the longest list. Tasks that meet on one thread wake
/// no other; what is drawn or printed stands on the main one, so that neither a key nor a pipe that
/// nobody reads waits for them.
fn workers(command: Option<&Command>) -> usize {
    if !matches!(command, Some(Command::Demo(_))) {
        return 1;
    }
    std::thread::available_parallelism().map_or(2, |cores| cores.get().min(MOST_WORKERS))
}

/// Makes sure of the few file handles without which the runtime could only panic.
fn room_for_files() -> Result<(), Failure> {
    let handles: Result<Vec<_>, _> = (0..HANDLES)
        .map(|_| std::fs::File::open("/dev/null"))
        .collect();
    let few = |_| Failure::failed("this shell allows too few open files; raise `ulimit -n`");
    handles.map(drop).map_err(few)
}

/// The log, when one is asked for. That there is none is no reason not to go on.
fn log(env: &Env, output: &mut Output, aloud: Option<Aloud>) -> Option<Log> {
    let filter = env.get("ASSETDECK_LOG");
    let Some(filter) = filter.as_ref().map(|it| it.to_string_lossy()) else {
        return aloud.and_then(|form| logging::start(None, Some(form)).ok());
    };
    let started = Dirs::locate(env)
        .map_err(|error| error.to_string())
        .and_then(|dirs| {
            create_private(&dirs.state)
                .and_then(|()| create_private(&dirs.log))
                .map_err(|error| format!("the log folder cannot be made: {error}"))?;
            let file = Some((dirs.log.as_path(), filter.as_ref()));
            logging::start(file, aloud).map_err(|error| error.to_string())
        });
    match started {
        Ok(log) => Some(log),
        Err(reason) => {
            output.note(&format!("there is no log: {reason}"));
            None
        }
    }
}

async fn run(cli: Cli, env: Env, output: &mut Output) -> Result<(), Failure> {
    // What works without settings, or while they are wrong.
    match &cli.command {
        Some(Command::Demo(_)) if cli.config.is_some() => {
            let why = "the demo has settings of its own; --config is for your accounts";
            return Err(Failure::usage(why).hint("Leave --config out to try the demo."));
        }
        Some(Command::Demo(args)) => return demo::demo(output, args, cli.screen).await,
        Some(Command::Completions { shell }) => return completions::completions(output, *shell),
        Some(Command::Man { command }) => return man::man(output, command.as_deref()),
        Some(Command::Schema) => return schema::schema(output),
        Some(Command::Config { command }) => {
            let file = cli.config.as_deref();
            let open = || Session::open(file, env.clone(), Stores::system(&env));
            let mut stop = Stop::listen()?;
            return settings::config(output, &mut stop, command, file, &env, open).await;
        }
        _ => {}
    }
    if let Some(Command::Doctor { json, report }) = cli.command {
        let file = cli.config.as_deref();
        let session = Session::open(file, env.clone(), Stores::system(&env));
        let form = doctor::Form { json, report };
        return doctor::doctor(output, &mut Stop::listen()?, form, session, &env).await;
    }
    let mut session = Session::open(cli.config.as_deref(), env.clone(), Stores::system(&env))?;
    session.speak_by(output.voice());
    if cli.read_only {
        session.only_look();
    }
    session.confirm(&cli.confirm)?;
    let Some(command) = cli.command else {
        if cli.screen.plain {
            let mut linear = Output::linear();
            session.speak_by(linear.voice());
            let mut stop = Stop::listen()?;
            let talked = plain::run(&session, &mut linear, &mut stop).await;
            close(&session, &mut linear, &mut stop).await;
            return talked;
        }
        // A working folder that was deleted is no reason not to start.
        let files_at = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let shape = cli.screen.shape();
        return screen::run(Arc::new(session), screen::Kept::open, files_at, shape).await;
    };
    if matches!(command, Command::Ls(_) | Command::Coverage(_)) {
        session.can_wait();
    }
    let mut stop = Stop::listen()?;
    let result = dispatch(command, &session, output, &mut stop).await;
    close(&session, output, &mut stop).await;
    result
}

/// Signs out, and says what was lost of what was kept.
async fn close(session: &Session, output: &mut Output, stop: &mut Stop) {
    session.close(stop).await;
    let troubles = [session.index_trouble(), session.calls().trouble()];
    for said in troubles.into_iter().flatten() {
        output.note(said);
    }
}

async fn dispatch(
    mut command: Command,
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
) -> Result<(), Failure> {
    stop.or(names::settle(session, output, &mut command))
        .await?;
    match command {
        Command::Login(args) => stop.or(auth::login(session, output, &args)).await,
        Command::Logout { name } => stop.or(auth::logout(session, output, &name)).await,
        Command::Accounts { json } => {
            let only = Only::default();
            stop.or(accounts::accounts(session, output, &only, json))
                .await
        }
        Command::Ls(args) => ls::ls(session, output, stop, &args).await,
        Command::Show { reference, json } => {
            stop.or(show::show(session, output, &reference, json)).await
        }
        Command::Find(args) => search::find(session, output, &args),
        Command::Coverage(args) => coverage::coverage(session, output, stop, &args).await,
        Command::Url { reference, json } => {
            stop.or(show::url(session, output, &reference, json)).await
        }
        Command::Rm {
            references,
            yes,
            json,
        } => {
            stop.or(rm::rm(session, output, &references, yes, json))
                .await
        }
        Command::Edit(args) => stop.or(edit::edit(session, output, &args)).await,
        Command::Mv(args) => mv::mv(session, output, stop, &args).await,
        Command::Upload(args) => {
            upload::upload(session, output, stop, &args, upload::Last::ForSeveral).await
        }
        Command::Get(args) => get::get(session, output, stop, &args).await,
        Command::Sync(args) => sync::sync(session, output, stop, &args).await,
        Command::Watch(args) => watch::watch(session, output, stop, &args).await,
        Command::Transfers(args) => transfers::transfers(session, output, stop, &args).await,
        Command::Open { reference, json } => {
            open::open(session, output, stop, &reference, json).await
        }
        Command::CompleteWords { words } => complete::complete(session, output, &words),
        Command::Config { .. }
        | Command::Doctor { .. }
        | Command::Schema
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Demo(_) => Ok(()),
    }
}
