/**
 * Tabstate: session state for web pages, held in the tab by a Go program compiled to WebAssembly.
 *
 * A session lives as long as the page. Nothing is written to sessionStorage, localStorage, IndexedDB, cookies, Cache or disk.
 * The rules cited below are numbered in the project's BEHAVIOUR.
 */

/** What JSON represents (RFC 8259). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** What is never copied, only held by reference (rule 15). */
type Held = ((...args: never[]) => unknown) | Date | RegExp | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | Promise<unknown> | ArrayBuffer | ArrayBufferView | Blob | Node;

/** A value as it is read: frozen through and through; what is held by reference is as it was given. */
export type Frozen<T> = T extends Held ? T : T extends object ? { readonly [M in keyof T]: Frozen<T[M]> } : T;

/** What becomes of values that JSON cannot represent: held by reference, held and reported, refused. */
export type Enforcement = "off" | "report" | "enforce";

/** Who made a change. */
export type Origin = "code" | "widget" | "callback" | "restore" | "history" | "url";

/** The limits of a session; over one of them nothing changes and a SessionLimitError is thrown. */
export interface Limits {
  /** Bytes of a key in UTF-8, 1 to 65,535. Default 1,024. */
  readonly keyBytes: number;
  /** Nesting of arrays and objects in one value, 1 to 1,000. Default 128. */
  readonly depth: number;
  /** Bytes of one entry: key plus value, see Stats.bytes. Default 67,108,864 (64 MiB). */
  readonly valueBytes: number;
  /** Number of entries. Default 1,048,576. */
  readonly entries: number;
  /** Bytes of all entries together. Default 268,435,456 (256 MiB). */
  readonly totalBytes: number;
}

/** Options of open(), all of them optional. */
export interface OpenOptions {
  /** The enforcement mode; true is "enforce", false is "off". Default "off". */
  enforce?: boolean | Enforcement;
  limits?: Partial<Limits>;
  /** What undo() remembers: true is { steps: 100, bytes: 16,777,216 (16 MiB) }. Default false: nothing. */
  history?: boolean | { steps?: number; bytes?: number };
  /** A session of its own instead of the page's one. Default false. */
  separate?: boolean;
  /**
   * "navigation": the session outlives reloads and navigation within the origin, back and forward, in this tab: the page that leaves
   * hands its snapshot to the memory of a service worker, the next one claims it (rule 46). Up to 8 MiB; values that JSON cannot
   * represent stay behind. Where there can be no service worker it says so in the console and is "none". Default "none": a session ends
   * with its page.
   */
  keep?: "none" | "navigation";
  /** With keep: a name of up to 64 letters, digits, - and _. Sessions go only to pages with the same name and worker. Default "". */
  app?: string;
  /** With keep: the address of tabstate-worker.js on the page's own origin. Default: the file beside the runtime. */
  worker?: string;
  /**
   * The address of a module of your own in place of the prebuilt one: a program in Go that imports wasm/app. It goes with glue. A folder made
   * by `go run github.com/tabstate/tabstate/host -build DIR -out DIR` needs neither: its tabstate.js knows its module.
   */
  wasm?: string | URL;
  /** What runs that module: the address of tabstate-glue.js or wasm_exec.js of the Go that compiled it, or tabstate-glue.js imported. */
  glue?: string | URL | { readonly createGo: (options: { write(text: string): void }) => object; readonly go?: string };
  /** The digest of that module, "sha256-…" in base64: another one is refused before it runs. Default "": it is not looked at. */
  integrity?: string;
  /** Destroys the session when the page is hidden for good or goes into the back-forward cache; with keep it is handed over first (rule 45). Default false. */
  wipeOnHide?: boolean;
  /** Loads tabstate.debug.wasm, which does the same and lies beside the module: three times its size, with the names that the trace of a crash needs. Default false. */
  debug?: boolean;
}

/** One value that JSON cannot represent. */
export interface Violation {
  /** A kebab-case word for programs: "unserializable", … */
  readonly code: string;
  readonly key: string;
  /** Place in the value as JSON Pointer (RFC 6901), "" for the value itself. */
  readonly path: string;
  /** What was found: "function", "Date", "NaN", … */
  readonly type: string;
  /** Why it is refused, a sentence part for people. */
  readonly reason: string;
  /** What to do instead. */
  readonly hint: string;
}

