
# `cargo ecs`: what follows is completed as for cargo-ecs.
function __cargo_ecs_complete
    set -l words (commandline -opc)
    complete -C (string join -- ' ' cargo-ecs $words[3..-1] (commandline -ct))
end
complete -c cargo -n __fish_use_subcommand -a ecs -d 'Check and deploy services on ECS'
complete -c cargo -n '__fish_seen_subcommand_from ecs' -f -a '(__cargo_ecs_complete)'
