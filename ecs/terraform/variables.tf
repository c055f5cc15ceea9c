# The parameters of ecs/stack.yaml. What belongs together is one object: whether it is given is then known before its ids are,
# so that they can come from resources that are made in the same apply.

variable "name" {
  description = "The name of the service, its cluster, its load balancer and its task definition. It has to be unique in the region."
  type        = string
  default     = "dualrun"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "The name has 1 to 32 small letters, digits and hyphens, begins with a letter, and does not end with a hyphen."
  }
}

# The image.

variable "image" {
  description = "The image that the service begins with, such as me/shop:3f1c9e7. Deployments change it later, and Terraform does not change it back."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^.+[:@].+$", var.image))
    error_message = "The image needs a tag or a digest, so that it is known what runs."
  }
}

variable "registry_secret_arn" {
  description = "For a private registry: the ARN of a secret with its username and password."
  type        = string
  default     = null
}

variable "ecr_repository_arn" {
  description = "For an image in ECR: the ARN of its repository, which ECS may pull from."
  type        = string
  default     = null

  validation {
    condition     = var.ecr_repository_arn == null || can(regex("^arn:aws[a-z-]*:ecr:[a-z0-9-]+:[0-9]{12}:repository/.+$", var.ecr_repository_arn))
    error_message = "The ECR repository has to be named by its ARN."
  }
}

variable "architecture" {
  description = "What the image is built for: ARM64 or X86_64."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "The architecture is ARM64 or X86_64."
  }
}

# The container.

variable "container_name" {
  description = "The container's name in the task definition."
  type        = string
  default     = "app"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.container_name))
    error_message = "The container's name has letters, digits, - and _."
  }
  validation {
    condition     = !(var.collector && var.container_name == "collector")
    error_message = "The collector's container has the name collector, so container_name needs another."
  }
}

variable "port" {
  description = "The port that the service listens on. Below 1024 only root may."
  type        = number
  default     = 8000
  nullable    = false

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "The port is from 1 to 65535."
  }
}

variable "health_path" {
  description = "The path that health checks ask for."
  type        = string
  default     = "/health"
  nullable    = false

  validation {
    condition     = can(regex("^/[A-Za-z0-9/_.~$@:+-]*$", var.health_path))
    error_message = "The health path begins with a slash."
  }
}

variable "cpu" {
  description = "What each task gets of CPU. 1024 is a whole one."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate has 256, 512, 1024, 2048, 4096, 8192 and 16384 units of CPU."
  }
}

variable "memory" {
  description = "MiB of memory for each task. Fargate has some values for each cpu."
  type        = number
  default     = 512
  nullable    = false

  # AWS, ECS developer guide, "Task size".
  validation {
    condition = contains(lookup({
      256   = [512, 1024, 2048]
      512   = range(1024, 4097, 1024)
      1024  = range(2048, 8193, 1024)
      2048  = range(4096, 16385, 1024)
      4096  = range(8192, 30721, 1024)
      8192  = range(16384, 61441, 4096)
      16384 = range(32768, 122881, 8192)
    }, var.cpu, []), var.memory)
    error_message = "Fargate does not have this memory with this cpu. With 256 it is 512, 1024 or 2048; above that, 2 to 8 times the cpu in steps of 1024 (4096 from cpu 8192, 8192 from cpu 16384)."
  }
}

# Variables, secrets and rights.

variable "app_name" {
  description = "The service's name, as its variable APP_NAME."
  type        = string
  default     = "dualrun"
  nullable    = false
}

variable "environment" {
  description = "Where it runs, as its variable ENVIRONMENT."
  type        = string
  default     = "production"
  nullable    = false
}

variable "variables" {
  description = "Other variables of the container, by name."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "secret_key" {
  description = "A secret of your own for SECRET_KEY, by its ARN. Without one, a secret is made."
  type        = object({ arn = string })
  default     = null
}

variable "secrets" {
  description = "Other variables of the container whose values are secrets or parameters of Systems Manager: ARNs by name. ECS may read these. A key in a secret's JSON is named behind the ARN (arn:...:secret:shop-AbCdEf:password::)."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "task_policy_arns" {
  description = "What the service itself may do in AWS: the ARNs of managed policies by a name of your choice. Nothing by default."
  type        = map(string)
  default     = {}
  nullable    = false
}

# How many tasks.

variable "desired_count" {
  description = "How many tasks run at least. Scaling adds more."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.desired_count >= 1
    error_message = "At least one task runs. Use parked for none."
  }
}

variable "max_count" {
  description = "How many tasks scaling may add up to."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_count >= var.desired_count
    error_message = "max_count is not below desired_count."
  }
}

variable "parked" {
  description = "No load balancer, alarms or scaling. Run `cargo ecs scale 0` as well; then the rest is kept and costs nothing, but for the secret and stored logs."
  type        = bool
  default     = false
  nullable    = false
}

# Network and database.

variable "network" {
  description = "An existing network: the subnets of the tasks in two zones or more, and those of the load balancer if they are others. Tasks without public addresses need a NAT gateway or endpoints. Without this, the module makes a network."
  type = object({
    vpc_id              = string
    subnet_ids          = list(string)
    balancer_subnet_ids = optional(list(string))
    assign_public_ip    = optional(bool, true)
  })
  default = null
}

