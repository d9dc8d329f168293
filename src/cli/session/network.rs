//! The way out of the network as settings and environment say it.

use std::path::Path;

use crate::api::{Network, Proxy};
use crate::config::{ConfigError, Env, Settings};
use crate::domain::{SafeText, paths};

/// Such a file holds a few certificates, in bytes.
const MOST: u64 = 4 * 1024 * 1024;

/// The variables that name a proxy for calls by TLS; the first that is set is the one in use.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variable that names the proxy in use, if one does: it comes before the settings.
pub fn proxy_variable(env: &Env) -> Option<&'static str> {
    PROXIES.into_iter().find(|name| env.get(name).is_some())
}

/// Reads the certificates that the settings name; where one cannot be had, nothing would work that
/// needs it, so that is said at once.
pub fn network(settings: &Settings, env: &Env) -> Result<Network, ConfigError> {
    let written = &settings.network;
    let mut network = Network::default();
    if let Some(address) = &written.proxy
        && proxy_variable(env).is_none()
    {
        let except = env.get("NO_PROXY").or_else(|| env.get("no_proxy"));
        let except = except.map(|it| it.to_string_lossy().into_owned());
        network.proxy = Some(Proxy {
            address: address.clone(),
            except: except.unwrap_or_else(|| written.no_proxy.join(",")),
        });
    }
    let beside = settings.file.parent().unwrap_or(Path::new("."));
    let home = env.get("HOME").map(std::path::PathBuf::from);
    for (text, line) in &written.root_certificates {
        let path = paths::typed(text, beside, home.as_deref());
        let wrong = |why: String| {
            let path = SafeText::name(&path.to_string_lossy()).into_string();
            settings.wrong_at(*line, format!("`root_certificates`: {path} {why}"))
        };
        let read = crate::config::read_at_most(&path, MOST);
        let pem = read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
        network.trust(&pem).map_err(wrong)?;
    }
    Ok(network)
}
