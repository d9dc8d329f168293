//! Which requests a fault meets: by service, method, path and the operation's name.

use axum::http::Method;
use serde_json::{Map, Value};

const SERVICES: [&str; 3] = ["segmentflow", "wordbee", "storage"];

/// Every operation's name, with its service: what [`operation`] answers.
const OPERATIONS: [(&str, &str); 27] = [
    ("segmentflow", "list"),
    ("segmentflow", "create"),
    ("segmentflow", "upload-url"),
    ("segmentflow", "update"),
    ("segmentflow", "delete"),
    ("segmentflow", "templates"),
    ("segmentflow", "template"),
    ("storage", "put"),
    ("storage", "download"),
    ("wordbee", "token"),
    ("wordbee", "sign-out"),
    ("wordbee", "documents"),
    ("wordbee", "document"),
    ("wordbee", "document-short"),
    ("wordbee", "components"),
    ("wordbee", "pull"),
    ("wordbee", "list"),
    ("wordbee", "list-many"),
    ("wordbee", "attach"),
    ("wordbee", "download"),
    ("wordbee", "delete"),
    ("wordbee", "locales"),
    ("wordbee", "segments"),
    ("wordbee", "segment-item"),
    ("wordbee", "media-upload"),
    ("wordbee", "media-get"),
    ("wordbee", "status"),
];

/// What a request must be; what is not said is any.
#[derive(Debug, Default)]
pub struct Place {
    service: Option<String>,
    method: Option<String>,
    path: Option<String>,
    operation: Option<String>,
}

impl Place {
    /// Takes its members out of an object.
    pub fn take(from: &mut Map<String, Value>) -> Result<Self, String> {
        let mut text = |name: &str| match from.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{name}: a text")),
        };
        let place = Self {
            service: text("service")?,
            method: text("method")?,
            path: text("path")?,
            operation: text("operation")?,
        };
        if let Some(service) = &place.service
            && !SERVICES.contains(&service.as_str())
        {
            return Err(format!("service {service:?}: one of {SERVICES:?}"));
        }
        if let Some(asked) = &place.operation {
            let of_service =
                |service: &str| place.service.as_deref().is_none_or(|of| of == service);
            let known: Vec<&str> = OPERATIONS
                .iter()
                .filter(|(service, _)| of_service(service))
                .map(|(_, name)| *name)
                .collect();
            // A name that matches nothing would let a test pass that never met its fault.
            if !known.contains(&asked.as_str()) {
                return Err(format!("operation {asked:?}: one of {known:?}"));
            }
        }
        Ok(place)
    }

    /// Whether a request is meant.
    pub fn holds(&self, origin: &str, method: &Method, path: &str) -> bool {
        let is = |asked: &Option<String>, given: &str| {
            asked
                .as_ref()
                .is_none_or(|asked| asked.eq_ignore_ascii_case(given))
        };
        is(&self.service, origin)
            && is(&self.method, method.as_str())
            && self.path.as_ref().is_none_or(|pattern| fits(pattern, path))
            && self
                .operation
                .as_ref()
                .is_none_or(|asked| named(asked, operation(origin, method, path)))
    }
}

/// `list` means both lists of assets.
fn named(asked: &str, found: &str) -> bool {
    asked == found || (asked == "list" && found == "list-many")
}

/// The name of what a request asks for; empty where it is none of them.
fn operation(origin: &str, method: &Method, path: &str) -> &'static str {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (origin, method.as_str(), parts.as_slice()) {
        ("storage", "PUT", _) => "put",
        ("storage", "GET" | "HEAD", _) => "download",
        ("segmentflow", "GET", [.., "assets"]) => "list",
        ("segmentflow", "POST", [.., "assets"]) => "create",
        ("segmentflow", "POST", [.., "assets", "upload-url"]) => "upload-url",
        ("segmentflow", "PATCH", [.., "assets", _]) => "update",
        ("segmentflow", "DELETE", [.., "assets", _]) => "delete",
        ("segmentflow", "GET", [.., "templates"]) => "templates",
        ("segmentflow", "GET", [.., "templates", _]) => "template",
        ("wordbee", "POST", ["api", "auth", "token"]) => "token",
        ("wordbee", "DELETE", ["api", "auth", "token"]) => "sign-out",
        ("wordbee", _, ["api", "apps", "wbflex", rest @ ..]) => flex(method, rest),
        ("wordbee", "GET", ["api", "projects", _, "locales"]) => "locales",
        ("wordbee", "POST", ["api", "resources", "segments", "search"]) => "segments",
        ("wordbee", "POST", ["api", "resources", "segments", "search", "item", _]) => {
            "segment-item"
        }
        ("wordbee", "POST", ["api", "media", "upload"]) => "media-upload",
        ("wordbee", "GET", ["api", "media", "get", _]) => "media-get",
        ("wordbee", "GET", ["api", "trm", "status"]) => "status",
        _ => "",
    }
}

