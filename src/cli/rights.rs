//! What the key of an account may do: looked at without changing anything, in words and as JSON.

use serde::Serialize;

use crate::api::{ApiError, Middle, Provider, ProviderSpec};
use crate::domain::{Answered, AssetScope, Right, Rights, SafeText};

/// As a member of an account's line; `null` where the service has no such thing.
#[derive(Debug, Serialize)]
pub struct RightsLine {
    list: Option<&'static str>,
    save: Option<&'static str>,
    upload: Option<&'static str>,
    change: Option<&'static str>,
    delete: Option<&'static str>,
    /// What the service named as lacking.
    lacking: Vec<String>,
}

impl RightsLine {
    pub fn of(rights: &Rights, spec: &ProviderSpec) -> Self {
        let word = |right| {
            exists(right, spec).then_some(match rights.of(right) {
                None => "unknown",
                Some(Answered::Allowed) => "allowed",
                Some(Answered::Refused(_)) => "refused",
            })
        };
        Self {
            list: word(Right::List),
            save: word(Right::Save),
            upload: word(Right::Upload),
            change: word(Right::Change),
            delete: word(Right::Delete),
            lacking: rights.lacking().into_iter().map(str::to_owned).collect(),
        }
    }
}

fn exists(right: Right, spec: &ProviderSpec) -> bool {
    right != Right::Change || spec.capabilities.metadata
}

/// `may list and save, not upload (it lacks assets:write); not known yet: delete`
pub fn words(rights: &Rights, spec: &ProviderSpec) -> String {
    let mut parts = Vec::new();
    let those = |rights: Vec<Right>| -> Vec<&'static str> {
        let rights = rights.into_iter().filter(|it| exists(*it, spec));
        rights.map(Right::word).collect()
    };
    let allowed = those(rights.allowed());
    if !allowed.is_empty() {
        parts.push(format!("may {}", allowed.join(", ")));
    }
    let refused = those(rights.refused());
    if !refused.is_empty() {
        let lacking = rights.lacking().join(", ");
        let lacking = match lacking.as_str() {
            "" => String::new(),
            lacking => format!(" (it lacks {})", SafeText::name(lacking)),
        };
        parts.push(format!("was refused to {}{lacking}", refused.join(", ")));
    }
    let unknown = those(rights.unknown());
    if !unknown.is_empty() {
        parts.push(format!("not known yet: {}", unknown.join(", ")));
    }
    parts.join("; ")
}

/// Looks at all kinds of lists, each by one call at the most where there is something to list: what the
/// service answers is learnt on the way. Nothing else can be asked without changing something.
pub async fn look(provider: &dyn Provider) -> Result<(), ApiError> {
    let containers = provider.containers(None).await?;
    if provider.spec().middle != Middle::Segments {
        return Ok(());
    }
    let Some(container) = containers.entries.read().next() else {
        return Ok(());
    };
    let segments = provider.segments(&container.id, None).await?;
    let Some(segment) = segments.entries.read().next() else {
        return Ok(());
    };
    let scope = AssetScope::Segment(container.id.clone(), segment.id.clone());
    provider.assets(&scope, None).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::BARE;

    #[test]
    fn what_is_known_is_said_and_what_is_not_as_well() {
        let mut rights = Rights::default();
        assert_eq!(
            words(&rights, &BARE),
            "not known yet: list, save, upload, delete"
        );
        rights.take(Right::List, Answered::Allowed);
        rights.take(
            Right::Upload,
            Answered::Refused(vec!["assets:\x1bwrite".to_owned()]),
        );
        let said = words(&rights, &BARE);
        assert!(
            said.starts_with("may list; was refused to upload (it lacks assets:"),
            "{said}"
        );
        assert!(said.ends_with("; not known yet: save, delete") && !said.contains('\x1b'));
        let line = serde_json::to_value(RightsLine::of(&rights, &BARE)).unwrap();
        assert_eq!(line["list"], "allowed");
        assert_eq!(line["upload"], "refused");
        assert_eq!(line["delete"], "unknown");
        assert!(line["change"].is_null(), "{line}");
    }
}
