//! Whether a program's standard error shows a panic or a backtrace, in the form of its language.
//!
//! Only what a runtime prints is one: a log may well quote the words of it. So each sign is a
//! whole line, or a line and what has to follow.

/// The first line that gives it away, if there is one.
pub fn find(stderr: &str) -> Option<&str> {
    let mut lines = stderr.lines();
    let mut excused = false;
    while let Some(line) = lines.next() {
        excused |= line == OF_ASYNCIO;
        if excused && is_python(line) {
            excused = false;
            continue;
        }
        let is_one = is_rust(line)
            || is_go(line)
            || is_java(line)
            || is_frame(line)
            || UNCAUGHT.iter().any(|start| line.starts_with(start))
            || (is_python(line) && lines.clone().take(8).any(is_python_frame));
        if is_one {
            return Some(line);
        }
    }
    None
}

/// How asyncio itself logs that `accept` has failed, with a backtrace. It goes on, as it should.
const OF_ASYNCIO: &str = "socket.accept() out of system resource";

/// How some runtimes begin to tell of what nobody has caught.
const UNCAUGHT: [&str; 4] = [
    "terminate called after throwing an instance of ",
    "Unhandled exception. ",
    "stack traceback:",
    "CallStack (from HasCallStack):",
];

/// `thread 'main' panicked at src/main.rs:3:5:`, in newer versions with a number of the thread.
fn is_rust(line: &str) -> bool {
    line.strip_prefix("thread '")
        .and_then(|line| line.split_once(" panicked at "))
        .is_some_and(|(thread, place)| {
            (thread.ends_with('\'') || thread.ends_with(')')) && place.contains(".rs:")
        })
}

/// `goroutine 1 [running]:`
fn is_go(line: &str) -> bool {
    line.strip_prefix("goroutine ")
        .and_then(|line| line.split_once(" ["))
        .is_some_and(|(number, state)| {
            number.bytes().all(|byte| byte.is_ascii_digit()) && state.ends_with("]:")
        })
}

/// `Exception in thread "main" java.net.BindException: …`
fn is_java(line: &str) -> bool {
    line.strip_prefix("Exception in thread \"")
        .is_some_and(|line| line.contains("\" "))
}

/// `Traceback (most recent call last):`, in a group of exceptions behind a few lines and signs.
fn is_python(line: &str) -> bool {
    line.trim_start_matches([' ', '|', '+', '-'])
        .trim_start_matches("Exception Group ")
        == "Traceback (most recent call last):"
}

/// `  File "echo.py", line 3, in serve`
fn is_python_frame(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '|']);
    line.starts_with("File \"") && line.contains("\", line ")
}

/// A frame of a stack: `    at connect (node:net:1170:18)`, `at Server.run(Server.java:9)`,
/// `at Chat.Main() in /chat.cs:line 5`, or `from echo.rb:7:in 'accept'`.
fn is_frame(line: &str) -> bool {
    let indented = line.trim_start_matches([' ', '\t']);
    if indented.len() == line.len() {
        return false;
    }
    if let Some(frame) = indented.strip_prefix("from ") {
        return frame.contains(":in ");
    }
    let Some(frame) = indented.strip_prefix("at ") else {
        return false;
    };
    if frame.contains(" in ") && frame.contains(":line ") {
        return true;
    }
    let (call, place) = match frame.strip_suffix(')') {
        Some(frame) => frame.rsplit_once('(').unwrap_or(("", frame)),
        None => ("", frame),
    };
    let numbers = place
        .rsplit(':')
        .take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        .count();
    let of_node = numbers >= 2 && (place.starts_with("node:") || place.contains('/'));
    let of_java = !call.is_empty()
        && (place == "Native Method"
            || place == "Unknown Source"
            || (numbers == 1 && (place.contains(".java:") || place.contains(".kt:"))));
    of_node || of_java
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn each_language_is_known_by_its_form() {
        for stderr in [
            "thread 'main' panicked at src/main.rs:3:5:\nno",
            "thread '<unnamed>' (4711) panicked at src/server.rs:30:9:\nindex out of bounds",
            "Traceback (most recent call last):\n  File \"echo.py\", line 3, in serve\nOSError",
            "  + Exception Group Traceback (most recent call last):\n  |   File \"a.py\", line 9, in run",
            "panic: runtime error\n\ngoroutine 18 [running]:\nmain.serve()",
            "fatal error: all goroutines are asleep\n\ngoroutine 1 [chan receive, 2 minutes]:",
            "Exception in thread \"main\" java.net.BindException: Address already in use",
            "java.io.IOException: reset\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)",
            "java.io.IOException: reset\n\tat Echo.serve(Echo.java:31)",
            "Error: listen EADDRINUSE\n    at Server.setupListenHandle [as _listen2] (node:net:1817:16)",
            "Error: no\n    at file:///tmp/echo.mjs:3:7",
            "Unhandled exception. System.Exception: no\n   at Chat.Main() in /chat.cs:line 5",
            "echo.rb:9:in `accept': no (Errno::EMFILE)\n\tfrom echo.rb:3:in `<main>'",
            "terminate called after throwing an instance of 'std::system_error'",
        ] {
            assert!(find(stderr).is_some(), "{stderr}");
        }
    }

    #[test]
    fn a_log_may_quote_what_it_heard() {
        for stderr in [
            "",
            "error: 127.0.0.1:7002: Connection refused",
            "127.0.0.1:40312: \"thread 'main' panicked at src/main.rs:3:5\"",
            "Ann said: Traceback (most recent call last):\n  File \"x.py\", line 1",
            "Traceback (most recent call last): is what Ann said",
            "a client panicked at the door",
            "goroutine 7 serves Ann",
            "  at 12:03:05 Ann came",
            "    at 127.0.0.1:7002",
            "    at [::1]:7002:1",
            "    from 127.0.0.1:40312",
            "at Ann (for the second time)",
            "socket.accept() out of system resource\nsocket: <asyncio.TransportSocket fd=6>\n\
             Traceback (most recent call last):\n  File \"a.py\", line 165, in accept\nOSError",
        ] {
            assert_eq!(find(stderr), None, "{stderr}");
        }
    }
}
