// @ts-check
// Widgets and forms as whoever draws them sees them: numbers, specs and values. The rules are the module's (wasm/session).

import { BOOL, JSON_TEXT, NULL, NUMBER, ORIGINS, REFERENCE, STRING, utf8Length } from "./abi.js";
import { LONE_TEXT, Offence, isPlainPrimitive, wellFormed } from "./plain.js";
import { refusalError, unserializable } from "./refusal.js";
import { keyText } from "./arguments.js";

/** In the order of the numbers in wasm/session/widget.go. */
const KINDS = ["text", "number", "boolean", "choice", "choices", "date", "trigger", "file"];

const FILE = /** @type {any} */ ({
  code: "unserializable", path: "", type: "File", reason: "a file is not JSON",
  hint: "Read it first, and store its text or its data under another key",
});

/**
 * @typedef {object} Spec
 * @property {string} [key] a trigger may have none
 * @property {"text" | "number" | "boolean" | "choice" | "choices" | "date" | "trigger" | "file"} kind
 * @property {unknown} [default]
 * @property {unknown} [first] wins over an entry that is there: from the address, or typed before; typed in a form, it is pending
 * @property {boolean} [url] first is from the address
 * @property {string[]} [options]
 * @property {number | string} [min]
 * @property {number | string} [max]
 * @property {boolean} [disabled] the user's input is ignored
 * @property {boolean} [drop] the entry goes with the last widget of its key
 * @property {number} [form]
 * @property {{name: string, args?: unknown}} [callback]
 * @property {boolean} [transaction] of its turns, outside of forms
 * @property {unknown} [element] given to callbacks
 *
 * @param {import("./core.js").Core} core
 * @param {import("./turns.js").Turns} turns
 */
