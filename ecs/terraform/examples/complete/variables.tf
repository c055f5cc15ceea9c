variable "region" {
  description = "The region that everything is made in."
  type        = string
  default     = "us-east-1"
}

variable "image" {
  description = "The first image, by a commit."
  type        = string
}

variable "domain" {
  description = "The service's name, and the hosted zone that it is in."
  type        = object({ name = string, hosted_zone_id = string })
  default     = null
}

variable "alarm_email" {
  description = "Who hears of alarms."
  type        = string
  default     = null
}

variable "repository" {
  description = "owner/name on GitHub, which may deploy."
  type        = string
}
