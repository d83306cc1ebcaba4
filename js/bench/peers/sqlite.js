import init from "@sqlite.org/sqlite-wasm";
import { createListeners } from "../../../static/bench/stores.js";

/** A table of JSON texts in memory. Listeners are told by hand. */
export async function create() {
  const { oo1 } = await init({ print() {}, printErr() {} });
  const db = new oo1.DB(":memory:");
  db.exec("CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  const one = db.prepare("SELECT value FROM state WHERE key = ?");
  const put = db.prepare("INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  const all = db.prepare("SELECT json_group_object(key, json(value)) FROM state");
  const tick = db.prepare("UPDATE state SET value = json_set(value, ?, json(?)) WHERE key = ?");
  const { subscribe, tell, heard } = createListeners();
  const write = (key, value) => {
    put.bind([key, JSON.stringify(value)]).step();
    put.reset();
  };
  const get = (key) => {
    one.bind(1, key).step();
    const text = one.getString(0);
    one.reset();
    return JSON.parse(text);
  };
  const replace = (entries, before) => db.transaction(() => {
    if (before) db.exec(before);
    for (const key in entries) write(key, entries[key]);
  });
  return {
    subscribe,
    get,
    fill: (entries) => replace(entries),
    set(key, value) {
      write(key, value);
      if (heard(key)) tell(key, typeof value === "object" ? get(key) : value);
    },
    snapshot() {
      all.step();
      const text = all.getString(0);
      all.reset();
      return text;
    },
    restore: (text) => replace(JSON.parse(text), "DELETE FROM state"),
    // Its memory is large from the beginning.
    held: () => db.selectValue("PRAGMA page_count") * db.selectValue("PRAGMA page_size"),
    tick(key, index, done) {
      tick.bind([`$[${index}].done`, String(done), key]).step();
      tick.reset();
      tell(key, get(key));
    },
  };
}