fn flex(method: &Method, parts: &[&str]) -> &'static str {
    match (method.as_str(), parts) {
        ("POST", ["list"]) => "documents",
        ("GET", ["documents", _]) => "document",
        ("GET", ["documents", _, "short"]) => "document-short",
        ("POST", ["documents", _, "components"]) => "components",
        ("POST", ["documents", _, "contents", "pull"]) => "pull",
        ("GET", ["documents", _, "assets", "list"]) => "list-many",
        ("GET", ["documents", _, "assets", _, "list"]) => "list",
        ("POST", ["documents", _, "assets", _]) => "attach",
        ("GET", ["documents", _, "assets", _]) => "download",
        ("DELETE", ["documents", _, "assets", _]) => "delete",
        _ => "",
    }
}

/// Whether a text is of this pattern, in which `*` stands for any characters, slashes too.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_paths() {
        for (pattern, text, expected) in [
            ("/a/b", "/a/b", true),
            ("/a/b", "/a/bc", false),
            ("/a/*", "/a/b/c", true),
            ("*/c", "/a/b/c", true),
            ("/*/c*d", "/a/c-d", true),
            ("/a*a", "/a", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn every_operation_is_reached_by_its_request() {
        let requests = [
            ("segmentflow", "GET", "/api/v1/assets", "list"),
            ("segmentflow", "POST", "/api/v1/assets", "create"),
            (
                "segmentflow",
                "POST",
                "/api/v1/assets/upload-url",
                "upload-url",
            ),
            ("segmentflow", "PATCH", "/api/v1/assets/1", "update"),
            ("segmentflow", "DELETE", "/api/v1/assets/1", "delete"),
            ("segmentflow", "GET", "/api/v1/templates", "templates"),
            ("segmentflow", "GET", "/api/v1/templates/1", "template"),
            ("storage", "PUT", "/b/k", "put"),
            ("storage", "GET", "/b/k", "download"),
            ("wordbee", "POST", "/api/auth/token", "token"),
            ("wordbee", "DELETE", "/api/auth/token", "sign-out"),
            ("wordbee", "POST", "/api/apps/wbflex/list", "documents"),
            ("wordbee", "GET", "/api/apps/wbflex/documents/1", "document"),
            (
                "wordbee",
                "GET",
                "/api/apps/wbflex/documents/1/short",
                "document-short",
            ),
            (
                "wordbee",
                "POST",
                "/api/apps/wbflex/documents/1/components",
                "components",
            ),
            (
                "wordbee",
                "POST",
                "/api/apps/wbflex/documents/1/contents/pull",
                "pull",
            ),
            (
                "wordbee",
                "GET",
                "/api/apps/wbflex/documents/1/assets/2/list",
                "list",
            ),
            (
                "wordbee",
                "GET",
                "/api/apps/wbflex/documents/1/assets/list",
                "list-many",
            ),
            (
                "wordbee",
                "POST",
                "/api/apps/wbflex/documents/1/assets/2",
                "attach",
            ),
            (
                "wordbee",
                "GET",
                "/api/apps/wbflex/documents/1/assets/2",
                "download",
            ),
            (
                "wordbee",
                "DELETE",
                "/api/apps/wbflex/documents/1/assets/2",
                "delete",
            ),
            ("wordbee", "GET", "/api/projects/1/locales", "locales"),
            (
                "wordbee",
                "POST",
                "/api/resources/segments/search",
                "segments",
            ),
            (
                "wordbee",
                "POST",
                "/api/resources/segments/search/item/1",
                "segment-item",
            ),
            ("wordbee", "POST", "/api/media/upload", "media-upload"),
            ("wordbee", "GET", "/api/media/get/1", "media-get"),
            ("wordbee", "GET", "/api/trm/status", "status"),
        ];
        assert_eq!(requests.len(), OPERATIONS.len());
        for ((service, method, path, name), known) in requests.iter().zip(OPERATIONS) {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            assert_eq!((*service, *name), known);
            assert_eq!(operation(service, &method, path), *name, "{path}");
        }
    }
}
