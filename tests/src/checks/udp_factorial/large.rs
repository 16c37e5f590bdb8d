//! Exercises 3.4 and 3.5: numbers that no machine word holds, and some that no datagram does.

use num_bigint::BigUint;

use super::asker::Asker;
use super::oracle::{LONG, Oracle, prints_line};
use crate::checks::{Check, check};

/// The most bytes that a UDP datagram carries over IPv4.
const LARGEST_DATAGRAM: usize = 65_507;

pub static CHECKS: &[Check] = &[
    check(
        "3.4/big",
        "answers with numbers that no machine word holds",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let some = lab.number(101..=999);
            for n in [21, 25, 34, 35, 100, some] {
                ann.is_told(n.to_string(), factorial(n))?;
            }
            ann.is_told(format!("#{some} 40"), format!("#{some} {}", factorial(40)))?;
            ann.is_told("20", factorial(20))
        },
    )
    .means(
        "21! is more than 64 bits hold and 35! more than 128. Depending on the build, the \
         multiplication panics or silently gives a wrong number: use one that grows.",
    ),
    check("3.4/cut", "cuts no answer at its buffer", |lab| {
        let server = lab.server()?;
        let ann = Asker::new("Ann", lab, &server)?;
        for n in [458, 459, 3_000] {
            ann.is_told(n.to_string(), factorial(n))?;
        }
        Ok(())
    })
    .means("459! has 1,025 digits: one more than a buffer of 1,024 bytes holds."),
    check(
        "3.4/largest",
        "fills a datagram to the last byte with 17229!",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            ann.is_told_at_last("17229", &factorial(17_229))
        },
    )
    .means("17229! has 65,507 digits, just as many as one datagram over IPv4 carries."),
    check(
        "3.4/client",
        "prints an answer that fills a datagram, whole",
        |lab| {
            let mut ann = Oracle::new("Ann", lab)?;
            let client = ann.client(lab, &[LONG[0], LONG[1], "9999"])?;
            let question = ann.is_asked(&client, "9999")?;
            let length = LARGEST_DATAGRAM - question.id.len() - 1;
            let digits: String = lab
                .noise(length)
                .iter()
                .map(|byte| char::from(b'1' + byte % 9))
                .collect();
            ann.answers(&question, &digits)?;
            prints_line(client.done()?.exits(&[0])?, &digits)
        },
    )
    .means(
        "Of a datagram that is longer than the buffer, the rest is gone. The answer may have \
         65,507 bytes: so long must the buffer be.",
    ),
    check(
        "3.5/too-large",
        "answers `ERR too-large` from 17230 on",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let some = lab.number(17_231..=30_000).to_string();
            for n in ["17230", &some, "65536"] {
                ann.is_told(n, "ERR too-large")?;
            }
            ann.is_told("#56 17230", "#56 ERR too-large")?;
            ann.is_told_at_last("17000", &factorial(17_000))
        },
    )
    .means(
        "17230! has more than the 65,507 digits that one datagram carries. `send_to` would fail, \
         and nobody would hear of it.",
    ),
    check(
        "3.5/with-id",
        "counts the ID, too, in what a datagram carries",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let (digit, digits) = (lab.number(0..=9), lab.number(10..=99));
            let whole = factorial(17_228);
            ann.is_told_at_last(
                &format!("#{digit} 17229"),
                &format!("#{digit} ERR too-large"),
            )?;
            ann.is_told_at_last(&format!("#{digits} 17228"), &format!("#{digits} {whole}"))?;
            ann.is_told_at_last(
                &format!("#1{digits} 17228"),
                &format!("#1{digits} ERR too-large"),
            )
        },
    )
    .means(
        "17229! fits bare, to the last byte, and not with an ID before it. 17228! has 65,503 \
         digits: with `#12 ` before it, it just fits.",
    ),
    check(
        "3.5/at-once",
        "refuses a large number without computing it",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let some = lab.number(1_000_000_000..=u64::MAX).to_string();
            // One is 5 more than 64 bits hold.
            for n in [
                &some,
                "10000000",
                "18446744073709551615",
                "18446744073709551621",
                "99999999999999999999",
            ] {
                ann.is_told(n, "ERR too-large")?;
            }
            ann.is_told(format!("#78 {some}"), "#78 ERR too-large")?;
            ann.is_told("5", "120")
        },
    )
    .means(
        "The largest N whose factorial fits is 17229: for more there is nothing to compute. One \
         request must not keep the server from all others. And 20 digits can be more than 64 \
         bits hold: that, too, is a number, and too large.",
    ),
];

fn factorial(n: u64) -> String {
    (1..=n).product::<BigUint>().to_string()
}
