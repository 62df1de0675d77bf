package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// withheld says which servers do not get an update although they need it: those of a class whose rule is not to install, Prod where the
// policy lets it wait for the quarter, and all where people install it and the servers the rest.
func (e *Engine) withheld(release approval.Release, updates []catalog.Update, emergency bool) func(kb string, s inventory.Server) string {
	if release.Undoes != "" {
		return func(string, inventory.Server) string { return "" }
	}
	rulings := map[string]catalog.Ruling{}
	waits, byHand := map[string]string{}, map[string]string{}
	month := e.runMonth(release)
	packages := e.packages(updates)
	for _, u := range updates {
		rulings[u.KB] = e.state.dossiers[u.KB].Ruling()
		if _, automatic := packages[u.KB]; u.IsPackage() && !automatic && !doneByHand(updates, packages) {
			byHand[u.KB] = "it ships as a package, which people install: describe its installer, or give it a release of its own"
		}
		if rule := approval.PolicyFor(u.Severity); !emergency && !rule.ProdNow(month) {
			waits[u.KB] = fmt.Sprintf("Prod gets it in the quarterly run, after it passed in Dev (%s)", rule.Words)
		}
	}
	return func(kb string, s inventory.Server) string {
		if _, why := rulings[kb](s); why != "" {
			return why
		}
		if why := byHand[kb]; why != "" {
			return why
		}
		if s.Environment == inventory.Prod {
			return waits[kb]
		}
		return ""
	}
}

// runMonth is the month of a release's run, where the servers stand: that of its bulletin.
func (e *Engine) runMonth(release approval.Release) time.Month {
	return e.state.bulletins[release.Bulletin].Released.In(e.options.Zone).Month()
}
