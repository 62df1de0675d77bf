package simulator

import (
	"reflect"
	"testing"
)

func TestTheSameSeedGivesTheSameFleetAndALargerFleetBeginsWithIt(t *testing.T) {
	small, large := enlist(7, 100), enlist(7, 300)
	if !reflect.DeepEqual(small, large[:100]) {
		t.Error("the first 100 servers of a fleet of 300 differ from a fleet of 100")
	}
	if reflect.DeepEqual(small, enlist(8, 100)) {
		t.Error("another seed gave the same fleet")
	}
}

func TestAFleetHasAPilotOfEveryProductEvenWhenItIsSmall(t *testing.T) {
	for _, p := range enlist(3, 4) {
		if p.product != &products[p.index] || p.environment != "Dev" || p.risk != "none" {
			t.Errorf("server %d is %s in %s with risk %s", p.index, p.product.name, p.environment, p.risk)
		}
	}
}

func TestAFleetLooksLikeAnEnterprise(t *testing.T) {
	const n = 1000
	names, products, dev := map[string]bool{}, map[string]int{}, 0
	for _, p := range enlist(1, n) {
		if names[p.name] || len(p.name) > 15 {
			t.Errorf("name %q is taken, or longer than NetBIOS allows", p.name)
		}
		names[p.name] = true
		products[p.product.name]++
		if p.environment == "Dev" {
			dev++
		}
		if p.owner == "" || len(p.applications) == 0 || len(p.applications) > 2 {
			t.Errorf("%s: owner %q, applications %v", p.name, p.owner, p.applications)
		}
	}
	if dev < n*18/100 || dev > n*23/100 {
		t.Errorf("%d of %d servers are Dev, want about a fifth", dev, n)
	}
	for name, count := range products {
		if count < n/10 {
			t.Errorf("only %d of %d servers run %s", count, n, name)
		}
	}
}

func TestClustersArePairsOfProdServersThatAreAlike(t *testing.T) {
	members := map[string][]profile{}
	for _, p := range enlist(1, 401) {
		if p.cluster != "" {
			members[p.cluster] = append(members[p.cluster], p)
		}
	}
	if len(members) == 0 {
		t.Fatal("no cluster in 401 servers")
	}
	for name, pair := range members {
		if len(pair) != 2 {
			t.Errorf("cluster %s has %d members", name, len(pair))
			continue
		}
		a, b := pair[0], pair[1]
		if a.environment != "Prod" || b.environment != "Prod" || a.product != b.product || a.site != b.site || a.owner != b.owner {
			t.Errorf("cluster %s: %s and %s are not alike", name, a.name, b.name)
		}
	}
}

func TestEveryApplicationHasAnOwner(t *testing.T) {
	for _, w := range workloads {
		for _, a := range w.applications {
			if owners[a] == "" {
				t.Errorf("application %q of %s has no owner", a, w.code)
			}
		}
	}
}
