// @ts-check
import { startTag } from "../tag.js";
import { equal, same, test } from "./harness.js";
import { html, settled, type } from "./html-page.js";
import { warnings } from "./sessions.js";

test("rule 26, 35: the script tag binds the document, after what the page's own scripts do when the session is ready", async () => {
  const root = document.createElement("div");
  root.innerHTML = html(`<input data-session-key="code" value="html"><input data-session-key="html" value="html"><input data-session-key="typed" value="html"><p data-session-text="code">html</p>`);
  document.body.append(root);
  const [, , typed] = root.querySelectorAll("input");
  const tag = document.createElement("script");
  tag.dataset.sessionEnforce = "";
  tag.dataset.sessionNone = "";
  let ready = 0;
  document.addEventListener("session-ready", () => { ready++; }, { once: true });
  same(warnings(() => startTag(tag)).length, 1);
  same(root.querySelector("p")?.textContent, "html", "until the session is ready");
  typed.value = "typed";
  const session = /** @type {any} */ (await tabstate.ready);
  session.init({ code: "code", typed: "code" });
  await settled();
  await settled();
  equal([ready, session.enforcement, session.get("code"), session.get("html"), session.get("typed"), root.querySelector("p")?.textContent], [1, "enforce", "code", "html", "typed", "code"]);
  type(typed, "more");
  same(session.get("typed"), "more");
  session.destroy();
  root.remove();
});
