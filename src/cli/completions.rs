//! `completions`: the words of all commands and flags, for the shell to fill in.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output::Output;

/// Prints the script of this shell.
pub fn completions(output: &mut Output, shell: Shell) -> Result<(), Failure> {
    output.page(script(shell).trim_end())
}

fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "assetdeck", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::domain::SafeText;

    #[test]
    fn every_script_is_printed_as_it_is() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            let lines: Vec<String> = SafeText::lines(script.trim_end())
                .into_iter()
                .map(SafeText::into_string)
                .collect();
            let plain: Vec<&str> = script.trim_end().lines().collect();
            assert_eq!(lines, plain, "{shell}");
            assert!(script.contains("completions"), "{shell}");
        }
    }
}
