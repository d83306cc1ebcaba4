// HTML in values, under the strictest policy, called by name as in "markup.run": it never becomes markup, and nothing is reported.

const tabstate = /** @type {any} */ (globalThis).tabstate;
/** @type {string[]} */
const reports = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => reports.push(`${violatedDirective} ${blockedURI} ${sample}`));

const TEXTS = [
  '<img src=x onerror="pwned=1">', '"><script>pwned=1</script>', "</textarea><script>pwned=1</script>", "<!--", "]]>", "<svg/onload=pwned=1>", "&lt;b&gt;", "&#60;b&#62;", "javascript:pwned=1", "JaVaScRiPt:pwned=1",
  " \tjava\nscript:pwned=1", "\u0001javascript:pwned=1", "data:text/html,<script>pwned=1</script>", "vbscript:pwned=1", "{item}", "{{constructor.constructor('pwned=1')()}}", "${pwned=1}", "' onfocus='pwned=1", "\u2028pwned=1", "<template><b></template>", "<b data-session-text=secret>",
];

const settled = () => new Promise((done) => setTimeout(done));
const part = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));

/** @type {any} */ (globalThis).markup = {
  async run() {
    const session = await tabstate.ready;
    const before = document.querySelectorAll("*").length;
    session.set("secret", "secret");
    for (const text of TEXTS) {
      session.update({ text, list: [{ id: text, title: text }], field: text, area: text });
      await settled();
      const shown = { output: part("#text").textContent, title: part("#text").title, row: part("li").textContent, rowTitle: part("li").title, input: part("#field").value, area: part("#area").value, shown: part("#area-text").textContent };
      for (const [where, got] of Object.entries(shown)) {
        // A field of one line has no line breaks.
        if (got !== text && got !== text.replace(/\n/g, "")) throw new Error(`${where} shows ${JSON.stringify(got)}, not ${JSON.stringify(text)}`);
      }
      for (const [selector, name] of [["#link", "href"], ["#form", "action"], ["#go", "formaction"]]) {
        const address = part(selector).getAttribute(name);
        if (address !== null && new URL(address, document.baseURI).protocol === "javascript:") throw new Error(`${selector} has the address ${address}`);
      }
      if (document.querySelectorAll("*").length !== before + 1) throw new Error(`${JSON.stringify(text)} made elements`);
      session.set("list", []);
    }
    // What no encoding has: the entry stays, and the mistake is told.
    let told = "";
    session.addEventListener("session-error", (/** @type {CustomEvent} */ event) => {
      event.preventDefault();
      told = event.detail.error.code;
    });
    session.set("field", "whole");
    part("#field").value = "half \ud83d";
    part("#field").dispatchEvent(new Event("input", { bubbles: true }));
    if (session.get("field") !== "whole" || told === "") throw new Error(`half of a character became ${JSON.stringify(session.get("field"))}`);
    // What a page's author may write by mistake: attributes that run code.
    for (const name of ["onclick", "onerror", "srcdoc", "style"]) {
      const el = document.createElement("p");
      el.setAttribute(`data-session-attr-${name}`, "text");
      document.body.append(el);
      await settled();
      if (el.hasAttribute(name)) throw new Error(`${name} was set from a value`);
      el.remove();
    }
    session.snapshot();
    session.restore(session.snapshot());
    session.set("fn", () => 1);
    session.enforcement = "enforce";
    session.delete("fn");
    session.bindUrl("text");
    await new Promise((done) => setTimeout(done, 400));
    session.destroy();
    const again = await tabstate.open();
    again.set("a", 1);
    return { texts: TEXTS.length, pwned: "pwned" in globalThis, reports };
  },
};
