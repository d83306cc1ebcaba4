// @ts-check
import { equal, same } from "./harness.js";
import { htmlTest, settled } from "./html-page.js";

const submit = (/** @type {any} */ el) => el.click();
const enter = (/** @type {any} */ el, init = {}) => el.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }));

htmlTest("rule 40: values wait until the form is submitted, then come as one turn", `
  <form data-session-form="f"><input data-session-key="a" value="1"><input data-session-key="b" value="2"><button>Go</button></form><p data-session-text="a"></p>
`, ({ session, $, type }) => {
  /** @type {any[]} */
  const heard = [];
  type($("[data-session-key=a]"), "x");
  type($("[data-session-key=b]"), "y");
  equal([session.get("a"), session.get("b"), $("p").textContent], ["1", "2", "1"]);
  session.set("b", "outside");
  same($("[data-session-key=b]").value, "y", "what waits is neither sent nor lost");
  session.subscribe((/** @type {any[]} */ changes) => heard.push(changes.map(({ key }) => key)));
  submit($("button"));
  equal([session.get("a"), session.get("b"), $("p").textContent], ["x", "y", "x"]);
  equal(heard, [["a", "b"]]);
});

htmlTest("rule 26, 40: what was typed before the session was ready waits for the submission, as what is typed later", `
  <form data-session-form="f"><input data-session-key="a" value="html"><input type="checkbox" data-session-key="c"><button>Go</button></form><p data-session-text="a"></p>
`, ({ session, $ }) => {
  equal([session.get("a"), session.get("c"), $("input").value, $("[type=checkbox]").checked, $("p").textContent], ["html", false, "typed", true, "html"]);
  session.set("a", "code");
  same($("input").value, "typed");
  submit($("button"));
  equal([session.get("a"), session.get("c"), $("p").textContent], ["typed", true, "typed"]);
}, (_, root) => {
  /** @type {any} */ (root.querySelector("input")).value = "typed";
  /** @type {any} */ (root.querySelector("[type=checkbox]")).checked = true;
});

htmlTest("rule 40: the browser's own validation comes first", `<form data-session-form="f"><input required data-session-key="a"><button>Go</button></form>`, ({ session, $, type }) => {
  let turns = 0;
  session.subscribe("a", () => { turns++; });
  submit($("button"));
  same(turns, 0);
  type($("input"), "x");
  submit($("button"));
  equal([turns, session.get("a")], [1, "x"]);
});

htmlTest("rule 41: only the submit button that was pressed is true", `<form data-session-form="f"><button data-session-key="one">1</button><button data-session-key="two">2</button></form>`, ({ session, $ }) => {
  /** @type {string[]} */
  const heard = [];
  for (const key of ["one", "two"]) session.subscribe(key, (/** @type {any} */ value) => heard.push(`${key} ${value}`));
  submit($("[data-session-key=two]"));
  equal(heard.filter((text) => text.startsWith("one")), []);
  equal([session.get("one"), session.get("two")], [false, false]);
});

htmlTest("rule 42: clear-on-submit puts the form back to its defaults after the turn", `
  <form data-session-form="f" data-session-clear-on-submit><input data-session-key="a" value="html"><input type="checkbox" data-session-key="c" checked><button>Go</button></form>
`, ({ $, type }) => {
  type($("input"), "x");
  type($("[type=checkbox]"), false);
  submit($("button"));
  equal([$("input").value, $("[type=checkbox]").checked], ["html", true]);
});

htmlTest("rule 42: Enter, and Ctrl+Enter in a textarea", `
  <form data-session-form="f"><input data-session-key="a"><textarea data-session-key="t"></textarea><button>Go</button></form>
  <form data-session-form="g" data-session-enter-to-submit="false"><input data-session-key="b"><textarea data-session-key="u"></textarea><button>Go</button></form>
`, ({ session, $, type }) => {
  same(enter($("[data-session-key=a]")), true, "the browser's business");
  type($("[data-session-key=t]"), "text");
  same(enter($("[data-session-key=t]")), true, "a new line");
  same(session.get("t"), "");
  same(enter($("[data-session-key=t]"), { ctrlKey: true }), false);
  same(session.get("t"), "text");
  same(enter($("[data-session-key=b]")), false, "enter-to-submit is false");
  same(enter($("[data-session-key=b]"), { isComposing: true }), true, "the input method's business");
  type($("[data-session-key=u]"), "text");
  enter($("[data-session-key=u]"), { ctrlKey: true });
  same(session.get("u"), "");
});

