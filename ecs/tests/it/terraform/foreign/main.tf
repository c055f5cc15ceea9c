# Two services as other people write them: modules, for_each, locals, rules of all three kinds. .ci/terraform makes foreign.json of it.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "public" {
  for_each = { a = "10.1.0.0/24", b = "10.1.1.0/24" }

  vpc_id     = aws_vpc.main.id
  cidr_block = each.value
}

resource "aws_security_group" "alb" {
  name   = "alb"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "main" {
  name            = "main"
  subnets         = [for subnet in aws_subnet.public : subnet.id]
  security_groups = [aws_security_group.alb.id]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type = "forward"

    forward {
      target_group {
        arn = module.web["shop"].target_group_arn
      }
      target_group {
        arn = module.web["cart"].target_group_arn
      }
    }
  }
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_iam_role" "execution" {
  name               = "execution"
  assume_role_policy = "{}"
}

module "web" {
  source   = "./web"
  for_each = { shop = 8080, cart = 8081 }

  name              = each.key
  port              = each.value
  image             = "me/${each.key}:1.2.3"
  cluster           = aws_ecs_cluster.main.id
  execution_role    = aws_iam_role.execution.arn
  vpc               = { id = aws_vpc.main.id, subnets = values(aws_subnet.public)[*].id }
  balancer_group_id = aws_security_group.alb.id
}

# Its containers have a reference inside, so the plan knows nothing of them.
resource "aws_ecr_repository" "job" {
  name = "job"
}

resource "aws_ecs_task_definition" "job" {
  family                   = "job"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions = jsonencode([
    { name = "job", image = "${aws_ecr_repository.job.repository_url}:1.2.3" },
  ])
}
