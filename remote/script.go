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

// scriptText is a script as it travels.
type scriptText struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
	Text    string `json:"text"`
}

// travelling are the scripts in the form in which they are sent, written once.
var travelling = sync.OnceValue(func() map[string]json.RawMessage {
	texts := map[string]json.RawMessage{}
	for _, s := range assets.Scripts() {
		text, err := json.Marshal(scriptText{s.Name, s.Version, s.SHA256, s.Text})
		if err != nil {
			panic(err) // strings and a number can always be written
		}
		texts[s.Name] = text
	}
	return texts
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
	nonce := newNonce()
	given, err := json.Marshal(parameters)
	if err != nil {
		return &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-SCRIPT", Words: "the parameters of " + name + " cannot be written"}
	}
	out, sent, err := f.converse(ctx, h, func() []byte { return compose(name, given, nonce) })
	if err != nil {
		return h.failure(err, sent && effects[name])
	}
	h.logNoise(name, out)
	answer, err := readEnvelope(out.stdout, nonce, script)
	switch {
	case err != nil:
		return h.unreadable(err, out)
	case !*answer.OK:
		return failureOf(answer.Error.Code, answer.Error.Message, rollout.ClassConfig)
	}
	if err := json.Unmarshal(answer.Result, result); err != nil {
		return h.explain(err)
	}
	return nil
}

// compose writes what the bootstrap reads: script, parameters and nonce as one JSON object.
func compose(script string, parameters []byte, nonce string) []byte {
	return slices.Concat([]byte(`{"script":`), travelling()[script], []byte(`,"parameters":`), parameters, []byte(`,"nonce":"`+nonce+`"}`))
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
