//! Websites, harvested: the service has no call that lists them.

use std::collections::BTreeMap;

use super::Adapter;
use super::wire::{self, NO_WEBSITE, Website};
use crate::api::http::Method;
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{Container, ContainerId, Detail, RawJson};

impl Adapter {
    /// Every website there is a trace of, and the pseudo website for assets without one.
    pub(super) async fn websites(
        &self,
        operation: &'static str,
    ) -> Result<Vec<Container>, ApiError> {
        let Harvest {
            mut found,
            homeless,
        } = self.harvest(operation).await?;
        let templates = self
            .http
            .call(operation, Method::GET, &["api", "v1", "templates"])
            .answer()
            .await;
        let from_templates = match templates {
            Ok(answer) => wire::template_websites(&answer)?,
            // A key without `templates:read`, or a service without templates: do without them.
            Err(error)
                if matches!(
                    error.kind,
                    ApiErrorKind::Forbidden { .. } | ApiErrorKind::NotFound
                ) =>
            {
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        for website in &from_templates {
            found
                .entry(website.id.clone())
                .or_default()
                .template(website);
        }
        for (id, name) in &self.configured {
            found.entry(id.clone()).or_default().named(name);
        }
        let mut containers: Vec<Container> = found
            .into_iter()
            .filter_map(|(id, found)| found.container(&id))
            .collect();
        containers.sort_by_cached_key(|container| {
            let id = container.id.as_str().to_owned();
            (container.name.to_lowercase(), container.name.clone(), id)
        });
        if homeless > 0 {
            containers.extend(no_website(homeless));
        }
        Ok(containers)
    }
}

/// The websites that the assets of a listing belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Harvest {
    found: BTreeMap<String, Found>,
    /// So many assets belong to none.
    homeless: u64,
}

impl Harvest {
    /// An asset of this website is listed.
    pub fn asset(&mut self, website: Option<&Website>) {
        let Some(website) = website else {
            self.homeless += 1;
            return;
        };
        match self.found.get_mut(&website.id) {
            Some(found) => found.asset(website),
            None => self
                .found
                .entry(website.id.clone())
                .or_default()
                .asset(website),
        }
    }
}

/// What is known of one website.
#[derive(Debug, Clone, Default)]
struct Found {
    name: Option<String>,
    raw: Option<RawJson>,
    assets: u64,
    in_templates: bool,
    in_settings: bool,
}

impl Found {
    fn seen(&mut self, website: &Website) {
        // An entry with a name says more than one with an id only.
        if self.name.is_none() && (website.name.is_some() || self.raw.is_none()) {
            self.name.clone_from(&website.name);
            self.raw = Some(website.raw.clone());
        }
    }

    fn asset(&mut self, website: &Website) {
        self.seen(website);
        self.assets += 1;
    }

    fn template(&mut self, website: &Website) {
        self.seen(website);
        self.in_templates = true;
    }

    fn named(&mut self, name: &str) {
        if self.name.is_none() && !name.is_empty() {
            self.name = Some(name.to_owned());
        }
        self.in_settings = true;
    }

    fn container(self, id: &str) -> Option<Container> {
        let sources: Vec<&str> = [
            (self.assets > 0, "assets"),
            (self.in_templates, "templates"),
            (self.in_settings, "settings"),
        ]
        .iter()
        .filter_map(|(is_there, source)| is_there.then_some(*source))
        .collect();
        let name = self.name.unwrap_or_else(|| id.to_owned());
        Some(Container {
            id: ContainerId::new(id)?,
            raw: self.raw.unwrap_or_else(|| {
                RawJson::new(serde_json::json!({ "id": id, "name": name }).to_string())
            }),
            name,
            folders: Vec::new(),
            segments: None,
            locales: None,
            modified: None,
            details: [
                Detail::some("Assets", Some(self.assets)),
                Detail::some("Known from", Some(sources.join(", "))),
            ]
            .into_iter()
            .flatten()
            .collect(),
        })
    }
}

/// The pseudo website of the assets that belong to none.
pub(super) fn no_website(assets: u64) -> Option<Container> {
    Some(Container {
        id: ContainerId::new(NO_WEBSITE)?,
        name: "No website".to_owned(),
        folders: Vec::new(),
        segments: None,
        locales: None,
        modified: None,
        details: Detail::some("Assets", Some(assets)).into_iter().collect(),
        raw: RawJson::new("null"),
    })
}
