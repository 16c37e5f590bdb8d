//! Lab 06 with nc and socat as those who are connected to.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, free_port, reference, run, same};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "06-check-finds-nc-and-socat",
        needs: &["nc", "socat"],
        takes_place: check_finds_nc_and_socat,
    },
    Meeting {
        name: "06-race-ends-at-socat",
        needs: &["socat"],
        takes_place: race_ends_at_socat,
    },
];

fn check_finds_nc_and_socat() -> Result<(), Failed> {
    let nc = Beside::nc("nc -nlv 127.0.0.1 0")?;
    let socat = socat()?;
    let nobody = free_port()?;
    let typed = format!(
        "{} check 127.0.0.1:{} 127.0.0.1:{nobody} 127.0.0.1:{} 2>/dev/null | cut -f 1,2",
        reference(6)?,
        nc.port,
        socat.port
    );
    let (printed, _) = run(&typed)?;
    let expected = format!(
        "127.0.0.1:{}\tconnected\n127.0.0.1:{nobody}\trefused\n127.0.0.1:{}\tconnected\n",
        nc.port, socat.port
    );
    same(&typed, &printed, &expected)?;
    // It has closed its connection, or nc would go on.
    nc.last_words().map(drop)
}

fn race_ends_at_socat() -> Result<(), Failed> {
    let socat = socat()?;
    let nobody = free_port()?;
    let typed = format!(
        "{} race 127.0.0.1:{nobody} 127.0.0.1:{} 2>/dev/null",
        reference(6)?,
        socat.port
    );
    let seen = run(&typed)?;
    let expected = format!("127.0.0.1:{}\n", socat.port);
    same(&typed, &seen, &(expected, "0".to_string()))
}

fn socat() -> Result<Beside, Failed> {
    Beside::start(
        "socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:cat",
        "listening on AF=2 127.0.0.1:",
    )
}
