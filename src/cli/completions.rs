//! `completions`: the words of all commands and flags, for the shell to fill in, and the way to ask us for
//! those that only this machine knows.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output::Output;

/// Asks for accounts, places and locales first. To bash a colon ends a word, so the line itself is
/// read, and of what is offered only what stands behind the last colon is handed on.
const BASH: &str = r#"
_assetdeck_known() {
    local line="${COMP_LINE:0:COMP_POINT}" one cur begin=""
    local -a typed
    read -ra typed <<<"$line"
    if [[ $line == *[[:space:]] ]]; then
        typed+=("")
    fi
    cur="${typed[${#typed[@]}-1]}"
    if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
        begin="${cur%"${cur##*:}"}"
    fi
    COMPREPLY=()
    while IFS=$'\t' read -r one _; do
        COMPREPLY+=("${one#"$begin"}")
        if [[ $one == *:* ]]; then
            compopt -o nospace 2>/dev/null
        fi
    done < <("$1" complete-words -- "${typed[@]:1}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        _assetdeck "$@"
    fi
}
complete -F _assetdeck_known -o bashdefault -o default assetdeck
"#;

/// The same; zsh knows what a word is.
const ZSH: &str = r#"
_assetdeck() {
    local -a lines offers notes
    lines=("${(@f)$(${(Q)words[1]} complete-words -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -z "$lines" ]]; then
        _assetdeck_words "$@"
        return
    fi
    offers=("${(@)lines%%$'\t'*}")
    notes=("${(@)lines/$'\t'/  -- }")
    compadd -Q -S '' -l -d notes -a offers
}

"#;

/// The same; fish shows what each one means.
const FISH: &str = r"
function __assetdeck_known
    set -l typed (commandline -opc) (commandline -ct)
    set -l program $typed[1]
    set -e typed[1]
    $program complete-words -- $typed 2>/dev/null
end
complete -c assetdeck -a '(__assetdeck_known)'
";

/// Prints the script of this shell.
pub fn completions(output: &mut Output, shell: Shell) -> Result<(), Failure> {
    output.page(script(shell).trim_end())
}

fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "assetdeck", &mut bytes);
    let words = String::from_utf8_lossy(&bytes).into_owned();
    match shell {
        Shell::Bash => words + BASH,
        Shell::Fish => words + FISH,
        // The last lines call the function, whatever it does by then.
        Shell::Zsh => match words.rfind("if [ \"$funcstack[1]\"") {
            Some(at) => {
                let (functions, call) = words.split_at(at);
                let functions = functions.replacen("\n_assetdeck() {", "\n_assetdeck_words() {", 1);
                functions + ZSH.trim_start() + call
            }
            None => words,
        },
        _ => words,
    }
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
