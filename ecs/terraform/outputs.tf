output "url" {
  description = "Where the service answers. None while it is parked, or behind a shared load balancer, of which only its owner knows."
  value = local.makes_balancer ? join("", [
    local.has_certificate ? "https://" : "http://",
    var.domain == null ? aws_lb.this[0].dns_name : var.domain.name,
  ]) : null
}

output "task_security_group_id" {
  description = "The tasks' security group, for rules elsewhere that let them in."
  value       = aws_security_group.task.id
}

output "cluster_name" {
  description = "The cluster, as --cluster of cargo ecs."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "The service, as --service of cargo ecs."
  value       = aws_ecs_service.this.name
}

output "log_group_name" {
  description = "The group of CloudWatch Logs that the tasks write to."
  value       = aws_cloudwatch_log_group.this.name
}

output "task_definition" {
  description = "The task definition as JSON, for cargo ecs deploy --definition: what Terraform has changed of it runs with the next deployment."
  value = jsonencode({
    family                  = aws_ecs_task_definition.this.family
    requiresCompatibilities = ["FARGATE"]
    networkMode             = "awsvpc"
    cpu                     = aws_ecs_task_definition.this.cpu
    memory                  = aws_ecs_task_definition.this.memory
    runtimePlatform         = { operatingSystemFamily = "LINUX", cpuArchitecture = var.architecture }
    executionRoleArn        = aws_iam_role.execution.arn
    taskRoleArn             = aws_iam_role.task.arn
    containerDefinitions    = jsondecode(local.containers)
  })
}