/** What a listener is told about one key. */
export interface Change<V = unknown, K extends string = string> {
  readonly key: K;
  /** The new value, undefined when the key is gone. */
  readonly value: V | undefined;
  /** The value before, undefined when the key was absent. Computed when asked for. */
  readonly old: V | undefined;
  /** The version this change got. Versions only grow and are never given twice. */
  readonly version: number;
  readonly origin: Origin;
}

export type Listener<V = unknown, K extends string = string> = (value: V | undefined, change: Change<V, K>) => void;
/** A change of one of the keys: testing `change.key` tells the type of its value. */
export type ChangeOf<S extends object, K extends KeyOf<S> = KeyOf<S>> = { [P in K]: Change<Frozen<S[P]>, P> }[K];
/** A listener of several keys or of all: gets all changes of one delivery together. */
export type ChangesListener<S extends object = Shape, K extends KeyOf<S> = KeyOf<S>> = (changes: readonly ChangeOf<S, K>[]) => void;

export interface Stats {
  /** Number of entries. */
  readonly keys: number;
  /** Bytes of all entries: per entry its key in UTF-8, plus 8 for a number, 1 for null or a boolean, the UTF-8 length of a string or of the compact text of an array or object, 16 for a reference. */
  readonly bytes: number;
  /** Bytes of the module's linear memory. */
  readonly memory: number;
  /** The newest version given. */
  readonly version: number;
  /** Number of listeners in force. */
  readonly listeners: number;
  /** Steps that undo() and redo() can take. */
  readonly undo: number;
  readonly redo: number;
}

/** The Standard Schema interface (https://standardschema.dev): what zod, valibot, arktype and others offer. */
export interface StandardSchema {
  readonly "~standard": {
    readonly validate: (value: unknown) => { readonly issues?: readonly unknown[] | undefined } | Promise<unknown>;
  };
}

/** What a callback is called with. */
export interface CallbackEvent {
  /** The key of the widget, undefined for a button without one and for call(). */
  readonly key: string | undefined;
  /** Its value. */
  readonly value: unknown;
  /** What `data-session-args` says, or the arguments of call(). */
  readonly args: any;
  readonly session: Session;
  readonly element?: Element;
}

/** Of a session whose type nobody declared: any key, any value. This is the only `any` here. */
type Shape = Record<string, any>;
type KeyOf<S extends object> = keyof S & string;
/** What may be written: the declared type, or what was read of it. */
type Given<T> = T | Frozen<T>;
type Values<S extends object, K extends readonly KeyOf<S>[]> = { [I in keyof K]: Frozen<S[K[I]]> | undefined };
type Entry<S extends object> = { [K in KeyOf<S>]: [key: K, value: Frozen<S[K]>] }[KeyOf<S>];
/** Several entries: an object, or pairs such as a Map or a session gives. */
type Several<S extends object> = { readonly [K in keyof S]?: Given<S[K]> } | Iterable<{ [K in KeyOf<S>]: readonly [key: K, value: Given<S[K]>] }[KeyOf<S>]>;
/** The declared keys that begin with `N:`, under the rest of their names; anything where none is declared. */
type Scoped<S extends object, N extends string> = string extends KeyOf<S> ? Shape
  : [Extract<KeyOf<S>, `${N}:${string}`>] extends [never] ? Shape
  : { [K in KeyOf<S> as K extends `${N}:${infer Rest}` ? Rest : never]: S[K] };

/** The events of a session and their details. All can be prevented: then the console is not told. */
export interface SessionEvents {
  /** A value that JSON cannot represent was written, or was there when the mode changed. */
  "session-violation": Violation;
  /** Code of the page threw where it must stop nobody else, in a listener for instance. */
  "session-error": { readonly error: unknown; /** Where HTML is at fault. */ readonly element?: Element };
  /** The module failed; the session is over. */
  "session-crashed": { readonly error: SessionCrashedError };
}

/** The entries of a session, or of a scope of it. */
export interface Entries<S extends object = Shape> {
  /** The entries as properties: reading gives primitives or writable views, assigning sets, delete deletes (rules 2, 5, 9, 12). */
  readonly state: Partial<S>;
  /** Number of entries. */
  readonly size: number;

