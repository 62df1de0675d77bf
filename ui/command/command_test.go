package command_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

// shell is a person at a command line over a console that a test made.
type shell struct {
	columns int // of the terminal; 0 is a pipe
	t       *testing.T
	console *uitest.Console
	env     command.Environment
	opened  int
	reads   bool // what the newest call opened its engine for
}

func at(t *testing.T, view *engine.View, roles ...approval.Role) *shell {
	s := &shell{t: t, console: uitest.NewConsole(view)}
	s.env = command.Environment{
		Version: "1.2.3", DefaultData: "/data", OpenFile: command.OpenFile, CreateFile: command.CreateFile,
		Secret: func(name string) (string, bool) { return "s3cret", name == "PROBE_PASSWORD" },
		Open: func(_ context.Context, _ string, reads bool) (*command.Session, error) {
			s.opened++
			s.reads = reads
			return &command.Session{Console: s.console, Actor: approval.Actor{Name: "k.osei", Roles: roles, Via: "socket"}, Zone: time.UTC,
				Windows: []string{"W1", "W2"}, Users: []command.User{
					{Name: "k.osei", Roles: []string{"lead", "on-call"}, OSUser: "kosei", Fingerprints: []string{"SHA256:abc"}},
					{Name: "m.silva", Roles: []string{"board"}}}}, nil
		},
	}
	return s
}

// What is piped or written to a file is read by scripts and searched by people: no cell of any table is cut there. On a terminal that is too
// narrow cells are, but never the first, which people copy.
func TestTablesAreCutOnNarrowTerminalsAlone(t *testing.T) {
	long := strings.Repeat("the owner asks for another window and says why at length ", 4)
	view := uitest.Night(60)
	for i := range view.Rollouts[2].Cells {
		view.Rollouts[2].Cells[i].Why = long
	}
	s := at(t, view, approval.Viewer)
	words := strings.Fields("rollout servers R-3 --status failed")
	widest := func(text string) int {
		most := 0
		for _, l := range strings.Split(text, "\n") {
			most = max(most, utf8.RuneCountInString(l))
		}
		return most
	}
	piped := s.expect(command.Done, strings.TrimSpace(long), words...).out
	if strings.Contains(piped, "…") {
		t.Errorf("what is piped is cut:\n%s", piped)
	}
	for columns, cuts := range map[int]bool{80: true, widest(piped) - 1: true, widest(piped): false, 1000: false} {
		s.columns = columns
		shown := s.expect(command.Done, "", words...).out
		if strings.Contains(shown, "…") != cuts || !cuts && shown != piped {
			t.Errorf("on %d columns:\n%s", columns, shown)
		}
		for i, l := range strings.Split(shown, "\n") {
			if name, _, _ := strings.Cut(l, "  "); !strings.HasPrefix(strings.Split(piped, "\n")[i], name) || strings.Contains(name, "…") {
				t.Errorf("on %d columns the first column is cut: %q", columns, l)
			}
		}
	}
	for _, words := range []string{"procedure gantt", "procedure show", "catalog list", "audit list", "change list", "incident list --all"} {
		s.columns = 0
		if r := s.expect(command.Done, "", strings.Fields(words)...); strings.Contains(r.out, "…") {
			t.Errorf("%s is cut in a pipe:\n%s", words, r.out)
		}
	}
}

type result struct {
	code     int
	out, err string
}

func (s *shell) run(input string, words ...string) result {
	s.t.Helper()
	var out, failed bytes.Buffer
	env := s.env
	env.Streams = command.Streams{In: strings.NewReader(input), Out: &out, Err: &failed, Columns: s.columns}
	code := command.Execute(s.t.Context(), command.New(env), words)
	return result{code, out.String(), failed.String()}
}

// expect runs words that must end with a code and say something on one of the two outputs.
func (s *shell) expect(code int, says string, words ...string) result {
	s.t.Helper()
	r := s.run("", words...)
	if r.code != code || !strings.Contains(r.out+r.err, says) {
		s.t.Errorf("%v: exit code %d, out %.300q, err %.600q; expected %d and %q", words, r.code, r.out, r.err, code, says)
	}
	return r
}

