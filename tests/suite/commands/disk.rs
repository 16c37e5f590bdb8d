//! A disk that is full, and one that cannot be written: in a mount namespace of its own, where
//! the machine allows that.

use anyhow::{bail, ensure};

use super::fixture::{Fixture, Outcome, Said, finish};
use crate::tools::installed;

/// Wherever the disk becomes full, nothing of the learner's is lost, and no half is left.
pub fn full(fixture: &Fixture) -> Outcome {
    std::fs::create_dir(fixture.path("work"))?;
    let Some(said) = alone(fixture, FULL)? else {
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
    let Some(said) = alone(fixture, READ_ONLY)? else {
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

/// Runs a script with mounts of its own; None, with a word, where the machine allows not even
/// the first.
fn alone(fixture: &Fixture, script: &str) -> Outcome<Option<Said>> {
    if !installed("unshare") {
        eprintln!("skipped: unshare is not installed");
        return Ok(None);
    }
    for options in ["-m", "-rm"] {
        let script = format!("mount -t tmpfs none docs || exit {NO_MOUNT}\n{CHECKS}\n{script}");
        let words = [options, "sh", "-c", &script];
        let said = finish(fixture.command("unshare", &words))?;
        // `unshare` itself ends with 1 and a word when it may not.
        if said.code != Some(NO_MOUNT) && !said.stderr.starts_with("unshare") {
            return Ok(Some(said));
        }
    }
    eprintln!("skipped: this machine allows no mounts of one's own");
    Ok(None)
}

/// How a script ends that may not mount anything.
const NO_MOUNT: i32 = 77;

/// `refused WORDS…`: the grader must end with 3 and one line that says why.
const CHECKS: &str = r#"
die() { echo "$*" >&2; [ ! -e said ] || cat said >&2; exit 1; }
refused() {
  "$GRADER" "$@" >/dev/null 2>said; code=$?
  [ $code = 3 ] || die "$*: exit $code"
  [ "$(wc -l <said)" = 1 ] || die "$*: not one line"
  grep -q '^error: .*then try again$' said || die "$*: does not say what to do"
}
"#;

/// With 4 KiB more of room each time, until there is enough. With both names given, `mount` takes
/// over no options, and so not the owner, whom a user who is root only there cannot name.
const FULL: &str = r#"
room() {
  used=$(df --output=used -k work | tail -n 1)
  mount -t tmpfs -o "remount,size=$((used + $1))k" none work || die "no more room"
}
mount -t tmpfs -o size=4k none work || die "no small disk"
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
mount -t tmpfs -o remount,size=1m none work || die "no larger disk"
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

/// A user who is root only there may take nothing from the options of the mount below.
const READ_ONLY: &str = r#"
mount --bind work work && mount -o remount,ro,bind,nosuid,nodev,noexec work || die "not read-only"
for line in "start 2" "reset 1" "hint 1.1"; do refused $line; done
"$GRADER" progress >/dev/null || die "progress only reads"
"#;
