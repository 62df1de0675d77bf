package simulator

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

// call is what the bootstrap reads from standard input.
type call struct {
	Script     scriptText      `json:"script"`
	Parameters json.RawMessage `json:"parameters"`
	Nonce      string          `json:"nonce"`
}

// scriptText is a script on its way: packed to run now, or as a text that is the body of a job.
type scriptText struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
	Packed  string `json:"gzip"` // base64; left out by who sent the script before
	Text    string `json:"text"`
}

// answer is the envelope that the bootstrap writes.
type answer struct {
	Patchdeck int      `json:"patchdeck"`
	Nonce     string   `json:"nonce"`
	Script    string   `json:"script"`
	Version   int      `json:"version"`
	OK        bool     `json:"ok"`
	Result    any      `json:"result,omitempty"`
	Error     *problem `json:"error,omitempty"`
}

// problem is why a script failed, as its envelope carries it.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *problem) Error() string { return p.Code + " " + p.Message }

const (
	badDigest   = "0x80096010" // TRUST_E_BAD_DIGEST
	badArgument = "0x80070057" // E_INVALIDARG
	noCommand   = "0x80131501" // what a .NET exception of no special kind carries
)

// maxRequest is the largest standard input that the bootstrap takes here, in bytes.
const maxRequest = 4 << 20

var noncePattern = regexp.MustCompile(`\A[0-9a-f]{32}\z`)

// readCall reads one call; what the real bootstrap would throw on is an error.
func readCall(stdin []byte) (c call, err error) {
	if len(stdin) > maxRequest {
		return c, fmt.Errorf("the request has %d bytes, at most %d are read", len(stdin), maxRequest)
	}
	if err := json.Unmarshal(stdin, &c); err != nil {
		return c, fmt.Errorf("the request is no JSON object: %w", err)
	}
	if !noncePattern.MatchString(c.Nonce) {
		return c, errors.New("the request has no nonce")
	}
	return c, nil
}

// behaviour is what a script does on a server, written in Go. The host is locked.
type behaviour func(h *host, parameters json.RawMessage, now time.Time) (any, error)

var behaviours = map[string]behaviour{
	"facts":  (*host).runFacts,
	"health": (*host).runHealth,
	"verify": (*host).runVerify,

	"removable": (*host).runRemovable,

	"baseline": (*host).runBaseline,
	"clean-up": (*host).runCleanUp,

	"fsmo-move":   (*host).runRoleMove,
	"fsmo-return": (*host).runRoleReturn,

	"monitoring": (*host).runMonitoring,

	"cluster-state":   (*host).runClusterState,
	"cluster-suspend": (*host).runClusterSuspend,
	"cluster-resume":  (*host).runClusterResume,

	"restart":    (*host).runRestart,
	"job-start":  (*host).runJobStart,
	"job-poll":   (*host).runJobPoll,
	"job-cancel": (*host).runJobCancel,
	"job-remove": (*host).runJobRemove,
}

// process is one run of the bootstrap. Its lines are answered one by one.
type process struct {
	host  *host
	known []string // the hashes of the scripts that it was sent
}

// answer does what bootstrap.ps1 does with a line: checks the hash, runs the script, writes the envelope.
func (p *process) answer(_ context.Context, line []byte) wsman.Exit {
	c, err := readCall(line)
	if err != nil {
		return powershellError("patchdeck: " + err.Error())
	}
	result, err := p.run(c)
	a := answer{Patchdeck: 1, Nonce: c.Nonce, Script: c.Script.Name, Version: c.Script.Version, OK: err == nil, Result: result}
	if err != nil && !errors.As(err, &a.Error) {
		a.Error = &problem{noCommand, err.Error()}
	}
	body, err := json.Marshal(a)
	if err != nil {
		return powershellError("patchdeck: " + err.Error())
	}
	return p.host.surround(wsman.Exit{Stdout: fmt.Appendf(nil, "\n-----BEGIN PATCHDECK %s-----\n%s\n-----END PATCHDECK %s-----\n", c.Nonce, body, c.Nonce)})
}

func (p *process) run(c call) (any, error) {
	if !slices.Contains(p.known, c.Script.SHA256) {
		if err := c.Script.unpack(); err != nil {
			return nil, err
		}
		byName, _ := bare()
		if err := c.Script.check(byName[c.Script.Name]); err != nil {
			return nil, err
		}
		p.known = append(p.known, c.Script.SHA256)
	}
	run, ok := behaviours[c.Script.Name]
	if !ok {
		return nil, fmt.Errorf("the simulated server has no behaviour for the script %q", c.Script.Name)
	}
	now := p.host.enter()
	defer p.host.mu.Unlock()
	return run(p.host, c.Parameters, now)
}

// bare is every script of ours as our own client sends it to be run, by name and, which saves the unpacking, by the packed text.
var bare = sync.OnceValues(func() (byName map[string]assets.ScriptFile, texts map[string]string) {
	byName, texts = map[string]assets.ScriptFile{}, map[string]string{}
	for _, s := range assets.Scripts() {
		byName[s.Name] = s.Bare()
		texts[byName[s.Name].Packed()] = byName[s.Name].Text
	}
	return byName, texts
})

// unpack sets the text that a script was packed from.
func (s *scriptText) unpack() error {
	if _, texts := bare(); texts[s.Packed] != "" {
		s.Text = texts[s.Packed]
		return nil
	}
	reader, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(s.Packed)))
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(reader, maxRequest))
	}
	if err != nil {
		return &problem{badDigest, "the script cannot be unpacked: " + err.Error()}
	}
	s.Text = string(text)
	return nil
}

// check tells whether the text is ours, the script that bears its name, if there is one. Another text could only be run, and
// nothing is run here.
func (s scriptText) check(ours assets.ScriptFile) error {
	switch {
	case ours.Name == "":
		return &problem{noCommand, fmt.Sprintf("the simulated server knows no script %q", s.Name)}
	case s.Text != ours.Text || s.SHA256 != ours.SHA256:
		return &problem{badDigest, fmt.Sprintf("the text of script %s does not have the hash of version %d", s.Name, ours.Version)}
	case s.Version != ours.Version:
		return &problem{badArgument, fmt.Sprintf("script %s is version %d here, not %d", s.Name, ours.Version, s.Version)}
	}
	return nil
}

// read decodes a script's parameters.
func read[T any](parameters json.RawMessage) (into T, err error) {
	if err := json.Unmarshal(parameters, &into); err != nil {
		return into, &problem{badArgument, "parameters: " + err.Error()}
	}
	return into, nil
}
