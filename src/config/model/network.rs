//! The section `[network]`: a company's proxy and the certificates that it trusts.

use url::Url;

use super::{Fields, Problem};

/// Its keys.
pub const KEYS: &[&str] = &["proxy", "no_proxy", "root_certificates"];

/// The section as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    pub proxy: Option<Url>,
    /// Hosts, domains and networks that are reached without it.
    pub no_proxy: Vec<String>,
    /// PEM files as they were written, each with its line.
    pub root_certificates: Vec<(String, usize)>,
}

/// Reads the section. A proxy is never quoted: people write passwords into its address.
pub fn read(top: &Fields<'_>) -> Result<Network, Problem> {
    let Some(fields) = top.section("network", KEYS, "[network]")? else {
        return Ok(Network::default());
    };
    let proxy = match fields.text("proxy")? {
        None => None,
        Some((text, span)) => Some(address(&text).map_err(|why| Problem {
            line: Some(fields.doc.line(&span)),
            message: format!("`proxy` {why}"),
        })?),
    };
    let mut no_proxy = Vec::new();
    for (text, line) in fields.texts("no_proxy")? {
        if text.is_empty() || text.contains([',', '/', ' ']) && !is_network(&text) {
            return Err(Problem {
                line: Some(line),
                message: String::from(
                    "`no_proxy` holds what is no host; write each by itself, such as \"intern.example\" \
                     or \"10.0.0.0/8\"",
                ),
            });
        }
        no_proxy.push(text);
    }
    Ok(Network {
        proxy,
        no_proxy,
        root_certificates: fields.texts("root_certificates")?,
    })
}

fn address(text: &str) -> Result<Url, &'static str> {
    const EXAMPLE: &str = "is no proxy's address; write it like http://proxy.example:3128";
    let url = Url::parse(text).map_err(|_| EXAMPLE)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "holds a user name or password, and those do not belong into this file: take them out; for a \
             proxy that wants them set HTTPS_PROXY in the environment",
        );
    }
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !bare {
        return Err(EXAMPLE);
    }
    Ok(url)
}

/// `10.0.0.0/8`
fn is_network(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use crate::config::model::{Network, Problem, parse};

    #[test]
    fn a_proxy_is_an_address_without_a_password_that_would_be_shown() {
        let of = |line: &str| parse(&format!("[network]\n{line}\n")).map(|model| model.network);
        let sound =
            of("proxy = \"http://proxy.example:3128\"\nno_proxy = [\"a.example\", \"10.0.0.0/8\"]");
        let Network {
            proxy, no_proxy, ..
        } = sound.unwrap();
        assert_eq!(proxy.unwrap().as_str(), "http://proxy.example:3128/");
        assert_eq!(no_proxy, ["a.example", "10.0.0.0/8"]);
        for (line, said) in [
            (
                "proxy = \"http://me:canary@proxy.example\"",
                "user name or password",
            ),
            (
                "proxy = \"http://canary@proxy.example\"",
                "user name or password",
            ),
            ("proxy = \"canary\"", "is no proxy's address"),
            ("proxy = \"proxy.canary:3128\"", "http://proxy.example:3128"),
            ("proxy = \"socks5://canary:1080\"", "is no proxy's address"),
            (
                "proxy = \"http://proxy.example/?canary\"",
                "is no proxy's address",
            ),
            ("proxy = [\"canary\"]", "text in quotes"),
            ("no_proxy = [\"a, b\"]", "each by itself"),
            ("no_proxy = \"a\"", "list of texts"),
            ("porxy = \"a\"", "did you mean `proxy`?"),
        ] {
            let Problem { line: at, message } = of(line).unwrap_err();
            assert_eq!(at, Some(2), "{line}");
            assert!(
                message.contains(said) && !message.contains("canary"),
                "{line}: {message}"
            );
        }
    }
}
