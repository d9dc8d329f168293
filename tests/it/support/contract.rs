//! The judge of every exchange: the two contracts under `tests/contracts`, applied strictly to what
//! the client sends and by schema to what the server answers.
//!
//! It knows nothing of our own code: it reads the contract files and raw HTTP, so a wrong member
//! name cannot cancel out between the adapters and the embedded server.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, Validator};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// Which side of the embedded server an exchange went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    SegmentFlow,
    Wordbee,
    /// The storage behind presigned addresses and asset links.
    Storage,
}

/// One request and its answer, as they went over the wire.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub origin: Origin,
    pub method: String,
    /// Percent-encoded, without the query.
    pub path: String,
    /// Percent-encoded, without the question mark; empty when there was none.
    pub query: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: Vec<u8>,
    pub status: u16,
    pub response_headers: Vec<(String, String)>,
    pub response_body: Vec<u8>,
}

impl Exchange {
    fn header(&self, name: &str) -> Option<&str> {
        find(&self.request_headers, name)
    }

    fn count(&self, name: &str) -> usize {
        self.request_headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .count()
    }

    fn media_type(&self) -> Option<String> {
        find(&self.response_headers, "content-type").map(essence)
    }

    fn success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn request_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.request_body).ok()
    }

    fn response_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.response_body).ok()
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.as_str())
}

/// A media type without its parameters.
fn essence(value: &str) -> String {
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// How much of an exchange is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Requests and answers.
    Both,
    /// Requests only: for a world whose answers are broken on purpose.
    Requests,
    /// Answers only: for requests that are wrong on purpose.
    Answers,
}

/// Both contracts, read once.
pub struct Contracts {
    segmentflow: Contract,
    wordbee: Contract,
}

impl Contracts {
    /// Reads the two files under `tests/contracts`.
    pub fn load() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contracts");
        let read = |name: &str| Contract::load(&format!("{folder}/{name}"));
        Self {
            segmentflow: read("segmentflow.openapi.yaml"),
            wordbee: read("wordbee-flex.openapi.yaml"),
        }
    }

    /// Every way in which these exchanges, in their order, break the contracts; empty when none does.
    pub fn violations(&self, exchanges: &[Exchange], scope: Scope) -> Vec<String> {
        let mut found = Vec::new();
        let mut story = Story::default();
        for (number, exchange) in exchanges.iter().enumerate() {
            let mut here = Vec::new();
            match exchange.origin {
                Origin::SegmentFlow => self.segmentflow.judge(exchange, scope, &mut here),
                Origin::Wordbee => self.wordbee.judge(exchange, scope, &mut here),
                Origin::Storage => {}
            }
            if scope != Scope::Answers {
                credentials(exchange, &mut here);
                story.judge(exchange, &mut here);
            }
            found.extend(here.into_iter().map(|problem| {
                let Exchange {
                    method,
                    path,
                    status,
                    ..
                } = exchange;
                format!("#{number} {method} {path} → {status}: {problem}")
            }));
        }
        found
    }
}

/// Keys go where they belong and nowhere else.
fn credentials(exchange: &Exchange, found: &mut Vec<String>) {
    let forbidden: &[&str] = match exchange.origin {
        Origin::SegmentFlow => &[
            "authorization",
            "cookie",
            "x-auth-token",
            "x-auth-accountid",
        ],
        Origin::Wordbee => &["authorization", "cookie", "x-api-key"],
        Origin::Storage => &[
            "x-api-key",
            "authorization",
            "cookie",
            "x-auth-token",
            "x-auth-accountid",
        ],
    };
    for name in forbidden.iter().chain(&["referer"]) {
        if exchange.header(name).is_some() {
            found.push(format!("header {name} must not be sent here"));
        }
    }
}

/// What earlier exchanges promised, for rules that span several calls.
#[derive(Default)]
struct Story {
    /// Presigned path and query → content type and size asked for.
    asked: BTreeMap<String, (String, u64)>,
    /// Storage key → content type and size asked for.
    keys: BTreeMap<String, (String, u64)>,
    cursors: BTreeSet<String>,
    filetokens: BTreeSet<String>,
}

