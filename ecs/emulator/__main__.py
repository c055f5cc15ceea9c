"""ministack, with what AWS's documents say of tasks and targets and the emulator leaves out.

Clusters, deployments, the circuit breaker, rollbacks, pulls, logs and the shape of every answer are the emulator's own.
Added is what decides whether a task is healthy, and little else:

| AWS | the emulator alone | added in |
|---|---|---|
| a definition has the members that it was given | the others too, as `null` or `""` | `definitions` |
| a service says if it is rebalanced | does not | `definitions` |
| a task has its memory, and is killed when it takes more | has the whole machine | `containers` |
| `entryPoint`, `user`, `readonlyRootFilesystem`, dropped capabilities | ignored | `containers` |
| the container's health check is the definition's, not the image's | ignored | `containers` |
| targets are asked, and get requests once they are healthy | healthy as soon as they are registered | `targets` |
| targets drain, and the load balancer learns of it a moment later | gone at once | `targets` |
| a task that fails either check is stopped, and counts for the circuit breaker | goes on | `tasks` |
| a deployment is complete when its tasks are healthy | when they have run for a second | `tasks` |
| scaling can be set up | is no service of its | `scaling` |
| a stack has rules of security groups and autoscaling | unknown types | `stacks` |
| a stack's change waits for its service | does not | `stacks` |
| change sets are about what the conditions leave | about all | `stacks` |
| the tagging API knows networks, balancers and logs, and nothing that is gone | the other way round | `tags` |

Beside it, `registry` keeps images, `ending` removes what runs once nobody needs it, and `pace` is how fast checks ask.

What stays different is in `e2e/tests/deploy/main.rs` and `docs/try-it.md`. The emulator's version is pinned, since this holds
on to its insides.
"""

import argparse
import sys

import containers
import definitions
import ending
import pace
import registry
import scaling
import stacks
import tags
import targets
import tasks
from ministack.app import main

options = argparse.ArgumentParser()
options.add_argument("--quick", action="store_true", help="ask health checks ten times as often")
options.add_argument("--registry", type=int, metavar="PORT", help="be a registry of images, too")
options.add_argument("--images", metavar="FOLDER", help="where the registry keeps them")
options.add_argument("--end-with-stdin", action="store_true", help="end, and leave nothing, once stdin is closed")
options.add_argument("--end-with-file", metavar="FILE", help="end, and leave nothing, once the file is gone")
options = options.parse_args()

pace.is_quick = options.quick
for part in (definitions, containers, scaling, targets, tasks, stacks, tags):
    part.install()
if options.registry:
    registry.serve(options.registry, options.images)
if options.end_with_stdin or options.end_with_file:
    ending.install(options.end_with_file)
# The emulator reads the command line, too.
del sys.argv[1:]
main()
