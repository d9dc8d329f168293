//! Processes that do not do what they should.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;

async fn of(script: &str) -> Result<Pixels, Failure> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("decoder");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    decode(&path, Bytes::from(vec![0; 200_000]), (4, 4)).await
}

#[tokio::test]
async fn a_process_that_hangs_floods_or_dies_costs_its_picture() {
    assert_eq!(of("exec sleep 1000").await, Err(Failure::OverLimit));
    assert_eq!(of("exec cat /dev/zero").await, Err(Failure::OverLimit));
    assert_eq!(of("kill -9 $$").await, Err(Failure::OverLimit));
    assert_eq!(of("printf 'adp1\\002'").await, Err(Failure::Damaged));
    let nobody = decode(Path::new("/nowhere"), Bytes::new(), (4, 4)).await;
    assert_eq!(nobody, Err(Failure::NoProcess));
}

#[tokio::test]
async fn a_process_is_given_no_environment() {
    // As many bytes as the answer has when there is none but what the shell itself sets.
    let bare = "test -z \"$HOME$USER$ASSETDECK_KEY_X$PATHEXT\" && printf 'adp1\\003'";
    assert_eq!(of(bare).await, Err(Failure::TooLarge));
}
