// @ts-check
// The elements that can be widgets: what kind of value each has, and how it is read from it and shown in it (rule 29).

/**
 * @typedef {object} Type
 * @property {string} kind of the value, as the core names it
 * @property {boolean} [group] the elements of one key are one widget
 * @property {(els: any[], final: boolean, target?: any) => any} read undefined while what is typed is no value yet
 * @property {(els: any[], value: any) => void} write touches only what shows something else
 * @property {(els: any[]) => any} [html] the value that the HTML gives
 * @property {(els: any[]) => string[]} [options]
 * @property {(el: any) => [min: any, max: any]} [range]
 */

/** Says whether two values of widgets are the same. */
export function same(/** @type {any} */ a, /** @type {any} */ b) {
  return Object.is(a, b) || Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => value === b[i]);
}

/** The element as its HTML has it: itself, or a copy when something else was put in. */
function pristine(/** @type {any} */ el) {
  const { value, defaultValue } = el;
  if (value === defaultValue) return el;
  const copy = el.cloneNode();
  copy.value = defaultValue; // as the browser makes it fit: a range without a value has one
  return copy;
}

/** Shows a text and leaves the caret where it was. */
function writeText(/** @type {any} */ els, /** @type {any} */ value) {
  const el = els[0], text = String(value ?? ""), old = el.value;
  if (old === text) return;
  const { selectionStart, selectionEnd } = el;
  el.value = text;
  if (selectionStart != null && selectionStart < old.length && el.getRootNode().activeElement === el) el.setSelectionRange(selectionStart, selectionEnd);
}

/** @type {Record<string, RegExp>} what the values of these types look like, for browsers that make them plain text fields */
const FORMATS = {
  month: /^\d{4,}-(0[1-9]|1[0-2])$/,
  week: /^\d{4,}-W(0[1-9]|[1-4]\d|5[0-3])$/,
};

/** The type of an input, also where the browser does not know it. */
function inputType(/** @type {any} */ el) {
  const { type } = el;
  if (type !== "text") return type;
  const named = el.getAttribute("type")?.toLowerCase();
  return Object.hasOwn(FORMATS, named) ? named : type;
}

/** @type {Type["read"]} */
const readUnfinished = ([el], final) => {
  const { badInput, rangeUnderflow, rangeOverflow } = el.validity;
  const misformed = el.type === "text" && el.value !== "" && !FORMATS[inputType(el)].test(el.value);
  return misformed || badInput || !final && (rangeUnderflow || rangeOverflow) ? undefined : el.value === "" ? null : el.type === "number" || el.type === "range" ? +el.value : el.value;
};

/** What is typed may be no value yet. */
const unfinished = {
  read: readUnfinished,
  write(/** @type {any[]} */ els, /** @type {any} */ value) {
    if (readUnfinished(els, true) !== value) els[0].value = value ?? "";
  },
  html: (/** @type {any[]} */ [el]) => readUnfinished([pristine(el)], true) ?? null,
};

const values = (/** @type {any[]} */ els) => els.map((el) => el.value);
const optionsOf = (/** @type {any[]} */ [el]) => values([...el.options]);
const list = (/** @type {any} */ value) => (Array.isArray(value) ? value.map(String) : []);
const tick = (/** @type {any} */ el, /** @type {boolean} */ on, member = "checked") => {
  if (el[member] !== on) el[member] = on;
};

