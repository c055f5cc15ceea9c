//! What ECS says, and the names.

/// What ECS says, as its documents, its agents and people's issues have it, and the names.
pub(super) const REASONS: &[(&str, &str)] = &[
    // Images.
    (
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref docker.io/vkuldeep1/myapp:nope: docker.io/vkuldeep1/myapp:nope: not found",
        "image not found",
    ),
    (
        "CannotPullContainerError: pull access denied for a/b, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        "image not found",
    ),
    (
        "CannotPullImageManifestError: Error response from daemon: manifest unknown: manifest unknown",
        "image not found",
    ),
    (
        "CannotPullContainerError: failed to resolve ref ghcr.io/shop/i-o-timeout:1: not found",
        "image not found",
    ),
    (
        "CannotPullContainerError: failed to resolve ref 1.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:0f3a: 1.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:0f3a: not found",
        "image digest not found",
    ),
    (
        "CannotPullContainerError: invalid reference format: repository name must be lowercase",
        "invalid image name",
    ),
    (
        "CannotPullContainerError: ref pull has been retried 1 time(s): toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating",
        "registry rate limit",
    ),
    (
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
        "image of another platform",
    ),
    (
        "CannotPullContainerError: no matching manifest for linux/arm64/v8 in the manifest list entries",
        "image of another platform",
    ),
    (
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:7c52: write /var/lib/containerd/x: no space left on device: unknown",
        "image too large for the disk",
    ),
    (
        "CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/1: 403 Forbidden",
        "image layers: access denied",
    ),
    (
        "CannotPullContainerError: Check if image exists and role 'execution' has permissions to pull images from Amazon ECR. Error response from daemon: pull access denied for 1.dkr.ecr.us-east-1.amazonaws.com/shop, repository does not exist or may require 'docker login': denied: User: arn:aws:sts::1:assumed-role/execution/x is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:1:repository/shop because no identity-based policy allows the ecr:BatchGetImage action",
        "image access denied",
    ),
    (
        "CannotPullContainerError: Get https://registry-1.docker.io/v2/a/b/manifests/1: unauthorized: incorrect username or password",
        "image access denied",
    ),
    (
        "CannotPullContainerError: failed to do request: Head https://registry.example/v2/: tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "registry certificate not trusted",
    ),
    (
        "CannotPullContainerError: The task cannot pull 1.dkr.ecr.us-east-1.amazonaws.com/shop:2.0@sha256:625d from the registry 1.dkr.ecr.us-east-1.amazonaws.com/shop:2.0@sha256:625d. There is a connection issue between the task and the registry. Check your task network configuration. : failed to copy: httpReadSeeker: failed open: failed to do request: Get https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/1: dial tcp 52.216.1.2:443: i/o timeout",
        "registry unreachable",
    ),
    (
        "CannotPullECRContainerError: RequestError: send request failed caused by: Post \"https://api.ecr.us-west-2.amazonaws.com/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        "registry unreachable",
    ),
    (
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to unpack image on snapshotter overlayfs: mismatched image rootfs and manifest layers",
        "image cannot be pulled",
    ),
    // Secrets.
    (
        "ResourceInitializationError: failed to download env files: service call has been retried 1 time(s): operation error S3: HeadObject, https response error StatusCode: 403, api error Forbidden: Forbidden",
        "environment file not readable",
    ),
    (
        "ResourceInitializationError: failed to download env files: file download command: non empty error stream: RequestCanceled: request context canceled caused by: context deadline exceeded",
        "environment file unreachable",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key SECRET_KEY",
        "key missing from the secret",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        "secret without a value",
    ),
    (
        "ResourceInitializationError: unable to retrieve secret from asm: InvalidRequestException: You can’t perform this operation on the secret because it was marked for deletion.",
        "secret scheduled for deletion",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: api error AccessDeniedException: Access to KMS is not allowed",
        "KMS key access denied",
    ),
    (
        "ResourceInitializationError: The task can't retrieve the secret with ARN 'arn:x' from AWS Secrets Manager. Check that the secret ARN is correct. ResourceNotFoundException: Secrets Manager can’t find the specified secret.",
        "secret not found",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /shop/key",
        "secret not found",
    ),
    (
        "ResourceInitializationError: unable to retrieve secret from asm: failed to fetch secret shop key: api error ValidationException: Invalid name. Must be a valid name containing alphanumeric characters",
        "invalid secret name",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: operation error ECR: GetAuthorizationToken, api error AccessDeniedException: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
        "image access denied",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: AccessDeniedException: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:1:parameter/shop",
        "secret access denied",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: AccessDeniedException: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: secretsmanager:GetSecretValue on resource: shop",
        "secret access denied",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret arn:x from secrets manager: canceled, context deadline exceeded.",
        "secrets or registry unreachable",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
        "secrets or registry unreachable",
    ),
    // Logs.
    (
        "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed",
        "CloudWatch unreachable",
    ),
    (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1",
        "log group missing",
    ),
    (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User: arn:x is not authorized to perform: logs:CreateLogStream",
        "log group access denied",
    ),
    (
        "ResourceInitializationError: failed to validate logger args: unable to get awslogs driver arguments: awslogs-region is required",
        "invalid log options",
    ),
    (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial unix /var/lib/ecs/data/firelens/1/socket/fluent.sock: connect: no such file or directory",
        "log router unreachable",
    ),
    (
        "ResourceInitializationError: failed to initialize logging driver: unknown option",
        "log driver cannot be started",
    ),
    // Volumes.
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-1.efs.us-east-1.amazonaws.com\" - check that your file system ID is correct",
        "file system not found",
    ),
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
        "file system access denied",
    ),
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: mount system call failed'",
        "file system unreachable",
    ),
    (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: command failed",
        "file system cannot be mounted",
    ),
    (
        "ECS was unable to assume the configured ECS Infrastructure Role 'arn:aws:iam::1:role/x'. Please verify that the role being passed has the proper trust relationship with Amazon ECS",
        "infrastructure role cannot be assumed",
    ),
    (
        "ECS failed to set up the EBS volume. Encountered IdempotentParameterMismatch; \"The client token you have provided is associated with a resource that is already deleted.\"",
        "KMS key of the volume not usable",
    ),
    (
        "ECS timed out while configuring the EBS volume attachment to your Task",
        "volume cannot be set up",
    ),
    // The network.
    (
        "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
        "no free IP addresses",
    ),
    (
        "Unexpected EC2 error while attempting to Create Network Interface: NetworkInterfaceLimitExceeded",
        "network interface quota reached",
    ),
    (
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-1': InvalidSecurityGroupID.NotFound",
        "security group not found",
    ),
    (
        "Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation",
        "tag policy violated",
    ),
    (
        "Timeout waiting for network interface provisioning to complete.",
        "network interface cannot be created",
    ),
    // Roles.
    (
        "(service shop) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions)",
        "role cannot be assumed",
    ),
    (
        "User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/execution",
        "role cannot be passed",
    ),
    (
        "IAM permissions policies have been misconfigured or changed, and ECS can no longer maintain your service",
        "role lacks permissions",
    ),
    // The start.
    (
        "OutOfMemoryError: Container killed due to memory usage",
        "out of memory",
    ),
    (
        "CannotStartContainerError: OCI runtime create failed: nvidia-container-cli: initialization error",
        "GPU unavailable",
    ),
    (
        "CannotStartContainerError: exec /app: exec format error",
        "image of another platform",
    ),
    (
        "CannotStartContainerError: runc create failed: unable to start container process: exec: \"/app/run.sh\": permission denied",
        "program not executable",
    ),
    (
        "CannotStartContainerError: OCI runtime create failed: starting container process caused: exec: \"uvicorn\": executable file not found in $PATH",
        "program cannot be started",
    ),
    (
        "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: x",
        "container not started in time",
    ),
    (
        "CannotCreateContainerError: failed to copy file info for /var/lib/ecs/volumes/x: failed to chown /var/lib: operation not permitted",
        "container cannot be created",
    ),
    (
        "AppNet agent is not healthy",
        "Service Connect cannot be started",
    ),
    // Placement.
    (
        "(service shop) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
        "no capacity",
    ),
    (
        "(service shop) was unable to place a task. Reason: You’ve reached the limit on the number of vCPUs you can run concurrently",
        "vCPU quota reached",
    ),
    (
        "(service shop) was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently",
        "task quota reached",
    ),
    (
        "(service shop) was unable to place a task. Reason: The requested MEMORY configuration is above your limit.",
        "task size above the quota",
    ),
    (
        "(service shop) operations are being throttled. Will try again later.",
        "throttled by AWS",
    ),
    (
        "(service shop) was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.",
        "no container instances",
    ),
    (
        "(service shop) was unable to place a task because no container instance met all of its requirements. The closest matching container-instance is already using a port required by your task.",
        "instance port in use",
    ),
    (
        "(service shop) was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 1 encountered error \"AGENT\".",
        "ECS agent disconnected",
    ),
    (
        "(service shop) was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 1 has insufficient CPU units available.",
        "no instance has room for the task",
    ),
    (
        "(service shop) was unable to place a task. Reason: Internal error.",
        "no Fargate in the zone",
    ),
    (
        "The selected task definition is not compatible with the selected compute strategy",
        "incompatible capacity",
    ),
    // The deployment.
    (
        "Service deployment rolled back because TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:aws:sts::1:assumed-role/x/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyListener on resource: arn:x",
        "load balancer access denied",
    ),
    (
        "Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role 'arn:x'.",
        "load balancer access denied",
    ),
    (
        "Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to assume role arn:aws:iam::1:role/x",
        "lifecycle hook access denied",
    ),
    (
        "Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to parse the response from arn:x due to HookStatus must not be null",
        "invalid response of a lifecycle hook",
    ),
    (
        "Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:x returned FAILED status.",
        "lifecycle hook failed",
    ),
    (
        "Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.",
        "pause timed out",
    ),
    (
        "Service deployment rolled back because of invalid networking configuration: Target group arn:x is not associated with either productionListenerRule or testListenerRule.",
        "listener rules and target groups do not match",
    ),
    (
        "(service shop) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
        "deployment percentages leave no room",
    ),
    (
        "(service shop) was unable to reach steady state because task set (x) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks",
        "tasks are protected",
    ),
    (
        "(service shop) failed to register targets in (target-group arn:x) with (error The following targets are not in the target group VPC 'vpc-1': 'i-1')",
        "target group in another VPC",
    ),
    (
        "(service shop) failed to register targets in (target-group arn:x) with (error The target group is of another type)",
        "targets cannot be registered",
    ),
    // Tasks that run.
    (
        "Task failed container health checks",
        "health check of the container",
    ),
    (
        "Task failed ELB health checks in (target-group arn:x)",
        "health check of the load balancer",
    ),
    (
        "(service shop) (task 1) (port 8000) is unhealthy in (target-group arn:x) due to (reason Health checks failed with these codes: [404])",
        "health check of the load balancer: wrong answer",
    ),
    (
        "(service shop) (task 1) (port 8000) is unhealthy in (target-group arn:x) due to (reason Request timed out)",
        "health check of the load balancer: wrong port or blocked",
    ),
    (
        "(service shop) task set (x) (task 1) is not healthy in target-group (arn:x) due to TARGET GROUP IS NOT FOUND.",
        "target group not in use",
    ),
    (
        "(service shop) (deployment ecs-svc/1) deployment failed: alarm detected.",
        "alarm triggered",
    ),
    (
        "SpotInterruption: Your Spot Task was interrupted.",
        "Spot capacity reclaimed",
    ),
    (
        "Service shop: ECS is performing maintenance on the underlying infrastructure hosting the task",
        "AWS replaced the host",
    ),
    (
        "Host EC2 (instance i-1) terminated.",
        "AWS replaced the host",
    ),
    ("Task stopped by user", "stopped by hand"),
];