impl Story {
    fn judge(&mut self, exchange: &Exchange, found: &mut Vec<String>) {
        let request = exchange.request_json().unwrap_or_default();
        let response = exchange.response_json().unwrap_or_default();
        match (
            exchange.origin,
            exchange.method.as_str(),
            exchange.path.as_str(),
        ) {
            (Origin::SegmentFlow, "POST", "/api/v1/assets/upload-url") if exchange.success() => {
                let asked = type_and_size(&request);
                if let Some(url) = response["uploadUrl"].as_str() {
                    self.asked.insert(path_and_query(url), asked.clone());
                }
                if let Some(key) = response["key"].as_str() {
                    self.keys.insert(key.to_owned(), asked);
                }
            }
            (Origin::SegmentFlow, "POST", "/api/v1/assets") => {
                let key = request["s3Key"].as_str().unwrap_or_default();
                match self.keys.get(key) {
                    None => found.push(format!("s3Key {key:?} was never handed out")),
                    Some(asked) if *asked != type_and_size(&request) => {
                        found.push("contentType or size differ from what was asked for".into());
                    }
                    Some(_) => {}
                }
            }
            (Origin::SegmentFlow, "GET", "/api/v1/assets") => {
                for (name, value) in pairs(&exchange.query) {
                    if name == "cursor" && !self.cursors.contains(&value) {
                        found.push(format!("cursor {value:?} was never given back"));
                    }
                }
                if let Some(cursor) = response["nextCursor"].as_str() {
                    self.cursors.insert(cursor.to_owned());
                }
            }
            (Origin::Storage, "PUT", _) => self.upload_step(exchange, found),
            (Origin::Wordbee, "POST", "/api/media/upload") => {
                if let Some(token) = response["result"]["token"].as_str() {
                    self.filetokens.insert(token.to_owned());
                }
            }
            (Origin::Wordbee, "POST", path) if path.contains("/assets/") => {
                let token = request["filetoken"].as_str().unwrap_or_default();
                if !self.filetokens.contains(token) {
                    found.push(format!("filetoken {token:?} was never handed out"));
                }
                folder_shape(request["relativePath"].as_str().unwrap_or_default(), found);
            }
            _ => {}
        }
    }

    /// The block `x-upload-step` of the contract.
    fn upload_step(&self, exchange: &Exchange, found: &mut Vec<String>) {
        let address = format!("{}?{}", exchange.path, exchange.query);
        let Some((content_type, size)) = self.asked.get(&address) else {
            found.push("PUT to an address that was never handed out, or was changed".into());
            return;
        };
        if exchange.header("content-type") != Some(content_type) {
            found.push(format!(
                "Content-Type is not the {content_type} that was asked for"
            ));
        }
        if exchange.header("content-length") != Some(&size.to_string()) {
            found.push(format!(
                "Content-Length is not the {size} that was asked for"
            ));
        }
        if exchange.header("transfer-encoding").is_some() {
            found.push("a presigned PUT must not be chunked".into());
        }
        if exchange.success() && exchange.request_body.len() as u64 != *size {
            found.push(format!(
                "{} bytes were stored, not {size}",
                exchange.request_body.len()
            ));
        }
    }
}

