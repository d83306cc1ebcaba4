// @ts-check
import { equal, same, test } from "./harness.js";
import { html, htmlTest, settled } from "./html-page.js";
import { warnings } from "./sessions.js";

const KINDS = /** @type {const} */ ([
  ["text", `<input data-session-key="k" value="a">`, "a", "b", "c"],
  ["a type that there is not", `<input type="constructor" data-session-key="k" value="a">`, "a", "b", "c"],
  ["search", `<input type="search" data-session-key="k" value="a">`, "a", "b", "c"],
  ["email", `<input type="email" data-session-key="k">`, "", "a@b.example", "c"],
  ["url", `<input type="url" data-session-key="k">`, "", "https://a.example/", "c"],
  ["tel", `<input type="tel" data-session-key="k" value="1">`, "1", "22", "3"],
  ["password", `<input type="password" data-session-key="k">`, "", "secret", "c"],
  ["textarea", `<textarea data-session-key="k">a\nb</textarea>`, "a\nb", "c\nd", "e"],
  ["number", `<input type="number" data-session-key="k" value="1.5" step="any">`, 1.5, 2.5, -3],
  ["number, empty", `<input type="number" data-session-key="k">`, null, 2, null],
  ["range", `<input type="range" data-session-key="k" min="10" max="20" value="12">`, 12, 14, 20],
  ["range without a value", `<input type="range" data-session-key="k">`, 50, 51, 0],
  ["checkbox", `<input type="checkbox" data-session-key="k" checked>`, true, false, true],
  ["select", `<select data-session-key="k"><option>a</option><option value="b">B</option><option selected>c</option></select>`, "c", "b", "a"],
  ["select multiple", `<select multiple data-session-key="k"><option selected>a</option><option>b</option><option>c</option></select>`, ["a"], ["b", "c"], []],
  ["date", `<input hidden type="date" data-session-key="k" value="2024-02-29">`, "2024-02-29", "2025-01-01", null],
  ["time", `<input hidden type="time" data-session-key="k">`, null, "13:30", "14:00"],
  ["datetime-local", `<input hidden type="datetime-local" data-session-key="k">`, null, "2024-02-29T13:30", null],
  ["month", `<input hidden type="month" data-session-key="k">`, null, "2024-02", null],
  ["week", `<input hidden type="week" data-session-key="k">`, null, "2024-W07", null],
  ["color", `<input type="color" data-session-key="k" value="#ff0000">`, "#ff0000", "#00ff00", "#0000ff"],
  ["contenteditable", `<p contenteditable data-session-key="k">a</p>`, "a", "b", "c"],
]);

for (const [kind, text, first, typed, written] of KINDS) {
  htmlTest(`rule 26, 27, 29: ${kind}`, text, ({ session, $, type }) => {
    const el = $("[data-session-key]");
    equal(session.get("k"), first, "the HTML's value");
    type(el, typed);
    equal(session.get("k"), typed, "typed");
    session.set("k", written);
    const shown = el.multiple ? [...el.selectedOptions].map((o) => o.value) : el.type === "checkbox" ? el.checked : el.isContentEditable ? el.textContent : el.value;
    equal(shown, written === null ? "" : typeof written === "number" ? String(written) : written, "shown");
  });
}

for (const [type, value, others] of /** @type {const} */ ([["month", "2024-02", ["2024-0", "2024-13", "soon"]], ["week", "2024-W07", ["2024-W0", "2024-W54", "soon"]]])) {
  // Some browsers offer a plain text field for these.
  htmlTest(`rule 29: a ${type} typed as text`, `<input type="${type}" data-session-key="k">`, ({ session, $, type: typed }) => {
    for (const other of others) {
      $("input").value = value;
      typed($("input"), value);
      same(session.get("k"), value);
      typed($("input"), other);
      equal(session.get("k"), $("input").type === "text" ? value : null, other);
    }
    typed($("input"), "");
    same(session.get("k"), null);
  });
}

htmlTest("rule 29: details", `<details data-session-key="k"><summary>s</summary>t</details>`, async ({ session, $ }) => {
  same(session.get("k"), false);
  $("details").open = true;
  await settled();
  await settled();
  same(session.get("k"), true, "opened by the user");
  session.set("k", false);
  same($("details").open, false);
  await settled();
  same(session.get("k"), false, "no echo");
});

