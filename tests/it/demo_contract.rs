//! The embedded server by itself: every kind of answer it gives, refusals above all, is valid by the
//! contracts. No adapter takes part, so nothing can cancel out.

use serde_json::{Value, json};

use crate::support::contract::Scope;
use crate::support::server::Server;
use crate::support::wire::{Answer, ask};

/// One service's side of the server, asked by hand.
struct Caller<'a> {
    origin: &'a str,
    headers: Vec<(&'a str, &'a str)>,
}

impl Caller<'_> {
    #[track_caller]
    fn gets(&self, status: u16, method: &str, target: &str) -> Answer {
        self.sends(status, method, target, None)
    }

    #[track_caller]
    fn sends(&self, status: u16, method: &str, target: &str, body: Option<&Value>) -> Answer {
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let mut headers = self.headers.clone();
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let answer = ask(self.origin, method, target, &headers, &bytes);
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, status, "{method} {target}: {text}");
        answer
    }
}

#[test]
fn the_websites_side_answers_by_its_contract() {
    let server = Server::start().judged(Scope::Answers);
    let ready = server.demo().ready_json("unused".as_ref());
    let key = ready["segmentflow"]["api_key"].as_str().unwrap();
    let origin = server.demo().segmentflow_url();
    let web = Caller {
        origin,
        headers: vec![("x-api-key", key)],
    };

    let page = web.gets(200, "GET", "/api/v1/assets").json();
    let cursor = page["nextCursor"].as_str().expect("more than one page");
    web.gets(200, "GET", &format!("/api/v1/assets?cursor={cursor}"));
    web.gets(400, "GET", "/api/v1/assets?cursor=invented");
    web.gets(200, "GET", "/api/v1/templates");
    let template = web.gets(200, "GET", "/api/v1/templates").json()[0]["id"].clone();
    web.gets(
        200,
        "GET",
        &format!("/api/v1/templates/{}", template.as_str().unwrap()),
    );

    let nobody = Caller {
        origin,
        headers: Vec::new(),
    };
    nobody.gets(401, "GET", "/api/v1/assets");
    let wrong = Caller {
        origin,
        headers: vec![("x-api-key", "sk_live_wrong")],
    };
    wrong.gets(401, "GET", "/api/v1/assets");
    let env = server.demo().env();
    let guest = env
        .iter()
        .find(|(name, _)| name == "ASSETDECK_KEY_GUEST_WEB")
        .expect("a guest");
    let guest = Caller {
        origin,
        headers: vec![("x-api-key", &guest.1)],
    };
    let refusal = guest.gets(403, "GET", "/api/v1/assets").json();
    assert_eq!(refusal["error"], "insufficient_scope");

    let upload = "/api/v1/assets/upload-url";
    let sound = json!({"filename": "a.png", "contentType": "image/png", "size": 5});
    let with = |name: &str, value: Value| {
        let mut body = sound.clone();
        body[name] = value;
        body
    };
    for (status, body) in [
        (422, with("size", json!(20_971_521))),
        (422, with("contentType", json!("image/webp"))),
        (422, with("filename", json!(""))),
    ] {
        web.sends(status, "POST", upload, Some(&body));
    }
    let link = web.sends(200, "POST", upload, Some(&sound)).json();
    // Not put yet: the record would name nothing.
    let record =
        json!({"filename": "a.png", "s3Key": link["key"], "contentType": "image/png", "size": 5});
    let early = web
        .sends(422, "POST", "/api/v1/assets", Some(&record))
        .json();
    assert!(early["message"].is_string());
    let put = |headers: &[(&str, &str)], body: &[u8]| {
        let url = link["uploadUrl"].as_str().unwrap();
        let target = &url[server.demo().storage_url().len()..];
        ask(server.demo().storage_url(), "PUT", target, headers, body).status
    };
    assert_eq!(put(&[("content-type", "image/jpeg")], b"bytes"), 403);
    assert_eq!(put(&[("content-type", "image/png")], b"byte"), 403);
    assert_eq!(
        put(
            &[("content-type", "image/png"), ("authorization", "Bearer x")],
            b"bytes"
        ),
        400
    );
    assert_eq!(put(&[("content-type", "image/png")], b"bytes"), 200);
    let made = web
        .sends(200, "POST", "/api/v1/assets", Some(&record))
        .json();
    let path = format!("/api/v1/assets/{}", made["asset"]["id"].as_str().unwrap());
    web.sends(
        200,
        "PATCH",
        &path,
        Some(&json!({"altText": "five bytes", "tags": []})),
    );
    web.sends(
        422,
        "PATCH",
        &path,
        Some(&json!({"altText": "x".repeat(201)})),
    );
    web.gets(400, "DELETE", "/api/v1/assets/17");
    let deleted = ask(origin, "DELETE", &path, &web.headers, b"");
    assert!(matches!(deleted.status, 200 | 204), "{deleted:?}");
    web.gets(404, "DELETE", &path);
}

