package inventory

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var windows = []string{"W1", "W2", "E1"}

const header = "name,address,os,environment,site,owner,applications"

func readText(t testing.TB, text string) ([]Server, []LineError) {
	t.Helper()
	servers, bad, err := ReadCSV(strings.NewReader(text), windows)
	if err != nil {
		t.Fatal(err)
	}
	if len(bad) > 0 && servers != nil {
		t.Errorf("half imported: %d servers beside %v", len(servers), bad)
	}
	return servers, bad
}

func TestEveryBadLineIsNamedWithItsReason(t *testing.T) {
	file, err := os.ReadFile("testdata/bad.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, bad := readText(t, string(file))
	var got strings.Builder
	for _, e := range bad {
		fmt.Fprintln(&got, e)
	}
	const golden = "testdata/bad.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestColumnsStandInAnyOrderAndDefaultsAreFilledIn(t *testing.T) {
	text := "\xef\xbb\xbfOwner,NAME,address,window,applications,os,environment,site,scheme,port\r\n" +
		"Ada,srv1,10.0.0.1,w2,Payroll; Portal;Payroll;,Windows Server 2022,PROD,Bern,,\r\n" +
		"\"Lovelace, Ada \"\"the first\"\"\",srv2,[2001:DB8::1],,Portal,Windows Server 2019,dev,Bern,HTTPS,\r\n" +
		"\r\n" +
		"Ada,srv3.example.com,srv3.example.com:47001,,Portal,Windows Server 2019,Test,Bern,,47001"
	servers, bad := readText(t, text)
	want := []Server{
		{Name: "srv1", Address: "10.0.0.1", Port: 5985, Scheme: "http", OS: "Windows Server 2022", Environment: Prod, Site: "Bern", Owner: "Ada", Applications: []string{"Payroll", "Portal"}, Window: "W2"},
		{Name: "srv2", Address: "2001:db8::1", Port: 5986, Scheme: "https", OS: "Windows Server 2019", Environment: Dev, Site: "Bern", Owner: `Lovelace, Ada "the first"`, Applications: []string{"Portal"}},
		{Name: "srv3.example.com", Address: "srv3.example.com", Port: 47001, Scheme: "http", OS: "Windows Server 2019", Environment: Test, Site: "Bern", Owner: "Ada", Applications: []string{"Portal"}},
	}
	if !reflect.DeepEqual(servers, want) {
		t.Errorf("bad %v\n got %+v\nwant %+v", bad, servers, want)
	}
}

func TestAHeaderThatIsWrongIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"name;address;os":      "line 1: the columns are separated by semicolons, expected commas",
		header + ",name":       "line 1: the column name stands twice",
		header + ",color":      `line 1: the column "color" is unknown, known are name, address, os, environment, site, owner, applications, cluster, window, risk, port, scheme, credential, value, exposure, hardware, link_mbit, link, fsmo, software, managed`,
		"name,address,os,site": "line 1: the column environment is missing\nline 1: the column owner is missing\nline 1: the column applications is missing",
		"\n\n\"name":           "line 3: column 1: the quote is not closed on this line",
		header + "\x1b[2J":     "line 1: the column \"applications\\x1b[2j\" is unknown, known are name, address, os, environment, site, owner, applications, cluster, window, risk, port, scheme, credential, value, exposure, hardware, link_mbit, link, fsmo, software, managed\nline 1: the column applications is missing",
	} {
		_, bad := readText(t, text)
		var got []string
		for _, e := range bad {
			got = append(got, e.Error())
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%q\n got %s\nwant %s", text, strings.Join(got, "\n"), want)
		}
	}
}

// Handbook 2, per server: link, value and exposure, operations master roles, middleware with versions, managed or why not.
func TestAFileSaysAllThatTheHandbookAsksOfAServer(t *testing.T) {
	const more = header + ",value,exposure,hardware,link_mbit,link,fsmo,software,managed\n"
	servers, bad := readText(t, more+"srv1,10.0.0.1,Windows Server 2019,Prod,Bern,Ada,Payroll,HIGH,low,Laptop,2,Unreliable,PDC;rid,SQL Server 15.0.4;IIS 10,Excluded: kiosk of the vendor\n"+
		"srv2,10.0.0.2,Windows Server 2019,Prod,Bern,Ada,Payroll,,,,,,,,yes")
	want := []Server{
		{Name: "srv1", Address: "10.0.0.1", Port: 5985, Scheme: "http", OS: "Windows Server 2019", Environment: Prod, Site: "Bern", Owner: "Ada", Applications: []string{"Payroll"},
			Value: "high", Exposure: "low", Hardware: "laptop", LinkMbit: 2, Link: "unreliable", FSMO: []string{"pdc", "rid"}, Software: []string{"SQL Server 15.0.4", "IIS 10"},
			Unmanaged: "excluded: kiosk of the vendor"},
		{Name: "srv2", Address: "10.0.0.2", Port: 5985, Scheme: "http", OS: "Windows Server 2019", Environment: Prod, Site: "Bern", Owner: "Ada", Applications: []string{"Payroll"}},
	}
	if len(bad) > 0 || !reflect.DeepEqual(servers, want) {
		t.Errorf("got %+v, %v", servers, bad)
	}
	checkRoundTrip(t, servers)
	for value, says := range map[string]string{
		"medium,low,physical,2,reliable,pdc,x,yes": "value: \"medium\" is none of low, high",
		"low,low,physical,fast,reliable,pdc,x,yes": "link_mbit: \"fast\" is no speed in whole Mbit/s",
		"low,low,physical,2,reliable,king,x,yes":   "fsmo: \"king\" is none of schema, naming, pdc, rid, infrastructure",
		"low,low,physical,2,reliable,pdc,x,no":     "managed: \"no\" is neither yes nor one of no agent, no access, excluded",
	} {
		_, bad := readText(t, more+"srv1,10.0.0.1,Windows Server 2019,Prod,Bern,Ada,Payroll,"+value)
		if len(bad) != 1 || !strings.HasPrefix(bad[0].Reason, says) {
			t.Errorf("%s: %v", value, bad)
		}
	}
}

