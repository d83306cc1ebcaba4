package session

// problem numbers what a session refuses; the texts stand in problems.
type problem uint8

const (
	problemKeyMissing problem = iota
	problemKeyEmpty
	problemKeyNotText
	problemKeyReserved
	problemKeyComputed
	problemKeyTaken
	problemKeyTooLong
	problemValueTooLarge
	problemTooManyEntries
	problemTooManyKeys
	problemSessionTooLarge
	problemLimitInvalid
	problemReference
	problemNotFinite
	problemStringNotText
	problemStaleSlot
	problemKindInvalid
	problemReferenceInvalid
	problemModeInvalid
	problemHistoryInvalid
	problemUndoInBatch
	problemListenerCycle
	problemKeyReadOnly
	problemWidgetValue
	problemWidgetMismatch
	problemWidgetUnknown
	problemWidgetSpec
	problemFormCallback
	problemFormDuplicate
	problemNoTurn
	problemRerunCycle
	problemValidatorTaken
)

// problems has the class, code, reason and hint of each. In a reason of a limit,
// {got} and {limit} stand for the numbers.
var problems = [...]struct{ class, code, reason, hint string }{
	problemKeyMissing:       {"SessionKeyError", "key-missing", "there is no such key", "Was it initialised? Set it first, or read it with a default"},
	problemKeyEmpty:         {"SessionKeyError", "key-empty", "the key is empty", "Give it at least one character"},
	problemKeyNotText:       {"SessionKeyError", "key-not-text", "the key is not well-formed Unicode text", "Look for a lone surrogate: half of a character that was cut in two"},
	problemKeyReserved:      {"SessionKeyError", "key-reserved", "keys that begin with $$ are reserved", "Begin it with another character"},
	problemKeyComputed:      {"SessionKeyError", "key-computed", "the key is a computed value, which follows from others", "Write the keys it is computed from"},
	problemKeyTaken:         {"SessionKeyError", "key-taken", "the key is there already, so a computed value cannot have it", "Give the computed value another name"},
	problemKeyTooLong:       {"SessionLimitError", "key-too-long", "the key would have {got} bytes, more than the {limit} allowed", "Use a shorter key, and keep the rest in the value"},
	problemValueTooLarge:    {"SessionLimitError", "value-too-large", "the entry would have {got} bytes, more than the {limit} allowed", "Keep less in one key, or raise limits.valueBytes"},
	problemTooManyEntries:   {"SessionLimitError", "too-many-entries", "the session would have {got} entries, more than the {limit} allowed", "Delete keys that are no longer needed, or raise limits.entries"},
	problemTooManyKeys:      {"SessionLimitError", "too-many-entries", "the session would name {got} keys, more than the {limit} that fit", "Delete keys and end subscriptions that are no longer needed"},
	problemSessionTooLarge:  {"SessionLimitError", "session-too-large", "the session would have {got} bytes, more than the {limit} allowed", "Delete keys that are no longer needed, or raise limits.totalBytes"},
	problemLimitInvalid:     {"SessionLimitError", "limit-invalid", "a limit cannot be {got}: it is at least 1 and at most {limit}", "Leave it out to have the default"},
	problemReference:        {"UnserializableSessionStateError", "unserializable", "the value is held by reference, since JSON cannot represent it", "Store plain data instead: null, booleans, finite numbers, strings, arrays and objects of these"},
	problemNotFinite:        {"UnserializableSessionStateError", "unserializable", "the number is not finite, and JSON has none but finite numbers", "Store null or a string for a number that is not there"},
	problemStringNotText:    {"SessionSyntaxError", "invalid-utf8", "the string is not UTF-8", "Encode it as UTF-8, without surrogates"},
	problemStaleSlot:        {"SessionUsageError", "stale-slot", "the slot names no key, or no longer does", ""},
	problemKindInvalid:      {"SessionUsageError", "kind-invalid", "there is no such kind of value", "Delete the key to have it absent"},
	problemReferenceInvalid: {"SessionUsageError", "argument-invalid", "a reference is a whole number of 32 bits", "Number what is held from 1 on"},
	problemModeInvalid:      {"SessionUsageError", "mode-invalid", "there is no such enforcement mode", "Use off, report or enforce"},
	problemHistoryInvalid:   {"SessionUsageError", "argument-invalid", "the history cannot be bounded by less than nothing", "Use 0 to have none"},
	problemUndoInBatch:      {"SessionUsageError", "undo-in-batch", "a batch is open, and what it wrote is not a step yet", "Undo before or after the batch"},
	problemListenerCycle:    {"SessionUsageError", "listener-cycle", "listeners went on changing the session for {limit} rounds", "Let a listener write only when its value has to change"},
	problemKeyReadOnly:      {"SessionKeyError", "key-readonly", "only the user sets it: it is the key of a button or of a file", "Delete it to have it at its default, or write another key"},
	problemWidgetValue:      {"SessionWidgetError", "widget-value", "the widget of the key cannot show the value: it is of another kind, or no option", "Write a value of the widget's kind, and one of its options"},
	problemWidgetMismatch:   {"SessionWidgetError", "widget-mismatch", "the key has a widget of another kind", "Give widgets of different kinds different keys"},
	problemWidgetUnknown:    {"SessionWidgetError", "widget-unknown", "there is no such widget or form", "Connect it first"},
	problemWidgetSpec:       {"SessionWidgetError", "widget-invalid", "the widget is not described as it should be", "It has a kind, its options are strings, its form is open"},
	problemFormCallback:     {"SessionWidgetError", "form-callback", "a widget in a form has a callback, and only a submit button can have one", "Put the callback on the submit button"},
	problemFormDuplicate:    {"SessionWidgetError", "form-duplicate", "there is a form of this name", "Give each form a name of its own"},
	problemNoTurn:           {"SessionUsageError", "no-turn", "no turn is open", "Begin one first"},
	problemValidatorTaken:   {"SessionUsageError", "validator-taken", "the key has a validator already", "End the other one first"},
	problemRerunCycle:       {"SessionUsageError", "rerun-cycle", "reruns went on asking for another pass, {limit} times in one turn", "Ask for one only when something has to be done again"},
}

// refuse makes the error of a problem. It is kept out of line, since every place
// that refuses would otherwise carry a copy of it.
//
//go:noinline
func refuse(p problem, key []byte) *Error {
	text := &problems[p]
	return &Error{Class: text.class, Code: text.code, Key: string(key), Reason: text.reason, Hint: text.hint}
}

// refuseLimit is refuse for what exceeds a limit.
//
//go:noinline
func refuseLimit(p problem, key []byte, got, limit int64) *Error {
	e := refuse(p, key[:cut(key, 64)])
	e.Limit = limit
	reason := ""
	for i := 0; i < len(e.Reason); i++ {
		switch {
		case e.Reason[i] != '{':
			reason += e.Reason[i : i+1]
		case e.Reason[i+1] == 'g':
			reason += decimal(got)
			i += len("{got}") - 1
		default:
			reason += decimal(limit)
			i += len("{limit}") - 1
		}
	}
	e.Reason = reason
	return e
}