// gave expects that the newest command is this one.
func (s *shell) gave(want engine.Command) {
	s.t.Helper()
	given := s.console.Given()
	if len(given) == 0 || fmt.Sprintf("%#v", given[len(given)-1].Command) != fmt.Sprintf("%#v", want) {
		s.t.Errorf("gave %#v, expected %#v", given, want)
	}
}

func TestTablesForPeople(t *testing.T) {
	for name, words := range map[string][]string{
		"catalog-list":         {"catalog", "list"},
		"catalog-list-october": {"catalog", "list", "--bulletin", "2026-oct"},
		"inventory-list":       {"inventory", "list", "--filter", `environment == "Prod" and site == "DUB"`},
		"release-list":         {"release", "list"},
		"change-list":          {"change", "list"},
		"change-show":          {"change", "show", "chg-12"},
		"rollout-status":       {"rollout", "status"},
		"rollout-servers":      {"rollout", "servers", "r-3", "--status", "failed"},
		"notice-list":          {"notice", "list"},
		"notice-show":          {"notice", "show", "n-2"},
		"incident-list":        {"incident", "list", "--all"},
		"incident-show":        {"incident", "show", "inc-118"},
		"procedure-list":       {"procedure", "list"},
		"procedure-show":       {"procedure", "show"},
		"procedure-checklist":  {"procedure", "checklist", "2026-10"},
		"procedure-gantt":      {"procedure", "gantt"},
		"review-show":          {"review", "show"},
		"review-actions":       {"review", "actions", "--all"},
		"review-questions":     {"review", "questions"},
		"review-sources":       {"review", "sources"},
		"users":                {"users"},
	} {
		t.Run(name, func(t *testing.T) {
			r := at(t, uitest.Night(60), approval.Viewer).run("", words...)
			if r.code != command.Done || r.err != "" {
				t.Fatalf("exit code %d, err %q", r.code, r.err)
			}
			uitest.Golden(t, name, strings.TrimSuffix(r.out, "\n"))
		})
	}
}

func TestEmptyListsSayWhatToDo(t *testing.T) {
	s := at(t, &engine.View{}, approval.Lead)
	for says, words := range map[string][]string{
		"patchdeck catalog import":   {"catalog", "list"},
		"patchdeck inventory import": {"inventory", "list"},
		"patchdeck release create":   {"release", "list"},
		"patchdeck change submit":    {"change", "list"},
		"there is no rollout yet":    {"rollout", "status"},
		"there is no notice":         {"notice", "list"},
		"no month has begun yet":     {"procedure", "list"},
		"no action is open":          {"review", "actions"},
		"no outside source":          {"review", "sources"},
		"patchdeck incident open":    {"incident", "list"},
		"the audit trail is empty":   {"audit", "verify"},
	} {
		s.expect(command.Done, says, words...)
		if r := s.run("", append(words, "--json")...); r.code != command.Done || strings.Contains(r.out, says) {
			t.Errorf("%v --json: exit code %d, out %q", words, r.code, r.out)
		}
	}
}