htmlTest("rule 42: not by a submit button that is disabled", `<form data-session-form="f"><textarea data-session-key="t"></textarea><button disabled>Go</button></form>`, ({ session, $, type }) => {
  type($("textarea"), "text");
  enter($("textarea"), { ctrlKey: true });
  same(session.get("t"), "");
});

htmlTest("rule 43: mistakes in forms are error events with the element", `
  <form data-session-form="none"><input data-session-key="a"></form>
  <form data-session-form="f"><input data-session-key="b" data-session-callback="c"><button>Go</button></form>
  <form data-session-form="f"><button>Go</button></form>
`, ({ errors, $$ }) => {
  const [none, , twice] = $$("form");
  equal(errors.map(({ element }) => [none, $$("input")[1], twice].indexOf(element)).sort(), [0, 1, 2]);
});

htmlTest("decision 37: a form with an action gets the browser's own submission after the turn", `
  <form data-session-form="f" data-session-clear-on-submit action="../x"><input name="a" data-session-key="a"><button>Go</button></form><form data-session-form="g"><button>Go</button></form>
`, async ({ session, root, $, $$, type }) => {
  /** @type {any[]} */
  const seen = [];
  const stop = (/** @type {any} */ event) => {
    seen.push([event.defaultPrevented, session.get("a"), new FormData(event.target).get("a")]);
    event.preventDefault();
  };
  document.body.addEventListener("submit", stop);
  type($("input"), "x");
  submit($$("button")[0]);
  submit($$("button")[1]);
  document.body.removeEventListener("submit", stop);
  same(seen[0][0], false);
  same(seen[0][2], "x", "not cleared before the browser has read it");
  same(seen[1][0], true, "without an action the page stays");
  await settled();
  same($("input").value, "");
});

htmlTest("rule 40: a reset of any form is an input of all its widgets", `<form><input data-session-key="a" value="1"><input type="checkbox" data-session-key="c"><button type="reset" data-session-key="r">Reset</button></form>`, async ({ session, $, type }) => {
  type($("input"), "x");
  type($("[type=checkbox]"), true);
  $("button").click();
  await settled();
  equal([session.get("a"), session.get("c")], ["1", false]);
});

htmlTest("rule 40: a widget that moves into a form waits from then on", `<input data-session-key="a"><form data-session-form="f"><button>Go</button></form>`, async ({ session, $, type }) => {
  $("form").append($("input"));
  await settled();
  type($("input"), "x");
  same(session.get("a"), "");
  submit($("button"));
  same(session.get("a"), "x");
});

htmlTest("rule 35, 43: a form that another of its name replaces, and one whose attributes change", `<form data-session-form="f"><input data-session-key="a"><button>Go</button></form>`, async ({ session, put, $, type, errors }) => {
  put(`<form data-session-form="f"><input data-session-key="a"><button>Go</button></form>`);
  await settled();
  type($("input"), "waits");
  $("form").setAttribute("data-session-enter-to-submit", "false");
  await settled();
  same(session.get("a"), "");
  submit($("button"));
  equal([session.get("a"), errors.length], ["waits", 0]);
  $("form").dataset.sessionForm = "g";
  await settled();
  type($("input"), "of g");
  same(session.get("a"), "waits");
  submit($("button"));
  equal([session.get("a"), errors.length], ["of g", 0]);
});

htmlTest("rules 30, 41: a button with a callback and no key, in a form and out of it, through submissions and changes of its attributes", `
  <form data-session-form="f"><input data-session-key="a"><button data-session-callback="go">Go</button></form><button type="button" id="other" data-session-callback="go"></button>
`, async ({ session, $, type, errors }) => {
  let runs = 0;
  session.callback("go", () => { runs++; });
  type($("input"), "x");
  submit($("form button"));
  $("#other").disabled = true;
  await settled();
  $("#other").disabled = false;
  await settled();
  $("#other").click();
  equal([session.get("a"), runs, errors.length], ["x", 2, 0]);
});

htmlTest("rule 41: a submit button without a key, with a callback that gets the submitted values", `<form data-session-form="f"><input data-session-key="a"><button data-session-callback="send" data-session-args="1">Go</button></form>`, ({ session, $, type, errors }) => {
  /** @type {any[]} */
  const sent = [];
  session.callback("send", (/** @type {any} */ { args }) => sent.push([args, session.get("a")]));
  type($("input"), "x");
  submit($("button"));
  $("button").disabled = true;
  equal([sent, errors.length], [[[1, "x"]], 0]);
});
