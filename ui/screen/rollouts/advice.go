package rollouts

import (
	"patchdeck/assets"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
)

// advice says by code what to do.
var advice = func() map[string]string {
	table := map[string]string{}
	for _, row := range assets.ErrorCodes() {
		table[row.Code] = row.Advice
	}
	return table
}()

// adviceFor says what to do about a failure: by its code where somebody knows, else by its class.
func adviceFor(code, class string) string {
	if words := advice[code]; words != "" {
		return words
	}
	return report.WhatToDo(rollout.Class(class))
}
