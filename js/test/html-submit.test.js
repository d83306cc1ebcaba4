// @ts-check
// Forms that send the session: data-session-submit.

import { equal, same } from "./harness.js";
import { htmlTest, settled } from "./html-page.js";

/** Has fetch wait for an answer; gives what it was asked, and how to answer. */
function server() {
  const { fetch } = globalThis;
  /** @type {{body: string, answer: (response: Response) => Promise<void>, fail: () => Promise<void>}[]} */
  const asked = [];
  globalThis.fetch = /** @type {any} */ ((/** @type {any} */ _, /** @type {any} */ { body }) => new Promise((done, failed) => {
    // Some browsers read an answer's body elsewhere.
    const then = async () => { do await settled(); while (document.querySelector("form[aria-busy]")); };
    asked.push({ body, answer: (response) => (done(response), then()), fail: () => (failed(new TypeError("Failed to fetch")), then()) });
  }));
  return { asked, end: () => { globalThis.fetch = fetch; } };
}

/** @param {(page: any, asked: any[], told: any[]) => Promise<unknown>} fn */
function submitTest(/** @type {string} */ name, /** @type {string} */ text, fn) {
  htmlTest(name, text, async (page) => {
    const { asked, end } = server();
    /** @type {any[]} */
    const told = [];
    for (const type of ["session-submitted", "session-submit-failed"]) {
      page.root.addEventListener(type, (event) => told.push([type, /** @type {any} */ (event).detail.error?.code ?? /** @type {any} */ (event).detail.response?.status]));
    }
    try {
      await fn(page, asked, told);
    } finally {
      end();
    }
  });
}

const accepted = () => new Response(null, { status: 204 });
const refused = () => new Response(JSON.stringify({ violations: [{ class: "SessionKeyError", code: "key-empty", message: "the key is empty", path: "/" }] }), { status: 422, headers: { "Content-Type": "application/problem+json" } });

submitTest("a form sends the session after its turn, and is busy until the answer", `
  <form data-session-form="f" data-session-submit="/api/order" action="/elsewhere"><input data-session-key="a" value="1"><button id="one">One</button><button id="two" disabled>Two</button>
  <p data-session-submit-status="Sent."></p></form>
`, async ({ session, $, type }, asked, told) => {
  session.set("other", [1]);
  session.set("sum", 0);
  session.subscribe("a", (/** @type {any} */ a) => session.set("sum", a.length));
  type($("input"), "xyz");
  $("#one").focus();
  $("#one").click();
  equal(asked.map(({ body }) => JSON.parse(body)), [{ a: "xyz", other: [1], sum: 3 }]);
  equal([$("form").getAttribute("aria-busy"), $("#one").disabled, $("#two").disabled, told], ["true", true, true, []]);
  $("form").requestSubmit();
  type($("input"), "later");
  $("form").dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  equal([asked.length, session.get("a")], [1, "xyz"], "one at a time");
  await asked[0].answer(accepted());
  equal([$("form").hasAttribute("aria-busy"), $("#one").disabled, $("#two").disabled, told], [false, false, true, [["session-submitted", 204]]]);
  equal([$("p").textContent, $("p").getAttribute("role")], ["Sent.", "status"]);
  same(document.activeElement, $("#one"), "the focus is where it was");
  $("#one").click();
  equal([asked.length, JSON.parse(asked[1].body).a, $("p").textContent], [2, "later", ""]);
  await asked[1].answer(accepted());
});

submitTest("only some keys", `<form data-session-form="f" data-session-submit="/api" data-session-submit-keys=" a  b "><input data-session-key="a" value="1"><button>Go</button></form>`, async ({ session, $ }, asked) => {
  session.set("b", 2).set("c", 3);
  $("button").click();
  equal(asked.map(({ body }) => body), ['{"a":"1","b":2}']);
  await asked[0].answer(accepted());
});

submitTest("a refusal is told, shown, and loses nothing", `
  <form data-session-form="f" data-session-submit="/api" data-session-clear-on-submit><input data-session-key="a" value="html"><button>Go</button><output data-session-submit-status="Sent."></output></form>
`, async ({ session, $, type, errors }, asked, told) => {
  type($("input"), "typed");
  $("button").click();
  equal([$("input").value, session.get("a")], ["typed", "typed"]);
  await asked[0].answer(refused());
  equal([$("output").textContent, $("output").hasAttribute("role"), $("input").value, session.get("a"), told], ["the key is empty", false, "typed", "typed", [["session-submit-failed", "key-empty"]]]);
  $("button").click();
  same($("output").textContent, "");
  await asked[1].fail();
  equal([told[1], $("input").value], [["session-submit-failed", "submit-unreachable"], "typed"]);
  $("button").click();
  await asked[2].answer(accepted());
  equal([$("output").textContent, $("input").value, session.get("a"), errors.length], ["Sent.", "html", "html", 0], "accepted: now it is cleared");
});

submitTest("what was typed meanwhile is not cleared", `<form data-session-form="f" data-session-submit="/api" data-session-clear-on-submit><input data-session-key="a" value="html"><button>Go</button></form>`, async ({ session, $, type }, asked) => {
  type($("input"), "first");
  $("button").click();
  type($("input"), "second");
  await asked[0].answer(accepted());
  equal([$("input").value, session.get("a")], ["second", "first"]);
});

submitTest("nobody hears of it: it is a session-error, unless it is prevented", `<form data-session-form="f" data-session-submit="/api"><input data-session-key="a"><button>Go</button></form>`, async ({ $, session, errors }, asked) => {
  session.addEventListener("session-error", (/** @type {Event} */ event) => event.preventDefault());
  $("button").click();
  await asked[0].fail();
  equal(errors.map(({ error }) => error.code), ["submit-unreachable"]);
  $("form").addEventListener("session-submit-failed", (/** @type {Event} */ event) => event.preventDefault());
  $("button").click();
  await asked[1].fail();
  same(errors.length, 1);
});

submitTest("rule 38: a turn that failed sends nothing", `<form data-session-form="f" data-session-submit="/api"><input data-session-key="a"><button data-session-callback="check">Go</button></form>`, async ({ $, session, errors, type }, asked) => {
  session.addEventListener("session-error", (/** @type {Event} */ event) => event.preventDefault());
  session.callback("check", () => {
    if (session.get("a") === "") throw new RangeError("nothing");
  });
  $("button").click();
  equal([asked.length, errors.length, $("form").hasAttribute("aria-busy")], [0, 1, false]);
  type($("input"), "x");
  $("button").click();
  same(asked.length, 1);
  await asked[0].answer(accepted());
});

submitTest("the page may go on without the form or the session", `<form data-session-form="f" data-session-submit="/api" data-session-clear-on-submit><input data-session-key="a"><button>Go</button></form>`, async ({ $, session, root }, asked, told) => {
  const form = $("form");
  $("button").click();
  form.remove();
  await settled();
  await asked[0].answer(accepted());
  same(form.hasAttribute("aria-busy"), false);
  root.append(form);
  await settled();
  $("button").click();
  session.destroy();
  await asked[1].answer(accepted());
  equal([$("button").disabled, told.length], [false, 1]);
});
