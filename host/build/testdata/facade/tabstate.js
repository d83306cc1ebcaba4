// The entry imports another module first.
import { greeting } from "./other.js";
import { runtime, early, createGo } from "./runtime.js";

/** What a comment says is kept. */
export const text = `
// not a comment ${greeting}
`;

export { runtime, early, createGo };
