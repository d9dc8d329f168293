//! Reading all things in which assets are used, one after the other.

use std::collections::BTreeMap;

use super::{ApiError, Provider};
use crate::domain::filter::{Usage, Used};

/// Reads each of these, a call each, but for those that a scan has read which did not end, and says
/// before each how many were read. One that cannot be read ends it: it may use any asset. `keep` takes
/// what was read of one.
pub async fn scan(
    provider: &dyn Provider,
    uses: &[String],
    mut kept: BTreeMap<String, Used>,
    mut tell: impl FnMut(usize),
    keep: impl Fn(&str, &Used),
) -> Result<Usage, ApiError> {
    let mut usage = Usage::default();
    for (at, id) in uses.iter().enumerate() {
        tell(at);
        let mut found = kept.remove(id);
        if found.is_none() {
            let texts = provider.use_texts(id).await?;
            keep(id, found.insert(Used::read(texts)));
        }
        if let Some(read) = &found {
            usage.add(read);
        }
    }
    Ok(usage)
}
