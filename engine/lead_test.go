package engine

import (
	"testing"
	"time"

	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// Handbook 8, slow links: the servers that share a slow line begin together early enough for all that they fetch; others take the usual lead.
func TestStagingBeginsAheadBySizeAndSpeed(t *testing.T) {
	opens := time.Date(2026, 11, 15, 22, 0, 0, 0, time.UTC)
	e := &Engine{state: newState(), options: Options{Policy: rollout.DefaultPolicy()}, dockets: map[string]*docket{}}
	plan := &rollout.Plan{Windows: []rollout.Window{{ID: "W1", Ring: rollout.Prod, Opens: opens, Closes: opens.Add(4 * time.Hour)}}}
	e.state.putBulletin(catalog.Bulletin{ID: "B", Updates: []catalog.Update{{KB: "KB1", Size: 900_000_000}}})
	for id, mbit := range map[inventory.ServerID]int{"s00001": 1, "s00002": 1, "s00003": 0, "s00004": 1000} {
		e.state.putServer(inventory.Server{ID: id, Name: string(id), Site: map[bool]string{true: "RED", false: "DUB"}[mbit == 1], LinkMbit: mbit})
		e.state.putAd(rollout.Advertisement{ID: "r1-" + string(id), Rollout: "R-1", Server: id, Site: e.state.servers[id].Site, Windows: []string{"W1"}, Updates: []string{"KB1"},
			Delivery: rollout.NotReceived, Compliance: rollout.Missing})
	}
	for ad, hours := range map[string]float64{"r1-s00001": 5, "r1-s00002": 5, "r1-s00003": 1, "r1-s00004": 1} {
		ahead := opens.Sub(e.stageAt(e.state.ads[ad], plan)).Hours()
		if ahead < hours || ahead > hours+0.6 {
			t.Errorf("%s begins %.1f hours ahead, want %.0f and a little", ad, ahead, hours)
		}
	}
	e.state.putServer(inventory.Server{ID: "s00001", Name: "s00001", Site: "RED", LinkMbit: 1, Scan: &inventory.Scan{Offered: []inventory.Offer{{KB: "KB1", Size: 180_000_000}}}})
	e.dockets = map[string]*docket{}
	if ahead := opens.Sub(e.stageAt(e.state.ads["r1-s00002"], plan)).Hours(); ahead < 3 || ahead > 3.6 {
		t.Errorf("with the size that an update agent stated it begins %.1f hours ahead", ahead)
	}
}
