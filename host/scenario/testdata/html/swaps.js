// For the pages of host/scenario/swaps.go: Turbo and htmx make HTML of text, which under Trusted Types is the page's own to allow.

/** @type {any} */ (globalThis).trustedTypes?.createPolicy("default", { createHTML: (/** @type {string} */ text) => text });
