//! What is looked at before a file is queued: the file itself, and what is wished for it.

use super::*;

#[test]
fn unsuitable_files_are_named_with_their_reason() {
    let dir = tempfile::tempdir().unwrap();
    let make = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let reason = |path: &Path| inspect(path, &SPEC).unwrap_err().to_string();
    assert!(reason(&make("empty.png", b"")).contains("empty (0 bytes)"));
    assert!(reason(&make("big.png", &[PNG, &[0; 1000]].concat())).contains("at most 1000"));
    assert!(
        reason(&make("fake.png", b"GIF89a......"))
            .contains("image/gif, although its name says image/png")
    );
    assert!(reason(&make("page.png", b"<!DOCTYPE html><html></html>")).contains("text/html"));
    assert!(reason(&make("text.png", b"hello")).contains("first bytes"));
    assert!(reason(&make("a.bin", b"hello")).contains("application/octet-stream"));
    assert!(reason(dir.path()).contains("folder"));
    assert!(reason(&dir.path().join("gone.png")).contains("no such file"));
    let pipe = dir.path().join("pipe.png");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    assert!(reason(&pipe).contains("pipe"));
    assert_eq!(
        inspect(&make("a.csv", b"a;b\n"), &SPEC)
            .unwrap()
            .content_type,
        "text/csv"
    );
}

#[test]
fn wishes_are_checked_against_the_service() {
    let locales: Vec<_> = ["en", "de"].iter().filter_map(Locale::new).collect();
    let error = |wishes: Wishes| {
        plan::check(&SPEC, &wishes, Some(&locales))
            .unwrap_err()
            .to_string()
    };
    let none = Wishes::default;
    assert!(
        error(Wishes {
            locale: "DE".into(),
            ..none()
        })
        .contains("did you mean de?")
    );
    assert!(
        error(Wishes {
            locale: "xx".into(),
            ..none()
        })
        .contains("en, de")
    );
    assert!(
        error(Wishes {
            folder: "../x".into(),
            ..none()
        })
        .contains("..")
    );
    assert!(
        error(Wishes {
            folder: "de/x".into(),
            ..none()
        })
        .contains("named like the locale de")
    );
    assert!(
        error(Wishes {
            alt_text: "too long".into(),
            ..none()
        })
        .contains("at most 5")
    );
    assert!(
        error(Wishes {
            description: "x".into(),
            ..none()
        })
        .contains("Fake has none")
    );
    assert!(
        error(Wishes {
            tags: vec!["a".into(), "b".into(), "c".into()],
            ..none()
        })
        .contains("at most 2")
    );
    let fine = Wishes {
        locale: "de".into(),
        folder: "public/images".into(),
        ..none()
    };
    assert_eq!(plan::check(&SPEC, &fine, Some(&locales)), Ok(()));
}
