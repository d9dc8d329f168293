//! `completions`: the words of all commands and flags, for the shell to fill in, and the way to ask us for
//! those that only this machine knows.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::complete::is_known;
use super::failure::Failure;
use super::output::Output;

/// Asks for accounts, places and locales first. To bash a colon or an equals sign ends a word, so the
/// line itself is read, and of what is offered only what stands behind the last one is handed on.
const BASH: &str = r#"
_assetdeck_known() {
    local line="${COMP_LINE:0:COMP_POINT}" one cur begin=""
    local -a typed
    read -ra typed <<<"$line"
    if [[ $line == *[[:space:]] ]]; then
        typed+=("")
    fi
    cur="${typed[${#typed[@]}-1]}"
    if [[ $cur == *[:=]* && $COMP_WORDBREAKS == *:* ]]; then
        begin="${cur%"${cur##*[:=]}"}"
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

/// The same; fish shows what each one means, and puts a flag in front of its value by itself.
const FISH: &str = r"
function __assetdeck_known
    set -l typed (commandline -opc) (commandline -ct)
    set -l program $typed[1]
    set -e typed[1]
    $program complete-words -- $typed 2>/dev/null | string replace -r -- '^--[a-z-]+=' ''
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
        Shell::Fish => values_in_fish(&words) + FISH,
        // The last lines call the function, whatever it does by then.
        Shell::Zsh => match words.rfind("if [ \"$funcstack[1]\"") {
            Some(at) => {
                let (functions, call) = words.split_at(at);
                let functions = functions.replacen("\n_assetdeck() {", "\n_assetdeck_words() {", 1);
                // With two colons zsh takes all that follows for more of them, flags too.
                let functions = functions.replace("\n'*::", "\n'*:");
                functions + ZSH.trim_start() + call
            }
            None => words,
        },
        _ => words,
    }
}

/// Fish asks for a flag's value what stands with that flag and nobody else.
fn values_in_fish(script: &str) -> String {
    const ASKS: &str = "-r -f -a '(__assetdeck_known)'\n";
    let (mut all, mut further) = (String::new(), String::new());
    for line in script.lines() {
        let flag = line.split_once(" -l ");
        let flag = flag.and_then(|(before, rest)| Some((before, rest.split(' ').next()?)));
        match flag.filter(|(_, long)| is_known(long)) {
            Some(_) if line.ends_with(" -r") => {
                all += line.trim_end_matches("-r");
                all += ASKS;
                continue;
            }
            // It has words of its own, which go on below.
            Some((before, long)) => further.push_str(&[before, " -l ", long, " ", ASKS].concat()),
            None => {}
        }
        all += line;
        all.push('\n');
    }
    all + &further
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
