//! `schema`: the shape of every line that `--json` prints, as a JSON Schema with a version.

use super::failure::Failure;
use super::output::Output;

/// Each line of JSON that the tests see is judged by it.
const SCHEMA: &str = include_str!("../../assets/schema.json");

/// Prints it.
pub fn schema(output: &mut Output) -> Result<(), Failure> {
    output.page(SCHEMA.trim_end())
}
