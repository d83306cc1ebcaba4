// Loan: what a month costs, and what is owed after each year, computed in Go.
package main

import (
	"math"

	"github.com/tabstate/tabstate/wasm/app"
)

// What the form of the page holds. An empty number is null, so it is a pointer here.
const (
	amount = app.Key[*float64]("amount") // euros
	rate   = app.Key[float64]("rate")    // percent a year
	years  = app.Key[int]("years")
)

// What follows from it.
const (
	monthly  = app.Key[float64]("monthly")  // euros
	interest = app.Key[float64]("interest") // euros, all of it
	schedule = app.Key[[]year]("schedule")
)

// year is a row of the table, in euros.
type year struct {
	Year     int     `json:"year"`
	Interest float64 `json:"interest"`
	Owed     float64 `json:"owed"`
}

func setup() {
	_, _ = app.Computed(monthly, payment, amount, rate, years)
	_, _ = app.Computed(interest, func() (float64, error) {
		return max(0, 12*float64(years.Or(0))*monthly.Or(0)-loan()), nil
	}, monthly, amount, years)
	_, _ = app.Computed(schedule, rows, monthly, amount, rate, years)
}

func loan() float64 {
	if a := amount.Or(nil); a != nil {
		return *a
	}
	return 0
}

// payment returns what a month costs: the annuity.
func payment() (float64, error) {
	months, part := 12*float64(years.Or(1)), rate.Or(0)/1200
	if part == 0 {
		return loan() / months, nil
	}
	return loan() * part / (1 - math.Pow(1+part, -months)), nil
}

func rows() ([]year, error) {
	part, pay := rate.Or(0)/1200, monthly.Or(0)
	table := make([]year, years.Or(0))
	owed := loan()
	for i := range table {
		paid := 0.0
		for range 12 {
			paid += owed * part
			owed += owed*part - pay
		}
		table[i] = year{Year: i + 1, Interest: paid, Owed: max(0, owed)}
	}
	return table, nil
}

func main() { app.Main(setup) }
