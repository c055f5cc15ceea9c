output "url" {
  description = "Where the service answers."
  value       = module.service.url
}

output "role_arn" {
  description = "For the workflow, as the variable AWS_ROLE_ARN of the environment."
  value       = module.github.role_arn
}

output "task_definition" {
  description = "For cargo ecs deploy --definition."
  value       = module.service.task_definition
}