fn type_and_size(request: &Value) -> (String, u64) {
    let content_type = request["contentType"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (content_type, request["size"].as_u64().unwrap_or_default())
}

/// The part of an address after its origin, untouched.
fn path_and_query(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/')
        .map_or(String::new(), |at| rest[at..].to_owned())
}

/// `relativePath` as the contract words it: forward slashes, none at an end, no empty, dot or
/// dot-dot part.
fn folder_shape(folder: &str, found: &mut Vec<String>) {
    let bad = |part: &str| matches!(part, "" | "." | "..");
    if folder.contains('\\') || (!folder.is_empty() && folder.split('/').any(bad)) {
        found.push(format!("relativePath {folder:?} is not a clean folder"));
    }
}

/// Decoded query pairs in their order.
fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// One contract file with its schemas compiled.
struct Contract {
    document: Value,
    /// `components` with every object closed: what a request may hold.
    closed: Value,
    operations: Vec<Operation>,
    compiled: RefCell<BTreeMap<String, Validator>>,
}

struct Operation {
    method: String,
    template: String,
    parameters: Vec<Value>,
    definition: Value,
}

impl Contract {
    fn load(path: &str) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let document: Value =
            serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        let mut closed = document["components"].clone();
        close(&mut closed);
        let mut operations = Vec::new();
        for (template, item) in document["paths"].as_object().expect("paths") {
            for method in ["get", "post", "put", "patch", "delete"] {
                let Some(definition) = item.get(method) else {
                    continue;
                };
                let listed = [item.get("parameters"), definition.get("parameters")];
                let parameters = listed
                    .into_iter()
                    .flatten()
                    .flat_map(|list| list.as_array().expect("parameters is a list"))
                    .map(|parameter| resolve(&document, parameter).clone())
                    .collect();
                operations.push(Operation {
                    method: method.to_ascii_uppercase(),
                    template: template.clone(),
                    parameters,
                    definition: definition.clone(),
                });
            }
        }
        Self {
            document,
            closed,
            operations,
            compiled: RefCell::default(),
        }
    }

    fn judge(&self, exchange: &Exchange, scope: Scope, found: &mut Vec<String>) {
        let Some((operation, values)) = self.operation(exchange) else {
            found.push("no such method and path in the contract".into());
            return;
        };
        if scope != Scope::Answers {
            self.path_parameters(operation, &values, found);
            self.query_parameters(operation, exchange, found);
            self.security(operation, exchange, found);
            self.request_body(operation, exchange, found);
        }
        if scope != Scope::Requests {
            self.response(operation, exchange, found);
        }
    }

    /// The operation with the most literal path that fits, and the values of its placeholders.
    fn operation<'a>(
        &'a self,
        exchange: &Exchange,
    ) -> Option<(&'a Operation, Vec<(String, String)>)> {
        self.operations
            .iter()
            .filter(|operation| operation.method == exchange.method)
            .filter_map(|operation| Some((operation, fit(&operation.template, &exchange.path)?)))
            .min_by_key(|(_, values)| values.len())
    }

    fn path_parameters(
        &self,
        operation: &Operation,
        values: &[(String, String)],
        found: &mut Vec<String>,
    ) {
        for (name, value) in values {
            let Some(parameter) = operation.parameter("path", name) else {
                panic!("{}: {name} is not described", operation.template);
            };
            self.parameter_value(parameter, value, found);
        }
    }

    fn query_parameters(
        &self,
        operation: &Operation,
        exchange: &Exchange,
        found: &mut Vec<String>,
    ) {
        let mut seen = BTreeSet::new();
        for (name, value) in pairs(&exchange.query) {
            let Some(parameter) = operation.parameter("query", &name) else {
                found.push(format!("query parameter {name} is not in the contract"));
                continue;
            };
            let repeated = !seen.insert(name.clone());
            if repeated && parameter["explode"] != json!(true) {
                found.push(format!("query parameter {name} is repeated"));
            }
            // Inferred, and marked in the contract as not to be sent.
            let text = parameter["description"].as_str().unwrap_or_default();
            if text.contains("Not to be sent") {
                found.push(format!("query parameter {name} is not to be sent"));
            }
            self.parameter_value(parameter, &value, found);
            if let Some(limit) = parameter["x-max-encoded-length"]["value"].as_u64()
                && exchange.query.len() as u64 > limit
            {
                found.push(format!("query is longer than {limit} bytes"));
            }
        }
        for parameter in &operation.parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            let required = parameter["required"] == json!(true);
            if parameter["in"] == json!("query") && required && !seen.contains(name) {
                found.push(format!("query parameter {name} is missing"));
            }
        }
        // Without a name this call wipes a segment; the contract forbids a client to send that.
        if operation.definition["operationId"] == json!("deleteAssets")
            && !seen.contains("filename")
        {
            found.push("a deletion without filename wipes the whole segment".into());
        }
    }

    fn parameter_value(&self, parameter: &Value, text: &str, found: &mut Vec<String>) {
        let schema = &parameter["schema"];
        let resolved = resolve(&self.document, schema);
        let value = if resolved["type"] == json!("array") {
            let items = resolve(&self.document, &resolved["items"]);
            if parameter["explode"] == json!(false) {
                text.split(',').map(|part| typed(items, part)).collect()
            } else {
                Value::Array(vec![typed(items, text)])
            }
        } else {
            typed(resolved, text)
        };
        let name = parameter["name"].as_str().unwrap_or_default();
        self.against(false, schema, &value, &format!("{name} "), found);
    }

    fn security(&self, operation: &Operation, exchange: &Exchange, found: &mut Vec<String>) {
        let wanted = operation
            .definition
            .get("security")
            .unwrap_or(&self.document["security"]);
        let wanted: BTreeSet<&String> = wanted
            .as_array()
            .expect("security is a list")
            .iter()
            .flat_map(|entry| entry.as_object().expect("security entry").keys())
            .collect();
        for (name, scheme) in self.document["components"]["securitySchemes"]
            .as_object()
            .expect("schemes")
        {
            let header = scheme["name"].as_str().expect("header name");
            let sent = exchange.count(header);
            if wanted.contains(name) && sent != 1 {
                found.push(format!("header {header} is sent {sent} times, not once"));
            }
            if !wanted.contains(name) && sent != 0 {
                found.push(format!("header {header} must not be sent with this call"));
            }
            if exchange.header(header) == Some("") {
                found.push(format!("header {header} is empty"));
            }
        }
    }

    fn request_body(&self, operation: &Operation, exchange: &Exchange, found: &mut Vec<String>) {
        let Some(body) = operation.definition.get("requestBody") else {
            if !exchange.request_body.is_empty() {
                found.push("a body is sent where the contract has none".into());
            }
            return;
        };
        // A refusal may come before the body was read; then there is nothing to judge.
        let announced = exchange
            .header("content-length")
            .and_then(|text| text.parse().ok());
        if exchange.status >= 400
            && announced.is_some_and(|length| exchange.request_body.len() < length)
        {
            return;
        }
        if exchange.request_body.is_empty() {
            if body["required"] == json!(true) {
                found.push("the body is missing".into());
            }
            return;
        }
        let declared = exchange
            .header("content-type")
            .map(essence)
            .unwrap_or_default();
        let Some(media) = body["content"].get(&declared) else {
            found.push(format!(
                "request Content-Type {declared:?} is not in the contract"
            ));
            return;
        };
        if declared == "multipart/form-data" {
            multipart(exchange, found);
            return;
        }
        let Some(value) = exchange.request_json() else {
            found.push("the request body is no JSON".into());
            return;
        };
        let mut schema = media["schema"].clone();
        close(&mut schema);
        self.against(true, &schema, &value, "request ", found);
    }

    fn response(&self, operation: &Operation, exchange: &Exchange, found: &mut Vec<String>) {
        let responses = &operation.definition["responses"];
        let by_status = responses.get(exchange.status.to_string());
        // `default` stands for failures; a success that is not listed is one the client never
        // learned to read.
        let fallback = if exchange.success() {
            None
        } else {
            responses.get("default")
        };
        let Some(response) = by_status.or(fallback) else {
            found.push("status is not in the contract".into());
            return;
        };
        let response = resolve(&self.document, response);
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            if !exchange.response_body.is_empty() && by_status.is_some() && exchange.success() {
                found.push("the answer has a body where the contract has none".into());
            }
            return;
        };
        let media_type = exchange.media_type().unwrap_or_default();
        let Some(media) = content.get(&media_type).or_else(|| content.get("*/*")) else {
            found.push(format!(
                "answer Content-Type {media_type:?} is not in the contract"
            ));
            return;
        };
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let value = find(&exchange.response_headers, name);
            // The length is added on the wire, after the exchange was kept.
            let optional =
                header["required"] == json!(false) || name.eq_ignore_ascii_case("content-length");
            if value.is_none() && !optional && exchange.success() {
                found.push(format!("answer header {name} is missing"));
            }
        }
        let value = if media_type == "application/json" {
            match exchange.response_json() {
                Some(value) => value,
                None => return found.push("the answer is no JSON".into()),
            }
        } else {
            match String::from_utf8(exchange.response_body.clone()) {
                Ok(text) => Value::String(text),
                Err(_) => return,
            }
        };
        self.against(false, &media["schema"], &value, "answer ", found);
    }

    /// Holds a value against a schema; `closed` refuses members that are not listed.
    fn against(
        &self,
        closed: bool,
        schema: &Value,
        value: &Value,
        what: &str,
        found: &mut Vec<String>,
    ) {
        // Compiling takes longer than judging, and a run has hundreds of exchanges.
        let mut compiled = self.compiled.borrow_mut();
        let validator = compiled
            .entry(format!("{closed}{schema}"))
            .or_insert_with(|| {
                let open = &self.document["components"];
                compile(if closed { &self.closed } else { open }, schema)
            });
        found.extend(
            validator
                .iter_errors(value)
                .map(|error| format!("{what}{}: {error}", error.instance_path())),
        );
    }
}

