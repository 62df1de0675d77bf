package inventory

import (
	"fmt"
	"strings"
	"testing"
)

// estateOf is an inventory of the size that the console is made for.
func estateOf(n int) []Server {
	servers := make([]Server, n)
	for i := range servers {
		servers[i] = sqlServer()
		servers[i].ID, servers[i].Name = ServerID(fmt.Sprintf("s%05d", i)), fmt.Sprintf("bern-sql-%05d", i)
		servers[i].Unmanaged = ""
	}
	return servers
}

// A plan and a pane of the console answer a collection over the whole inventory.
func BenchmarkACollectionOf10000Servers(b *testing.B) {
	servers := estateOf(10_000)
	c := Collection{Name: "sql", Query: `environment == "Prod" and os contains "2019" and (free_gb < 10 or "SQL" in applications)`}
	c = c.Exclude("s00007", Exclusion{})
	for b.Loop() {
		if s, err := c.Select(servers, noon); err != nil || len(s.Members) != 9999 {
			b.Fatal(len(s.Members), err)
		}
	}
}

// Facts that arrive are checked against every standard in the engine's loop.
func BenchmarkTheStandardsOfOneServer(b *testing.B) {
	standards, err := ReadStandards(strings.NewReader(ExampleStandards))
	if err != nil {
		b.Fatal(err)
	}
	var rules []*Filter
	for _, s := range standards {
		f, err := CompileFilter(s.Rule)
		if err != nil {
			b.Fatal(err)
		}
		rules = append(rules, f)
	}
	server := sqlServer()
	for b.Loop() {
		for _, r := range rules {
			if _, err := r.Match(server); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// A directory of a large company is compared with the inventory in the engine's loop.
func BenchmarkADirectoryOf20000Entries(b *testing.B) {
	servers := estateOf(10_000)
	entries := make([]Entry, 20_000)
	for i := range entries {
		entries[i] = Entry{Name: fmt.Sprintf("bern-sql-%05d.example.com", i%9_990), OS: "Windows Server 2019", Renewed: noon}
	}
	for b.Loop() {
		if c, _, err := DefaultPolicy().Compare(Directory, "ad.csv", entries, servers, nil, noon); err != nil || c.NotInIt > 10 {
			b.Fatal(c, err)
		}
	}
}