  /** The value, deeply frozen, or `fallback` (undefined) when the key is absent. */
  get<K extends KeyOf<S>>(key: K): Frozen<S[K]> | undefined;
  get<K extends KeyOf<S>, D>(key: K, fallback: D): Frozen<S[K]> | D;
  /** The value; throws SessionKeyError when the key is absent. */
  require<K extends KeyOf<S>>(key: K): Frozen<S[K]>;
  has(key: string): boolean;
  /** Stores a copy of the value. Returns the session. */
  set<K extends KeyOf<S>>(key: K, value: Given<S[K]>): this;
  /** Says whether the key was there. The key of a widget goes back to the widget's default (rule 28). */
  delete(key: KeyOf<S>): boolean;
  /** Deletes and returns the value; without a fallback throws SessionKeyError when the key is absent. */
  pop<K extends KeyOf<S>>(key: K): Frozen<S[K]>;
  pop<K extends KeyOf<S>, D>(key: K, fallback: D): Frozen<S[K]> | D;
  /** Deletes every key (rule 8); those of widgets go back to their defaults (rule 28). */
  clear(): void;

  /** In insertion order, over the keys there were when it began (rule 6). */
  keys(): IterableIterator<KeyOf<S>>;
  values(): IterableIterator<Frozen<S[KeyOf<S>]>>;
  entries(): IterableIterator<Entry<S>>;
  [Symbol.iterator](): IterableIterator<Entry<S>>;
  forEach(fn: (value: Frozen<S[KeyOf<S>]>, key: KeyOf<S>, session: this) => void): void;
  /** A deep copy of all entries that JSON represents, as a plain object of your own. */
  toJSON(): Record<string, Json>;

  /** Sets only the absent keys, all or none. Returns the session. */
  init(entries: Several<S>): this;
  /** Sets all or none. Returns the session. */
  update(entries: Several<S>): this;
  /** Changes an array or object in place: one change when fn returns, none when it throws. Returns what fn returns. */
  mutate<K extends KeyOf<S>, R>(key: K, fn: (draft: S[K]) => R): R;
  /** One delivery at the end; when fn throws, everything it did is rolled back (rule 23). fn must be synchronous. */
  batch<R>(fn: () => R): R;

  /** Calls the listener after each change of the key. Returns the function that ends it. */
  subscribe<K extends KeyOf<S>>(key: K, listener: Listener<Frozen<S[K]>, K>, options?: { immediate?: boolean }): () => void;
  /** … of any of the keys, once per delivery. */
  subscribe<K extends KeyOf<S>>(keys: readonly K[], listener: ChangesListener<S, K>, options?: { immediate?: boolean }): () => void;
  /** … of every key, once per delivery. */
  subscribe(listener: ChangesListener<S>, options?: { immediate?: boolean }): () => void;

  /**
   * Canonical JSON text of all entries in insertion order. With references in the session it throws
   * UnserializableSessionStateError, or leaves them out with { references: "omit" } (rule 19).
   */
  snapshot(options?: { references?: "throw" | "omit" }): string;
  /** Replaces all entries by those of the text, all or nothing. Throws SessionSyntaxError with line, column and path. */
  restore(text: string): void;
  /** Lists every value that JSON cannot represent, or that its key's validator refuses, whatever the mode. */
  validate(): Violation[];

  /**
   * Defines a value that follows from others: lazy, cached, readable and subscribable like a key, in no snapshot, not writable
   * (rule 24). fn gets the values of the keys; what it throws is kept and thrown at each read until one of them changes.
   * Throws SessionKeyError when the name is taken. Returns the function that ends it.
   */
  computed<N extends KeyOf<S>, const K extends readonly KeyOf<S>[]>(name: N, keys: K, fn: (...values: Values<S, K>) => Given<S[N]>): () => void;
  /**
   * Guards a key: a write whose value the schema has issues with throws SessionValidationError, at set, update, mutate, restore
   * and undo alike. It judges only: the value written is stored, not the one it returns (rule 20). Asynchronous schemas are
   * refused when they answer. Returns the function that ends it.
   */
  validator(key: KeyOf<S>, schema: StandardSchema): () => void;
  /** The entries whose keys begin with `name:`, under the rest of their keys: a view, not a second store (rule 50). */
  scope<N extends string>(name: N): Entries<Scoped<S, N>>;
  scope<T extends object>(name: string): Entries<T>;
}

export interface Session<S extends object = Shape> extends Entries<S> {
  /** "open", then once and for good "destroyed" or "crashed". */
  readonly status: "open" | "destroyed" | "crashed";
  /** The enforcement mode; may be changed at any time, drops nothing (rule 13). */
  enforcement: Enforcement;
  readonly limits: Limits;

