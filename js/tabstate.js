// @ts-check
// What is served as one file: the modules of this folder, and the start of the session when a script tag loaded it.

import "./runtime.js";
import { findTag, startTag } from "./tag.js";

export * from "./index.js";

const tag = findTag(import.meta.url);
if (tag) startTag(tag);
