package assets

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// ErrorCode says what an HRESULT of a server means to an operator.
type ErrorCode struct {
	Code   string `json:"code"` // "0x80240034"
	Name   string `json:"name"` // the symbol of the platform's own headers
	Class  string `json:"class"`
	Words  string `json:"words"`  // what it means, one plain sentence
	Advice string `json:"advice"` // what to do, one plain sentence
	Retry  bool   `json:"retry"`  // trying again later, with nothing changed by anybody, may help
}

// ErrorClasses are the classes an error code can have: whose trouble it is. "restart" is for what goes wrong with an update's
// own restart; a server that must restart for another reason first is "busy".
func ErrorClasses() []string {
	return []string{"patch", "source", "disk", "config", "restart", "busy", "network", "access", "not_applicable"}
}

//go:embed errorcodes.json
var errorCodeText []byte

var errorCodes = mustReadErrorCodes()

func mustReadErrorCodes() []ErrorCode {
	var codes []ErrorCode
	if err := json.Unmarshal(errorCodeText, &codes); err != nil {
		panic("assets/errorcodes.json: " + err.Error())
	}
	return codes
}

// ErrorCodes lists the codes, in ascending order.
func ErrorCodes() []ErrorCode { return slices.Clone(errorCodes) }
