# What goes together, and what is refused before anything is made. .ci/terraform has the answers that an account gives for a plan; Terraform
# cannot mock a provider whose passwords a module asks for.

variables {
  image = "me/shop:3f1c9e7"
}

run "the_defaults_are_enough" {
  command = plan

  assert {
    condition     = length(aws_lb.this) == 1 && length(aws_vpc.this) == 1 && aws_ecs_service.this.desired_count == 2
    error_message = "a service has a load balancer and a network of its own"
  }
}

run "parked_there_is_nothing_that_costs_by_the_hour" {
  command = plan

  variables {
    parked      = true
    error_alarm = 5
    dashboard   = true
  }

  assert {
    condition = alltrue([
      length(aws_lb.this) == 0,
      length(aws_lb_listener.http) == 0,
      length(aws_cloudwatch_metric_alarm.errors) == 0,
      length(aws_cloudwatch_dashboard.this) == 0,
      length(aws_appautoscaling_target.this) == 0,
      length(aws_ecs_service.this.load_balancer) == 0,
      aws_ecs_service.this.desired_count == 0,
    ])
    error_message = "parked, there are a load balancer, alarms, or tasks"
  }
}

run "a_network_may_be_made_in_the_same_apply" {
  command = plan

  variables {
    network  = { vpc_id = "vpc-0a", subnet_ids = ["subnet-0a", "subnet-0b"] }
    database = { security_group_id = "sg-0d", ingress = true }
  }

  assert {
    condition     = length(aws_vpc.this) == 0 && length(aws_vpc_security_group_ingress_rule.database_from_tasks) == 1
    error_message = "the network is used, and the database opened"
  }
}

run "an_image_without_a_tag_is_refused" {
  command = plan

  variables {
    image = "me/shop"
  }

  expect_failures = [var.image]
}

run "memory_that_fargate_does_not_have_with_this_cpu_is_refused" {
  command = plan

  variables {
    cpu    = 1024
    memory = 512
  }

  expect_failures = [var.memory]
}

run "a_database_needs_its_network" {
  command = plan

  variables {
    database = { security_group_id = "sg-0d" }
  }

  expect_failures = [var.database]
}

run "a_shared_balancer_needs_to_know_which_requests_are_the_services" {
  command = plan

  variables {
    network         = { vpc_id = "vpc-0a", subnet_ids = ["subnet-0a", "subnet-0b"] }
    shared_balancer = { listener_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/lb/0a/0b", security_group_id = "sg-0b" }
  }

  expect_failures = [var.shared_balancer]
}

run "the_collector_keeps_its_name" {
  command = plan

  variables {
    collector      = true
    container_name = "collector"
  }

  expect_failures = [var.container_name]
}

run "the_tag_of_consoles_is_not_the_modules" {
  command = plan

  variables {
    tag_key = "Name"
  }

  expect_failures = [var.tag_key]
}
