# The network, unless there is one already: two public subnets. Tasks have addresses of their own instead of a NAT gateway, which costs also
# when nothing runs; what may reach them is the security groups' matter.

data "aws_availability_zones" "available" {
  count = var.network == null ? 1 : 0
  state = "available"
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs are charged by the gigabyte; switch them on when you need them
  #checkov:skip=CKV2_AWS_12:The default security group is left as it is and used by nothing
  count = var.network == null ? 1 : 0

  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = merge(local.tags, { Name = var.name })
}

resource "aws_subnet" "this" {
  for_each = var.network == null ? { a = 0, b = 1 } : {}

  vpc_id            = aws_vpc.this[0].id
  cidr_block        = "10.0.${each.value}.0/24"
  availability_zone = data.aws_availability_zones.available[0].names[each.value]

  tags = merge(local.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_internet_gateway" "this" {
  count = var.network == null ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = merge(local.tags, { Name = var.name })
}

resource "aws_route_table" "this" {
  count = var.network == null ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = merge(local.tags, { Name = var.name })
}

resource "aws_route" "default" {
  count = var.network == null ? 1 : 0

  route_table_id         = aws_route_table.this[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.this[0].id
}

# The chain of security groups: internet -> balancer on 80 (and 443) -> task on its port, and nothing else. Each rule is a resource of
# its own, since the two groups name each other.

resource "aws_security_group" "balancer" {
  #checkov:skip=CKV2_AWS_5:The load balancer has it, which is not there while the service is parked
  count = var.shared_balancer == null ? 1 : 0

  name        = "${var.name}-balancer"
  description = "The balancer, open to the internet"
  vpc_id      = var.network == null ? aws_vpc.this[0].id : var.network.vpc_id

  tags = merge(local.tags, { Name = "${var.name}-balancer" })
}

resource "aws_vpc_security_group_ingress_rule" "balancer_http" {
  #checkov:skip=CKV_AWS_260:A public balancer is reached on port 80; it redirects when there is a certificate
  count = var.shared_balancer == null ? 1 : 0

  security_group_id = aws_security_group.balancer[0].id
  description       = "HTTP from anywhere"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"

  tags = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "balancer_https" {
  count = var.shared_balancer == null && local.has_certificate ? 1 : 0

  security_group_id = aws_security_group.balancer[0].id
  description       = "HTTPS from anywhere"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"

  tags = local.tags
}

# Also in the group of a shared balancer, if it was asked for.
resource "aws_vpc_security_group_egress_rule" "balancer_to_tasks" {
  count = var.shared_balancer == null || try(var.shared_balancer.egress, false) ? 1 : 0

  security_group_id            = var.shared_balancer == null ? aws_security_group.balancer[0].id : var.shared_balancer.security_group_id
  description                  = var.shared_balancer == null ? "To the tasks" : "To the tasks of ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = aws_security_group.task.id

  tags = local.tags
}

resource "aws_security_group" "task" {
  #checkov:skip=CKV2_AWS_5:The service has it; checkov does not see it behind the list
  name        = "${var.name}-task"
  description = "The tasks, open to the balancer only"
  vpc_id      = var.network == null ? aws_vpc.this[0].id : var.network.vpc_id

  tags = merge(local.tags, { Name = "${var.name}-task" })
}

resource "aws_vpc_security_group_ingress_rule" "task_from_balancer" {
  security_group_id            = aws_security_group.task.id
  description                  = "From the balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = var.shared_balancer == null ? aws_security_group.balancer[0].id : var.shared_balancer.security_group_id

  tags = local.tags
}

resource "aws_vpc_security_group_egress_rule" "task_https" {
  security_group_id = aws_security_group.task.id
  description       = "The registry, the log and the secrets"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"

  tags = local.tags
}

resource "aws_vpc_security_group_egress_rule" "task_to_database" {
  count = var.database == null ? 0 : 1

  security_group_id            = aws_security_group.task.id
  description                  = "The database"
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
  referenced_security_group_id = var.database.security_group_id

  tags = local.tags
}

# In the database's own group, if it was asked for.
resource "aws_vpc_security_group_ingress_rule" "database_from_tasks" {
  count = try(var.database.ingress, false) ? 1 : 0

  security_group_id            = var.database.security_group_id
  description                  = "From the tasks of ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
  referenced_security_group_id = aws_security_group.task.id

  tags = local.tags
}
