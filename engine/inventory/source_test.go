package inventory

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestAnExportedTableSaysWhatTheDirectoryKnows(t *testing.T) {
	const text = "#TYPE Microsoft.ActiveDirectory.Management.ADComputer\n" +
		"\"DistinguishedName\",\"DNSHostName\",\"Enabled\",\"Name\",\"OperatingSystem\",\"lastLogonTimestamp\",\"pwdLastSet\"\n" +
		"\"CN=SQL1,DC=corp\",\"sql1.corp.example\",\"True\",\"SQL1\",\"Windows Server 2022\",\"134059104000000000\",\"2026-11-01\"\n" +
		"\"CN=OLD1,DC=corp\",\"\",\"False\",\"OLD1\",\"\",\"0\",\"9223372036854775807\"\n"
	got, bad, err := ReadTable(strings.NewReader(text))
	want := []Entry{
		{Name: "sql1.corp.example", OS: "Windows Server 2022", Renewed: day("2026-11-01")},
		{Name: "OLD1", Gone: "its account is disabled"},
	}
	if err != nil || len(bad) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, %v", got, bad, err)
	}
	got, _, err = ReadTable(strings.NewReader("CI Name,IP Address,Status,State\nweb-1,10.0.0.7,live,Retired in 2025\n"))
	if err != nil || !reflect.DeepEqual(got, []Entry{{Name: "web-1", Address: "10.0.0.7", Gone: "its status is Retired in 2025"}}) {
		t.Errorf("a configuration database: %+v, %v", got, err)
	}
	for text, says := range map[string]string{
		"": "the file is empty", "color\nred": "no column names the machines", "name\na b": "", "name,x\na": "line 2: wrong number of fields", "name\n\"a": "line 2",
	} {
		_, bad, err := ReadTable(strings.NewReader(text))
		if err == nil && len(bad) == 0 || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, %v", text, bad, err)
		}
	}
}

func TestComputerObjectsAreReadFromLDIF(t *testing.T) {
	const text = "version: 1\n# a comment that\n  goes on\ndn: CN=SQL1,OU=Servers,DC=corp,DC=example\nobjectClass: top\nobjectClass: computer\ncn: SQL1\n" +
		"dNSHostName: sql1.corp\n .example\noperatingSystem:: V2luZG93cyBTZXJ2ZXIgMjAyMg==\nuserAccountControl: 4098\nlastLogonTimestamp: 134059104000000000\n\n" +
		"dn: CN=Ada,DC=corp\nobjectClass: user\ncn: Ada Lovelace\n\n\ndn: CN=WEB1,DC=corp\r\nobjectClass: computer\r\ncn: WEB1\r\n"
	got, bad, err := ReadLDIF(strings.NewReader(text))
	want := []Entry{
		{Name: "sql1.corp.example", OS: "Windows Server 2022", Gone: "its account is disabled", Renewed: time.Date(2025, 10, 26, 0, 0, 0, 0, time.UTC)},
		{Name: "WEB1"},
	}
	if err != nil || len(bad) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, %v", got, bad, err)
	}
	for _, text := range []string{"dn: x\nchangetype: delete\n", "dn:< file:///etc/passwd\n", "nonsense\n", "dn:: ?\n", "dn: x\nobjectClass: computer\ncn: a b\n", "dn: x\nobjectClass: computer\n"} {
		if got, bad, err := ReadLDIF(strings.NewReader(text)); err == nil && len(bad) == 0 || got != nil {
			t.Errorf("%q: %v, %v, %v", text, got, bad, err)
		}
	}
}

func TestNamesAreReadFromAListAndFromAZone(t *testing.T) {
	got, bad, err := ReadNames(strings.NewReader("srv1\nsrv2.corp.example 10.0.0.2\n"))
	if err != nil || len(bad) > 0 || !reflect.DeepEqual(got, []Entry{{Name: "srv1"}, {Name: "srv2.corp.example", Address: "10.0.0.2"}}) {
		t.Errorf("a list: %+v, %v, %v", got, bad, err)
	}
	const text = ";  zone corp.example\n$ORIGIN corp.example.\n$TTL 1h\n@  IN SOA dc1 hostmaster (\n   12 ; serial\n   900 600 86400 3600 )\n@ NS dc1.corp.example.\n@ A 10.0.0.1\n" +
		"dc1\t3600 IN A 10.0.0.1\nold [AGE:3700000]\t1200 A 10.0.0.9\n    AAAA fd00::9\nweb CNAME dc1\n_ldap._tcp SRV 0 100 389 dc1\nDomainDnsZones A 10.0.0.1\nnote TXT \"a ; b (\"\nfar.away.example. A 10.9.0.1\n"
	got, bad, err = ReadNames(strings.NewReader(text))
	want := []Entry{
		{Name: "dc1.corp.example", Address: "10.0.0.1"},
		{Name: "old.corp.example", Address: "10.0.0.9", Renewed: time.Date(2023, 2, 4, 16, 0, 0, 0, time.UTC)},
		{Name: "old.corp.example", Address: "fd00::9"},
		{Name: "far.away.example", Address: "10.9.0.1"},
	}
	if err != nil || len(bad) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("a zone: %+v, %v, %v", got, bad, err)
	}
	for _, text := range []string{"$INCLUDE /etc/passwd\n", "$GENERATE 1-65535 h$ A 10.0.0.$\n", "a ( b\n", ")\n", "a b c\n", "x A nowhere\n", "a \"b\n", "a/b\n"} {
		if got, bad, err := ReadNames(strings.NewReader(text)); err == nil && len(bad) == 0 || got != nil {
			t.Errorf("%q: %v, %v, %v", text, got, bad, err)
		}
	}
}

