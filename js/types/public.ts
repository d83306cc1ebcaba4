// What must compile and, below @ts-expect-error, what must not: a wrong use of the API that the types let pass is a bug of
// index.d.ts. Nothing here runs; types_test.go has it checked.

import { open, SessionError, SessionLimitError, SessionSubmitError, SessionValidationError, UnserializableSessionStateError } from "tabstate";
import type { Change, ChangesListener, Entries, Frozen, Json, Limits, Session, Stats, SubmitRefusal, Violation } from "tabstate";
import * as v from "valibot";
import { z } from "zod";

interface Todo {
  title: string;
  done: boolean;
  tags?: string[];
}

interface State {
  count: number;
  name: string | null;
  todos: Todo[];
  pair: [number, string];
  user: { name: string; address: { city: string } };
  total: number;
  onClick: (event: { x: number }) => boolean;
  when: Date;
  "cart:items": { id: number }[];
  "cart:note": string;
}

/** Holds when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>() {}

const session = await open<State>({ enforce: true, limits: { depth: 5 }, history: { steps: 10 } });

// --- open ---------------------------------------------------------------------------------------------------------

holds<Same<typeof session, Session<State>>>();
await open();
await open({ enforce: "report", history: true, separate: true });
// @ts-expect-error: no such mode
await open({ enforce: "yes" });
// @ts-expect-error: no such option
await open({ enforced: true });
// @ts-expect-error: no such limit
await open({ limits: { deep: 3 } });
// @ts-expect-error: a state is an object
await open<string>();
// @ts-expect-error: not without waiting for it
open<State>().get("count");

// --- get, require, has, pop, delete -------------------------------------------------------------------------------

holds<Same<ReturnType<typeof session.get<"count">>, number | undefined>>();
const count: number | undefined = session.get("count");
const sure: number = session.get("count", 0);
const required: number = session.require("count");
const fallback: number | "none" = session.get("count", "none");
const city: string | undefined = session.get("user")?.address.city;
const popped: readonly [number, string] = session.pop("pair");
const gone: boolean = session.delete("count");
const there: boolean = session.has("anything");
// @ts-expect-error: it may be absent
const missing: number = session.get("count");
// @ts-expect-error: no such key
session.get("cuont");
// @ts-expect-error: no such key
session.require("cuont");
// @ts-expect-error: no such key
session.delete("cuont");
// @ts-expect-error: another type
const text: string = session.require("count");

// --- what is read is frozen ---------------------------------------------------------------------------------------

const todos = session.require("todos");
holds<Same<Frozen<Todo[]>, readonly { readonly title: string; readonly done: boolean; readonly tags?: readonly string[] }[]>>();
holds<Same<Frozen<[number, string]>, readonly [number, string]>>();
holds<Same<Frozen<Date>, Date>>();
holds<Same<Frozen<State["onClick"]>, State["onClick"]>>();
holds<Same<Frozen<unknown>, unknown>>();
const clicked: boolean = session.require("onClick")({ x: 1 });
const time: number = session.require("when").getTime();
const titles: string[] = todos.map((todo) => todo.title);
// @ts-expect-error: it is frozen
todos.push({ title: "x", done: false });
// @ts-expect-error: it is frozen
todos[0]!.done = true;
// @ts-expect-error: it is frozen, all the way down
session.require("user").address.city = "Paris";
// @ts-expect-error: what is frozen is not what may be written
const writable: Todo[] = session.require("todos");

// --- set, update, init --------------------------------------------------------------------------------------------

session.set("count", 1).set("name", null).set("todos", []).set("when", new Date());
session.set("todos", session.require("todos"));
session.update({ count: 1, name: "x" }).init({ todos: [{ title: "a", done: false }] });
session.update({ todos: session.require("todos") });
session.update([["count", 1], ["name", "x"]]);
session.update(new Map([["count", 1]] as const));
session.update(session);
// @ts-expect-error: another type
session.set("count", "1");
// @ts-expect-error: no such key
session.set("cuont", 1);
// @ts-expect-error: undefined is not declared
session.set("count", undefined);
// @ts-expect-error: a member is missing
session.set("todos", [{ title: "a" }]);
// @ts-expect-error: another type
session.update({ count: "1" });
// @ts-expect-error: no such key
session.update({ cuont: 1 });
// @ts-expect-error: another type for this key
session.update([["count", "x"]]);
// @ts-expect-error: no such key
session.init([["cuont", 1]]);
// @ts-expect-error: no entries
session.update("count");

// --- state, mutate ------------------------------------------------------------------------------------------------

session.state.count ??= 0;
session.state.count++;
session.state.todos?.push({ title: "b", done: true });
session.state.user!.address.city = "Lyon";
delete session.state.count;
const length: number = session.mutate("todos", (draft) => draft.push({ title: "c", done: false }));
session.mutate("user", (draft) => void (draft.address.city = "Nice"));
// @ts-expect-error: it may be absent
session.state.todos.push({ title: "b", done: true });
// @ts-expect-error: another type
session.state.count = "1";
// @ts-expect-error: no such key
session.state.cuont = 1;
// @ts-expect-error: state itself stays
session.state = {};
// @ts-expect-error: another type
session.mutate("todos", (draft) => draft.push({ title: 1, done: false }));
// @ts-expect-error: no such key
session.mutate("todo", () => {});

// --- iteration, snapshot ------------------------------------------------------------------------------------------

for (const [key, value] of session) {
  if (key === "count") holds<Same<typeof value, number>>();
}
for (const key of session.keys()) holds<Same<typeof key, keyof State>>();
session.forEach((value, key, self) => void self.delete(key));
const json: Record<string, Json> = session.toJSON();
const snapshot: string = session.snapshot({ references: "omit" });
session.restore(snapshot);
// @ts-expect-error: no such way
session.snapshot({ references: "keep" });
// @ts-expect-error: a text
session.restore({});

// --- subscribe ----------------------------------------------------------------------------------------------------

const end: () => void = session.subscribe("count", (value, change) => {
  holds<Same<typeof value, number | undefined>>();
  holds<Same<typeof change, Change<number, "count">>>();
  const old: number | undefined = change.old;
  const version: number = change.version;
  // @ts-expect-error: a change is only read
  change.value = 1;
}, { immediate: true });
session.subscribe(["count", "name"], (changes) => {
  for (const change of changes) {
    holds<Same<typeof change.key, "count" | "name">>();
    if (change.key === "count") holds<Same<typeof change.value, number | undefined>>();
    else holds<Same<typeof change.value, string | null | undefined>>();
    // @ts-expect-error: it listens to no such key
    if (change.key === "todos") fail();
  }
});
session.subscribe((changes) => {
  for (const change of changes) if (change.key === "todos") holds<Same<typeof change.value, Frozen<Todo[]> | undefined>>();
});
const listener: ChangesListener<State> = (changes) => void changes.length;
session.subscribe(listener);
// @ts-expect-error: no such key
session.subscribe("cuont", () => {});
// @ts-expect-error: no such key
session.subscribe(["count", "cuont"], () => {});
// @ts-expect-error: another type
session.subscribe("count", (value: string | undefined) => {});
// @ts-expect-error: no listener
session.subscribe("count");
// @ts-expect-error: no such option
session.subscribe("count", () => {}, { once: true });

// --- computed -----------------------------------------------------------------------------------------------------

session.computed("total", ["count", "todos"], (count, todos) => {
  holds<Same<typeof count, number | undefined>>();
  holds<Same<typeof todos, Frozen<Todo[]> | undefined>>();
  return (count ?? 0) + (todos?.length ?? 0);
});
session.computed("name", [], () => null);
session.computed("todos", ["todos"], (todos) => todos ?? []);
// @ts-expect-error: another type than is declared
session.computed("total", ["count"], (count) => String(count));
// @ts-expect-error: no such key to follow from
session.computed("total", ["cuont"], () => 1);
// @ts-expect-error: no such name
session.computed("totl", ["count"], () => 1);
// @ts-expect-error: one key, one value
session.computed("total", ["count"], (count, name: string) => 1);
// @ts-expect-error: not asynchronous
session.computed("total", ["count"], async (count) => 1);

// --- batch, validators, scopes ------------------------------------------------------------------------------------

const result: string = session.batch(() => "x");
session.validator("count", z.number().min(0));
session.validator("user", v.object({ name: v.string() }));
session.validator("name", { "~standard": { validate: (value) => ({ issues: value ? [] : [{ message: "no" }] }) } });
// @ts-expect-error: no such key
session.validator("cuont", z.number());
// @ts-expect-error: no schema
session.validator("count", (value: unknown) => true);

const cart = session.scope("cart");
const items: readonly { readonly id: number }[] | undefined = cart.get("items");
cart.set("note", "x").update({ items: [{ id: 1 }] });
holds<Same<Entries<{ items: { id: number }[]; note: string }>, typeof cart>>();
const own: Entries<{ a: number }> = session.scope<{ a: number }>("other");
session.scope("undeclared").set("anything", [1]);
// @ts-expect-error: no such key in the scope
cart.get("count");
// @ts-expect-error: another type
cart.set("note", 1);
// @ts-expect-error: a scope has no history of its own
cart.undo();

// --- the session as a whole ---------------------------------------------------------------------------------------

session.enforcement = "off";
const limits: Limits = session.limits;
const stats: Stats = session.stats();
const violations: readonly Violation[] = session.validate();
const undone: boolean = session.undo() || session.redo();
session.onDispose(() => {})();
session.addEventListener("session-violation", (event) => void event.detail.hint.length);
session.addEventListener("session-crashed", (event) => void event.detail.error.code);
session.addEventListener("session-error", (event) => {
  // @ts-expect-error: anything may have been thrown
  event.detail.error.message;
}, { once: true });
// @ts-expect-error: no such event
session.addEventListener("session-voilation", () => {});
// @ts-expect-error: no such mode
session.enforcement = "on";
// @ts-expect-error: it says what is
session.status = "open";
// @ts-expect-error: limits are set by open()
session.limits.depth = 5;
// @ts-expect-error: it is counted
session.size = 0;

try {
  session.clear();
} catch (error) {
  if (error instanceof UnserializableSessionStateError) void `${error.key} ${error.path} ${error.type} ${error.reason} ${error.hint}`;
  if (error instanceof SessionLimitError) void error.limit.toFixed();
  if (error instanceof SessionValidationError) for (const { message, path } of error.issues) void `${message} ${path}`;
  if (error instanceof SessionError) void error.code.length;
}

// --- sent to a server -------------------------------------------------------------------------------------------------

const sent: Response = await session.submit("/api/order", { keys: ["count", "user"], headers: { "X-Token": "t" }, signal: AbortSignal.timeout(1000), crossOrigin: true });
await session.submit(new URL("https://example.org/"));
void sent.status;
// @ts-expect-error: no such key
session.submit("/api/order", { keys: ["cuont"] });
// @ts-expect-error: no such option
session.submit("/api/order", { method: "PUT" });
try {
  await session.submit("/api/order");
} catch (error) {
  if (error instanceof SessionSubmitError) void `${error.status?.toFixed()} ${error.limit?.toFixed()} ${error.code}`;
  if (error instanceof SessionError && "violations" in error) for (const { code, key, path } of (error as SessionError & SubmitRefusal).violations) void `${code} ${key} ${path}`;
}

// --- without a declared state: any key, any value -----------------------------------------------------------------

const free = await open();
free.set("anything", () => 1).update({ other: [1, { a: 1n }] });
free.state.list.push(1);
const anything: number = free.get("anything")();
free.computed("c", ["a", "b"], (a, b) => a + b);
free.subscribe(["a"], (changes) => void changes[0]!.key.length);
free.subscribe("a", (value, { old }) => void [value.x, old?.x]);
free.scope("x").set("y", 1);
free.update(new Map<string, unknown>([["a", 1]]));
// @ts-expect-error: keys are strings
free.set({}, 1);

function fail() {}