htmlTest("rule 29: a custom element with a value, defined later", `<x-late data-session-key="k"></x-late><x-none data-session-key="n"></x-none>`, async ({ session, $ }) => {
  same(session.has("k"), false);
  customElements.define("x-late", class extends HTMLElement { value = 3; });
  await settled();
  same(session.get("k"), 3);
  $("x-late").value = 4;
  $("x-late").dispatchEvent(new Event("input"));
  same(session.get("k"), 4, "its event does not bubble");
  session.set("k", 5);
  same($("x-late").value, 5);
});

htmlTest("rule 22, 31: an element that throws keeps nothing from the others of its key", `
  <x-picky data-session-key="k"></x-picky><i data-session-text="k"></i><b data-session-text="k"></b>
`, ({ session, $, errors }) => {
  session.set("k", 2);
  same($("i").textContent, "2");
  session.set("k", -1);
  equal([errors.map(({ error }) => error.message), $("i").textContent, $("b").textContent], [["no"], "-1", "-1"]);
  const unbind = session.bind($("b"), { "class-on": "k" });
  session.set("k", 3);
  same($("b").className, "on");
  unbind();
  session.set("k", 4);
  equal([$("i").textContent, $("b").textContent, errors.length], ["4", "4", 1]);
}, () => {
  customElements.define("x-picky", class extends HTMLElement {
    #value = 1;
    get value() { return this.#value; }
    set value(value) {
      if (value < 0) throw new Error("no");
      this.#value = value;
    }
  });
});

htmlTest("rule 29, 31: radios with one key are a group, whatever their names; null when none is checked", `
  <input type="radio" name="x" value="a" data-session-key="k"><input type="radio" name="y" value="b" data-session-key="k"><input type="radio" name="z" value="c" data-session-key="k">
`, ({ session, $, $$, type }) => {
  same(session.get("k"), null);
  type($("[value=a]"), true);
  type($("[value=b]"), true);
  same(session.get("k"), "b");
  equal($$("input").map((el) => el.checked), [false, true, false]);
  session.set("k", "c");
  equal($$("input").map((el) => el.checked), [false, false, true]);
});

htmlTest("rule 29, 31: checkboxes with a value attribute are a group; members come and go", `
  <input type="checkbox" value="a" data-session-key="k" checked><input type="checkbox" value="b" data-session-key="k"><input type="checkbox" value="c" data-session-key="k">
`, async ({ session, $, $$, type, root }) => {
  equal(session.get("k"), ["a"]);
  type($("[value=c]"), true);
  equal(session.get("k"), ["a", "c"], "in document order");
  type($("[value=b]"), true);
  equal(session.get("k"), ["a", "b", "c"]);
  session.set("k", ["b"]);
  equal($$("input").map((el) => el.checked), [false, true, false]);
  root.insertAdjacentHTML("afterbegin", html(`<input type="checkbox" value="z" data-session-key="k">`));
  await settled();
  type($("[value=z]"), true);
  equal(session.get("k"), ["z", "b"], "a later member, first in the document");
  $("[value=c]").remove();
  await settled();
  type($("[value=a]"), true);
  equal(session.get("k"), ["z", "a", "b"]);
});

htmlTest("rule 31: a mismatch of kinds is an error event with the element", `<input data-session-key="k"><input type="checkbox" data-session-key="k">`, ({ errors, $ }) => {
  same(errors.length, 1);
  same(errors[0].element, $("[type=checkbox]"));
});

htmlTest("rule 31: two elements with one key show one value", `<input type="range" min="0" max="9" value="3" data-session-key="k"><input type="number" min="0" max="9" data-session-key="k">`, ({ session, $, type }) => {
  same($("[type=number]").value, "3");
  type($("[type=number]"), "7");
  same($("[type=range]").value, "7");
  same(session.get("k"), 7);
});

htmlTest("rule 26 (decision 16): typed before the session was ready, then the entry, then the HTML", `
  <input data-session-key="typed" value="html"><input data-session-key="entry" value="html"><input data-session-key="html" value="html">
`, ({ session, $ }) => {
  equal(["typed", "entry", "html"].map((key) => session.get(key)), ["typed", "entry", "html"]);
  same($("[data-session-key=entry]").value, "entry");
}, (session, root) => {
  session.update({ typed: "entry", entry: "entry" });
  /** @type {any} */ (root.querySelector("input")).value = "typed";
});

htmlTest("rule 26 (decision 16): what comes later takes the entry, whatever a script has put into it", ``, async ({ session, root }) => {
  session.set("k", "entry");
  const el = document.createElement("input");
  el.dataset.sessionKey = "k";
  el.value = "of a framework";
  root.append(el);
  await settled();
  same(el.value, "entry");
});

htmlTest("rule 26 (decision 16): autocomplete is off where the HTML says nothing", `
  <input data-session-key="a"><input data-session-key="b" autocomplete="email"><form autocomplete="on"><input data-session-key="c"></form><input>
`, ({ $$ }) => equal($$("input").map((el) => el.getAttribute("autocomplete")), ["off", "email", null, null]));

htmlTest("rule 29: an unfinished or out-of-range number waits until it is valid or left, then it is clamped", `<input type="number" min="10" max="99" value="20" data-session-key="k">`, ({ session, $, type }) => {
  type($("input"), "3");
  same(session.get("k"), 20, "on the way to 30");
  type($("input"), "30");
  same(session.get("k"), 30);
  type($("input"), "300");
  type($("input"), "300", ["change"]);
  same(session.get("k"), 99);
  same($("input").value, "99");
  type($("input"), "");
  same(session.get("k"), null);
});

htmlTest("rule 27: a number that says the same in other digits is not rewritten, nor does the caret move", `<input type="number" data-session-key="n"><input data-session-key="t" value="abcdef">`, ({ session, $, type }) => {
  type($("[type=number]"), "1.50", ["input", "change"]);
  same($("[type=number]").value, "1.50");
  same(session.get("n"), 1.5);
  const text = $("[data-session-key=t]");
  text.focus();
  text.setSelectionRange(2, 3);
  session.set("t", "ABCDEF");
  equal([text.value, text.selectionStart, text.selectionEnd], ["ABCDEF", 2, 3]);
});

htmlTest("rule 27: nothing is written into an element while its text is being composed", `<input data-session-key="k"><b data-session-text="k"></b>`, ({ session, $, type }) => {
  const el = $("input");
  session.subscribe("k", (/** @type {string} */ value) => { if (value !== value.toUpperCase()) session.set("k", value.toUpperCase()); });
  el.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
  type(el, "ka");
  equal([el.value, $("b").textContent], ["ka", "KA"]);
  el.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
  same(el.value, "KA");
});

htmlTest("rule 32: attributes that change keep the value, clamped when min and max demand it", `<input type="range" max="100" value="80" data-session-key="k">`, async ({ session, $ }) => {
  $("input").max = "50";
  await settled();
  same(session.get("k"), 50);
  $("input").max = "90";
  await settled();
  same(session.get("k"), 50);
});

htmlTest("rule 26, 32: another key is another widget", `<input value="x" data-session-key="a">`, async ({ session, $, type }) => {
  type($("input"), "typed");
  session.set("b", "of b");
  $("input").dataset.sessionKey = "b";
  await settled();
  same($("input").value, "of b");
  type($("input"), "now b");
  equal([session.get("a"), session.get("b")], ["typed", "now b"]);
});

htmlTest("rule 29: options that come later", `<select data-session-key="k"></select>`, async ({ session, $, type }) => {
  same(session.get("k"), null);
  $("select").append(new Option("a"), new Option("b"));
  await settled();
  type($("select"), "b");
  same(session.get("k"), "b");
});

htmlTest("rule 33: events of a disabled element are ignored, code may still set its key", `<fieldset disabled><input value="a" data-session-key="k"><button data-session-key="b"></button></fieldset>`, ({ session, $, type }) => {
  let pressed = 0;
  session.subscribe("b", () => { pressed++; });
  type($("input"), "typed");
  $("button").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  equal([session.get("k"), pressed], ["a", 0]);
  session.set("k", "b");
  same($("input").value, "b");
});

htmlTest("rule 34: elements that leave keep their value, persist none drops it", `<input value="a" data-session-key="a"><input value="b" data-session-key="b" data-session-persist="none">`, async ({ session, put, type, $ }) => {
  type($("[data-session-key=a]"), "typed");
  put(`<input value="html" data-session-key="a">`);
  await settled();
  same($("input").value, "typed");
  same(session.has("b"), false);
});

htmlTest("rule 35: an element that is moved keeps its binding", `<p></p><input value="a" data-session-key="k" data-session-persist="none"><p></p>`, async ({ session, $, $$, type }) => {
  type($("input"), "typed");
  $$("p")[1].append($("input"));
  await settled();
  same(session.get("k"), "typed");
  type($("input"), "after");
  same(session.get("k"), "after");
});

htmlTest("rule 35: 1,000 rounds of coming and going leave no listener", ``, async ({ session, root }) => {
  const before = session.stats().listeners;
  const text = `<input data-session-key="a"><p data-session-text="a"></p><form data-session-form="f"><input data-session-key="b"><button>Go</button></form>
    <ul><template data-session-each="list"><li data-session-text="item"></li></template></ul><input type="radio" value="x" data-session-key="r">`;
  session.set("list", [1, 2]);
  for (let round = 0; round < 1000; round++) {
    root.innerHTML = html(text);
    await null;
    root.textContent = "";
    await null;
  }
  same(session.stats().listeners, before);
});

htmlTest("rule 30: a button is a trigger: true for the turn of its click, then false", `<button type="button" data-session-key="go"><b>Go</b></button><input type="button" data-session-key="go2">`, ({ session, $ }) => {
  /** @type {any[]} */
  const seen = [];
  same(session.get("go"), false);
  session.subscribe("go", (/** @type {any} */ value) => seen.push(value));
  $("b").click();
  $("[type=button][data-session-key=go2]").click();
  same(session.get("go"), false);
});

htmlTest("rule 30: a file is held by reference", `<input type="file" data-session-key="f">`, ({ session, $, type }) => {
  same(session.get("f"), null);
  const transfer = new DataTransfer();
  const file = new File(["x"], "x.txt");
  transfer.items.add(file);
  $("input").files = transfer.files;
  $("input").dispatchEvent(new Event("change", { bubbles: true }));
  same(session.get("f"), $("input").files[0]);
});

htmlTest("rule 35: a shadow root is bound by session.bind, and let go by what it returns", `<div id="host"></div>`, async ({ session, $, type }) => {
  const shadow = $("#host").attachShadow({ mode: "open" });
  shadow.innerHTML = html(`<input value="a" data-session-key="k">`);
  await settled();
  same(session.has("k"), false);
  const end = session.bind(shadow);
  same(session.get("k"), "a");
  const input = shadow.querySelector("input");
  type(input, "b");
  same(session.get("k"), "b");
  end();
  type(input, "c");
  same(session.get("k"), "b");
});

htmlTest("issue 4: programmatic equivalents: bind(element, attributes)", `<input value="1"><p></p>`, ({ session, $, type }) => {
  const end = session.bind($("input"), { key: "k" });
  session.bind($("p"), { text: "k", "class-long": "k > 9" });
  type($("input"), "23");
  same($("p").textContent, "23");
  same($("p").className, "long");
  end();
  type($("input"), "45");
  same($("p").textContent, "23");
  same($("input").hasAttribute("data-session-key"), false);
});

htmlTest("issue 4: unknown and contradictory attributes get one warning each, with the element and the fix", ``, async ({ session, root }) => {
  const said = warnings(() => {
    for (const text of [
      `<p data-session-txt="a"></p>`, `<p data-session-key="a"></p>`, `<p data-session-format="number"></p>`, `<p data-session-show="a" data-session-hide="b"></p>`,
      `<p data-session-each="a"></p>`, `<p data-session-attr-onclick="a"></p>`, `<p data-session-text="a == "></p><p data-session-text="!a == b"></p>`, `<script type="x" data-session-x></script>`,
    ]) {
      const el = document.createElement("div");
      el.innerHTML = html(text);
      root.append(el);
      session.bind(el);
    }
  });
  same(said.length, 7, said.join("\n"));
});

test("decision 17: what bind returns puts the page back to its HTML when asked to", async () => {
  const { open } = await import("../index.js");
  const session = /** @type {any} */ (await open());
  const root = document.createElement("div");
  root.innerHTML = html(`<input value="a" data-session-key="k"><p data-session-text="k" data-session-class-x="k" data-session-attr-title="k" data-session-show="k == z">html</p>`);
  const shown = () => root.innerHTML.replace(/ autocomplete="off"/, "").replace(/ class=""/, "");
  const before = shown();
  document.body.append(root);
  const end = session.bind(root);
  session.set("k", "secret");
  same(shown() === before, false);
  end(true);
  equal(shown(), before);
  same(root.querySelector("input")?.value, "a");
  session.destroy();
  root.remove();
});
