package notice

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

const (
	mostTemplate = 32 << 10 // bytes of one template
	mostSubject  = 150      // characters
	mostBody     = 64 << 10 // bytes
	mostNote     = 2000     // characters of a person's own words
)

// suffix ends the names of templates: heads-up.txt.
const suffix = ".txt"

// Templates are the checked texts of every kind.
type Templates struct {
	byKind map[Kind]*template.Template
}

// words are the functions that templates may call beside the comparisons of text/template.
var words = template.FuncMap{
	"count": func(n int, noun string) string {
		if n == 1 {
			return "1 " + noun
		}
		return fmt.Sprintf("%d %ss", n, noun)
	},
	"list": func(texts []Text) string {
		clean := make([]string, len(texts))
		for i, t := range texts {
			clean[i] = t.String()
		}
		return strings.Join(clean, ", ")
	},
}

// builtin are the functions of text/template that a template may call: nothing that could print without bounds or undo Text.
var builtin = []string{"and", "or", "not", "len", "eq", "ne", "lt", "le", "gt", "ge", "count", "list"}

// ParseTemplates reads the template of every kind from a folder; where a later folder holds one of the same name, that one counts.
// A file of another name is a mistake and refused. Every template is tried before it is believed.
func ParseTemplates(folders ...fs.FS) (*Templates, error) {
	t := &Templates{byKind: map[Kind]*template.Template{}}
	var problems []error
	for _, folder := range folders {
		files, err := fs.ReadDir(folder, ".")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if strings.HasPrefix(f.Name(), ".") {
				continue
			}
			if err := t.add(folder, f); err != nil {
				problems = append(problems, fmt.Errorf("template %s: %w", f.Name(), err))
			}
		}
	}
	for _, l := range Kinds {
		if t.byKind[l.Kind] == nil && len(problems) == 0 {
			problems = append(problems, fmt.Errorf("template %s%s is missing", l.Kind, suffix))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Templates) add(folder fs.FS, f fs.DirEntry) error {
	name, isText := strings.CutSuffix(f.Name(), suffix)
	kind, err := ParseKind(name)
	if !isText || err != nil || string(kind) != name || f.IsDir() {
		var known []string
		for _, l := range Kinds {
			known = append(known, string(l.Kind)+suffix)
		}
		return fmt.Errorf("no notice has this template: a folder of templates holds %s", strings.Join(known, ", "))
	}
	file, err := folder.Open(path.Clean(f.Name()))
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostTemplate+1))
	if err != nil {
		return err
	}
	parsed, err := parseTemplate(name, string(text))
	if err != nil {
		return err
	}
	t.byKind[kind] = parsed
	return nil
}

// parseTemplate reads one template and tries it on facts that are empty and on facts that are full.
func parseTemplate(name, text string) (*template.Template, error) {
	if len(text) > mostTemplate {
		return nil, fmt.Errorf("it is longer than %d bytes", mostTemplate)
	}
	parsed, err := template.New(name).Funcs(words).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, plainError(err)
	}
	for _, part := range []string{"subject", "body"} {
		if parsed.Lookup(part) == nil {
			return nil, fmt.Errorf(`it does not define %q: write {{define %q}}...{{end}}`, part, part)
		}
	}
	for _, part := range parsed.Templates() {
		if part.Tree == nil {
			continue
		}
		if err := checkNode(part.Tree.Root); err != nil {
			return nil, err
		}
	}
	for _, facts := range samples() {
		if _, _, err := render(parsed, facts); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}

// plainError takes the library's prefix off.
func plainError(err error) error {
	return errors.New(line(strings.TrimPrefix(err.Error(), "template: "), mostWords))
}

// checkNode refuses what a notice does not need and what could run long: loops over anything but a list of the facts, templates within
// templates, and functions that are not in the list.
func checkNode(node parse.Node) error {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		return checkAll(n.Nodes)
	case *parse.ActionNode:
		return checkNode(n.Pipe)
	case *parse.PipeNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Cmds {
			if err := checkAll(c.Args); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return checkAll([]parse.Node{n.Pipe, n.List, n.ElseList})
	case *parse.WithNode:
		return checkAll([]parse.Node{n.Pipe, n.List, n.ElseList})
	case *parse.RangeNode:
		if len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 || n.Pipe.Cmds[0].Args[0].Type() != parse.NodeField {
			return fmt.Errorf("line %d: range goes over a list of the facts, such as {{range .Windows}}", n.Line)
		}
		return checkAll([]parse.Node{n.Pipe, n.List, n.ElseList})
	case *parse.TemplateNode:
		return fmt.Errorf("line %d: a template stands alone: {{template}} is not possible here", n.Line)
	case *parse.IdentifierNode:
		if !slices.Contains(builtin, n.Ident) {
			return fmt.Errorf("the function %q is not possible here: use %s", n.Ident, strings.Join(builtin, ", "))
		}
	case *parse.ChainNode:
		return checkNode(n.Node)
	}
	return nil
}

