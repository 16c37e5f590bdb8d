//! The references get along on bad roads: both of a lab's programs, with a road between them, and
//! ten seeds for what is chance on it.

use std::sync::Arc;

use grader::checks::{Lab, Road, Server, Subject, two_hundred_by_road};
use grader::finding::{Step, Stop};
use grader::program::Stdin;
use grader::verdict::{Turn, measure_patience};
use grader::wire::{Faults, Mishaps, ms};
use libtest_mimic::{Failed, Trial};

use super::references::references;

const SEEDS: std::ops::Range<u64> = 0..10;

type Story = fn(&mut Lab) -> Step;

pub fn trials() -> Vec<Trial> {
    let stories: [(&str, u32, Story); 7] = [
        ("02-echoes-on-any-road", 2, echoes),
        ("03-asks-until-it-is-answered", 3, asks_until_it_is_answered),
        ("03-doubled-and-overtaken", 3, doubled_and_overtaken),
        ("03-late", 3, late),
        ("03-a-black-hole", 3, a_black_hole),
        ("04-greets-on-any-road", 4, greets),
        ("05-two-hundred-in-a-room", 5, two_hundred_by_road),
    ];
    let trial = |(name, lab, story): (&'static str, u32, Story)| {
        Trial::test(format!("roads::{name}"), move || holds(name, lab, story))
    };
    stories.map(trial).into()
}

fn holds(name: &str, lab: u32, story: Story) -> Result<(), Failed> {
    let subject = references()?.get(&lab).ok_or("the lab has no reference")?;
    for seed in SEEDS {
        let _turn = Turn::beside_others();
        tell(name, subject, seed, story)?;
    }
    Ok(())
}

fn tell(name: &str, subject: &Arc<Subject>, seed: u64, story: Story) -> Result<(), Failed> {
    let mut lab = Lab::new(Arc::clone(subject), seed, name, measure_patience()).without_end();
    match story(&mut lab) {
        Ok(()) => Ok(()),
        Err(Stop::Fail(finding)) => {
            let (events, left_out) = lab.tape().read();
            let ladder = grader::report::ladder::draw(&events, left_out).join("\n");
            Err(format!("seed {seed}: {finding}\n{ladder}").into())
        }
        Err(Stop::Skip(why)) => Err(format!("skipped: {why}").into()),
        Err(Stop::Broken(error)) => Err(format!("seed {seed}: {error:#}").into()),
    }
}

/// All that can happen to a stream and still leave it whole.
fn any_road(lab: &mut Lab) -> Faults {
    let faults = [
        Faults::coalesce(usize::from(lab.noise(1)[0]) + 1, ms(5)),
        Faults::delay(ms(8), ms(8)),
        Faults::throttle(20_000),
        Faults::slice(usize::from(lab.noise(1)[0] % 7) + 1),
    ];
    let chosen = faults.into_iter().filter(|_| lab.number(0..=1) == 1);
    chosen.fold(Faults::none(), Faults::and)
}

fn echoes(lab: &mut Lab) -> Step {
    let (server, faults, text) = (lab.server()?, any_road(lab), lab.letters(400));
    let road = lab.road_to(&server, faults)?;
    let client = lab.client_at(road.address(), [&text], Stdin::Empty)?;
    client.done()?.exits(&[0])?.prints(&text)?;
    server.stops()
}

fn greets(lab: &mut Lab) -> Step {
    let (server, faults) = (lab.server()?, any_road(lab));
    let names = [lab.word(), lab.word(), lab.word()];
    let road = lab.road_to(&server, faults)?;
    let client = lab.client_at(road.address(), &names, Stdin::Empty)?;
    let greetings = names.map(|name| format!("Hello, {name}!\n")).concat();
    let printed = format!("Welcome!\n{greetings}");
    client.done()?.exits(&[0])?.prints(printed)?;
    server.stops()
}

fn asks_until_it_is_answered(lab: &mut Lab) -> Step {
    asks_on(lab, Mishaps::drop(0.4))
}

fn doubled_and_overtaken(lab: &mut Lab) -> Step {
    let mishaps = Mishaps::drop(0.2).and(Mishaps::duplicate(0.5));
    asks_on(lab, mishaps.and(Mishaps::reorder(0.5)))
}

fn late(lab: &mut Lab) -> Step {
    asks_on(lab, Mishaps::delay(ms(15), ms(15)))
}

/// A client asks by this road, as often as it needs. The server is none the worse for it.
fn asks_on(lab: &mut Lab, mishaps: Mishaps) -> Step {
    let server = lab.server()?;
    let road = lab.road_to(&server, mishaps)?;
    is_told_the_factorial(lab, &road)?;
    is_alive(lab, &server)
}

fn is_told_the_factorial(lab: &mut Lab, road: &Road) -> Step {
    let n = lab.number(2..=20);
    let words = ["--timeout-ms", "100", "--retries", "60", &n.to_string()];
    let done = lab
        .client_at(road.address(), words, Stdin::Empty)?
        .0
        .done_within(ms(15_000))?;
    let factorial = (1..=n).product::<u64>();
    done.exits(&[0])?.prints(format!("{factorial}\n"))?;
    Ok(())
}

fn is_alive(lab: &mut Lab, server: &Server) -> Step {
    let ann = lab.correspondent("Ann")?;
    ann.sends(server.address(), "5")?;
    ann.gets(server.address(), "120")?;
    server.stops()
}

fn a_black_hole(lab: &mut Lab) -> Step {
    let server = lab.server()?;
    let road = lab.road_to(&server, Mishaps::black_hole().back())?;
    let words = ["--timeout-ms", "20", "--retries", "2", "5"];
    let client = lab.client_at(road.address(), words, Stdin::Empty)?;
    client.done()?.exits(&[4])?.prints("")?;
    is_alive(lab, &server)
}