export function createWidgets(core, turns) {
  /** @type {Map<number, Spec & {key: string}>} */
  const widgets = new Map();

  turns.callOf = (id) => {
    const { key, callback, element } = /** @type {any} */ (widgets.get(id));
    return { name: callback.name, args: callback.args, key: key === "" ? undefined : key, element };
  };

  /** A value of a spec, as wasm/ABI.md has it. */
  function part(/** @type {unknown} */ value) {
    if (value === undefined) return ":";
    if (typeof value === "string" && wellFormed(value)) return `${utf8Length(value)}"${value}`;
    const text = JSON.stringify(value) ?? "";
    return `${utf8Length(text)}:${text}`;
  }

  function specText(/** @type {Spec} */ { key, kind, default: initial, first, url, options, min, max, disabled, drop, form, callback }) {
    const flags = (disabled ? 1 : 0) | (drop ? 2 : 0) | (url ? 4 : 0);
    const ends = min === undefined && max === undefined && !options ? ":::" : part(limit(min)) + part(limit(max)) + part(options);
    return `${KINDS.indexOf(kind) + 1} ${flags} ${form ?? 0} ${callback ? 1 : 0} ${part(key)}${part(initial)}${part(first)}${ends}`;
  }

  /** The text that describes a widget that is to be connected. */
  function described(/** @type {Spec} */ spec) {
    spec.key = spec.key ? keyText(spec.key) : "";
    try {
      // What is pending in a form is judged when it is submitted.
      if (spec.first !== undefined && core.guarded(spec.key) && (spec.url || !spec.form)) core.validators.check(spec.key, spec.first);
    } catch (error) {
      turns.note(error);
      delete spec.first;
    }
    return specText(spec);
  }

  /**
   * Enters widgets into the session, all in one call, and says of each, one after the other: its number, 0 when it is refused, its slot,
   * and what went wrong, undefined for nothing (rule 26). The specs are the session's from then on.
   * @param {Spec[]} specs
   * @returns {any[]}
   */
  function connect(specs) {
    /** @type {any[]} */
    let told = [];
    /** @type {any[]} what went wrong with widgets that are there */
    const notes = [];
    /** @type {any[]} the values of their keys, undefined where they are not known */
    const values = [];
    let quiet = false;
    const valueOf = (/** @type {Spec} */ { default: initial, first }, /** @type {any} */ shows) => {
      const value = shows === 1 ? initial : shows === 2 ? first : undefined;
      return isPlainPrimitive(value) ? value : undefined;
    };
    try {
      core.apply(() => {
        const text = specs.map(described).join("");
        quiet = core.quiet;
        const result = core.checked(core.port.widgets(text));
        told = JSON.parse(core.port.text());
        let known = quiet;
        /** @type {(Spec & {key: string})[]} */ (specs).forEach((spec, i) => {
          const id = told[i * 3], slot = told[i * 3 + 1];
          if (id > 0) widgets.set(id, spec);
          if (slot > 0) core.cache.meet(spec.key, slot);
          values.push(valueOf(spec, told[i * 3 + 2]));
          known &&= slot === 0 || values[i] !== undefined;
        });
        return known ? 0 : result; // there is nothing to hear of changes
      });
    } catch (error) {
      // One that no text describes, or one too many for the session: which?
      return specs.length > 1 ? specs.flatMap((spec) => connect([spec])) : [0, 0, error];
    }
    specs.forEach((spec, i) => {
      const id = told[i * 3], slot = told[i * 3 + 1], shows = told[i * 3 + 2];
      if (quiet && slot > 0) core.learn(slot, values[i]);
      const error = told[i * 3 + 2] = typeof shows === "object" ? refusalError(shows, spec.key) : undefined;
      if (id > 0 && error) notes.push(error);
    });
    for (const error of notes) turns.note(error);
    return told;
  }

  const limit = (/** @type {unknown} */ value) => (value === "" ? undefined : value);

  /** Tells the module of one input. It throws what refuses it. */
  function put(/** @type {number} */ id, /** @type {any} */ value) {
    const { key, kind, form, disabled } = /** @type {any} */ (widgets.get(id));
    if (disabled) return;
    if (typeof value === "string" && !wellFormed(value)) throw unserializable(key, new Offence("", LONE_TEXT), 0);
    if (core.guarded(key) && !form) core.validators.check(key, value);
    const take = (/** @type {number} */ result) => void (core.checked(result, key) > 0 && core.touch(core.port.slot()));
    if (kind === "file" && value !== null) core.offer(key, value, FILE, (reference) => take(core.port.input(id, REFERENCE, reference, "")));
    else take(send(id, value));
  }

  function send(/** @type {number} */ id, /** @type {any} */ value) {
    switch (typeof value) {
      case "string": return core.port.input(id, STRING, 0, value);
      case "number": return core.port.input(id, NUMBER, value, "");
      case "boolean": return core.port.input(id, BOOL, value ? 1 : 0, "");
    }
    if (value === null || value === undefined) return core.port.input(id, NULL, 0, "");
    return core.port.input(id, JSON_TEXT, 0, JSON.stringify(value));
  }

  function inputs(/** @type {[number, unknown][]} */ list, origin = "widget") {
    const known = list.filter(([id]) => widgets.has(id) && !widgets.get(id)?.disabled);
    const putAll = (/** @type {[number, unknown][]} */ some) => {
      for (const [id, value] of some) {
        try {
          put(id, value);
        } catch (error) {
          turns.note(error);
        }
      }
    };
    putAll(known.filter(([id]) => widgets.get(id)?.form));
    const now = known.filter(([id]) => !widgets.get(id)?.form);
    if (now.length > 0) turns.run(false, now.some(([id]) => widgets.get(id)?.transaction), () => core.as(ORIGINS.indexOf(/** @type {any} */ (origin)), () => putAll(now)));
  }

  const clearForm = (/** @type {number} */ form) => core.apply(() => core.port.formClear(form));
  const endTriggers = () => core.apply(() => core.port.triggersEnd());

  return {
    connect,
    /** Takes the spec in place of the one before; the key stays. */
    change(/** @type {number} */ id, /** @type {Spec} */ spec) {
      const old = widgets.get(id);
      if (!old) return;
      const next = { ...spec, key: old.key, first: undefined, url: undefined };
      core.apply(() => core.port.widgetChange(id, specText(next)), old.key);
      widgets.set(id, next);
    },
    end(/** @type {number} */ id) {
      const widget = widgets.get(id);
      if (widget && widgets.delete(id)) core.apply(() => core.port.widgetEnd(id), widget.key);
    },

    /** The user's: a whole turn, or pending in a form. */
    input: (/** @type {number} */ id, /** @type {unknown} */ value) => inputs([[id, value]]),
    /** Several at once; of the origin "url" when they come from the address. */
    inputs,
    /** A click: a turn with the trigger true, and false again afterwards. */
    press(/** @type {number} */ id) {
      const widget = widgets.get(id);
      if (!widget || widget.disabled) return;
      turns.run(false, !!widget.transaction, () => {
        if (widget.key !== "") turns.after(endTriggers);
        put(id, true);
      });
    },

    form: (/** @type {string} */ name) => core.checked(core.port.form(name)),
    formEnd(/** @type {number} */ form) {
      core.apply(() => core.port.formEnd(form));
      for (const widget of widgets.values()) if (widget.form === form) widget.form = undefined;
    },
    /** Everything pending as one turn; the button, 0 for none, is its one trigger (rules 40 to 42). `then` follows a turn in which nothing threw. */
    submit(/** @type {number} */ form, buttonId = 0, { clear = false, transaction = false, /** @type {() => void} */ then = () => {} } = {}) {
      if (widgets.get(buttonId)?.disabled) return;
      turns.run(false, transaction, () => {
        for (const [id, { key, form: own }] of widgets) {
          if (own !== form || !core.guarded(key)) continue;
          const value = core.pending(id);
          if (value !== undefined) core.validators.check(key, value);
        }
        core.checked(core.port.submit(form, buttonId));
        core.takeTouched(false);
        turns.after(endTriggers);
        // What a transaction rolled back is pending still, and is not to be lost.
        turns.after((rolledBack) => {
          if (clear && !rolledBack) clearForm(form);
        });
        turns.after((_, failed) => failed || then());
      });
    },
    /** Puts a form back to its defaults. */
    clear: clearForm,
    /** What the user entered in a form and did not submit yet. */
    pending: (/** @type {number} */ id) => core.pending(id),
  };
}
