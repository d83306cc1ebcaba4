const session = await tabstate.ready;

session.computed("loan", ["price", "deposit"], (price, deposit) => Math.max(0, price - deposit));

session.computed("monthly", ["loan", "rate", "years"], (loan, rate, years) => {
  const part = rate / 1200;
  return part === 0 ? loan / (12 * years) : loan * part / (1 - (1 + part) ** (-12 * years));
});

session.computed("interest", ["loan", "monthly", "years"], (loan, monthly, years) => 12 * years * monthly - loan);

// What is still owed at the end of each year, the first one today.
session.computed("balances", ["loan", "monthly", "rate", "years"], (loan, monthly, rate, years) => {
  const balances = [loan];
  for (let month = 1, owed = loan; month <= 12 * years; month++) {
    owed += owed * rate / 1200 - monthly;
    if (month % 12 === 0) balances.push(Math.max(0, owed));
  }
  return balances;
});

// The plot is 600 wide and 200 high.
session.computed("curve", ["balances"], (balances) => {
  const most = balances[0] || 1;
  return balances.map((owed, year) => {
    const [x, y] = [600 * year / (balances.length - 1), 195 - 190 * owed / most];
    return `${year === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join(" ");
});
session.computed("area", ["curve"], (curve) => `${curve} L600 200 L0 200 Z`);

session.computed("story", ["balances"], (balances) => {
  const half = balances.findIndex((owed) => owed <= balances[0] / 2);
  return `What is still owed over ${balances.length - 1} years: half of it after ${half}`;
});
