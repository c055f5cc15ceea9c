//! What programs say: before they die, with the names, and while nothing is wrong.

/// Last words of programs that died, and the names.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("exec /app: exec format error", "image of another platform"),
    (
        "standard_init_linux.go:228: exec user process caused: exec format error",
        "image of another platform",
    ),
    (
        "Fatal glibc error: CPU does not support x86-64-v3",
        "image needs a newer CPU",
    ),
    (
        "exec /entrypoint.sh: no such file or directory",
        "program cannot be started",
    ),
    (
        "/bin/sh: 1: gunicorn: not found",
        "program cannot be started",
    ),
    (
        "/docker-entrypoint.sh: exec: line 47: serve: not found",
        "program cannot be started",
    ),
    ("exec /run.sh: permission denied", "program not executable"),
    (
        "/app: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.39' not found (required by /app)",
        "library missing from the image",
    ),
    (
        "/app: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory",
        "library missing from the image",
    ),
    (
        "Error loading shared library libssl.so.3: No such file or directory (needed by /app)",
        "library missing from the image",
    ),
    (
        "ModuleNotFoundError: No module named 'flask'",
        "module missing from the image",
    ),
    (
        "Error: Cannot find module '/app/dist/main.js'",
        "module missing from the image",
    ),
    (
        "Error: Could not find or load main class com.example.Shop",
        "module missing from the image",
    ),
    (
        "Error: DATABASE_URL: environment variable not found",
        "missing variable",
    ),
    (
        "django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable",
        "missing variable",
    ),
    (
        "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
        "no permission for the port",
    ),
    (
        "2026/11/26 10:00:00 listen tcp :80: bind: permission denied",
        "no permission for the port",
    ),
    (
        "Error: listen EACCES: permission denied 0.0.0.0:80",
        "no permission for the port",
    ),
    (
        "Error: listen EADDRINUSE: address already in use :::8000",
        "port in use",
    ),
    (
        "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
        "port in use",
    ),
    (
        "[2026-11-26 10:00:00 +0000] [1] [ERROR] Connection in use: ('0.0.0.0', 8000)",
        "port in use",
    ),
    (
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
        "too many threads",
    ),
    (
        "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space",
        "out of heap memory",
    ),
    (
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "out of heap memory",
    ),
    ("fatal error: runtime: out of memory", "out of memory"),
    (
        "memory allocation of 1073741824 bytes failed",
        "out of memory",
    ),
    ("MemoryError", "out of memory"),
    (
        "OSError: [Errno 28] No space left on device: '/tmp/x'",
        "disk full",
    ),
    (
        "OSError: [Errno 30] Read-only file system: '/app/x'",
        "read-only file system",
    ),
    (
        "psycopg2.OperationalError: connection to server at \"db\" (10.0.1.2), port 5432 failed: FATAL:  password authentication failed for user \"shop\"",
        "database login failed",
    ),
    (
        "ERROR 1045 (28000): Access denied for user 'shop'@'10.0.1.2' (using password: YES)",
        "database login failed",
    ),
    (
        "FATAL:  database \"shop\" does not exist",
        "database does not exist",
    ),
    (
        "connection to server at \"db\" (10.0.1.2), port 5432 failed: Connection refused",
        "database unreachable",
    ),
    (
        "Error: connect ECONNREFUSED 10.0.1.2:5432",
        "database unreachable",
    ),
    (
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
        "no AWS credentials",
    ),
    (
        "AccessDeniedException: User: arn:aws:sts::1:assumed-role/task/1 is not authorized to perform: ssm:GetParameter on resource: shop",
        "AWS access denied",
    ),
    (
        "nginx: [emerg] host not found in upstream \"backend\" in /etc/nginx/conf.d/default.conf:5",
        "invalid nginx configuration",
    ),
    (
        "thread 'main' (1) panicked at src/main.rs:5:10: no config",
        "the program panicked",
    ),
    (
        "panic: runtime error: invalid memory address or nil pointer dereference",
        "the program panicked",
    ),
];

/// What programs say without dying of it, or in words of their own.
pub(super) const HARMLESS: &[&str] = &[
    "connection timeout",
    "upstream connection timeout, status 504",
    "the customer is out of memory cards",
    "cache is full: out of memory budget, evicting",
    "order 12 not found",
    "GET /missing 404 not found",
    "no such file or directory: /uploads/1.png",
    "exec summary: no such file or directory",
    "permission denied for user 7 on order 12",
    "WARN  connection to server at \"db\" (10.0.1.2), port 5432 failed: Connection refused",
    "{\"level\":\"info\",\"message\":\"address already in use\"}",
    "{\"level\":40,\"msg\":\"connect ECONNREFUSED 10.0.1.2:5432\"}",
    "address already in use, trying another one",
    "\u{1b}[33mWARN\u{1b}[0m address already in use",
    "could not connect to server: Connection refused; will retry in 1 s",
    "COLOUR: environment variable not found, using default",
    "http: panic serving 10.0.0.1:1234: boom",
    "thread 'tokio-runtime-worker' panicked at src/orders.rs:5:10: boom",
    "{\"level\":\"ERROR\",\"message\":\"panic\",\"panic\":\"boom\",\"location\":\"src/orders.rs:5:10\"}",
    "authentication failed for visitor 12",
    "User bob is not authorized to perform: refunds",
    "killed 12 zombies",
];
