# The cluster, the service, and its scaling.

resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:Container Insights is charged by the metric; CPU and memory are there without it
  name = var.name

  tags = local.tags
}

resource "aws_ecs_service" "this" {
  #checkov:skip=CKV_AWS_333:An address of its own instead of a NAT gateway; the security group lets only the balancer in
  name            = var.name
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = var.parked ? 0 : var.desired_count

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = var.parked ? null : 30
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  dynamic "alarms" {
    for_each = length(local.rollback_alarms) > 0 ? [local.rollback_alarms] : []

    content {
      enable      = local.rolls_back
      rollback    = local.rolls_back
      alarm_names = alarms.value
    }
  }

  network_configuration {
    subnets          = var.network == null ? [aws_subnet.this["a"].id, aws_subnet.this["b"].id] : var.network.subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = var.network == null ? true : var.network.assign_public_ip
  }

  dynamic "load_balancer" {
    for_each = var.parked ? [] : [aws_lb_target_group.this.arn]

    content {
      target_group_arn = load_balancer.value
      container_name   = var.container_name
      container_port   = var.port
    }
  }

  tags = local.tags

  lifecycle {
    # `cargo ecs deploy` says what runs, and scaling how much of it: with them here, the next apply would undo a deployment, or stop
    # tasks under load.
    ignore_changes = [task_definition, desired_count]
  }

  # A target group that no listener forwards to cannot be attached.
  depends_on = [
    aws_lb_listener.http,
    aws_lb_listener.https,
    aws_lb_listener_rule.shared,
    aws_route.default,
    aws_vpc_security_group_ingress_rule.task_from_balancer,
    aws_vpc_security_group_egress_rule.task_https,
    aws_cloudwatch_metric_alarm.errors,
    aws_cloudwatch_metric_alarm.latency,
    aws_cloudwatch_metric_alarm.unhealthy,
  ]
}

# Parking takes the load balancer away, and leaves the count to whoever scales.
check "nothing_runs_while_parked" {
  assert {
    condition     = !var.parked || aws_ecs_service.this.desired_count == 0
    error_message = "The service is parked, and its tasks still run and cost. Stop them: cargo ecs scale 0 --service ${var.name}"
  }
}

resource "aws_appautoscaling_target" "this" {
  count = var.parked ? 0 : 1

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}"
  min_capacity       = var.desired_count
  max_capacity       = var.max_count

  tags = local.tags
}

resource "aws_appautoscaling_policy" "cpu" {
  count = var.parked ? 0 : 1

  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 50
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
