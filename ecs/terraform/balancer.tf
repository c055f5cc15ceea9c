# The way in: a load balancer with its listeners, or a rule of an existing one; the domain and its certificate.

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:Access logs need a bucket; the service logs each request itself
  #checkov:skip=CKV_AWS_150:It is to be deleted when it is not used, since it costs by the hour
  #checkov:skip=CKV2_AWS_28:A web application firewall costs more than all the rest; add one when you need it
  #checkov:skip=CKV2_AWS_20:The listener on port 80 redirects when there is a certificate
  count = local.makes_balancer ? 1 : 0

  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.load_balancer_scheme == "internal"
  ip_address_type            = "ipv4"
  subnets                    = var.network == null ? [aws_subnet.this["a"].id, aws_subnet.this["b"].id] : coalesce(var.network.balancer_subnet_ids, var.network.subnet_ids)
  security_groups            = [aws_security_group.balancer[0].id]
  idle_timeout               = 60
  drop_invalid_header_fields = true
  enable_deletion_protection = false

  tags = local.tags

  # Its addresses are public only behind a gateway.
  depends_on = [aws_route.default]
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:TLS ends at the balancer; only it reaches the tasks
  name_prefix = "${substr(var.name, 0, 5)}-"
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.port
  vpc_id      = var.network == null ? aws_vpc.this[0].id : var.network.vpc_id
  # The server's lame-duck and drain time together.
  deregistration_delay = 25

  health_check {
    path                = var.health_path
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200"
  }

  tags = local.tags

  # A listener uses it: with another port, the new group has to be there first.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "http" {
  #checkov:skip=CKV_AWS_2:It redirects when there is a certificate; without one there is nothing to redirect to
  #checkov:skip=CKV_AWS_103:TLS is the other listener's
  count = local.makes_balancer ? 1 : 0

  load_balancer_arn = aws_lb.this[0].arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = local.has_certificate ? "redirect" : "forward"
    target_group_arn = local.has_certificate ? null : aws_lb_target_group.this.arn

    dynamic "redirect" {
      for_each = local.has_certificate ? [443] : []

      content {
        protocol    = "HTTPS"
        port        = redirect.value
        status_code = "HTTP_301"
      }
    }
  }

  tags = local.tags
}

resource "aws_lb_listener" "https" {
  count = local.makes_balancer && local.has_certificate ? 1 : 0

  load_balancer_arn = aws_lb.this[0].arn
  port              = 443
  protocol          = "HTTPS"
  # TLS 1.2 and 1.3.
  ssl_policy      = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn = local.makes_certificate ? aws_acm_certificate_validation.this[0].certificate_arn : var.certificate.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  tags = local.tags
}

resource "aws_lb_listener_rule" "shared" {
  count = local.has_rule ? 1 : 0

  listener_arn = var.shared_balancer.listener_arn
  priority     = var.shared_balancer.rule_priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  dynamic "condition" {
    for_each = length(var.shared_balancer.host_header) > 0 ? [var.shared_balancer.host_header] : []

    content {
      host_header {
        values = condition.value
      }
    }
  }

  dynamic "condition" {
    for_each = length(var.shared_balancer.path_pattern) > 0 ? [var.shared_balancer.path_pattern] : []

    content {
      path_pattern {
        values = condition.value
      }
    }
  }

  tags = local.tags
}

resource "aws_lb_listener_certificate" "shared" {
  count = var.shared_balancer != null && var.certificate != null ? 1 : 0

  listener_arn    = var.shared_balancer.listener_arn
  certificate_arn = var.certificate.arn
}

# Proves by a record of its own that the domain is the account's.
resource "aws_acm_certificate" "this" {
  count = local.makes_certificate ? 1 : 0

  domain_name       = var.domain.name
  validation_method = "DNS"

  tags = local.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  count = local.makes_certificate ? 1 : 0

  zone_id         = var.domain.hosted_zone_id
  name            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.this[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  count = local.makes_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.validation[0].fqdn]
}

resource "aws_route53_record" "this" {
  count = !var.parked && var.domain != null ? 1 : 0

  zone_id = var.domain.hosted_zone_id
  name    = var.domain.name
  type    = "A"

  alias {
    name                   = var.shared_balancer == null ? aws_lb.this[0].dns_name : var.shared_balancer.dns_name
    zone_id                = var.shared_balancer == null ? aws_lb.this[0].zone_id : var.shared_balancer.zone_id
    evaluate_target_health = false
  }
}
