package simulator

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"time"
)

// baseline is the stamp in a server's registry.
type baseline struct {
	Name string `json:"name"`
	Date stamp  `json:"date"`
}

// stamped is the result of the script baseline.
type stamped struct {
	Baseline *baseline `json:"baseline"`
	Before   *baseline `json:"before"`
}

var baselinePattern = regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9._ -]{0,63}\z`)

func (h *host) runBaseline(parameters json.RawMessage, _ time.Time) (any, error) {
	asked, err := read[struct {
		Baseline string    `json:"baseline"`
		Date     time.Time `json:"date"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	if !baselinePattern.MatchString(asked.Baseline) || asked.Date.IsZero() {
		return nil, &problem{badArgument, "baseline: want a name of 1 to 64 letters, digits, dots, blanks, hyphens and underscores, and its date"}
	}
	before := h.baseline
	h.baseline = &baseline{asked.Baseline, stamp(asked.Date)}
	return stamped{h.baseline, before}, nil
}

// leftovers is the result of the script clean-up.
type leftovers struct {
	Orphans []orphan `json:"orphans"`
	More    bool     `json:"more"`
	Time    stamp    `json:"time"`
}

// orphan is what a job left behind.
type orphan struct {
	Job     string `json:"job"`
	Last    stamp  `json:"last"`
	Task    bool   `json:"task"`
	Folder  bool   `json:"folder"`
	Removed bool   `json:"removed"`
	Words   string `json:"words"`
}

const mostOrphans = 500

func (h *host) runCleanUp(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Live   []string `json:"live"`
		Days   int      `json:"days"`
		Remove bool     `json:"remove"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	if asked.Days < 1 {
		return nil, &problem{badArgument, "days: want 1 or more"}
	}
	found := leftovers{Orphans: []orphan{}, Time: h.shown(now)}
	for _, id := range slices.Sorted(maps.Keys(h.jobs)) {
		j := h.jobs[id]
		if !j.over() || now.Sub(j.ended) < time.Duration(asked.Days)*24*time.Hour || slices.Contains(asked.Live, id) {
			continue
		}
		if found.More = len(found.Orphans) == mostOrphans; found.More {
			break
		}
		found.Orphans = append(found.Orphans, orphan{Job: id, Last: h.shown(j.ended), Task: !j.removed, Folder: true, Removed: asked.Remove})
		if asked.Remove {
			delete(h.jobs, id)
			h.record(now, entry{Event: jobRemoved, Job: id, Kind: j.kind})
		}
	}
	return found, nil
}
