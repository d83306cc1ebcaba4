// @ts-check
// The one file that sees the module's exports and memory: the JavaScript side of wasm/ABI.md, in its order.

import { SessionCrashedError, SessionOpenError } from "./errors.js";
import { refusalError } from "./refusal.js";

/** The version this file speaks stands in the name of the first export. */
const HANDSHAKE = "ts_abi_1";

/** Kinds of values, as in wasm/session/value.go. */
export const ABSENT = 0, NULL = 1, BOOL = 2, NUMBER = 3, STRING = 4, JSON_TEXT = 5, REFERENCE = 6;

/** Results, as in wasm/session/wire/port.go. */
export const DRAIN = -1, REFUSED = -2, ADJUSTED = -4;
const TRAPPED = -3;

/** Origins, as in wasm/session/session.go. */
export const ORIGINS = /** @type {const} */ (["code", "widget", "callback", "restore", "history", "url"]);

/** Steps of a turn, as in wasm/session/turn.go. */
export const CALLBACK_STEP = 1, RERUN_STEP = 2;

/** Place of a slot in the module's table: its lower 22 bits. */
export const PLACE = (1 << 22) - 1;

const BUILD = "go run github.com/tabstate/tabstate/host@latest -build DIR -out DIR";

const ROOM = 64 << 10;
const PIECE = 64 << 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Says before anything runs whether the module and the glue belong together. */
export function checkModule(/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports, glue = "") {
  const exports = WebAssembly.Module.exports(module).map((e) => e.name);
  if (!exports.includes(HANDSHAKE)) {
    const other = exports.find((name) => name.startsWith("ts_abi_"));
    throw new SessionOpenError(
      `the module speaks ${other ?? "no ABI of Tabstate"}, this facade ${HANDSHAKE}: they are of different versions. Load both from one build, and clear a cache that holds an old one`,
      { code: "abi-mismatch", hint: "Load both files from one build" },
    );
  }
  const missing = WebAssembly.Module.imports(module).find((i) => !(i.name in (imports[i.module] ?? {})));
  const made = goVersion(module);
  if (missing || made !== "" && glue !== "" && made !== glue) {
    const what = missing ? `the module asks for ${missing.module}.${missing.name}, which the glue does not offer: ` : "";
    throw new SessionOpenError(
      `${what}the module was compiled by ${made || "a Go that it does not name"}, the glue (wasm_exec.js) is of ${glue || "a Go that it does not name"}. Build both with one Go: ${BUILD}`,
      { code: "glue-mismatch", hint: `Build both with one Go: ${BUILD}` },
    );
  }
}

/** Which Go compiled the module: "go1.26.8", or "" when it does not say. */
function goVersion(/** @type {WebAssembly.Module} */ module) {
  const [section] = WebAssembly.Module.customSections(module, "producers");
  return section ? /\x02Go[^]?(go[0-9][0-9.a-z]*)/.exec(String.fromCharCode(...new Uint8Array(section)))?.[1] ?? "" : "";
}

/**
 * @typedef {ReturnType<typeof createPort>} Port
 * @param {WebAssembly.Instance} instance of a module whose program is running
 * @param {any} go the glue's object that runs it
 * @param {{url: string} | null} debug the module whose traces have names, when this is another one
 * @param {(error: Error) => void} onCrash called until it returns
 */