func TestWrongUsageIsToldInOneLineWithWhatIsRight(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	s.env.Probe = func(context.Context, command.ProbeOptions) (inventory.Facts, error) { return inventory.Facts{}, nil }
	for says, words := range map[string]string{
		`patchdeck: patchdeck does not know "catlog"; do you mean catalog?`:                                                   "catlog",
		"patchdeck: patchdeck catalog needs a verb: add, file, import, installer, issue, list, relevance, rule, show, threat": "catalog",
		`patchdeck: patchdeck catalog does not know "lost"; do you mean list?`:                                                "catalog lost",
		"patchdeck: a verb is missing":                                                  "",
		"patchdeck inventory import: accepts 1 arg(s), received 0":                      "inventory import",
		"unknown flag: --frobnicate":                                                    "inventory list --frobnicate",
		"patchdeck: filter: ":                                                           "inventory list --filter nonsense",
		"patchdeck: a reason is missing":                                                "rollout halt R-3",
		`patchdeck: --priority "urgent" is not known: use Emergency, High, Medium, Low`: "change submit x --priority urgent --reason y",
		`patchdeck: the result "good" is not known: use passed, failed, workaround`:     "acceptance record CHG-12 Payroll good",
		"patchdeck: a note is missing":                                                  "acceptance record CHG-12 Payroll failed",
		"patchdeck: --plan needs at least 8 digits of the plan's hash":                  "change approve CHG-12 --reason y",
		`patchdeck: --status "lost" is not known: use not received,`:                    "rollout servers R-3 --status lost",
		"patchdeck: name the servers to try again, or give --failed":                    "rollout retry R-3 --reason y",
		"patchdeck: --length goes with --window":                                        "rollout retry R-3 --failed --length 2h --reason y",
		`patchdeck: --window "soon" is no day with a time`:                              "rollout retry R-3 --failed --window soon --reason y",
		`patchdeck: the kind of notice "gossip" is not known: use heads-up,`:            "notice send gossip R",
		"patchdeck: a resolution is missing":                                            "incident resolve INC-118",
		"patchdeck: --most 0 is out of range: use 1 to 10000":                           "audit list --most 0",
		"patchdeck: --bulletin is missing: there are 2026-Nov, 2026-Oct":                "release create x --reason y",
		"patchdeck: probe needs a server of the inventory, or --address":                "inventory probe",
		"patchdeck: probe takes a server's name or --address":                           "inventory probe x --address h:1",
		`patchdeck: patchdeck version takes no argument "x"`:                            "version x",
	} {
		r := s.expect(command.Usage, says, strings.Fields(words)...)
		if r.out != "" || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%q: out %q, err %q", words, r.out, r.err)
		}
	}
	if given := s.console.Given(); len(given) != 0 {
		t.Errorf("commands were given: %v", given)
	}
}

func TestWhatDoesNotExistIsToldWithWhereToLook(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	for says, words := range map[string]string{
		`there is no bulletin "2020-Jan": there are 2026-Nov, 2026-Oct`:  "catalog list --bulletin 2020-Jan",
		`there is no change request "CHG-99": see patchdeck change list`: "change show CHG-99",
		`there is no rollout "R-9": see patchdeck rollout status`:        "rollout pause R-9 --reason y",
		`the inventory has no server "nowhere"`:                          "inventory probe nowhere",
		"the environment variable OTHER is not set":                      "inventory probe --address 10.0.0.1:5985 --user u --password-env OTHER",
		"cannot read nowhere.csv: no such file or directory":             "inventory import nowhere.csv",
		"cannot read .: it is a folder":                                  "catalog import .",
		`there is no notice "N-99": see patchdeck notice list`:           "notice show N-99",
		`there is no incident "INC-9": see patchdeck incident list`:      "incident assign INC-9 k.osei",
		"CHG-12 now has the plan":                                        "change approve CHG-12 --plan 00000000 --reason y",
	} {
		s.env.Probe = func(context.Context, command.ProbeOptions) (inventory.Facts, error) { return inventory.Facts{}, nil }
		s.expect(command.Failure, says, strings.Fields(words)...)
	}
}

