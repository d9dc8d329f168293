//! Presigned addresses as S3 makes them (AWS Signature Version 4, in the query): made and checked.
//!
//! Tests hold it against two strangers: s3s-fs judges the signer, rusty-s3 judges the check.
//! Source: AWS documentation, "Authenticating Requests: Using Query Parameters".

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const DATE: &str = "%Y%m%dT%H%M%SZ";
/// S3 takes at most a week.
const LONGEST: u64 = 604_800;

/// Everything but RFC 3986's unreserved characters is encoded.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same for a path, where the slash parts.
const PATH: &AsciiSet = &STRICT.remove(b'/');

/// The storage's one key pair, and where it is.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Access key id: public, it is in every address.
    pub key_id: String,
    /// Secret key.
    pub secret: String,
    /// Region, part of what is signed.
    pub region: String,
}

/// What an address allows.
#[derive(Clone, Debug)]
pub struct Permit<'a> {
    /// `PUT`, in this project.
    pub method: &'a str,
    /// `http://host:port`.
    pub origin: &'a str,
    /// Path before encoding, beginning with a slash.
    pub path: &'a str,
    /// Headers that must come with exactly these values, beside `host`.
    pub headers: &'a [(&'a str, &'a str)],
    /// When it begins to be valid.
    pub at: Timestamp,
    /// For how many seconds.
    pub seconds: u64,
}

/// Why an address was refused, as S3 says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// HTTP status.
    pub status: u16,
    /// S3's code.
    pub code: &'static str,
    /// S3's words.
    pub message: String,
    /// Further elements of the XML answer.
    pub more: Vec<(&'static str, String)>,
}

impl Denied {
    /// A refusal without further elements.
    pub fn new(status: u16, code: &'static str, message: &str) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            more: Vec::new(),
        }
    }
}

