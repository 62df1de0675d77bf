package simulator

import (
	"fmt"
	"time"
)

// product is one Windows Server release: how it names itself, where the fleet stands in its revisions, and how long its
// servicing takes. The older the release, the slower: 2016 has to merge far more component history than 2025.
type product struct {
	name    string // "Windows Server 2022"
	base    [3]int
	ubr     int    // revision of the fleet before anything is installed, unless a published update is older
	priorKB string // the cumulative update that brought it there
	share   int    // percent of the fleet
	scan    pace
	stage   pace
	install pace
	restart pace // from the shutdown to the first answer of WinRM
	launch  pace // how long the task scheduler needs to get a job going
}

// pace is the shortest and the longest that something takes on a healthy server, in fleet time.
type pace struct{ shortest, longest time.Duration }

var products = []product{
	{
		name: "Windows Server 2016", base: [3]int{10, 0, 14393}, ubr: 8519, priorKB: "KB5066836", share: 15,
		scan: pace{100 * time.Second, 180 * time.Second}, stage: pace{6 * time.Minute, 10 * time.Minute},
		install: pace{12 * time.Minute, 20 * time.Minute}, restart: pace{4 * time.Minute, 6 * time.Minute},
		launch: pace{20 * time.Second, 45 * time.Second},
	},
	{
		name: "Windows Server 2019", base: [3]int{10, 0, 17763}, ubr: 7919, priorKB: "KB5066586", share: 30,
		scan: pace{80 * time.Second, 150 * time.Second}, stage: pace{4 * time.Minute, 8 * time.Minute},
		install: pace{9 * time.Minute, 16 * time.Minute}, restart: pace{3 * time.Minute, 5 * time.Minute},
		launch: pace{5 * time.Second, 15 * time.Second},
	},
	{
		name: "Windows Server 2022", base: [3]int{10, 0, 20348}, ubr: 4294, priorKB: "KB5066782", share: 40,
		scan: pace{60 * time.Second, 120 * time.Second}, stage: pace{3 * time.Minute, 7 * time.Minute},
		install: pace{7 * time.Minute, 12 * time.Minute}, restart: pace{2 * time.Minute, 4 * time.Minute},
		launch: pace{2 * time.Second, 8 * time.Second},
	},
	{
		name: "Windows Server 2025", base: [3]int{10, 0, 26100}, ubr: 6899, priorKB: "KB5066835", share: 15,
		scan: pace{60 * time.Second, 110 * time.Second}, stage: pace{3 * time.Minute, 6 * time.Minute},
		install: pace{6 * time.Minute, 10 * time.Minute}, restart: pace{2 * time.Minute, 4 * time.Minute},
		launch: pace{2 * time.Second, 8 * time.Second},
	},
}

// buildString is the four-part build with the revision given.
func (p *product) buildString(ubr int) string {
	return fmt.Sprintf("%d.%d.%d.%d", p.base[0], p.base[1], p.base[2], ubr)
}

// baseline is the revision that the fleet stands at before the night: the product's own, or a little below what is
// published where that is older, so that there is something to install.
func (p *product) baseline(published []Published) int {
	if newest := p.newest(published); newest.UBR > 0 && newest.UBR <= p.ubr {
		return max(newest.UBR-40, 1)
	}
	return p.ubr
}

// newest is the highest cumulative update published for the product, or the zero value.
func (p *product) newest(published []Published) (newest Published) {
	for _, u := range published {
		if u.BaseBuild == p.base && !u.Hotpatch && u.UBR > newest.UBR {
			newest = u
		}
	}
	return newest
}
