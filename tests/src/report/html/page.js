"use strict";
// The slider through time. All that it shows is in the record, a step after another; what has
// come until a step is put together from those before it.
(() => {
  const record = JSON.parse(document.getElementById("record").textContent);
  const {lanes, steps} = record;
  const at = (id) => document.getElementById(id);
  const slider = at("when");
  const narrow = matchMedia("(max-width: 60rem)");
  const MOST_OUTPUT = 20000;
  const MOST_ENDS = 12;

  const MEANS = {
    "SYN-SENT": "has asked for the connection",
    "SYN-RECEIVED": "was asked, and has answered",
    "ESTABLISHED": "both may send",
    "FIN-WAIT-1": "has ended its side; that is not acknowledged yet",
    "FIN-WAIT-2": "has ended its side, and waits for the end of the other",
    "CLOSE-WAIT": "the other side has ended; this one may still send",
    "CLOSING": "both have ended at once",
    "LAST-ACK": "has ended last; that is not acknowledged yet",
    "TIME-WAIT": "both have ended; the port is kept back for a while",
    "CLOSED": "is over",
    "gone": "its socket is closed, and the kernel has forgotten it",
  };

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function decoded(hex) {
    const bytes = new Uint8Array(hex.length / 2);
    for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
    return bytes;
  }

  // What cannot be seen is a dot; below it stands what it is.
  function readable(bytes) {
    return new TextDecoder().decode(bytes).replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "\u00b7");
  }

  function amount(number) {
    return number === 1 ? "1 byte" : `${number.toLocaleString("en")} bytes`;
  }

  // The kernel counts an end as one byte more, the last one.
  function queued(number, withEnd) {
    if (!withEnd || number === 0) return amount(number);
    return number === 1 ? "the end" : `${amount(number - 1)}, the end`;
  }

  function dump(bytes, offset) {
    const width = narrow.matches ? 8 : 16;
    const lines = [];
    for (let i = 0; i < bytes.length; i += width) {
      const row = Array.from(bytes.slice(i, i + width));
      const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
      const text = row.map((byte) => byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".");
      const place = (offset + i).toString(16).padStart(narrow.matches ? 4 : 6, "0");
      lines.push(`${place}  ${hex.padEnd(width * 3 - 1)}  ${text.join("")}`);
    }
    return lines.join("\n");
  }

  function showBytes(step) {
    const place = at("bytes");
    place.replaceChildren();
    at("bytes-of").textContent = step.n === undefined ? "The bytes" : `The bytes: ${amount(step.n)}`;
    if (step.n === undefined) {
      place.append(element("p", "None at this step.", "small"));
      return;
    }
    const head = decoded(step.head), tail = decoded(step.tail || "");
    const left = step.n - head.length - tail.length;
    const missing = left > 0 ? `\n… ${amount(left)} not kept …\n` : "";
    const text = readable(head) + missing + readable(tail);
    const hex = dump(head, 0) + missing + dump(tail, step.n - tail.length);
    place.append(element("p", "as text", "label"), element("pre", text));
    place.append(element("p", "as hex", "label"), element("pre", hex, "hex"));
  }

  // This step's connections first, then those that are not over.
  function worthShowing(ends, here) {
    const numbers = new Set(here.length <= 2 ? here.map((end) => end.c) : []);
    const open = new Set(ends.filter((end) => !["gone", "TIME-WAIT"].includes(end.state))
      .map((end) => end.c));
    const first = ends.filter((end) => numbers.has(end.c));
    const others = ends.filter((end) => !numbers.has(end.c) && open.has(end.c));
    const all = first.concat(others);
    return (all.length > 0 ? all : ends.slice(-2)).slice(0, MOST_ENDS);
  }

  function showEnds(now) {
    const last = new Map();
    for (let i = 0; i <= now; i++) {
      for (const end of steps[i].ends || []) last.set(`${end.c} ${end.lane}`, end);
    }
    const place = at("ends");
    place.replaceChildren();
    if (last.size === 0) {
      place.append(element("p", record.ends ? "No connection yet." : record.noEnds, "small"));
      return;
    }
    const table = element("table");
    const heading = element("tr");
    for (const name of ["", "state", "unread", "not acknowledged"]) {
      const cell = element("th", name);
      cell.scope = "col";
      heading.append(cell);
    }
    table.append(heading);
    for (const end of worthShowing(Array.from(last.values()), steps[now].ends || [])) {
      const row = element("tr");
      const who = element("td", lanes[end.lane]);
      who.append(element("br"), element("span", end.address, "small"));
      const state = element("td", end.state);
      state.append(element("br"), element("span",
        end.waits ? "waits in the kernel to be accepted" : MEANS[end.state] || "", "small"));
      row.append(who, state);
      const isGone = end.unread === undefined;
      const ended = [["CLOSE-WAIT", "LAST-ACK", "CLOSING"], ["FIN-WAIT-1", "LAST-ACK", "CLOSING"]]
        .map((states) => states.includes(end.state));
      row.append(element("td", isGone ? "" : queued(end.unread, ended[0]), "number"));
      row.append(element("td", isGone ? "" : queued(end.unsent, ended[1]), "number"));
      table.append(row);
    }
    place.append(table);
  }

  function showOutput(now) {
    const streams = new Map();
    for (let i = 0; i <= now; i++) {
      const {out} = steps[i];
      if (!out) continue;
      const name = `${lanes[out.lane]} ${out.verb}`;
      const left = steps[i].n - (steps[i].head.length + (steps[i].tail || "").length) / 2;
      const missing = left > 0 ? `\n… ${amount(left)} not kept …\n` : "";
      const pieces = streams.get(name) || [];
      pieces.push(steps[i].head, missing, steps[i].tail || "");
      streams.set(name, pieces);
    }
    const place = at("output");
    place.replaceChildren();
    if (streams.size === 0) place.append(element("p", "Nothing yet.", "small"));
    for (const [name, pieces] of streams) {
      // A letter may have been cut between two pieces: bytes are put together before they are read.
      let text = "", open = "";
      for (const piece of pieces) {
        if (piece.startsWith("\n")) {
          text += readable(decoded(open)) + piece;
          open = "";
        } else {
          open += piece;
        }
      }
      text += readable(decoded(open));
      if (text.length > MOST_OUTPUT) text = "…" + text.slice(-MOST_OUTPUT);
      place.append(element("p", name, "label"), element("pre", text));
    }
  }

  // Within the ladder alone: the page itself stays where its reader has it.
  function reveal(button) {
    const ladder = document.querySelector(".ladder");
    const box = ladder.getBoundingClientRect(), row = button.getBoundingClientRect();
    const top = document.querySelector(".lanes").offsetHeight;
    if (row.top < box.top + top) ladder.scrollTop -= box.top + top - row.top;
    else if (row.bottom > box.bottom) ladder.scrollTop += row.bottom - box.bottom;
  }

  function remember(now) {
    try {
      history.replaceState(null, "", `#step=${now + 1}`);
    } catch {
      // Some browsers refuse that after many moves in a short time; nothing depends on it.
    }
  }

  let shown = -1;
  function show(step) {
    const now = Math.max(0, Math.min(steps.length - 1, step));
    if (now === shown || Number.isNaN(now)) return;
    const buttons = document.querySelectorAll(".step");
    if (shown >= 0) {
      buttons[shown].removeAttribute("aria-current");
      buttons[shown].tabIndex = -1;
    }
    shown = now;
    buttons[now].setAttribute("aria-current", "step");
    buttons[now].tabIndex = 0;
    reveal(buttons[now]);
    slider.value = now;
    slider.setAttribute("aria-valuetext", `step ${now + 1} of ${steps.length}`);
    at("told").textContent =
      `Step ${now + 1} of ${steps.length}, at ${steps[now].at}. ${steps[now].who}: ${steps[now].what}`;
    at("back").disabled = now === 0;
    at("on").disabled = now === steps.length - 1;
    showBytes(steps[now]);
    showEnds(now);
    showOutput(now);
    remember(now);
  }

  function asked() {
    const step = /^#step=(\d+)$/.exec(location.hash);
    return step ? Number(step[1]) - 1 : record.failed ? steps.length - 1 : 0;
  }

  if (steps.length === 0) return;
  document.querySelector(".slider").hidden = false;
  slider.addEventListener("input", () => show(Number(slider.value)));
  at("back").addEventListener("click", () => show(shown - 1));
  at("on").addEventListener("click", () => show(shown + 1));
  at("steps").addEventListener("click", (event) => {
    const button = event.target.closest(".step");
    if (button) show(Number(button.dataset.step));
  });
  const KEYS = {
    ArrowLeft: () => shown - 1, ArrowUp: () => shown - 1,
    ArrowRight: () => shown + 1, ArrowDown: () => shown + 1,
    Home: () => 0, End: () => steps.length - 1,
    PageUp: () => shown - 10, PageDown: () => shown + 10,
  };
  document.addEventListener("keydown", (event) => {
    const plain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    if (!plain || event.target === slider || !(event.key in KEYS)) return;
    if (event.target.closest && event.target.closest("pre")) return;
    event.preventDefault();
    show(KEYS[event.key]());
  });
  addEventListener("hashchange", () => show(asked()));
  narrow.addEventListener("change", () => showBytes(steps[shown]));
  show(asked());
})();
