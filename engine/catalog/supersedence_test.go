package catalog

import (
	"maps"
	"testing"
)

// replacing makes an update for the named products that replaces the others.
func replacing(kb string, products []string, older ...string) Update {
	u := Update{KB: kb, Supersedes: older}
	for _, name := range products {
		u.Products = append(u.Products, Product{Name: name})
	}
	return u
}

func TestSupersedenceLeadsToTheNewestUpdate(t *testing.T) {
	both, one := []string{"Windows Server 2019", "Windows Server 2022"}, []string{"Windows Server 2022"}
	cases := []struct {
		name    string
		updates []Update
		want    map[string]string
	}{
		{"nothing replaced", []Update{replacing("KB3", one, "KB9")}, map[string]string{}},
		{"a chain", []Update{replacing("KB1", one), replacing("KB3", one, "KB2"), replacing("KB2", one, "KB1")}, map[string]string{"KB1": "KB3", "KB2": "KB3"}},
		{"two replace one", []Update{replacing("KB1", one), replacing("KB3", one, "KB1"), replacing("KB2", one, "KB1")}, map[string]string{"KB1": "KB3"}},
		{"for one of two products only", []Update{replacing("KB1", both), replacing("KB2", one, "KB1")}, map[string]string{}},
		{"for more products", []Update{replacing("KB1", one), replacing("KB2", both, "KB1")}, map[string]string{"KB1": "KB2"}},
		{"in a circle", []Update{replacing("KB1", one, "KB2"), replacing("KB2", one, "KB1"), replacing("KB0", one), replacing("KB1", one, "KB0")}, map[string]string{}},
		{"itself", []Update{replacing("KB1", one, "KB1")}, map[string]string{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Superseded(c.updates); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
