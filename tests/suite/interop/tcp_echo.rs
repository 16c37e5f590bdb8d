//! Lab 02 with nc and socat.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, prints, reference, run, same};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "02-nc-is-echoed",
        needs: &["nc"],
        takes_place: nc_is_echoed,
    },
    Meeting {
        name: "02-socat-is-echoed-a-large-file",
        needs: &["socat", "sha256sum"],
        takes_place: socat_is_echoed_a_large_file,
    },
    Meeting {
        name: "02-the-client-is-echoed-by-socat",
        needs: &["socat", "sha256sum"],
        takes_place: the_client_is_echoed_by_socat,
    },
    Meeting {
        name: "02-the-client-tells-nc-from-an-echo",
        needs: &["nc"],
        takes_place: the_client_tells_nc_from_an_echo,
    },
];

/// Some bytes of every kind, the same each time.
const MUCH: &str = "seq 1 500000 | gzip -c";

fn nc_is_echoed() -> Result<(), Failed> {
    let server = Beside::server(2)?;
    let port = server.port;
    prints(
        &format!("printf 'one\\ntwo' | nc -N 127.0.0.1 {port}"),
        "one\ntwo",
    )?;
    prints(
        &format!("printf '\\377\\n' | nc -N 127.0.0.1 {port} | od -An -tx1"),
        " ff 0a\n",
    )
}

fn socat_is_echoed_a_large_file() -> Result<(), Failed> {
    let server = Beside::server(2)?;
    let sent = run(&format!("{MUCH} | sha256sum"))?;
    let echoed = run(&format!(
        "{MUCH} | socat -t 10 - TCP:127.0.0.1:{} | sha256sum",
        server.port
    ))?;
    same("through socat", &echoed, &sent)
}

fn the_client_is_echoed_by_socat() -> Result<(), Failed> {
    let echo = echo_by_socat()?;
    let client = format!("{} client --connect 127.0.0.1:{}", reference(2)?, echo.port);
    prints(&format!("{client} 'hello there'"), "hello there")?;
    let sent = run(&format!("{MUCH} | sha256sum"))?;
    let echoed = run(&format!("{MUCH} | {client} | sha256sum"))?;
    same("echoed by socat", &echoed, &sent)
}

fn the_client_tells_nc_from_an_echo() -> Result<(), Failed> {
    let nc = Beside::nc("nc -nlv 127.0.0.1 0")?;
    let client = format!(
        "{} client --connect 127.0.0.1:{} hello",
        reference(2)?,
        nc.port
    );
    let (_, code) = run(&client)?;
    same(&client, code.as_str(), "3")?;
    let heard = nc.last_words()?;
    if heard.ends_with("hello") {
        return Ok(());
    }
    Err(format!("nc did not hear hello:\n{heard}").into())
}

fn echo_by_socat() -> Result<Beside, Failed> {
    Beside::start(
        "socat -t 10 -d -d TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:cat",
        "listening on AF=2 127.0.0.1:",
    )
}
