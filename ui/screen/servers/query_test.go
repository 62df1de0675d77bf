package servers

import (
	"slices"
	"strings"
	"testing"

	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
)

func write(q *query, text string) {
	for _, r := range text {
		q.key(part.Key{Name: string(r), Text: string(r)})
	}
}

func TestPlainWordsAreToldFromExpressions(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "sql prod": false, "dc": false, "site": false, "retail and payroll": false, "os 2019": false,
		`site == "DUB"`: true, "not dc": true, "dc and known": true, `os contains "2019"`: true, "free_gb<10": true, `"SQL" in applications`: true, "(dc)": true, "site ==": true,
	} {
		if got := isExpression(text); got != want {
			t.Errorf("%q is an expression: %v, want %v", text, got, want)
		}
	}
}

func TestWhatIsWrongIsSaidAndTheTextAndTheLastGoodFilterStay(t *testing.T) {
	var q query
	q.open()
	write(&q, `site == "DUB"`)
	if q.wrong != "" || q.expr != `site == "DUB"` {
		t.Fatalf("expression %q, wrong %q", q.expr, q.wrong)
	}
	write(&q, ` and nonsense > 3`)
	if q.wrong == "" || strings.ContainsAny(q.wrong, "\n") || strings.Contains(q.wrong, "fields:") {
		t.Errorf("said is %q", q.wrong)
	}
	if q.text() != `site == "DUB" and nonsense > 3` || q.filter == nil || !strings.HasPrefix(q.expr, `site == "DUB"`) {
		t.Errorf("text %q, narrowed by %q", q.text(), q.expr)
	}
}

func TestCompletionProposesFieldsThenOperatorsThenValues(t *testing.T) {
	q := query{values: map[string][]string{"site": {`"CHO"`, `"DUB"`}, "applications": {`"Payroll"`, `"Web shop"`}}}
	q.open()
	for _, step := range []struct{ write, text, first string }{
		{"sit", "site ", "=="},
		{"", "site == ", `"CHO"`},
		{"d", `site == "DUB" `, "and"},
		{"", `site == "DUB" and `, "id"},
		{"appl", `site == "DUB" and applications `, `"Payroll"`},
		{"w", `site == "DUB" and "Web shop" in applications `, "and"},
	} {
		write(&q, step.write)
		q.key(part.Key{Name: "tab"})
		if q.field.Text() != step.text {
			t.Fatalf("after %q and tab the field holds %q, want %q", step.write, q.field.Text(), step.text)
		}
		if fit := q.proposals(); len(fit) == 0 || fit[0] != step.first {
			t.Fatalf("after %q come %v, want %s first", step.text, fit, step.first)
		}
	}
	if q.wrong != "" || !strings.Contains(q.expr, "in applications") {
		t.Errorf("what was completed is wrong: %s", q.wrong)
	}
}

func TestEarlierFiltersComeBackWithTheUpArrow(t *testing.T) {
	var q query
	for _, text := range []string{"sql", "web", "sql"} {
		q.open()
		write(&q, text)
		q.key(part.Key{Name: "enter"})
		q.clear()
	}
	q.open()
	var seen []string
	for range 3 {
		q.key(part.Key{Name: "up"})
		seen = append(seen, q.text())
	}
	q.key(part.Key{Name: "down"})
	q.key(part.Key{Name: "down"})
	if want := []string{"sql", "web", "web"}; !slices.Equal(seen, want) || q.text() != "" {
		t.Errorf("recalled %v, want %v; then %q", seen, want, q.text())
	}
}

// FuzzQuery types anything and completes it: nothing panics, nothing that was typed is lost by completing.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", `site == "`, `not (dc and "a\"b" in roles`, "==", "\x1b[2J", `"\`, "é = ü", strings.Repeat("(", 600)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := query{values: map[string][]string{"site": {`"DUB"`}, "roles": {`"Web \" Server"`}}}
		q.open()
		q.field.Set(text)
		q.read()
		if q.filter == nil && q.expr != "" {
			t.Errorf("%q narrows by nothing", text)
		}
		q.complete()
		q.read()
		if isExpression(q.text()) && q.filter == nil && q.wrong == "" {
			t.Errorf("%q is neither good nor wrong", text)
		}
		if _, err := inventory.CompileFilter(q.expr); q.expr != "" && err != nil {
			t.Errorf("%q: %v", q.expr, err)
		}
	})
}
