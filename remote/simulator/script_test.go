package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

func TestEveryScriptThatCanBeSentHasABehaviour(t *testing.T) {
	for _, s := range assets.Scripts() {
		_, runs := behaviours[s.Name]
		isBody := false
		for _, kind := range kinds {
			isBody = isBody || s.Name == "job-"+kind
		}
		if runs == isBody {
			t.Errorf("script %s: behaviour %v, body of a job %v: want one of them", s.Name, runs, isBody)
		}
	}
}

func TestATextThatIsNotOursIsNotRun(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 1, Seed: 1})
	ours, _ := assets.Script("facts")
	ours = ours.Bare()
	other := assets.ScriptFile{Text: "Stop-Computer"}
	cases := []struct {
		what, script, code string
	}{
		{"unknown name", `{"name":"format-disk","version":1,"sha256":"","gzip":"` + other.Packed() + `"}`, noCommand},
		{"another text", fmt.Sprintf(`{"name":"facts","version":%d,"sha256":"%s","gzip":"%s"}`, ours.Version, ours.SHA256, other.Packed()), badDigest},
		{"nothing", fmt.Sprintf(`{"name":"facts","version":%d,"sha256":"%s"}`, ours.Version, ours.SHA256), badDigest},
		{"not packed", fmt.Sprintf(`{"name":"facts","version":%d,"sha256":"%s","gzip":"U3RvcC1Db21wdXRlcg=="}`, ours.Version, ours.SHA256), badDigest},
		{"another version", fmt.Sprintf(`{"name":"facts","version":%d,"sha256":"%s","gzip":"%s"}`, ours.Version+1, ours.SHA256, ours.Packed()), badArgument},
	}
	for _, c := range cases {
		stdin := fmt.Sprintf(`{"script":%s,"parameters":{},"nonce":"%s"}`, c.script, strings.Repeat("ab", 16))
		exit := b.hosts[0].Run(t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: []byte(stdin)})
		if !bytes.Contains(exit.Stdout, []byte(`"ok":false`)) || !bytes.Contains(exit.Stdout, []byte(c.code)) {
			t.Errorf("%s: exit %d, %s", c.what, exit.Code, exit.Stdout)
		}
	}
}

func TestBadParametersAreAnsweredWithAnErrorInTheEnvelope(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 1, Seed: 1})
	cases := map[string]any{
		"job-poll":   map[string]any{"job": "../../Windows"},
		"job-start":  map[string]any{"job": "x-1", "kind": "format"},
		"job-cancel": map[string]any{"job": strings.Repeat("a", 61)},
		"job-remove": []int{1},
		"restart":    map[string]any{"restart": "r-1"},
		"verify":     "now",
	}
	for script, parameters := range cases {
		exit := b.hosts[0].Run(t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: request(t, script, parameters)})
		if exit.Code != 0 || !bytes.Contains(exit.Stdout, []byte(badArgument)) {
			t.Errorf("%s: exit %d, %s", script, exit.Code, exit.Stdout)
		}
	}
}

func TestARequestThatIsNoneFailsAsTheBootstrapWould(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 1, Seed: 1})
	for _, stdin := range []string{"", "null", "{", `{"nonce":"x"}`, `{"nonce":"` + strings.Repeat("0f", 16) + `"} {}`} {
		exit := b.hosts[0].Run(t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: []byte(stdin)})
		if exit.Code != 1 || len(exit.Stdout) != 0 || !bytes.HasPrefix(exit.Stderr, []byte("#< CLIXML")) {
			t.Errorf("%q: exit %d, %q, %q", stdin, exit.Code, exit.Stdout, exit.Stderr)
		}
	}
}

