//! Presigned addresses between strangers: s3s-fs judges our signer, rusty-s3's addresses our check.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use jiff::{SignedDuration, Timestamp};
use rusty_s3::actions::{PutObject, S3Action};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

use super::{cut, send};
use crate::demo::sign::{Permit, Signer};

const KEYS: [&str; 6] = [
    "plain.png",
    "folder/with space/a+b.png",
    "ümlaut/日本語/صورة.png",
    "50%25 off&more=x?.png",
    "~tilde_(round)'quote!*.png",
    "emoji 🎉.png",
];

fn signer() -> Signer {
    Signer {
        key_id: "AKIDEXAMPLE".into(),
        secret: "s3cr3t/+".into(),
        region: "eu-central-1".into(),
    }
}

fn headers(list: &[(&str, &str)]) -> HeaderMap {
    list.iter()
        .map(|(name, value)| {
            let name: HeaderName = name.parse().expect("a name");
            (name, HeaderValue::from_str(value).expect("a value"))
        })
        .collect()
}

#[tokio::test]
async fn the_judge_accepts_our_addresses_and_refuses_another_type_or_length() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("bucket")).expect("a bucket");
    let store = s3s_fs::FileSystem::new(folder.path()).expect("a store");
    let mut builder = S3ServiceBuilder::new(store);
    builder.set_auth(SimpleAuth::from_single("AKIDEXAMPLE", "s3cr3t/+"));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                drop(http.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
    for key in KEYS {
        let address = signer().presign(&Permit {
            method: "PUT",
            origin: &origin,
            path: &format!("/bucket/{key}"),
            headers: &[("content-type", "image/png"), ("content-length", "5")],
            at: Timestamp::now(),
            seconds: 60,
        });
        let (_, target) = cut(&address);
        let png = [("content-type", "image/png")];
        let good = send(&origin, "PUT", &target, &png, b"bytes").await;
        assert_eq!(good.status, 200, "{key}: {}", good.text());
        let jpeg = [("content-type", "image/jpeg")];
        let wrong = send(&origin, "PUT", &target, &jpeg, b"bytes").await;
        assert_eq!(wrong.status, 403, "{key}: {}", wrong.text());
        let longer = send(&origin, "PUT", &target, &png, b"bytes!").await;
        assert_eq!(longer.status, 403, "{key}: {}", longer.text());
    }
}

#[test]
fn a_strangers_addresses_pass_our_check_and_changed_ones_do_not() {
    let endpoint = "http://127.0.0.1:9000".parse().expect("an address");
    let bucket = Bucket::new(endpoint, UrlStyle::Path, "bucket", "eu-central-1").expect("a bucket");
    let credentials = Credentials::new("AKIDEXAMPLE", "s3cr3t/+");
    let now = Timestamp::now();
    for key in KEYS {
        let mut action = PutObject::new(&bucket, Some(&credentials), key);
        action.headers_mut().insert("content-type", "image/png");
        let address = action.sign(Duration::from_mins(1));
        let (path, query) = (address.path(), address.query().expect("a query"));
        let sent = headers(&[("host", "127.0.0.1:9000"), ("content-type", "image/png")]);
        let check = |method: &str, query: &str, sent: &HeaderMap, now: Timestamp| {
            signer()
                .check(method, path, query, sent, now)
                .map_err(|denied| denied.code)
        };
        assert_eq!(check("PUT", query, &sent, now), Ok(()), "{key}");
        let mismatch = Err("SignatureDoesNotMatch");
        assert_eq!(check("GET", query, &sent, now), mismatch);
        for changed in [
            headers(&[("host", "127.0.0.1:9000"), ("content-type", "image/jpeg")]),
            headers(&[("host", "127.0.0.1:9000")]),
            headers(&[("host", "127.0.0.1:9001"), ("content-type", "image/png")]),
        ] {
            assert_eq!(check("PUT", query, &changed, now), mismatch);
        }
        let late = now
            .checked_add(SignedDuration::from_secs(61))
            .expect("a time");
        assert_eq!(check("PUT", query, &sent, late), Err("AccessDenied"));
        let extended = query.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
        assert_ne!(extended, query);
        assert_eq!(check("PUT", &extended, &sent, now), mismatch);
        let mut more = sent.clone();
        more.insert("x-amz-acl", HeaderValue::from_static("public-read"));
        assert_eq!(check("PUT", query, &more, now), Err("AccessDenied"));
        let stranger = query.replace("AKIDEXAMPLE", "AKIDSOMEONE");
        assert_eq!(
            check("PUT", &stranger, &sent, now),
            Err("InvalidAccessKeyId")
        );
        assert_eq!(check("PUT", "", &sent, now), Err("AccessDenied"));
        assert_eq!(
            check("PUT", "X-Amz-Signature=00", &sent, now),
            Err("AuthorizationQueryParametersError")
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn what_we_sign_we_accept(key in "[^/\u{0}]{1,40}", kind in "[a-z]{1,9}/[a-z.+-]{1,9}") {
        let address = signer().presign(&Permit {
            method: "PUT",
            origin: "http://127.0.0.1:9000",
            path: &format!("/bucket/{key}"),
            headers: &[("Content-Type", &kind)],
            at: Timestamp::now(),
            seconds: 60,
        });
        let address: url::Url = address.parse().expect("an address");
        let sent = headers(&[("host", "127.0.0.1:9000"), ("content-type", &kind)]);
        // A parser of addresses drops `.` and `..` parts; those keys cannot be reached at all.
        proptest::prop_assume!(key != "." && key != "..");
        let query = address.query().expect("a query");
        let checked = signer().check("PUT", address.path(), query, &sent, Timestamp::now());
        proptest::prop_assert_eq!(checked, Ok(()));
    }
}
