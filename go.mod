module github.com/tabstate/tabstate

go 1.26.8
