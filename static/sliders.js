const session = await tabstate.ready;
const tenths = (number) => Math.round(10 * number) / 10;

session.callback("fromCelsius", ({ value }) => {
  session.set("fahrenheit", value === null ? null : tenths(value * 9 / 5 + 32));
});
session.callback("fromFahrenheit", ({ value }) => {
  session.set("celsius", value === null ? null : tenths((value - 32) * 5 / 9));
});