variable "load_balancer_scheme" {
  description = "internal: the load balancer is reached from your networks only. Park the service before a change of it."
  type        = string
  default     = "internet-facing"

  validation {
    condition     = contains(["internet-facing", "internal"], var.load_balancer_scheme)
    error_message = "A scheme is internet-facing or internal."
  }

  validation {
    condition     = var.shared_balancer == null || var.load_balancer_scheme == "internet-facing"
    error_message = "load_balancer_scheme does nothing with shared_balancer."
  }
}

variable "database" {
  description = "A database that the tasks connect to, by its security group. With ingress, a rule that lets the tasks in is added to that group. Needs network."
  type = object({
    security_group_id = string
    port              = optional(number, 5432)
    ingress           = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.database == null || var.network != null
    error_message = "A database needs network: the one that it is in, or a peered one."
  }
}

# Domain and certificate.

variable "domain" {
  description = "A name for the service, which is pointed to the load balancer, and the hosted zone of Route 53 that it is in. Without certificate, one is made for it."
  type = object({
    name           = string
    hosted_zone_id = string
  })
  default = null

  validation {
    condition     = var.domain == null || can(regex("^[a-z0-9-]+([.][a-z0-9-]+)+$", var.domain.name))
    error_message = "A domain is in small letters, such as shop.example.com."
  }
}

variable "certificate" {
  description = "A certificate of ACM in the service's region, by its ARN. Port 443 serves then, and port 80 redirects to it. With shared_balancer, whose listener has to be one of HTTPS then, it is added to those of the listener."
  type        = object({ arn = string })
  default     = null
}

# An existing load balancer.

variable "shared_balancer" {
  description = "A listener of an existing load balancer in network, its security group, and which requests are the service's: by hosts, paths or both. With egress, a rule that lets the load balancer out to the tasks is added to its group. With domain, it also needs the load balancer's own name and zone."
  type = object({
    listener_arn      = string
    security_group_id = string
    host_header       = optional(list(string), [])
    path_pattern      = optional(list(string), [])
    rule_priority     = optional(number, 100)
    egress            = optional(bool, false)
    dns_name          = optional(string)
    zone_id           = optional(string)
  })
  default = null

  validation {
    condition     = var.shared_balancer == null || var.network != null
    error_message = "A shared load balancer needs network, the one that it is in."
  }
  validation {
    condition     = var.shared_balancer == null || try(length(var.shared_balancer.host_header) + length(var.shared_balancer.path_pattern) > 0, false)
    error_message = "A shared load balancer needs host_header or path_pattern, which say what requests are the service's."
  }
  validation {
    condition     = var.shared_balancer == null || try(var.shared_balancer.rule_priority >= 1 && var.shared_balancer.rule_priority <= 50000, false)
    error_message = "The priority of a rule is from 1 to 50000."
  }
  validation {
    condition     = var.shared_balancer == null || var.domain == null || try(var.shared_balancer.dns_name != null && var.shared_balancer.zone_id != null, false)
    error_message = "With a domain, a shared load balancer needs dns_name and zone_id, its own."
  }
}

# Deployments and alarms.

variable "rollback_on_alarm" {
  description = "Each alarm that is made, but for that of restarts, rolls a deployment back that is under way."
  type        = bool
  default     = true
  nullable    = false
}

variable "error_alarm" {
  description = "An alarm when so many percent of the requests fail within a minute (status 5xx). 0 makes none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.error_alarm >= 0 && var.error_alarm <= 100
    error_message = "error_alarm is a percentage, from 0 to 100."
  }
}

variable "error_alarm_minimum" {
  description = "error_alarm: how many requests have to fail in that minute, whatever their share."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.error_alarm_minimum >= 1
    error_message = "error_alarm_minimum is 1 or more."
  }
}

variable "latency_alarm" {
  description = "An alarm when the p99 of the response time exceeds so many milliseconds for three minutes. 0 makes none."
  type        = number
  default     = 0
  nullable    = false
}

variable "unhealthy_alarm" {
  description = "An alarm when so many targets are unhealthy for two of three minutes. 0 makes none."
  type        = number
  default     = 0
  nullable    = false
}

variable "restart_alarm" {
  description = "An alarm when so many tasks die or fail to start within 15 minutes. 0 makes none."
  type        = number
  default     = 0
  nullable    = false
}

variable "alarm_email" {
  description = "An address that the alarms are sent to. AWS asks it once to confirm."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "A topic of SNS that the alarms are sent to."
  type        = string
  default     = null
}

# Logs, metrics and traces.

variable "log_retention_days" {
  description = "How long lines of the log are kept."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365 days."
  }
}

variable "dashboard" {
  description = "A dashboard of CloudWatch, named like the service."
  type        = bool
  default     = false
  nullable    = false
}

variable "metrics" {
  description = "emf: the service writes its own metrics as lines of its log, of which CloudWatch makes custom metrics. Or off."
  type        = string
  default     = "off"
  nullable    = false

  validation {
    condition     = contains(["off", "emf"], var.metrics)
    error_message = "metrics is off or emf."
  }
}

variable "collector" {
  description = "A collector of OpenTelemetry beside the service, which takes its traces to X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "collector_image" {
  description = "collector: its image."
  type        = string
  default     = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"
  nullable    = false

  validation {
    condition     = can(regex("^.+[:@].+$", var.collector_image))
    error_message = "The collector's image needs a tag or a digest, so that it is known what runs."
  }
}

variable "tag_key" {
  description = "Each resource has a tag of this key with the service's name."
  type        = string
  default     = "dualrun"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./=+@-]{1,128}$", var.tag_key)) && var.tag_key != "Name"
    error_message = "A tag's key has 1 to 128 letters, digits and _./=+@-, and is not Name."
  }
}
