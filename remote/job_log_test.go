package remote

import (
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
)

// logOf is what job-poll answers about j-1 with these lines.
func logOf(lines string) string {
	return `{"job":"j-1","kind":"install","existed":true,"state":"running","seq":9,"lines":[` + lines + `]}`
}

func TestTheLogOfAJobIsReadFromTheLineThatIsKnown(t *testing.T) {
	f, s, parameters := answering(t, "job-poll", logOf(`{"seq":8,"at":"2026-11-10T20:00:00Z","phase":"installing","percent":35,"kb":"KB5034129","text":"a\u001b[2Jb"},`+
		`{"seq":9,"at":"2026-11-10T20:00:05Z","phase":"installing","percent":40,"kb":"","text":""}`))
	lines, err := f.JobLog(t.Context(), s.target, "j-1", 7, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := rollout.JobLine{Seq: 8, At: time.Date(2026, 11, 10, 20, 0, 0, 0, time.UTC), Phase: "installing", Percent: 35, KB: "KB5034129", Text: "ab"}
	if len(lines) != 2 || lines[0] != want || lines[1].Percent != 40 {
		t.Errorf("%+v", lines)
	}
	if p := *parameters; p["after"] != 7.0 || p["most"] != 2.0 {
		t.Errorf("asked for %v", p)
	}
}

func TestALogThatCannotBeTrueIsRefused(t *testing.T) {
	line := `{"seq":1,"at":"2026-11-10T20:00:00Z","phase":"x","percent":1,"kb":"","text":""}`
	for name, answer := range map[string]string{
		"more than asked": logOf(strings.Repeat(line+",", 3) + line),
		"another job":     strings.Replace(logOf(line), "j-1", "j-2", 1),
		"no time":         logOf(strings.Replace(line, "2026-11-10T20:00:00Z", "soon", 1)),
		"percent":         logOf(strings.Replace(line, `"percent":1`, `"percent":101`, 1)),
		"number":          logOf(strings.Replace(line, `"seq":1`, `"seq":-1`, 1)),
		"update":          logOf(strings.Replace(line, `"kb":""`, `"kb":"rm -rf"`, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			f, s, _ := answering(t, "job-poll", answer)
			_, err := f.JobLog(t.Context(), s.target, "j-1", 0, 3)
			failed(t, err, rollout.ClassProtocol, "PD-REPLY")
		})
	}
}
