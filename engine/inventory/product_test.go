package inventory

import "testing"

func TestABuildAndANameLeadToTheSameRelease(t *testing.T) {
	for build, name := range map[string]string{
		"6.2.9200.25768":  "Windows Server 2012",
		"6.3.9600.22869":  "Windows Server 2012 R2",
		"10.0.14393.8783": "Windows Server 2016",
		"10.0.17763.1":    "Windows Server 2019 (Server Core installation)",
		"10.0.20348.4773": "windows server 2022",
		"10.0.25398.1965": "Windows Server 2022, 23H2 Edition (Server Core installation)",
		"10.0.26100.7462": " Windows Server 2025 ",
	} {
		b, err := ParseBuild(build)
		if err != nil {
			t.Fatal(err)
		}
		byBuild, ok := ProductOf(b)
		byName, named := ProductNamed(name)
		if !ok || !named || byBuild != byName {
			t.Errorf("%s is %v, %s is %v", build, byBuild, name, byName)
		}
	}
}

func TestOtherProductsAreUnknown(t *testing.T) {
	for _, name := range []string{"", "Windows Server", "Windows Server 2022 Datacenter", "Windows 10 Version 1809", " (Server Core installation)"} {
		if p, ok := ProductNamed(name); ok {
			t.Errorf("%q is taken for %s", name, p.Name)
		}
	}
	if p, ok := ProductOf(Build{10, 0, 22631, 1}); ok {
		t.Errorf("a client's build is taken for %s", p.Name)
	}
}

func TestTheTableOfReleasesCannotBeChangedFromOutside(t *testing.T) {
	Products()[0].Name = "changed"
	if Products()[0].Name == "changed" {
		t.Error("the table was changed")
	}
}
