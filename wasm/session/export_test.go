package session

// For the tests of the layers above, which stand in package session_test.
var Check = check

const RestingFree = restingFree
