console.log("other.js runs");
export const greeting = "hello";
