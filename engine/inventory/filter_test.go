package inventory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// sqlServer is a server with facts, scan and all that people say of it.
func sqlServer() Server {
	return Server{
		ID: "s00001", Name: "bern-sql-01", Address: "10.0.0.1", Port: 5986, Scheme: "https", Credential: "prod", OS: "Windows Server 2019",
		Environment: Prod, Site: "Bern", Owner: "Ada", Applications: []string{"Payroll", "SQL"}, Cluster: "sql", Window: "W1", Risk: "high",
		Value: "high", Exposure: "low", LinkMbit: 100, Link: "reliable", FSMO: []string{"pdc"}, Software: []string{"SQL Server 15.0"}, Unmanaged: "no access",
		Health: &Health{Obstacles: []Obstacle{{Code: "PD-CLOCK"}}},
		Facts: &Facts{
			Baseline: Stamp{Name: "2026Q3"}, At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Hostname: "BERN-SQL-01", Domain: "example.com", DomainRole: 3, InstallationType: "Server Core",
			Build: Build{10, 0, 17763, 8511}, Hardware: "virtual", MemoryBytes: 16 << 30, SystemDriveFree: 5 << 30,
			Roles: []string{"Failover-Clustering"}, Services: []Service{{Name: "MSSQLSERVER", State: "Running"}, {Name: "Spooler", State: "Stopped"}},
			Updates: []string{"KB5998019"}, PendingRestart: []PendingReason{{Reason: "file_rename"}, {Reason: "windows_update", Blocks: true}},
		},
		Scan: &Scan{Offered: []Offer{{KB: "KB5999019"}}},
	}
}

func match(t testing.TB, expression string, s Server) bool {
	t.Helper()
	f, err := CompileFilter(expression)
	if err != nil {
		t.Fatal(err)
	}
	selected, err := f.Match(s)
	if err != nil {
		t.Fatal(err)
	}
	return selected
}

func TestAnExpressionAsksEveryField(t *testing.T) {
	asked := map[string]string{
		"id": `id == "s00001"`, "name": `name startsWith "bern-"`, "address": `address == "10.0.0.1"`, "port": `port == 5986`, "scheme": `scheme == "https"`,
		"credential": `credential == "prod"`, "os": `os contains "2019"`, "environment": `environment in ["Prod", "Test"]`, "site": `lower(site) == "bern"`,
		"owner": `owner matches "^A"`, "applications": `"SQL" in applications and len(applications) == 2`, "cluster": `cluster != ""`, "window": `window == "W1"`,
		"risk": `risk == "high"`, "known": `known`, "reachable": `reachable`, "trouble": `trouble == ""`, "build": `build == "10.0.17763.8511"`,
		"base": `base == 17763`, "revision": `revision < 8513`, "hostname": `hostname endsWith "01"`, "domain": `domain == "example.com"`, "dc": `not dc`, "core": `core`,
		"hardware": `hardware == "virtual"`, "roles": `any(roles, # contains "Cluster")`, "services": `services == ["MSSQLSERVER"]`,
		"updates": `"KB5998019" in updates`, "offered": `all(offered, # startsWith "KB")`, "scanned": `scanned`, "pending_restart": `pending_restart`,
		"value": `value == "high"`, "exposure": `exposure == "low"`, "link_mbit": `link_mbit < 1000`, "link": `link == "reliable"`, "fsmo": `"pdc" in fsmo`,
		"software": `any(software, # startsWith "SQL Server")`, "managed": `not managed`, "unmanaged": `unmanaged startsWith "no"`,
		"healthy": `not healthy`, "obstacles": `"PD-CLOCK" in obstacles`, "baseline": `baseline == "2026Q3"`,
		"free_gb": `free_gb == 5`, "memory_gb": `memory_gb > 15.5`,
	}
	for _, field := range FilterFields() {
		expression, ok := asked[field]
		if !ok {
			t.Errorf("no expression asks %s", field)
			continue
		}
		if !match(t, expression, sqlServer()) {
			t.Errorf("%s does not select the server", expression)
		}
		if match(t, "not ("+expression+")", sqlServer()) {
			t.Errorf("the opposite of %s selects the server", expression)
		}
	}
}