  /**
   * Takes back the last step: one outermost batch, or one lone write. A change like any other: new version, origin "history".
   * Says whether there was one. Throws, with nothing changed, what a validator, a limit or enforcement refuses now (rule 25).
   */
  undo(): boolean;
  redo(): boolean;
  /**
   * Runs fn as a turn: one batch, then the reruns whose reads it changed, then one delivery (rule 36). Returns what fn returns.
   * What fn throws goes to the caller, and the reruns are skipped: what was written stays, or with `transaction` nothing does
   * (rule 38). Inside a turn it joins that one. fn must be synchronous.
   */
  turn<R>(fn: (session: this) => R, options?: { transaction?: boolean }): R;
  /**
   * Runs fn now, and in each turn that changed what its synchronous part read last time: keys, absent ones too, iteration,
   * computed values (rule 39). What reruns write starts no rerun in the same turn. Returns the function that ends it.
   */
  rerun(fn: (session: this) => unknown): () => void;
  /** Inside a turn: one more pass of all reruns, at most 100. Outside: a turn with such a pass in a microtask (rule 39). */
  requestRerun(): void;
  /** Skips the callbacks and reruns of the open turn that did not run yet; what was written is committed. */
  stop(): void;
  /**
   * Names a function for `data-session-callback`. It may be async: what follows its first await is ordinary code outside the
   * turn, a rejection is a "session-error" (rule 37). Throws SessionUsageError when the name is taken. Returns the function
   * that ends it.
   */
  callback(name: string, fn: (event: CallbackEvent) => unknown): () => void;
  /**
   * Runs a callback by its name in a turn of its own, with these `args`, and returns what it returns; one in Go takes and returns what JSON
   * represents. Throws what it fails with.
   */
  call(name: string, ...args: unknown[]): any;

  /** clear(), and what else belongs to the session: history, references (rule 8), what is pending in forms. */
  reset(): void;

  /**
   * Binds the HTML below a root (a document, a shadow root, an element) from now on, whoever changes it: the data-session-*
   * attributes that the README lists (rules 26 to 43). The script tag does it for document. Only the page's session has it.
   * A form with `data-session-submit` tells how its sending ended by an event that bubbles: "session-submitted" (detail: { response })
   * or "session-submit-failed" (detail: { error }, see submit()); prevented, it is not shown, and no "session-error" follows.
   * Called again, it shows anew what another script has overwritten, as morphing does (Turbo's page refresh, htmx's outerMorph).
   * `data-session-attr-*` and `data-session-class-*` that are changed later are taken up by bind(element).
   * Returns the function that ends it; with true it also puts the elements back to their HTML.
   */
  bind(root?: Document | ShadowRoot | Element): (restore?: boolean) => void;
  /**
   * The same for one element, with the attributes as an object, their names without `data-session-`:
   * `bind(input, { key: "age", callback: "check", args: [1], url: true })`. The function returned takes them off again.
   */
  bind(element: Element, attributes: Readonly<Record<string, unknown>>): (restore?: boolean) => void;
  /**
   * Ties a key to `?key=` of the address (rule 49): a text, number, boolean or array of texts. The address is written by
   * history.replaceState soon after a change, about three times a second when there are many, and when the page goes; a tab that
   * crashes or is discarded may miss what changed last. `default` leaves the address;
   * without it, that is the value now. Only the page's session has it. Returns the function that ends it.
   */
  bindUrl(key: KeyOf<S>, options?: { readonly default?: string | number | boolean | readonly string[] }): () => void;

  /**
   * Sends the snapshot to a server by POST, as application/json, and resolves to its answer when the status is 2xx. It is for a server
   * that checks snapshots by the session's own rules: the host's /api/validate, or a handler behind its middleware.
   *
   * Rejects with what snapshot() throws; with the error that the session itself would have thrown, for the first violation that the
   * server lists (see SubmitRefusal); with SessionSubmitError for another answer, none, and an address of another origin without
   * crossOrigin; with the signal's reason when it was aborted. Nothing is sent again by itself.
   */
  submit(url: string | URL, options?: SubmitOptions<S>): Promise<Response>;

  stats(): Stats;
  /** Runs fn once when the session ends: at destroy(), or when the page goes for good, that is not into the back-forward cache. Returns the function that cancels it. */
  onDispose(fn: () => void): () => void;
  /** Ends the session: listeners end, memory is overwritten, every later call throws SessionDestroyedError. */
  destroy(): void;

