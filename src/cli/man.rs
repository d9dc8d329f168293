//! `man`: the manual pages, made from the same words as `--help`.

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::args::Cli;
use super::failure::Failure;
use super::output::Output;
use crate::domain::{SafeText, nearest};

/// Prints the page of the program, or of one command.
pub fn man(output: &mut Output, command: Option<&str>) -> Result<(), Failure> {
    let page = page(command).map_err(|error| match error {
        PageError::Unknown(failure) => failure,
        PageError::Io(error) => error.into(),
    })?;
    output.page(page.trim_end())
}

enum PageError {
    Unknown(Failure),
    Io(std::io::Error),
}

impl From<std::io::Error> for PageError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn page(name: Option<&str>) -> Result<String, PageError> {
    let mut program = Cli::command();
    program.build();
    let Some(name) = name else {
        return Ok(rendered(program)?);
    };
    let found = program.find_subcommand(name).cloned();
    let command = found.ok_or_else(|| PageError::Unknown(unknown(&program, name)))?;
    // A page is found by this name: assetdeck-upload.
    let title = format!("assetdeck-{name}");
    Ok(rendered(command.display_name(title))?)
}

fn unknown(program: &Command, name: &str) -> Failure {
    let names = program.get_subcommands().map(Command::get_name);
    let failure = Failure::usage(format!("there is no command “{}”", SafeText::name(name)));
    match nearest(name, names) {
        Some(near) => failure.hint(format!("Did you mean {near}?")),
        None => failure.hint("`assetdeck help` lists them."),
    }
}

/// The page: clap's sections, then each of ours. Those keep their lines, so that what is aligned and
/// what can be pasted stays so.
fn rendered(command: Command) -> std::io::Result<String> {
    let after = command.get_after_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let man = Man::new(command);
    let mut bytes = Vec::new();
    man.render_title(&mut bytes)?;
    man.render_name_section(&mut bytes)?;
    man.render_synopsis_section(&mut bytes)?;
    man.render_description_section(&mut bytes)?;
    man.render_options_section(&mut bytes)?;
    if has_commands {
        man.render_subcommands_section(&mut bytes)?;
    }
    let mut roff = Roff::default();
    for line in after.unwrap_or_default().lines() {
        match line.strip_suffix(':').filter(|head| !head.starts_with(' ')) {
            Some(head) => {
                roff.control("SH", [head.to_uppercase().as_str()]);
                roff.control("nf", []);
            }
            None if line.contains("assetdeck ") && line.starts_with("  ") => {
                roff.text([bold(line)]);
            }
            None => {
                roff.text([roman(line)]);
            }
        }
    }
    roff.to_writer(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Exit;

    fn printed(name: Option<&str>) -> String {
        page(name).unwrap_or_else(|_| panic!("no page for {name:?}"))
    }

    #[test]
    fn the_page_names_every_command_and_every_exit_code() {
        let page = printed(None);
        let program = Cli::command();
        for command in program.get_subcommands().filter(|it| !it.is_hide_set()) {
            let name = command.get_name().replace('-', "\\-");
            assert!(page.contains(&name), "{name} in {page}");
        }
        let (_, codes) = page.split_once(".SH \"EXIT CODES\"").expect("a section");
        for exit in Exit::ALL {
            let line = format!("  {}  ", exit.code());
            assert!(codes.contains(&line), "{exit:?} in {codes}");
        }
    }

    #[test]
    fn a_command_has_a_page_of_its_own_and_a_wrong_one_is_named() {
        let page = printed(Some("upload"));
        assert!(
            page.contains("assetdeck\\-upload") && page.contains("EXAMPLES"),
            "{page}"
        );
        let Err(PageError::Unknown(failure)) = super::page(Some("uplaod")) else {
            panic!("there is no such page")
        };
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.hint.contains("upload"));
    }
}
