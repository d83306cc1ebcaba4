const session = await tabstate.ready;
const { state } = session;

session.init({ todos: [], last: 0 });

session.callback("add", () => {
  state.todos.push({ id: ++state.last, title: state.title, done: false });
});

// data-session-args="{item.id}" says which one.
const place = (id) => state.todos.findIndex((todo) => todo.id === id);

session.callback("toggle", ({ args: id }) => {
  const todo = state.todos[place(id)];
  todo.done = !todo.done;
});
session.callback("up", ({ args: id }) => session.mutate("todos", (todos) => {
  const at = place(id);
  if (at > 0) todos.splice(at - 1, 2, todos[at], todos[at - 1]);
}));
session.callback("remove", ({ args: id }) => {
  state.todos.splice(place(id), 1);
  document.getElementById("title").focus();
});

session.computed("left", ["todos"], (todos) => todos.filter((todo) => !todo.done).length);
session.computed("shown", ["todos", "filter"], (todos, filter) =>
  filter === "all" ? todos : todos.filter((todo) => todo.done === (filter === "done")));
