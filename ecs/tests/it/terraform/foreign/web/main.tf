variable "name" {
  type = string
}

variable "port" {
  type = number
}

variable "image" {
  type = string
}

variable "cluster" {
  type = string
}

variable "execution_role" {
  type = string
}

variable "vpc" {
  type = object({ id = string, subnets = list(string) })
}

variable "balancer_group_id" {
  type = string
}

locals {
  target_group_arn = aws_lb_target_group.this.arn
}

resource "aws_cloudwatch_log_group" "this" {
  name = "/ecs/${var.name}"
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = var.execution_role
  container_definitions = jsonencode([{
    name         = "web"
    image        = var.image
    portMappings = [{ containerPort = var.port }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = "eu-central-1"
        awslogs-stream-prefix = "web"
      }
    }
  }])
}

resource "aws_lb_target_group" "this" {
  name        = var.name
  target_type = "ip"
  port        = var.port
  protocol    = "HTTP"
  vpc_id      = var.vpc.id

  health_check {
    path = "/"
  }
}

resource "aws_security_group" "task" {
  name   = "${var.name}-task"
  vpc_id = var.vpc.id
}

resource "aws_security_group_rule" "in" {
  type                     = "ingress"
  security_group_id        = aws_security_group.task.id
  from_port                = var.port
  to_port                  = var.port
  protocol                 = "tcp"
  source_security_group_id = var.balancer_group_id
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.task.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = 2

  network_configuration {
    subnets          = var.vpc.subnets
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = local.target_group_arn
    container_name   = "web"
    container_port   = var.port
  }
}

output "target_group_arn" {
  value = aws_lb_target_group.this.arn
}
