//! Web addresses of a service: which of them may be opened, and how they are shown.

use url::Url;

use super::SafeText;

/// An address that a browser may be given: `http` or `https`, a host, no user part. Written anew, so
/// that it is ASCII and its host stands in punycode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebLink {
    address: String,
    signed: bool,
}

/// Why an address is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("it is no web address")]
    NotWeb,
    #[error("only web addresses are opened, not {0}:")]
    Scheme(SafeText),
    #[error("it hides where it leads")]
    Hidden,
}

/// What can be done with a link where the program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkWay {
    /// The desktop opens it.
    Open,
    /// There is nothing here that could open it: it is shown, and can be taken along.
    Carry,
    /// It is only shown, for this reason.
    Refuse(String),
}

impl LinkWay {
    /// The way of this address: never to a launcher's command line with a signature in it.
    pub fn of(link: &Result<WebLink, LinkError>, desktop: bool) -> Self {
        match link {
            Err(error) => Self::Refuse(error.to_string()),
            Ok(link) if link.signed() => {
                Self::Refuse("it is signed, and would show in the process list".to_owned())
            }
            Ok(_) if desktop => Self::Open,
            Ok(_) => Self::Carry,
        }
    }
}

/// Parts of the names by which signatures and other secrets stand in addresses.
const SIGNED: [&str; 7] = [
    "signature",
    "token",
    "credential",
    "secret",
    "password",
    "apikey",
    "accesskey",
];
/// Whole names of the same kind.
const SIGNED_NAMES: [&str; 4] = ["sig", "key", "auth", "policy"];

impl WebLink {
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let url = Url::parse(text).map_err(|_| LinkError::NotWeb)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(LinkError::Scheme(SafeText::name(url.scheme())));
        }
        let hostless = url.host_str().is_none_or(str::is_empty);
        if hostless || !url.username().is_empty() || url.password().is_some() {
            return Err(LinkError::Hidden);
        }
        let signed = url.query_pairs().any(|(name, _)| {
            let name = name.to_ascii_lowercase().replace(['-', '_'], "");
            SIGNED_NAMES.contains(&name.as_str()) || SIGNED.iter().any(|part| name.contains(part))
        });
        Ok(Self {
            address: url.into(),
            signed,
        })
    }

    /// The address, in ASCII without spaces and control characters.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// Whoever has it can use it: it must not come where others read, such as a command line.
    pub const fn signed(&self) -> bool {
        self.signed
    }

    /// What a link is shown and copied as: with its host in punycode where it is a web address, else
    /// as it came.
    pub fn shown(text: &str) -> String {
        Self::parse(text).map_or_else(|_| text.to_owned(), |link| link.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_links() {
        for bad in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "mailto:a@b.c",
            "--help",
            "/etc/passwd",
            "https://user@host/",
            "https://:pw@host/",
            "ssh://host",
            "data:text/html,x",
            "",
        ] {
            assert!(WebLink::parse(bad).is_err(), "{bad}");
        }
        let link = WebLink::parse("https://ex\u{e4}mple.com/a b?q='\"\u{202e}").unwrap();
        assert_eq!(
            link.as_str(),
            "https://xn--exmple-cua.com/a%20b?q=%27%22%E2%80%AE"
        );
        assert_eq!(
            WebLink::shown("https://\u{430}pple.com/"),
            "https://xn--pple-43d.com/"
        );
        assert_eq!(WebLink::shown("ftp://x"), "ftp://x");
    }

    #[test]
    fn signatures_are_known_by_their_names() {
        let signed = |query: &str| {
            WebLink::parse(&format!("https://h/a?{query}"))
                .unwrap()
                .signed()
        };
        for query in [
            "X-Amz-Signature=a",
            "X-Amz-Credential=a",
            "sv=1&sig=a",
            "X-Goog-Signature=a",
            "Key-Pair-Id=a&Signature=b",
            "access_token=a",
            "api_key=a",
        ] {
            assert!(signed(query), "{query}");
        }
        for query in ["design=a", "keyword=a", "v=2", ""] {
            assert!(!signed(query), "{query}");
        }
    }
}
