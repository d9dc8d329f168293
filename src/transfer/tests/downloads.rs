//! Downloads into folders below a chosen one: links, leftovers, files that are given up, a full disk.

use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::api::FileStamp;
use crate::transfer::names::LocalPath;

fn request(at: &[&str], root: &Path) -> DownloadRequest {
    DownloadRequest {
        at: LocalPath::new(at),
        ..DownloadRequest::flat(asset(at.last().unwrap(), Some(4)), root.to_owned())
    }
}

async fn save(request: DownloadRequest) -> Job {
    let fake = Arc::new(Fake {
        body: vec![Bytes::from_static(b"ab"), Bytes::from_static(b"cd")],
        ..Fake::default()
    });
    let engine = Transfers::new();
    let id = engine.download(&AccountName::new("a").unwrap(), fake, request);
    Arc::unwrap_or_clone(end(&engine, id).await)
}

fn reason(job: &Job) -> String {
    match &job.state {
        JobState::Failed(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

fn is_done(job: &Job) -> bool {
    matches!(job.state, JobState::Done { .. })
}

#[tokio::test]
async fn folders_are_made_and_links_in_their_place_are_refused() {
    let top = tempfile::tempdir().unwrap();
    let (root, outside) = (top.path().join("in"), top.path().join("outside"));
    std::fs::create_dir(&outside).unwrap();
    let job = save(request(&["de", "public", "a.png"], &root)).await;
    assert!(is_done(&job), "{job:?}");
    assert_eq!(
        std::fs::read(root.join("de/public/a.png")).unwrap(),
        b"abcd"
    );
    symlink(&outside, root.join("fr")).unwrap();
    symlink(&outside, root.join("de/link")).unwrap();
    std::fs::write(root.join("file"), b"").unwrap();
    for at in [
        &["fr", "a.png"][..],
        &["de", "link", "a.png"],
        &["file", "a.png"],
    ] {
        let job = save(request(at, &root)).await;
        assert!(reason(&job).contains("where a folder is needed"), "{job:?}");
    }
    assert!(names(&outside).is_empty());
    assert_eq!(names(&root.join("de")), ["link", "public"]);
}

/// Row 8: a thread exchanges the folder with a link all the time while files are saved into it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_turns_into_a_link_and_back_leads_nowhere() {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let top = tempfile::tempdir().unwrap();
    let (root, outside) = (top.path().join("in"), top.path().join("outside"));
    std::fs::create_dir_all(root.join("de")).unwrap();
    std::fs::create_dir(&outside).unwrap();
    symlink(&outside, top.path().join("link")).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let swapper = {
        let (over, one, other) = (over.clone(), root.join("de"), top.path().join("link"));
        std::thread::spawn(move || {
            let mut swaps = 0;
            while swaps < 10_000 || !over.load(Ordering::Relaxed) {
                renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
                swaps += 1;
            }
        })
    };
    let (mut saved, mut refused) = (0, 0);
    while !swapper.is_finished() {
        let name = format!("{}.png", saved + refused);
        let job = save(request(&["de", &name], &root)).await;
        if is_done(&job) {
            saved += 1;
        } else {
            refused += 1;
        }
        if saved > 0 && refused > 0 && saved + refused > 200 {
            over.store(true, Ordering::Relaxed);
        }
    }
    swapper.join().unwrap();
    assert!(names(&outside).is_empty(), "{:?}", names(&outside));
}

#[tokio::test]
async fn the_same_file_is_not_fetched_again_and_another_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.png");
    std::fs::write(&path, b"mine").unwrap();
    let job = save(request(&["a.png"], dir.path())).await;
    assert!(is_done(&job), "{job:?}");
    assert!(job.warnings[0].contains("not fetched again"), "{job:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    // Changed at the service since.
    let mut newer = request(&["a.png"], dir.path());
    newer.asset.modified = Some("2999-01-01T00:00:00Z".to_owned());
    assert!(reason(&save(newer).await).contains("nothing was replaced"));
    std::fs::write(&path, b"mine, longer").unwrap();
    let job = save(request(&["a.png"], dir.path())).await;
    assert!(reason(&job).contains("nothing was replaced"), "{job:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine, longer");
    assert_eq!(names(dir.path()), ["a.png"]);
}

#[tokio::test]
async fn only_the_file_that_was_given_up_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.png");
    std::fs::write(&path, b"mine, longer").unwrap();
    let stamp = FileStamp::of(&std::fs::metadata(&path).unwrap());
    // Another file stands there by now.
    std::fs::rename(&path, dir.path().join("kept")).unwrap();
    std::fs::write(&path, b"somebody else's").unwrap();
    let wish = DownloadRequest {
        replaces: Some(stamp.clone()),
        ..request(&["a.png"], dir.path())
    };
    let job = save(wish.clone()).await;
    assert!(reason(&job).contains("nothing was replaced"), "{job:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody else's");
    std::fs::rename(dir.path().join("kept"), &path).unwrap();
    assert!(is_done(&save(wish.clone()).await));
    assert_eq!(std::fs::read(&path).unwrap(), b"abcd");
    assert_eq!(names(dir.path()), ["a.png"]);
    // Done before, as after a kill: nothing is fetched twice.
    assert!(is_done(&save(wish).await));
}

#[tokio::test]
async fn a_replaced_file_keeps_who_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.png");
    for mode in [0o600, 0o664] {
        std::fs::write(&path, b"mine, longer").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let before = std::fs::metadata(&path).unwrap();
        let wish = DownloadRequest {
            replaces: Some(FileStamp::of(&before)),
            ..request(&["a.png"], dir.path())
        };
        assert!(is_done(&save(wish).await));
        assert_eq!(std::fs::read(&path).unwrap(), b"abcd");
        let after = std::fs::metadata(&path).unwrap();
        assert_eq!(after.permissions().mode() & 0o7777, mode);
    }
}