impl Signer {
    /// The address that grants `permit`.
    pub fn presign(&self, permit: &Permit<'_>) -> String {
        let host = permit
            .origin
            .split_once("://")
            .map_or(permit.origin, |(_, host)| host);
        let mut headers: Vec<(String, String)> = permit
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned()))
            .collect();
        headers.push(("host".into(), host.into()));
        headers.sort();
        let date = permit.at.strftime(DATE).to_string();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let signed = names.join(";");
        let credential = format!("{}/{}", self.key_id, self.scope(&date));
        let mut query: Vec<(String, String)> = [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &date),
            ("X-Amz-Expires", &permit.seconds.to_string()),
            ("X-Amz-SignedHeaders", &signed),
        ]
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        let path = encode_path(permit.path);
        let canonical = canonical(permit.method, &path, &query, &headers, &signed);
        let signature = self.signature(&date, &canonical);
        query.push(("X-Amz-Signature".into(), signature));
        format!("{}{path}?{}", permit.origin, encode_query(&query))
    }

    /// Checks the query of a request against its method, path and headers.
    ///
    /// `path` and `query` are taken as they came, still encoded.
    pub fn check(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let pairs = decode_query(query);
        let given = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let Some(signature) = given("X-Amz-Signature") else {
            return Err(Denied::new(403, "AccessDenied", "Access Denied"));
        };
        let broken = |message: &str| Denied::new(400, "AuthorizationQueryParametersError", message);
        if given("X-Amz-Algorithm") != Some(ALGORITHM) {
            return Err(broken("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""));
        }
        let (Some(credential), Some(date), Some(expires), Some(signed)) = (
            given("X-Amz-Credential"),
            given("X-Amz-Date"),
            given("X-Amz-Expires"),
            given("X-Amz-SignedHeaders"),
        ) else {
            return Err(broken(
                "Query-string authentication version 4 requires the \
                X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, \
                X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
            ));
        };
        let Some(start) = parse_date(date) else {
            return Err(broken(
                "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
            ));
        };
        let seconds: u64 = expires
            .parse()
            .map_err(|_| broken("X-Amz-Expires should be a number"))?;
        if seconds > LONGEST {
            return Err(broken(
                "X-Amz-Expires must be less than a week (in seconds)",
            ));
        }
        if credential.split('/').next() != Some(self.key_id.as_str()) {
            return Err(Denied::new(
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            ));
        }
        if credential != format!("{}/{}", self.key_id, self.scope(date)) {
            return Err(broken(
                "Error parsing the X-Amz-Credential parameter; the scope is wrong",
            ));
        }
        let names: Vec<&str> = signed.split(';').collect();
        if !names.contains(&"host") {
            return Err(Denied::new(
                403,
                "AccessDenied",
                "The Host header must be signed",
            ));
        }
        // S3 refuses what a middleman could have added: such headers change what is stored.
        let unsigned = headers
            .keys()
            .find(|name| name.as_str().starts_with("x-amz-") && !names.contains(&name.as_str()));
        if let Some(name) = unsigned {
            let mut denied = Denied::new(
                403,
                "AccessDenied",
                "There were headers present in the request which were not signed",
            );
            denied.more.push(("HeadersNotSigned", name.as_str().into()));
            return Err(denied);
        }
        let length = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        let end = start.checked_add(length).unwrap_or(Timestamp::MAX);
        if now >= end {
            let mut denied = Denied::new(403, "AccessDenied", "Request has expired");
            denied.more.push(("X-Amz-Expires", expires.into()));
            denied.more.push(("Expires", end.to_string()));
            denied.more.push(("ServerTime", now.to_string()));
            return Err(denied);
        }
        if start
            > now
                .checked_add(SignedDuration::from_mins(15))
                .unwrap_or(now)
        {
            return Err(Denied::new(403, "AccessDenied", "Request is not valid yet"));
        }
        let sent: Vec<(String, String)> = names
            .iter()
            .map(|name| ((*name).to_owned(), header_value(headers, name)))
            .collect();
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let unsigned: Vec<(String, String)> = pairs
            .iter()
            .filter(|(name, _)| name != "X-Amz-Signature")
            .cloned()
            .collect();
        let canonical = canonical(method, &encode_path(&decoded), &unsigned, &sent, signed);
        if self.signature(date, &canonical) == signature {
            return Ok(());
        }
        let mut denied = Denied::new(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. \
             Check your key and signing method.",
        );
        denied.more.push(("AWSAccessKeyId", self.key_id.clone()));
        denied.more.push(("SignatureProvided", signature.into()));
        denied.more.push(("CanonicalRequest", canonical));
        Err(denied)
    }

    fn scope(&self, date: &str) -> String {
        format!(
            "{}/{}/s3/aws4_request",
            date.get(..8).unwrap_or(date),
            self.region
        )
    }

    fn signature(&self, date: &str, canonical: &str) -> String {
        let text = format!(
            "{ALGORITHM}\n{date}\n{}\n{}",
            self.scope(date),
            sha256_hex(canonical.as_bytes())
        );
        let day = date.get(..8).unwrap_or(date);
        let mut key = hmac(format!("AWS4{}", self.secret).as_bytes(), day);
        for part in [self.region.as_str(), "s3", "aws4_request"] {
            key = hmac(&key, part);
        }
        hex(&hmac(&key, &text))
    }
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A path as it stands in an address: UTF-8, everything but unreserved characters and `/` encoded.
pub fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

fn canonical(
    method: &str,
    path: &str,
    query: &[(String, String)],
    headers: &[(String, String)],
    signed: &str,
) -> String {
    let lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let lines = lines.concat();
    format!(
        "{method}\n{path}\n{}\n{lines}\n{signed}\n{UNSIGNED}",
        encode_query(query)
    )
}

fn encode_query(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, STRICT).to_string();
    let mut encoded: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    encoded.sort();
    encoded.join("&")
}

fn decode_query(query: &str) -> Vec<(String, String)> {
    // Not form decoding: in a signed query a plus is a plus.
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// All values of a header, inner spaces collapsed, as the canonical form wants them.
fn header_value(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<String> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .map(|value| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    values.join(",")
}

fn parse_date(text: &str) -> Option<Timestamp> {
    let moment = civil::DateTime::strptime(DATE, text).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length is fine for HMAC; the Result is the trait's.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Two lower-case hexadecimal digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| char::from(DIGITS[usize::from(half)]))
        .collect()
}
