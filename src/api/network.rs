//! The way out of a company's network: its proxy, and the certificates that it trusts beside the
//! system's.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

/// What the settings say of it; by default what environment and system say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// For calls to other machines; `None` for the environment's, where there is one.
    pub proxy: Option<Proxy>,
    /// By their encoding.
    roots: Vec<CertificateDer<'static>>,
}

/// A proxy of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Without a user.
    pub address: Url,
    /// Hosts and domains that are reached without it, parted by commas as in `NO_PROXY`.
    pub except: String,
}

impl Network {
    /// Trusts the certificates of a PEM file, also those that nobody else signed. Where it has none,
    /// or one that is none, that is said as what follows the file's name.
    pub fn trust(&mut self, pem: &[u8]) -> Result<(), String> {
        let before = self.roots.len();
        let mut store = RootCertStore::empty();
        for found in CertificateDer::pem_slice_iter(pem) {
            let found = found.map_err(|_| "is no PEM file that can be read".to_owned())?;
            let number = self.roots.len() - before + 1;
            let wrong = |_| format!("holds a certificate that is none, number {number}");
            store.add(found.clone()).map_err(wrong)?;
            self.roots.push(found);
        }
        if self.roots.len() == before {
            return Err(
                "holds no certificate; those of PEM files begin with -----BEGIN CERTIFICATE-----"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// How many certificates are trusted beside the system's.
    pub const fn trusted(&self) -> usize {
        self.roots.len()
    }

    pub(super) fn certificates(&self) -> Result<Vec<reqwest::Certificate>, reqwest::Error> {
        let roots = self.roots.iter();
        roots
            .map(|root| reqwest::Certificate::from_der(root))
            .collect()
    }
}

impl Proxy {
    pub(super) fn for_client(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        let except = reqwest::NoProxy::from_string(&self.except);
        Ok(reqwest::Proxy::all(self.address.as_str())?.no_proxy(except))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_said() {
        let mut network = Network::default();
        let why = network.trust(b"hello").unwrap_err();
        assert!(why.contains("BEGIN CERTIFICATE"), "{why}");
        let key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(network.trust(key).unwrap_err().contains("no certificate"));
        let other = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(network.trust(other).unwrap_err().contains("number 1"));
        let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(network.trust(cut).is_err());
        assert_eq!(network.trusted(), 0);
    }
}
