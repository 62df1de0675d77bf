package engine

import (
	"fmt"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
)

// byHandWords is why a plan does not hold an update of another vendor: the servers' update agents, which do the work of a rollout, do not
// know it.
const byHandWords = "it ships as a package, which is installed by hand; its detection shows where it is"

// withheld says which servers do not get an update although they need it: those of a class whose rule is not to install, Prod where the
// policy lets it wait for the quarter, and all where it ships as a package.
func (e *Engine) withheld(release approval.Release, updates []catalog.Update, emergency bool) func(kb string, s inventory.Server) string {
	if release.Undoes != "" {
		return func(string, inventory.Server) string { return "" }
	}
	rulings := map[string]catalog.Ruling{}
	waits, byHand := map[string]string{}, map[string]string{}
	month := e.runMonth(release)
	for _, u := range updates {
		rulings[u.KB] = e.state.dossiers[u.KB].Ruling()
		if u.IsPackage() {
			byHand[u.KB] = byHandWords
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
