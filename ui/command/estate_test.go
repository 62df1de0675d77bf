package command_test

import (
	"context"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/command"
	"patchdeck/ui/uitest"
)

func TestTablesOfTheEstate(t *testing.T) {
	for name, words := range map[string][]string{
		"collection-list":  {"collection", "list"},
		"collection-show":  {"collection", "show", "sample"},
		"baseline-list":    {"baseline", "list"},
		"baseline-show":    {"baseline", "show", "2026Q3"},
		"standard-list":    {"standard", "list"},
		"finding-list":     {"finding", "list", "--all"},
		"inventory-audits": {"inventory", "audits"},
		"application-list": {"application", "list"},
	} {
		t.Run(name, func(t *testing.T) {
			s := at(t, uitest.Estate(uitest.Night(60)), approval.Viewer)
			r := s.run("", words...)
			if r.code != command.Done || r.err != "" {
				t.Fatalf("exit code %d, err %q", r.code, r.err)
			}
			uitest.Golden(t, name, strings.TrimSuffix(r.out, "\n"))
			if r := s.run("", append(words, "--json")...); r.code != command.Done || !strings.HasPrefix(r.out, "{") {
				t.Errorf("--json: exit code %d, out %q, err %q", r.code, r.out, r.err)
			}
		})
	}
}

func TestEachVerbOfTheEstateGivesItsCommand(t *testing.T) {
	s := at(t, uitest.Estate(uitest.Night(60)), approval.Lead)
	name, id := s.console.View().Servers[3].Name, s.console.View().Servers[3].ID
	ids, was := []inventory.ServerID{id}, s.console.View().Servers[3].Window
	for words, want := range map[string]engine.Command{
		"collection create x --query known --server " + name + " --reference --reason why": engine.CreateCollection{Name: "x", Query: "known", Members: ids, Reference: true, Reason: "why"},
		"collection add x " + name + " --reason why":                                       engine.AddToCollection{Name: "x", Servers: ids, Reason: "why"},
		"collection exclude x " + name + " --until 2026-12-31 --reason why":                engine.ExcludeFromCollection{Name: "x", Servers: ids, Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Reason: "why"},
		"collection include x " + name + " --reason why":                                   engine.IncludeInCollection{Name: "x", Servers: ids, Reason: "why"},
		"collection remove x " + name + " --reason why":                                    engine.RemoveFromCollection{Name: "x", Servers: ids, Reason: "why"},
		"collection delete x --reason why":                                                 engine.DeleteCollection{Name: "x", Reason: "why"},
		"baseline make --quarter 2026Q4 --reason why":                                      engine.MakeBaseline{Quarter: "2026Q4", Reason: "why"},
		"baseline make x --kb KB1 --class known --reason why":                              engine.MakeBaseline{Name: "x", Updates: []string{"KB1"}, Class: "known", Reason: "why"},
		"baseline exempt x " + name + " --until 2026-12-31T18:00 --reason why":             engine.ExemptFromBaseline{Baseline: "x", Servers: ids, Until: time.Date(2026, 12, 31, 18, 0, 0, 0, time.UTC), Reason: "why"},
		"baseline stamp x " + name + " --reason why":                                       engine.StampBaseline{Baseline: "x", Servers: ids, Reason: "why"},
		"standard review --reason why":                                                     engine.ReviewStandards{Reason: "why"},
		"finding close f-3 --reason why":                                                   engine.CloseFinding{Finding: "F-3", Reason: "why"},
		"inventory retire " + name + " --reason why":                                       engine.RetireServers{Servers: ids, Reason: "why"},
		"inventory window " + name + " w5 --reason why":                                    engine.MapWindow{Choices: []engine.WindowChoice{{Server: id, Window: "w5", Was: was}}, Reason: "why"},
		"inventory window " + name + " none --from W9 --reason why":                        engine.MapWindow{Choices: []engine.WindowChoice{{Server: id, Was: "W9"}}, Reason: "why"},
		"application continuity Payroll by-hand --reason why":                              engine.ArrangeContinuity{Application: "Payroll", Arrangement: "by-hand", Reason: "why"},
		"site await R DUB --priority 2 --reason why":                                       engine.AwaitContent{Release: "R", Site: "DUB", Priority: 2, Reason: "why"},
		"site report R DUB Ready --file a.msi=ab --note fine":                              engine.ReportContent{Release: "R", Site: "DUB", State: rollout.TransferReady, Files: map[string]string{"a.msi": "ab"}, Note: "fine"},
		"site forget R DUB --reason why":                                                   engine.ForgetContent{Release: "R", Site: "DUB", Reason: "why"},
		"application continuity Payroll --reason why":                                      engine.ArrangeContinuity{Application: "Payroll", Reason: "why"},
		"change submit R --collection x --override-audit moved --reason why":               engine.SubmitChange{Release: "R", Collections: []string{"x"}, OverrideAudit: "moved", Reason: "why"},
	} {
		s.expect(command.Done, "", strings.Fields(words)...)
		given := s.console.Given()
		if got := given[len(given)-1].Command; !reflect.DeepEqual(got, want) {
			t.Errorf("%s gave %+v, want %+v", words, got, want)
		}
	}
}

