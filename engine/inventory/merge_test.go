package inventory

import (
	"fmt"
	"reflect"
	"testing"
	"time"
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

// Handbook 2, inventory refreshes daily: an import while a sweep runs must not send the sweep to the same servers again.
func TestAnImportChangesNothingThatWasSeen(t *testing.T) {
	var old Server
	fill(reflect.ValueOf(&old).Elem())
	old.Name = "srv1"
	_, changed, _ := Merge([]Server{old}, []Server{{Name: "SRV1", Owner: "Grace"}}, nil)
	if len(changed) != 1 {
		t.Fatalf("changed: %v", changed)
	}
	said := map[string]bool{"Name": true, "Rev": true, "Retired": true}
	for _, c := range columns {
		said[c.field()] = true
	}
	was, is := reflect.ValueOf(old), reflect.ValueOf(changed[0])
	for i := range was.NumField() {
		name := was.Type().Field(i).Name
		if !said[name] && !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			t.Errorf("the import took %s away", name)
		}
	}
}

// field finds the field of a server that a column writes.
func (c column) field() string {
	var empty, full Server
	fill(reflect.ValueOf(&full).Elem())
	for i := range reflect.TypeFor[Server]().NumField() {
		one := empty
		reflect.ValueOf(&one).Elem().Field(i).Set(reflect.ValueOf(full).Field(i))
		if c.get(&one) != c.get(&empty) {
			return reflect.TypeFor[Server]().Field(i).Name
		}
	}
	return ""
}

// fill gives every field a value that is not its zero.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int:
			f.SetInt(7)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]string{"x"}))
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case reflect.Struct:
			f.Set(reflect.ValueOf(time.Unix(1, 0)))
		}
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