func checkAll(nodes []parse.Node) error {
	for _, n := range nodes {
		if err := checkNode(n); err != nil {
			return err
		}
	}
	return nil
}

// bounded takes text up to a bound and then fails, which ends a template.
type bounded struct {
	text strings.Builder
	most int
}

var errLong = errors.New("it prints more than a notice may hold")

func (b *bounded) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > b.most {
		return 0, errLong
	}
	return b.text.Write(p)
}

func render(t *template.Template, facts Facts) (subject, body string, err error) {
	var head, text bounded
	head.most, text.most = mostBody, mostBody
	if err := t.ExecuteTemplate(&head, "subject", facts); err != nil {
		return "", "", plainError(err)
	}
	if err := t.ExecuteTemplate(&text, "body", facts); err != nil {
		return "", "", plainError(err)
	}
	subject = line(head.text.String(), mostSubject)
	if subject == "" {
		return "", "", errors.New("its subject is empty")
	}
	return subject, tidy(text.text.String()), nil
}

// tidy takes white space off the ends of lines, and more than one empty line in a row.
func tidy(text string) string {
	var lines []string
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, " \t\r\n")
		if l == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, l)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// Render gives the text of a notice. note are the words of who sends it, by name.
func (t *Templates) Render(kind Kind, facts Facts, by, note string) (subject, body string, err error) {
	parsed := t.byKind[kind]
	if parsed == nil {
		return "", "", fmt.Errorf("there is no template for %q", kind)
	}
	if subject, body, err = render(parsed, facts); err != nil {
		return "", "", fmt.Errorf("template %s%s: %w", kind, suffix, err)
	}
	if note = line(note, mostNote); note != "" {
		body += "\n" + line(by, mostText) + " adds: " + note + "\n"
	}
	return subject, body, nil
}

// samples are facts to try a template on: nothing at all, and something of everything.
func samples() []Facts {
	at := MomentIn(time.Date(2026, 11, 10, 21, 0, 0, 0, time.UTC), time.UTC)
	counts := CountFacts{Targeted: 21, Succeeded: 14, Failed: 2, Unreachable: 1, Missed: 1, NotStarted: 1, Open: 2, Excluded: 3}
	ring := RolloutFacts{ID: "R-3", Ring: "Prod", State: "halted", Reason: "too many failures", By: "engine", At: at, Counts: counts}
	return []Facts{{}, {
		At:       at,
		Release:  ReleaseFacts{ID: "2026-11-security", Title: "November 2026 security", Owner: "k.osei", Bulletin: "2026-Nov", Phase: "Deploy"},
		Change:   ChangeFacts{ID: "CHG-12", Priority: "High", State: "approved", Plan: "0123456789ab", By: "k.osei", Reason: "monthly", Emergency: true, Deadline: at, ConfirmBy: at},
		Updates:  []UpdateFacts{{KB: "KB5999001", Severity: "Critical", Restart: "yes", Exploited: true, Servers: 60}},
		Dropped:  []DroppedFacts{{KB: "KB5999002", By: "k.osei", Reason: "breaks printing"}},
		Restart:  "yes",
		Windows:  []WindowFacts{{ID: "W1", Ring: "Prod", Kind: "standard", Opens: at, Closes: at, Time: Span(at, MomentIn(at.at.Add(4*time.Hour), time.UTC)), Servers: 60}, {ID: "CHECK", Ring: "Prod", Kind: "check", Opens: at, Closes: at, Time: Span(at, MomentIn(at.at.Add(time.Hour), time.UTC))}},
		Servers:  60,
		Rollout:  ring,
		Rings:    []RolloutFacts{ring},
		Failures: []FailureFacts{{Server: "SRV-1", Status: "failed", Why: "rolled back", Code: "PD-BUILD", Incident: "INC-1"}},
		Unlisted: 1,
		Acceptance: AcceptanceFacts{Deadline: at, Pending: []Text{"shop"}, Passed: []Text{"pay"}, Failed: []Text{"print"}, Silent: []Text{"mail"},
			Lived: []Text{"scan"}},
		Overdue:   []Text{"the board's confirmation"},
		Cycle:     "November 2026",
		Party:     "change authority",
		ToDo:      "decide",
		Persons:   []Text{"a.das", "k.osei"},
		Tasks:     []TaskFacts{{Number: 7, Title: "Authorise the change request", ToDo: "ask the change authority", Due: at}, {Number: 8, Title: "Post availability issues", ToDo: "ask", Due: at}},
		Incidents: []IncidentFacts{{ID: "INC-1", Title: "rolled back", Server: "SRV-1", State: "open", Owner: "m.silva", Opened: at, Times: 2}},
		Measures:  []MeasureFacts{{ID: "ESC-1", Server: "SRV-1", Behind: "failed", AskedBy: "k.osei", Reason: "exploited", ApprovedBy: "a.das", Executive: "E. Ekholm"}},
	}}
}