func TestAFileThatCannotBeReadAtAllIsAnError(t *testing.T) {
	for _, text := range []string{"", "\n \r\n"} {
		if _, bad, err := ReadCSV(strings.NewReader(text), windows); err == nil || len(bad) > 0 {
			t.Errorf("%q: %v, %v", text, bad, err)
		}
	}
	broken := errors.New("connection lost")
	if _, _, err := ReadCSV(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(header))), windows); err == nil {
		t.Error("a time-out was taken for the end")
	}
	if _, _, err := ReadCSV(iotest.ErrReader(broken), windows); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestTooManyLinesAreAnError(t *testing.T) {
	text := header + strings.Repeat("\nx", mostLines)
	_, _, err := ReadCSV(strings.NewReader(text), windows)
	if err == nil || !strings.Contains(err.Error(), "line 100001: the file has more than 100000 lines") {
		t.Errorf("got %v", err)
	}
}

func TestAnExportIsReadBackAndRunsNoFormula(t *testing.T) {
	servers := []Server{{
		Name: "srv1", Address: "10.0.0.1", Port: 5986, Scheme: "https", Credential: "prod", OS: "=1+1", Environment: Prod,
		Site: "@SUM(A1)", Owner: `-"Ada", the first`, Applications: []string{"+Payroll", "'=Portal"}, Cluster: "'=c", Window: "W1", Risk: "low",
	}}
	var file bytes.Buffer
	if err := WriteCSV(&file, servers); err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{",'=1+1,", ",'@SUM(A1),", `,"'-""Ada"", the first",`, ",'+Payroll;'=Portal,", ",''=c,"} {
		if !strings.Contains(file.String(), cell) {
			t.Errorf("no cell %s in\n%s", cell, file.String())
		}
	}
	if back, bad := readText(t, file.String()); !reflect.DeepEqual(back, servers) {
		t.Errorf("bad %v\n got %+v\nwant %+v", bad, back, servers)
	}
}

func FuzzReadCSV(f *testing.F) {
	file, err := os.ReadFile("testdata/bad.csv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.SplitSeq(string(file[:4000]), "\n") {
		f.Add(header + ",cluster,window,risk,port,scheme,credential\n" + line)
	}
	f.Add(header + ",value,exposure,hardware,link_mbit,link,fsmo,software,managed\nsrv1,10.0.0.1,x,Prod,Bern,a,b,HIGH,low,Laptop,10,unreliable,pdc;rid,SQL Server 15.0;=x,excluded: kiosk: of the vendor")
	f.Add(header + "\nsrv1,10.0.0.1,'=x,Prod,Bern,\"a,\"\"b\",c;d")
	f.Fuzz(func(t *testing.T, text string) {
		servers, bad, err := ReadCSV(strings.NewReader(text), windows)
		if len(servers) > 0 && (len(bad) > 0 || err != nil) {
			t.Fatalf("half imported: %+v, %v, %v", servers, bad, err)
		}
		for _, e := range bad {
			if e.Line < 1 || e.Reason == "" || printable(e.Reason) != nil {
				t.Errorf("%+v", e)
			}
		}
		checkRoundTrip(t, servers)
	})
}

// checkRoundTrip holds for all that ReadCSV lets in: written and read again it is the same.
func checkRoundTrip(t *testing.T, servers []Server) {
	t.Helper()
	if len(servers) == 0 {
		return
	}
	var file bytes.Buffer
	if err := WriteCSV(&file, servers); err != nil {
		t.Fatal(err)
	}
	back, bad, err := ReadCSV(&file, windows)
	if err != nil || !reflect.DeepEqual(back, servers) {
		t.Errorf("%v, bad %v\n got %+v\nwant %+v", err, bad, back, servers)
	}
}
