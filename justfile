# The front door. Each recipe is a line or two; without just, type `cargo grader …` instead.

set positional-arguments

[private]
default:
    @{{ just_executable() }} --list --unsorted

# Hand out a lab into work/: start N [--from N.M]
[group('learn')]
[no-exit-message]
start *args:
    @cargo grader start "$@"

# Grade the exercise at hand at each save: watch [N[.M]]
[group('learn')]
[no-exit-message]
watch *args:
    @cargo grader watch "$@"

# Tell what works, and why the rest does not: grade [N[.M]]
[group('learn')]
[no-exit-message]
grade *args:
    @cargo grader grade "$@"

# Give one more hint: hint [N.M]
[group('learn')]
[no-exit-message]
hint *args:
    @cargo grader hint "$@"

# Show what is passed, and what comes next
[group('learn')]
[no-exit-message]
progress *args:
    @cargo grader progress "$@"

# Read a lesson, or the step of one exercise: lesson [N[.M]]
[group('learn')]
[no-exit-message]
lesson *args:
    @cargo grader lesson "$@"

# Run your program: run N ROLE…, with --reference ours
[group('learn')]
[no-exit-message]
run *args:
    @cargo grader run "$@"

# Lay our answer beside yours: solution N[.M]
[group('learn')]
[no-exit-message]
solution *args:
    @cargo grader solution "$@"

# Show how an exercise goes wrong: mistakes N.M [NAME]
[group('learn')]
[no-exit-message]
mistakes *args:
    @cargo grader mistakes "$@"

# Hand out a lab afresh, and keep your work aside: reset N
[group('learn')]
[no-exit-message]
reset *args:
    @cargo grader reset "$@"

# See all that passes: trace N, with --html FILE for a slider through time
[group('see')]
[no-exit-message]
trace *args:
    @cargo grader trace "$@"

# Put a bad network between two programs: chaos --to IP:PORT --slice 1 …
[group('see')]
[no-exit-message]
chaos *args:
    @cargo grader chaos "$@"

# See it all work, in a minute
[group('workbook')]
[no-exit-message]
demo *args:
    @cargo grader demo "$@"

# Test everything there is to test
[group('workbook')]
[no-exit-message]
test *args: lint
    cargo test --workspace "$@"

# Check the formatting, and what clippy has to say
[group('workbook')]
[no-exit-message]
lint:
    cargo fmt --check
    cargo clippy --workspace --all-targets -- -D warnings

# Run checks many times, idle and under load
[group('workbook')]
[no-exit-message]
stress *args:
    @cargo grader stress "$@"

# Measure how long one waits for a verdict, beside plain cargo
[group('workbook')]
[no-exit-message]
bench *args:
    @cargo grader bench "$@"

# Take the code in the documents from the sources again
[group('workbook')]
[no-exit-message]
docs *args:
    @cargo grader docs "$@"

# Make the book, and say where it is; with --open, open it
[group('workbook')]
[no-exit-message]
book *args:
    @cargo grader book "$@"
