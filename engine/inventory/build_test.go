package inventory

import "testing"

func TestRevisionsCompareWithinOneBaseBuildOnly(t *testing.T) {
	fixed := Build{10, 0, 20348, 4773}
	for build, want := range map[Build]bool{
		{10, 0, 20348, 4773}: true,
		{10, 0, 20348, 9999}: true,
		{10, 0, 20348, 999}:  false,
		{10, 0, 26100, 9999}: false,
		{11, 0, 20348, 9999}: false,
		{10, 1, 20348, 9999}: false,
	} {
		if build.AtLeast(fixed) != want {
			t.Errorf("%s at least %s: %v", build, fixed, !want)
		}
	}
}

func FuzzParseBuild(f *testing.F) {
	for _, seed := range []string{"10.0.20348.2340", "", "1.2.3", "10.0.20348.2340.1", "10.0.-1.2", "10.0.99999999999.1", " 6.3.9600.1 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBuild(text)
		if err != nil {
			return
		}
		for _, part := range b {
			if part < 0 {
				t.Errorf("%q has a negative part: %v", text, b)
			}
		}
		if again, err := ParseBuild(b.String()); err != nil || again != b {
			t.Errorf("%q is %v, read again %v, %v", text, b, again, err)
		}
	})
}
