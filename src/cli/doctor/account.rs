//! One account: its address, the way there, the clocks, its key, and what the service says to it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Check, shown};
use crate::api::http::{check_base_url, probe};
use crate::api::{ApiError, ApiErrorKind, ConnectError, Connector as _};
use crate::cli::rights;
use crate::cli::session::network::proxy_variable;
use crate::cli::session::{Known, Session};
use crate::config::Env;
use crate::config::credentials::{Lookup, UNLOCK};
use crate::config::key_files::PASSPHRASE;
use crate::domain::{SafeText, Share, time_words};
use crate::index::Caller;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// From here on signed links may be refused; the storages allow fifteen minutes.
const SKEW_LIMITED: u64 = 60;
const SKEW_BROKEN: u64 = 5 * 60;

/// Everything about one account, in the order in which one thing needs the other.
pub async fn checks(session: &Session, known: &Known, env: &Env) -> Vec<Check> {
    let of = format!("account {}", known.info.name.as_str());
    let mut checks = Vec::new();
    let mut reached = false;
    match check_base_url(&known.info.base_url) {
        Err(why) => checks.push(Check::broken(
            &of,
            "address",
            SafeText::prose(&why).into_string(),
        )),
        Ok(url) => {
            let host = url
                .host_str()
                .unwrap_or_default()
                .trim_matches(['[', ']'])
                .to_owned();
            let port = url.port_or_known_default().unwrap_or(443);
            let named = resolved(&of, &host, port).await;
            let fine = named.state == super::State::Works;
            checks.push(named);
            // Behind a proxy names need not resolve here.
            let proxy = proxy(known, env);
            if fine || proxy.is_some() {
                let (route, date) = route(&of, known, proxy).await;
                reached = route.state == super::State::Works;
                checks.push(route);
                checks.extend(date.map(|date| clock(&of, date, Timestamp::now())));
            }
        }
    }
    let key = key(session, known, &of).await;
    let usable = key.state == super::State::Works;
    checks.push(key);
    if usable && reached {
        checks.extend(sign_in(session, known, &of).await);
    }
    checks.push(allowance(session, known, &of));
    match known.info.guard.word() {
        "" => {}
        word => checks.push(Check::works(&of, "changes", format!("it is {word}"))),
    }
    checks
}

/// What names a proxy, if anything does.
fn proxy(known: &Known, env: &Env) -> Option<&'static str> {
    let settings = known.settings.network.proxy.as_ref();
    settings
        .map(|_| "[network]")
        .or_else(|| proxy_variable(env))
}

async fn resolved(of: &str, host: &str, port: u16) -> Check {
    const NAME: &str = "name";
    let looked = tokio::net::lookup_host((host, port));
    let host = shown(host);
    let advice =
        "Check base_url for a typing mistake, then the machine's DNS (`getent hosts HOST`).";
    let looked = async { looked.await.map(|mut found| found.next().is_some()) };
    match tokio::time::timeout(PATIENCE, looked).await {
        Ok(Ok(true)) => Check::works(of, NAME, format!("{host} is found")),
        Ok(Ok(false)) => Check::broken(of, NAME, format!("{host} has no address")).advice(advice),
        Ok(Err(error)) => {
            Check::broken(of, NAME, format!("{host} is not found: {error}")).advice(advice)
        }
        Err(_) => Check::broken(
            of,
            NAME,
            format!("looking for {host} takes longer than 10 seconds"),
        )
        .advice("The machine's DNS does not answer; check its network."),
    }
}

/// The way to the service, and its date.
async fn route(of: &str, known: &Known, proxy: Option<&str>) -> (Check, Option<Timestamp>) {
    const NAME: &str = "route";
    let error = match probe(
        &known.info.base_url,
        PATIENCE,
        Arc::clone(&known.settings.network),
    )
    .await
    {
        Ok(probe) => {
            let by = proxy.map(|name| format!(", by the proxy of {name} where it applies"));
            let found = format!("the service answers{}", by.unwrap_or_default());
            return (Check::works(of, NAME, found), probe.date);
        }
        Err(error) => error,
    };
    let all = error.chain.join("; ").to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| all.contains(word));
    let found = SafeText::prose(&error.message).into_string();
    let check = if says(&["certificate", "unknownissuer", "notvalidforname"]) {
        Check::broken(of, "certificate", found).advice(
            "Do not go on if you are in a strange network. A company's own certificate has to be among the \
             system's (update-ca-certificates) or under `root_certificates` in the settings; an expired one is the service's to renew; a wrong clock \
             makes all look expired.",
        )
    } else {
        let advice = match proxy {
            Some(name) => format!("{name} names a proxy: check that it is right and lets this host through."),
            None => "Check the network, the port in base_url, a firewall, and whether a proxy is needed ([network] in the settings, or HTTPS_PROXY)."
                .to_owned(),
        };
        Check::broken(of, NAME, found).advice(advice)
    };
    (check, None)
}

fn clock(of: &str, date: Timestamp, now: Timestamp) -> Check {
    const NAME: &str = "clock";
    let seconds = date.as_second().abs_diff(now.as_second());
    let apart = time_words(Duration::from_secs(seconds));
    let direction = if now > date { "ahead of" } else { "behind" };
    let found = format!("this machine is {apart} {direction} the service");
    let advice = "Set this machine's clock (`timedatectl set-ntp true`): signed links are refused when it is wrong.";
    if seconds >= SKEW_BROKEN {
        Check::broken(of, NAME, found).advice(advice)
    } else if seconds >= SKEW_LIMITED {
        Check::limited(of, NAME, found).advice(advice)
    } else {
        Check::works(of, NAME, "it agrees with the service's")
    }
}

