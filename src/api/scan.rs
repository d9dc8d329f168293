//! Reading all things in which assets are used, one after the other.

use super::{ApiError, Provider};
use crate::domain::filter::Usage;

/// Reads each of these, a call each, and says before each how many were read. One that cannot be read
/// ends it: it may use any asset.
pub async fn scan(
    provider: &dyn Provider,
    uses: &[String],
    mut tell: impl FnMut(usize),
) -> Result<Usage, ApiError> {
    let mut usage = Usage::default();
    for (read, id) in uses.iter().enumerate() {
        tell(read);
        for text in provider.use_texts(id).await? {
            usage.read(&text);
        }
    }
    Ok(usage)
}