/// Killed between the exchange of the two files and the removal of the old one.
#[tokio::test]
async fn what_is_left_of_a_replaced_file_goes_with_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.png"), b"abcd").unwrap();
    std::fs::write(dir.path().join(".a.png.assetdeck-0.part"), b"the old one").unwrap();
    assert!(is_done(&save(request(&["a.png"], dir.path())).await));
    assert_eq!(names(dir.path()), ["a.png"]);
}

#[tokio::test]
async fn what_an_ended_program_left_makes_room_and_nothing_else_does() {
    let top = tempfile::tempdir().unwrap();
    let root = top.path().join("in");
    std::fs::create_dir(&root).unwrap();
    let left = root.join(".a.png.assetdeck-0.part");
    std::fs::write(&left, b"half of an earlier on").unwrap();
    assert!(is_done(&save(request(&["a.png"], &root)).await));
    assert_eq!(names(&root), ["a.png"]);
    // Locked: somebody writes it. A link, a second name of another file: not ours.
    let busy = std::fs::File::create(&left).unwrap();
    rustix::fs::flock(&busy, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mine = top.path().join("mine");
    std::fs::write(&mine, b"mine").unwrap();
    symlink(&mine, root.join(".a.png.assetdeck-1.part")).unwrap();
    std::fs::hard_link(&mine, root.join(".a.png.assetdeck-2.part")).unwrap();
    std::fs::remove_file(root.join("a.png")).unwrap();
    assert!(is_done(&save(request(&["a.png"], &root)).await));
    assert_eq!(names(&root).len(), 4, "{:?}", names(&root));
    assert_eq!(std::fs::read(root.join("a.png")).unwrap(), b"abcd");
    assert_eq!(std::fs::read(&mine).unwrap(), b"mine");
}

/// Row 7: the names corpus, through a tree. Nothing outside the folder changes.
#[tokio::test]
async fn no_name_leads_out_of_the_folder() {
    let top = tempfile::tempdir().unwrap();
    let root = top.path().join("in");
    let steps = [
        "..",
        ".",
        "",
        "/",
        "\\",
        "~",
        "a/../..",
        "C:",
        "\0",
        ".git",
        "nul",
        "\u{202e}x",
        " ",
    ];
    for one in steps {
        for other in steps {
            let name = format!("{other}x.png");
            for at in [vec![one, other, "a.png"], vec![one, &name], vec![&name]] {
                let job = save(request(&at, &root)).await;
                assert!(is_done(&job), "{at:?} {job:?}");
            }
        }
    }
    assert_eq!(names(top.path()), ["in"]);
    assert!(names(&root).iter().all(|name| !name.starts_with('.')));
}

/// Row 40: one message, and the rest waits.
#[tokio::test]
async fn a_full_disk_holds_what_else_goes_to_that_folder() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fake = Arc::new(Fake {
        play: Mutex::new(Play::NoRoom),
        // Those that begin a second time are looked up first.
        stored: Mutex::new(
            (0..20)
                .map(|n| asset(&format!("{n}.png"), Some(4)))
                .collect(),
        ),
        body: vec![Bytes::from_static(b"abcd")],
        ..Fake::default()
    });
    let engine = Transfers::new();
    let mut events = engine.events();
    let account = AccountName::new("a").unwrap();
    let add =
        |name: &str, root: &Path| engine.download(&account, fake.clone(), request(&[name], root));
    for n in 0..20 {
        add(&format!("{n}.png"), dir.path());
    }
    let quiet = |job: &Arc<Job>| job.state.is_over() || job.paused && job.state == JobState::Queued;
    while !engine.jobs().iter().all(quiet) {
        events.recv().await.unwrap();
    }
    let failed = engine
        .jobs()
        .iter()
        .filter(|job| job.state.is_over())
        .count();
    assert!((1..=3).contains(&failed), "{failed} failed");
    assert!(names(dir.path()).is_empty());
    // Another folder may be on another disk; and there is room again.
    *fake.play.lock().unwrap() = Play::Stores;
    let other = add("a.png", elsewhere.path());
    assert!(is_done(end(&engine, other).await.as_ref()));
    let waiting = { engine.jobs().into_iter() }.filter(|job| job.paused && !job.state.is_over());
    for job in waiting.collect::<Vec<_>>() {
        engine.go_on(job.id);
        assert!(is_done(end(&engine, job.id).await.as_ref()));
    }
    assert_eq!(names(dir.path()).len(), 20 - failed);
}

