//! A place in a DNS message, and reading on from there. Every byte of it was written by somebody
//! else: nothing is believed, and whatever is not there is an error.

/// Why a message cannot be read, in words.
pub type Malformed = &'static str;

const CUT: Malformed = "the answer ends too early";

/// The most bytes of a name on the wire, with its lengths and the root.
const LONGEST_NAME: usize = 255;

pub struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(message: &'a [u8], at: usize) -> Self {
        Self { message, at }
    }

    /// The next `length` bytes.
    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let rest = self.message.get(self.at..).ok_or(CUT)?;
        let bytes = rest.get(..length).ok_or(CUT)?;
        self.at += length;
        Ok(bytes)
    }

    pub fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(self.bytes(1)?[0])
    }

    /// The next `length` bytes, to be read apart. Pointers from there still reach back into all
    /// that came before.
    pub fn part(&mut self, length: usize) -> Result<Self, Malformed> {
        let start = self.at;
        self.bytes(length)?;
        Ok(Self::new(&self.message[..self.at], start))
    }

    /// All that is left.
    pub fn rest(&self) -> &'a [u8] {
        self.message.get(self.at..).unwrap_or_default()
    }

    /// The next number of two bytes, high byte first.
    pub fn number(&mut self) -> Result<u16, Malformed> {
        let bytes = self.bytes(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// The next name, in lower case, as labels with their lengths and without pointers. In DNS,
    /// upper and lower case are one.
    ///
    /// To save space, a name may end in a pointer: "from here on as written at that place in the
    /// message". It may be followed only backwards, to before the labels that led to it. So it
    /// cannot run in a circle, and needs no counting.
    // exercise 1.8: read a name, following its pointers, and refuse a loop of them
    pub fn name(&mut self) -> Result<Vec<u8>, Malformed> {
        let mut name = Vec::new();
        let mut start = self.at;
        // After the first pointer we read elsewhere, but the message goes on behind that pointer.
        let mut elsewhere: Option<Reader> = None;
        loop {
            let place = elsewhere.as_mut().unwrap_or(&mut *self);
            let length = place.byte()?;
            match length >> 6 {
                0b00 => {
                    name.push(length);
                    name.extend(place.bytes(length.into())?.to_ascii_lowercase());
                }
                0b11 => {
                    let target = usize::from(length & 0b11_1111) << 8 | usize::from(place.byte()?);
                    if target >= start {
                        return Err("a name points forward, or in a circle");
                    }
                    start = target;
                    elsewhere = Some(Reader::new(place.message, target));
                }
                _ => return Err("a label of an unknown kind"),
            }
            if name.len() > LONGEST_NAME {
                return Err("a name is too long");
            }
            if length == 0 {
                return Ok(name);
            }
        }
    }
}
