//! Finding a theme by its name: one that is built in, or a file of the folder `themes` beside the
//! settings.

use std::path::Path;

use super::file::{ConfigError, Unread, read};
use super::model::{self, Problem};
use crate::domain::{Looks, SafeText, nearest};

/// The theme of this name; `folder` holds the settings file. An error in its file names that file and
/// the line, and an unknown name what there is.
pub fn find(name: &str, folder: &Path) -> Result<Looks, Result<ConfigError, String>> {
    if let Some(looks) = Looks::built_in(name) {
        return Ok(looks);
    }
    let themes = folder.join("themes");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.chars().all(plain) {
        return Err(Err(format!(
            "`{}` cannot be a theme's name; use letters, digits, `-` and `_`",
            SafeText::name(name)
        )));
    }
    let file = themes.join(format!("{name}.toml"));
    let failed = |line, message| ConfigError {
        file: Some(file.clone()),
        line,
        message,
    };
    match read(&file) {
        Ok(text) => {
            model::theme(&text).map_err(|Problem { line, message }| Ok(failed(line, message)))
        }
        Err(Unread::Missing) => Err(Err(unknown(name, &themes))),
        Err(why) => Err(Ok(failed(None, why.to_string()))),
    }
}

fn unknown(name: &str, themes: &Path) -> String {
    let mut known: Vec<String> = Looks::BUILT_IN.map(str::to_owned).to_vec();
    let files = std::fs::read_dir(themes).into_iter().flatten().flatten();
    let mut named: Vec<String> = files
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".toml")?.to_owned())
        })
        .collect();
    named.sort();
    known.extend(named);
    let near = nearest(name, known.iter().map(String::as_str)).map_or_else(
        || ".".to_owned(),
        |near| format!("; did you mean `{}`?", SafeText::name(near)),
    );
    let known: Vec<String> = known
        .iter()
        .map(|it| SafeText::name(it).into_string())
        .collect();
    format!(
        "there is no theme `{name}`{near} There are {}, and files in {}",
        known.join(", "),
        SafeText::name(&themes.to_string_lossy())
    )
}
