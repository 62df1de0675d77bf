package inventory

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

func few(names ...string) []Server {
	var list []Server
	for i, name := range names {
		list = append(list, Server{ID: ServerID("s0000" + string(rune('1'+i))), Name: name, Environment: Prod})
	}
	return list
}

// Handbook 2, collections: saved queries, plus explicit members and exclusions; always evaluated fresh.
func TestACollectionIsAnsweredFreshFromQueryMembersAndExclusions(t *testing.T) {
	servers := few("sql-1", "sql-2", "web-1")
	c := Collection{Name: "sql", Query: `name startsWith "sql"`}.Add("s00003")
	c = c.Exclude("s00002", Exclusion{Signed{By: "ada", At: noon, Reason: "vendor case"}, noon.Add(time.Hour)})
	for when, want := range map[time.Time][]ServerID{
		noon:                {"s00001", "s00003"},
		noon.Add(time.Hour): {"s00001", "s00002", "s00003"}, // the exclusion has ended
	} {
		got, err := c.Select(servers, when)
		if err != nil || !reflect.DeepEqual(got.Members, want) {
			t.Errorf("at %s: %v, %v, want %v", when, got.Members, err, want)
		}
		if x, out := got.Excluded["s00002"]; out != when.Equal(noon) || out && x.Reason != "vendor case" {
			t.Errorf("at %s the excluded are %v", when, got.Excluded)
		}
	}
	servers[2].Name = "sql-3"
	c, err := c.Remove("s00003")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := c.Select(servers, noon); !reflect.DeepEqual(got.Members, []ServerID{"s00001", "s00003"}) {
		t.Errorf("a renamed server is not found by the query: %v", got.Members)
	}
}

func TestAServerThatAQueryCannotDecideIsNamed(t *testing.T) {
	c := Collection{Name: "first", Query: `applications[0] == "Payroll"`}
	got, err := c.Select(few("bare"), noon)
	if err != nil || len(got.Members) != 0 || len(got.Undecided) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOnlyWhatSomebodyNamedCanBeRemoved(t *testing.T) {
	c := Collection{Name: "all", Query: "true"}
	if _, err := c.Remove("s00001"); err == nil {
		t.Error("what the query selects was removed")
	}
	before := c.Exclude("s00001", Exclusion{})
	after, err := before.Remove("s00001")
	if err != nil || len(after.Exclusions) != 0 || len(before.Exclusions) != 1 {
		t.Errorf("%v: before %v, after %v", err, before.Exclusions, after.Exclusions)
	}
}

func TestNamesThatCannotStandOnACommandLineAreRefused(t *testing.T) {
	for _, name := range []string{"", "-x", "a b", "a/b", "é", strings.Repeat("x", mostName+1)} {
		if CheckName("collection", name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
	if err := (Collection{Name: "x", Query: "nonsense"}).Check(); err == nil {
		t.Error("a query that cannot be compiled is taken")
	}
}
