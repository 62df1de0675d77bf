package remote

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"patchdeck/assets"
	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// effects names the scripts that change something on the server. When a call to one of them is cut off nobody knows
// whether it did.
var effects = map[string]bool{
	"job-start": true, "job-cancel": true, "job-remove": true, "restart": true, "cluster-suspend": true, "cluster-resume": true,
	"baseline": true, "clean-up": true, "monitoring": true, "fsmo-move": true, "fsmo-return": true,
}

// order is a script that is to run, with its parameters.
type order struct {
	script     assets.ScriptFile
	parameters json.RawMessage
	nonce      string
}

// changes tells whether the order may change something on the server.
func (o *order) changes() bool { return effects[o.script.Name] }

// end is the line that ends the script's answer.
func (o *order) end() string { return "-----END PATCHDECK " + o.nonce + "-----" }

// line writes what the bootstrap reads: script, parameters and nonce as one JSON object, on one line. A process that knows the
// script needs no more than its name and hash.
func (o *order) line(known bool) []byte {
	forms := travelling()[o.script.Name]
	script := forms.packed
	if known {
		script = forms.named
	}
	return slices.Concat([]byte(`{"script":`), script, []byte(`,"parameters":`), o.parameters, []byte(`,"nonce":"`+o.nonce+"\"}\n"))
}

// scriptText is a script on its way.
type scriptText struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
	Packed  string `json:"gzip,omitempty"`
	Text    string `json:"text,omitempty"`
}

// travelForms are the forms in which a script is sent.
type travelForms struct {
	packed json.RawMessage // to run
	named  json.RawMessage // to run in a process that was sent it before
	body   json.RawMessage // to be written down as the body of a job
}

// travelling are the scripts as they are sent, written once.
var travelling = sync.OnceValue(func() map[string]travelForms {
	written := func(text scriptText) json.RawMessage {
		form, err := json.Marshal(text)
		if err != nil {
			panic(err) // strings and a number can always be written
		}
		return form
	}
	forms := map[string]travelForms{}
	for _, s := range assets.Scripts() {
		bare := s.Bare()
		named := scriptText{Name: s.Name, Version: s.Version, SHA256: bare.SHA256}
		packed, body := named, named
		packed.Packed = bare.Packed()
		body.SHA256, body.Text = s.SHA256, s.Text
		forms[s.Name] = travelForms{written(packed), written(named), written(body)}
	}
	return forms
})

// call runs a script on a server and reads its result into result. The error is a *rollout.Failure.
func (f *Fleet) call(ctx context.Context, target engine.Target, name string, parameters, result any) error {
	h, failure := f.host(target)
	if failure != nil {
		return failure
	}
	defer f.calls.Done()
	script, ok := assets.Script(name)
	if !ok {
		return &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-SCRIPT", Words: "this build has no script " + name}
	}
	given, err := json.Marshal(parameters)
	if err != nil {
		return &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-SCRIPT", Words: "the parameters of " + name + " cannot be written"}
	}
	o := order{script, given, newNonce()}
	out, sent, err := f.converse(ctx, h, &o)
	if err != nil {
		return h.failure(err, sent && o.changes())
	}
	h.logNoise(name, out)
	answer, err := readEnvelope(out.stdout, &o, result)
	switch {
	case err != nil:
		return h.unreadable(err, out)
	case !*answer.OK:
		return failureOf(answer.Error.Code, answer.Error.Message, rollout.ClassConfig)
	}
	return nil
}

func newNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: the runtime ends the process instead
	return hex.EncodeToString(b[:])
}

// noiseShown is how much of a script's noise goes to the log.
const noiseShown = 400

func (h *host) logNoise(script string, out output) {
	if len(out.stderr) > 0 || out.exitCode != 0 {
		h.options.Logger.Debug("a script made noise", logServer, h.address, logScript, script,
			"exit", out.exitCode, logNoise, clean(plainErrors(out.stderr), noiseShown))
	}
}

// unreadable adds the server's own complaint, for an answer is missing mostly because PowerShell did not get to run it.
func (h *host) unreadable(err error, out output) *rollout.Failure {
	if said := clean(plainErrors(out.stderr), noiseShown); said != "" {
		err = errors.New(err.Error() + "; on standard error: " + said)
	}
	return h.explain(err)
}
