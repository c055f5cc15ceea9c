# Alarms, of AWS's own metrics, so that they also see what the service cannot tell. Where nobody asks and nothing runs, there is no data,
# and nothing is wrong.

locals {
  has_error_alarm     = !var.parked && var.error_alarm > 0
  has_latency_alarm   = !var.parked && var.latency_alarm > 0
  has_unhealthy_alarm = !var.parked && var.unhealthy_alarm > 0
  # The rule that counts deaths costs nothing, so parking leaves it alone.
  counts_deaths     = var.restart_alarm > 0
  has_restart_alarm = !var.parked && local.counts_deaths

  # Not that of restarts: after a rolling deployment ECS watches for as long as the alarms look back, which would be 15 minutes each
  # time, and its circuit breaker ends a deployment whose tasks die. They are named while the service is parked too: a service keeps the
  # alarms of a block that goes.
  rollback_alarms = concat(
    var.error_alarm > 0 ? ["${var.name}-errors"] : [],
    var.latency_alarm > 0 ? ["${var.name}-latency"] : [],
    var.unhealthy_alarm > 0 ? ["${var.name}-unhealthy"] : [],
  )
  rolls_back = !var.parked && var.rollback_on_alarm

  alarm_actions = concat(aws_sns_topic.alarms[*].arn, var.alarm_topic_arn == null ? [] : [var.alarm_topic_arn])

  # As CloudWatch's dimensions name them: app/NAME/ID.
  balancer_dimension = (
    local.makes_balancer ? aws_lb.this[0].arn_suffix
    : var.shared_balancer == null ? "" : join("/", slice(split("/", var.shared_balancer.listener_arn), 1, 4))
  )
  dimensions = {
    LoadBalancer = local.balancer_dimension
    TargetGroup  = aws_lb_target_group.this.arn_suffix
  }
}

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:Alarms may not use AWS's own key for topics; a key of your own costs by the month
  count = var.alarm_email == null ? 0 : 1

  name = "${var.name}-alarms"

  tags = local.tags
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

# Requests that failed, be it that a task said so or that none answered.
resource "aws_cloudwatch_metric_alarm" "errors" {
  count = local.has_error_alarm ? 1 : 0

  alarm_name          = "${var.name}-errors"
  alarm_description   = "Percent of the requests to ${var.name} that failed within a minute"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.error_alarm
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions

  metric_query {
    id          = "worst"
    label       = "Percent of requests that failed"
    expression  = "MAX([of_all, of_a])"
    return_data = true
  }

  # The balancer's own failures are of no group, and some of them are not among its requests. Those of a shared one are of nobody's.
  metric_query {
    id         = "of_all"
    expression = "IF(failed >= ${var.error_alarm_minimum}, 100 * failed / IF(requests > failed, requests, failed), 0)"
  }

  metric_query {
    id         = "failed"
    expression = var.shared_balancer == null ? "FILL(balancer, 0) + FILL(failed_a, 0)" : "FILL(failed_a, 0)"
  }

  metric_query {
    id         = "requests"
    expression = "FILL(requests_a, 0)"
  }

  metric_query {
    id         = "of_a"
    expression = "IF(FILL(failed_a, 0) >= ${var.error_alarm_minimum}, 100 * FILL(failed_a, 0) / FILL(requests_a, 1), 0)"
  }

  dynamic "metric_query" {
    for_each = var.shared_balancer == null ? [local.balancer_dimension] : []

    content {
      id = "balancer"

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = "HTTPCode_ELB_5XX_Count"
        dimensions  = { LoadBalancer = metric_query.value }
        stat        = "Sum"
        period      = 60
      }
    }
  }

  dynamic "metric_query" {
    for_each = { failed_a = "HTTPCode_Target_5XX_Count", requests_a = "RequestCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.dimensions
        stat        = "Sum"
        period      = 60
      }
    }
  }

  tags = local.tags
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  count = local.has_latency_alarm ? 1 : 0

  alarm_name          = "${var.name}-latency"
  alarm_description   = "Milliseconds that ${var.name} takes to answer, p99"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.latency_alarm
  # One slow request of a minute with few is its p99.
  evaluation_periods = 3
  treat_missing_data = "notBreaching"
  alarm_actions      = local.alarm_actions
  ok_actions         = local.alarm_actions

  metric_query {
    id          = "worst"
    label       = "Milliseconds, p99"
    expression  = "1000 * FILL(a, 0)"
    return_data = true
  }

  metric_query {
    id = "a"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "TargetResponseTime"
      dimensions  = local.dimensions
      stat        = "p99"
      period      = 60
    }
  }

  tags = local.tags
}

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  count = local.has_unhealthy_alarm ? 1 : 0

  alarm_name          = "${var.name}-unhealthy"
  alarm_description   = "Targets of ${var.name} that are unhealthy"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.unhealthy_alarm
  # ECS replaces a task that is unhealthy, so that a revision that is broken is so on and off.
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions

  metric_query {
    id          = "all"
    label       = "Unhealthy targets"
    expression  = "FILL(a, 0)"
    return_data = true
  }

  metric_query {
    id = "a"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "UnHealthyHostCount"
      dimensions  = local.dimensions
      stat        = "Maximum"
      period      = 60
    }
  }

  tags = local.tags
}

# Tasks that ended by themselves, never started, or were replaced because a health check failed; not those that a deployment or scaling
# stops. Without Container Insights no metric counts them, so a rule does, and leaves what ECS said in the log. ECS itself forgets a task
# an hour after its end.
resource "aws_cloudwatch_event_rule" "deaths" {
  count = local.counts_deaths ? 1 : 0

  name        = "${var.name}-restarts"
  description = "Tasks of ${var.name} that died"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [aws_ecs_cluster.this.arn]
      group      = ["service:${var.name}"]
      lastStatus = ["STOPPED"]
      "$or" = [
        { stopCode = ["EssentialContainerExited", "TaskFailedToStart"] },
        { stoppedReason = [{ prefix = "Task failed " }] },
      ]
    }
  })

  tags = local.tags
}

resource "aws_cloudwatch_event_target" "deaths" {
  count = local.counts_deaths ? 1 : 0

  rule      = aws_cloudwatch_event_rule.deaths[0].name
  target_id = "log"
  arn       = aws_cloudwatch_log_group.this.arn
}

resource "aws_cloudwatch_log_resource_policy" "deaths" {
  count = local.counts_deaths ? 1 : 0

  policy_name = "${var.name}-restarts"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
        Action    = "logs:CreateLogStream"
        Resource  = "${aws_cloudwatch_log_group.this.arn}:*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
        Action    = "logs:PutLogEvents"
        Resource  = "${aws_cloudwatch_log_group.this.arn}:*"
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.deaths[0].arn } }
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "restarts" {
  count = local.has_restart_alarm ? 1 : 0

  alarm_name          = "${var.name}-restarts"
  alarm_description   = "Tasks of ${var.name} that died or did not start within 15 minutes"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.restart_alarm
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  namespace           = "AWS/Events"
  metric_name         = "TriggeredRules"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.deaths[0].name }
  statistic           = "Sum"
  period              = 900

  tags = local.tags
}