impl Operation {
    fn parameter(&self, place: &str, name: &str) -> Option<&Value> {
        self.parameters
            .iter()
            .find(|p| p["in"] == json!(place) && p["name"] == json!(name))
    }
}

/// The values of a template's placeholders when the path fits it.
fn fit(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut left, mut right) = (template.split('/'), path.split('/'));
    let mut values = Vec::new();
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Some(values),
            (Some(want), Some(have)) => {
                if let Some(name) = want.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                    let value = percent_decode_str(have).decode_utf8().ok()?.into_owned();
                    values.push((name.to_owned(), value));
                } else if want != have {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

/// Text of a path or query as the type its schema names; left as text when it does not fit, so
/// that the schema refuses it.
fn typed(schema: &Value, text: &str) -> Value {
    let plain = || Value::String(text.to_owned());
    match schema["type"].as_str() {
        Some("integer" | "number") => serde_json::from_str(text).unwrap_or_else(|_| plain()),
        _ => plain(),
    }
}

/// Follows a local `$ref`, if there is one.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(pointer) => {
            let pointer = pointer.strip_prefix('#').expect("a local reference");
            document
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{pointer} leads nowhere"))
        }
        None => value,
    }
}

fn compile(components: &Value, schema: &Value) -> Validator {
    let mut root = schema.as_object().cloned().unwrap_or_else(Map::new);
    root.insert("components".into(), components.clone());
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .build(&Value::Object(root))
        .expect("the contract's schema compiles")
}