func TestWrongWordsAboutTheEstateAreToldWithWhatIsRight(t *testing.T) {
	s := at(t, uitest.Estate(uitest.Night(60)), approval.Lead)
	s.env.Discover = func(context.Context, command.DiscoverOptions) ([]inventory.Responder, int, error) { return nil, 0, nil }
	name := s.console.View().Servers[3].Name
	for says, words := range map[string]string{
		"--query: filter: unknown name nonsense":                          "collection create x --query nonsense --reason y",
		"a reason is missing":                                             "collection exclude x " + name,
		`--until "tomorrow" is no day and no time`:                        "collection exclude x " + name + " --until tomorrow --reason y",
		"give --quarter, such as 2026Q4, or name the updates":             "baseline make x --reason y",
		"--until is missing":                                              "baseline exempt x " + name + " --reason y",
		`--place "nowhere" is not known: use [below above`:                "baseline show 2026Q3 --place nowhere",
		`--kind "x" is not known: use one of above baseline, below`:       "finding list --kind x",
		`--severity "x" is not known: use [high medium low]`:              "finding list --severity x",
		`--with "x" is not known: use directory, dns, cmdb`:               "inventory compare - --with x",
		"--file \"a\" is no file with its hash":                           "site report R DUB ready --file a",
		"--range is missing":                                              "inventory discover",
		`--range "10.0.0.0" is no range of addresses: write it as 10.20.`: "inventory discover --range 10.0.0.0",
		`--format "xml" is not known: use csv, ansible`:                   "inventory import - --format xml",
	} {
		if r := s.expect(command.Usage, says, strings.Fields(words)...); strings.Count(r.err, "\n") != 1 {
			t.Errorf("%q: err %q", words, r.err)
		}
	}
	for says, words := range map[string]string{
		`there is no collection "x": see patchdeck collection list`: "collection show x",
		`there is no baseline "x": see patchdeck baseline list`:     "baseline show x",
		"the inventory has no server":                               "finding list --server nowhere",
	} {
		s.expect(command.Failure, says, strings.Fields(words)...)
	}
}

func TestAListIsReadByWhatItIsAndComparedWhole(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Lead)
	for with, text := range map[string]string{
		"directory": "# exported\ndn: CN=A\nobjectClass: computer\ncn: a-1\n",
		"dns":       "a-1 10.0.0.1\n",
		"cmdb":      "name,status\na-1,live\n",
	} {
		if r := s.run(text, "inventory", "compare", "-", "--with", with); r.code != command.Done {
			t.Errorf("%s: %+v", with, r)
			continue
		}
		given := s.console.Given()
		if c := given[len(given)-1].Command.(engine.CompareSource); len(c.Entries) != 1 || c.Entries[0].Name != "a-1" || c.Source != "standard input" {
			t.Errorf("%s gave %+v", with, c)
		}
	}
	if r := s.run("name\na b\n", "inventory", "compare", "-", "--with", "directory"); r.code != command.Failure || !strings.Contains(r.err, "line 2") {
		t.Errorf("%+v", r)
	}
}

func TestAnAnsibleInventoryIsImportedByItsContent(t *testing.T) {
	s := at(t, uitest.Quiet(3), approval.Lead)
	words := []string{"inventory", "import", "-", "--environment-of", "production=Prod", "--site-of", "bern=Bern", "--default", "owner=Ada", "--default", "applications=Payroll", "--default", "os=Windows Server 2022"}
	r := s.run("[production]\nsrv1 ansible_host=10.0.0.1\n[bern:children]\nproduction\n[linux]\nproxy ansible_connection=ssh\n", words...)
	if r.code != command.Done || !strings.Contains(r.out, "1 host left out") {
		t.Fatalf("%+v", r)
	}
	c := s.console.Given()[0].Command.(engine.ImportServers)
	if len(c.Servers) != 1 || c.Servers[0].Site != "Bern" || c.Servers[0].Environment != inventory.Prod || c.Servers[0].Address != "10.0.0.1" {
		t.Errorf("gave %+v", c)
	}
}

func TestTheNetworkIsSweptOnlyForWhoMayAndWhatAnswersIsRecorded(t *testing.T) {
	var asked command.DiscoverOptions
	find := func(_ context.Context, o command.DiscoverOptions) ([]inventory.Responder, int, error) {
		asked = o
		return []inventory.Responder{{Address: "127.0.0.9", Port: 5985}}, 16, nil
	}
	s := at(t, uitest.Quiet(3), approval.Lead)
	s.env.Discover = find
	s.expect(command.Done, "", "inventory", "discover", "--range", "127.0.0.5/28", "--port", "5985")
	r := netip.MustParsePrefix("127.0.0.0/28")
	if len(asked.Ranges) != 1 || asked.Ranges[0] != r || asked.Rate != 100 || len(asked.Ports) != 1 {
		t.Errorf("asked %+v", asked)
	}
	s.gave(engine.RecordDiscovery{Ranges: []netip.Prefix{r}, Asked: 16, Found: []inventory.Responder{{Address: "127.0.0.9", Port: 5985}}})
	viewer := at(t, uitest.Quiet(3), approval.Viewer)
	viewer.env.Discover = func(context.Context, command.DiscoverOptions) ([]inventory.Responder, int, error) {
		t.Error("a viewer's sweep of the network began")
		return nil, 0, nil
	}
	viewer.expect(command.Denied, "; you are: ", "inventory", "discover", "--range", "127.0.0.0/28")
}