async fn download(
    name: &str,
    listed: Option<u64>,
    body: &[&'static [u8]],
    announced: Option<u64>,
    dir: &Path,
) -> Arc<Job> {
    let body = body.iter().map(|chunk| Bytes::from_static(chunk)).collect();
    let fake = Arc::new(Fake {
        body,
        announced,
        ..Fake::default()
    });
    let engine = Transfers::new();
    let id = engine.download(
        &AccountName::new("a").unwrap(),
        fake,
        DownloadRequest::flat(asset(name, listed), dir.to_owned()),
    );
    end(&engine, id).await
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_download_stands_complete_under_its_name_and_is_not_executable() {
    let dir = tempfile::tempdir().unwrap();
    let job = download("a.txt", Some(4), &[b"ab", b"cd"], Some(4), dir.path()).await;
    assert!(
        matches!(&job.state, JobState::Done { path: Some(_), .. }),
        "{job:?}"
    );
    assert_eq!(std::fs::read(dir.path().join("a.txt")).unwrap(), b"abcd");
    assert_eq!(
        std::fs::metadata(dir.path().join("a.txt"))
            .unwrap()
            .permissions()
            .mode()
            & 0o111,
        0
    );
    assert_eq!(names(dir.path()), ["a.txt"]);
}

#[tokio::test]
async fn a_short_long_or_contradicted_download_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for (listed, announced) in [
        (Some(5), None),
        (Some(3), None),
        (None, Some(9)),
        (Some(4), Some(5)),
    ] {
        let job = download("a.txt", listed, &[b"abcd"], announced, dir.path()).await;
        assert!(
            matches!(job.state, JobState::Failed(_)),
            "{listed:?} {announced:?} {job:?}"
        );
    }
    assert!(names(dir.path()).is_empty());
}

#[tokio::test]
async fn nothing_is_replaced_and_nothing_leaves_the_folder() {
    let top = tempfile::tempdir().unwrap();
    let dir = top.path().join("in");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("A.TXT"), b"mine").unwrap();
    std::os::unix::fs::symlink(top.path().join("outside"), dir.join("link")).unwrap();
    for name in ["a.txt", "link"] {
        let job = download(name, Some(4), &[b"abcd"], None, &dir).await;
        assert!(matches!(job.state, JobState::Failed(_)), "{job:?}");
    }
    let job = download("../escape", Some(4), &[b"abcd"], None, &dir).await;
    assert!(matches!(job.state, JobState::Done { .. }), "{job:?}");
    assert_eq!(names(top.path()), ["in"]);
    assert_eq!(std::fs::read(dir.join("A.TXT")).unwrap(), b"mine");
    assert_eq!(names(&dir), ["A.TXT", "___escape", "link"]);
}