func TestAServerThatWasNeverReadIsNotSelectedByWhatNobodyKnows(t *testing.T) {
	never := Server{Name: "srv1", OS: "Windows Server 2019"}
	for _, expression := range []string{"free_gb < 10", "free_gb > 10", "free_gb == 0", "revision < 8513", "base != 17763 and known", "memory_gb <= 8", "reachable", "pending_restart", "scanned", `"x" in updates`} {
		if match(t, expression, never) {
			t.Errorf("%s selects a server without facts", expression)
		}
	}
	if !match(t, "not known and build == \"\"", never) {
		t.Error("a server that was never read cannot be asked for")
	}
	silent := sqlServer()
	silent.Trouble = "timed out"
	if !match(t, "known and not reachable and trouble contains \"timed\"", silent) {
		t.Error("a server that no longer answers cannot be asked for")
	}
}

func TestAnExpressionThatIsWrongIsExplainedInOneLine(t *testing.T) {
	fields := "; fields: " + strings.Join(FilterFields(), ", ")
	for expression, want := range map[string]string{
		"":                                   `the expression is empty, expected for instance environment == "Prod"`,
		"color == 1":                         "unknown name color (column 1)" + fields,
		"owner == 'Ada' and colour":          "unknown name colour (column 20)" + fields,
		"name":                               "expected bool, but got string" + fields,
		"name ==":                            "unexpected token EOF (column 7)" + fields,
		`name == "` + "\x1b[2J":              "literal not terminated (column 14)" + fields,
		"port == 'x'":                        "invalid operation: == (mismatched types int and string) (column 6)" + fields,
		`name matches "("`:                   "error parsing regexp: missing closing ): `(` (column 6)" + fields,
		"any(1..1000000, true)":              "ranges (..) are not possible" + fields,
		"any(roles, any(updates, true))":     "any, all and none cannot stand inside one another" + fields,
		"let x = name + name; x == owner":    "variables (let) are not possible" + fields,
		"len(map(roles, name + name)) > 1":   "the function map is not possible, only all, any, none, len, lower, upper, trim, abs, floor, ceil, round are" + fields,
		"name matches owner":                 "the right side of matches must be a text in quotes" + fields,
		`$env["name"] == "x"`:                "unknown name $env" + fields,
		strings.Repeat("not ", 300) + "core": "1204 characters, at most 1000 are possible",
	} {
		_, err := CompileFilter(expression)
		if err == nil || err.Error() != "filter: "+want {
			t.Errorf("%q\n got %v\nwant filter: %s", expression, err, want)
		}
	}
}

func TestAnExpressionOfTooManyPartsIsRefused(t *testing.T) {
	_, err := CompileFilter("core" + strings.Repeat(" or dc", 150))
	if err == nil || !strings.Contains(err.Error(), "exceeds maximum allowed nodes") {
		t.Errorf("got %v", err)
	}
}

func TestAnExpressionThatFailsOnAServerNamesIt(t *testing.T) {
	f, err := CompileFilter(`applications[5] == "x"`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Match(sqlServer())
	if err == nil || err.Error() != "filter on bern-sql-01: index out of range: 5 (array length is 2) (column 13)" {
		t.Errorf("got %v", err)
	}
}

func FuzzCompileFilter(f *testing.F) {
	for _, seed := range []string{`environment == "Prod" and free_gb < 10`, `any(roles, # contains "x")`, `let a = 1; a > 0`, `1..9`, `{"a": [1]}?.b ?? name`, `name[1:] | lower() == "x"`, `reduce(updates, #acc + #, "")`} {
		f.Add(seed)
	}
	server := sqlServer()
	f.Fuzz(func(t *testing.T, expression string) {
		filter, err := CompileFilter(expression)
		if err == nil {
			_, err = filter.Match(server)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%q: %q", expression, err)
		}
	})
}

// BenchmarkMatch is one keystroke in the console: ten thousand servers against an expression.
func BenchmarkMatch(b *testing.B) {
	servers := make([]Server, 10_000)
	for i := range servers {
		servers[i] = sqlServer()
		servers[i].Name = fmt.Sprintf("srv-%05d", i)
	}
	filter, err := CompileFilter(`environment == "Prod" and os contains "2019" and (free_gb < 10 or "SQL" in applications)`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range servers {
			if selected, err := filter.Match(servers[i]); err != nil || !selected {
				b.Fatal(selected, err)
			}
		}
	}
}

// BenchmarkReadCSV reads ten thousand servers.
func BenchmarkReadCSV(b *testing.B) {
	var file strings.Builder
	file.WriteString(header + "\n")
	for i := range 10_000 {
		fmt.Fprintf(&file, "srv-%05d,10.%d.%d.1,Windows Server 2022,Prod,Bern,\"Lovelace, Ada\",Payroll;Portal\n", i, i/250, i%250)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if servers, bad, err := ReadCSV(strings.NewReader(file.String()), windows); len(servers) != 10_000 {
			b.Fatal(len(servers), bad, err)
		}
	}
}
