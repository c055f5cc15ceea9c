variable "repository" {
  description = "owner/name on GitHub."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "The repository is owner/name."
  }
}

variable "github_environment" {
  description = "The environment of the workflow. Its protection rules decide who may deploy."
  type        = string
  default     = "production"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.github_environment))
    error_message = "The environment's name has letters, digits, - and _."
  }
}

variable "service" {
  description = "The name of the service, as the other module has it."
  type        = string
  default     = "dualrun"
  nullable    = false
}

variable "create_provider" {
  description = "false if the account has a provider for token.actions.githubusercontent.com already."
  type        = bool
  default     = true
  nullable    = false
}

variable "allow_push" {
  description = "A second role for CI on the branch main, to push images to ecr_repository_arn."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.allow_push || var.ecr_repository_arn != null
    error_message = "allow_push needs ecr_repository_arn, the repository to push to."
  }
}

variable "ecr_repository_arn" {
  description = "The repository of the image, which deployments look into."
  type        = string
  default     = null
}

variable "tag_key" {
  description = "Each resource has a tag of this key with the service's name."
  type        = string
  default     = "dualrun"
  nullable    = false
}
