//! Tests of the command line: it holds together, and takes no secret.

use super::*;
use clap::CommandFactory as _;

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn no_flag_takes_a_key() {
    let commands = Cli::command();
    for command in commands.get_subcommands() {
        for arg in command.get_arguments() {
            let takes_value = arg.get_action().takes_values();
            let name = arg.get_id().as_str();
            let secret = ["key", "token", "password", "secret"];
            assert!(
                !takes_value || !secret.iter().any(|word| name.contains(word)),
                "{name}"
            );
        }
    }
}

#[test]
fn the_settings_file_may_be_named_behind_the_command() {
    let cli = Cli::try_parse_from(["assetdeck", "ls", "--config", "x.toml"]).unwrap();
    assert_eq!(cli.config, Some(PathBuf::from("x.toml")));
}

/// What is broken by hand and again by the width of the terminal leaves words alone on their lines.
#[test]
fn a_paragraph_of_a_help_is_broken_by_the_terminal_alone_where_it_has_to_be() {
    fn judge(command: &clap::Command) {
        let after = command.get_after_help().map(ToString::to_string);
        let after = after.unwrap_or_default();
        for paragraph in after.split("\n\n") {
            let wide = paragraph.lines().any(|line| line.chars().count() > 100);
            let one = paragraph.lines().count() == 1;
            assert!(one || !wide, "{}: {paragraph}", command.get_name());
        }
        command.get_subcommands().for_each(judge);
    }
    judge(&Cli::command());
}
