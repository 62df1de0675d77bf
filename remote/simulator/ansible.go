package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"patchdeck/remote/simulator/wsman"
)

// Ansible runs a module by starting a small fixed script that reads standard input: a script of its own, four zero bytes,
// and a JSON object with the module, base64, and its arguments. Here that is recognised by its shape and nothing of it is
// run: a server answers to win_ping in Go, as the module would, and says of every other module that it is not simulated.

// readsAnsibleModule tells whether a script has the shape of Ansible's starter, whatever its version and wording: it takes
// standard input as one text and cuts it at four zero bytes.
func readsAnsibleModule(script string) bool {
	return strings.Contains(script, "$input") && strings.Contains(script, "`0`0`0`0")
}

// ansibleModule is what is looked at of a module's description; its code is not.
type ansibleModule struct {
	Arguments struct {
		Name string `json:"_ansible_module_name"`
		Data string `json:"data"`
	} `json:"module_args"`
}

// ansibleResult is what modules write to standard output.
type ansibleResult struct {
	Changed    bool           `json:"changed"`
	Failed     bool           `json:"failed,omitempty"`
	Message    string         `json:"msg,omitempty"`
	Ping       string         `json:"ping,omitempty"`
	Invocation map[string]any `json:"invocation,omitempty"`
}

func runAnsibleModule(stdin []byte) wsman.Exit {
	_, description, found := bytes.Cut(stdin, []byte{0, 0, 0, 0})
	var module ansibleModule
	if !found || json.Unmarshal(description, &module) != nil {
		return powershellError("invalid payload")
	}
	name := module.Arguments.Name[strings.LastIndex(module.Arguments.Name, ".")+1:]
	switch data := module.Arguments.Data; {
	case name != "win_ping":
		return ansibleExit(1, ansibleResult{Failed: true, Message: fmt.Sprintf("the module %.60q is not simulated: these servers answer to win_ping", name)})
	case data == "crash":
		return ansibleExit(1, ansibleResult{Failed: true, Message: "Unhandled exception while executing module: boom"})
	default:
		if data == "" {
			data = "pong"
		}
		return ansibleExit(0, ansibleResult{Ping: data, Invocation: map[string]any{"module_args": map[string]string{"data": data}}})
	}
}

func ansibleExit(code int, result ansibleResult) wsman.Exit {
	text, err := json.Marshal(result)
	if err != nil {
		return powershellError(err.Error())
	}
	return wsman.Exit{Code: code, Stdout: append(text, "\r\n"...)}
}
