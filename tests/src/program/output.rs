//! What a program wrote, as much of it as is worth keeping.

use std::collections::VecDeque;

/// The first and the last bytes of a stream, whatever its length.
pub struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    most_head: usize,
    most_tail: usize,
    total: u64,
}

impl Output {
    pub fn keeping(most_head: usize, most_tail: usize) -> Self {
        Self {
            head: Vec::new(),
            tail: VecDeque::new(),
            most_head,
            most_tail,
            total: 0,
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.most_head - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(self.most_tail)..];
        let over = (self.tail.len() + rest.len()).saturating_sub(self.most_tail);
        self.tail.drain(..over);
        self.tail.extend(rest);
    }

    /// The beginning of the stream.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The beginning and, if there is more than both hold, a line of dots before the end.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = self.head.clone();
        if self.total > (self.head.len() + self.tail.len()) as u64 {
            bytes.extend_from_slice(b"\n...\n");
        }
        bytes.extend(&self.tail);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Output;

    #[test]
    fn a_short_stream_is_kept_whole() {
        let mut output = Output::keeping(4, 4);
        output.push(b"abc");
        output.push(b"defgh");
        assert_eq!(output.to_vec(), b"abcdefgh");
    }

    #[test]
    fn of_a_long_stream_both_ends_are_kept() {
        let mut output = Output::keeping(4, 4);
        output.push(b"abcdefgh");
        output.push(b"ijklmnop");
        output.push(b"q");
        assert_eq!(output.to_vec(), b"abcd\n...\nnopq");
    }
}