func TestEachVerbGivesItsCommand(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead, approval.Authority, approval.Board)
	view := s.console.View()
	name, id := view.Servers[3].Name, view.Servers[3].ID
	hash := view.Changes[1].PlanHash
	for words, want := range map[string]engine.Command{
		"release create R --bulletin 2026-Nov --kb KB1 --kb KB2 --reason why":     engine.CreateRelease{ID: "R", Title: "R", Bulletin: "2026-Nov", Updates: []string{"KB1", "KB2"}, Reason: "why"},
		"release drop R KB1 --reason why":                                         engine.DropUpdate{Release: "R", KB: "KB1", Reason: "why"},
		"change submit R --priority emergency --ceiling 40 --reason why":          engine.SubmitChange{Release: "R", Priority: approval.Emergency, Ceiling: 40, Reason: "why"},
		"change authorise CHG-12 --plan " + hash[:8] + " --reason why":            engine.DecideChange{Change: "CHG-12", Step: "authorise", PlanHash: hash, Reason: "why"},
		"change approve chg-12 --plan " + strings.ToUpper(hash) + " --reason why": engine.DecideChange{Change: "CHG-12", Step: "approve", PlanHash: hash, Reason: "why"},
		"change reject CHG-12 --plan " + hash + " --reason why":                   engine.DecideChange{Change: "CHG-12", Step: "reject", PlanHash: hash, Reason: "why"},
		"acceptance record CHG-12 Payroll passed":                                 engine.RecordAcceptance{Change: "CHG-12", Application: "Payroll", Result: "passed"},
		"acceptance record CHG-12 Payroll workaround --note later":                engine.RecordAcceptance{Change: "CHG-12", Application: "Payroll", Result: "workaround", Note: "later"},
		"rollout pause r-3 --reason why":                                          engine.Hold{Rollout: "R-3", Step: "pause", Reason: "why"},
		"rollout halt R-3 --reason why":                                           engine.Hold{Rollout: "R-3", Step: "halt", Reason: "why"},
		"rollout resume R-3 --reason why":                                         engine.Hold{Rollout: "R-3", Step: "resume", Reason: "why"},
		"rollout close R-3 --reason why":                                          engine.Hold{Rollout: "R-3", Step: "close", Reason: "why"},
		"rollout retry R-3 " + strings.ToLower(name) + " --reason why":            engine.Retry{Rollout: "R-3", Servers: []inventory.ServerID{id}, Reason: "why"},
		"rollout retry R-3 " + name + " --window now --length 2h --reason why":    engine.Retry{Rollout: "R-3", Servers: []inventory.ServerID{id}, Later: engine.LaterWindow{Now: true, Length: 2 * time.Hour}, Reason: "why"},
		"rollout skip R-3 " + string(id) + " --reason why":                        engine.Skip{Rollout: "R-3", Servers: []inventory.ServerID{id}, Reason: "why"},
		"rollout exclude CHG-12 " + name + " --reason why":                        engine.ExcludeServer{Change: "CHG-12", Server: id, Reason: "why"},
		"rollout include CHG-12 " + name + " --reason why":                        engine.IncludeServers{Change: "CHG-12", Servers: []inventory.ServerID{id}, Reason: "why"},
		"notice send SUMMARY R --note x --again":                                  engine.SendNotice{Kind: notice.Summary, Release: "R", Note: "x", Again: true},
		"notice preview halted R":                                                 engine.PreviewNotice{Kind: notice.Halted, Release: "R"},
		"notice retry n-2 --to a@example.com":                                     engine.RetryNotice{Notice: "N-2", To: "a@example.com"},
		"notice cancel N-2 --reason why":                                          engine.CancelNotice{Notice: "N-2", Reason: "why"},
		"incident open title --server " + name + " --link r-3 --link " + name:     engine.OpenIncident{Title: "title", Server: id, Links: []string{"R-3", string(id)}},
		"incident link inc-118 chg-12":                                            engine.LinkIncident{Incident: "INC-118", To: "CHG-12"},
		"incident assign INC-118 k.osei":                                          engine.AssignIncident{Incident: "INC-118", Owner: "k.osei"},
		"incident resolve INC-118 --resolution done":                              engine.ResolveIncident{Incident: "INC-118", Resolution: "done"},
		"incident reopen INC-118 --reason why":                                    engine.ReopenIncident{Incident: "INC-118", Reason: "why"},
		"audit keep --reason why":                                                 engine.RecordExport{Where: "/srv/patchdeck/exports/trail.jsonl", Entries: view.Head.Seq, Head: view.Head.String(), Reason: "why"},
		"rollout break-lock SQL1 --reason why":                                    engine.BreakLock{Cluster: "SQL1", Reason: "why"},
	} {
		s.expect(command.Done, want.Action()+" done", strings.Fields(words)...)
		s.gave(want)
	}
	r := s.expect(command.Done, "", "rollout", "pause", "R-3", "--reason", "why", "--json")
	if r.out != `{"answer":"rollout.hold done"}`+"\n" {
		t.Errorf("out %q", r.out)
	}
}

