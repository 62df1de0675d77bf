package inventory

import (
	"fmt"
	"slices"
	"testing"
)

func TestEveryFieldOfAFilterHasAKind(t *testing.T) {
	for _, f := range FieldsOfFilter() {
		if f.Kind == "" {
			t.Errorf("%s has no kind", f.Name)
		}
	}
}

func TestValuesAreProposedAsAnExpressionWritesThem(t *testing.T) {
	servers := []Server{{Name: "A", Site: "Zürich \"2\"", Applications: []string{"SQL", "Web"}}, {Name: "B", Site: "Bern", Applications: []string{"SQL"}}, {Name: "C"}}
	if got := FilterValues("site", servers); !slices.Equal(got, []string{`"Bern"`, `"Zürich \"2\""`}) {
		t.Errorf("sites: %v", got)
	}
	if got := FilterValues("applications", servers); !slices.Equal(got, []string{`"SQL"`, `"Web"`}) {
		t.Errorf("applications: %v", got)
	}
	for _, field := range []string{"free_gb", "dc", "nonsense"} {
		if got := FilterValues(field, servers); len(got) > 0 {
			t.Errorf("%s proposes %v", field, got)
		}
	}
	for _, value := range FilterValues("site", servers) {
		f, err := CompileFilter("site == " + value)
		if err != nil {
			t.Fatal(err)
		}
		if slices.IndexFunc(servers, func(s Server) bool { ok, _ := f.Match(s); return ok }) < 0 {
			t.Errorf("no server has the site %s that was proposed", value)
		}
	}
	many := make([]Server, 5000)
	for i := range many {
		many[i].Name = fmt.Sprint("server", i)
	}
	if got := len(FilterValues("name", many)); got != mostValues {
		t.Errorf("%d names are proposed, want %d", got, mostValues)
	}
}
