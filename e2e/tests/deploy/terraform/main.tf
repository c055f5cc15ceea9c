# The module as somebody uses it, on an emulator: the endpoint and the credentials come from the environment.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "image" {
  type = string
}

variable "architecture" {
  type = string
}

variable "parked" {
  type    = bool
  default = false
}

provider "aws" {}

module "service" {
  source = "./module"

  name          = "shop"
  image         = var.image
  architecture  = var.architecture
  app_name      = "shop"
  desired_count = 1
  parked        = var.parked
}

module "github" {
  source = "./module/github-oidc"

  repository = "me/shop"
  service    = module.service.service_name
}

output "task_definition" {
  value = module.service.task_definition
}
