# A dashboard, as that of the stack. Each task reports its CPU once a minute, so the number of reports is that of the tasks. Of a shared
# balancer, requests, times and connections are those of all its services.

locals {
  has_dashboard = !var.parked && var.dashboard

  usual_widgets = [
    ["Requests a minute", "Sum", [
      ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", local.balancer_dimension, { label = "all" }],
      [".", "HTTPCode_Target_4XX_Count", ".", ".", { label = "4xx" }],
      [".", "HTTPCode_Target_5XX_Count", ".", ".", { label = "5xx by tasks" }],
      [".", "HTTPCode_ELB_5XX_Count", ".", ".", { label = "5xx by the balancer" }],
    ]],
    ["Seconds to answer", "p50", [
      ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", local.balancer_dimension, { label = "p50" }],
      ["...", { label = "p90", stat = "p90" }],
      ["...", { label = "p99", stat = "p99" }],
    ]],
    ["Targets", "Sum", [
      [{ label = "healthy", expression = "SEARCH('{AWS/ApplicationELB,LoadBalancer,TargetGroup} MetricName=\"HealthyHostCount\" LoadBalancer=\"${local.balancer_dimension}\"', 'Minimum', 60)" }],
      [{ label = "unhealthy", expression = "SEARCH('{AWS/ApplicationELB,LoadBalancer,TargetGroup} MetricName=\"UnHealthyHostCount\" LoadBalancer=\"${local.balancer_dimension}\"', 'Maximum', 60)" }],
    ]],
    ["Percent of CPU and memory", "Average", [
      ["AWS/ECS", "CPUUtilization", "ClusterName", var.name, "ServiceName", var.name, { label = "CPU" }],
      [".", "MemoryUtilization", ".", ".", ".", ".", { label = "memory" }],
    ]],
    ["Tasks that run", "SampleCount", [
      ["AWS/ECS", "CPUUtilization", "ClusterName", var.name, "ServiceName", var.name, { label = "tasks" }],
    ]],
    ["Connections a minute", "Sum", [
      ["AWS/ApplicationELB", "NewConnectionCount", "LoadBalancer", local.balancer_dimension, { label = "new" }],
      [".", "RejectedConnectionCount", ".", ".", { label = "rejected by the balancer" }],
      [".", "TargetConnectionErrorCount", ".", ".", { label = "refused by tasks" }],
    ]],
  ]
  own_widgets = [
    ["Requests by outcome", "Sum", [
      [{ label = "", expression = "SEARCH('{dualrun,outcome,service} MetricName=\"http_server_requests_total\" service=\"${var.name}\"', 'Sum', 60)" }],
    ]],
    ["Seconds in the service", "p50", [
      ["dualrun", "http_server_request_duration_seconds", "service", var.name, { label = "p50" }],
      ["...", { label = "p99", stat = "p99" }],
    ]],
    ["Inside of the service", "Sum", [
      ["dualrun", "http_server_active_requests", "service", var.name, { label = "requests in flight", stat = "Maximum" }],
      ["dualrun", "dualrun_log_lines_dropped_total", "service", var.name, { label = "log lines dropped" }],
    ]],
  ]

  alarm_arns = concat(
    aws_cloudwatch_metric_alarm.errors[*].arn,
    aws_cloudwatch_metric_alarm.latency[*].arn,
    aws_cloudwatch_metric_alarm.unhealthy[*].arn,
    aws_cloudwatch_metric_alarm.restarts[*].arn,
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  count = local.has_dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = concat(
      # Three in a row.
      [for at, widget in concat(local.usual_widgets, [for it in local.own_widgets : it if var.metrics == "emf"]) : {
        type   = "metric"
        x      = at % 3 * 8
        y      = floor(at / 3) * 6
        width  = 8
        height = 6
        properties = {
          title   = widget[0]
          region  = local.region
          stat    = widget[1]
          stacked = widget[0] == "Requests by outcome"
          period  = 60
          metrics = widget[2]
        }
      }],
      [for arns in [local.alarm_arns] : {
        type       = "alarm"
        x          = 0
        y          = 18
        width      = 24
        height     = 2
        properties = { title = "Alarms", alarms = arns }
      } if local.has_error_alarm || local.has_latency_alarm || local.has_unhealthy_alarm || local.has_restart_alarm],
    )
  })
}
