//! The pages of the list of assets: one, or all of them one after the other.

use serde_json::value::RawValue;

use super::Adapter;
use super::wire::{self, ListPage};
use crate::api::http::{Answer, Method};
use crate::api::{ApiError, ApiErrorKind, Pages};
use crate::domain::Cursor;

impl Adapter {
    /// One page of the list of assets, asked for now. A cursor is sent only when one came back.
    pub(super) async fn page<T>(
        &self,
        operation: &'static str,
        read: fn(&RawValue, bool) -> T,
        cursor: Option<&Cursor>,
    ) -> Result<(Answer, ListPage<T>), ApiError> {
        let mut call = self.assets_call(operation, Method::GET);
        if let Some(cursor) = cursor {
            call = call.query("cursor", &cursor.0);
        }
        let answer = call.answer().await?;
        let page = wire::list_page(&answer, read)?;
        Ok((answer, page))
    }

    /// Goes through the list of assets from this page on, asked for now, without keeping it: a library may
    /// have many thousands.
    pub(super) async fn walk<T>(
        &self,
        operation: &'static str,
        read: fn(&RawValue, bool) -> T,
        from: Option<Cursor>,
        mut each: impl FnMut(T),
    ) -> Result<(), ApiError> {
        let mut pages = Pages::default();
        let mut cursor = pages.next(from)?;
        loop {
            let (answer, page) = self.page(operation, read, cursor.as_ref()).await?;
            page.listed.into_iter().for_each(&mut each);
            cursor = pages
                .next(page.next)
                .map_err(|_| in_circles(&answer, operation))?;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}

fn in_circles(answer: &Answer, operation: &'static str) -> ApiError {
    let mut error = answer.broken("its pages go in circles");
    error.kind = ApiErrorKind::Limit;
    error.operation = operation;
    error
}