/// Closes every object schema that lists properties: a request holds nothing else.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            let lists = map.get("properties").is_some_and(Value::is_object);
            if lists && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// Exactly one part, named `file`, with a file name that cannot break out of its header.
fn multipart(exchange: &Exchange, found: &mut Vec<String>) {
    let value = exchange.header("content-type").unwrap_or_default();
    let Some(boundary) = value.split("boundary=").nth(1).map(|b| b.trim_matches('"')) else {
        found.push("multipart without a boundary".into());
        return;
    };
    let body = &exchange.request_body;
    let opening = format!("--{boundary}\r\n");
    let closing = format!("\r\n--{boundary}--");
    let trimmed = body.strip_suffix(b"\r\n").unwrap_or(body);
    let Some(inner) = trimmed
        .strip_prefix(opening.as_bytes())
        .and_then(|rest| rest.strip_suffix(closing.as_bytes()))
    else {
        found.push("multipart body does not open and close with its boundary".into());
        return;
    };
    let divider = format!("\r\n--{boundary}\r\n");
    if inner
        .windows(divider.len())
        .any(|window| window == divider.as_bytes())
    {
        found.push("more than one multipart part".into());
    }
    let Some(end) = inner.windows(4).position(|window| window == b"\r\n\r\n") else {
        found.push("multipart part without an end of its headers".into());
        return;
    };
    let head = String::from_utf8_lossy(&inner[..end]);
    let disposition = head
        .split("\r\n")
        .find(|line| {
            line.to_ascii_lowercase()
                .starts_with("content-disposition:")
        })
        .unwrap_or_default();
    if !disposition.contains("form-data") || !disposition.contains("name=\"file\"") {
        found.push(format!("the part is not named file: {disposition:?}"));
    }
    if !disposition.contains("filename=") && !disposition.contains("filename*=") {
        found.push("the part has no file name".into());
    }
    if disposition.contains(['\r', '\n', '\0']) {
        found.push("the part's file name breaks its header".into());
    }
}
