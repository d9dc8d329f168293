//! Websites, harvested: the service has no call that lists them.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::wire::{self, NO_WEBSITE, Website};
use super::{Adapter, FRESH};
use crate::api::http::Method;
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{Container, ContainerId, Cursor, Detail, RawJson};

impl Adapter {
    /// Every website there is a trace of, and the pseudo website for assets without one.
    pub(super) async fn websites(
        &self,
        operation: &'static str,
    ) -> Result<Vec<Container>, ApiError> {
        let mut harvest = self.begun(operation).await?;
        if let Some(next) = harvest.next.take() {
            let each = |website: Option<Website>| harvest.asset(website.as_ref());
            self.walk(operation, wire::home, Some(next), each).await?;
            self.remember(harvest.clone());
        }
        Ok(self.traced(harvest))
    }

    /// Those that templates, the settings and the first page of assets tell, without how many assets they
    /// have; none where that page is all. What was asked for is not asked again for the others.
    pub(super) async fn first_websites(
        &self,
        operation: &'static str,
    ) -> Result<Option<Vec<Container>>, ApiError> {
        let harvest = self.begun(operation).await?;
        Ok(harvest.next.is_some().then(|| self.traced(harvest)))
    }

    /// What this very action has just listed; else the first page and the templates, asked for now.
    async fn begun(&self, operation: &'static str) -> Result<Harvest, ApiError> {
        let recent = self.recent().clone();
        let fresh = recent.filter(|(at, _)| at.elapsed() < FRESH);
        let (at, mut harvest) = match fresh {
            Some(recent) => recent,
            None => (Instant::now(), self.first_page(operation).await?),
        };
        if harvest.templates.is_none() {
            harvest.templates = Some(self.of_templates(operation).await?);
        }
        *self.recent() = Some((at, harvest.clone()));
        Ok(harvest)
    }

    async fn first_page(&self, operation: &'static str) -> Result<Harvest, ApiError> {
        let (_, page) = self.page(operation, wire::home, None).await?;
        let mut harvest = Harvest {
            next: page.next,
            ..Harvest::default()
        };
        for website in page.listed {
            harvest.asset(website.as_ref());
        }
        Ok(harvest)
    }

    /// The websites that templates belong to.
    async fn of_templates(&self, operation: &'static str) -> Result<Vec<Website>, ApiError> {
        let templates = self
            .http
            .call(operation, Method::GET, &["api", "v1", "templates"])
            .answer()
            .await;
        match templates {
            Ok(answer) => wire::template_websites(&answer),
            // A key without `templates:read`, or a service without templates: do without them.
            Err(error)
                if matches!(
                    error.kind,
                    ApiErrorKind::Forbidden { .. } | ApiErrorKind::NotFound
                ) =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// The websites that there is a trace of in these and in the settings.
    fn traced(&self, harvest: Harvest) -> Vec<Container> {
        let whole = harvest.next.is_none();
        let mut found = harvest.found;
        for website in harvest.templates.iter().flatten() {
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
            .filter_map(|(id, found)| found.container(&id, whole))
            .collect();
        containers.sort_by_cached_key(|container| {
            let id = container.id.as_str().to_owned();
            (container.name.to_lowercase(), container.name.clone(), id)
        });
        if harvest.homeless > 0 {
            containers.extend(no_website(whole.then_some(harvest.homeless)));
        }
        containers
    }
}

/// The websites that the assets of a listing belong to.
#[derive(Debug, Clone, Default)]
pub(super) struct Harvest {
    found: BTreeMap<String, Found>,
    /// So many assets belong to none.
    homeless: u64,
    /// Where the rest of the listing begins.
    next: Option<Cursor>,
    /// Those of templates, where they were asked for.
    templates: Option<Vec<Website>>,
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

    /// `whole`: every asset was counted.
    fn container(self, id: &str, whole: bool) -> Option<Container> {
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
                Detail::some("Assets", whole.then_some(self.assets)),
                Detail::some("Known from", Some(sources.join(", "))),
            ]
            .into_iter()
            .flatten()
            .collect(),
        })
    }
}

/// The pseudo website of the assets that belong to none.
pub(super) fn no_website(assets: Option<u64>) -> Option<Container> {
    Some(Container {
        id: ContainerId::new(NO_WEBSITE)?,
        name: "No website".to_owned(),
        folders: Vec::new(),
        segments: None,
        locales: None,
        modified: None,
        details: Detail::some("Assets", assets).into_iter().collect(),
        raw: RawJson::new("null"),
    })
}
