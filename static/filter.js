const session = await tabstate.ready;

const mountains = [
  ["Aconcagua", "America", 6961], ["Chimborazo", "America", 6263], ["Denali", "America", 6190], ["Elbrus", "Europe", 5642],
  ["Everest", "Asia", 8849], ["Fuji", "Asia", 3776], ["K2", "Asia", 8611], ["Kilimanjaro", "Africa", 5895],
  ["Lhotse", "Asia", 8516], ["Matterhorn", "Europe", 4478], ["Mont Blanc", "Europe", 4806], ["Mount Kenya", "Africa", 5199],
  ["Pico de Orizaba", "America", 5636], ["Toubkal", "Africa", 4167], ["Zugspitze", "Europe", 2962],
].map(([name, continent, height]) => ({ name, continent, height }));

session.init({ sort: "name" });
session.bindUrl("sort");
session.callback("sort", ({ args: column }) => session.set("sort", column));

session.computed("rows", ["search", "continent", "high", "sort"], (search, continent, high, sort) => mountains
  .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
  .filter((row) => !continent || row.continent === continent)
  .filter(({ height }) => !high || height > 5000)
  .sort((a, b) => sort === "height" ? b.height - a.height : String(a[sort]).localeCompare(b[sort])));

session.computed("sorted", ["sort"], (sort) => ({ [sort]: sort === "height" ? "descending" : "ascending" }));

// The key of a widget that is deleted goes back to what its HTML says.
session.callback("clear", () => {
  for (const key of ["search", "continent", "high"]) session.delete(key);
  session.set("sort", "name");
});
