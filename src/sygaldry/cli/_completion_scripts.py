"""The completion scripts: each asks `sygaldry completion --candidates SHELL` for the word at the cursor.

One process for each press of Tab costs 60 to 100 ms, and completes values (jobs, environments) that a fixed script
cannot know.
"""

from typing import Final

# zephyr_job is `sygaldry job` and launch_container.sh is `sygaldry launch`, in folders beside each other.
_BASH: Final = r"""# Completion of sygaldry for bash: source <(sygaldry completion bash)
_sygaldry() {
    local program=${1/#\~\//$HOME/} folder
    local -a typed=("${COMP_WORDS[@]:1:COMP_CWORD}")
    folder=$(dirname -- "$(readlink -f -- "$(type -P -- "$program")")")
    case ${program##*/} in
        zephyr_job) program=$folder/sygaldry typed=(job "${typed[@]}") ;;
        launch_container.sh) program=$folder/../tools/sygaldry typed=(launch "${typed[@]}") ;;
    esac
    mapfile -t COMPREPLY < <("$program" completion --candidates bash -- "${typed[@]}" 2>/dev/null)
}
complete -o default -F _sygaldry sygaldry zephyr_job launch_container.sh
"""

_ZSH: Final = r"""#compdef sygaldry zephyr_job launch_container.sh
# Completion of sygaldry for zsh: source <(sygaldry completion zsh), after compinit; or save it in fpath as _sygaldry
_sygaldry() {
    local program=${~words[1]} folder
    local -a typed=("${(@)words[2,CURRENT]}") candidates
    folder=${${program:c}:A:h}
    case ${program:t} in
        zephyr_job) program=$folder/sygaldry typed=(job "${typed[@]}") ;;
        launch_container.sh) program=$folder/../tools/sygaldry typed=(launch "${typed[@]}") ;;
    esac
    candidates=("${(@f)$("$program" completion --candidates zsh -- "${typed[@]}" 2>/dev/null)}")
    if [[ -n ${candidates[1]-} ]]; then
        _describe -t sygaldry sygaldry candidates
    else
        _files
    fi
}
if [[ ${funcstack[1]-} == _sygaldry ]]; then
    _sygaldry "$@"
else
    compdef _sygaldry sygaldry zephyr_job launch_container.sh
fi
"""

_FISH: Final = r"""# Completion of sygaldry for fish: sygaldry completion fish | source
function __sygaldry_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -l folder (dirname (realpath (command -s $program)))
    set -l typed $words[2..-1] "$current"
    switch (basename $program)
        case zephyr_job
            set program $folder/sygaldry
            set typed job $typed
        case launch_container.sh
            set program $folder/../tools/sygaldry
            set typed launch $typed
    end
    set -l candidates ($program completion --candidates fish -- $typed 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path "$current"
    end
end
for program in sygaldry zephyr_job launch_container.sh
    complete -c $program -f -a '(__sygaldry_candidates)'
end
"""

SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def join_words(shell: str, words: list[str]) -> list[str]:
    """Undo what bash does to `--option=value` at the cursor: it makes three words of it."""
    if shell != "bash":
        return words
    joined: list[str] = []
    for word in words:
        is_rest = joined and (word == "=" or joined[-1].endswith("=")) and joined[-1].startswith("--")
        joined = [*joined[:-1], joined[-1] + word] if is_rest else [*joined, word]
    return joined


def format_candidate(shell: str, current: str, word: str, text: str) -> str:
    """Format one candidate as the shell reads it; `current` is the word at the cursor."""
    if shell == "bash":
        is_value = current.startswith("--") and "=" in current
        return word.partition("=")[2] if is_value else word
    if shell == "zsh":
        return word.replace(":", "\\:") + (f":{text}" if text else "")
    return f"{word}\t{text}" if text else word