func TestCommandLines(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 1, Seed: 1})
	h := b.hosts[0]
	cases := []struct {
		line         string
		code         int
		stdout, says string
	}{
		{"hostname", 0, h.name + "\r\n", ""},
		{`C:\Windows\System32\HOSTNAME.EXE`, 0, h.name + "\r\n", ""},
		{`"C:\Windows\System32\whoami.exe"`, 0, `corp\svc-patching` + "\r\n", ""},
		{"echo two  words", 0, "two  words\r\n", ""},
		{"ver", 0, "\r\nMicrosoft Windows [Version 10.0.14393.8519]\r\n", ""},
		{"format c:", 1, "", "'format' is not recognized"},
		{" ", 0, "", ""},
		{"powershell -NoProfile -EncodedCommand RwBlAHQALQBEAGEAdABlAA==", 1, "", "The term &#39;Get-Date&#39; is not recognized"},
		{"powershell -EncodedCommand", 1, "", "is not recognized"},
		{"powershell.exe Get-Process", 1, "", "The term &#39;Get-Process&#39;"},
	}
	for _, c := range cases {
		exit := h.Run(t.Context(), wsman.Command{Line: c.line, User: user})
		if exit.Code != c.code || string(exit.Stdout) != c.stdout || !strings.Contains(string(exit.Stderr), c.says) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", c.line, exit.Code, exit.Stdout, exit.Stderr)
		}
		if h.NeedsInput(c.line) || h.Converse(c.line, user) != nil {
			t.Errorf("%q waits for input", c.line)
		}
	}
	for _, line := range []string{assets.BootstrapCommandLine(), strings.Replace(assets.BootstrapCommandLine(), "-EncodedCommand", "-enc", 1)} {
		if h.Converse(line, user) == nil || h.NeedsInput(line) {
			t.Errorf("the bootstrap does not answer line by line: %.60s", line)
		}
	}
}

func FuzzBootstrap(f *testing.F) {
	for _, script := range []string{"facts", "job-start", "restart"} {
		f.Add(request(f, script, map[string]any{"job": "j-1", "restart": "r-1", "after": -1}))
	}
	f.Add([]byte(`{"script":{"name":"facts"},"nonce":"00000000000000000000000000000000"}`))
	f.Fuzz(func(t *testing.T, stdin []byte) {
		b := newWorkbench(t, Config{Servers: 1, Seed: 1})
		exit := b.hosts[0].Run(t.Context(), wsman.Command{Line: assets.BootstrapCommandLine(), Stdin: stdin})
		if exit.Code != 0 {
			return
		}
		lines := bytes.Split(exit.Stdout, []byte("\n"))
		if len(lines) != 5 || !json.Valid(lines[2]) {
			t.Errorf("an answer that is no envelope: %q", exit.Stdout)
		}
	})
}

func FuzzCommandLine(f *testing.F) {
	f.Add(assets.BootstrapCommandLine())
	f.Add(`"C:\a b\powershell.exe" -e !`)
	f.Add("echo")
	f.Fuzz(func(t *testing.T, line string) {
		b := newWorkbench(t, Config{Servers: 1, Seed: 1})
		exit := b.hosts[0].Run(t.Context(), wsman.Command{Line: line, User: user})
		if program, _ := splitProgram(line); exit.Code == 0 && program != "" && len(exit.Stdout) == 0 {
			t.Errorf("%q succeeded without a word", line)
		}
	})
}

// Assets' README: a process keeps the scripts that had their hash; it keeps nothing of other processes.
func TestAProcessKeepsTheScriptsThatItWasSent(t *testing.T) {
	b := newWorkbench(t, Config{Servers: 1, Seed: 1})
	ours, _ := assets.Script("facts")
	ours = ours.Bare()
	short := fmt.Appendf(nil, `{"script":{"name":"facts","version":%d,"sha256":"%s"},"parameters":{},"nonce":"%s"}`,
		ours.Version, ours.SHA256, strings.Repeat("ab", 16))
	begin := func() wsman.Conversation { return b.hosts[0].Converse(assets.BootstrapCommandLine(), user) }
	first := begin()
	for what, exit := range map[string]wsman.Exit{
		"sent":        first(t.Context(), request(t, "facts", struct{}{})),
		"known":       first(t.Context(), short),
		"known again": first(t.Context(), short),
	} {
		if facts := decode[shownFacts](t, exit); facts.Hostname != b.hosts[0].name {
			t.Errorf("%s: %+v", what, facts)
		}
	}
	if exit := begin()(t.Context(), short); !bytes.Contains(exit.Stdout, []byte(badDigest)) {
		t.Errorf("a new process: %s", exit.Stdout)
	}
}
