//! Every answer of a walk through both services, held against the contracts under `tests/contracts`.

use serde_json::{Value, json};

use super::{Session, cut, demo, send, web, web_as};
use crate::demo::Exchange;

struct Contract(Value);

impl Contract {
    fn of(origin: &str) -> Self {
        let text = match origin {
            "segmentflow" => include_str!("../../../tests/contracts/segmentflow.openapi.yaml"),
            _ => include_str!("../../../tests/contracts/wordbee-flex.openapi.yaml"),
        };
        Self(serde_saphyr::from_str(text).expect("a contract"))
    }

    fn follow<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node["$ref"].as_str() {
            Some(reference) => self.0.pointer(&reference[1..]).expect(reference),
            None => node,
        }
    }

    /// The operation of a method and path; fixed parts win over placeholders.
    fn operation(&self, exchange: &Exchange) -> &Value {
        let paths = self.0["paths"].as_object().expect("paths");
        let given: Vec<&str> = exchange.path.split('/').collect();
        let fits = |template: &&String| {
            let parts: Vec<&str> = template.split('/').collect();
            parts.len() == given.len()
                && parts
                    .iter()
                    .zip(&given)
                    .all(|(part, given)| part.starts_with('{') || part == given)
        };
        let best = paths
            .keys()
            .filter(fits)
            .min_by_key(|template| template.matches('{').count());
        let operation = &paths[best.unwrap_or_else(|| panic!("no path {}", exchange.path))]
            [exchange.method.to_lowercase().as_str()];
        assert!(
            operation.is_object(),
            "{} {}",
            exchange.method,
            exchange.path
        );
        operation
    }

    fn judge(&self, schema: &Value, value: &Value, what: &str) {
        let mut whole = schema.clone();
        whole["components"] = self.0["components"].clone();
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        let errors: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}\n{}\n{value}", errors.join("\n"));
    }

    fn check(&self, exchange: &Exchange) {
        let what = format!(
            "{} {} -> {}",
            exchange.method, exchange.path, exchange.status
        );
        let operation = self.operation(exchange);
        let status = exchange.status.to_string();
        let responses = &operation["responses"];
        assert!(
            responses[&status].is_object() || exchange.status == 400,
            "{what}: this status is in the contract's default only"
        );
        let response = if responses[&status].is_object() {
            &responses[&status]
        } else {
            &responses["default"]
        };
        let content = &self.follow(response)["content"];
        let kind = exchange
            .response_headers
            .iter()
            .find(|(name, _)| name == "content-type");
        let kind = kind.map(|(_, value)| value.split(';').next().unwrap_or("").to_owned());
        if let (Some("application/json"), true) =
            (kind.as_deref(), content["application/json"].is_object())
        {
            let value: Value = serde_json::from_slice(&exchange.response_body).expect(&what);
            self.judge(&content["application/json"]["schema"], &value, &what);
        } else {
            assert!(
                content["application/json"].is_null() || content["*/*"].is_object(),
                "{what}: {kind:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_is_valid_by_its_contract() {
    let demo = demo().await;
    let page = web(&demo, "GET", "assets", None).await.json();
    let cursor = page["nextCursor"].as_str().unwrap();
    web(&demo, "GET", &format!("assets?cursor={cursor}"), None).await;
    let body = json!({"filename": "a.csv", "contentType": "text/csv", "size": 3, "assetType": "content-document"});
    let link = web(&demo, "POST", "assets/upload-url", Some(body))
        .await
        .json();
    let (origin, target) = cut(link["uploadUrl"].as_str().unwrap());
    send(
        &origin,
        "PUT",
        &target,
        &[("content-type", "text/csv")],
        b"a;b",
    )
    .await;
    let body =
        json!({"filename": "a.csv", "s3Key": link["key"], "contentType": "text/csv", "size": 3});
    let made = web(&demo, "POST", "assets", Some(body)).await.json();
    let path = format!("assets/{}", made["asset"]["id"].as_str().unwrap());
    web(
        &demo,
        "PATCH",
        &path,
        Some(json!({"altText": "x", "tags": ["y"]})),
    )
    .await;
    web(&demo, "PATCH", &path, Some(json!({"tags": 1}))).await;
    web(&demo, "DELETE", &path, None).await;
    web(&demo, "DELETE", &path, None).await;
    let templates = web(&demo, "GET", "templates", None).await.json();
    for template in templates.as_array().unwrap() {
        web(
            &demo,
            "GET",
            &format!("templates/{}", template["id"].as_str().unwrap()),
            None,
        )
        .await;
    }
    web_as(&demo, "guest-web", "GET", "assets", None).await;
    send(demo.segmentflow_url(), "GET", "/api/v1/templates", &[], b"").await;

    let session = Session::new(&demo, "acme-loc").await;
    let call = async |method: &str, path: &str, body: Option<Value>| {
        session.call(method, path, body).await
    };
    call("POST", "apps/wbflex/list", Some(json!({"take": 500}))).await;
    call("POST", "apps/wbflex/list", Some(json!({"take": 5_000}))).await;
    for id in ["19914", "20417", "20533", "20611"] {
        call("GET", &format!("apps/wbflex/documents/{id}"), None).await;
        call("GET", &format!("apps/wbflex/documents/{id}/short"), None).await;
        call(
            "POST",
            &format!("apps/wbflex/documents/{id}/components"),
            Some(json!({})),
        )
        .await;
        let pull = call(
            "POST",
            &format!("apps/wbflex/documents/{id}/contents/pull"),
            Some(json!({})),
        )
        .await
        .json();
        let mut token = pull["custom"]["filetoken"].clone();
        if token.is_null() {
            let path = format!("trm/status?requestid={}", pull["trm"]["requestid"]);
            call("GET", &path, None).await;
            token = call("GET", &path, None).await.json()["custom"]["filetoken"].clone();
        }
        call(
            "GET",
            &format!("media/get/{}", token.as_str().unwrap()),
            None,
        )
        .await;
    }
    let scope = json!({"scope": {"type": "Project", "projectid": 702}, "take": 1_000});
    call("POST", "resources/segments/search", Some(scope)).await;
    let scope = json!({"scope": {"type": "Project", "projectid": 700}});
    call(
        "POST",
        "resources/segments/search/item/27667833",
        Some(scope),
    )
    .await;
    call("GET", "projects/700/locales", None).await;
    let to = "apps/wbflex/documents/19914/assets/27667833";
    session
        .attach(
            to,
            "a.png",
            b"abc",
            json!({"locale": "fr", "relativePath": "x/y"}),
        )
        .await;
    session.attach(to, "b.png", b"abc", json!({})).await;
    call("GET", &format!("{to}/list"), None).await;
    call(
        "GET",
        "apps/wbflex/documents/19914/assets/list?segmentIds=27667833,27667837",
        None,
    )
    .await;
    call("GET", &format!("{to}?filename=b.png"), None).await;
    call("GET", &format!("{to}?filename=none.png"), None).await;
    call("DELETE", &format!("{to}?filename=b.png"), None).await;
    let worker = Session::new(&demo, "guest-loc").await;
    worker
        .call("DELETE", &format!("{to}?filename=b.png"), None)
        .await;
    worker
        .call("POST", to, Some(json!({"filetoken": "x"})))
        .await;
    call("DELETE", "auth/token", None).await;
    call("GET", &format!("{to}/list"), None).await;

    let exchanges = demo.exchanges();
    assert!(exchanges.len() > 50, "{}", exchanges.len());
    let (web, flex) = (Contract::of("segmentflow"), Contract::of("wordbee"));
    for exchange in &exchanges {
        match exchange.origin.as_str() {
            "segmentflow" => web.check(exchange),
            "wordbee" => flex.check(exchange),
            _ => {}
        }
    }
}

#[test]
#[should_panic(expected = "fileSizeInBytes")]
fn the_judge_sees_a_missing_member() {
    let asset = json!([{"documentId": "1", "segmentId": 1, "fileName": "a"}]);
    let schema = json!({"$ref": "#/components/schemas/AssetList"});
    Contract::of("wordbee").judge(&schema, &asset, "a list");
}
