//! Templates: the only place that tells where assets are used.

use serde_json::Value;

use super::{Adapter, wire};
use crate::api::ApiError;
use crate::api::http::Method;

const LIST: &str = "list templates";
/// What a template is put away as.
const ARCHIVED: &str = "Archived";

impl Adapter {
    /// The ids of all templates.
    pub(super) async fn template_ids(&self) -> Result<Vec<String>, ApiError> {
        let call = || {
            self.http
                .call(LIST, Method::GET, &["api", "v1", "templates"])
        };
        let mut ids = wire::template_ids(&call().answer().await?)?;
        // Whether those that are put away come without being asked for is not documented.
        let archived = call().query("status", ARCHIVED).answer().await?;
        for id in wire::template_ids(&archived)? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// All texts of a template, wherever in it they stand: its definition is not fully documented.
    pub(super) async fn template_texts(&self, id: &str) -> Result<Vec<String>, ApiError> {
        let path = ["api", "v1", "templates", id];
        let call = self.http.call("read a template", Method::GET, &path);
        let answer = call.answer().await?;
        let broken = |error| answer.broken(format!("its answer could not be read: {error}"));
        let value: Value = serde_json::from_str(answer.raw()?.get()).map_err(broken)?;
        let mut texts = Vec::new();
        gather(value, &mut texts);
        Ok(texts)
    }
}

fn gather(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Array(values) => values.into_iter().for_each(|it| gather(it, texts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                texts.push(name);
                gather(value, texts);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}
