const session = await tabstate.ready;
const { state } = session;

session.init({ entries: [], heard: 0 });

// Runs once for each submission: all values of the form are there, and the form is cleared after.
session.callback("sign", () => {
  const { name, mood, text, again } = state;
  state.entries.push({ id: state.entries.length, name, mood, text, again });
});

// A form's own values arrive together: as one delivery to those who listen.
session.subscribe(["name", "mood", "text", "again"], () => { state.heard++; });
