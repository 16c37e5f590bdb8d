//! A disk that is full, and one that cannot be written: in a mount namespace of its own, where
//! the machine allows that.

use anyhow::{bail, ensure};

use super::fixture::{Fixture, Outcome, Said, finish};

/// Wherever the disk becomes full, nothing of the learner's is lost, and no half is left.
pub fn full(fixture: &Fixture) -> Outcome {
    std::fs::create_dir(fixture.path("work"))?;
    let Some(said) = alone(fixture, FULL) else {
        return Ok(());
    };
    if said.code != Some(0) || !said.stdout.contains("failed: start") {
        bail!("the disk was never full: {said:?}");
    }
    ensure!(
        said.stdout.contains("failed: reset"),
        "the disk was never full at a reset: {said:?}"
    );
    Ok(())
}

/// Commands that write say so; those that only read work.
pub fn read_only(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    let before = fixture.tree("work")?;
    let Some(said) = alone(fixture, READ_ONLY) else {
        return Ok(());
    };
    if said.code != Some(0) {
        bail!("on a read-only folder: {said:?}");
    }
    ensure!(
        before == fixture.tree("work")?,
        "it was not read-only at all"
    );
    Ok(())
}

/// Runs a script with mounts of its own; None where the machine does not allow it.
fn alone(fixture: &Fixture, script: &str) -> Option<Said> {
    for options in ["-m", "-rm"] {
        let script = format!("mount -t tmpfs none docs || exit 77\n{CHECKS}\n{script}");
        let words = [options, "sh", "-c", &script];
        let Ok(said) = finish(fixture.command("unshare", &words)) else {
            continue;
        };
        // `unshare` itself ends with 1 and a word when it may not.
        if said.code != Some(77) && !said.stderr.starts_with("unshare") {
            return Some(said);
        }
    }
    eprintln!("skipped: this machine allows no mounts of one's own");
    None
}

/// `refused WORDS…`: the grader must end with 3 and one line that says why.
const CHECKS: &str = r#"
die() { echo "$*" >&2; cat said >&2; exit 1; }
refused() {
  "$GRADER" "$@" >/dev/null 2>said; code=$?
  [ $code = 3 ] || die "$*: exit $code"
  [ "$(wc -l <said)" = 1 ] || die "$*: not one line"
  grep -q '^error: .*then try again$' said || die "$*: does not say what to do"
}
"#;

/// With 4 KiB more of room each time, until there is enough.
const FULL: &str = r#"
room() {
  used=$(df --output=used -k work | tail -n 1)
  mount -o "remount,size=$((used + $1))k" work || exit 77
}
mount -t tmpfs -o size=4k none work || exit 77
free=4
until "$GRADER" start 1 >/dev/null 2>&1; do
  refused start 1
  echo "failed: start, with $free KiB"
  [ ! -e work/01-greeting ] || die "half a lab was handed out"
  [ ! -e work/.making ] || die "remains are left"
  free=$((free + 4))
  [ $free -lt 400 ] || die "start never works"
  room $free
done
mount -o remount,size=1m work || exit 77
echo mine >work/01-greeting/mine.txt
free=0
while :; do
  room $free
  "$GRADER" reset 1 >/dev/null 2>&1 && break
  echo "failed: reset, with $free KiB"
  [ -e work/01-greeting/mine.txt ] || die "the learner's work has gone"
  free=$((free + 4))
  [ $free -lt 400 ] || die "reset never works"
done
[ "$(cat work/.kept/*/mine.txt)" = mine ] || die "the learner's work was not kept"
[ -e work/01-greeting/src/main.rs ] || die "it was not handed out afresh"
"#;

const READ_ONLY: &str = r#"
mount --bind work work && mount -o remount,ro,bind work || exit 77
for line in "start 2" "reset 1" "hint 1.1"; do refused $line; done
"$GRADER" progress >/dev/null || die "progress only reads"
"#;
