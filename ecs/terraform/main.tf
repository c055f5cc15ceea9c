# The service on ECS Fargate behind an Application Load Balancer, as ecs/stack.yaml has it.
#
# | file | what it is about |
# |---|---|
# | network.tf | the network, unless there is one, and the chain of security groups |
# | balancer.tf | the load balancer, its listeners, domain and certificate |
# | task.tf | what a task needs to run: secret, log, roles, definition |
# | service.tf | the cluster, the service, and its scaling |
# | alarms.tf | alarms and the dashboard |

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  tags      = { (var.tag_key) = var.name }

  # The load balancer: the module's own, or an existing one, of which only the rule is the module's.
  makes_balancer = !var.parked && var.shared_balancer == null
  has_rule       = !var.parked && var.shared_balancer != null
  # The certificate stays while the service is parked.
  makes_certificate = var.shared_balancer == null && var.domain != null && var.certificate == null
  has_certificate   = var.certificate != null || local.makes_certificate
}
