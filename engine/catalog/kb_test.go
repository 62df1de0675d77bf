package catalog

import "testing"

func TestAKBNumberHasSixOrSevenDigitsAndStandsAlone(t *testing.T) {
	for description, want := range map[string]string{
		"5999001":                        "KB5999001",
		"KB599901":                       "KB599901",
		"kb5999001":                      "KB5999001",
		"Hotpatch (KB5999001).":          "KB5999001",
		"Update 5999001.":                "KB5999001",
		"20261110 rollup 5999001":        "KB5999001",
		"12345 and KB 5999001; KB599902": "KB5999001",
		"":                               "",
		"Release Notes":                  "",
		"59990":                          "",
		"59990011":                       "",
		"16.0.104172":                    "",
		"104172.20097":                   "",
		"A5999001":                       "",
		"5999001B":                       "",
		"ab5999001":                      "",
		"ü5999001":                       "",
	} {
		got, ok := findKB(description)
		if got != want || ok != (want != "") {
			t.Errorf("%q gives %q, %v; want %q", description, got, ok, want)
		}
	}
}

func FuzzFindKB(f *testing.F) {
	f.Add("KB5999001 (Monthly Rollup)")
	f.Fuzz(func(t *testing.T, description string) {
		kb, ok := findKB(description)
		if again, found := findKB(kb); ok && (!found || again != kb) {
			t.Errorf("%q gives %q, which gives %q", description, kb, again)
		}
	})
}
