//! The way out of a company's network: its proxy and its own certificates, by the settings.

use std::path::Path;

use crate::support::bus::{installed, skip};
use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::proxy::{Proxy, tls_front};
use crate::support::server::Server;
use crate::support::tls::SelfSigned;

/// No name of this kind is anywhere, so nothing reaches it but by the proxy.
const NAME: &str = "api.company.invalid";

/// The websites' service behind TLS, for which only its own certificate speaks, and a proxy to it.
fn company(server: &Server, home: &Home) -> Option<(Proxy, String)> {
    if !installed("openssl") {
        skip("openssl is not installed");
        return None;
    }
    let signed = SelfSigned::start(home, &format!("DNS:{NAME}"))?;
    let inside = url::Url::parse(server.demo().segmentflow_url()).unwrap();
    let certificate = signed.certificate();
    let port = tls_front(
        Path::new(&certificate),
        signed.key(),
        inside.port().unwrap(),
    );
    Some((Proxy::start(port), certificate))
}

/// Settings of that service with these lines under `[network]`.
fn write(home: &Home, server: &Server, network: &str) {
    let inside = url::Url::parse(server.demo().segmentflow_url()).unwrap();
    home.write_config(&format!(
        "[[accounts]]\nname = \"acme-web\"\nprovider = \"segmentflow\"\nbase_url = \"https://{NAME}{}\"\n\
         [network]\n{network}\n",
        inside.path().trim_end_matches('/')
    ));
}

#[test]
fn a_company_s_proxy_and_certificate_lead_to_the_service() {
    let server = Server::start();
    let mut home = server.home();
    let Some((proxy, certificate)) = company(&server, &home) else {
        return;
    };
    let by = format!("proxy = \"{}\"", proxy.url());
    write(&home, &server, &by);
    // By the proxy, but nobody speaks for its certificate.
    let refused = run(&home, &["ls", "acme-web:"]).exits(1);
    refused.complains(&["certificate"]);
    let doctor = run(&home, &["doctor", "--json"]).exits(1).json();
    let told = doctor
        .iter()
        .find(|it| it["name"] == "certificate")
        .unwrap();
    assert!(
        told["advice"]
            .as_str()
            .unwrap()
            .contains("root_certificates"),
        "{told}"
    );

    // A file beside the settings, by its name.
    std::fs::copy(certificate, home.config().with_file_name("company.pem")).unwrap();
    let trusting = format!("{by}\nroot_certificates = [\"company.pem\"]");
    write(&home, &server, &trusting);
    let listed = run(&home, &["ls", "acme-web:"]).exits(0);
    assert!(listed.stdout.contains("Shop"), "{}", listed.stdout);
    let doctor = run(&home, &["doctor", "--json"]).json();
    let of = |name: &str| doctor.iter().find(|it| it["name"] == name).unwrap();
    let network = of("network")["found"].as_str().unwrap();
    assert!(
        network.contains(&proxy.url()) && network.contains("1 certificate"),
        "{network}"
    );
    assert_eq!(of("route")["state"], "works");
    assert_eq!(of("sign-in")["state"], "works");
    let asked = proxy.asked();
    let key = home.get("ASSETDECK_KEY_ACME_WEB").unwrap();
    let connect = format!("CONNECT {NAME}:443 ");
    assert!(
        asked
            .iter()
            .all(|it| it.starts_with(&connect) && !it.contains(&key)),
        "{asked:?}"
    );

    // Without the proxy there is no way.
    let except = format!("{trusting}\nno_proxy = [\"company.invalid\"]");
    write(&home, &server, &except);
    run(&home, &["ls", "acme-web:"]).exits(1);
    assert_eq!(proxy.asked().len(), asked.len());

    // The environment comes before the settings, its exceptions as well.
    home.set("NO_PROXY", "elsewhere.invalid");
    run(&home, &["ls", "acme-web:"]).exits(0);
    home.unset("NO_PROXY");
    write(
        &home,
        &server,
        "proxy = \"http://127.0.0.1:1\"\nroot_certificates = [\"company.pem\"]",
    );
    run(&home, &["ls", "acme-web:"]).exits(1);
    home.set("HTTPS_PROXY", &proxy.url());
    run(&home, &["ls", "acme-web:"]).exits(0);
}

#[test]
fn what_cannot_be_trusted_or_asked_names_file_and_line() {
    let server = Server::start();
    let home = server.home();
    let refused = |network: &str, words: &[&str]| {
        write(&home, &server, network);
        let ran = run(&home, &["ls", "acme-web:"]).exits(2);
        ran.complains(words);
        assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
        // The doctor goes on with what needs no settings.
        let all = run(&home, &["doctor", "--json"]).exits(1).json();
        let told = all.iter().find(|it| it["name"] == "settings").unwrap();
        assert_eq!(told["state"], "broken", "{told}");
    };
    refused(
        "root_certificates = [\"gone.pem\"]",
        &["config.toml, line 6", "gone.pem", "cannot be read"],
    );
    home.file("bad.pem", b"no certificate");
    refused(
        "\nroot_certificates = [\"~/bad.pem\"]",
        &["line 7", "bad.pem", "BEGIN CERTIFICATE"],
    );
    refused(
        "proxy = \"http://ann:canary@proxy.example\"",
        &["line 6", "HTTPS_PROXY"],
    );
    refused(
        "proxi = \"http://proxy.example\"",
        &["line 6", "did you mean `proxy`?"],
    );
    assert_eq!(server.demo().exchanges().len(), 0);
}
