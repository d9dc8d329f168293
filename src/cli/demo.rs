//! `demo`: the embedded server with a home of its own, alone or with the screen on it.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args;
use super::failure::Failure;
use super::output::Output;
use super::screen;
use super::session::Session;
use super::stop::Stop;
use crate::config::Env;
use crate::config::dirs::{Dirs, create_private};
use crate::config::stores::Stores;
use crate::demo::{Demo, Options, sample_files, serve};
use crate::domain::{SafeText, Shape};

/// A throw-away home; gone when this goes.
struct Home {
    folder: tempfile::TempDir,
    config: PathBuf,
    files: PathBuf,
}

/// Runs the server, and the screen on it unless only the server is wanted.
pub async fn demo(
    output: &mut Output,
    args: &args::Demo,
    asked: args::Screen,
) -> Result<(), Failure> {
    let running = serve(options(args)).await.map_err(|error| {
        let port = args.port.unwrap_or_default();
        Failure::failed(format!(
            "the demo server cannot listen on port {port}: {error}"
        ))
        .hint("Leave --port out to take a free one.")
    })?;
    let home = home(&running)
        .map_err(|error| Failure::failed(format!("the demo's home cannot be made: {error}")))?;
    let result = if args.serve {
        wait(output, &running, &home.config).await
    } else {
        let shape = asked.shape().or(args.screen.shape());
        show(&running, &home, shape, asked.plain || args.screen.plain).await
    };
    running.stop().await;
    let closed = home
        .folder
        .close()
        .map_err(|error| Failure::failed(format!("the demo's home could not be removed: {error}")));
    result.and(closed)
}

fn options(args: &args::Demo) -> Options {
    let default = Options::default();
    Options {
        port: args.port.unwrap_or(default.port),
        websites: args.websites,
        documents: args.documents,
        segments: args.segments,
        assets: args.assets,
        localised: args.localised,
        latency: args
            .latency_ms
            .map_or(default.latency, Duration::from_millis),
        calls_per_hour: args.allowance.map(|it| it.calls),
        hour: args.allowance.map_or(default.hour, |it| it.window),
        seed: args.seed.unwrap_or(default.seed),
        ..default
    }
}

fn home(demo: &Demo) -> std::io::Result<Home> {
    // It is not made for its user only unless that is said.
    let folder = tempfile::Builder::new()
        .prefix("assetdeck-demo-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir()?;
    let dirs = Dirs::inside(folder.path());
    let files = folder.path().join("files");
    create_private(&dirs.config)?;
    create_private(&files)?;
    let config = dirs.config.join("config.toml");
    let write = |path: &Path, bytes: &[u8]| {
        let mut options = File::options();
        options.write(true).create_new(true).mode(0o600);
        options.open(path)?.write_all(bytes)
    };
    write(&config, demo.config_toml().as_bytes())?;
    for (name, bytes) in sample_files() {
        write(&files.join(name), bytes)?;
    }
    Ok(Home {
        folder,
        config,
        files,
    })
}

/// Only the server: says how to use it, and waits to be ended, which is how it ends well.
async fn wait(output: &mut Output, demo: &Demo, config: &Path) -> Result<(), Failure> {
    let mut stop = Stop::listen()?;
    output.json(&demo.ready_json(config))?;
    output.flush()?;
    stop.asked().await;
    Ok(())
}

/// The screen, with keys that exist nowhere but in this process; the user's keyring, settings and
/// environment have no part in it.
async fn show(demo: &Demo, home: &Home, asked: Shape, plain: bool) -> Result<(), Failure> {
    let mut env = demo.env();
    // Commands keep their queue in a home, and both keep where keys went.
    let folder = home.folder.path().to_string_lossy().into_owned();
    env.push(("HOME".to_owned(), folder));
    let env = Env::of(env);
    let session = Session::open(Some(&home.config), env.clone(), Stores::none(&env))?;
    if plain {
        let mut output = Output::linear();
        let files = SafeText::name(&home.files.to_string_lossy()).into_string();
        output.line(&format!("Files to try an upload with are in {files}."))?;
        let mut stop = Stop::listen()?;
        let talked = super::plain::run(&session, &mut output, &mut stop).await;
        session.close(&mut stop).await;
        return talked;
    }
    screen::run(
        Arc::new(session),
        screen::Kept::fleeting,
        home.files.clone(),
        asked,
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::tests::kept;

    #[tokio::test]
    async fn the_home_is_private_and_its_settings_are_accepted() {
        let demo = serve(Options::default()).await.unwrap();
        let home = home(&demo).unwrap();
        for path in [home.folder.path(), &home.config, &home.files] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
        assert!(std::fs::read_dir(&home.files).unwrap().count() > 0);
        let text = std::fs::read_to_string(&home.config).unwrap();
        for (_, key) in demo.env() {
            assert!(!text.contains(&key));
        }
        let env = Env::of(demo.env());
        let session = Session::open(Some(&home.config), env.clone(), Stores::none(&env)).unwrap();
        let (mut output, out, _) = kept(None);
        crate::cli::accounts::accounts(
            &session,
            &mut output,
            &crate::cli::filter::Only::default(),
            true,
        )
        .await
        .unwrap();
        for line in out.text().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["key_source"], "environment");
        }
        let folder = home.folder.path().to_owned();
        home.folder.close().unwrap();
        assert!(!folder.exists());
        demo.stop().await;
    }
}
