package inventory

import (
	"fmt"
	"reflect"
	"testing"
)

func TestMergeKeepsWhatAServerReportedAndCountsChanges(t *testing.T) {
	facts, scan := &Facts{Hostname: "SRV1"}, &Scan{Job: "j1"}
	existing := []Server{
		{ID: "s00001", Name: "SRV1", Address: "10.0.0.1", Applications: []string{"Payroll"}, Owner: "Ada", Facts: facts, Scan: scan, Trouble: "timed out", Rev: 4},
		{ID: "s00002", Name: "srv2", Address: "10.0.0.2", Applications: []string{"a;b"}, Rev: 1},
		{ID: "s00003", Name: "ſrv3", Address: "10.0.0.3", Applications: []string{"Portal"}, Facts: facts, Rev: 7},
		{ID: "s00004", Name: "not-in-the-file", Rev: 1},
	}
	incoming := []Server{
		{Name: "srv1", Address: "10.0.0.1", Applications: []string{"Payroll"}, Owner: "Grace"},
		{Name: "srv2", Address: "10.0.0.2", Applications: []string{"a", "b"}},
		{Name: "ſrv3", Address: "10.0.0.3", Applications: []string{"Portal"}},
		{Name: "srv4", Address: "10.0.0.4", Applications: []string{"Portal"}},
	}
	last := 4
	added, changed, unchanged := Merge(existing, incoming, func() ServerID { last++; return ServerID(fmt.Sprintf("s%05d", last)) })

	wantAdded := []Server{{ID: "s00005", Name: "srv4", Address: "10.0.0.4", Applications: []string{"Portal"}, Rev: 1}}
	wantChanged := []Server{
		{ID: "s00001", Name: "srv1", Address: "10.0.0.1", Applications: []string{"Payroll"}, Owner: "Grace", Facts: facts, Scan: scan, Trouble: "timed out", Rev: 5},
		{ID: "s00002", Name: "srv2", Address: "10.0.0.2", Applications: []string{"a", "b"}, Rev: 2},
	}
	if !reflect.DeepEqual(added, wantAdded) {
		t.Errorf("added %+v", added)
	}
	if !reflect.DeepEqual(changed, wantChanged) {
		t.Errorf("changed\n got %+v\nwant %+v", changed, wantChanged)
	}
	if !reflect.DeepEqual(unchanged, existing[2:3]) {
		t.Errorf("unchanged %+v", unchanged)
	}
}

func TestNamesThatDifferInCaseOnlyHaveOneKey(t *testing.T) {
	for _, pair := range [][2]string{{"srv1", "SRV1"}, {"zürich", "ZÜRICH"}, {"ſrv", "SRV"}, {"\u212a1", "k1"}, {"srv1", "srv2"}, {"I", "ı"}} {
		same := nameKey(pair[0]) == nameKey(pair[1])
		if same != SameName(pair[0], pair[1]) {
			t.Errorf("%q and %q: one key %v, one name %v", pair[0], pair[1], same, !same)
		}
	}
}
