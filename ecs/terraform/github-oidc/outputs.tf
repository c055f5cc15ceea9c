output "role_arn" {
  description = "For the workflow, as the variable AWS_ROLE_ARN of the environment."
  value       = aws_iam_role.deploy.arn
}

output "push_role_arn" {
  description = "For CI, as the variable AWS_PUSH_ROLE_ARN of the repository."
  value       = one(aws_iam_role.push[*].arn)
}
