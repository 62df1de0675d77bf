package procedure

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// tables are the parts of the documentation that come from data.
func tables() string {
	var text strings.Builder
	line := func(format string, args ...any) {
		text.WriteString("//" + strings.TrimRight("\t"+fmt.Sprintf(format, args...), " \t") + "\n")
	}
	line("%-3s %-20s %-33s %-12s %s", "#", "due", "who", "completes", "builds on")
	for _, t := range Tasks {
		completes := "by hand"
		if t.Auto {
			completes = "engine"
		} else if t.Escalates > 0 {
			completes = fmt.Sprintf("with %d", t.Escalates)
		}
		line("%-3d %-20s %-33s %-12s %s", t.Number, t.Rule, t.Who, completes, strings.Trim(fmt.Sprint(t.BuildsOn), "[]"))
	}
	text.WriteString("//\n// A task goes from state to state:\n//\n")
	for _, t := range Transitions {
		line("%-8s -> %-8s %-8s %-8s %s", t.From, t.To, t.By, t.Step, t.Meaning)
	}
	text.WriteString("//\n// An action of a review:\n//\n")
	for _, t := range ActionTransitions {
		line("%-8s -> %-8s %-8s %-8s %s", t.From, t.To, t.By, t.Step, t.Meaning)
	}
	return text.String()
}

// String writes a rule as the handbook does, from the last closing as far as it counts from there.
func (r Rule) String() string {
	clock := func(m Moment) string {
		return fmt.Sprintf("%02d:%02d", m.Clock/time.Hour, m.Clock%time.Hour/time.Minute)
	}
	switch {
	case r.Counts == AtOpening:
		return "first opening"
	case r.Counts == WhileOpen:
		return "daily 10:00, closing"
	case r.Counts == DayAfter:
		return "daily " + clock(r.By)
	case r.Counts == FromClosing && r.From != r.By:
		return fmt.Sprintf("close +%d to +%d %s", r.From.Day-prodDay, r.By.Day-prodDay, clock(r.By))
	case r.Counts == FromClosing:
		return fmt.Sprintf("close +%d %s", r.By.Day-prodDay, clock(r.By))
	case r.From != r.By:
		return fmt.Sprintf("day %+d to %+d %s", r.From.Day, r.By.Day, clock(r.By))
	}
	return fmt.Sprintf("day %+d %s", r.By.Day, clock(r.By))
}

// The tables in the documentation are those that the program runs on. REWRITE_DOC=1 go test ./engine/procedure -run Documentation writes them.
func TestTheDocumentationHoldsTheTables(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "// The month's tasks:\n//\n", "//\n// Start reading"
	head, rest, ok := strings.Cut(string(text), begin)
	old, tail, also := strings.Cut(rest, end)
	if !ok || !also {
		t.Fatal("doc.go lacks the place of the tables")
	}
	if old == tables() {
		return
	}
	if os.Getenv("REWRITE_DOC") == "" {
		t.Fatalf("doc.go does not hold the tables as they are; REWRITE_DOC=1 go test ./engine/procedure -run Documentation writes them. They are\n%s", tables())
	}
	if err := os.WriteFile("doc.go", []byte(head+begin+tables()+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
