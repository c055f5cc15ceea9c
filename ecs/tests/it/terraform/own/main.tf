# The module in the forms that the tests hold against the stack. .ci/terraform makes own.json of it.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

locals {
  image = "vkuldeep1/myapp:COMMIT"
  network = {
    vpc_id              = "vpc-0a"
    subnet_ids          = ["subnet-0a", "subnet-0b"]
    balancer_subnet_ids = ["subnet-0c", "subnet-0d"]
    assign_public_ip    = false
  }
}

module "plain" {
  source = "../../../../terraform"

  image = local.image
}

module "whole" {
  source = "../../../../terraform"

  image              = local.image
  port               = 9000
  health_path        = "/healthz"
  cpu                = 512
  memory             = 1024
  architecture       = "X86_64"
  certificate        = { arn = "arn:aws:acm:us-east-1:111122223333:certificate/1" }
  network            = local.network
  database           = { security_group_id = "sg-0d", ingress = true }
  error_alarm        = 5
  latency_alarm      = 500
  unhealthy_alarm    = 1
  restart_alarm      = 3
  alarm_email        = "ops@example.com"
  dashboard          = true
  metrics            = "emf"
  collector          = true
  task_policy_arns   = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  log_retention_days = 30
}

module "domain" {
  source = "../../../../terraform"

  image  = local.image
  domain = { name = "shop.example.com", hosted_zone_id = "Z0123456789ABCDEFGHIJ" }
}

module "shared" {
  source = "../../../../terraform"

  image   = local.image
  network = local.network
  shared_balancer = {
    listener_arn      = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/lb/0a/0b"
    security_group_id = "sg-0b"
    egress            = true
    host_header       = ["shop.example.com"]
  }
}

module "parked" {
  source = "../../../../terraform"

  image       = local.image
  certificate = { arn = "arn:aws:acm:us-east-1:111122223333:certificate/1" }
  error_alarm = 5
  parked      = true
}

module "github" {
  source = "../../../../terraform/github-oidc"

  repository         = "owner/name"
  ecr_repository_arn = "arn:aws:ecr:us-east-1:111122223333:repository/shop"
  allow_push         = true
}
