// @ts-check
// The typed errors of the facade. Codes are kebab-case words shared with the core and never renamed; the public text is in index.d.ts.

export class SessionError extends Error {
  constructor(/** @type {string} */ message, /** @type {Record<string, unknown>} */ fields = {}) {
    super(message);
    // In WebKit these say where in the program an error was made; here, where in a text its fault is.
    for (const place of ["line", "column"]) delete (/** @type {any} */ (this)[place]);
    Object.assign(this, fields);
  }
}

// One class is one name: set on the prototype, so that bundling and minifying cannot change it.
function named(/** @type {string} */ name) {
  const type = class extends SessionError {};
  Object.defineProperty(type, "name", { value: name });
  Object.defineProperty(type.prototype, "name", { value: name, configurable: true, writable: true });
  return type;
}
Object.defineProperty(SessionError.prototype, "name", { value: "SessionError", configurable: true, writable: true });

export const UnserializableSessionStateError = named("UnserializableSessionStateError");
export const SessionKeyError = named("SessionKeyError");
export const SessionLimitError = named("SessionLimitError");
export const SessionSyntaxError = named("SessionSyntaxError");
export const SessionValidationError = named("SessionValidationError");
export const SessionCallbackError = named("SessionCallbackError");
export const SessionWidgetError = named("SessionWidgetError");
export const SessionUsageError = named("SessionUsageError");
export const SessionSubmitError = named("SessionSubmitError");
export const StaleViewError = named("StaleViewError");
export const SessionOpenError = named("SessionOpenError");
export const SessionNotReadyError = named("SessionNotReadyError");
export const SessionDestroyedError = named("SessionDestroyedError");
export const SessionCrashedError = named("SessionCrashedError");
