// What faults.go does in a page, called by name as in "faults.start".

const tabstate = /** @type {any} */ (globalThis).tabstate;
const events = /** @type {string[]} */ (/** @type {any} */ (globalThis).events);
const captured = /** @type {any[]} */ (/** @type {any} */ (globalThis).captured);

const told = (/** @type {any} */ { name, code, message, hint }) => ({ name, code, message, hint });
const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

/** What comes of a promise of a session. */
async function outcome(/** @type {Promise<any>} */ opening) {
  try {
    const session = await opening;
    return { status: session.status, keys: [...session.keys()].length, same: session === tabstate.session };
  } catch (error) {
    return told(/** @type {any} */ (error));
  }
}

/** @type {any} */ (globalThis).faults = {
  /** Whether the page has the runtime at all. */
  there: () => tabstate !== undefined,
  async start() {
    const result = await outcome(tabstate.ready);
    await pause(0); // what nobody handles is told a little later
    return { ...result, session: tabstate.session !== null };
  },
  again: () => outcome(tabstate.open()),
  events: () => events,

  /** Calls an export of the module that fails, by the program's own hand, and says what came of the session. */
  async fail(/** @type {string} */ name, /** @type {string} */ marker) {
    const session = tabstate.session;
    session.set("secret", marker).set("n", 1);
    let disposed = 0;
    session.onDispose(() => disposed++);
    events.length = 0;
    let thrown = "nothing";
    try {
      captured.at(-1)[name](1000);
    } catch (error) {
      thrown = /** @type {Error} */ (error).constructor.name;
    }
    for (let tries = 0; session.status === "open" && tries < 1000; tries++) await pause(10);
    /** @type {Record<string, number>} */
    const codes = {};
    for (const use of [() => session.get("secret"), () => session.set("n", 2), () => session.snapshot(), () => session.subscribe(() => {}), () => session.size, () => session.batch(() => 1), () => session.state.n]) {
      try {
        use();
        codes.nothing = (codes.nothing ?? 0) + 1;
      } catch (error) {
        const { code } = /** @type {any} */ (error);
        codes[code] = (codes[code] ?? 0) + 1;
      }
    }
    await pause(0);
    const again = await outcome(tabstate.open());
    return { status: session.status, codes, events: [...events], disposed, again, thrown };
  },

  /** Writes texts of a megabyte until one is refused, or so many are there; says what refused it, and what works then. */
  async fill(/** @type {any} */ options, /** @type {number} */ most) {
    const session = await tabstate.open({ separate: true, ...options });
    let written = 0;
    let refused;
    try {
      for (; written < most; written++) session.set(`key ${written}`, `${written}`.padEnd(1e6, "x"));
    } catch (error) {
      refused = told(/** @type {any} */ (error));
    }
    const { status } = session;
    let after = "";
    if (status === "open") {
      if (session.size !== written) throw new Error(`${session.size} entries, not ${written}`);
      for (let i = 0; i < written; i++) if (session.get(`key ${i}`) !== `${i}`.padEnd(1e6, "x")) throw new Error(`key ${i} is another`);
      session.delete("key 0");
      session.set("key again", "x".repeat(9e5));
      after = "goes on";
      session.destroy();
    }
    const fresh = await tabstate.open({ separate: true });
    fresh.set("a", 1);
    fresh.destroy();
    return { written, refused, status, after };
  },

  /** Opens sessions until the browser has no room for another, or so many are open. */
  async crowd(/** @type {number} */ most) {
    const sessions = [];
    let refused = null;
    try {
      while (sessions.length < most) sessions.push(await tabstate.open({ separate: true }));
    } catch (error) {
      refused = told(/** @type {any} */ (error));
    }
    for (const [i, session] of sessions.entries()) session.set("i", i);
    const own = sessions.every((session, i) => session.get("i") === i);
    for (const session of sessions) session.destroy();
    return { opened: sessions.length, own, refused };
  },
};
