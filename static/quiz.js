const session = await tabstate.ready;
const right = { where: "memory", ends: "close", twin: "own" };
const questions = Object.keys(right);

session.callback("mark", () => {
  const marks = Object.fromEntries(questions.map((key) => [key, session.get(key) === right[key]]));
  session.set("marks", marks);
  session.set("score", questions.filter((key) => marks[key]).length);
});

session.callback("again", () => {
  for (const key of [...questions, "marks", "score"]) session.delete(key);
});