  /** See SessionEvents. They are dispatched on document too by the page's session. */
  addEventListener<T extends keyof SessionEvents>(type: T, listener: (event: CustomEvent<SessionEvents[T]>) => void, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<T extends keyof SessionEvents>(type: T, listener: (event: CustomEvent<SessionEvents[T]>) => void, options?: boolean | EventListenerOptions): void;
}

/** Options of submit(). */
export interface SubmitOptions<S extends object = Shape> {
  /** Only these keys, those of computed values too; absent ones are left out. Default: all entries. */
  keys?: Iterable<KeyOf<S>>;
  /** Headers besides, a token for instance. Content-Type is application/json whatever they say. */
  headers?: HeadersInit;
  signal?: AbortSignal;
  /** Allows an address of another origin, which needs CORS there. Default false. Credentials go as fetch() sends them by default: to the page's own origin. */
  crossOrigin?: boolean;
}

/** What an error that submit() rejects with has besides, when the server listed what is wrong. */
export interface SubmitRefusal {
  /** The HTTP status: 422, or 400 when the snapshot was not JSON. */
  readonly status: number;
  /** All violations as errors, this one first. For keys with a schema: SessionValidationErrors with all issues of their key. */
  readonly violations: readonly SessionError[];
  /** There are more than are listed. */
  readonly more: boolean;
}

/** The base of all errors thrown here. */
export class SessionError extends Error {
  /** A kebab-case word for programs, never renamed. */
  readonly code: string;
  readonly key?: string;
  /** JSON Pointer (RFC 6901) into the value, or into the text of a restore. */
  readonly path?: string;
  readonly hint?: string;
}
/** A value that JSON cannot represent was refused; the previous value stays (rule 14). */
export class UnserializableSessionStateError extends SessionError {
  readonly type: string;
  readonly reason: string;
}
/** A key is missing, or is one that no session accepts. */
export class SessionKeyError extends SessionError {}
export class SessionLimitError extends SessionError {
  readonly limit: number;
}
/** A text given to restore() was refused. line and column count from 1, column in characters. */
export class SessionSyntaxError extends SessionError {
  readonly line: number;
  readonly column: number;
}
/** A key's validator refused the value (rule 20). */
export class SessionValidationError extends SessionError {
  readonly issues: readonly { readonly message: string; /** JSON Pointer */ readonly path: string }[];
}
/** A widget cannot show the value, or cannot be connected; a form of this name is there already (rules 29 to 43). */
export class SessionWidgetError extends SessionError {}
/** A function of a program in Go failed, panicked ("callback-panicked"), or waited for what the page cannot wait for ("callback-blocked"). */
export class SessionCallbackError extends SessionError {
  readonly reason: string;
}
/** A wrong argument, a listener cycle, an async batch. */
export class SessionUsageError extends SessionError {}
/** A snapshot could not be sent, or was answered otherwise than with what is wrong in it. */
export class SessionSubmitError extends SessionError {
  /** The HTTP status, undefined when there was no answer. */
  readonly status?: number;
  /** With the code "body-too-large": the most bytes that the server takes. */
  readonly limit?: number;
}
export class StaleViewError extends SessionError {}
export class SessionOpenError extends SessionError {}
export class SessionNotReadyError extends SessionError {}
export class SessionDestroyedError extends SessionError {}
export class SessionCrashedError extends SessionError {
  /** The module to load for a trace with names, by open({ debug: true }); null when it was that one. */
  readonly debug: { readonly url: string; readonly integrity: string } | null;
}

/** Opens the page's session, or resolves to it when it is open already (rule 44). */
export function open<S extends object = Shape>(options?: OpenOptions): Promise<Session<S>>;

/**
 * Offered as globalThis.tabstate by `<script type="module" src=".../tabstate.js">`, which opens the page's session with the options
 * of its attributes: `data-session-enforce` (alone, or "report"), `data-session-limits` and `data-session-history` (JSON). When it is
 * open, "session-ready" is dispatched on document (detail: the session); when it cannot be opened, "session-error" (detail: {error}).
 * With `data-session-wipe-on-hide` a page that comes back from the back-forward cache opens anew: `ready`, `session` and
 * "session-ready" are those of the new session then.
 */
export interface Tabstate {
  readonly open: typeof open;
  /** Rejects with SessionOpenError. Another one after a page came back whose session was wiped when it was hidden. */
  readonly ready: Promise<Session>;
  /** null until it is open. */
  readonly session: Session | null;
}

declare global {
  /** There when the script tag has run. */
  var tabstate: Tabstate;
}
