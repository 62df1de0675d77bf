package remote

import (
	"regexp"
	"sync"

	"patchdeck/assets"
	"patchdeck/engine/rollout"
)

// codes is the table of HRESULTs by code.
var codes = sync.OnceValue(func() map[string]assets.ErrorCode {
	table := map[string]assets.ErrorCode{}
	for _, row := range assets.ErrorCodes() {
		table[row.Code] = row
	}
	return table
})

func errorCode(code string) (assets.ErrorCode, bool) {
	row, ok := codes()[code]
	return row, ok
}

// classOf maps a class of the table to the engine's.
func classOf(class string) rollout.Class {
	if class == "not_applicable" {
		return rollout.ClassNotApplicable
	}
	return rollout.Class(class)
}

var hresultForm = regexp.MustCompile(`^0x[0-9A-F]{8}$`)

// unspecific are codes that say nothing about the reason of a failure (no error, all failed, some failed): it stands in
// the updates.
var unspecific = map[string]bool{"0x00000000": true, "0x80240022": true, "0x00240003": true}

// failureOf makes a failure of a code that a script gave. words are the server's own; unknown is the class of a code that
// the table does not know.
func failureOf(code, words string, unknown rollout.Class) *rollout.Failure {
	words = clean(words, longWords)
	row, ok := errorCode(code)
	if !ok {
		return &rollout.Failure{Class: unknown, Code: code, Words: orElse(words, "the server gives only a code")}
	}
	said := row.Words
	if words != "" && words != row.Words {
		said += " The server says: " + words
	}
	return &rollout.Failure{Class: classOf(row.Class), Code: code, Words: said, Retry: row.Retry}
}