func TestRetryingAllThatFailedNamesThem(t *testing.T) {
	s := at(t, uitest.Night(200), approval.OnCall)
	var failed []inventory.ServerID
	for _, cell := range s.console.View().Rollouts[2].Cells {
		if cell.Delivery == "failed" {
			failed = append(failed, cell.Server)
		}
	}
	s.expect(command.Done, "done", "rollout", "retry", "R-3", "--failed", "--reason", "disk was cleaned")
	s.gave(engine.Retry{Rollout: "R-3", Servers: failed, Reason: "disk was cleaned"})
	if len(failed) == 0 {
		t.Error("nobody failed in this night")
	}
}

func TestAViewerChangesNothing(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Viewer)
	hash := s.console.View().Changes[1].PlanHash
	for _, words := range []string{
		"release create R --bulletin 2026-Nov --reason y", "release drop R KB1 --reason y", "change submit R --reason y",
		"change approve CHG-12 --reason y --plan " + hash, "change authorise CHG-12 --reason y --plan " + hash, "change reject CHG-12 --reason y --plan " + hash,
		"acceptance record CHG-12 Payroll passed", "rollout pause R-3 --reason y", "rollout halt R-3 --reason y", "rollout resume R-3 --reason y",
		"rollout close R-3 --reason y", "rollout retry R-3 --failed --reason y", "rollout skip R-3 s00001 --reason y",
		"rollout exclude CHG-12 s00001 --reason y", "rollout break-lock C --reason y", "audit keep --reason y", "inventory sweep", "inventory scan",
	} {
		r := s.expect(command.Denied, "; you are: ", strings.Fields(words)...)
		if r.out != "" || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: out %q, err %q", words, r.out, r.err)
		}
	}
}

func TestTextOfOthersCannotCommandATerminal(t *testing.T) {
	view := uitest.Quiet(3)
	view.Servers[0].Owner = "Retail\x1b]0;owned\a\x1b[2J\u202eBI\nfake line"
	view.Servers[0].Trouble = "\x9b31m" + strings.Repeat("long ", 100)
	for _, words := range [][]string{{"inventory", "list"}, {"inventory", "list", "--json"}} {
		r := at(t, view, approval.Viewer).run("", words...)
		if i := strings.IndexFunc(r.out, func(c rune) bool { return c != '\n' && (c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x202e) }); i >= 0 {
			t.Errorf("%v: byte %d of %q", words, i, r.out)
		}
		if strings.Count(r.out, "\n") != 3+1-strings.Count(strings.Join(words, ""), "--json") {
			t.Errorf("%v: lines of %q", words, r.out)
		}
	}
}

func TestExecuteNeverReadsTheWordsOfTheProcess(t *testing.T) {
	before := os.Args
	defer func() { os.Args = before }()
	os.Args = []string{"patchdeck", "rollout", "halt", "R-3", "--reason", "not asked for"}
	s := at(t, uitest.Night(60), approval.Lead)
	s.expect(command.Usage, "a verb is missing")
	if len(s.console.Given()) != 0 {
		t.Error("a command was given")
	}
}

func TestOpeningFailsWithItsOwnWords(t *testing.T) {
	s := at(t, uitest.Night(3))
	s.env.Open = func(context.Context, string, bool) (*command.Session, error) {
		return nil, errors.New("the store in /data is held by process 4711: stop it or use its console")
	}
	r := s.expect(command.Failure, "held by process 4711", "inventory", "list")
	if r.err != "patchdeck: the store in /data is held by process 4711: stop it or use its console\n" {
		t.Errorf("err %q", r.err)
	}
}

