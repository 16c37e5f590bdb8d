//! A console block as commands, each with what it prints.

/// A command and its output, both kinds of it together, as a terminal shows them.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// What is typed; several lines if it was continued.
    pub typed: String,
    /// The lines it prints. `[..]` stands for any text in a line, a line `...` for any lines.
    pub prints: Vec<String>,
}

/// Lines that begin with `$ ` are typed, `> ` goes on typing, and all else is printed.
pub fn commands(lines: &[&str]) -> Result<Vec<Command>, String> {
    let mut commands: Vec<Command> = Vec::new();
    for line in lines {
        if let Some(typed) = line.strip_prefix("$ ") {
            commands.push(Command {
                typed: typed.into(),
                prints: Vec::new(),
            });
            continue;
        }
        let command = commands
            .last_mut()
            .ok_or("a console block begins with a command: `$ …`")?;
        match line.strip_prefix("> ") {
            Some(typed) if command.prints.is_empty() => {
                command.typed.push('\n');
                command.typed.push_str(typed);
            }
            _ => command.prints.push((*line).into()),
        }
    }
    if commands.is_empty() {
        return Err("a console block without a command".into());
    }
    Ok(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_its_own_output() {
        let found = commands(&["$ echo a \\", ">   b", "a b", "> not typed", "$ true"]).unwrap();
        let expected = [
            ("echo a \\\n  b", vec!["a b", "> not typed"]),
            ("true", vec![]),
        ];
        assert_eq!(found.len(), expected.len());
        for (command, (typed, prints)) in found.iter().zip(expected) {
            assert_eq!(command.typed, typed);
            assert_eq!(command.prints, prints);
        }
    }

    #[test]
    fn output_without_a_command_is_refused() {
        assert!(commands(&["hello"]).is_err());
        assert!(commands(&[]).is_err());
    }
}
