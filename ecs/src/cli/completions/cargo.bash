
# `cargo ecs`: what follows is completed as for cargo-ecs, all else as cargo's own script does.
# That may come with the first use only; what is loaded already would be replaced.
if ! complete -p cargo &> /dev/null; then
    if declare -F _comp_load > /dev/null; then
        _comp_load -- cargo 2> /dev/null
    elif declare -F _completion_loader > /dev/null; then
        _completion_loader cargo 2> /dev/null
    fi
fi
__cargo_ecs_own=$(complete -p cargo 2> /dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
if [[ $__cargo_ecs_own == __cargo_ecs ]]; then
    __cargo_ecs_own=
fi

__cargo_ecs() {
    if [[ $COMP_CWORD -ge 2 && ${COMP_WORDS[1]} == ecs ]]; then
        local COMP_WORDS=(cargo-ecs "${COMP_WORDS[@]:2}")
        local COMP_CWORD=$((COMP_CWORD - 1))
        _cargo__ecs cargo-ecs "$2" "$3"
        return
    fi
    if [[ -n $__cargo_ecs_own ]]; then
        "$__cargo_ecs_own" "$@"
    fi
    if [[ $COMP_CWORD -eq 1 && ecs == "$2"* ]]; then
        COMPREPLY+=(ecs)
    fi
}
complete -o bashdefault -o default -F __cargo_ecs cargo