func TestOverSSHThereAreNoFilesNoFoldersAndNoProcesses(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	s.env.Remote, s.env.OpenFile, s.env.CreateFile, s.env.Secret = true, nil, nil, nil
	s.env.Demo = func(context.Context, command.DemoOptions) error { return nil }
	s.env.Serve = func(context.Context, command.ServeOptions) error { return nil }
	s.env.Simulate = func(context.Context, command.SimulateOptions) error { return nil }
	s.env.Init = func(context.Context, string) error { return nil }
	s.env.Doctor = func(context.Context, string) []command.Finding { return nil }
	s.env.Probe = func(context.Context, command.ProbeOptions) (inventory.Facts, error) { return inventory.Facts{}, nil }
	probe := "inventory probe --address 10.0.0.1:5985 --user u "
	for words, says := range map[string]string{
		"inventory import /etc/passwd":              "over SSH only - (standard input and output)",
		"catalog import /etc/passwd":                "over SSH only -",
		"audit export /tmp/x":                       "over SSH only -",
		"audit verify /tmp/x":                       "over SSH only -",
		"inventory export /tmp/x":                   "over SSH only -",
		probe + "--password-file /etc/shadow":       "over SSH only -",
		probe + "--password-env PROBE_PASSWORD":     "--password-env is not possible over SSH",
		probe + "--password-file - --ca /etc/x.pem": "over SSH only -",
		"inventory list --data /tmp":                "unknown flag: --data",
		"demo":                                      `does not know "demo"`,
		"serve":                                     `does not know "serve"`,
		"simulate":                                  `does not know "simulate"`,
		"init":                                      `does not know "init"`,
		"doctor":                                    `does not know "doctor"`,
		"completion bash":                           `does not know "completion"`,
	} {
		r := s.run("s3cret\n", strings.Fields(words)...)
		if r.code != command.Usage || !strings.Contains(r.err, says) {
			t.Errorf("%s: exit code %d, err %q", words, r.code, r.err)
		}
	}
	if r := s.run("s3cret\n", strings.Fields(probe+"--password-file -")...); r.code != command.Done {
		t.Errorf("a password on standard input: exit code %d, err %q", r.code, r.err)
	}
}

func TestVerbsThatChangeNothingSaySoWhenTheyOpenTheEngine(t *testing.T) {
	s := at(t, uitest.Night(60), approval.Lead)
	for words, reads := range map[string]bool{
		"catalog list": true, "inventory list": true, "inventory export": true, "release list": true, "change list": true, "change show CHG-12": true,
		"rollout status": true, "rollout servers R-3": true, "audit list": true, "audit verify": true, "audit export -": true, "users": true,
		"inventory probe DUB-SQL-0002": true, "inventory sweep DUB-SQL-0002": false, "rollout pause R-3 --reason y": false,
		"rollout status R-1 --watch": false, "acceptance record CHG-12 Payroll passed": false,
	} {
		opened := s.opened
		s.run("", strings.Fields(words)...)
		if s.opened != opened+1 || s.reads != reads {
			t.Errorf("%s: opened %d times, to read only %v", words, s.opened-opened, s.reads)
		}
	}
}

func TestHelpNamesEveryVerb(t *testing.T) {
	s := at(t, uitest.Night(3))
	for noun, verbs := range map[string][]string{
		"catalog": {"import", "list"}, "inventory": {"import", "list", "export", "sweep", "scan", "probe"}, "release": {"create", "list", "drop"},
		"change": {"submit", "list", "show", "authorise", "approve", "reject"}, "acceptance": {"record"},
		"rollout": {"status", "servers", "pause", "halt", "resume", "close", "retry", "skip", "exclude", "include", "break-lock"}, "audit": {"verify", "export", "keep", "list"},
	} {
		r := s.expect(command.Done, "", noun, "--help")
		for _, verb := range verbs {
			if !strings.Contains(r.out, "\n  "+verb+" ") {
				t.Errorf("%s --help does not name %s", noun, verb)
			}
		}
	}
}

func TestNoticesAndIncidentsOfOthersCannotCommandATerminal(t *testing.T) {
	s := at(t, uitest.Hostile(30), approval.Viewer)
	for _, words := range []string{"notice list", "notice show N-2", "notice show N-2 --json", "notice list --json", "incident list --all", "incident show INC-118", "incident show INC-118 --json"} {
		r := s.run("", strings.Fields(words)...)
		if r.code != command.Done || strings.ContainsAny(r.out+r.err, "\x1b\x07\r\u202e") {
			t.Errorf("%s: exit code %d, out %q, err %q", words, r.code, r.out, r.err)
		}
	}
}
