//! What a program says before it dies.
//!
//! Only texts that end a program, as its runtime or its library writes them: what an application says in words of its
//! own may be anything. Sources: runc and containerd, the dynamic linkers of glibc and musl, the runtimes of Rust, Go,
//! Python, Node, the JVM and .NET, libpq, PostgreSQL, MySQL, Redis, nginx.

use super::row::{Row, row};

/// Particular ones first, since a panic or a traceback may be about each of them.
pub(super) const ROWS: &[Row] = &[
    row(
        "image of another platform",
        &[&["exec format error"]],
        "build for the task's architecture, or change runtimePlatform",
    ),
    row(
        "image needs a newer CPU",
        &[&["cpu does not support x86-64-v"]],
        "use a base image for older CPUs, or build for ARM64 and change runtimePlatform",
    ),
    row(
        "program not executable",
        &[
            &["^exec /", ": permission denied"],
            &["^exec ./", ": permission denied"],
        ],
        "make the program executable in the image (chmod +x), for the user that runs it",
    ),
    row(
        "program cannot be started",
        &[
            &["^exec /", ": no such file or directory"],
            &["^exec ./", ": no such file or directory"],
            &["standard_init_linux.go", "no such file or directory"],
            &["executable file not found in $path"],
            &["^/bin/sh: ", ": not found"],
            &["^sh: ", ": not found"],
            &["^/bin/bash: ", ": no such file or directory"],
            &["^bash: ", ": command not found"],
            &["entrypoint.sh: ", "exec: ", "not found"],
        ],
        "correct entryPoint and command; a script needs its interpreter in the image, and line ends of Unix",
    ),
    row(
        "library missing from the image",
        &[
            &["error while loading shared libraries: "],
            &["error loading shared library "],
            &["version `glibc_", "not found"],
            &["version `glibcxx_", "not found"],
        ],
        "build on the base image that the program runs on, or install the library there",
    ),
    row(
        "module missing from the image",
        &[
            &["modulenotfounderror: no module named "],
            &["error: cannot find module "],
            &["err_module_not_found"],
            &["cannot find package ", " imported from "],
            &["could not find or load main class "],
            &["no main manifest attribute"],
            &["java.lang.noclassdeffounderror"],
            &["cannot load such file -- "],
            &["php fatal error: ", "failed opening required"],
        ],
        "install the program's dependencies and copy all of its files into the image",
    ),
    row(
        "missing variable",
        &[
            &["environment variable not found"],
            &["improperlyconfigured", "environment variable"],
        ],
        "give the variable in environment or secrets of the task definition",
    ),
    row(
        "no permission for the port",
        &[
            &["bind: permission denied"],
            &["bind() to ", "permission denied"],
            &["could not bind to ", "permission denied"],
            &["^(13)permission denied", "could not bind"],
            &["listen eacces"],
        ],
        "listen on a port above 1023, which needs no root, and map that one",
    ),
    row(
        "port in use",
        &[
            &["address already in use"],
            &["listen eaddrinuse"],
            &["connection in use: ("],
            &["^web server failed to start", "was already in use"],
        ],
        "give each program of the task a port of its own: containers of a task share them",
    ),
    row(
        "too many threads",
        &[
            &["unable to create native thread"],
            &["unable to create new native thread"],
        ],
        "start fewer threads, or raise memory in the task definition",
    ),
    row(
        "out of heap memory",
        &[
            &["java.lang.outofmemoryerror: "],
            &["javascript heap out of memory"],
        ],
        "raise the heap's limit together with memory in the task definition, or find what grows",
    ),
    row(
        "out of memory",
        &[
            &["^fatal error: runtime: out of memory"],
            &["^fatal error: runtime: cannot allocate memory"],
            &["^memory allocation of ", " bytes failed"],
            &["terminate called after throwing an instance of 'std::bad_alloc'"],
            &["unhandled exception", "system.outofmemoryexception"],
            &["^memoryerror"],
        ],
        "raise memory in the task definition, or find what grows",
    ),
    row(
        "disk full",
        &[&["no space left on device"]],
        "raise ephemeralStorage in the task definition, or write less",
    ),
    row(
        "read-only file system",
        &[&["read-only file system"]],
        "mount a volume for what the program writes, or leave out readonlyRootFilesystem",
    ),
    row(
        "database login failed",
        &[
            &["password authentication failed for user "],
            &["no pg_hba.conf entry for host "],
            &["access denied for user '", "'@'"],
            &["wrongpass invalid username-password pair"],
            &["noauth authentication required"],
            &["mongo", "authentication failed"],
            &["login failed for user '"],
            &["ora-01017"],
        ],
        "correct the database's user and password in environment or secrets, and deploy again: tasks read secrets when \
         they start",
    ),
    row(
        "database does not exist",
        &[
            &["fatal: ", "database \"", "\" does not exist"],
            &["unknown database '"],
        ],
        "create the database, or correct its name",
    ),
    row(
        "database unreachable",
        &[
            &["connection to server at \"", " failed: "],
            &["could not connect to server: "],
            &["could not translate host name \""],
            &["can't connect to mysql server on '"],
            &["communications link failure"],
            &["can't reach database server at "],
            &["mongoserverselectionerror: "],
            &["connect econnrefused ", ":5432"],
            &["connect econnrefused ", ":3306"],
            &["connect econnrefused ", ":6379"],
            &["error 111 connecting to "],
        ],
        "let the tasks' security group in on the database's port, and correct the host that the program gets",
    ),
    row(
        "no AWS credentials",
        &[
            &["unable to locate credentials"],
            &["could not load credentials from any providers"],
            &["nocredentialproviders"],
        ],
        "give the task definition a taskRoleArn",
    ),
    row(
        "AWS access denied",
        &[&["is not authorized to perform: ", "arn:aws"]],
        "allow the action in the task role (taskRoleArn), which is not the execution role",
    ),
    row(
        "invalid nginx configuration",
        &[&["^nginx: [emerg] "], &[" [emerg] ", "#"]],
        "correct the configuration: nginx -t in the image tells more",
    ),
    // Only where it ends the program: a panic in another thread may be one failed request.
    row(
        "the program panicked",
        &[
            &["^thread 'main'", "panicked at "],
            &["^panic: "],
            &["^fatal error: all goroutines are asleep"],
        ],
        "correct the program: the log has the place",
    ),
];
