# A service with an image in ECR, a domain, alarms and roles for GitHub Actions. The image is the repository's own, by a commit; deployments
# change it later.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
}

resource "aws_ecr_repository" "shop" {
  #checkov:skip=CKV_AWS_136:AWS's own key will do
  name                 = "shop"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

module "service" {
  source = "../.."

  name               = "shop"
  image              = var.image
  ecr_repository_arn = aws_ecr_repository.shop.arn
  architecture       = "ARM64"
  app_name           = "shop"
  variables          = { CURRENCY = "EUR" }
  domain             = var.domain
  error_alarm        = 5
  latency_alarm      = 500
  unhealthy_alarm    = 1
  restart_alarm      = 3
  alarm_email        = var.alarm_email
  dashboard          = true
  log_retention_days = 30
}

module "github" {
  source = "../../github-oidc"

  repository         = var.repository
  service            = module.service.service_name
  ecr_repository_arn = aws_ecr_repository.shop.arn
  allow_push         = true
}