/** @type {Record<string, Type>} */
export const TYPES = {
  text: {
    kind: "text",
    read: (els) => els[0].value,
    write: writeText,
    html: (els) => pristine(els[0]).value,
  },
  number: {
    ...unfinished,
    kind: "number",
    range: (el) => [bound(el.min), bound(el.max)],
  },
  date: {
    ...unfinished,
    kind: "date",
    range: (el) => [el.min || undefined, el.max || undefined],
  },
  checkbox: {
    kind: "boolean",
    read: ([el]) => el.checked,
    write: ([el], value) => tick(el, Boolean(value)),
    html: ([el]) => el.defaultChecked,
  },
  checkboxes: {
    kind: "choices",
    group: true,
    read: (els) => values(els.filter((el) => el.checked)),
    write: (els, value) => els.forEach((el) => tick(el, list(value).includes(el.value))),
    html: (els) => values(els.filter((el) => el.defaultChecked)),
    options: values,
  },
  radio: {
    kind: "choice",
    group: true,
    // The others of the key may have other names, so that the browser leaves them checked.
    read: (els, _, target) => (target?.checked ? target : els.find((el) => el.checked))?.value ?? null,
    write: (els, value) => els.forEach((el) => tick(el, el.value === value)),
    html: (els) => els.find((el) => el.defaultChecked)?.value ?? null,
    options: values,
  },
  select: {
    kind: "choice",
    read: ([el]) => (el.selectedIndex < 0 ? null : el.value),
    write([el], value) {
      if (value === null || value === undefined) el.selectedIndex = -1;
      else if (el.value !== value || el.selectedIndex < 0) el.value = value;
    },
    html([el]) {
      const options = [...el.options];
      const chosen = options.filter((option) => option.defaultSelected).pop() ?? (el.size > 1 ? null : options.find((option) => !option.disabled));
      return chosen?.value ?? null;
    },
    options: optionsOf,
  },
  selects: {
    kind: "choices",
    read: ([el]) => values([...el.selectedOptions]),
    write: ([el], value) => [...el.options].forEach((option) => tick(option, list(value).includes(option.value), "selected")),
    html: ([el]) => values([...el.options].filter((option) => option.defaultSelected)),
    options: optionsOf,
  },
  details: {
    kind: "boolean",
    read: ([el]) => el.open,
    write: ([el], value) => tick(el, Boolean(value), "open"),
  },
  editable: {
    kind: "text",
    read: ([el]) => el.innerText,
    write([el], value) {
      const text = String(value ?? "");
      if (el.innerText !== text) el.innerText = text;
    },
  },
  file: {
    kind: "file",
    read: ([el]) => (el.files.length === 0 ? null : el.multiple ? [...el.files] : el.files[0]),
    // A file can only be taken away.
    write([el], value) {
      if (el.value && value === null) el.value = "";
    },
    html: () => null,
  },
  trigger: {
    kind: "trigger",
    read: () => undefined,
    write() {},
    html: () => false,
  },
  ...Object.fromEntries(["text", "number", "boolean", "choices"].map((kind) => [`custom-${kind}`, {
    kind,
    read: (/** @type {any[]} */ [el]) => el.value,
    write(/** @type {any[]} */ [el], /** @type {any} */ value) {
      if (!same(el.value, value)) el.value = value;
    },
  }])),
};

function bound(/** @type {string} */ text) {
  return text === "" ? undefined : +text;
}

/** @type {Record<string, string>} types of input whose name here is another */
const INPUTS = {
  number: "number", range: "number",
  date: "date", time: "date", "datetime-local": "date", month: "date", week: "date",
  radio: "radio", file: "file",
  button: "trigger", submit: "trigger", reset: "trigger", image: "trigger",
};

/** The name in TYPES of what the element is, null when it cannot be a widget. */
export function typeName(/** @type {any} */ el) {
  switch (el.localName) {
    case "input": {
      const type = inputType(el);
      return type === "checkbox" ? (el.hasAttribute("value") ? "checkboxes" : "checkbox") : INPUTS[type] ?? "text";
    }
    case "textarea": return "text";
    case "select": return el.multiple ? "selects" : "select";
    case "button": return "trigger";
    case "details": return "details";
  }
  if ("value" in el && el.localName.includes("-")) {
    const type = typeof el.value;
    return `custom-${Array.isArray(el.value) ? "choices" : type === "number" || type === "boolean" ? type : "text"}`;
  }
  return (el.getAttribute("contenteditable") ?? "false") === "false" ? null : "editable";
}

/** Says whether the element submits its form. */
export const isSubmit = (/** @type {any} */ el) => el.type === "submit" || el.type === "image";
