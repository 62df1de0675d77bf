package catalog

import (
	"slices"
	"strings"
	"testing"
)

func good() Installer {
	return Installer{File: "setup-81.msi", Arguments: "ALLUSERS=1", Detect: Detection{Kind: DetectProduct, What: "{0A1B2C3D-0000-1111-2222-333344445555}", Version: "8.1"},
		Remove: Remover{Product: "{0A1B2C3D-0000-1111-2222-333344445555}"}}
}

// Handbook 3: other vendors' updates ship as packages; what servers run of them is data that is checked before anybody may approve it.
func TestAnInstallerThatNoServerCouldRunIsRefused(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	for words, spoil := range map[string]func(*Installer){
		"is not a file that installs":       func(i *Installer) { i.File = "setup.cab" },
		"is not a file that installs: .exe": func(i *Installer) { i.File = "setup" },
		"make it silent":                    func(i *Installer) { i.File, i.Arguments = "setup.EXE", "" },
		"printable characters are accepted": func(i *Installer) { i.Arguments = "/S\n/x" },
		"at most 1000":                      func(i *Installer) { i.Arguments = strings.Repeat("x", 1001) },
		"give each code once":               func(i *Installer) { i.Exits = []Exit{{3, ExitRestart}, {3, ExitBusy}} },
		"with a meaning of succeeded":       func(i *Installer) { i.Exits = []Exit{{3, "fine"}} },
		"is no detection":                   func(i *Installer) { i.Detect = Detection{} },
		"is no version":                     func(i *Installer) { i.Detect.Version = "8.x" },
		"not by both":                       func(i *Installer) { i.Remove.Program = `C:\a.exe` },
		"is no product code":                func(i *Installer) { i.Remove.Product = "{1}" },
		"remove nothing":                    func(i *Installer) { i.Remove = Remover{Arguments: "/S"} },
		"is no program on a server":         func(i *Installer) { i.Remove = Remover{Program: `\\share\a.exe`} },
	} {
		bad := good()
		spoil(&bad)
		if err := bad.Check(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
}

func TestAnInstallersOwnExitCodesGoBeforeTheUsual(t *testing.T) {
	i := Installer{Exits: []Exit{{3010, ExitFailed}, {7, ExitRestart}}}
	meanings := map[int]ExitMeaning{}
	for _, e := range i.Meanings() {
		if was, twice := meanings[e.Code]; twice {
			t.Errorf("%d is %s and %s", e.Code, was, e.Means)
		}
		meanings[e.Code] = e.Means
	}
	if meanings[3010] != ExitFailed || meanings[7] != ExitRestart || meanings[0] != ExitSucceeded || meanings[1641] != ExitRestarting || meanings[1638] != ExitNothing {
		t.Errorf("%v", meanings)
	}
	for _, bad := range []string{"", "3", "x=restart", "3=fine", "99999999999=busy"} {
		if e, err := ParseExit(bad); err == nil {
			t.Errorf("%q was read as %v", bad, e)
		}
	}
	if e, err := ParseExit("-2147023436=busy"); err != nil || e != (Exit{-2147023436, ExitBusy}) {
		t.Error(e, err)
	}
}

func TestADetectionIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]Detection{
		`file:C:\Program Files\Example\server.exe>=8.1`:      {DetectFile, `C:\Program Files\Example\server.exe`, "", "8.1"},
		`registry:HKLM\SOFTWARE\Example\Server:Version>=8.1`: {DetectRegistry, `HKLM\SOFTWARE\Example\Server`, "Version", "8.1"},
		`registry:HKLM\SOFTWARE\Example:Installed`:           {DetectRegistry, `HKLM\SOFTWARE\Example`, "Installed", ""},
		`product:{0A1B2C3D-0000-1111-2222-333344445555}`:     {DetectProduct, "{0A1B2C3D-0000-1111-2222-333344445555}", "", ""},
	} {
		got, err := ParseDetection(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v %v, written as %s", text, got, err, got)
		}
	}
	for _, bad := range []string{"", "file:", `file:server.exe`, `file:\\share\a.exe`, `registry:HKLM\A`, `registry:HKCU\A:B`, "product:8.1", "product:{1}", `file:C:\a.exe>=`, `file:C:\a.exe>=x`,
		`file:C:\a.exe:stream`, "file:C:\\a\x1b[2J", `file:C:\` + strings.Repeat("a", 600)} {
		if d, err := ParseDetection(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, d)
		}
	}
}

func FuzzDetection(f *testing.F) {
	for _, seed := range []string{`file:C:\a.exe>=1.2.3.4`, `registry:HKLM\A:B>=1`, "product:{0A1B2C3D-0000-1111-2222-333344445555}", "::>=>="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDetection(text)
		if err != nil {
			return
		}
		if again, err := ParseDetection(d.String()); err != nil || again != d {
			t.Errorf("%q is %+v, and written and read again %+v, %v", text, d, again, err)
		}
	})
}

// Handbook 8: a server fetches from the nearest source; the vendor's own address comes last.
func TestAServerFetchesFromTheNearestPlace(t *testing.T) {
	d := Dossier{KB: "EX-81", Files: []SourceFile{{Name: "setup-81.msi", SHA256: "old"}, {Name: "setup-81.msi", SHA256: "new", Origin: "https://www.example.com/setup-81.msi"}}}
	for _, p := range []Point{{Location: "http://files.corp.example/setup-81.msi"}, {Site: "DUB", Location: `\\dub\updates\setup-81.msi`}, {Site: "RED", Location: `\\red\updates\setup-81.msi`}} {
		var err error
		if d, err = d.Publish("setup-81.msi", p); err != nil {
			t.Fatal(err)
		}
	}
	want := []Source{{"share", `\\dub\updates\setup-81.msi`}, {"http", "http://files.corp.example/setup-81.msi"}, {"http", "https://www.example.com/setup-81.msi"}}
	if got := d.Sources("new", "DUB"); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := d.Sources("old", "DUB"); len(got) != 0 {
		t.Errorf("the file that was replaced lies at %v", got)
	}
	kept, err := d.Keep(SourceFile{Name: "setup-81.msi", SHA256: "new", Origin: "https://www.example.com/setup-81.msi"})
	if err != nil || len(kept.Sources("new", "DUB")) != 3 {
		t.Error("kept again, it lies nowhere any more", err)
	}
	for _, bad := range []Point{{Location: `C:\a.msi`}, {Location: "ftp://a/b"}, {Location: `\\files`}, {Location: "https://a/\"b"}} {
		if _, err := d.Publish("setup-81.msi", bad); err == nil {
			t.Errorf("%s was taken", bad.Location)
		}
	}
}

func TestOnlyAVerifiedFileIsRun(t *testing.T) {
	d := Dossier{KB: "EX-81", Files: []SourceFile{{Name: "setup-81.msi", SHA256: "ab", Signature: Signature{Trouble: "not signed"}}}}
	if _, err := d.Describe(Instruction{Installer: good()}); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Error(err)
	}
	d.Files[0].Signature = Signature{Verified: true}
	d, err := d.Describe(Instruction{Installer: good()})
	if p, ok := d.Package(); err != nil || !ok || p.SHA256 != "ab" {
		t.Error(p, ok, err)
	}
	replaced, _ := d.Keep(SourceFile{Name: "setup-81.msi", SHA256: "cd", Signature: Signature{Trouble: "digest mismatch"}})
	if p, ok := replaced.Package(); ok {
		t.Errorf("a file that is not verified took its place: %+v", p)
	}
}