export function createPort(instance, go, debug, onCrash) {
  const x = /** @type {Record<string, (...args: number[]) => number>} */ (/** @type {unknown} */ (instance.exports));
  const { ts_set_number, ts_set_bool, ts_set_short } = x;
  /** What of the module is at work: calls, and its program by itself. */
  let inside = 0;
  let wiping = false;
  const memory = /** @type {WebAssembly.Memory} */ (instance.exports.mem);
  const registers = x[HANDSHAKE]() >>> 0;
  let bytes = new Uint8Array(memory.buffer);
  let words = new Uint32Array(memory.buffer);
  let doubles = new Float64Array(memory.buffer);
  let room = 0;
  let failed = false, told = false;
  /** @type {Error | null} */
  let crashed = null;

  // Growth of the memory detaches every view: length 0.
  function views() {
    if (bytes.length === 0) {
      bytes = new Uint8Array(memory.buffer);
      words = new Uint32Array(memory.buffer);
      doubles = new Float64Array(memory.buffer);
    }
  }

  // There may be next to no stack left here, as for those who set `failed` before they call it: then the next call of the
  // module comes here again.
  /** @returns {never} */
  function crash(/** @type {unknown} */ cause) {
    failed = true;
    crashed ??= new SessionCrashedError(`the session's module crashed, and its state is lost. open() starts a new session${debug ? `; with { debug: true } one whose traces have names, of ${debug.url}` : ""}`, {
      code: "crashed", hint: "Call open() again", cause, debug,
    });
    if (!told) {
      onCrash(crashed);
      told = true;
    }
    throw crashed;
  }

  // Whatever comes out of a call that is not its result means a crash: an exception of the engine (its stack overflowed,
  // a trap), a panic, a program that ended.
  function call(/** @type {(...args: number[]) => number} */ fn, a = 0, b = 0, c = 0, d = 0, e = 0) {
    if (failed) return crash(undefined);
    let result;
    inside++;
    try {
      result = fn(a, b, c, d, e);
    } catch (error) {
      failed = true;
      return crash(error);
    } finally {
      left();
    }
    if (result === TRAPPED || go.exited) return crash(undefined);
    return result;
  }

  function left() {
    if (--inside === 0 && wiping) overwrite();
  }

  // What the glue's timers and events do with the program.
  const resume = go._resume.bind(go);
  go._resume = () => {
    inside++;
    try {
      resume();
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      left();
    }
  };

  function overwrite() {
    for (const timer of go._scheduledTimeouts?.values() ?? []) clearTimeout(timer);
    go._scheduledTimeouts?.clear();
    go._resume = () => {};
    new Uint8Array(memory.buffer).fill(0);
  }

  const slotRegister = registers >> 2, addressRegister = slotRegister + 2, lengthRegister = slotRegister + 3;
  const numberRegister = (registers + 16) >> 3, versionRegister = numberRegister + 1;
  const originRegister = (registers + 32) >> 2, countRegister = originRegister + 1;
  const limitsRegister = numberRegister + 3;

  // Text that the last call gave, where it lies.
  function given() {
    views();
    const at = words[addressRegister], length = words[lengthRegister];
    return bytes.subarray(at, at + length);
  }

  function text() {
    views();
    const at = words[addressRegister], length = words[lengthRegister];
    if (length > 24) return decode(at, length);
    let ascii = "";
    for (let i = at; i < at + length; i++) {
      const c = bytes[i];
      if (c > 127) return decode(at, length);
      ascii += String.fromCharCode(c);
    }
    return ascii;
  }

  // Large text in pieces that end with a character: Chromium takes 160 µs for 344 KB at once, of new memory from the system, and 51 so.
  function decode(/** @type {number} */ at, /** @type {number} */ length) {
    const end = at + length;
    let long = "";
    while (end - at > PIECE + 3) {
      let cut = at + PIECE;
      while ((bytes[cut] & 0xc0) === 0x80) cut--;
      long += decoder.decode(bytes.subarray(at, cut));
      at = cut;
    }
    return long + decoder.decode(bytes.subarray(at, end));
  }

  // Writes text into the buffer of the next call, from the offset on, and gives its length in UTF-8. Up to 64 KiB at three
  // bytes a character go to the buffer that is always there; longer text gets one that is as long as it turns out to be.
  function write(/** @type {string} */ string, offset = 0) {
    const length = string.length;
    if (offset + length * 3 > ROOM) return writeLong(string, offset);
    views();
    const at = room + offset;
    if (length < 256) { // encodeInto costs as much as 250 turns
      let i = 0;
      for (; i < length; i++) {
        const c = string.charCodeAt(i);
        if (c > 127) break;
        bytes[at + i] = c;
      }
      if (i === length) return length;
    }
    return encoder.encodeInto(string, bytes.subarray(at, room + ROOM)).written;
  }

  function writeLong(/** @type {string} */ string, /** @type {number} */ offset) {
    let read = 0, end = offset;
    let capacity = Math.max(ROOM + 1, offset + string.length);
    for (;;) {
      const reserved = call(x.ts_reserve, capacity, end);
      if (reserved === REFUSED) throw refusalError(refusal());
      const at = reserved >>> 0;
      views();
      const done = encoder.encodeInto(read === 0 ? string : string.slice(read), bytes.subarray(at + end, at + capacity));
      read += done.read;
      end += done.written;
      if (read === string.length) return end - offset;
      capacity = end + (string.length - read) * 3;
    }
  }

  // Two texts of one call: the second must not fall into another buffer than the first.
  function writeBoth(/** @type {string} */ key, /** @type {string} */ value) {
    if ((key.length + value.length) * 3 <= ROOM) {
      const keyLength = write(key);
      return [keyLength, write(value, keyLength)];
    }
    const joined = writeLong(key + value, 0);
    const keyLength = key.length === 0 ? 0 : utf8Length(key);
    return [keyLength, joined - keyLength];
  }

  /** @returns {any} what ts_error says */
  function refusal() {
    call(x.ts_error);
    return JSON.parse(text());
  }

  const port = {
    get room() { return room; },

    open(/** @type {number} */ mode, /** @type {Uint32Array} */ seed) {
      const result = call(x.ts_open, mode, seed[0], seed[1]);
      views();
      room = words[addressRegister];
      return result;
    },
    /** As setLimits() takes them, those that were not given, too. */
    limits() {
      views();
      return [...doubles.subarray(limitsRegister, limitsRegister + 5)];
    },

    // The three hot calls. They cannot panic, so only an exception of the engine is caught.
    setNumber(/** @type {number} */ slot, /** @type {number} */ value) {
      try {
        return ts_set_number(slot, value);
      } catch (error) {
        failed = true;
        return crash(error);
      }
    },
    setBool(/** @type {number} */ slot, /** @type {number} */ value) {
      try {
        return ts_set_bool(slot, value);
      } catch (error) {
        failed = true;
        return crash(error);
      }
    },
    /** For up to 16 UTF-16 units; what is not ASCII is answered with DRAIN. */
    setShort(/** @type {number} */ slot, /** @type {string} */ string) {
      const { length } = string;
      const a0 = word(string, 0), a1 = length > 4 ? word(string, 4) : 0;
      const b0 = length > 8 ? word(string, 8) : 0, b1 = length > 12 ? word(string, 12) : 0;
      if ((a0 | a1 | b0 | b1) < 0) return DRAIN;
      try {
        return ts_set_short(slot, length, a0, a1, b0, b1);
      } catch (error) {
        failed = true;
        return crash(error);
      }
    },

    /** Stores under a key; slot() is its slot then. */
    put(/** @type {string} */ key, /** @type {number} */ kind, /** @type {number} */ number, /** @type {string} */ string) {
      const [keyLength, length] = writeBoth(key, string);
      return call(x.ts_put, keyLength, kind, number, length);
    },
    slot() {
      views();
      return words[slotRegister];
    },
    write(/** @type {number} */ slot, /** @type {number} */ kind, /** @type {number} */ number, /** @type {string} */ string) {
      return call(x.ts_write, slot, kind, number, write(string));
    },
    remove: (/** @type {number} */ slot) => call(x.ts_remove, slot),
    /** clear(), restore(), keys() and snapshot() concern the keys that begin with the prefix, and have them without it. */
    clear: (prefix = "") => call(x.ts_clear, write(prefix)),
    reset: () => call(x.ts_reset),
    /** Quiet: the caller asks for no changes; a result above 0 has marked() say which values are others. */
    restore(/** @type {string} */ string, prefix = "", quiet = false) {
      const [prefixLength, length] = writeBoth(prefix, string);
      return call(x.ts_restore, prefixLength, length, quiet ? 1 : 0);
    },
    /** A bit for each place, the lowest first. */
    marked: given,
    /** Opens a batch with the last step written back; false when there is none. */
    travel: (/** @type {boolean} */ redo) => call(x.ts_travel, redo ? 1 : 0),
    begin: () => call(x.ts_begin),
    commit: () => call(x.ts_commit),
    rollback: () => call(x.ts_rollback),

    /** The slots of the keys that the innermost batch wrote. */
    touched(/** @type {(slot: number) => void} */ visit) {
      call(x.ts_touched);
      for (const slot of new Uint32Array(given().slice().buffer)) visit(slot);
    },
    /** The changes of the last batch: visit(slot, version, origin, kind before, index) for each. old(index) reads what was. */
    changes(/** @type {(slot: number, version: number, origin: number, oldKind: number, index: number) => void} */ visit) {
      call(x.ts_changes);
      views();
      const count = words[countRegister], at = words[addressRegister];
      if (count === 1) return visit(words[at >> 2], doubles[(at >> 3) + 2], words[(at >> 2) + 1], words[(at >> 2) + 2], 0);
      // A copy: visit may call the module, which may move or reuse what it gave.
      const list = given().slice();
      const w = new Uint32Array(list.buffer), f = new Float64Array(list.buffer);
      for (let i = 0; i < count; i++) visit(w[i * 6], f[i * 3 + 2], w[i * 6 + 1], w[i * 6 + 2], i);
    },
    old: (/** @type {number} */ index) => call(x.ts_old, index),
    /** Ends changes() and old(); says which slots were freed and which references nothing holds any more. */
    forget(/** @type {(slot: number) => void} */ freed, /** @type {(id: number) => void} */ released) {
      call(x.ts_forget);
      views();
      const slots = words[slotRegister], ids = words[countRegister];
      if (slots + ids === 0) return;
      const list = new Uint32Array(given().slice().buffer);
      for (let i = 0; i < slots; i++) freed(list[i]);
      for (let i = slots; i < slots + ids; i++) released(list[i]);
    },

    find: (/** @type {string} */ key) => call(x.ts_find, write(key)),
    pin: (/** @type {string} */ key) => call(x.ts_pin, write(key)),
    unpin: (/** @type {number} */ slot) => call(x.ts_unpin, slot),
    reserveKey: (/** @type {string} */ key) => call(x.ts_reserve_key, write(key)),
    unreserveKey: (/** @type {number} */ slot) => call(x.ts_unreserve_key, slot),

    /** Gives the kind; number(), text(), version() and origin() tell the rest, until the next call. */
    read: (/** @type {number} */ slot) => call(x.ts_read, slot),
    number() {
      views();
      return doubles[numberRegister];
    },
    version() {
      views();
      return doubles[versionRegister];
    },
    origin() {
      views();
      return words[originRegister];
    },
    text,

    key(/** @type {number} */ slot) {
      call(x.ts_key, slot);
      return text();
    },
    keys(prefix = "") {
      call(x.ts_keys, write(prefix));
      return /** @type {string[]} */ (JSON.parse(text()));
    },
    snapshot: (/** @type {boolean} */ omit, prefix = "") => call(x.ts_snapshot, write(prefix), omit ? 1 : 0),
    refusal,

    setMode: (/** @type {number} */ mode) => call(x.ts_set_mode, mode),
    setOrigin: (/** @type {number} */ origin) => call(x.ts_set_origin, origin),
    setLimits: (/** @type {number[]} */ [keyBytes, depth, valueBytes, entries, totalBytes]) =>
      call(x.ts_set_limits, keyBytes, depth, valueBytes, entries, totalBytes),
    setHistory: (/** @type {number} */ steps, /** @type {number} */ bytes) => call(x.ts_set_history, steps, bytes),
    advance: (/** @type {number} */ version) => call(x.ts_advance, version),
    stats() {
      call(x.ts_stats);
      const f = new Float64Array(given().slice().buffer);
      return { keys: f[0], bytes: f[1], version: f[2], undo: f[5], redo: f[6], memory: memory.buffer.byteLength };
    },
    /** Connects a widget for each spec; text() is a JSON array of widget, slot, and what it shows or went wrong. */
    widgets: (/** @type {string} */ specs) => call(x.ts_widgets, write(specs)),
    widgetChange: (/** @type {number} */ id, /** @type {string} */ spec) => call(x.ts_widget_change, id, write(spec)),
    widgetEnd: (/** @type {number} */ id) => call(x.ts_widget_end, id),
    input: (/** @type {number} */ id, /** @type {number} */ kind, /** @type {number} */ number, /** @type {string} */ string) =>
      call(x.ts_input, id, kind, number, write(string)),
    /** As read(), of what a widget in a form holds. */
    pending: (/** @type {number} */ id) => call(x.ts_pending, id),
    form: (/** @type {string} */ name) => call(x.ts_form, write(name)),
    formEnd: (/** @type {number} */ form) => call(x.ts_form_end, form),
    formClear: (/** @type {number} */ form) => call(x.ts_form_clear, form),
    submit: (/** @type {number} */ form, /** @type {number} */ button) => call(x.ts_submit, form, button),

    turn: (/** @type {boolean} */ transaction, /** @type {boolean} */ byCode) => call(x.ts_turn, (transaction ? 1 : 0) | (byCode ? 2 : 0)),
    /** What to run next; slot() is the number of the widget or rerun. */
    turnNext: () => call(x.ts_turn_next),
    turnFailed: () => call(x.ts_turn_failed),
    turnStop: () => call(x.ts_turn_stop),
    turnAgain: () => call(x.ts_turn_again),
    /** 1 when the turn was rolled back. */
    turnEnd: () => call(x.ts_turn_end),
    triggersEnd: () => call(x.ts_triggers_end),
    rerun: () => call(x.ts_rerun),
    rerunEnd: (/** @type {number} */ id) => call(x.ts_rerun_end, id),
    rerunReads(/** @type {number} */ id, /** @type {number[]} */ slots) {
      const at = call(x.ts_reserve, slots.length * 4, 0) >>> 0;
      views();
      words.set(slots, at >> 2);
      return call(x.ts_rerun_reads, id, slots.length);
    },
    count() {
      views();
      return words[countRegister];
    },

    idle: () => call(x.ts_idle),

    /** Whether the module is a program of the page's own, with functions that this file's callers run. */
    hasProgram: x.ts_app_call !== undefined,
    programStart: () => call(x.ts_app_start),
    /** Runs what the program named by a number: REFUSED, or what else happened (js/program.js); text() is its answer. */
    program(/** @type {number} */ what, /** @type {number} */ id, first = "", second = "") {
      if (first === "" && second === "") return call(x.ts_app_call, what, id);
      const [a, b] = writeBoth(first, second);
      return call(x.ts_app_call, what, id, a, b);
    },
    /** What the program has to say: see wasm/app/internal/kit/news.go. @returns {any[]} */
    programNews() {
      call(x.ts_app_news);
      const news = text();
      return news === "" ? [] : JSON.parse(news);
    },

    /**
     * Ends the program and overwrites its memory. Nothing of it runs afterwards: its timers are cleared, its resume disarmed. While it
     * is at work the overwriting waits for its return.
     */
    wipe() {
      if (inside === 0) return overwrite();
      wiping = true;
      if (port.hasProgram) x.ts_app_end();
    },
    crash,
  };
  return port;
}

/** Four ASCII characters from the place on, the first one lowest, 0 beyond the end; below 0 when one is not ASCII. */
function word(/** @type {string} */ string, /** @type {number} */ from) {
  const a = unitAt(string, from), b = unitAt(string, from + 1), c = unitAt(string, from + 2), d = unitAt(string, from + 3);
  return (a | b | c | d) > 127 ? -1 : a | b << 8 | c << 16 | d << 24;
}

function unitAt(/** @type {string} */ string, /** @type {number} */ i) {
  return i < string.length ? string.charCodeAt(i) : 0;
}

/** How many bytes the text has. */
export function utf8Length(/** @type {string} */ string) {
  for (let i = 0; i < string.length; i++) if (string.charCodeAt(i) > 127) return encoder.encode(string).length;
  return string.length;
}