// Handbook 2, completeness: the directory, DNS and the configuration database; stale entries told apart.
func TestAComparisonTellsStaleUnlistedAndMissingApart(t *testing.T) {
	servers := few("sql-1.corp.example", "WEB-1", "app-1")
	servers[2].Facts = &Facts{Hostname: "APP-1", Domain: "corp.example"}
	servers[1].Address = "10.0.0.2"
	entries := []Entry{
		{Name: "SQL-1", Renewed: noon}, {Name: "other-name", Address: "10.0.0.2"}, {Name: "app-1.corp.example", Renewed: day("2026-01-01")},
		{Name: "new-1", OS: "Windows Server 2025"}, {Name: "desk-7", OS: "Windows 11 Enterprise"}, {Name: "gone-1.corp.example"}, {Name: "old-1", Gone: "its account is disabled"},
		{Name: "sql-1.other.example"}, {Name: "new-1"},
	}
	c, seen, err := DefaultPolicy().Compare(Directory, "ad.csv", entries, servers, []string{"GONE-1"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := Comparison{Kind: Directory, Source: "ad.csv", At: noon, Entries: 9, Others: 1, Matched: 3, Stale: 3, Unlisted: 2}
	if c != want {
		t.Errorf("got %+v", c)
	}
	got := map[string]FindingKind{}
	for _, o := range seen {
		got[o.Subject] = o.Kind
	}
	if !reflect.DeepEqual(got, map[string]FindingKind{"app-1.corp.example": Stale, "new-1": Unlisted, "gone-1.corp.example": Stale, "old-1": Stale, "sql-1.other.example": Unlisted}) {
		t.Errorf("got %v", got)
	}
	_, seen, _ = DefaultPolicy().Compare(DNS, "zone", nil, servers[:1], nil, noon)
	if len(seen) != 1 || seen[0].Kind != NotInList || seen[0].Server != "s00001" {
		t.Errorf("a server without a name: %+v", seen)
	}
	if _, _, err := DefaultPolicy().Compare(DNS, "zone", nil, make([]Server, mostDifferences+1), nil, noon); err == nil {
		t.Error("a source of other machines is taken")
	}
}

// Handbook 2, completeness: machines that answer on the network and are on no list.
func TestARogueIsAMachineThatNoListNames(t *testing.T) {
	servers := few("a", "b.corp.example")
	servers[0].Address, servers[1].Address = "127.0.0.1", "b.corp.example"
	got := Rogues([]Responder{{Address: "127.0.0.1", Port: 5985}, {Address: "127.0.0.2", Port: 5985, Name: "b.corp.example"}, {Address: "127.0.0.9", Port: 5985}, {Address: "127.0.0.9", Port: 5986}}, servers)
	if len(got) != 1 || got[0].Subject != "127.0.0.9" || !strings.Contains(got[0].Words, "port 5985, 5986") {
		t.Errorf("got %+v", got)
	}
}

func FuzzSources(f *testing.F) {
	for _, seed := range []string{"name,enabled\na,true\n", "dn: x\nobjectClass: computer\ncn: a\n", "a [AGE:1] 1h IN A 1.2.3.4\n b", "$ORIGIN x.\n@ SOA (\n)\n", "cn:: YQ==", "name,pwdlastset\na,134059104000000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func() ([]Entry, []LineError, error){
			func() ([]Entry, []LineError, error) { return ReadTable(strings.NewReader(text)) },
			func() ([]Entry, []LineError, error) { return ReadLDIF(strings.NewReader(text)) },
			func() ([]Entry, []LineError, error) { return ReadNames(strings.NewReader(text)) },
		} {
			entries, bad, err := read()
			if len(entries) > 0 && (len(bad) > 0 || err != nil) {
				t.Fatalf("half read: %v, %v, %v", entries, bad, err)
			}
			for _, e := range entries {
				if !isDNSName(e.Name) || printable(e.Address+e.OS+e.Gone) != nil {
					t.Errorf("%+v", e)
				}
			}
			for _, b := range bad {
				if printable(b.Reason) != nil {
					t.Errorf("%+v", b)
				}
			}
		}
	})
}