#[test]
fn the_documents_side_answers_by_its_contract() {
    let server = Server::start().judged(Scope::Answers);
    let origin = server.demo().wordbee_url();
    let ready = server.demo().ready_json("unused".as_ref());
    let account = ready["wordbee"]["account_id"].as_str().unwrap();
    let nobody = Caller {
        origin,
        headers: Vec::new(),
    };
    let sign_in = |key: &Value| json!({"accountid": account, "key": key});
    nobody.sends(
        400,
        "POST",
        "/api/auth/token",
        Some(&sign_in(&json!("wrong"))),
    );
    let token = nobody
        .sends(
            200,
            "POST",
            "/api/auth/token",
            Some(&sign_in(&ready["wordbee"]["api_key"])),
        )
        .json();
    let headers = vec![
        ("x-auth-token", token.as_str().unwrap()),
        ("x-auth-accountid", account),
    ];
    let flex = Caller { origin, headers };
    let lapsed = Caller {
        origin,
        headers: vec![("x-auth-token", "old"), ("x-auth-accountid", account)],
    };
    let refusal = lapsed
        .sends(401, "POST", "/api/apps/wbflex/list", Some(&json!({})))
        .json();
    assert_eq!(refusal["error"]["title"], "Token invalid or expired.");

    let list = flex
        .sends(
            200,
            "POST",
            "/api/apps/wbflex/list",
            Some(&json!({"take": 500})),
        )
        .json();
    let id = list["rows"][0]["id"]
        .as_str()
        .expect("a document")
        .to_owned();
    flex.sends(
        400,
        "POST",
        "/api/apps/wbflex/list",
        Some(&json!({"take": 501})),
    );
    let document = format!("/api/apps/wbflex/documents/{id}");
    let detail = flex.gets(200, "GET", &document).json();
    let short = flex.gets(200, "GET", &format!("{document}/short")).json();
    assert_eq!(detail["name"], short["name"]);
    flex.gets(400, "GET", "/api/apps/wbflex/documents/999999999/short");
    flex.gets(
        200,
        "GET",
        &format!("/api/projects/{}/locales", detail["pid"]),
    );
    flex.sends(
        200,
        "POST",
        &format!("{document}/components"),
        Some(&json!({})),
    );

    let scope = json!({"type": "DocumentSet", "dsid": short["dsid"]});
    let search = flex
        .sends(
            200,
            "POST",
            "/api/resources/segments/search",
            Some(&json!({"scope": scope})),
        )
        .json();
    let sid = search["result"]["rows"][0]["sid"]
        .as_u64()
        .expect("a segment");
    flex.sends(
        400,
        "POST",
        "/api/resources/segments/search",
        Some(&json!({})),
    );
    let item = format!("/api/resources/segments/search/item/{sid}");
    flex.sends(200, "POST", &item, Some(&json!({"scope": scope})));

    let pull = flex
        .sends(
            200,
            "POST",
            &format!("{document}/contents/pull"),
            Some(&json!({})),
        )
        .json();
    assert_eq!(pull["trm"]["status"], "Finished");
    let file = format!(
        "/api/media/get/{}",
        pull["custom"]["filetoken"].as_str().unwrap()
    );
    flex.gets(200, "GET", &file);
    flex.gets(400, "GET", "/api/trm/status?requestid=999999");

    let segment = format!("{document}/assets/{sid}");
    flex.gets(200, "GET", &format!("{segment}/list"));
    flex.gets(
        200,
        "GET",
        &format!("{document}/assets/list?segmentIds={sid}"),
    );
    flex.gets(400, "GET", &format!("{document}/assets/list?segmentIds=x"));
    flex.sends(
        400,
        "POST",
        &segment,
        Some(&json!({"filetoken": "invented"})),
    );
    let part = "--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\r\nbytes\r\n--B--\r\n";
    let mut multipart = flex.headers.clone();
    multipart.push(("content-type", "multipart/form-data; boundary=B"));
    let media = ask(
        origin,
        "POST",
        "/api/media/upload",
        &multipart,
        part.as_bytes(),
    );
    assert_eq!(media.status, 200);
    let token = media.json()["result"]["token"].clone();
    let body = json!({"filetoken": token, "locale": "de", "relativePath": "a/b"});
    let asset = flex.sends(200, "POST", &segment, Some(&body)).json();
    assert_eq!(asset["relativePath"], "a\\b");
    flex.sends(400, "POST", &segment, Some(&body));
    flex.gets(
        200,
        "GET",
        &format!("{segment}?filename=x.png&locale=de&relativePath=a/b"),
    );
    flex.gets(404, "GET", &format!("{segment}?filename=none.png"));
    flex.gets(
        200,
        "DELETE",
        &format!("{segment}?filename=x.png&locale=de&relativePath=a/b"),
    );
    flex.gets(200, "DELETE", &format!("{segment}?filename=none.png"));
    flex.gets(200, "DELETE", "/api/auth/token");
    flex.gets(401, "GET", &document);
}

#[test]
fn an_allowance_that_is_used_up_is_told_by_the_contract() {
    let server = Server::with(|options| options.calls_per_hour = Some(1)).judged(Scope::Answers);
    let origin = server.demo().wordbee_url();
    let ready = server.demo().ready_json("unused".as_ref());
    let account = ready["wordbee"]["account_id"].as_str().unwrap();
    let nobody = Caller {
        origin,
        headers: Vec::new(),
    };
    let body = json!({"accountid": account, "key": ready["wordbee"]["api_key"]});
    let token = nobody
        .sends(200, "POST", "/api/auth/token", Some(&body))
        .json();
    let headers = vec![
        ("x-auth-token", token.as_str().unwrap()),
        ("x-auth-accountid", account),
    ];
    let flex = Caller { origin, headers };
    flex.sends(200, "POST", "/api/apps/wbflex/list", Some(&json!({})));
    flex.sends(429, "POST", "/api/apps/wbflex/list", Some(&json!({})));
}
