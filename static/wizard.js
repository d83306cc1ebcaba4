const session = await tabstate.ready;

// Not ready: no journey was chosen, or it is booked already.
session.computed("unready", ["to", "booked"], (to, booked) => !to || Boolean(booked));

session.callback("book", () => session.set("booked", new Date().toISOString()));