async fn key(session: &Session, known: &Known, of: &str) -> Check {
    const NAME: &str = "key";
    let name = known.info.name.as_str();
    match session.key_place(known).await {
        Lookup::Found { .. } if session.standing(known, true).contains(&"address changed") => {
            Check::broken(
                of,
                NAME,
                "the account's address is another than the key was used for; it is not sent",
            )
            .advice(format!(
                "Look at base_url; if it is right, give --confirm {name} once."
            ))
        }
        found @ Lookup::Found { .. } => {
            let (_, words) = crate::cli::accounts::words_of(found);
            Check::works(of, NAME, format!("from {words}"))
        }
        Lookup::Sealed { reason } => Check::limited(of, NAME, reason).advice(format!(
            "Sign-in is not looked at without it: set {PASSPHRASE} for `assetdeck doctor`; if it is \
             forgotten, `assetdeck login {name}` anew."
        )),
        Lookup::Locked { reason } => Check::broken(of, NAME, reason).advice(UNLOCK),
        Lookup::Missing { reason } => Check::broken(of, NAME, reason).advice(format!(
            "`assetdeck login {name}` saves one, or set {}.",
            crate::config::key_variable(&known.info.name)
        )),
        Lookup::Unusable { reason, advice } => Check::broken(of, NAME, reason).advice(advice),
    }
}

/// What the service says to the key: one cheap call, then the first list.
async fn sign_in(session: &Session, known: &Known, of: &str) -> Vec<Check> {
    let connected = match session.connect(&known.info.name, None).await {
        Ok(connected) => connected.provider,
        Err(ConnectError::Api(error)) => return vec![refused(of, "sign-in", &error, known)],
        Err(error) => {
            return vec![Check::broken(
                of,
                "sign-in",
                SafeText::prose(&error.to_string()).into_string(),
            )];
        }
    };
    let late = |what| {
        vec![
            Check::broken(of, what, "the service took longer than 10 seconds")
                .advice("It is busy or the line is slow; try again."),
        ]
    };
    match tokio::time::timeout(PATIENCE, connected.check()).await {
        Err(_) => return late("sign-in"),
        Ok(Err(error)) => return vec![refused(of, "sign-in", &error, known)],
        Ok(Ok(())) => {}
    }
    let mut checks = vec![Check::works(of, "sign-in", "the service accepts the key")];
    match tokio::time::timeout(PATIENCE, rights::look(connected.as_ref())).await {
        Err(_) => checks.extend(late("rights")),
        Ok(Err(error)) => checks.push(refused(of, "rights", &error, known)),
        Ok(Ok(())) => checks.push(rights_check(session, known, of)),
    }
    checks
}

/// How many calls were made from this machine, of those that the service allows in a while.
fn allowance(session: &Session, known: &Known, of: &str) -> Check {
    const NAME: &str = "allowance";
    let Some(allowance) = known.info.allowance else {
        return Check::works(of, NAME, "the service names none");
    };
    let all = format!("{} calls {}", allowance.calls, allowance.in_time());
    session.give_back();
    let since = allowance.since(Timestamp::now());
    let spent = session.calls().spent(&Caller::from(&known.info), since);
    let Some(spent) = spent else {
        let found = format!("{all}; how many were made cannot be told");
        return Check::works(of, NAME, found);
    };
    let made: u64 = spent.iter().map(|(_, made)| made).sum();
    let found = format!("{made} of {all} were made from here");
    if made < allowance.open_to(Share::Sweeps) {
        return Check::works(of, NAME, found);
    }
    Check::limited(of, NAME, found).advice(
        "What asks for many things waits until there are enough again; the rest goes on until the service \
         says no.",
    )
}

/// What is known of the key; what it may change shows only when somebody changes something.
fn rights_check(session: &Session, known: &Known, of: &str) -> Check {
    const NAME: &str = "rights";
    let rights = session.rights(known);
    let said = format!("the key {}", rights::words(&rights, known.info.spec));
    if rights.refused().is_empty() {
        return Check::works(of, NAME, said);
    }
    Check::limited(of, NAME, said).advice(format!(
        "Where that is needed, give the key the right at {}, or make another key; what it may do is learnt \
         anew as it is used.",
        known.info.spec.label
    ))
}

fn refused(of: &str, name: &'static str, error: &ApiError, known: &Known) -> Check {
    let account = known.info.name.as_str();
    let advice = match &error.kind {
        ApiErrorKind::Unauthorized => format!(
            "The key is wrong, was withdrawn, or is for another account: make one at {} and `assetdeck login {account}`.",
            known.info.spec.label
        ),
        ApiErrorKind::Forbidden { missing } if !missing.is_empty() => format!(
            "The key lacks {}: give it that right at {}, or make another key.",
            SafeText::prose(&missing.join(", ")),
            known.info.spec.label
        ),
        ApiErrorKind::Forbidden { .. } => {
            format!(
                "The key is accepted and may not do this: ask whoever manages {} for the right.",
                known.info.spec.label
            )
        }
        _ => error.hint().to_owned(),
    };
    Check::broken(of, name, error.to_string()).advice(advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    #[test]
    fn a_wrong_clock_is_told_in_both_directions() {
        let now = Timestamp::now();
        let at = |seconds: i64| clock("a", now + jiff::SignedDuration::from_secs(seconds), now);
        assert_eq!(at(3).state, State::Works);
        assert_eq!(at(-90).state, State::Limited);
        assert!(at(-400).found.contains("ahead of"));
        let behind = at(3600);
        assert!(
            behind.state == State::Broken && behind.found.contains("behind"),
            "{behind:?}"
        );
        assert!(behind.advice.contains("clock"));
    }
}
