const session = await tabstate.ready;
const { state } = session;

session.init({ entries: [] });

// Runs once for each submission: all values of the form are there, and the form is cleared after.
session.callback("sign", () => {
  const { name, mood, text, again } = state;
  state.entries.push({ id: state.entries.length, name, mood, text, again });
});
