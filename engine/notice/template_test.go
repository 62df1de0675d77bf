package notice

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"patchdeck/assets"
)

func standard(t testing.TB) *Templates {
	t.Helper()
	templates, err := ParseTemplates(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	return templates
}

// Handbook section 9: notices from templates, each with what the reader has to do.
func TestEveryKindHasATemplateThatTellsWhatToDo(t *testing.T) {
	templates := standard(t)
	for _, l := range Kinds {
		for i, facts := range samples() {
			subject, body, err := templates.Render(l.Kind, facts, "k.osei", "")
			if err != nil {
				t.Errorf("%s, sample %d: %v", l.Kind, i, err)
			}
			if !strings.Contains(body, "What you do now:") {
				t.Errorf("%s, sample %d: the body does not say what to do:\n%s", l.Kind, i, body)
			}
			if i == 1 && (!strings.Contains(subject+body, "2026-11-security") || strings.Contains(body, "<no value>") || strings.Contains(body, "not set")) {
				t.Errorf("%s: %s\n%s", l.Kind, subject, body)
			}
		}
	}
}

func TestWhatPeopleAndServersWroteStaysOnItsLine(t *testing.T) {
	facts := samples()[1]
	hostile := Text("x\r\nBcc: everybody@example.com\r\n\r\n<script>\x1b[2J\u202e\x00{{.Release}}")
	facts.Release.Title, facts.Rollout.Reason, facts.Failures[0].Why = hostile, hostile, hostile
	for _, l := range Kinds {
		subject, body, err := standard(t).Render(l.Kind, facts, "k.osei", string(hostile))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range subject + body {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s holds %U", l.Kind, r)
			}
		}
		if strings.Contains(subject, "\n") {
			t.Errorf("%s: the subject has two lines: %q", l.Kind, subject)
		}
		for line := range strings.Lines(body) {
			if strings.HasPrefix(line, "Bcc:") {
				t.Errorf("%s: a value began a line of its own:\n%s", l.Kind, body)
			}
		}
	}
}

func TestAWrongTemplateIsRefusedWithWhatIsWrong(t *testing.T) {
	good := `{{define "subject"}}s{{end}}{{define "body"}}b{{end}}`
	for text, says := range map[string]string{
		`{{define "subject"}}s{{end}}`:                                                                                           `does not define "body"`,
		`{{define "body"}}b{{end}}`:                                                                                              `does not define "subject"`,
		`{{define "subject"}}{{end}}{{define "body"}}{{end}}`:                                                                    "subject is empty",
		`{{define "subject"}}{{.Nothing}}{{end}}{{define "body"}}{{end}}`:                                                        "Nothing",
		`{{define "subject"}}s{{end}}{{define "body"}}{{.Release.Nothing}}{{end}}`:                                               "Nothing",
		`{{define "subject"}}s{{end}}{{define "body"}}{{range 1000000000}}x{{end}}{{end}}`:                                       "range goes over a list",
		`{{define "subject"}}s{{end}}{{define "body"}}{{printf "%1000000000d" 1}}{{end}}`:                                        `"printf" is not possible`,
		`{{define "subject"}}s{{end}}{{define "body"}}{{template "subject" .}}{{end}}`:                                           "stands alone",
		`{{define "subject"}}s{{end}}{{define "body"}}{{html .Release.ID}}{{end}}`:                                               `"html" is not possible`,
		`{{define "subject"}}s{{end}}{{define "body"}}{{if index .Updates 0}}{{end}}{{end}}`:                                     `"index" is not possible`,
		`{{define "subject"}}s{{end}}{{define "body"}}{{unknown}}{{end}}`:                                                        "unknown",
		`{{define "subject"}}s{{end}}{{define "body"}}{{`:                                                                        "unclosed action",
		strings.Repeat(" ", mostTemplate) + good:                                                                                 "longer than",
		`{{define "subject"}}s{{end}}{{define "body"}}{{range .Updates}}` + strings.Repeat("x", 100) + `{{.Size}}{{end}}{{end}}`: "Size",
	} {
		_, err := ParseTemplates(assets.Templates(), fstest.MapFS{"progress.txt": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "progress.txt") {
			t.Errorf("%.80q: error %v, want %q", text, err, says)
		}
	}
	if _, err := ParseTemplates(assets.Templates(), fstest.MapFS{"progres.txt": {Data: []byte(good)}}); err == nil || !strings.Contains(err.Error(), "progress.txt") {
		t.Errorf("a file whose name is no kind: %v", err)
	}
	if _, err := ParseTemplates(fstest.MapFS{"progress.txt": {Data: []byte(good)}}); err == nil || !strings.Contains(err.Error(), "heads-up.txt is missing") {
		t.Errorf("a folder without the other kinds: %v", err)
	}
}

func TestATemplateOfTheHouseTakesThePlaceOfOurs(t *testing.T) {
	templates, err := ParseTemplates(assets.Templates(), fstest.MapFS{"progress.txt": {Data: []byte(`{{define "subject"}}Hoi {{.Release.ID}}{{end}}{{define "body"}}{{range .Rings}}{{.Ring}}{{end}}{{end}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	subject, body, err := templates.Render(Progress, samples()[1], "k.osei", "see you\nat nine")
	if err != nil || subject != "Hoi 2026-11-security" || body != "Prod\n\nk.osei adds: see you at nine\n" {
		t.Errorf("%q %q %v", subject, body, err)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(`{{define "subject"}}{{.Release.Title}}{{end}}{{define "body"}}{{range .Updates}}{{.KB}}{{else}}none{{end}}{{end}}`, "a title")
	f.Add(`{{define "subject"}}s{{end}}{{define "body"}}{{with .Change}}{{if and .Emergency (gt 1 2)}}{{.ID}}{{end}}{{end}}{{end}}`, "\r\nBcc: x")
	f.Add(`{{define "subject"}}{{list .Acceptance.Pending}}x{{end}}{{define "body"}}{{count (len .Windows) "window"}}{{end}}`, "\x1b]0;x\a")
	f.Add(`{{define "body"}}{{break}}{{end}}`, "")
	f.Fuzz(func(t *testing.T, text, value string) {
		parsed, err := parseTemplate("fuzz", text)
		if err != nil {
			return
		}
		facts := samples()[1]
		facts.Release.Title, facts.Acceptance.Pending = Text(value), []Text{Text(value)}
		subject, body, err := render(parsed, facts)
		if err == nil && (strings.ContainsAny(subject, "\r\n") || len(body) > mostBody+1) {
			t.Errorf("subject %q, %d bytes of body", subject, len(body))
		}
	})
}
