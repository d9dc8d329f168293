//! The proxy of the settings: what goes through it, and what does not.

use std::sync::Arc;

use super::*;
use crate::api::Proxy;

/// Connects nobody to anything.
fn proxy() -> Server {
    Server::start(|_| reply(502, "", ""))
}

fn http_by(proxy: &Server, except: &str) -> Http {
    let mut network = Network::default();
    network.proxy = Some(Proxy {
        address: Url::parse(&proxy.url()).unwrap(),
        except: except.to_owned(),
    });
    let options = HttpOptions {
        credentials: vec![("x-api-key", canary())],
        read_error: |_| Reason::default(),
        patience: Patience::default(),
        network: Arc::new(network),
    };
    Http::new("https://service.invalid", options).unwrap()
}

#[tokio::test]
async fn service_and_storage_are_reached_by_the_proxy_and_it_sees_no_key() {
    let proxy = proxy();
    let http = http_by(&proxy, "");
    let asked = http.call(OP, Method::GET, &["a"]).answer().await;
    assert_eq!(asked.unwrap_err().kind, ApiErrorKind::Transport);
    let file = TestFile::new("a.bin", &[7; 1000]);
    let stamp = file.stamp();
    let body = Outgoing::file(OP, &file.path, &stamp, "image/png");
    let put = http.bare(OP, Method::PUT, "https://storage.invalid/a?signature=1");
    let sent = put.file(body.await.unwrap(), &|_| {}).answer().await;
    assert_clean(&sent.unwrap_err());
    let heard = proxy.heard();
    let heard: Vec<_> = heard
        .iter()
        .map(|it| (it.method.as_str(), it.target.as_str()))
        .collect();
    let wanted = ["service.invalid:443", "storage.invalid:443"];
    assert_eq!(heard, wanted.map(|it| ("CONNECT", it)));
    assert!(!format!("{:?}", proxy.heard()).contains(CANARY));
}

#[tokio::test]
async fn what_is_excepted_is_reached_without_it() {
    let proxy = proxy();
    let http = http_by(&proxy, "other.example,.invalid");
    http.call(OP, Method::GET, &["a"])
        .answer()
        .await
        .unwrap_err();
    assert_unheard(&proxy);
    // And so is this machine, whatever the settings say.
    let here = Server::start(|_| json(200, serde_json::json!({})));
    let local = here.url();
    let options = HttpOptions {
        credentials: Vec::new(),
        read_error: |_| Reason::default(),
        patience: Patience::default(),
        network: Arc::clone(&http_by(&proxy, "").options.network),
    };
    let http = Http::new(&local, options).unwrap();
    http.call(OP, Method::GET, &["a"]).answer().await.unwrap();
    assert_unheard(&proxy);
}
