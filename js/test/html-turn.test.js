// @ts-check
import { equal, same } from "./harness.js";
import { htmlTest, settled } from "./html-page.js";

htmlTest("rule 30, 37: a button with a callback needs no key; args are JSON", `<button type="button" data-session-callback="add" data-session-args="[2]">+</button><b data-session-text="count"></b>`, ({ session, $ }) => {
  session.callback("add", (/** @type {any} */ { args, element, value }) => {
    same(element, $("button"));
    same(value, undefined);
    session.state.count += args[0];
  });
  $("button").click();
  $("button").click();
  equal([$("b").textContent, [...session.keys()]], ["4", ["count"]]);
}, (session) => session.set("count", 0));

htmlTest("rule 37: a callback sees the value, may set its own key, and runs only when the value differs", `<input data-session-key="a" value="x" data-session-callback="upper"><b data-session-text="a"></b>`, ({ session, $, type }) => {
  let runs = 0;
  session.callback("upper", (/** @type {any} */ { key, value }) => {
    runs++;
    session.set(key, value.toUpperCase());
  });
  type($("input"), "x", ["input", "change"]);
  same(runs, 0);
  type($("input"), "xy", ["input"]);
  equal([runs, $("input").value, $("b").textContent], [1, "XY", "XY"]);
});

htmlTest("rule 37, 38: a callback that is not there, or throws, is an error event; the value stays", `<input data-session-key="a" data-session-callback="none">`, ({ session, $, type, errors }) => {
  type($("input"), "x");
  equal([session.get("a"), errors.length], ["x", 1]);
});

htmlTest("rule 36, 37: a row's widgets have keys and args of their own, which follow the item", `
  <ul><template data-session-each="todos" data-session-each-key="id"><li><input type="checkbox" data-session-key="done {item.id}"> <i data-session-text="item.title"></i>
  <button type="button" data-session-callback="say" data-session-args='{ "title": {item.title}, "at": {index} }'>Say</button></li></template></ul>
`, async ({ session, $$, type }) => {
  /** @type {any[]} */
  const said = [];
  session.callback("say", (/** @type {any} */ { args }) => { said.push(args); });
  $$("button")[1].click();
  type($$("input")[1], true);
  session.mutate("todos", (/** @type {any[]} */ todos) => {
    todos[1].title = 'new "b"';
    todos.shift();
  });
  $$("button")[0].click();
  await settled();
  $$("button")[0].click();
  equal(said, [{ title: "b", at: 1 }, { title: 'new "b"', at: 0 }, { title: 'new "b"', at: 0 }]);
  equal([session.get("done 2"), $$("input")[0].checked], [true, true]);
}, (session) => session.set("todos", [{ id: 1, title: "a" }, { id: 2, title: "b" }]));

htmlTest("rule 28: deleting the key puts the element back to its default and keeps the entry", `<input data-session-key="a" value="html"><input type="checkbox" value="x" data-session-key="c" checked>`, ({ session, $, type }) => {
  type($("input"), "typed");
  type($("[type=checkbox]"), false);
  session.delete("a");
  session.delete("c");
  equal([$("input").value, session.get("a"), $("[type=checkbox]").checked, session.get("c")], ["html", "html", true, ["x"]]);
});

htmlTest("rule 8 (decision 34), 19: clear, reset and restore show in the elements, which stay bound", `<input data-session-key="a" value="html"><b data-session-text="other">none</b>`, ({ session, $, type }) => {
  for (const sweep of ["clear", "reset"]) {
    type($("input"), "typed");
    session.set("other", 1);
    session[sweep]();
    equal([$("input").value, session.get("a"), $("b").textContent], ["html", "html", "none"], sweep);
  }
  session.restore(`{"a":"restored","other":2}`);
  equal([$("input").value, $("b").textContent], ["restored", "2"]);
  type($("input"), "after");
  same(session.get("a"), "after");
});

htmlTest("rule 20, 29: what is refused leaves the value, and the element shows it again when it is left", `<input data-session-key="a" value="html">`, ({ session, $, type, errors }) => {
  session.validator("a", { "~standard": { validate: (/** @type {string} */ value) => (value.length > 5 ? { issues: [{ message: "too long" }] } : { value }) } });
  type($("input"), "too long");
  equal([session.get("a"), $("input").value, errors.length], ["html", "too long", 1]);
  type($("input"), "too long", ["change"]);
  same($("input").value, "html");
});

htmlTest("rule 39: a rerun draws from the widgets' values", `<input type="range" data-session-key="n" value="3"><b data-session-text="square"></b>`, ({ session, $, type }) => {
  session.rerun(() => session.set("square", session.get("n") ** 2));
  same($("b").textContent, "9");
  type($("input"), "5");
  same($("b").textContent, "25");
});

htmlTest("rule 47: after destroy the page stays as it is, and nothing throws", `<input data-session-key="a"><button data-session-key="b" type="button">x</button><form data-session-form="f"><button>Go</button></form>`, async ({ session, $, root, type }) => {
  session.destroy();
  type($("input"), "x");
  $("button").click();
  root.append(document.createElement("p"));
  $("input").remove();
  await settled();
});

htmlTest("rule 26: a list or an output that follows from widgets is made when they have their values", `
  <ul><template data-session-each="found"><li data-session-text="item"></li></template></ul><input data-session-key="search" value="b"><select data-session-key="pick"><template data-session-each="found"><option data-session-text="item"></option></template></select>
`, ({ session, $$, type, errors }) => {
  const shown = () => $$("li").map((el) => el.textContent);
  equal([shown(), session.get("pick"), errors.length], [["b", "ab"], "b", 0]);
  type($$("input")[0], "a");
  equal(shown(), ["a", "ab"]);
}, (session) => session.computed("found", ["search"], (/** @type {string} */ search) => ["a", "b", "ab"].filter((text) => text.includes(search.toLowerCase()))));
