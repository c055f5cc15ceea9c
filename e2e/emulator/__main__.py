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

What stays different is in `tests/deploy/main.rs`. The emulator's version is pinned, since this holds on to its insides.
"""

import containers
import definitions
import scaling
import targets
import tasks
from ministack.app import main

for part in (definitions, containers, scaling, targets, tasks):
    part.install()
main()
