# What a task needs to run: its secret, its log, its roles, and its definition.

# Made once and never read: neither the plan nor the state has it.
ephemeral "aws_secretsmanager_random_password" "key" {
  count = var.secret_key == null ? 1 : 0

  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "key" {
  #checkov:skip=CKV_AWS_149:AWS's own key will do; one of your own costs by the month
  #checkov:skip=CKV2_AWS_57:The service reads it once at start, so a rotated one would need a deployment
  count = var.secret_key == null ? 1 : 0

  name        = "${var.name}-secret-key"
  description = "SECRET_KEY of the service"
  # Its name is free again at once.
  recovery_window_in_days = 0

  tags = local.tags
}

resource "aws_secretsmanager_secret_version" "key" {
  count = var.secret_key == null ? 1 : 0

  secret_id                = aws_secretsmanager_secret.key[0].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.key[0].random_password
  secret_string_wo_version = 1
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:Logs hold no secrets, and are encrypted with AWS's own key
  #checkov:skip=CKV_AWS_338:How long logs are kept is log_retention_days
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days

  tags = local.tags
}

locals {
  # By names that are known before anything is made, so that a plan shows the containers, and `cargo ecs doctor` can check them.
  # An ARN without the random end of the secret's own means the same secret.
  secret_key_arn = var.secret_key == null ? "arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:${var.name}-secret-key" : var.secret_key.arn

  # A key in a secret's JSON is no part of the ARN that a role takes.
  secret_arns = [for arn in values(var.secrets) : strcontains(arn, ":secret:") ? join(":", slice(split(":", arn), 0, 7)) : arn]

  assume_role = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

# What ECS itself may do to start a task: pull its image, read its secrets and write to that one log.
resource "aws_iam_role" "execution" {
  # Named, so that github-oidc can limit PassRole to it.
  name               = "${var.name}-${local.region}-execution"
  assume_role_policy = local.assume_role

  tags = local.tags
}

resource "aws_iam_role_policy" "execution" {
  name = "start-a-task"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = [var.secret_key == null ? aws_secretsmanager_secret.key[0].arn : var.secret_key.arn]
        },
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
        },
      ],
      var.registry_secret_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [var.registry_secret_arn]
      }],
      length(local.secret_arns) == 0 ? [] : [{
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
        Resource = local.secret_arns
      }],
      var.ecr_repository_arn == null ? [] : [
        {
          Effect   = "Allow"
          Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = [var.ecr_repository_arn]
        },
        {
          Effect = "Allow"
          Action = ["ecr:GetAuthorizationToken"]
          # It takes no resource.
          Resource = ["*"]
        },
      ],
    )
  })
}

# What the service itself may do: nothing but what task_policy_arns say. With a collector, send traces: a task has one role for all
# its containers.
resource "aws_iam_role" "task" {
  name               = "${var.name}-${local.region}-task"
  assume_role_policy = local.assume_role

  tags = local.tags
}

resource "aws_iam_role_policy_attachment" "task" {
  for_each = var.task_policy_arns

  role       = aws_iam_role.task.name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "task_traces" {
  #checkov:skip=CKV_AWS_290:These take no resource
  #checkov:skip=CKV_AWS_355:These take no resource
  count = var.collector ? 1 : 0

  name = "send-traces"
  role = aws_iam_role.task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = ["*"]
    }]
  })
}

locals {
  variables = merge(
    { APP_NAME = var.app_name, ENVIRONMENT = var.environment },
    # What differs from the server's own defaults.
    var.port == 8000 ? {} : { DUALRUN_ADDR = "0.0.0.0:${var.port}" },
    var.health_path == "/health" ? {} : { DUALRUN_HEALTH_PATH = var.health_path },
    var.metrics == "off" ? {} : { DUALRUN_METRICS = var.metrics },
    var.metrics == "off" && !var.collector ? {} : { OTEL_SERVICE_NAME = var.name },
    var.collector ? { OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318" } : {},
    var.variables,
  )
  secrets = merge({ SECRET_KEY = local.secret_key_arn }, var.secrets)

  app = merge(
    {
      name                   = var.container_name
      image                  = var.image
      essential              = true
      user                   = "65532:65532"
      readonlyRootFilesystem = true
      linuxParameters        = { capabilities = { drop = ["ALL"] } }
      portMappings           = [{ containerPort = var.port, protocol = "tcp" }]
      environment            = [for name, value in local.variables : { name = name, value = value }]
      secrets                = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
      healthCheck = {
        command     = ["CMD", "/bin-fargate", "healthcheck"]
        interval    = 10
        timeout     = 3
        retries     = 3
        startPeriod = 5
      }
      # Over the server's lame-duck and drain time together.
      stopTimeout = 30
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = aws_cloudwatch_log_group.this.name
          "awslogs-region"        = local.region
          "awslogs-stream-prefix" = var.container_name
          # The service's log never waits: when its output stands still, it drops lines and says how many. The other mode, the default
          # since 2025, drops them without a word.
          "mode" = "blocking"
        }
      }
    },
    var.registry_secret_arn == null ? {} : { repositoryCredentials = { credentialsParameter = var.registry_secret_arn } },
    # A container without a share of its own gets next to none when another one has one.
    var.collector ? { cpu = 224 } : {},
  )

  # The service neither waits for the container that collects traces nor ends with it.
  collector = {
    name          = "collector"
    image         = var.collector_image
    essential     = false
    restartPolicy = { enabled = true }
    cpu           = 32
    # MiB. With more the collector is killed, and the service is not.
    memory                 = 160
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    # The image's configuration for ECS: OTLP on 4317 and 4318, traces to X-Ray.
    command     = ["--config=/etc/ecs/ecs-default-config.yaml"]
    environment = [{ name = "AWS_REGION", value = local.region }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = local.region
        "awslogs-stream-prefix" = "collector"
        # The collector may stand still when it cannot write, so better lose its lines than traces.
        "mode"            = "non-blocking"
        "max-buffer-size" = "1m"
      }
    }
  }

  # Texts, since what they decode to differs in type.
  containers = var.collector ? "[${jsonencode(local.app)},${jsonencode(local.collector)}]" : "[${jsonencode(local.app)}]"
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = local.containers

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  tags = local.tags

  # A task that starts reads its secret and uses its rights.
  depends_on = [
    aws_secretsmanager_secret_version.key,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task_traces,
    aws_iam_role_policy_attachment.task,
  ]
}
