package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
)

// policy compares the rollout policy of the configuration with the one that the daemon is led by: it reads the file when it starts.
func (p *patient) policy() (string, error) {
	if p.config == nil {
		return "", errUnread
	}
	words := "rollouts are led by the default rules"
	if own := p.config.Rollout.Against(nil); len(own) > 0 {
		words = "rollouts are led by the default rules but for " + differences(own)
	}
	if !p.daemon {
		return words, nil
	}
	inForce, err := p.policyOfDaemon()
	if err != nil {
		return words + "; the daemon was not asked", nil // the check of the daemon says why
	}
	if late := p.config.Rollout.Against(inForce); len(late) > 0 {
		return "", warns("start patchdeck serve again when no window is open", "the daemon is not led by what config.yaml says: %s", differences(late))
	}
	return words, nil
}

func differences(list []rollout.Difference) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = fmt.Sprintf("%s %s -> %s", d.Name, d.From, d.To)
	}
	return strings.Join(words, ", ")
}

// policyOfDaemon asks the daemon for its settings.
func (p *patient) policyOfDaemon() (map[string]string, error) {
	var out bytes.Buffer
	_, code, err := forward(p.ctx, p.data, []string{"rollout", "policy", "--json"}, command.Streams{In: strings.NewReader(""), Out: &out, Err: io.Discard})
	if err != nil || code != command.Done {
		return nil, cmp.Or(err, errors.New("no answer"))
	}
	inForce := map[string]string{}
	for line := range strings.Lines(out.String()) {
		var setting struct{ Name, Value string }
		if err := json.Unmarshal([]byte(line), &setting); err != nil {
			return nil, err
		}
		inForce[setting.Name] = setting.Value
	}
	return inForce, nil
}
