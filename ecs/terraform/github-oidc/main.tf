# What GitHub Actions may do in the account: deploy the one service, from one repository and environment, without a stored key. The same
# roles as in ecs/github-oidc.yaml, but for that of operations, which changes a stack.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  tags      = { (var.tag_key) = var.service }

  ecs    = "arn:${local.partition}:ecs:${local.region}:${local.account}"
  issuer = "token.actions.githubusercontent.com"

  # Who may assume a role: one subject of GitHub's.
  trust = { for name, subject in {
    deploy = "repo:${var.repository}:environment:${var.github_environment}"
    # No environment, since nobody has to agree to an image that nothing runs.
    push = "repo:${var.repository}:ref:refs/heads/main"
    } : name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.issuer}" }
        Condition = {
          StringEquals = {
            "${local.issuer}:aud" = "sts.amazonaws.com"
            "${local.issuer}:sub" = subject
          }
        }
      }]
  }) }
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]

  tags = local.tags
}

resource "aws_iam_role" "deploy" {
  name                 = "${var.service}-${local.region}-deploy"
  description          = "GitHub Actions deploys with it"
  max_session_duration = 3600
  assume_role_policy   = local.trust.deploy

  tags = local.tags
}

resource "aws_iam_role_policy" "deploy" {
  #checkov:skip=CKV_AWS_290:Of what takes no resource it has nothing but reads
  #checkov:skip=CKV_AWS_355:Some reads take no resource
  name = "deploy"
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid    = "ChangeTheService"
          Effect = "Allow"
          Action = [
            "ecs:DescribeServices",
            "ecs:ListServiceDeployments",
            "ecs:UpdateService",
          ]
          Resource = ["${local.ecs}:service/${var.service}/${var.service}"]
        },
        {
          Sid    = "FollowTheDeployment"
          Effect = "Allow"
          Action = [
            "ecs:ContinueServiceDeployment",
            "ecs:DescribeServiceDeployments",
            "ecs:DescribeServiceRevisions",
            "ecs:StopServiceDeployment",
          ]
          Resource = [
            "${local.ecs}:service-deployment/${var.service}/${var.service}/*",
            "${local.ecs}:service-revision/${var.service}/${var.service}/*",
          ]
        },
        {
          Sid       = "LookAtTheTasks"
          Effect    = "Allow"
          Action    = ["ecs:DescribeTasks", "ecs:ListTasks"]
          Resource  = ["*"]
          Condition = { ArnEquals = { "ecs:cluster" = "${local.ecs}:cluster/${var.service}" } }
        },
        {
          Sid       = "RunATaskBeforehand"
          Effect    = "Allow"
          Action    = ["ecs:RunTask"]
          Resource  = ["${local.ecs}:task-definition/${var.service}:*"]
          Condition = { ArnEquals = { "ecs:cluster" = "${local.ecs}:cluster/${var.service}" } }
        },
        {
          Sid      = "TagAndStopThatTask"
          Effect   = "Allow"
          Action   = ["ecs:StopTask", "ecs:TagResource"]
          Resource = ["${local.ecs}:task/${var.service}/*"]
        },
        {
          Sid    = "ReadARevision"
          Effect = "Allow"
          # Neither takes a resource.
          Action   = ["ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"]
          Resource = ["*"]
        },
        {
          Sid    = "RegisterARevision"
          Effect = "Allow"
          # By the family, as AWS's own policies have it; a definition has no revision before it is registered.
          Action = ["ecs:RegisterTaskDefinition"]
          Resource = [
            "${local.ecs}:task-definition/${var.service}",
            "${local.ecs}:task-definition/${var.service}:*",
          ]
        },
        {
          Sid      = "TagARevision"
          Effect   = "Allow"
          Action   = ["ecs:TagResource"]
          Resource = ["${local.ecs}:task-definition/${var.service}:*"]
        },
        {
          Sid    = "PassTheTwoRoles"
          Effect = "Allow"
          Action = ["iam:PassRole"]
          Resource = [
            "arn:${local.partition}:iam::${local.account}:role/${var.service}-${local.region}-execution",
            "arn:${local.partition}:iam::${local.account}:role/${var.service}-${local.region}-task",
          ]
          Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
        },
        {
          Sid    = "LookAtTheWayIn"
          Effect = "Allow"
          # None of these takes a resource.
          Action = [
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
            "logs:DescribeLogGroups",
          ]
          Resource = ["*"]
        },
        {
          Sid      = "ReadTheLog"
          Effect   = "Allow"
          Action   = ["logs:FilterLogEvents", "logs:GetLogEvents"]
          Resource = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/ecs/${var.service}:*"]
        },
      ],
      var.ecr_repository_arn == null ? [] : [
        {
          Sid      = "LookAtTheImage"
          Effect   = "Allow"
          Action   = ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
          Resource = [var.ecr_repository_arn]
        },
        {
          Sid    = "LogInToTheRegistry"
          Effect = "Allow"
          # It takes no resource.
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = ["*"]
        },
      ],
    )
  })
}

# What CI does with each commit of main.
resource "aws_iam_role" "push" {
  count = var.allow_push ? 1 : 0

  name                 = "${var.service}-${local.region}-push"
  description          = "GitHub Actions pushes images with it"
  max_session_duration = 3600
  assume_role_policy   = local.trust.push

  tags = local.tags
}

resource "aws_iam_role_policy" "push" {
  count = var.allow_push ? 1 : 0

  name = "push"
  role = aws_iam_role.push[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "PushToTheRepository"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = [var.ecr_repository_arn]
      },
      {
        Sid    = "LogInToTheRegistry"
        Effect = "Allow"
        # It takes no resource.
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"]
      },
    ]
  })
}
