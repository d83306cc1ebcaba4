// Stands beside the bundle as it is.
self.addEventListener("message", () => {});
