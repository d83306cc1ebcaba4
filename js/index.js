// @ts-check
// What is imported as "tabstate".

export { open } from "./open.js";
export * from "./errors.js";
